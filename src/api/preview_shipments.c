/*
 * preview_shipments(): in how many parcels an order would come, and when each leaves; for the ship policy that it would
 * have, or for all of them side by side. Every policy is planned by the code of place_order(), from the same books.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
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
#include "api/place_order.h"
#include "api/preview_order.h"

PG_FUNCTION_INFO_V1(backorder_preview_shipments);
PG_FUNCTION_INFO_V1(backorder_preview_shipments_arrays);

/* Parts of one shipment group that leave at the same time: of those that wait, each may leave as its goods come. */
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

/* Parcels stand in the order in which they leave, unknown dates last; those of one time by group. */
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

/* The parcel in which the part leaves, made if it is the first of it. */
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

/* Adds the price of so many units to a value, which may be none yet. */
static void
add_value(Datum *value, bool *no_value, int64 units, Datum unit_price)
{
	Datum		price = DirectFunctionCall2(numeric_mul, unit_price, NumericGetDatum(int64_to_numeric(units)));

	*value = *no_value ? price : DirectFunctionCall2(numeric_add, *value, price);
	*no_value = false;
}

/* Puts a part into its parcel; parts come in the order of their lines. */
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

/* The parcels in which the planned and split order would come. */
static List *
pack_parcels(const Order *order)
{
	List	   *parcels = NIL;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		CHECK_FOR_INTERRUPTS();
		pack(parcel_of(&parcels, lfirst(lc)), lfirst(lc));
	}
	list_sort(parcels, compare_parcels);
	return parcels;
}

/* One line's share in a parcel. */
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
 * detail of a parcel: which it is of how many, what is in it, whether the customer would have to agree to it, and what the
 * order would be granted for waiting.
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
	append_incentives(&json, checkout->order);
	appendStringInfoChar(&json, '}');
	return json_datum(json.data);
}

/* Returns a row for one parcel. */
static void
put_parcel(const Checkout *checkout, const Parcel *parcel, bool chosen, Datum detail, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const ShipmentGroup *group = parcel->group;
	Datum		values[] = {
		CStringGetTextDatum(ship_policy_names[checkout->policy]), BoolGetDatum(chosen),
		Int32GetDatum(group->group_no), CStringGetTextDatum(group_status_names[group->now.status]),
		Int32GetDatum(group->now.location), Int64GetDatum(parcel->units), Int32GetDatum(parcel->lines),
		TimestampTzGetDatum(parcel->ships_at), Int32GetDatum(wait_days(checkout->call, parcel->ships_at)),
		parcel->value, detail
	};
	bool		nulls[lengthof(values)] = {false};

	nulls[4] = group->now.location == NO_LOCATION;
	nulls[7] = nulls[8] = parcel->ships_at == NO_TIME;
	nulls[9] = parcel->no_value;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* detail of what is refused: the lines, and why; *count and *units tell how many lines and units. */
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
		appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT ", \"available\": " INT64_FORMAT ", \"sqlstate\": \"%s\", ",
						 line->units, line->now, unpack_sql_state(line->refusal_code));
		append_refusal(&json, line);
		appendStringInfoChar(&json, '}');
		*units = add_units(*units, line->units);
	}
	appendStringInfoString(&json, "]}");
	return json_datum(json.data);
}

/* Returns a row for all lines that place_order() would refuse, if there are any. */
static void
put_refused(const Checkout *checkout, bool chosen, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		lines;
	int64		units;
	Datum		detail = refused_detail(checkout, &lines, &units);
	Datum		values[] = {
		CStringGetTextDatum(ship_policy_names[checkout->policy]), BoolGetDatum(chosen), (Datum) 0,
		CStringGetTextDatum("refused"), (Datum) 0, Int64GetDatum(units), Int32GetDatum(lines),
		(Datum) 0, (Datum) 0, (Datum) 0, detail
	};
	bool		nulls[lengthof(values)] = {false};

	if (lines == 0)
		return;
	nulls[2] = nulls[4] = nulls[7] = nulls[8] = nulls[9] = true;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Plans the order under its ship policy and returns its parcels, and what would be refused. */
static void
put_shipments(Checkout *checkout, bool chosen, FunctionCallInfo fcinfo)
{
	bool		needs_consent = checkout->policy != COMPLETE_ORDER && !split_is_agreed(checkout->call, checkout->request);
	List	   *parcels;

	plan_shipments(checkout);
	parcels = pack_parcels(checkout->order);
	for (int i = 0; i < list_length(parcels); i++)
	{
		const Parcel *parcel = list_nth(parcels, i);
		Datum		detail = parcel_detail(checkout, parcel, i + 1, list_length(parcels), needs_consent);

		put_parcel(checkout, parcel, chosen, detail, fcinfo);
	}
	put_refused(checkout, chosen, fcinfo);
}

/* The same for every ship policy, each from the books and lines as they were read. */
static void
put_all_policies(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	Inventory  *books = save_inventory(checkout->call);
	Size		size = sizeof(LinePlan) * checkout->request->nlines;

	for (int policy = AS_AVAILABLE; policy <= COMPLETE_ORDER; policy++)
	{
		Checkout	trial = *checkout;

		trial.policy = policy;
		trial.lines = memcpy(palloc(size), checkout->lines, size);
		put_shipments(&trial, trial.policy == checkout->policy, fcinfo);
		restore_inventory(checkout->call, books);
	}
}

/* Returns the parcels in which the order would come, without locking or writing anything. */
static Datum
preview_shipments(FunctionCallInfo fcinfo, const Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request};
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_REPORT);
	checkout.call = begin_call(&caller, merchant_id, true);
	begin_preview(&checkout, &caller);
	if (request->compare_policies)
		put_all_policies(&checkout, fcinfo);
	else
		put_shipments(&checkout, true, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* preview_shipments() with the request as one JSON object. */
Datum
backorder_preview_shipments(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return preview_shipments(fcinfo, parse_request(jsonb_argument(fcinfo, 0, "request"), true), merchant_id);
}

/* preview_shipments() with the lines as arrays. */
Datum
backorder_preview_shipments_arrays(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 3);

	return preview_shipments(fcinfo, request_argument(fcinfo, 0, NULL, true), merchant_id);
}
