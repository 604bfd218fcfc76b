/* The rows that functions return. */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "api/result_rows.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/states.h"

/* detail of a part: what a confirmation page may want beyond the columns. */
static Datum
part_detail(const Part *part)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"order_status\": \"%s\", \"short_at_order\": %s, \"promise_basis\": ",
					 order_status_names[part->order->status],
					 part->short_at_order ? "true" : "false");
	append_basis(&json, part->now.basis);
	append_incentives(&json, part->order);
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
return_part(const Part *part, Datum detail, ReturnSetInfo *rsinfo)
{
	Datum		values[] = {
		Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no), Int32GetDatum(part->part_no),
		CStringGetTextDatum(part->sku), Int64GetDatum(part->now.quantity),
		CStringGetTextDatum(part_status_names[part->now.status]), Int32GetDatum(part->group->group_no),
		CStringGetTextDatum(group_status_names[part->group->now.status]), Int32GetDatum(part->now.location),
		TimestampTzGetDatum(leaves_at(part)), part->unit_price, detail
	};
	bool		nulls[lengthof(values)] = {false};

	nulls[8] = part->now.location == NO_LOCATION;
	nulls[9] = leaves_at(part) == NO_TIME;
	nulls[10] = part->no_price;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Returns the parts of the order as they are now; a detail is made again only where it differs from that of the part before. */
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
		return_part(part, detail, (ReturnSetInfo *) fcinfo->resultinfo);
	}
}

/* Returns a shipment group as it is now. */
void
return_group(const Order *order, const ShipmentGroup *group, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const GroupFields *now = &group->now;
	int64		units = 0;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->group == group && part->now.status != CANCELED)
			units += part->now.quantity;
	}
	{
		Datum		values[] = {
			Int64GetDatum(order->order_id), Int32GetDatum(group->group_no),
			CStringGetTextDatum(group_status_names[now->status]), Int32GetDatum(now->location), Int64GetDatum(units),
			TimestampTzGetDatum(now->promised_at), TimestampTzGetDatum(now->not_before),
			now->tracking == NULL ? (Datum) 0 : CStringGetTextDatum(now->tracking),
			TimestampTzGetDatum(now->released_at), TimestampTzGetDatum(now->shipped_at),
			TimestampTzGetDatum(now->delivered_at),
			json_datum(psprintf("{\"order_status\": \"%s\"}", order_status_names[order->status]))
		};
		bool		nulls[lengthof(values)] = {false};

		nulls[3] = now->location == NO_LOCATION;
		nulls[5] = now->promised_at == NO_TIME;
		nulls[6] = now->not_before == NO_TIME;
		nulls[7] = now->tracking == NULL;
		nulls[8] = now->released_at == NO_TIME;
		nulls[9] = now->shipped_at == NO_TIME;
		nulls[10] = now->delivered_at == NO_TIME;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/* Returns what a stock function did to one shelf. */
void
return_stock_at(const Inventory *inv, int32 location, int64 change, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const LocationStock *loc = stock_at(inv, location);
	Datum		values[] = {
		CStringGetTextDatum(inv->sku), Int32GetDatum(location), Int64GetDatum(change),
		Int64GetDatum(loc == NULL ? 0 : loc->on_hand), Int64GetDatum(loc == NULL ? 0 : loc->allocated),
		Int64GetDatum(available_to_promise(inv)), Int64GetDatum(inv->backordered),
		json_datum(psprintf("{\"backordered_before\": " INT64_FORMAT "}", inv->backordered_before))
	};
	bool		nulls[lengthof(values)] = {false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}
