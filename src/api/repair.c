/*
 * Repair: the book of a SKU is made anew from the shelves and the parts, the ledger is brought to what is on hand, and
 * the SKU is settled by its mended book.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/payload.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

FUNCTION_WITH_SAVEPOINTS(backorder_repair, repair_inventory);

STATEMENT(read_stock_of_skus,
		  "SELECT sku, location_id, on_hand FROM backorder.stock"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku, location_id",
		  INT4OID, TEXTARRAYOID);

STATEMENT(sum_open_parts,
		  "SELECT sku, status = 'backordered', coalesce(location_id, 0), sum(quantity)::bigint"
		  " FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND status IN ('allocated', 'backordered')"
		  " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
		  INT4OID, TEXTARRAYOID);

STATEMENT(sum_ledger,
		  "SELECT sku, location_id, sum(quantity)::bigint FROM backorder.stock_movement"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) GROUP BY 1, 2 ORDER BY 1, 2",
		  INT4OID, TEXTARRAYOID);

/* A SKU's book as it was found. */
typedef struct FoundInventory
{
	int			nstock;
	LocationStock *stock;
	int64		backordered;
} FoundInventory;

typedef struct Repair
{
	Call	   *call;
	Datum		skus;			/* text[] */
	FoundInventory *found;		/* beside work->skus */
	FunctionCallInfo fcinfo;
} Repair;

/* Runs a statement over (merchant, SKUs). */
static uint64
run_over_skus(const Repair *repair, Statement *statement)
{
	Datum		values[] = {Int32GetDatum(repair->call->merchant_id), repair->skus};

	return run(statement, false, values, NULL);
}

/* The shelves of these SKUs, as keys. */
static List *
stock_keys_of_skus(int32 merchant_id, Datum skus)
{
	Datum		values[] = {Int32GetDatum(merchant_id), skus};
	uint64		rows = run(&read_stock_of_skus, false, values, NULL);
	List	   *keys = NIL;

	for (uint64 i = 0; i < rows; i++)
		keys = lappend(keys, make_stock_key(text_at(i, 1), int32_at(i, 2)));
	done_reading();
	return sort_stock_keys(keys);
}

/* Puts the books aside as they were found, and empties them. */
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
		inv->back_in_stock_pending = true;	/* as good as not known: it is found out anew */
	}
}

/* Makes the books anew: on hand from stock, allocated and backordered from the open parts. */
static void
recompute_inventory(Repair *repair)
{
	Call	   *call = repair->call;
	uint64		rows = run_over_skus(repair, &read_stock_of_skus);

	for (uint64 i = 0; i < rows; i++)
		get_stock_at(call, find_inventory(call, text_at(i, 1)), int32_at(i, 2))->on_hand = int64_at(i, 3);
	done_reading();
	rows = run_over_skus(repair, &sum_open_parts);
	for (uint64 i = 0; i < rows; i++)
	{
		Inventory  *inv = find_inventory(call, text_at(i, 1));

		if (!inv->item.tracked)
			continue;
		if (bool_at(i, 2))
			inv->backordered = int64_at(i, 4);
		else
			get_stock_at(call, inv, int32_at(i, 3))->allocated = int64_at(i, 4);
	}
	done_reading();
}

/* Returns a row on one number of a book that was not what it is now; none if it was. */
static void
report(const Repair *repair, const Inventory *inv, const char *problem, int64 was, int64 now)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) repair->fcinfo->resultinfo;
	Datum		values[] = {
		CStringGetTextDatum(inv->sku), CStringGetTextDatum(problem),
		json_datum(psprintf("{\"was\": " INT64_FORMAT ", \"is\": " INT64_FORMAT "}", was, now))
	};
	bool		nulls[lengthof(values)] = {false};

	if (was != now)
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* What a found book said of a location; a location that stood there twice counts twice. */
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

/* Says what was wrong with one location of a book. */
static void
report_stock_at(const Repair *repair, const Inventory *inv, const FoundInventory *found, int32 location)
{
	LocationStock was = found_stock_at(found, location);
	const LocationStock *is = stock_at(inv, location);

	report(repair, inv, psprintf("on hand at location %d", location), was.on_hand, is == NULL ? 0 : is->on_hand);
	report(repair, inv, psprintf("allocated at location %d", location), was.allocated, is == NULL ? 0 : is->allocated);
}

/* Says what was wrong with the books. */
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

/* Notes for the ledger what is missing from it. */
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

/* Brings the ledger to what is on hand: first the shelves that it knows, then those that it does not. */
static void
correct_ledgers(const Repair *repair)
{
	Call	   *call = repair->call;
	uint64		rows = run_over_skus(repair, &sum_ledger);
	List	   *known = NIL;

	for (uint64 i = 0; i < rows; i++)
	{
		Inventory  *inv = find_inventory(call, text_at(i, 1));

		correct_ledger(repair, inv, int32_at(i, 2), int64_at(i, 3));
		known = lappend(known, make_stock_key(inv->sku, int32_at(i, 2)));
	}
	done_reading();
	for (int i = 0; i < call->ninventories; i++)
		for (int j = 0; j < call->inventories[i].nstock; j++)
			if (!has_stock_key(known, call->inventories[i].sku, call->inventories[i].stock[j].location))
				correct_ledger(repair, &call->inventories[i], call->inventories[i].stock[j].location, 0);
}

/* Makes the books of these SKUs anew, settles them, and returns what was mended. */
static Datum
repair_inventory(PG_FUNCTION_ARGS)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Repair		repair = {.fcinfo = fcinfo};
	Savepoint	savepoint;
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_ADMIN);
	repair.skus = text_array((const char *const *) skus, count);
	hold_stock(&savepoint, merchant_id, stock_keys_of_skus(merchant_id, repair.skus), true, NULL, NULL);
	repair.call = begin_call(&caller, merchant_id, false);
	repair.call->cause = "repromise";
	repair.call->locks_service_items = true;
	repair.call->reads_all_slots = true;
	lock_inventory(repair.call, (const char *const *) skus, count);
	set_inventory_aside(&repair);
	recompute_inventory(&repair);
	report_inventory(&repair);
	correct_ledgers(&repair);
	for (int i = 0; i < repair.call->ninventories; i++)
		repair.call->inventories[i].recalculate_all = true;
	reallocate(repair.call);
	release_savepoint(&savepoint);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
