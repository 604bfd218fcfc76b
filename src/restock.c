/*
 * Restock: whatever changes a shelf ends in one fill.
 *
 * The triggers on stock compare the rows that a statement touched with the book, and act on the difference. The doors
 * set_stock, count_stock and transfer_stock write book and ledger first and stock last, so that the trigger finds none.
 */
#include "backorder.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "statement.h"
#include "stock.h"
#include "trigger.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(backorder_remember_stock);
PG_FUNCTION_INFO_V1(backorder_stock_changed);
FUNCTION_WITH_ATTEMPTS(backorder_set_stock, set_stock);
FUNCTION_WITH_ATTEMPTS(backorder_count_stock, count_stock);
FUNCTION_WITH_ATTEMPTS(backorder_transfer_stock, transfer_stock);

/*
 * Keys whose row differs from the book; whoever holds the stock row is the only one who may change its entry. An older
 * snapshot would show a row that was deleted meanwhile, beside the one inserted again.
 */
STATEMENT(find_differences,
		  "SELECT k.sku, k.location_id, array_position(a.locations, k.location_id) IS NULL"
		  " FROM unnest($2, $3) AS k(sku, location_id)"
		  " LEFT JOIN backorder.stock s ON s.merchant_id = $1 AND s.sku = k.sku AND s.location_id = k.location_id"
		  " LEFT JOIN backorder.availability a ON a.merchant_id = $1 AND a.sku = k.sku"
		  " WHERE coalesce(s.on_hand, 0)"
		  "  <> coalesce(a.on_hand[array_position(a.locations, k.location_id)], 0)",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID);

STATEMENT(read_stock,
		  "SELECT k.sku, k.location_id, coalesce(s.on_hand, 0) FROM unnest($2, $3) AS k(sku, location_id)"
		  " LEFT JOIN backorder.stock s ON s.merchant_id = $1 AND s.sku = k.sku AND s.location_id = k.location_id",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID);

/*
 * Keys of rows changed by row triggers that no statement trigger has seen yet. An upsert fires two statement triggers,
 * one after the other: the first locks the keys of both. The memory only widens a set of locks.
 */
static List *remembered = NIL;

/* Leaves nothing remembered for the next transaction. */
static void
forget_keys(XactEvent event, void *arg)
{
	remembered = NIL;			/* its memory ends with the transaction */
}

/* To be called once, when the module is loaded. */
void
init_restock(void)
{
	RegisterXactCallback(forget_keys, NULL);
}

/* Remembers the key of a row, if there is one, until a statement trigger takes it or the transaction ends. */
static void
remember(HeapTuple row, TupleDesc desc)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);

	if (row != NULL)
		remembered = lappend(remembered, row_key(row, desc));
	MemoryContextSwitchTo(old);
}

/* Row trigger on stock: remembers the row's keys for the statement triggers. */
Datum
backorder_remember_stock(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = row_trigger(fcinfo);
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);

	if (!is_restore())
	{
		remember(trigger->tg_trigtuple, desc);
		remember(trigger->tg_newtuple, desc);
	}
	return PointerGetDatum(NULL);
}

/* The keys that a statement on stock touched, and those that row triggers remembered, sorted. */
static List *
stock_keys(TriggerData *trigger)
{
	List	   *keys = touched_keys(trigger, NULL);

	keys = list_concat(keys, remembered);
	remembered = NIL;
	return sort_keys(keys);
}

/* The keys whose shelf is not as the book says; locations that are new to a SKU are held open or closed. */
static List *
differing_keys(int32 merchant_id, const List *touched)
{
	List	   *keys = NIL;
	List	   *new_shelves = NIL;
	Batch		batch;
	uint64		rows;

	batch_stock_keys(&batch, shelves_of(touched));
	rows = run_batch_latest(&find_differences, merchant_id, &batch);
	for (uint64 i = 0; i < rows; i++)
	{
		StockKey   *key = make_stock_key(text_at(i, 1), int32_at(i, 2));

		keys = lappend(keys, key);
		if (bool_at(i, 3))
			new_shelves = lappend(new_shelves, key);
	}
	done_reading();
	share_stock_locations(merchant_id, new_shelves);
	return sort_stock_keys(keys);
}

