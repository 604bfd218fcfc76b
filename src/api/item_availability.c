/*
 * item_availability(): what product and listing pages show for many SKUs at once.
 *
 * Each row is what an order of one unit would get now, planned by the code of place_order(). All
 * SKUs are planned in one pass, each as the one line of an order of its own; nothing is locked or
 * written.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
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
#include "api/result_rows.h"

/*
 * The distinct SKUs, in the order in which they are first asked for; *count becomes their number.
 */
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

/* A request for one unit of each of these SKUs that is an item. */
static Request *
request_of_each(const Call *call, const char **skus, int count)
{
	Request	   *request = palloc0_object(Request);

	request->placed_at = request->consent.promise_shown = NO_TIME;
	request->lines = palloc0_array(RequestLine, count + 1);
	for (int i = 0; i < count; i++)
		if (find_inventory(call, skus[i])->item.known)
			request->lines[request->nlines++] = (RequestLine) {
				.sku = unconstify(char *, skus[i]), .quantity = 1, .no_price = true
			};
	return request;
}

/* The unit of a line as the only part of an order, with its dispatch date. */
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

/*
 * Adds the units that may still be sold on backorder; null if there is no limit, or if backorders
 * are not sold.
 */
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

/* The column detail of an item. */
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

/* Returns the row of an item. */
static void
return_item(const Checkout *checkout, const LinePlan *line, FunctionCallInfo fcinfo)
{
	int64		available = available_to_promise(line->inv);	/* before the unit is promised */
	Part	   *part = line->refusal == NULL ? promise_unit(checkout, line) : NULL;
	ResultRow	row = {0};

	result_text(&row, line->inv->sku);
	result_text(&row, preview_status(checkout, line));
	result_datum(&row, Int64GetDatum(available), !line->inv->item.tracked);
	result_int64(&row, line->inv->backordered_before);
	result_wait(&row, checkout->call, part == NULL ? NO_TIME : part->now.promised_at);
	result_value(&row, item_detail(checkout, line, part));
	return_row(&row, fcinfo);
}

/* Returns the row of a SKU that is no item. */
static void
return_unknown(const char *sku, FunctionCallInfo fcinfo)
{
	ResultRow	row = {0};

	result_text(&row, sku);
	result_text(&row, "unknown");
	result_null(&row);			/* available */
	result_null(&row);			/* backordered */
	result_null(&row);			/* promised_at */
	result_null(&row);			/* wait_days */
	result_value(&row, json_datum("{}"));
	return_row(&row, fcinfo);
}

/*
 * Plans one unit of each SKU, and returns its row. The SKUs are distinct, so no two units share a
 * queue or wait for each other. The memory that a row needs is freed after each row.
 */
static void
return_availability(Call *call, const char **skus, int count, FunctionCallInfo fcinfo)
{
	Checkout	checkout = {.call = call, .first_line = 1, .queued_at = call->clock};
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "backorder availability row",
											  ALLOCSET_DEFAULT_SIZES);
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
			return_item(&checkout, &checkout.lines[line++], fcinfo);
		else
			return_unknown(skus[i], fcinfo);
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row);
}

PG_FUNCTION_INFO_V1(backorder_item_availability);

/*
 * item_availability(skus, merchant_id): returns a row for each distinct SKU, unknown ones included.
 */
Datum
backorder_item_availability(PG_FUNCTION_ARGS)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	const char **distinct;
	Caller		caller;
	Call	   *call;

	enter_function(fcinfo, &caller, merchant_id, ACCESS_REPORT);
	call = begin_call(&caller, merchant_id, true);
	lock_inventory(call, (const char *const *) skus, count);
	distinct = distinct_skus(call, skus, &count);
	return_availability(call, distinct, count, fcinfo);
	return leave_function(&caller);
}
