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
#include "store/inventory_lock.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/finish.h"

FUNCTION_WITH_ATTEMPTS(backorder_repair, repair_books);

STATEMENT(read_shelves_of_skus,
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
typedef struct FoundBook
{
	int			nshelves;
	Shelf	   *shelves;
	int64		backordered;
} FoundBook;

typedef struct Repair
{
	Work	   *work;
	Datum		skus;			/* text[] */
	FoundBook  *found;			/* beside work->skus */
	FunctionCallInfo fcinfo;
} Repair;

/* Runs a statement over (merchant, SKUs). */
static uint64
run_over_skus(const Repair *repair, Statement *statement)
{
	Datum		values[] = {Int32GetDatum(repair->work->merchant_id), repair->skus};

	return run(statement, false, values, NULL);
}

/* The shelves of these SKUs, as keys. */
static List *
shelf_keys(int32 merchant_id, Datum skus)
{
	Datum		values[] = {Int32GetDatum(merchant_id), skus};
	uint64		rows = run(&read_shelves_of_skus, false, values, NULL);
	List	   *keys = NIL;

	for (uint64 i = 0; i < rows; i++)
		keys = lappend(keys, make_stock_key(text_at(i, 1), int32_at(i, 2)));
	done_reading();
	return sort_stock_keys(keys);
}

/* Puts the books aside as they were found, and empties them. */
static void
put_books_aside(Repair *repair)
{
	Work	   *work = repair->work;

	repair->found = palloc0_array(FoundBook, work->nskus + 1);
	for (int i = 0; i < work->nskus; i++)
	{
		Sku		   *book = &work->skus[i];

		repair->found[i] = (FoundBook) {book->nshelves, book->shelves, book->backordered};
		book->nshelves = 0;
		book->backordered = 0;
		book->nslots = -1;
		book->retractable = true;	/* as good as not known: it is found out anew */
	}
}

/* Makes the books anew: on hand from stock, allocated and backordered from the open parts. */
static void
make_books_anew(Repair *repair)
{
	Work	   *work = repair->work;
	uint64		rows = run_over_skus(repair, &read_shelves_of_skus);

	for (uint64 i = 0; i < rows; i++)
		get_shelf(work, find_sku(work, text_at(i, 1)), int32_at(i, 2))->on_hand = int64_at(i, 3);
	done_reading();
	rows = run_over_skus(repair, &sum_open_parts);
	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		if (!book->item.tracked)
			continue;
		if (bool_at(i, 2))
			book->backordered = int64_at(i, 4);
		else
			get_shelf(work, book, int32_at(i, 3))->allocated = int64_at(i, 4);
	}
	done_reading();
}

/* Returns a row on one number of a book that was not what it is now; none if it was. */
static void
report(const Repair *repair, const Sku *book, const char *problem, int64 was, int64 now)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) repair->fcinfo->resultinfo;
	Datum		values[] = {
		CStringGetTextDatum(book->sku), CStringGetTextDatum(problem),
		json_datum(psprintf("{\"was\": " INT64_FORMAT ", \"is\": " INT64_FORMAT "}", was, now))
	};
	bool		nulls[lengthof(values)] = {false};

	if (was != now)
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* What a found book said of a location; a location that stood there twice counts twice. */
static Shelf
found_shelf(const FoundBook *found, int32 location)
{
	Shelf		sum = {.location = location};

	for (int i = 0; i < found->nshelves; i++)
		if (found->shelves[i].location == location)
		{
			sum.on_hand = add_units(sum.on_hand, found->shelves[i].on_hand);
			sum.allocated = add_units(sum.allocated, found->shelves[i].allocated);
		}
	return sum;
}

/* Says what was wrong with one location of a book. */
static void
report_shelf(const Repair *repair, const Sku *book, const FoundBook *found, int32 location)
{
	Shelf		was = found_shelf(found, location);
	const Shelf *is = shelf_at(book, location);

	report(repair, book, psprintf("on hand at location %d", location), was.on_hand, is == NULL ? 0 : is->on_hand);
	report(repair, book, psprintf("allocated at location %d", location), was.allocated, is == NULL ? 0 : is->allocated);
}

/* Says what was wrong with the books. */
static void
report_books(const Repair *repair)
{
	for (int i = 0; i < repair->work->nskus; i++)
	{
		const Sku  *book = &repair->work->skus[i];
		const FoundBook *found = &repair->found[i];

		for (int j = 0; j < book->nshelves; j++)
			report_shelf(repair, book, found, book->shelves[j].location);
		for (int j = 0; j < found->nshelves; j++)
			if (shelf_at(book, found->shelves[j].location) == NULL)
				report_shelf(repair, book, found, found->shelves[j].location);
		report(repair, book, "backordered", found->backordered, book->backordered);
		report(repair, book, "slots", book->slots_found, book->item.slots);
	}
}

/* Notes for the ledger what is missing from it. */
static void
mend_ledger(const Repair *repair, Sku *book, int32 location, int64 ledger)
{
	const Shelf *shelf = shelf_at(book, location);
	int64		on_hand = shelf == NULL ? 0 : shelf->on_hand;
	Movement   *movement;

	if (on_hand == ledger)
		return;
	report(repair, book, psprintf("ledger of location %d", location), ledger, on_hand);
	movement = palloc_object(Movement);
	*movement = (Movement) {.sku = book->sku, .location = location, .kind = "adjusted",
	.quantity = on_hand - ledger, .cause = "repair"};
	repair->work->movements = lappend(repair->work->movements, movement);
}

/* Brings the ledger to what is on hand: first the shelves that it knows, then those that it does not. */
static void
mend_ledgers(const Repair *repair)
{
	Work	   *work = repair->work;
	uint64		rows = run_over_skus(repair, &sum_ledger);
	List	   *known = NIL;

	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		mend_ledger(repair, book, int32_at(i, 2), int64_at(i, 3));
		known = lappend(known, make_stock_key(book->sku, int32_at(i, 2)));
	}
	done_reading();
	for (int i = 0; i < work->nskus; i++)
		for (int j = 0; j < work->skus[i].nshelves; j++)
			if (!has_stock_key(known, work->skus[i].sku, work->skus[i].shelves[j].location))
				mend_ledger(repair, &work->skus[i], work->skus[i].shelves[j].location, 0);
}

/* Makes the books of these SKUs anew, settles them, and returns what was mended. */
static Datum
repair_books(PG_FUNCTION_ARGS)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Repair		repair = {.fcinfo = fcinfo};
	Attempt		attempt;
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_ADMIN);
	repair.skus = text_array((const char *const *) skus, count);
	hold_stock(&attempt, merchant_id, shelf_keys(merchant_id, repair.skus), true, NULL, NULL);
	repair.work = open_work(&caller, merchant_id, false);
	repair.work->cause = "repromise";
	repair.work->locks_services = true;
	repair.work->reads_all_slots = true;
	load_book(repair.work, (const char *const *) skus, count);
	put_books_aside(&repair);
	make_books_anew(&repair);
	report_books(&repair);
	mend_ledgers(&repair);
	for (int i = 0; i < repair.work->nskus; i++)
		repair.work->skus[i].must_relay = true;
	settle(repair.work);
	end_attempt(&attempt);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
