/*
 * Rows of stock that the engine changes itself, and their locations. It never waits for one while it holds another lock
 * of its own: all are taken together or none, in a subtransaction; on a miss it lets go, waits for that row alone, and
 * begins again. So a bulk INSERT or UPDATE in whatever order cannot deadlock with it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "store/stock_rows.h"
#include "base/argument.h"
#include "base/direct.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/states.h"
#include "model/stock_key.h"

STATEMENT(insert_missing,
		  "INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)"
		  " SELECT $1, k.sku, k.location_id, 0 FROM unnest($2, $3) AS k(sku, location_id)"
		  " WHERE NOT EXISTS (SELECT FROM backorder.stock s WHERE s.merchant_id = $1"
		  "  AND s.sku = k.sku AND s.location_id = k.location_id)"
		  " ORDER BY k.sku COLLATE \"C\", k.location_id ON CONFLICT DO NOTHING",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID);

DIRECT_STATEMENT(take_rows,
				 DIRECTLY(DIRECT_LOCK_FREE, "stock", "stock_pkey", "sku, location_id"),
				 "SELECT s.sku, s.location_id FROM unnest($2, $3) AS k(sku, location_id)"
				 " JOIN backorder.stock s ON s.merchant_id = $1 AND s.sku = k.sku AND s.location_id = k.location_id"
				 " FOR NO KEY UPDATE OF s SKIP LOCKED",
				 INT4OID, TEXTARRAYOID, INT4ARRAYOID);

STATEMENT(wait_for_row,
		  "SELECT 1 FROM backorder.stock WHERE merchant_id = $1 AND sku = $2 AND location_id = $3 FOR NO KEY UPDATE",
		  INT4OID, TEXTOID, INT4OID);

STATEMENT(share_locations,
		  "SELECT 1 FROM backorder.location WHERE merchant_id = $1 AND location_id = ANY ($2)"
		  " ORDER BY location_id FOR SHARE",
		  INT4OID, INT4ARRAYOID);

STATEMENT(read_locations,
		  "SELECT location_id FROM backorder.location WHERE merchant_id = $1 AND location_id = ANY ($2)"
		  " ORDER BY location_id",
		  INT4OID, INT4ARRAYOID);

STATEMENT(try_locations,
		  "SELECT location_id FROM backorder.location WHERE merchant_id = $1 AND location_id = ANY ($2)"
		  " ORDER BY location_id FOR SHARE SKIP LOCKED",
		  INT4OID, INT4ARRAYOID);

STATEMENT(update_stock,
		  "UPDATE backorder.stock s SET on_hand = u.on_hand FROM unnest($2, $3, $4) AS u(sku, location_id, on_hand)"
		  " WHERE s.merchant_id = $1 AND s.sku = u.sku AND s.location_id = u.location_id",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID, INT8ARRAYOID);

/* The keys of these rows as a batch for statements with ($1 merchant, $2 skus, $3 locations). */
void
batch_stock_keys(Batch *batch, const List *keys)
{
	static const Oid types[] = {TEXTOID, INT4OID};
	ListCell   *lc;

	start_batch(batch, lengthof(types), types);
	foreach(lc, keys)
	{
		const StockKey *key = lfirst(lc);
		Datum		row[] = {CStringGetTextDatum(key->sku), Int32GetDatum(key->location)};

		add_row(batch, row, NULL);
	}
}

/* The first of the keys, sorted, that is not among the last result's rows. */
static const StockKey *
first_missed(const List *keys, const Rows *rows)
{
	List	   *taken = NIL;

	for (uint64 i = 0; i < rows->count; i++)
		taken = lappend(taken, make_stock_key(row_text(rows, i, 1), row_int32(rows, i, 2)));
	taken = sort_stock_keys(taken);
	for (int i = 0; i < list_length(taken); i++)
		if (compare_stock_keys(list_nth_cell(keys, i), list_nth_cell(taken, i)) != 0)
			return list_nth(keys, i);
	return list_nth(keys, list_length(taken));
}

/*
 * Inserts with 0 what is missing of these rows. False, with an attempt that must be rolled back, where another session
 * has inserted one and not committed yet: there is no SKIP LOCKED for that, but the shortest of lock timeouts.
 */
