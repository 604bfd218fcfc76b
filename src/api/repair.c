/*
 * repair(): recomputes the inventory records of SKUs from stock and open parts, brings the ledger
 * to what is on hand, and reallocates. It lowers and withdraws grants that the orders of these SKUs
 * do not earn. It returns a row for each number that was wrong.
 *
 * Rows of stock, locations and SKUs are locked as for any change of stock. The records in memory
 * are put aside and filled again; the usual end of the call then writes the differences.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/entry.h"
#include "base/json.h"
#include "base/result.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/stock_key.h"
#include "store/grant_audit.h"
#include "store/stock_audit.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

/* The inventory record of a SKU as it was found. */
typedef struct FoundInventory
{
	int			nstock;
	LocationStock *stock;
	int64		backordered;
} FoundInventory;

/* A call of repair(). */
typedef struct Repair
{
	int32		merchant_id;
	Caller		caller;
	Savepoint	savepoint;
	Call	   *call;
	Datum		skus;			/* text[] */
	FoundInventory *found;		/* for each of call->inventories */
	FunctionCallInfo fcinfo;
} Repair;

/* Puts the numbers of the inventory records aside, and empties the records. */
static void
set_inventory_aside(Repair *repair)
{
	Call	   *call = repair->call;

	repair->found = palloc0_array(FoundInventory, call->ninventories + 1);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		repair->found[i] = (FoundInventory) {inv->nstock, inv->stock, inv->backordered};
		inv->nstock = 0;
		inv->backordered = 0;
		inv->nslots = -1;
		inv->back_in_stock_pending = inv->subscribers_wait = true;	/* unknown: the end of the call finds out */
	}
}

/* Returns a row for a number that was wrong; none if it was right. */
static void
report(const Repair *repair, const Inventory *inv, const char *problem, int64 was, int64 now)
{
	ResultRow	row = {0};

	if (was == now)
		return;
	result_text(&row, inv->sku);
	result_text(&row, problem);
	result_value(&row, json_datum(psprintf("{\"was\": " INT64_FORMAT ", \"is\": " INT64_FORMAT "}", was, now)));
	return_row(&row, repair->fcinfo);
}

/*
 * What the record said of a location. A damaged record may name a location twice: then both entries
 * count.
 */
static LocationStock
found_stock_at(const FoundInventory *found, int32 location)
{
	LocationStock sum = {.location = location};

	for (int i = 0; i < found->nstock; i++)
		if (found->stock[i].location == location)
		{
			sum.on_hand = add_units(sum.on_hand, found->stock[i].on_hand);
			sum.allocated = add_units(sum.allocated, found->stock[i].allocated);
		}
	return sum;
}

/* Reports what was wrong with one location of a record. */
static void
report_stock_at(const Repair *repair, const Inventory *inv, const FoundInventory *found, int32 location)
{
	LocationStock was = found_stock_at(found, location);
	const LocationStock *is = stock_at(inv, location);

	report(repair, inv, psprintf("on hand at location %d", location), was.on_hand, is == NULL ? 0 : is->on_hand);
	report(repair, inv, psprintf("allocated at location %d", location), was.allocated, is == NULL ? 0 : is->allocated);
}

/* Reports what was wrong with the records. */
static void
report_inventory(const Repair *repair)
{
	for (int i = 0; i < repair->call->ninventories; i++)
	{
		const Inventory *inv = &repair->call->inventories[i];
		const FoundInventory *found = &repair->found[i];

		for (int j = 0; j < inv->nstock; j++)
			report_stock_at(repair, inv, found, inv->stock[j].location);
		for (int j = 0; j < found->nstock; j++)
			if (stock_at(inv, found->stock[j].location) == NULL)
				report_stock_at(repair, inv, found, found->stock[j].location);
		report(repair, inv, "backordered", found->backordered, inv->backordered);
		report(repair, inv, "slots", inv->slots_read, inv->item.slots);
	}
}

/*
 * Adds a movement of the difference, if the ledger of a location differs from what is on hand
 * there.
 */
static void
correct_ledger(const Repair *repair, Inventory *inv, int32 location, int64 ledger)
{
	const LocationStock *loc = stock_at(inv, location);
	int64		on_hand = loc == NULL ? 0 : loc->on_hand;
	Movement   *movement;

	if (on_hand == ledger)
		return;
	report(repair, inv, psprintf("ledger of location %d", location), ledger, on_hand);
	movement = palloc_object(Movement);
	*movement = (Movement) {.sku = inv->sku, .location = location, .kind = "adjusted",
	.quantity = on_hand - ledger, .cause = "repair"};
	repair->call->movements = lappend(repair->call->movements, movement);
}

