/*
 * The inventory of one SKU in memory: the only place that derives free units, available to promise and supply
 * shortfall.
 */
#include "postgres.h"

#include "model/inventory.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/stock_policy.h"

/* Orders strings by their bytes, for qsort(). */
static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Compares a SKU with an inventory, for bsearch(). */
static int
compare_sku_with_inventory(const void *name, const void *sku)
{
	return strcmp((const char *) name, ((const Inventory *) sku)->sku);
}

/* Compares a location id with a location, for bsearch(). */
static int
compare_location(const void *location, const void *location_row)
{
	int32		a = *(const int32 *) location;
	int32		b = ((const Location *) location_row)->location;

	return (a > b) - (a < b);
}

/* The inventory of a SKU on which this call works, or NULL. */
Inventory *
find_inventory(const Call *call, const char *sku)
{
	return call->ninventories == 0 ? NULL
		: bsearch(sku, call->inventories, call->ninventories, sizeof(Inventory), compare_sku_with_inventory);
}

/* Gives the call an empty inventory for each distinct SKU, sorted by SKU. */
void
add_inventories(Call *call, const char *const *skus, int count)
{
	const char **sorted = palloc_array(const char *, Max(count, 1));

	memcpy(sorted, skus, sizeof(char *) * count);
	qsort(sorted, count, sizeof(char *), compare_strings);
	call->inventories = palloc0_array(Inventory, Max(count, 1));
	call->ninventories = 0;
	for (int i = 0; i < count; i++)
	{
		if (i > 0 && strcmp(sorted[i], sorted[i - 1]) == 0)
			continue;
		call->inventories[call->ninventories].sku = sorted[i];
		call->inventories[call->ninventories].item.tracked = true;
		call->ninventories++;
	}
}

/* Whether the call holds one slot of the SKU instead of its row. */
bool
holds_slot(const Inventory *inv)
{
	return inv->slot != NULL;
}

/* Sets whether the location is active, and its rank. */
static void
set_location_facts(const Call *call, LocationStock *loc)
{
	Location   *location_row = call->nlocations == 0 ? NULL
		: bsearch(&loc->location, call->locations, call->nlocations, sizeof(Location), compare_location);

	loc->active = location_row == NULL || location_row->active;
	loc->rank = location_row == NULL ? loc->location : location_row->rank;
}

/* Sets the facts of each location, and remembers how the inventory was when it was read. */
void
remember_inventory(const Call *call, Inventory *inv)
{
	for (int j = 0; j < inv->nstock; j++)
		set_location_facts(call, &inv->stock[j]);
	inv->backordered_before = inv->backordered;
	inv->shortfall_before = supply_shortfall(inv);
	inv->discrepancy_before = discrepancy(inv);
	inv->available_before = available_to_promise(inv);
}

/* Whether units at the location can serve the queue. */
bool
is_active_location(const Call *call, int32 location)
{
	LocationStock loc = {.location = location};

	set_location_facts(call, &loc);
	return loc.active;
}

/* The location stock of the SKU at a location, or NULL. */
LocationStock *
stock_at(const Inventory *inv, int32 location)
{
	for (int i = 0; i < inv->nstock; i++)
		if (inv->stock[i].location == location)
			return &inv->stock[i];
	return NULL;
}

/*
 * The location stock of the SKU at a location; made empty if there is none. Pointers to other location stock become
 * invalid.
 */
LocationStock *
get_stock_at(Call *call, Inventory *inv, int32 location)
{
	LocationStock *loc = stock_at(inv, location);

	if (loc != NULL)
		return loc;
	inv->stock = inv->nstock == 0
		? palloc0_array(LocationStock, 2)
		: repalloc(inv->stock, sizeof(LocationStock) * (inv->nstock + 2));
	loc = &inv->stock[inv->nstock++];
	*loc = (LocationStock) {.location = location};
	set_location_facts(call, loc);
	return loc;
}

/* Free units at the location: on hand and not allocated; 0 at an inactive location. */
int64
free_at_location(const LocationStock *loc)
{
	return loc->active ? Max(loc->on_hand - loc->allocated, 0) : 0;
}

/*
 * Free units over all active locations, less the units that a plan allocates but has not taken from a location yet.
 */
static int64
free_units(const Inventory *inv)
{
	int64		sum = 0;

	for (int i = 0; i < inv->nstock; i++)
		sum = add_units(sum, free_at_location(&inv->stock[i]));
	return sum - inv->planned;
}

/* The units that are not to be allocated: the safety stock. The share of a slot excludes it already. */
static int64
kept_units(const Inventory *inv)
{
	return inv->slot == NULL || queues_by_slot(inv) ? inv->item.safety_stock : 0;
}