static bool
insert_without_waiting(int32 merchant_id, const Batch *batch)
{
	MemoryContext context = CurrentMemoryContext;
	int			guc_level = NewGUCNestLevel();
	volatile bool inserted = true;

	(void) set_config_option("lock_timeout", "1ms", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	PG_TRY();
	{
		write_batch(&insert_missing, merchant_id, batch);
	}
	PG_CATCH();
	{
		if (geterrcode() != ERRCODE_LOCK_NOT_AVAILABLE)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		FlushErrorState();
		inserted = false;
	}
	PG_END_TRY();
	if (inserted)
		AtEOXact_GUC(true, guc_level);
	return inserted;
}

/* What an attempt could not have at once. */
typedef struct Miss
{
	bool		insert;			/* a row that another session is inserting, */
	const StockKey *row;		/* or one that it has, */
	int32		location;		/* or a location that it has */
} Miss;

/* The locations of these keys as $2 of a statement. */
static Datum
location_array(const List *keys)
{
	int32	   *locations = palloc_array(int32, list_length(keys) + 1);
	int			count = 0;
	ListCell   *lc;

	foreach(lc, keys)
		locations[count++] = ((StockKey *) lfirst(lc))->location;
	return int4_array(locations, count);
}

/* Takes the keys' locations FOR SHARE, or returns the first that another session has; NO_LOCATION if there is none. */
static int32
take_locations(int32 merchant_id, const List *keys)
{
	Datum		values[] = {Int32GetDatum(merchant_id), location_array(keys)};
	Rows		rows = query(&read_locations, false, values, NULL);
	int32	   *locations = palloc_array(int32, rows.count + 1);
	int32		missed = NO_LOCATION;
	Rows		taken;

	for (uint64 i = 0; i < rows.count; i++)
		locations[i] = row_int32(&rows, i, 1);
	taken = query(&try_locations, false, values, NULL);
	for (uint64 i = 0; i < rows.count && missed == NO_LOCATION; i++)
		if (i >= taken.count || row_int32(&taken, i, 1) != locations[i])
			missed = locations[i];
	free_rows(&taken);
	free_rows(&rows);
	return missed;
}

/* Takes all these rows, made with 0 where missing, and their locations; or tells the first that another session has. */
static bool
take_all(int32 merchant_id, const List *keys, bool locations_too, Miss *miss)
{
	Batch		batch;
	Rows		rows;

	*miss = (Miss) {.location = NO_LOCATION};
	if (keys == NIL)
		return true;
	batch_stock_keys(&batch, keys);
	miss->insert = !insert_without_waiting(merchant_id, &batch);
	if (miss->insert)
		return false;
	rows = query_batch(&take_rows, false, merchant_id, &batch);
	if (rows.count < (uint64) list_length(keys))
		miss->row = first_missed(keys, &rows);
	free_rows(&rows);
	if (miss->row != NULL || !locations_too)
		return miss->row == NULL;
	miss->location = take_locations(merchant_id, keys);
	return miss->location == NO_LOCATION;
}

/* Whether another session is inserting one of these rows. */
static bool
is_being_inserted(int32 merchant_id, const List *keys)
{
	Savepoint	savepoint;
	Batch		batch;
	bool		inserted;

	begin_savepoint(&savepoint);
	batch_stock_keys(&batch, keys);
	inserted = insert_without_waiting(merchant_id, &batch);
	roll_back_to_savepoint(&savepoint);
	return !inserted;
}

/* The first of these rows that another session is inserting, found by halves; the last one if none is any more. */
static List *
find_inserted(int32 merchant_id, const List *keys)
{
	List	   *left = list_copy(keys);

	while (list_length(left) > 1)
	{
		List	   *half = list_truncate(list_copy(left), list_length(left) / 2);

		CHECK_FOR_INTERRUPTS();
		left = is_being_inserted(merchant_id, half) ? half : list_copy_tail(left, list_length(half));
	}
	return left;
}

/* Waits until nobody else has what was missed, and lets go of it at once. */
static void
wait_for(int32 merchant_id, const List *keys, const Miss *miss)
{
	Savepoint	savepoint;
	Batch		batch;

	if (miss->insert)
		batch_stock_keys(&batch, find_inserted(merchant_id, keys));
	begin_savepoint(&savepoint);
	if (miss->insert)
		write_batch(&insert_missing, merchant_id, &batch);
	else if (miss->row != NULL)
	{
		Datum		values[] = {
			Int32GetDatum(merchant_id), CStringGetTextDatum(miss->row->sku), Int32GetDatum(miss->row->location)
		};

		query(&wait_for_row, false, values, NULL);
	}
	else
	{
		Datum		values[] = {Int32GetDatum(merchant_id), int4_array(&miss->location, 1)};

		query(&share_locations, false, values, NULL);
	}
	roll_back_to_savepoint(&savepoint);
}

/*
 * Begins an attempt that holds all these rows (sorted keys) and, for who may bring a location into a book, their
 * locations FOR SHARE. before(), if any, locks what comes before stock in the order of locks; it is called again in
 * every attempt.
 */
void
hold_stock(Savepoint *savepoint, int32 merchant_id, const List *keys, bool locations_too,
		   void (*before) (void *), void *target)
{
	for (;;)
	{
		Miss		miss;

		CHECK_FOR_INTERRUPTS();
		begin_savepoint(savepoint);
		if (before != NULL)
			before(target);
		if (take_all(merchant_id, keys, locations_too, &miss))
			return;
		roll_back_to_savepoint(savepoint);
		wait_for(merchant_id, keys, &miss);
	}
}

/* Keeps these keys' locations from being opened or closed until the end of the transaction. */
void
share_stock_locations(int32 merchant_id, const List *keys)
{
	Datum		values[] = {Int32GetDatum(merchant_id), location_array(keys)};

	if (keys != NIL)
		query(&share_locations, false, values, NULL);
}

/* Writes what the book says of every shelf that moved; the stock trigger then finds no difference. */
void
write_stock(Call *call)
{
	static const Oid types[] = {TEXTOID, INT4OID, INT8OID};
	Batch		batch;
	ListCell   *lc;

	if (!call->writes_stock)
		return;
	start_batch(&batch, lengthof(types), types);
	foreach(lc, call->movements)
	{
		const Movement *movement = lfirst(lc);
		const LocationStock *loc = stock_at(find_inventory(call, movement->sku), movement->location);
		Datum		row[] = {CStringGetTextDatum(movement->sku), Int32GetDatum(movement->location),
		Int64GetDatum(loc == NULL ? 0 : loc->on_hand)};

		add_row(&batch, row, NULL);
	}
	write_batch(&update_stock, call->merchant_id, &batch);
}
