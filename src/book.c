/*
 * The book: one availability row per SKU, all its quantities at all locations.
 * Locking that row is what orders all work on the SKU; whoever locks it for a change writes it.
 */
#include "backorder.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "statement.h"
#include "utils/builtins.h"

/* Which SKUs have a row, and which need none since they are services. */
STATEMENT(probe_skus,
		  "SELECT s.sku, a.sku IS NULL, i.tracked IS FALSE"
		  " FROM unnest($2) AS s(sku)"
		  " LEFT JOIN backorder.availability a ON a.merchant_id = $1 AND a.sku = s.sku"
		  " LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = s.sku",
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

#define BOOK_COLUMNS "sku, locations, on_hand, allocated, backordered, relay"

STATEMENT(lock_rows,
		  "SELECT " BOOK_COLUMNS " FROM backorder.availability"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku FOR NO KEY UPDATE",
		  INT4OID, TEXTARRAYOID);

STATEMENT(read_rows,
		  "SELECT " BOOK_COLUMNS " FROM backorder.availability"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku",
		  INT4OID, TEXTARRAYOID);

STATEMENT(read_items,
		  "SELECT sku, tracked, policy, name, available_from, backorder_limit, safety_stock, lead_time, unit_price"
		  " FROM backorder.item WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
		  INT4OID, TEXTARRAYOID);

STATEMENT(read_merchant,
		  "SELECT m.ship_policy, m.handling_time, m.promise_tolerance, l.location_id, l.rank, l.active,"
		  " EXISTS (SELECT FROM backorder.incentive i WHERE i.merchant_id = $1 AND i.active)"
		  " FROM (VALUES (1)) AS one"
		  " LEFT JOIN backorder.merchant m ON m.merchant_id = $1"
		  " LEFT JOIN backorder.location l ON l.merchant_id = $1 ORDER BY l.location_id",
		  INT4OID);

STATEMENT(read_supplies,
		  "SELECT s.sku, s.quantity - s.received, s.expected_at, s.location_id"
		  " FROM backorder.supply s"
		  " WHERE s.merchant_id = $1 AND s.sku IN (SELECT unnest($2)) AND s.status = 'open'"
		  " AND s.quantity > s.received AND s.expected_at IS NOT NULL"
		  " ORDER BY s.sku, s.expected_at, s.supply_id",
		  INT4OID, TEXTARRAYOID);

STATEMENT(update_row,
		  "UPDATE backorder.availability SET locations = $3, on_hand = $4, allocated = $5,"
		  " backordered = $6, relay = $7 WHERE merchant_id = $1 AND sku = $2",
		  INT4OID, TEXTOID, INT4ARRAYOID, INT8ARRAYOID, INT8ARRAYOID, INT8OID, BOOLOID);

STATEMENT(insert_movements,
		  "INSERT INTO backorder.stock_movement"
		  " (merchant_id, movement_id, sku, location_id, kind, quantity, cause, actor, moved_at)"
		  " SELECT $1, m.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9)"
		  " AS m(movement_id, sku, location_id, kind, quantity, cause, actor, moved_at)",
		  INT4OID, INT8ARRAYOID, TEXTARRAYOID, INT4ARRAYOID, TEXTARRAYOID, INT8ARRAYOID,
		  TEXTARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID);

/* Orders names by their bytes, for qsort(). */
static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Finds a SKU by name in the order of lay_out_skus(), for bsearch(). */
static int
compare_name_with_sku(const void *name, const void *sku)
{
	return strcmp((const char *) name, ((const Sku *) sku)->sku);
}

/* Finds a location in the work's places, for bsearch(). */
static int
compare_location_with_place(const void *location, const void *place)
{
	int32		a = *(const int32 *) location;
	int32		b = ((const Place *) place)->location;

	return (a > b) - (a < b);
}

/* The book of a SKU that this call works on, or NULL. */
Sku *
find_sku(const Work *work, const char *sku)
{
	return work->nskus == 0 ? NULL
		: bsearch(sku, work->skus, work->nskus, sizeof(Sku), compare_name_with_sku);
}

/* A new, empty Work for one merchant. */
Work *
open_work(Caller *caller, int32 merchant_id, bool read_only)
{
	Work	   *work = palloc0_object(Work);
	HASHCTL		ctl = {.keysize = sizeof(ClaimKey), .entrysize = sizeof(Claim), .hcxt = CurrentMemoryContext};

	work->merchant_id = merchant_id;
	work->read_only = read_only;
	work->actor = caller_name(caller);
	work->cause = "catalogue";
	work->claims = hash_create("backorder claims", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return work;
}

/* Lays out one Sku per distinct name, sorted. */
static void
lay_out_skus(Work *work, const char *const *skus, int count)
{
	const char **sorted = palloc_array(const char *, Max(count, 1));

	memcpy(sorted, skus, sizeof(char *) * count);
	qsort(sorted, count, sizeof(char *), compare_strings);
	work->skus = palloc0_array(Sku, Max(count, 1));
	work->nskus = 0;
	for (int i = 0; i < count; i++)
	{
		if (i > 0 && strcmp(sorted[i], sorted[i - 1]) == 0)
			continue;
		work->skus[work->nskus].sku = sorted[i];
		work->skus[work->nskus].item.tracked = true;
		work->nskus++;
	}
}

/* The names of all SKUs of the work for which wanted() holds, as text[]; *count tells how many. */
static Datum
sku_array(const Work *work, bool (*wanted) (const Sku *), int *count)
{
	const char **names = palloc_array(const char *, Max(work->nskus, 1));

	*count = 0;
	for (int i = 0; i < work->nskus; i++)
		if (wanted == NULL || wanted(&work->skus[i]))
			names[(*count)++] = work->skus[i].sku;
	return text_array(names, *count);
}

/* Whether the SKU is in no stock. */
static bool
is_service(const Sku *book)
{
	return !book->item.tracked;
}

/* Whether the SKU has, or is to have, a row in the book. */
static bool
is_tracked(const Sku *book)
{
	return book->item.tracked;
}

/* Whether the SKU is tracked, but has no availability row yet. */
static bool
lacks_row(const Sku *book)
{
	return book->item.tracked && !book->booked;
}

/* Whether the open supply of the SKU is to be read. */
static bool
wants_supplies(const Sku *book)
{
	return book->supplies_read;
}

/* Runs a statement over (merchant, SKUs) and returns the number of rows; without a SKU it runs nothing. */
uint64
run_for_skus(Work *work, Statement *statement, bool (*wanted) (const Sku *))
{
	int			count;
	Datum		values[2] = {Int32GetDatum(work->merchant_id)};

	values[1] = sku_array(work, wanted, &count);
	return count == 0 ? 0 : run(statement, work->read_only, values, NULL);
}

/* Makes the rows that are missing, so that every tracked SKU has one to lock; services are held FOR SHARE instead. */
static void
make_rows(Work *work)
{
	uint64		rows = run_for_skus(work, &probe_skus, NULL);

	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		book->item.tracked = work->locks_services || !bool_at(i, 3);
		book->booked = book->item.tracked && !bool_at(i, 2);
	}
	done_reading();
	run_for_skus(work, &share_services, is_service);
	run_for_skus(work, &insert_rows, lacks_row);
}

/* Returns element i, counted from 0, of a bigint array without nulls. */
static int64
read_number(const ArrayType *array, int i)
{
	return ((int64 *) ARR_DATA_PTR(array))[i];
}

/* Takes over the shelves of one availability row. */
static void
read_shelves(Sku *book, uint64 row)
{
	ArrayType  *locations = DatumGetArrayTypePCopy(datum_at(row, 2));
	ArrayType  *on_hand = DatumGetArrayTypePCopy(datum_at(row, 3));
	ArrayType  *allocated = DatumGetArrayTypePCopy(datum_at(row, 4));

	book->nshelves = ArrayGetNItems(ARR_NDIM(locations), ARR_DIMS(locations));
	book->shelves = palloc0_array(Shelf, book->nshelves + 1);
	for (int i = 0; i < book->nshelves; i++)
	{
		book->shelves[i].location = ((int32 *) ARR_DATA_PTR(locations))[i];
		book->shelves[i].on_hand = read_number(on_hand, i);
		book->shelves[i].allocated = read_number(allocated, i);
	}
}

/* Takes over the rows of the tracked SKUs, locked in key order unless the work is read-only. */
static void
read_book_rows(Work *work)
{
	uint64		rows = run_for_skus(work, work->read_only ? &read_rows : &lock_rows, is_tracked);

	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		read_shelves(book, i);
		book->backordered = book->backordered_before = int64_at(i, 5);
		book->relay = bool_at(i, 6);
		book->booked = true;
	}
	if (rows > 0)
		done_reading();
}

