/*
 * The book: one availability row per SKU, all its quantities at all locations.
 * Locking that row is what orders all work on the SKU; whoever locks it for a change writes it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "store/inventory_lock.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "store/catalog.h"
#include "store/inventory_rows.h"
#include "store/slots.h"

/* Which SKUs have a row already. */
DIRECT_STATEMENT(probe_rows,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", "sku, " SPREAD_COLUMNS),
				 "SELECT sku, " SPREAD_COLUMNS " FROM backorder.availability WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

/* Which of the others need none since they are services. */
DIRECT_STATEMENT(probe_items,
				 DIRECTLY(DIRECT_READ, "item", "item_pkey", "sku, tracked"),
				 "SELECT sku, tracked FROM backorder.item WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

/* Keeps a service from being deleted, or tracked, while it is being ordered. */
STATEMENT(share_services,
		  "SELECT 1 FROM backorder.item WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))"
		  " ORDER BY sku FOR SHARE",
		  INT4OID, TEXTARRAYOID);

STATEMENT(insert_rows,
		  "INSERT INTO backorder.availability (merchant_id, sku)"
		  " SELECT $1, s.sku FROM unnest($2) AS s(sku) ORDER BY s.sku COLLATE \"C\""
		  " ON CONFLICT DO NOTHING",
		  INT4OID, TEXTARRAYOID);

#define BOOK_COLUMNS "sku, locations, on_hand, allocated, backordered, relay, slots, retractable, slots_idle"

DIRECT_STATEMENT(lock_rows,
				 DIRECTLY(DIRECT_LOCK, "availability", "availability_pkey", BOOK_COLUMNS),
				 "SELECT " BOOK_COLUMNS " FROM backorder.availability"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku FOR NO KEY UPDATE",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(read_rows,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", BOOK_COLUMNS),
				 "SELECT " BOOK_COLUMNS " FROM backorder.availability"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(update_row,
				 DIRECTLY(DIRECT_UPDATE, "availability", "availability_pkey", BOOK_COLUMNS, .nkeys = 1),
				 "UPDATE backorder.availability SET locations = $3, on_hand = $4, allocated = $5,"
				 " backordered = $6, relay = $7, slots = $8, retractable = $9, slots_idle = $10 WHERE merchant_id = $1 AND sku = $2",
				 INT4OID, TEXTOID, INT4ARRAYOID, INT8ARRAYOID, INT8ARRAYOID, INT8OID, BOOLOID, INT4OID, BOOLOID, BOOLOID);

#define MOVEMENT_COLUMNS "movement_id, sku, location_id, kind, quantity, cause, actor, moved_at"

DIRECT_STATEMENT(insert_movements,
				 DIRECTLY(DIRECT_INSERT, "stock_movement", NULL, MOVEMENT_COLUMNS),
				 "INSERT INTO backorder.stock_movement (merchant_id, " MOVEMENT_COLUMNS ")"
				 " SELECT $1, m.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9) AS m(" MOVEMENT_COLUMNS ")",
				 INT4OID, INT8ARRAYOID, TEXTARRAYOID, INT4ARRAYOID, TEXTARRAYOID, INT8ARRAYOID,
				 TEXTARRAYOID, NAMEARRAYOID, TIMESTAMPTZARRAYOID);

/* Whether the SKU is in no stock. */
static bool
is_service(const Sku *book)
{
	return !book->item.tracked;
}

/* Whether the SKU is tracked, but has no availability row yet. */
static bool
lacks_row(const Sku *book)
{
	return book->item.tracked && !book->booked;
}

/* As run_for_skus(), over the availability rows, which may have been seen before. */
static uint64
run_for_rows(Work *work, Statement *statement, bool (*wanted) (const Sku *))
{
	ItemPointerData *tids = palloc_array(ItemPointerData, Max(work->nskus, 1));
	int			count = 0;

	for (int i = 0; i < work->nskus; i++)
		if (wanted(&work->skus[i]))
			tids[count++] = work->skus[i].tid;
	return run_for_skus_seen(work, statement, wanted, tids);
}

/* Finds out which SKUs have a row; what has one is locked by it, be it a service by now. */
static void
probe_books(Work *work)
{
	uint64		rows = run_for_skus(work, &probe_rows, NULL);

	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		book->booked = true;
		book->tid = tid_at(i);
		read_spread(book, i, 2);
	}
	if (rows > 0)
		done_reading();
}

/* Finds out which SKUs without a row are services; who locks services takes each SKU for tracked. */
static void
probe_services(Work *work)
{
	uint64		rows = work->locks_services ? 0 : run_for_skus(work, &probe_items, lacks_row);

	for (uint64 i = 0; i < rows; i++)
		find_sku(work, text_at(i, 1))->item.tracked = bool_at(i, 2);
	if (rows > 0)
		done_reading();
}

/* Makes the rows that are missing, so that every tracked SKU has one to lock; services are held FOR SHARE instead. */
static void
make_rows(Work *work)
{
	probe_books(work);
	probe_services(work);
	run_for_skus(work, &share_services, is_service);
	run_for_skus(work, &insert_rows, lacks_row);
}

/* Takes over the shelves of one availability row. */
static void
read_shelves(Sku *book, uint64 row)
{
	ArrayType  *locations = DatumGetArrayTypeP(datum_at(row, 2));
	int64	   *on_hand = numbers_at(row, 3, &book->nshelves);
	int64	   *allocated = numbers_at(row, 4, &book->nshelves);

	book->shelves_found = book->nshelves;
	book->shelves = palloc0_array(Shelf, book->nshelves + 1);
	for (int i = 0; i < book->nshelves; i++)
	{
		book->shelves[i].location = ((int32 *) ARR_DATA_PTR(locations))[i];
		book->shelves[i].on_hand = on_hand[i];
		book->shelves[i].allocated = allocated[i];
	}
}

/* Takes over the rows of these SKUs; returns whether any of them is spread over slots. */
static bool
read_book_rows(Work *work, Statement *how, bool (*wanted) (const Sku *))
{
	uint64		rows = run_for_rows(work, how, wanted);
	bool		any_slots = false;

	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		read_shelves(book, i);
		book->tid = tid_at(i);
		book->backordered = int64_at(i, 5);
		book->relay = bool_at(i, 6);
		book->nslots = int32_at(i, 7);
		book->retractable = bool_at(i, 8);
		book->slots_idle = bool_at(i, 9) && !work->reads_all_slots;
		book->booked = true;
		any_slots |= book->nslots > 0;
	}
	if (rows > 0)
		done_reading();
	return any_slots;
}