/* Takes over from stock, read after the lock, what differs from the book. */
static void
take_over_stock(Work *work, const List *keys)
{
	Batch		batch;
	uint64		rows;

	batch_stock_keys(&batch, keys);
	rows = run_batch_latest(&read_stock, work->merchant_id, &batch);
	for (uint64 i = 0; i < rows; i++)
		set_on_hand(work, find_sku(work, text_at(i, 1)), int32_at(i, 2), int64_at(i, 3), "adjusted", "stock changed");
	done_reading();
}

/* One merchant's share of a statement on stock: one fill. */
static void
restock_merchant(Caller *caller, int32 merchant_id, const List *touched)
{
	List	   *keys = differing_keys(merchant_id, touched);
	const char **skus;
	Work	   *work;
	int			count;

	if (keys == NIL)
		return;
	work = open_work(caller, merchant_id, false);
	work->cause = "stock";
	work->locks_services = true;
	skus = stock_skus(keys, &count);
	load_book(work, skus, count);
	take_over_stock(work, keys);
	settle(work);
}

/* Statement trigger on stock: brings the book to what is on the shelves, and settles who gets what. */
Datum
backorder_stock_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;
	List	   *keys;

	if (is_restore())
		return PointerGetDatum(NULL);
	SPI_connect();
	enter_unchecked(&caller);
	keys = stock_keys(trigger);
	for (int i = 0; i < list_length(keys);)
	{
		List	   *group;
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;

		i = keys_of_merchant(keys, i, &group);
		restock_merchant(&caller, merchant_id, group);
	}
	leave(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}

/* Opens the work of a door: the stock rows held, then the book. */
static Work *
open_stock_work(Caller *caller, int32 merchant_id, Attempt *attempt, const List *keys)
{
	Work	   *work;
	int			count;
	const char **skus = stock_skus(keys, &count);

	hold_stock(attempt, merchant_id, keys, true, NULL, NULL);
	work = open_work(caller, merchant_id, false);
	work->cause = "stock";
	work->writes_stock = true;
	work->locks_services = true;
	load_book(work, skus, count);
	return work;
}

/* Settles, and keeps what the attempt did. */
static void
close_stock_work(Work *work, const Attempt *attempt)
{
	settle(work);
	end_attempt(attempt);
}

/* What is on hand of a SKU at a location, by the book. */
static int64
on_hand_at(const Sku *book, int32 location)
{
	const Shelf *shelf = shelf_at(book, location);

	return shelf == NULL ? 0 : shelf->on_hand;
}

/* Refuses arrays that do not stand side by side. */
static void
check_side_by_side(int skus, int locations, int quantities)
{
	if (skus != locations || skus != quantities)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("skus, locations and quantities must have the same length"),
				 errdetail("There are %d SKUs, %d locations and %d quantities.", skus, locations, quantities)));
}

/* Refuses a shelf that is named twice, with what may be two different quantities. */
static void
check_distinct(const List *keys, int count)
{
	if (list_length(keys) != count)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("a SKU and location is given more than once"),
				 errhint("Give each SKU and location once.")));
}

/* Promises that the location is above 0. */
static void
check_location(int32 location)
{
	if (location <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("location %d is not above 0", location),
				 errhint("Locations are numbered from 1.")));
}