/* Reads the merchant's rules, the defaults where it has no row, and its locations by id. */
static void
read_merchant_and_places(Work *work)
{
	Datum		values[1] = {Int32GetDatum(work->merchant_id)};
	uint64		rows = run(&read_merchant, work->read_only, values, NULL);

	work->merchant.promise_tolerance.day = 1;
	if (!null_at(0, 1))
	{
		work->merchant.ship_policy = name_index(text_at(0, 1), ship_policy_names);
		work->merchant.handling_time = *DatumGetIntervalP(datum_at(0, 2));
		work->merchant.promise_tolerance = *DatumGetIntervalP(datum_at(0, 3));
	}
	work->merchant.has_incentives = bool_at(0, 7);
	work->places = palloc0_array(Place, rows);
	for (uint64 i = 0; i < rows && !null_at(i, 4); i++)
	{
		Place	   *place = &work->places[work->nplaces++];

		place->location = int32_at(i, 4);
		place->rank = null_at(i, 5) ? place->location : int32_at(i, 5);
		place->active = bool_at(i, 6);
	}
	done_reading();
}

/* Tells a shelf whether its location is active, and its rank. */
static void
know_place(const Work *work, Shelf *shelf)
{
	Place	   *place = work->nplaces == 0 ? NULL
		: bsearch(&shelf->location, work->places, work->nplaces, sizeof(Place), compare_location_with_place);

	shelf->active = place == NULL || place->active;
	shelf->rank = place == NULL ? shelf->location : place->rank;
}