/* Whether the call locks the row of the SKU, and with it the whole book. */
static bool
wants_row(const Sku *book)
{
	return book->item.tracked && !wants_slot(book);
}

/*
 * Locks the rows of the tracked SKUs in key order, unless the work is read-only, and takes them over; returns whether any
 * of them is spread over slots. Who has a row works on the whole book from then on, also where the row, once it is had,
 * says that a slot would have done.
 */
static bool
lock_whole_rows(Work *work)
{
	for (int i = 0; i < work->nskus; i++)
		work->skus[i].whole |= wants_row(&work->skus[i]);
	return read_book_rows(work, work->read_only ? &read_rows : &lock_rows, wants_row);
}

/*
 * Marks SKUs as to be had whole whose queue the order would join by a slot while supply is on its way, if its place is another
 * than the last of the usual ones: it takes supply from others, or others would stand before it; returns whether there are any.
 */
static bool
must_place_itself(Work *work)
{
	return work->chooses_place && need_whole_with_supply(work, queues_by_slot);
}

/* Shows the books as the slots have them that were taken; false if a slot will not do for a SKU any more. */
static bool
read_books_of_slots(Work *work)
{
	if (must_place_itself(work))
		return false;
	read_book_rows(work, &read_rows, holds_slot);
	for (int i = 0; i < work->nskus; i++)
	{
		Sku		   *book = &work->skus[i];

		if (holds_slot(book) && !wants_slot(book))
			return false;
		if (holds_slot(book))
			show_slot(book);
	}
	return true;
}

/*
 * Locks the rows of the SKUs, or one slot of those that have some: all together or none, since who holds a slot must not
 * wait for the row. The attempt stays open; whoever writes ends it.
 */
static void
lock_books(Work *work)
{
	while (!work->read_only && may_take_slots(work))
	{
		CHECK_FOR_INTERRUPTS();
		wait_for_dealers(work);
		begin_attempt(&work->attempt);
		lock_whole_rows(work);
		if (!slots_will_do(work) && take_slots(work) && read_books_of_slots(work))
		{
			work->in_attempt = true;
			return;
		}
		roll_back_attempt(&work->attempt);
		for (int i = 0; i < work->nskus; i++)
			work->skus[i].slot = NULL;
	}
	if (lock_whole_rows(work))
		fold_slots(work);
}

/* An item that became tracked between the lock and the reading: the caller must begin again. */
static void
check_all_booked(const Work *work)
{
	for (int i = 0; i < work->nskus; i++)
		if (work->skus[i].item.tracked && !work->skus[i].booked)
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("item \"%s\" changed while it was being ordered", work->skus[i].sku),
					 errhint("Retry the transaction.")));
}

