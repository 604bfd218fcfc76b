/*
 * set_stock(), count_stock() and transfer_stock(): change what is on hand, and reallocate the SKUs.
 *
 * Each locks the rows of stock and their locations in a savepoint, then the SKUs. It writes
 * inventory record and ledger first and stock last, so that the trigger on stock finds no
 * difference.
 */
#include "postgres.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/stock_key.h"
#include "store/stock_audit.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"
#include "api/result_rows.h"
#include "api/keyed_call.h"

/*
 * Begins a call that changes stock: locks the rows of stock with these sorted keys, then their
 * SKUs.
 */
static Call *
begin_stock_call(Caller *caller, int32 merchant_id, Savepoint *savepoint, const List *keys)
{
	Call	   *call;
	int			count;
	const char **skus = stock_skus(keys, &count);

	hold_stock(savepoint, merchant_id, keys, true, NULL, NULL);
	call = begin_call(caller, merchant_id, false);
	call->cause = "stock";
	call->writes_stock = true;
	call->locks_service_items = true;
	lock_inventory(call, skus, count);
	return call;
}

/* Reallocates the SKUs, and releases the savepoint. */
static void
end_stock_call(Call *call, const Savepoint *savepoint)
{
	reallocate(call);
	release_savepoint(savepoint);
}

/* What is on hand of a SKU at a location. */
static int64
on_hand_at(const Inventory *inv, int32 location)
{
	const LocationStock *loc = stock_at(inv, location);

	return loc == NULL ? 0 : loc->on_hand;
}

/* Refuses a location that is not above 0. */
static void
check_location(int32 location)
{
	if (location <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("location %d is not above 0", location),
				 errhint("Locations are numbered from 1.")));
}

/* What a call of set_stock() sets: arrays of one length. */
typedef struct StockLevels
{
	int			count;
	char	  **skus;
	int32	   *locations;
	int64	   *quantities;		/* as they are to be */
	int64	   *changes;		/* by which on hand changes */
	int64	   *expected;		/* what the caller saw, or NULL */
	bool	   *unseen;			/* the caller expects nothing of this one */
	TimestampTz as_of;			/* when the caller saw the quantities; NO_TIME: now */
} StockLevels;

/* Refuses arrays of different lengths. */
static void
check_lengths(int skus, int locations, int quantities)
{
	if (skus != locations || skus != quantities)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("skus, locations and quantities must have the same length"),
				 errdetail("There are %d SKUs, %d locations and %d quantities.", skus, locations, quantities),
				 errhint("Pass one location and one quantity for each SKU.")));
}

/* Reads what the caller saw, and when; one of the two can be told. */
static void
read_stock_options(StockLevels *levels, const Jsonb *options)
{
	levels->expected = quantities_option(options, "expected", levels->count, &levels->unseen);
	levels->as_of = time_option(options, "as_of");
	if (levels->expected != NULL && levels->as_of != NO_TIME)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("\"expected\" and \"as_of\" cannot be used together"),
				 errhint("Pass what was on hand when the quantities were read, or the time at which they were read.")));
	if (levels->as_of != NO_TIME && levels->as_of > read_clock())
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("\"as_of\" lies in the future"),
				 errhint("Pass the time at which the quantities were read.")));
}

/* Returns what the first three arguments, arrays of one length, say. */
static StockLevels
stock_levels_argument(FunctionCallInfo fcinfo)
{
	StockLevels levels = {0};
	int			nlocations;
	int			nquantities;

	levels.skus = text_array_argument(fcinfo, 0, "skus", &levels.count);
	levels.locations = int32_array_argument(fcinfo, 1, "locations", &nlocations);
	levels.quantities = int64_array_argument(fcinfo, 2, "quantities", &nquantities);
	levels.changes = palloc0_array(int64, levels.count);
	check_lengths(levels.count, nlocations, nquantities);
	for (int i = 0; i < levels.count; i++)
	{
		check_key(levels.skus[i], "sku");
		check_location(levels.locations[i]);
	}
	return levels;
}

/*
 * Returns the keys of the levels, sorted. A key that is given twice is refused: its quantities may
 * differ.
 */
static List *
distinct_stock_keys(const StockLevels *levels)
{
	List	   *keys = NIL;

	for (int i = 0; i < levels->count; i++)
		keys = lappend(keys, make_stock_key(levels->skus[i], levels->locations[i]));
	keys = sort_stock_keys(keys);
	if (list_length(keys) != levels->count)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("a SKU and location is given more than once"),
				 errhint("Give each SKU and location once.")));
	return keys;
}