/* The units that a checkout may allocate: free units beyond the safety stock; 0 while anyone waits. */
int64
available_to_promise(const Inventory *inv)
{
	if (inv->backordered > 0)
		return 0;
	return Max(free_units(inv) - kept_units(inv), 0);
}

/*
 * The units that supply must bring before it serves the queue: to restore the safety stock, and to cover allocations
 * at active locations that have no stock.
 */
int64
supply_shortfall(const Inventory *inv)
{
	int64		gap = Max(kept_units(inv) - free_units(inv), 0);

	for (int i = 0; i < inv->nstock; i++)
		if (inv->stock[i].active)
			gap = add_units(gap, Max(inv->stock[i].allocated - inv->stock[i].on_hand, 0));
	return gap;
}

/* Units that are allocated but not on hand, over all locations. */
int64
discrepancy(const Inventory *inv)
{
	int64		sum = 0;

	for (int i = 0; i < inv->nstock; i++)
		sum += overallocated(&inv->stock[i]);
	return sum;
}

/* Units that are allocated at the location but not on hand there. */
int64
overallocated(const LocationStock *loc)
{
	return Max(loc->allocated - Max(loc->on_hand, 0), 0);
}

/* Adds units to those that wait; a negative number subtracts. */
void
add_backordered(Inventory *inv, int64 units)
{
	inv->backordered = add_units(inv->backordered, units);
}

/* Adds units to those allocated at a location, which must be in the inventory; a negative number subtracts. */
void
add_allocated(Inventory *inv, LocationStock *loc, int64 units)
{
	if (loc == NULL)
		damaged(psprintf("the inventory of \"%s\" has no stock at the location of its allocated parts", inv->sku));
	loc->allocated = add_units(loc->allocated, units);
}

/* Refuses a quantity on hand that the constraint of stock would refuse. */
static void
check_on_hand(const char *sku, int32 location, int64 on_hand)
{
	if (on_hand < -MAX_QUANTITY || on_hand > MAX_QUANTITY)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("on hand of \"%s\" at location %d would be out of range", sku, location),
				 errdetail("It would be " INT64_FORMAT "; the range is +/- 2^53.", on_hand)));
}

/* Adds units to those on hand, and a movement to the ledger. */
void
add_on_hand(Call *call, Inventory *inv, int32 location, int64 units, const char *kind, const char *cause)
{
	LocationStock *loc = get_stock_at(call, inv, location);
	Movement   *movement = palloc_object(Movement);

	loc->on_hand = add_units(loc->on_hand, units);
	check_on_hand(inv->sku, location, loc->on_hand);
	*movement = (Movement) {.sku = inv->sku, .location = location, .kind = kind, .quantity = units, .cause = cause};
	call->movements = lappend(call->movements, movement);
}

/* Sets the units on hand at a location, and adds the movement to the ledger. */
void
set_on_hand(Call *call, Inventory *inv, int32 location, int64 on_hand, const char *kind, const char *cause)
{
	const LocationStock *loc = stock_at(inv, location);

	check_on_hand(inv->sku, location, on_hand);
	add_on_hand(call, inv, location, on_hand - (loc == NULL ? 0 : loc->on_hand), kind, cause);
}

/* Drops location stock without units, so that the row stays short. */
void
drop_empty_stock(Inventory *inv)
{
	int			kept = 0;

	for (int i = 0; i < inv->nstock; i++)
		if (inv->stock[i].on_hand != 0 || inv->stock[i].allocated != 0)
			inv->stock[kept++] = inv->stock[i];
	inv->nstock = kept;
}

/* Whether the call holds the row of the SKU, and with it the whole inventory. */
bool
holds_row(const Inventory *inv)
{
	return inv->has_row && !holds_slot(inv);
}

/* Units that may be allocated to the queue now. */
int64
fillable_units(const Inventory *inv)
{
	if (inv->backordered == 0)
		return 0;
	return Max(free_units(inv) - inv->item.safety_stock, 0);
}

/*
 * Whether parts behind all open supply, promised by the lead time or for the date of a preorder, move up to where supply
 * reaches them. It may come later than they were promised.
 */
bool
queue_moves_up(const Inventory *inv)
{
	return (inv->item.lead_time != NULL || policy_date(&inv->item) != NO_TIME) && inv->backordered > 0 &&
		(fillable_units(inv) > 0 || inv->backordered < inv->backordered_before ||
		 supply_shortfall(inv) < inv->shortfall_before);
}

/*
 * Whether units that the call takes through its slot join the queue: others wait, so no slot has units to allocate.
 */
bool
queues_by_slot(const Inventory *inv)
{
	return inv->slot != NULL && inv->slot->queue_share > 0;
}

/* Has the promises of the queue recalculated at this time, or before it. */
void
recalculate_by(Inventory *inv, TimestampTz time)
{
	if (inv->recalculate_at == NO_TIME || time < inv->recalculate_at)
		inv->recalculate_at = time;
}