/* Takes over what a row of read_items says of an item, which is known by that. */
static void
read_item(CatalogItem *item, uint64 row)
{
	item->known = true;
	item->tracked = bool_at(row, 2);
	item->policy = name_index(text_at(row, 3), stock_policy_names);
	item->name = text_at(row, 4);
	item->available_from = time_at(row, 5);
	item->backorder_limit = null_at(row, 6) ? -1 : int64_at(row, 6);
	item->safety_stock = int64_at(row, 7);
	item->lead_time = NULL;
	if (!null_at(row, 8))
	{
		item->lead_time = palloc_object(Interval);
		*item->lead_time = *DatumGetIntervalP(datum_at(row, 8));
	}
	item->unit_price = numeric_at(row, 9, &item->no_price);
}

/* Reads what the catalogue says, in statements begun after the lock. */
static void
load_items(Work *work)
{
	uint64		rows;

	for (int i = 0; i < work->nskus; i++)
	{
		CatalogItem	   *item = &work->skus[i].item;

		item->available_from = NO_TIME;
		item->backorder_limit = -1;
		item->no_price = true;
	}
	rows = run_for_skus(work, &read_items, NULL);
	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		read_item(&book->item, i);
	}
	if (rows > 0)
		done_reading();
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

/*
 * Locks the book of all these SKUs in key order and reads it, then the clock, the merchant, its locations and the
 * items. A read-only work reads the same without locks.
 */
void
load_book(Work *work, const char *const *skus, int count)
{
	lay_out_skus(work, skus, count);
	if (!work->read_only)
		make_rows(work);
	read_book_rows(work);
	work->clock = read_clock();
	read_merchant_and_places(work);
	load_items(work);
	if (!work->read_only)
		check_all_booked(work);
	for (int i = 0; i < work->nskus; i++)
	{
		Sku		   *book = &work->skus[i];

		for (int j = 0; j < book->nshelves; j++)
			know_place(work, &book->shelves[j]);
		book->gap_before = supply_gap(book);
		book->discrepancy_before = discrepancy(book);
	}
}

