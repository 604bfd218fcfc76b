/*
 * The book: one availability row per SKU, all its quantities at all locations.
 * Locking that row is what orders all work on the SKU; whoever locks it for a change writes it.
 */
#include "backorder.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "miscadmin.h"
#include "statement.h"
#include "utils/builtins.h"

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

#define ITEM_COLUMNS \
	"sku, tracked, policy, name, available_from, backorder_limit, safety_stock, lead_time, unit_price,"\
	" slots, low_stock"

DIRECT_STATEMENT(read_items,
				 DIRECTLY(DIRECT_READ, "item", "item_pkey", ITEM_COLUMNS),
				 "SELECT " ITEM_COLUMNS " FROM backorder.item WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

/* Whether there are incentives that are granted now. */
DIRECT_STATEMENT(find_incentive,
				 DIRECTLY(DIRECT_READ_LAST, "incentive", "incentive_active", "incentive_id"),
				 "SELECT incentive_id FROM backorder.incentive WHERE merchant_id = $1 AND active LIMIT 1",
				 INT4OID);

#define MERCHANT_COLUMNS "ship_policy, handling_time, promise_tolerance, split_needs_consent, warning_interval"

DIRECT_STATEMENT(read_merchant_row,
				 DIRECTLY(DIRECT_READ, "merchant", "merchant_pkey", MERCHANT_COLUMNS),
				 "SELECT " MERCHANT_COLUMNS " FROM backorder.merchant WHERE merchant_id = $1",
				 INT4OID);

DIRECT_STATEMENT(read_places,
				 DIRECTLY(DIRECT_READ, "location", "location_pkey", "location_id, rank, active"),
				 "SELECT location_id, rank, active FROM backorder.location WHERE merchant_id = $1 ORDER BY location_id",
				 INT4OID);

#define SUPPLY_COLUMNS "sku, quantity, received, expected_at, location_id"

DIRECT_STATEMENT(read_supplies,
				 DIRECTLY(DIRECT_READ, "supply", "supply_open", SUPPLY_COLUMNS),
				 "SELECT " SUPPLY_COLUMNS " FROM backorder.supply"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND status = 'open'"
				 " ORDER BY sku, expected_at, supply_id",
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

/* As run_for_skus(); tids may tell, side by side with the wanted SKUs, where the rows were last seen. */
static uint64
run_for_skus_seen(Work *work, Statement *statement, bool (*wanted) (const Sku *), const ItemPointerData *tids)
{
	int			count;
	Datum		values[2] = {Int32GetDatum(work->merchant_id)};

	values[1] = sku_array(work, wanted, &count);
	return count == 0 ? 0 : run_where_seen(statement, work->read_only, values, tids);
}

/* Runs a statement over (merchant, SKUs) and returns the number of rows; without a SKU it runs nothing. */
uint64
run_for_skus(Work *work, Statement *statement, bool (*wanted) (const Sku *))
{
	return run_for_skus_seen(work, statement, wanted, NULL);
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

/* Takes over what a row says in SPREAD_COLUMNS, of which this is the first. */
void
read_spread(Sku *book, uint64 row, int first)
{
	book->nslots = int32_at(row, first);
	book->retractable = bool_at(row, first + 1);
	book->slots_idle = bool_at(row, first + 2);
	book->backordered = int64_at(row, first + 3);
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

/* Whether the call holds one slot of the SKU. */
static bool
holds_slot(const Sku *book)
{
	return book->slot != NULL;
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
	uint64		rows = work->chooses_place ? run_for_skus(work, &read_supplies, queues_by_slot) : 0;

	for (uint64 i = 0; i < rows; i++)
		find_sku(work, text_at(i, 1))->asked = 0;
	if (rows > 0)
		done_reading();
	return rows > 0;
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

/* Reads the merchant's rules, or the defaults where it has no row. */
static void
read_merchant(Work *work)
{
	Datum		values[1] = {Int32GetDatum(work->merchant_id)};
	uint64		rows = run(&find_incentive, work->read_only, values, NULL);

	work->merchant.has_incentives = rows > 0;
	done_reading();
	rows = run(&read_merchant_row, work->read_only, values, NULL);
	work->merchant.promise_tolerance.day = work->merchant.warning_interval.day = 1;
	if (rows == 0)
		return;
	work->merchant.ship_policy = name_index(text_at(0, 1), ship_policy_names);
	work->merchant.handling_time = *DatumGetIntervalP(datum_at(0, 2));
	work->merchant.promise_tolerance = *DatumGetIntervalP(datum_at(0, 3));
	work->merchant.split_needs_consent = bool_at(0, 4);
	work->merchant.warning_interval = *DatumGetIntervalP(datum_at(0, 5));
	done_reading();
}

/* Reads the merchant's locations, by id. */
static void
load_places(Work *work)
{
	Datum		values[1] = {Int32GetDatum(work->merchant_id)};
	uint64		rows = run(&read_places, work->read_only, values, NULL);

	work->places = palloc0_array(Place, rows + 1);
	for (uint64 i = 0; i < rows; i++)
	{
		Place	   *place = &work->places[work->nplaces++];

		place->location = int32_at(i, 1);
		place->rank = null_at(i, 2) ? place->location : int32_at(i, 2);
		place->active = bool_at(i, 3);
	}
	if (rows > 0)
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
	item->slots = int32_at(row, 10);
	item->low_stock = null_at(row, 11) ? -1 : int64_at(row, 11);
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
		item->low_stock = -1;
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

/* Tells each shelf what its location is, and remembers how the book was. */
static void
remember_book(const Work *work, Sku *book)
{
	for (int j = 0; j < book->nshelves; j++)
		know_place(work, &book->shelves[j]);
	book->backordered_before = book->backordered;
	book->gap_before = supply_gap(book);
	book->discrepancy_before = discrepancy(book);
	book->available_before = available_units(book);
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

/* Whether what stands, or arrives, at a location can serve the queue. */
bool
is_active_location(const Work *work, int32 location)
{
	Shelf		shelf = {.location = location};

	know_place(work, &shelf);
	return shelf.active;
}

/* Takes over one row of read_supplies, if anything can be promised from it. */
static void
read_supply(Work *work, Sku *book, uint64 row, uint64 rows)
{
	int64		open = int64_at(row, 2) - int64_at(row, 3);

	if (open <= 0 || null_at(row, 4) || !is_active_location(work, int32_at(row, 5)))
		return;
	if (book->supplies == NULL)
		book->supplies = palloc_array(Supply, rows - row);
	book->supplies[book->nsupplies++] = (Supply) {.open = open, .expected_at = time_at(row, 4)};
}

/* Reads the open supply of these SKUs, which has not been read yet. */
void
load_more_supplies(Work *work, bool (*wanted) (const Sku *))
{
	uint64		rows = run_for_skus(work, &read_supplies, wanted);

	for (uint64 i = 0; i < rows; i++)
		read_supply(work, find_sku(work, text_at(i, 1)), i, rows);
	if (rows > 0)
		done_reading();
}

/* Reads the open supply of the SKUs that are marked supplies_read. */
void
load_supplies(Work *work)
{
	load_more_supplies(work, wants_supplies);
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

/* The safety stock, of which nothing is given; the share of a slot that may allocate is beyond it already. */
static int64
kept_units(const Sku *book)
{
	return book->slot == NULL || queues_by_slot(book) ? book->item.safety_stock : 0;
}

/* What a checkout may allocate: free units beyond the safety stock, none while anyone waits. */
int64
available_units(const Sku *book)
{
	if (book->backordered > 0)
		return 0;
	return Max(free_units(book) - kept_units(book), 0);
}

/* Units that supply must bring before the first of the queue is served: the safety stock and what shelves lack. */
int64
supply_gap(const Sku *book)
{
	int64		gap = Max(kept_units(book) - free_units(book), 0);

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

/* Whether the call holds the row of the SKU, and with it the whole book. */
bool
holds_row(const Sku *book)
{
	return book->booked && !holds_slot(book);
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