/* A SKU and location of the levels, and its index there. */
typedef struct LevelKey
{
	const char *sku;
	int32		location;
	int			index;
} LevelKey;

/* Compares keys of levels, for qsort() and bsearch(). */
static int
compare_level_keys(const void *a, const void *b)
{
	const LevelKey *x = a;
	const LevelKey *y = b;
	int			order = strcmp(x->sku, y->sku);

	return order != 0 ? order : (x->location > y->location) - (x->location < y->location);
}

/* Returns the keys of the levels, sorted. */
static LevelKey *
sort_levels(const StockLevels *levels)
{
	LevelKey   *keys = palloc_array(LevelKey, levels->count + 1);

	for (int i = 0; i < levels->count; i++)
		keys[i] = (LevelKey) {.sku = levels->skus[i], .location = levels->locations[i], .index = i};
	qsort(keys, levels->count, sizeof(LevelKey), compare_level_keys);
	return keys;
}

/*
 * Adds to each quantity what the ledger has moved since the caller read it. The difference that is
 * left is recorded for that time, so that the same reading is not added to itself.
 */
static void
add_movements_since(Call *call, const StockLevels *levels)
{
	LevelKey   *keys;
	ListCell   *lc;

	if (levels->as_of == NO_TIME)
		return;
	call->moved_at = levels->as_of;
	keys = sort_levels(levels);
	foreach(lc, sum_ledger_since(call, text_array((const char *const *) levels->skus, levels->count), levels->as_of))
	{
		const LedgerSum *sum = lfirst(lc);
		LevelKey	wanted = {.sku = sum->sku, .location = sum->location};
		const LevelKey *found = bsearch(&wanted, keys, levels->count, sizeof(LevelKey), compare_level_keys);

		if (found != NULL)
			levels->quantities[found->index] = add_units(levels->quantities[found->index], sum->units);
	}
}

/* Whether the caller saw something else than what is on hand. */
static bool
is_outdated(const StockLevels *levels, int i, int64 on_hand)
{
	return levels->expected != NULL && !levels->unseen[i] && levels->expected[i] != on_hand;
}

/* Sets what is on hand of the locked SKUs, except where the caller saw something else. */
static void
apply_stock_levels(Call *call, const StockLevels *levels)
{
	add_movements_since(call, levels);
	for (int i = 0; i < levels->count; i++)
	{
		Inventory  *inv = find_inventory(call, levels->skus[i]);

		if (is_outdated(levels, i, on_hand_at(inv, levels->locations[i])))
			continue;
		levels->changes[i] = levels->quantities[i] - on_hand_at(inv, levels->locations[i]);
		set_on_hand(call, inv, levels->locations[i], levels->quantities[i], "adjusted", "set_stock");
	}
}

/* Returns the stock that the caller set, or tells that it was refused because the caller saw something else. */
static void
return_level(const Call *call, const StockLevels *levels, int i, FunctionCallInfo fcinfo)
{
	const Inventory *inv = find_inventory(call, levels->skus[i]);
	const char *refused = NULL;

	if (is_outdated(levels, i, on_hand_at(inv, levels->locations[i]) - levels->changes[i]))
		refused = psprintf("\"refused\": true, \"expected\": " INT64_FORMAT, levels->expected[i]);
	return_stock_with(inv, levels->locations[i], levels->changes[i], refused, fcinfo);
}

/*
 * set_stock(skus, locations, quantities, options, merchant_id): sets what is on hand, and returns the stock.
 * A quantity is negative if more was sold than there was.
 */
KEYED_FUNCTION(backorder_set_stock, set_stock)
{
	static const char *const known[] = {"key", "expected", "as_of", NULL};
	StockLevels levels = stock_levels_argument(fcinfo);
	int32		merchant_id = merchant_argument(fcinfo, 4);
	List	   *keys = distinct_stock_keys(&levels);
	Savepoint	savepoint;
	Caller		caller;
	Call	   *call;

	read_stock_options(&levels, options_argument(fcinfo, 3, known));
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	call = begin_stock_call(&caller, merchant_id, &savepoint, keys);
	apply_stock_levels(call, &levels);
	end_stock_call(call, &savepoint);
	for (int i = 0; i < levels.count; i++)
		return_level(call, &levels, i, fcinfo);
	return leave_function(&caller);
}

