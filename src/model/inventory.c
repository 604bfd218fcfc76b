/* The inventory of one SKU in memory. */
#include "postgres.h"

#include "model/inventory.h"
#include "base/argument.h"
#include "base/errors.h"
#include "model/call.h"

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

/* Lays out one Sku per distinct name, sorted. */
void
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

/* Whether the call holds one slot of the SKU. */
bool
holds_slot(const Sku *book)
{
	return book->slot != NULL;
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

/* Tells each shelf what its location is, and remembers how the book was. */
void
remember_book(const Work *work, Sku *book)
{
	for (int j = 0; j < book->nshelves; j++)
		know_place(work, &book->shelves[j]);
	book->backordered_before = book->backordered;
	book->gap_before = supply_gap(book);
	book->discrepancy_before = discrepancy(book);
	book->available_before = available_units(book);
}

/* Whether what stands, or arrives, at a location can serve the queue. */
bool
is_active_location(const Work *work, int32 location)
{
	Shelf		shelf = {.location = location};

	know_place(work, &shelf);
	return shelf.active;
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
static int64
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
void
drop_empty_shelves(Sku *book)
{
	int			kept = 0;

	for (int i = 0; i < book->nshelves; i++)
		if (book->shelves[i].on_hand != 0 || book->shelves[i].allocated != 0)
			book->shelves[kept++] = book->shelves[i];
	book->nshelves = kept;
}

/* Whether the call holds the row of the SKU, and with it the whole book. */
bool
holds_row(const Sku *book)
{
	return book->booked && !holds_slot(book);
}

/* Units that may be given to the queue now. */
int64
fillable_units(const Sku *book)
{
	if (book->backordered == 0)
		return 0;
	return Max(free_units(book) - book->item.safety_stock, 0);
}

/*
 * Whether parts that were promised by the lead time, behind all open supply, move up to where supply reaches them, which
 * may come later than they were promised.
 */
bool
moves_up(const Sku *book)
{
	return book->item.lead_time != NULL && book->backordered > 0 &&
		(fillable_units(book) > 0 || book->backordered < book->backordered_before ||
		 supply_gap(book) < book->gap_before);
}

/* Whether what is taken from the slot that the call holds joins the queue: others wait, and no slot has units to allocate. */
bool
queues_by_slot(const Sku *book)
{
	return book->slot != NULL && book->slot->queue_share > 0;
}
