/*
 * preview_shipments(): in how many parcels an order would come and when each leaves, for the ship
 * policy that it would have, or for all policies side by side.
 *
 * Each policy is planned by the code of place_order(), from the same inventory; nothing is locked
 * or written. A parcel is the parts of one shipment group that leave at the same time: parts that
 * wait in one group leave as their goods arrive.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/request.h"
#include "model/states.h"
#include "rules/consent.h"
#include "rules/line_plan.h"
#include "engine/call.h"
#include "engine/checkout.h"
#include "engine/deadline.h"
#include "api/existing_order.h"
#include "api/request_argument.h"
#include "api/result_rows.h"

typedef struct Parcel
{
	const ShipmentGroup *group;
	TimestampTz ships_at;		/* or NO_TIME: unknown */
	int64		units;
	int32		lines;
	Datum		value;			/* numeric */
	bool		no_value;		/* none of its units has a price */
	List	   *parts;			/* of Part, by line */
} Parcel;

/* The order in which parcels leave: unknown dates last, and by group if the dates are equal. */
static int
compare_parcels(const ListCell *a, const ListCell *b)
{
	const Parcel *x = lfirst(a);
	const Parcel *y = lfirst(b);

	if (x->ships_at == y->ships_at)
		return (x->group->group_no > y->group->group_no) - (x->group->group_no < y->group->group_no);
	if (x->ships_at == NO_TIME || y->ships_at == NO_TIME)
		return x->ships_at == NO_TIME ? 1 : -1;
	return x->ships_at < y->ships_at ? -1 : 1;
}

/* Returns the parcel in which the part leaves; makes it if there is none yet. */
static Parcel *
parcel_of(List **parcels, const Part *part)
{
	Parcel	   *parcel;
	ListCell   *lc;

	foreach(lc, *parcels)
	{
		parcel = lfirst(lc);
		if (parcel->group == part->group && parcel->ships_at == leaves_at(part))
			return parcel;
	}
	parcel = palloc0_object(Parcel);
	parcel->group = part->group;
	parcel->ships_at = leaves_at(part);
	parcel->no_value = true;
	*parcels = lappend(*parcels, parcel);
	return parcel;
}

/* Adds the price of some units to a value; *no_value tells whether there is none yet. */
static void
add_value(Datum *value, bool *no_value, int64 units, Datum unit_price)
{
	Datum		price = DirectFunctionCall2(numeric_mul, unit_price, NumericGetDatum(int64_to_numeric(units)));

	*value = *no_value ? price : DirectFunctionCall2(numeric_add, *value, price);
	*no_value = false;
}

/* Adds a part to its parcel; the parts come in the order of their lines. */
static void
pack(Parcel *parcel, Part *part)
{
	const Part *last = parcel->parts == NIL ? NULL : llast(parcel->parts);

	if (last == NULL || last->line_no != part->line_no)
		parcel->lines++;
	parcel->units = add_units(parcel->units, part->now.quantity);
	if (!part->no_price)
		add_value(&parcel->value, &parcel->no_value, part->now.quantity, part->unit_price);
	parcel->parts = lappend(parcel->parts, part);
}

/* The parcels of a planned order whose shipments are grouped. */
static List *
pack_parcels(const Order *order)
{
	List	   *parcels = NIL;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		CHECK_FOR_INTERRUPTS();
		if (((Part *) lfirst(lc))->now.status != CANCELED)
			pack(parcel_of(&parcels, lfirst(lc)), lfirst(lc));
	}
	list_sort(parcels, compare_parcels);
	return parcels;
}

/* Adds one part of a parcel to detail. */
static void
append_packed(StringInfo json, const Part *part)
{
	appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", part->line_no);
	escape_json(json, part->sku);
	appendStringInfoString(json, ", \"name\": ");
	append_text(json, part->name);
	appendStringInfo(json, ", \"quantity\": " INT64_FORMAT ", \"status\": \"%s\"}",
					 part->now.quantity, part_status_names[part->now.status]);
}

/*
 * The column detail of a parcel: its number, its lines, whether the customer would have to agree to
 * the policy, and the incentives that the order would be granted.
 */
static Datum
parcel_detail(const Checkout *checkout, const Parcel *parcel, int number, int count, bool needs_consent)
{
	TimestampTz not_before = parcel->group->now.not_before;
	StringInfoData json;
	ListCell   *lc;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"parcel\": %d, \"parcels\": %d, \"needs_consent\": %s, \"not_before\": ",
					 number, count, needs_consent ? "true" : "false");
	append_time(&json, not_before > checkout->call->clock ? not_before : NO_TIME);
	appendStringInfoString(&json, ", \"lines\": [");
	foreach(lc, parcel->parts)
	{
		if (lc != list_head(parcel->parts))
			appendStringInfoString(&json, ", ");
		append_packed(&json, lfirst(lc));
	}
	appendStringInfoChar(&json, ']');
	append_incentives(&json, checkout->order, false);
	appendStringInfoChar(&json, '}');
	return json_datum(json.data);
}

