/*
 * Rows that several functions return: parts of an order, a shipment group, the stock of a SKU at a
 * location.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "api/result_rows.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/states.h"

/* Adds the columns promised_at (or ships_at) and wait_days; both are null for NO_TIME. */
void
result_wait(ResultRow *row, const Call *call, TimestampTz date)
{
	result_time(row, date);
	result_datum(row, Int32GetDatum(days_until(call, date)), date == NO_TIME);
}

/* The column detail of a part. */
static Datum
part_detail(const Part *part)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"order_status\": \"%s\", \"short_at_order\": %s, \"promise_basis\": ",
					 order_status_names[part->order->status],
					 part->short_at_order ? "true" : "false");
	append_basis(&json, part->now.basis);
	append_incentives(&json, part->order, false);
	appendStringInfoChar(&json, '}');
	return json_datum(json.data);
}

/* Whether two parts of one order have the same detail. */
static bool
has_detail_of(const Part *part, const Part *other)
{
	return other != NULL && part->short_at_order == other->short_at_order && part->now.basis == other->now.basis;
}

/* Returns one part as it is now. */
static void
return_part(const Part *part, Datum detail, FunctionCallInfo fcinfo)
{
	ResultRow	row = {0};

	result_int64(&row, part->order->order_id);
	result_int32(&row, part->line_no);
	result_int32(&row, part->part_no);
	result_text(&row, part->sku);
	result_int64(&row, part->now.quantity);
	result_text(&row, part_status_names[part->now.status]);
	result_int32(&row, part->group->group_no);
	result_text(&row, group_status_names[part->group->now.status]);
	result_location(&row, part->now.location);
	result_time(&row, leaves_at(part));
	result_datum(&row, part->unit_price, part->no_price);
	result_value(&row, detail);
	return_row(&row, fcinfo);
}

/* Returns an order with the end of its hold. */
void
return_hold(const Order *order, FunctionCallInfo fcinfo)
{
	ResultRow	row = {0};

	result_int64(&row, order->order_id);
	result_text(&row, order->reference);
	result_time(&row, order->hold_until);
	result_value(&row, json_datum("{}"));
	return_row(&row, fcinfo);
}

/*
 * Returns the parts of the order as they are now. A detail is made only if it differs from the one
 * before.
 */
void
return_parts(const Order *order, FunctionCallInfo fcinfo)
{
	const Part *last = NULL;
	Datum		detail = (Datum) 0;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (!has_detail_of(part, last))
			detail = part_detail(part);
		last = part;
		return_part(part, detail, fcinfo);
	}
}

/* Units of a shipment group that are not canceled. */
static int64
units_of_group(const Order *order, const ShipmentGroup *group)
{
	int64		units = 0;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->group == group && part->now.status != CANCELED)
			units += part->now.quantity;
	}
	return units;
}

/* Returns a shipment group as it is now. */
void
return_group(const Order *order, const ShipmentGroup *group, FunctionCallInfo fcinfo)
{
	const GroupFields *now = &group->now;
	ResultRow	row = {0};

	result_int64(&row, order->order_id);
	result_int32(&row, group->group_no);
	result_text(&row, group_status_names[now->status]);
	result_location(&row, now->location);
	result_int64(&row, units_of_group(order, group));
	result_time(&row, now->promised_at);
	result_time(&row, now->not_before);
	result_text(&row, now->tracking);
	result_time(&row, now->released_at);
	result_time(&row, now->shipped_at);
	result_time(&row, now->delivered_at);
	result_value(&row, json_datum(psprintf("{\"order_status\": \"%s\"}", order_status_names[order->status])));
	return_row(&row, fcinfo);
}

/*
 * Returns the stock of a SKU at a location as it is now, and by how much the call has changed it.
 */
void
return_stock_at(const Inventory *inv, int32 location, int64 change, FunctionCallInfo fcinfo)
{
	return_stock_with(inv, location, change, NULL, fcinfo);
}

/* As return_stock_at(), with more keys in detail, or NULL. */
void
return_stock_with(const Inventory *inv, int32 location, int64 change, const char *more, FunctionCallInfo fcinfo)
{
	const LocationStock *loc = stock_at(inv, location);
	ResultRow	row = {0};

	result_text(&row, inv->sku);
	result_int32(&row, location);
	result_int64(&row, change);
	result_int64(&row, loc == NULL ? 0 : loc->on_hand);
	result_int64(&row, loc == NULL ? 0 : loc->allocated);
	result_int64(&row, available_to_promise(inv));
	result_int64(&row, inv->backordered);
	result_value(&row, json_datum(psprintf("{\"backordered_before\": " INT64_FORMAT "%s%s}", inv->backordered_before,
										   more == NULL ? "" : ", ", more == NULL ? "" : more)));
	return_row(&row, fcinfo);
}