/* Whether what stands, or arrives, at a location can serve the queue. */
bool
is_active_location(const Work *work, int32 location)
{
	Shelf		shelf = {.location = location};

	know_place(work, &shelf);
	return shelf.active;
}

/* Reads the open supply of the SKUs that are marked supplies_read. */
void
load_supplies(Work *work)
{
	uint64		rows = run_for_skus(work, &read_supplies, wants_supplies);

	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		if (!is_active_location(work, int32_at(i, 4)))
			continue;
		if (book->supplies == NULL)
			book->supplies = palloc_array(Supply, rows - i);
		book->supplies[book->nsupplies].open = int64_at(i, 2);
		book->supplies[book->nsupplies].expected_at = time_at(i, 3);
		book->nsupplies++;
	}
	if (rows > 0)
		done_reading();
}

/* Whether a SKU is a service, in no stock. */
bool
is_service_sku(int32 merchant_id, const char *sku)
{
	const char *skus[] = {sku};
	Datum		values[] = {Int32GetDatum(merchant_id), text_array(skus, 1)};
	bool		service = run(&read_items, false, values, NULL) == 1 && !bool_at(0, 2);

	done_reading();
	return service;
}

/* The SKU's entry for a location, or NULL. */
Shelf *
shelf_at(const Sku *book, int32 location)
{
	for (int i = 0; i < book->nshelves; i++)
		if (book->shelves[i].location == location)
			return &book->shelves[i];
	return NULL;
}

/* The SKU's entry for a location, made empty if it has none; pointers to other shelves of it become stale. */
Shelf *
get_shelf(Work *work, Sku *book, int32 location)
{
	Shelf	   *shelf = shelf_at(book, location);

	if (shelf != NULL)
		return shelf;
	book->shelves = book->nshelves == 0
		? palloc0_array(Shelf, 2)
		: repalloc(book->shelves, sizeof(Shelf) * (book->nshelves + 2));
	shelf = &book->shelves[book->nshelves++];
	*shelf = (Shelf) {.location = location};
	know_place(work, shelf);
	return shelf;
}

/* Units on a shelf that no part has; none where the location is closed. */
int64
shelf_free(const Shelf *shelf)
{
	return shelf->active ? Max(shelf->on_hand - shelf->allocated, 0) : 0;
}

/* Free units over all active locations, those left out that a plan is to give. */
int64
free_units(const Sku *book)
{
	int64		sum = 0;

	for (int i = 0; i < book->nshelves; i++)
		sum = add_units(sum, shelf_free(&book->shelves[i]));
	return sum - book->planned;
}

/* What a checkout may allocate: free units beyond the safety stock, none while anyone waits. */
int64
available_units(const Sku *book)
{
	if (book->backordered > 0)
		return 0;
	return Max(free_units(book) - book->item.safety_stock, 0);
}

/* Units that supply must bring before the first of the queue is served: the safety stock and what shelves lack. */
int64
supply_gap(const Sku *book)
{
	int64		gap = Max(book->item.safety_stock - free_units(book), 0);

	for (int i = 0; i < book->nshelves; i++)
		if (book->shelves[i].active)
			gap = add_units(gap, Max(book->shelves[i].allocated - book->shelves[i].on_hand, 0));
	return gap;
}

/* Units that are allocated but not on the shelf. */
int64
discrepancy(const Sku *book)
{
	int64		sum = 0;

	for (int i = 0; i < book->nshelves; i++)
		sum += overdrawn(&book->shelves[i]);
	return sum;
}

/* Units allocated on a shelf beyond what is there. */
int64
overdrawn(const Shelf *shelf)
{
	return Max(shelf->allocated - Max(shelf->on_hand, 0), 0);
}

/* Changes the units of the SKU that wait, by this many. */
void
add_backordered(Sku *book, int64 units)
{
	book->backordered = add_units(book->backordered, units);
}

/* Changes what is allocated on a shelf, which must stand in the book. */
void
add_allocated(Sku *book, Shelf *shelf, int64 units)
{
	if (shelf == NULL)
		damaged(psprintf("the book of \"%s\" has no shelf from which parts are allocated", book->sku));
	shelf->allocated = add_units(shelf->allocated, units);
}