/* Brings the ledger to what is on hand: first where it has movements, then where it has none. */
static void
correct_ledgers(const Repair *repair)
{
	Call	   *call = repair->call;
	List	   *known = NIL;
	ListCell   *lc;

	foreach(lc, sum_ledger(call, repair->skus))
	{
		const LedgerSum *sum = lfirst(lc);
		Inventory  *inv = find_inventory(call, sum->sku);

		correct_ledger(repair, inv, sum->location, sum->units);
		known = lappend(known, make_stock_key(inv->sku, sum->location));
	}
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		for (int j = 0; j < inv->nstock; j++)
			if (!has_stock_key(known, inv->sku, inv->stock[j].location))
				correct_ledger(repair, inv, inv->stock[j].location, 0);
	}
}

/* Returns a row for a grant that the repair has lowered or withdrawn. */
static void
report_grant(const Repair *repair, const Order *order, const Grant *grant)
{
	ResultRow	row = {0};
	StringInfoData detail;
	ListCell   *lc;

	foreach(lc, order->parts)
		if (((Part *) lfirst(lc))->inv != NULL)
			break;
	initStringInfo(&detail);
	appendStringInfo(&detail, "{\"was\": %s, \"is\": ",
					 DatumGetCString(DirectFunctionCall1(numeric_out, grant->was_value)));
	appendStringInfo(&detail, "%s}", grant->withdrawn ? "null" : DatumGetCString(DirectFunctionCall1(numeric_out, grant->value)));
	result_text(&row, lc == NULL ? NULL : ((Part *) lfirst(lc))->sku);
	result_text(&row, psprintf("incentive " INT64_FORMAT " of order " INT64_FORMAT, grant->incentive_id, order->order_id));
	result_value(&row, json_datum(detail.data));
	return_row(&row, repair->fcinfo);
}

/* Reports the grants that their orders did not earn. */
static void
report_grants(const Repair *repair)
{
	const Call *call = repair->call;

	for (int i = 0; i < call->norders; i++)
	{
		ListCell   *lc;

		foreach(lc, call->orders[i]->grants)
			if (((Grant *) lfirst(lc))->changed)
				report_grant(repair, call->orders[i], lfirst(lc));
	}
}

/* Locks the stock and the SKUs of the repair, and reads all slots of their records. */
static void
lock_for_repair(Repair *repair, const char *const *skus, int count)
{
	List	   *keys;

	repair->skus = text_array(skus, count);
	keys = read_stock_keys(repair->merchant_id, repair->skus);
	hold_stock(&repair->savepoint, repair->merchant_id, keys, true, NULL, NULL);
	repair->call = begin_call(&repair->caller, repair->merchant_id, false);
	repair->call->cause = "repromise";
	repair->call->locks_service_items = true;
	repair->call->reads_all_slots = true;
	lock_inventory(repair->call, skus, count);
}

/*
 * repair(skus, options, merchant_id): repairs the inventory records and ledgers of SKUs, and returns what
 * was wrong.
 */
FUNCTION_WITH_SAVEPOINTS(backorder_repair, repair_inventory)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int			norders;
	int64	   *order_ids;
	Repair		repair = {.merchant_id = merchant_argument(fcinfo, 2), .fcinfo = fcinfo};

	(void) options_argument(fcinfo, 1, no_options);
	enter_function(fcinfo, &repair.caller, repair.merchant_id, ACCESS_ADMIN);
	lock_for_repair(&repair, (const char *const *) skus, count);
	set_inventory_aside(&repair);
	load_on_hand(repair.call, repair.skus);
	load_open_units(repair.call, repair.skus);
	report_inventory(&repair);
	correct_ledgers(&repair);
	for (int i = 0; i < repair.call->ninventories; i++)
		repair.call->inventories[i].recalculate_all = true;
	order_ids = find_misjudged_orders(repair.call, repair.skus, &norders);
	reallocate_with_orders(repair.call, order_ids, norders);
	report_grants(&repair);
	release_savepoint(&repair.savepoint);
	return leave_function(&repair.caller);
}
