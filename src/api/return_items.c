/*
 * return_items(): takes back units that have shipped, and puts them in stock unless they are not to
 * be sold again.
 *
 * Returned units of a stocked SKU go to the queue in the same transaction. For that, the row of
 * stock, its location and the SKU are locked before the order.
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/errors.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/stock_key.h"
#include "store/catalog.h"
#include "store/order_lookup.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/amendment.h"
#include "api/keyed_call.h"

/* Refuses to take back more units than have shipped. */
static void
check_returnable(const Amendment *amendment, int64 shipped, int64 quantity)
{
	if (quantity > shipped)
		wrong_state(psprintf("line %d of order " INT64_FORMAT " does not have that many units to return",
							 amendment->line_no, amendment->order_id),
					psprintf(INT64_FORMAT " are shipped and not returned.", shipped),
					"Return no more than was shipped.");
}

/* Marks shipped units of the line as returned. */
static void
return_units(const Amendment *amendment, int64 units)
{
	List	   *parts = list_copy(amendment->order->parts);
	int64		shipped = 0;
	ListCell   *lc;

	foreach(lc, parts)
	{
		Part	   *part = lfirst(lc);

		if (part->line_no == amendment->line_no && part->now.status == SHIPPED)
			shipped = add_units(shipped, part->now.quantity);
	}
	check_returnable(amendment, shipped, units);
	foreach(lc, parts)
	{
		Part	   *part = lfirst(lc);
		int64		some = Min(units, part->now.quantity);

		if (some == 0 || part->line_no != amendment->line_no || part->now.status != SHIPPED)
			continue;
		(some == part->now.quantity ? part : split_off(part, some))->now.status = RETURNED;
		units -= some;
	}
}

/*
 * Adds the returned units to the stock of the location, and plans which parts get them. The SKU is
 * locked.
 */
static void
plan_restock(Amendment *amendment, int32 location, int64 quantity)
{
	Inventory  *inv = &amendment->call->inventories[0];

	amendment->call->writes_stock = true;
	add_on_hand(amendment->call, inv, location, quantity, "returned",
				psprintf("order " INT64_FORMAT ", line %d", amendment->order_id, amendment->line_no));
	plan_reallocation(amendment->call);
}

/* Refuses a location that is not above 0. */
static void
check_return_location(int32 location)
{
	if (location <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("location_id must be above 0"),
				 errhint("Pass the location that takes the units back.")));
}

/* Refuses a line whose item was renamed while the call waited for the lock of its old SKU. */
static void
check_not_renamed(const Amendment *amendment, const char *sku)
{
	ListCell   *lc;

	foreach(lc, amendment->order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->line_no == amendment->line_no && strcmp(part->sku, sku) != 0)
			report_rename(amendment->order_id);
	}
}

/* Takes the units back; the row of stock and the SKU are locked first, then the order. */
static void
take_items_back(Amendment *amendment, int64 quantity, int32 location, bool restock)
{
	int			count;
	const char **skus = read_order_skus(amendment->merchant_id, &amendment->order_id, 1, amendment->line_no, &count);
	Savepoint	savepoint;
	List	   *keys;

	check_exists(amendment, count);
	keys = restock ? list_make1(make_stock_key(skus[0], location)) : NIL;
	if (is_service_sku(amendment->merchant_id, skus[0]))
		keys = NIL;
	hold_stock(&savepoint, amendment->merchant_id, keys, true, NULL, NULL);
	amendment->call = begin_call(&amendment->caller, amendment->merchant_id, false);
	amendment->call->cause = "stock";
	lock_inventory(amendment->call, skus, count);
	if (keys != NIL)
		plan_restock(amendment, location, quantity);
	lock_orders_of_plan(amendment->call, &amendment->order_id, 1);
	amendment->order = get_order(amendment->call, amendment->order_id);
	check_not_renamed(amendment, skus[0]);
	return_units(amendment, quantity);
	apply_plan(amendment->call);
	finish_call(amendment->call);
	release_savepoint(&savepoint);
}

/*
 * return_items(order_id, line_no, quantity, location_id, restock, options, merchant_id): marks shipped units
 * as returned, puts them in stock unless restock is false, and returns the order's parts.
 */
KEYED_FUNCTION(backorder_return_items, return_items)
{
	int64		quantity = quantity_argument(fcinfo, 2, "quantity");
	int32		location = int32_argument(fcinfo, 3, "location_id");
	bool		restock = PG_ARGISNULL(4) || PG_GETARG_BOOL(4);
	Amendment	amendment = {0};

	check_return_location(location);
	begin_amendment(&amendment, fcinfo, line_argument(fcinfo), 5);
	take_items_back(&amendment, quantity, location, restock);
	return end_amendment(&amendment, fcinfo);
}