/* Refuses a count if on hand is not what the warehouse expected when it counted. */
static void
check_expected(const Inventory *inv, int32 location, int64 expected)
{
	int64		on_hand = on_hand_at(inv, location);

	if (on_hand != expected)
		wrong_state(psprintf("the stock of \"%s\" at location %d changed while it was counted", inv->sku, location),
					psprintf(INT64_FORMAT " were expected, " INT64_FORMAT " are on hand.", expected, on_hand),
					"Count again.");
}

/* Refuses a negative count. */
static void
check_counted(int64 counted)
{
	if (counted < 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("counted must not be negative"),
				 errhint("Count the units that are there.")));
}

/*
 * count_stock(sku, location_id, counted, expected, options, merchant_id): sets what was counted, and returns
 * the stock.
 */
KEYED_FUNCTION(backorder_count_stock, count_stock)
{
	char	   *sku = text_argument(fcinfo, 0, "sku");
	int32		location = int32_argument(fcinfo, 1, "location_id");
	int64		counted = int64_argument(fcinfo, 2, "counted");
	int64		expected = int64_argument(fcinfo, 3, "expected");
	int32		merchant_id = merchant_argument(fcinfo, 5);
	Savepoint	savepoint;
	Caller		caller;
	Call	   *call;

	check_key(sku, "sku");
	check_location(location);
	check_counted(counted);
	(void) options_argument(fcinfo, 4, only_key);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	call = begin_stock_call(&caller, merchant_id, &savepoint, list_make1(make_stock_key(sku, location)));
	check_expected(find_inventory(call, sku), location, expected);
	set_on_hand(call, find_inventory(call, sku), location, counted, "counted", "count_stock");
	end_stock_call(call, &savepoint);
	return_stock_at(find_inventory(call, sku), location, counted - expected, fcinfo);
	return leave_function(&caller);
}

/* Refuses to transfer more units than are free at the location. */
static void
check_transfer(const Inventory *inv, int32 from, int64 quantity)
{
	const LocationStock *loc = stock_at(inv, from);
	int64		free = loc == NULL ? 0 : Max(loc->on_hand - loc->allocated, 0);

	if (free < quantity)
		wrong_state(psprintf("cannot transfer " INT64_FORMAT " of \"%s\" from location %d", quantity, inv->sku, from),
					psprintf(INT64_FORMAT " are free there.", free),
					"Only free units can be transferred.");
}

/* Refuses a transfer within one location. */
static void
check_locations_differ(int32 from, int32 to)
{
	check_location(from);
	check_location(to);
	if (from == to)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("from_location and to_location are the same"),
				 errhint("Pass two different locations.")));
}

/*
 * transfer_stock(sku, from_location, to_location, quantity, options, merchant_id): moves free units between
 * locations, and returns the stock of both.
 */
KEYED_FUNCTION(backorder_transfer_stock, transfer_stock)
{
	char	   *sku = text_argument(fcinfo, 0, "sku");
	int32		from = int32_argument(fcinfo, 1, "from_location");
	int32		to = int32_argument(fcinfo, 2, "to_location");
	int64		quantity = quantity_argument(fcinfo, 3, "quantity");
	int32		merchant_id = merchant_argument(fcinfo, 5);
	const char *cause = psprintf("transfer from %d to %d", from, to);
	List	   *keys = sort_stock_keys(list_make2(make_stock_key(sku, from), make_stock_key(sku, to)));
	Savepoint	savepoint;
	Caller		caller;
	Call	   *call;

	check_key(sku, "sku");
	check_locations_differ(from, to);
	(void) options_argument(fcinfo, 4, only_key);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	call = begin_stock_call(&caller, merchant_id, &savepoint, keys);
	check_transfer(find_inventory(call, sku), from, quantity);
	add_on_hand(call, find_inventory(call, sku), from, -quantity, "transferred", cause);
	add_on_hand(call, find_inventory(call, sku), to, quantity, "transferred", cause);
	end_stock_call(call, &savepoint);
	return_stock_at(find_inventory(call, sku), from, -quantity, fcinfo);
	return_stock_at(find_inventory(call, sku), to, quantity, fcinfo);
	return leave_function(&caller);
}