/* Sets what is on hand at many places, whatever was there before; negative where more was sold than there was. */
static Datum
set_stock(PG_FUNCTION_ARGS)
{
	int			nskus,
				nlocations,
				nquantities;
	char	  **skus = text_array_argument(fcinfo, 0, "skus", &nskus);
	int32	   *locations = int32_array_argument(fcinfo, 1, "locations", &nlocations);
	int64	   *quantities = int64_array_argument(fcinfo, 2, "quantities", &nquantities);
	int32		merchant_id = merchant_argument(fcinfo, 3);
	List	   *keys = NIL;
	int64	   *changes;
	Attempt		attempt;
	Caller		caller;
	Work	   *work;

	check_side_by_side(nskus, nlocations, nquantities);
	for (int i = 0; i < nskus; i++)
	{
		check_key(skus[i], "sku");
		check_location(locations[i]);
		keys = lappend(keys, make_stock_key(skus[i], locations[i]));
	}
	keys = sort_stock_keys(keys);
	check_distinct(keys, nskus);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	work = open_stock_work(&caller, merchant_id, &attempt, keys);
	changes = palloc_array(int64, nskus);
	for (int i = 0; i < nskus; i++)
	{
		Sku		   *book = find_sku(work, skus[i]);
		int64		before = on_hand_at(book, locations[i]);

		set_on_hand(work, book, locations[i], quantities[i], "adjusted", "set_stock");
		changes[i] = quantities[i] - before;
	}
	close_stock_work(work, &attempt);
	for (int i = 0; i < nskus; i++)
		put_shelf(find_sku(work, skus[i]), locations[i], changes[i], fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* Refuses a count of a shelf that is no longer what the counter saw. */
static void
check_expected(const Sku *book, int32 location, int64 expected)
{
	int64		on_hand = on_hand_at(book, location);

	if (on_hand != expected)
		wrong_state(psprintf("the shelf of \"%s\" at location %d changed while it was counted", book->sku, location),
					psprintf(INT64_FORMAT " were expected, " INT64_FORMAT " are on hand.", expected, on_hand),
					"Count again.");
}

/* Sets what was counted, if the shelf is still what the counter saw. */
static Datum
count_stock(PG_FUNCTION_ARGS)
{
	char	   *sku = text_argument(fcinfo, 0, "sku");
	int32		location = int32_argument(fcinfo, 1, "location_id");
	int64		counted = int64_argument(fcinfo, 2, "counted");
	int64		expected = int64_argument(fcinfo, 3, "expected");
	int32		merchant_id = merchant_argument(fcinfo, 4);
	Attempt		attempt;
	Caller		caller;
	Work	   *work;

	check_key(sku, "sku");
	check_location(location);
	if (counted < 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("counted must not be negative"),
				 errhint("Count what is on the shelf.")));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	work = open_stock_work(&caller, merchant_id, &attempt, list_make1(make_stock_key(sku, location)));
	check_expected(find_sku(work, sku), location, expected);
	set_on_hand(work, find_sku(work, sku), location, counted, "counted", "count_stock");
	close_stock_work(work, &attempt);
	put_shelf(find_sku(work, sku), location, counted - expected, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* Refuses to move units that somebody has, or that are not there. */
static void
check_transfer(const Sku *book, int32 from, int64 quantity)
{
	const Shelf *shelf = shelf_at(book, from);
	int64		free = shelf == NULL ? 0 : Max(shelf->on_hand - shelf->allocated, 0);

	if (free < quantity)
		wrong_state(psprintf("cannot transfer " INT64_FORMAT " of \"%s\" from location %d", quantity, book->sku, from),
					psprintf(INT64_FORMAT " are free there.", free),
					"Only free units can be transferred.");
}

/* Moves free units from one location to another. */
static Datum
transfer_stock(PG_FUNCTION_ARGS)
{
	char	   *sku = text_argument(fcinfo, 0, "sku");
	int32		from = int32_argument(fcinfo, 1, "from_location");
	int32		to = int32_argument(fcinfo, 2, "to_location");
	int64		quantity = quantity_argument(fcinfo, 3, "quantity");
	int32		merchant_id = merchant_argument(fcinfo, 4);
	const char *cause = psprintf("transfer from %d to %d", from, to);
	List	   *keys;
	Attempt		attempt;
	Caller		caller;
	Work	   *work;

	check_key(sku, "sku");
	check_location(from);
	check_location(to);
	if (from == to)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("from_location and to_location are the same")));
	keys = sort_stock_keys(list_make2(make_stock_key(sku, from), make_stock_key(sku, to)));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	work = open_stock_work(&caller, merchant_id, &attempt, keys);
	check_transfer(find_sku(work, sku), from, quantity);
	add_on_hand(work, find_sku(work, sku), from, -quantity, "transferred", cause);
	add_on_hand(work, find_sku(work, sku), to, quantity, "transferred", cause);
	close_stock_work(work, &attempt);
	put_shelf(find_sku(work, sku), from, -quantity, fcinfo);
	put_shelf(find_sku(work, sku), to, quantity, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