/* Locks and reads the books of the work's SKUs, and what is read in statements begun after the lock. */
static void
open_books(Work *work)
{
	if (!work->read_only)
		make_rows(work);
	lock_books(work);
	work->clock = read_clock();
	read_merchant(work);
	load_places(work);
	load_items(work);
	if (!work->read_only)
		check_all_booked(work);
	for (int i = 0; i < work->nskus; i++)
		remember_book(work, &work->skus[i]);
}

/*
 * Locks the book of all these SKUs in key order and reads it, then the clock, the merchant, its locations and the
 * items. A read-only work reads the same without locks.
 */
void
load_book(Work *work, const char *const *skus, int count)
{
	lay_out_skus(work, skus, count);
	open_books(work);
}

/*
 * As load_book(), for a call that does no more with each SKU than allocate or queue so many units for a new order; 0 where
 * it cannot tell how many, and so needs the whole book.
 */
void
load_book_for_order(Work *work, const char *const *skus, const int64 *units, int count)
{
	lay_out_skus(work, skus, count);
	for (int i = 0; i < count; i++)
	{
		Sku		   *book = find_sku(work, skus[i]);

		if (!work->read_only)
			book->asked = add_units(book->asked, units[i]);
		book->whole |= units[i] == 0;
	}
	for (int i = 0; i < work->nskus; i++)
		if (work->skus[i].whole)
			work->skus[i].asked = 0;
	open_books(work);
}

/* Collects what the book says of one SKU. */
static void
add_book_row(Batch *batch, Sku *book)
{
	int32	   *locations;
	int64	   *on_hand;
	int64	   *allocated;
	Datum		values[9];

	locations = palloc_array(int32, book->nshelves + 1);
	on_hand = palloc_array(int64, book->nshelves + 1);
	allocated = palloc_array(int64, book->nshelves + 1);
	for (int i = 0; i < book->nshelves; i++)
	{
		locations[i] = book->shelves[i].location;
		on_hand[i] = book->shelves[i].on_hand;
		allocated[i] = book->shelves[i].allocated;
	}
	values[0] = CStringGetTextDatum(book->sku);
	values[1] = int4_array(locations, book->nshelves);
	values[2] = int8_array(on_hand, book->nshelves);
	values[3] = int8_array(allocated, book->nshelves);
	values[4] = Int64GetDatum(book->backordered);
	values[5] = BoolGetDatum(book->relay);
	values[6] = Int32GetDatum(book->nslots);
	values[7] = BoolGetDatum(book->retractable);
	values[8] = BoolGetDatum(book->slots_idle);
	add_row_seen(batch, values, NULL, &book->tid);
}

/* Writes every locked row of the book, changed or not: a mutex is taken by changing it. */
static void
write_book_rows(const Work *work)
{
	static const Oid types[] = {TEXTOID, INT4ARRAYOID, INT8ARRAYOID, INT8ARRAYOID, INT8OID, BOOLOID, INT4OID,
	BOOLOID, BOOLOID};
	Batch		batch;

	start_batch(&batch, lengthof(types), types);
	for (int i = 0; i < work->nskus; i++)
		if (holds_row(&work->skus[i]))
			add_book_row(&batch, &work->skus[i]);
	run_rows(&update_row, work->merchant_id, &batch);
}

/* Writes a row of the ledger for each movement that moved something. */
static void
write_movements(const Work *work)
{
	static const Oid types[] = {INT8OID, TEXTOID, INT4OID, TEXTOID, INT8OID, TEXTOID, NAMEOID, TIMESTAMPTZOID};
	Name		actor = palloc_object(NameData);
	Batch		batch;
	ListCell   *lc;

	namestrcpy(actor, work->actor);
	start_batch(&batch, lengthof(types), types);
	foreach(lc, work->movements)
	{
		Movement   *movement = lfirst(lc);
		Datum		row[] = {
			Int64GetDatum(next_id()), CStringGetTextDatum(movement->sku),
			Int32GetDatum(movement->location), CStringGetTextDatum(movement->kind),
			Int64GetDatum(movement->quantity), CStringGetTextDatum(movement->cause),
			NameGetDatum(actor), TimestampTzGetDatum(work->clock)
		};

		if (movement->quantity != 0)
			add_row(&batch, row, NULL);
	}
	run_batch(&insert_movements, work->merchant_id, &batch);
}

/* Writes the locked rows of the book with their slots, and the ledger. */
void
write_book(Work *work)
{
	for (int i = 0; i < work->nskus; i++)
		if (holds_row(&work->skus[i]))
			drop_empty_shelves(&work->skus[i]);
	write_slots(work);
	write_book_rows(work);
	write_movements(work);
}