/* Returns one parcel. */
static void
return_parcel(const Checkout *checkout, const Parcel *parcel, bool chosen, Datum detail, FunctionCallInfo fcinfo)
{
	const ShipmentGroup *group = parcel->group;
	ResultRow	row = {0};

	result_text(&row, ship_policy_names[checkout->policy]);
	result_bool(&row, chosen);
	result_int32(&row, group->group_no);
	result_text(&row, group_status_names[group->now.status]);
	result_location(&row, group->now.location);
	result_int64(&row, parcel->units);
	result_int32(&row, parcel->lines);
	result_wait(&row, checkout->call, parcel->ships_at);
	result_datum(&row, parcel->value, parcel->no_value);
	result_value(&row, detail);
	return_row(&row, fcinfo);
}

/*
 * The column detail of the refused lines, with the reasons; *count becomes the number of lines,
 * *units that of units.
 */
static Datum
refused_detail(const Checkout *checkout, int32 *count, int64 *units)
{
	StringInfoData json;

	*count = 0;
	*units = 0;
	initStringInfo(&json);
	appendStringInfoString(&json, "{\"lines\": [");
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		if (line->refusal == NULL)
			continue;
		appendStringInfo(&json, "%s{\"line_no\": %d, \"sku\": ", (*count)++ > 0 ? ", " : "", i + 1);
		escape_json(&json, line->inv->sku);
		appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT ", \"available\": " INT64_FORMAT
						 ", \"sqlstate\": \"%s\", ",
						 line->units, line->now, unpack_sql_state(line->refusal_code));
		append_refusal(&json, line);
		appendStringInfoChar(&json, '}');
		*units = add_units(*units, line->units);
	}
	appendStringInfoString(&json, "]}");
	return json_datum(json.data);
}

/* Returns one row for all lines that place_order() would refuse, if there are any. */
static void
return_refused(const Checkout *checkout, bool chosen, FunctionCallInfo fcinfo)
{
	int32		lines;
	int64		units;
	Datum		detail = refused_detail(checkout, &lines, &units);
	ResultRow	row = {0};

	if (lines == 0)
		return;
	result_text(&row, ship_policy_names[checkout->policy]);
	result_bool(&row, chosen);
	result_null(&row);			/* group_no */
	result_text(&row, "refused");
	result_null(&row);			/* location_id */
	result_int64(&row, units);
	result_int32(&row, lines);
	result_null(&row);			/* ships_at */
	result_null(&row);			/* wait_days */
	result_null(&row);			/* value */
	result_value(&row, detail);
	return_row(&row, fcinfo);
}

/* Returns the parcels of the order, whose shipments are grouped, and the refused lines. */
static void
return_shipments(Checkout *checkout, bool chosen, FunctionCallInfo fcinfo)
{
	bool		needs_consent = checkout->policy != COMPLETE_ORDER &&
		!split_is_agreed(checkout->call, checkout->request);
	List	   *parcels = pack_parcels(checkout->order);

	for (int i = 0; i < list_length(parcels); i++)
	{
		const Parcel *parcel = list_nth(parcels, i);
		Datum		detail = parcel_detail(checkout, parcel, i + 1, list_length(parcels), needs_consent);

		return_parcel(checkout, parcel, chosen, detail, fcinfo);
	}
	return_refused(checkout, chosen, fcinfo);
}

/* Returns the shipments under each ship policy, planned from the same inventory and lines. */
static void
return_all_policies(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	Inventory  *saved = save_inventory(checkout->call);
	Size		size = sizeof(LinePlan) * checkout->request->nlines;

	for (int policy = AS_AVAILABLE; policy <= COMPLETE_ORDER; policy++)
	{
		Checkout	trial = *checkout;

		trial.policy = policy;
		trial.lines = memcpy(palloc(size), checkout->lines, size);
		plan_shipments(&trial);
		return_shipments(&trial, trial.policy == checkout->policy, fcinfo);
		restore_inventory(checkout->call, saved);
	}
}

/* Returns the parcels of the order, under its policy or under all; those of the existing order if the reference has one. */
static Datum
preview_shipments(FunctionCallInfo fcinfo, const Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request};
	Caller		caller;

	enter_function(fcinfo, &caller, merchant_id, ACCESS_REPORT);
	checkout.call = begin_call(&caller, merchant_id, true);
	begin_preview(&checkout, &caller);
	if (show_existing_order(&checkout))
		return_shipments(&checkout, true, fcinfo);
	else if (request->compare_policies)
		return_all_policies(&checkout, fcinfo);
	else
	{
		plan_shipments(&checkout);
		return_shipments(&checkout, true, fcinfo);
	}
	return leave_function(&caller);
}

PG_FUNCTION_INFO_V1(backorder_preview_shipments);

/* preview_shipments(request, merchant_id): the request is one JSON object. */
Datum
backorder_preview_shipments(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return preview_shipments(fcinfo, json_request_argument(fcinfo, 0, true), merchant_id);
}

PG_FUNCTION_INFO_V1(backorder_preview_shipments_arrays);

/* preview_shipments(skus, quantities, options, merchant_id): the lines are arrays. */
Datum
backorder_preview_shipments_arrays(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 3);

	return preview_shipments(fcinfo, array_request_argument(fcinfo, 0, NULL, true), merchant_id);
}