/* Refuses a quantity on hand that the shelf's constraint would refuse, by name. */
static void
check_on_hand(const char *sku, int32 location, int64 on_hand)
{
	if (on_hand < -MAX_QUANTITY || on_hand > MAX_QUANTITY)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("on hand of \"%s\" at location %d would be out of range", sku, location),
				 errdetail("It would be " INT64_FORMAT "; the range is +/- 2^53.", on_hand)));
}

/* Changes on_hand in the book and notes it for the ledger. */
void
add_on_hand(Work *work, Sku *book, int32 location, int64 units, const char *kind, const char *cause)
{
	Shelf	   *shelf = get_shelf(work, book, location);
	Movement   *movement = palloc_object(Movement);

	shelf->on_hand = add_units(shelf->on_hand, units);
	check_on_hand(book->sku, location, shelf->on_hand);
	*movement = (Movement) {.sku = book->sku, .location = location, .kind = kind, .quantity = units, .cause = cause};
	work->movements = lappend(work->movements, movement);
}

/* Brings a shelf to a quantity on hand. */
void
set_on_hand(Work *work, Sku *book, int32 location, int64 on_hand, const char *kind, const char *cause)
{
	const Shelf *shelf = shelf_at(book, location);

	check_on_hand(book->sku, location, on_hand);
	add_on_hand(work, book, location, on_hand - (shelf == NULL ? 0 : shelf->on_hand), kind, cause);
}

/* Drops entries that say nothing, so that a row stays as short as its stock. */
static void
drop_empty_shelves(Sku *book)
{
	int			kept = 0;

	for (int i = 0; i < book->nshelves; i++)
		if (book->shelves[i].on_hand != 0 || book->shelves[i].allocated != 0)
			book->shelves[kept++] = book->shelves[i];
	book->nshelves = kept;
}

/* Writes what the book says of one SKU into its availability row. */
static void
write_row(const Work *work, Sku *book)
{
	int32	   *locations;
	int64	   *on_hand;
	int64	   *allocated;
	Datum		values[7];

	drop_empty_shelves(book);
	locations = palloc_array(int32, book->nshelves + 1);
	on_hand = palloc_array(int64, book->nshelves + 1);
	allocated = palloc_array(int64, book->nshelves + 1);
	for (int i = 0; i < book->nshelves; i++)
	{
		locations[i] = book->shelves[i].location;
		on_hand[i] = book->shelves[i].on_hand;
		allocated[i] = book->shelves[i].allocated;
	}
	values[0] = Int32GetDatum(work->merchant_id);
	values[1] = CStringGetTextDatum(book->sku);
	values[2] = int4_array(locations, book->nshelves);
	values[3] = int8_array(on_hand, book->nshelves);
	values[4] = int8_array(allocated, book->nshelves);
	values[5] = Int64GetDatum(book->backordered);
	values[6] = BoolGetDatum(book->relay);
	run(&update_row, false, values, NULL);
}

/* Writes a row of the ledger for each movement that moved something. */
static void
write_movements(const Work *work)
{
	static const Oid types[] = {INT8OID, TEXTOID, INT4OID, TEXTOID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID};
	Batch		batch;
	ListCell   *lc;

	start_batch(&batch, lengthof(types), types);
	foreach(lc, work->movements)
	{
		Movement   *movement = lfirst(lc);
		Datum		row[] = {
			Int64GetDatum(next_id()), CStringGetTextDatum(movement->sku),
			Int32GetDatum(movement->location), CStringGetTextDatum(movement->kind),
			Int64GetDatum(movement->quantity), CStringGetTextDatum(movement->cause),
			CStringGetTextDatum(work->actor), TimestampTzGetDatum(work->clock)
		};

		if (movement->quantity != 0)
			add_row(&batch, row, NULL);
	}
	run_batch(&insert_movements, work->merchant_id, &batch);
}

/* Writes every locked row of the book, changed or not (a mutex is taken by changing it), and the ledger. */
void
write_book(Work *work)
{
	for (int i = 0; i < work->nskus; i++)
		if (work->skus[i].booked)
			write_row(work, &work->skus[i]);
	write_movements(work);
}
