/*
 * item_availability(): what product and listing pages say of many SKUs at once. Each row is what an order of one unit
 * would get now, found by the code of place_order(); all of them in one pass, without locks.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/request.h"
#include "model/states.h"
#include "model/stock_policy.h"
#include "rules/line_plan.h"
#include "rules/promise.h"
#include "engine/call.h"
#include "engine/checkout.h"
#include "engine/stages.h"
#include "api/preview_order.h"

PG_FUNCTION_INFO_V1(backorder_item_availability);

/* The distinct SKUs, in the order in which they are asked for first; *count becomes their number. */
static const char **
distinct_skus(const Call *call, char **skus, int *count)
{
	bool	   *seen = palloc0_array(bool, call->ninventories + 1);
	const char **distinct = palloc_array(const char *, *count);
	int			found = 0;

	for (int i = 0; i < *count; i++)
	{
		const Inventory *inv = find_inventory(call, skus[i]);

		if (!seen[inv - call->inventories])
			distinct[found++] = inv->sku;
		seen[inv - call->inventories] = true;
	}
	*count = found;
	return distinct;
}

/* A request for one unit of each of these SKUs that the catalogue has. */
static Request *
request_of_each(const Call *call, const char **skus, int count)
{
	Request	   *request = palloc0_object(Request);

	request->placed_at = request->consent.promise_shown = NO_TIME;
	request->lines = palloc0_array(RequestLine, count + 1);
	for (int i = 0; i < count; i++)
		if (find_inventory(call, skus[i])->item.known)
			request->lines[request->nlines++] = (RequestLine) {.sku = unconstify(char *, skus[i]), .quantity = 1, .no_price = true};
	return request;
}

/* The line's unit as the one part of an order, with the date on which it would leave. */
static Part *
promise_unit(const Checkout *checkout, const LinePlan *line)
{
	Order	   *order = palloc0_object(Order);
	Part	   *part;

	order->order_id = PG_INT64_MAX;
	order->policy = AS_AVAILABLE;
	part = add_part(order, 1, line->inv);
	part->queued_at = place_at_end(checkout->call, part, checkout->queued_at);
	part->now.quantity = 1;
	part->now.status = line->later > 0 ? BACKORDERED : ALLOCATED;
	if (line->later > 0)
		queue_part(checkout->call, part);
	else
		promise_from_shelf(checkout->call, part);
	return part;
}

/* The units that may still be sold on backorder; null where there is no limit, or none may. */
static void
append_backorder_left(StringInfo json, const Inventory *inv)
{
	const CatalogItem *item = &inv->item;

	appendStringInfoString(json, ", \"backorder_left\": ");
	if (!item->tracked || !policy_allows_backorders(item) || item->backorder_limit < 0)
		appendStringInfoString(json, "null");
	else
		appendStringInfo(json, INT64_FORMAT, Max(item->backorder_limit - inv->backordered_before, 0));
}

/* detail of a known SKU: what a page may want to say beside the columns. */
static Datum
item_detail(const Checkout *checkout, const LinePlan *line, const Part *part)
{
	const CatalogItem *item = &line->inv->item;
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"policy\": \"%s\", \"unit_price\": %s, \"safety_stock\": " INT64_FORMAT,
					 stock_policy_names[item->policy],
					 item->no_price ? "null" : DatumGetCString(DirectFunctionCall1(numeric_out, item->unit_price)),
					 item->safety_stock);
	appendStringInfoString(&json, ", \"name\": ");
	append_text(&json, item->name);
	append_backorder_left(&json, line->inv);
	appendStringInfoString(&json, ", \"available_from\": ");
	append_time(&json, preorder_date(checkout->call, item));
	appendStringInfoString(&json, ", \"promise_basis\": ");
	append_basis(&json, part == NULL ? BASIS_UNKNOWN : part->now.basis);
	if (line->refusal != NULL)
	{
		appendStringInfo(&json, ", \"sqlstate\": \"%s\", ", unpack_sql_state(line->refusal_code));
		append_refusal(&json, line);
	}
	appendStringInfoChar(&json, '}');
	return json_datum(json.data);
}

/* Returns the row of a SKU that the catalogue has. */
static void
put_item(const Checkout *checkout, const LinePlan *line, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		available = available_to_promise(line->inv);
	Part	   *part = line->refusal == NULL ? promise_unit(checkout, line) : NULL;
	TimestampTz date = part == NULL ? NO_TIME : part->now.promised_at;
	Datum		values[] = {
		CStringGetTextDatum(line->inv->sku), CStringGetTextDatum(preview_status(checkout, line)),
		Int64GetDatum(available), Int64GetDatum(line->inv->backordered_before),
		TimestampTzGetDatum(date), Int32GetDatum(wait_days(checkout->call, date)),
		item_detail(checkout, line, part)
	};
	bool		nulls[lengthof(values)] = {false};

	nulls[2] = !line->inv->item.tracked;
	nulls[4] = nulls[5] = date == NO_TIME;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Returns the row of a SKU that the catalogue does not have. */
static void
put_unknown(const char *sku, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[7] = {CStringGetTextDatum(sku), CStringGetTextDatum("unknown")};
	bool		nulls[lengthof(values)] = {false, false, true, true, true, true, false};

	values[6] = json_datum("{}");
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * Plans one unit of each SKU as an order of its own: no two share a queue, and none waits for another. What a row needs in
 * memory is given back at once.
 */
static void
put_availability(Call *call, const char **skus, int count, FunctionCallInfo fcinfo)
{
	Checkout	checkout = {.call = call, .first_line = 1, .queued_at = call->clock};
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "backorder availability row", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old;
	int			line = 0;

	checkout.request = request_of_each(call, skus, count);
	plan_lines(&checkout);
	load_promises(&checkout);
	old = MemoryContextSwitchTo(row);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (find_inventory(call, skus[i])->item.known)
			put_item(&checkout, &checkout.lines[line++], fcinfo);
		else
			put_unknown(skus[i], fcinfo);
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row);
}

/* item_availability(skus, merchant_id): a row for each SKU, unknown ones included; locks and writes nothing. */
Datum
backorder_item_availability(PG_FUNCTION_ARGS)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	const char **distinct;
	Caller		caller;
	Call	   *call;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_REPORT);
	call = begin_call(&caller, merchant_id, true);
	lock_inventory(call, (const char *const *) skus, count);
	distinct = distinct_skus(call, skus, &count);
	put_availability(call, distinct, count, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
