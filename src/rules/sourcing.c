/*
 * Sourcing: which location serves what.
 *
 * Every choice of a location goes through one comparator, is_better(). It compares two candidates by
 * six criteria, and the first one that differs decides. A purpose leaves the criteria that it does
 * not use equal for all candidates.
 *
 *		1. The order ships something from there already.
 *		2. It completes more: demands of a checkout; the part of a fill (0 or 1).
 *		3. It gives more units.
 *		4. It comes first among the parts of the order.
 *		5. Its rank is lower.
 *		6. Its id is lower.
 *
 * The purposes have these candidates and criteria:
 *
 *		checkout	2, 3, 5, 6: locations with free units of any demand.
 *		fill		1, 2, 5, 6: locations with free units of the SKU.
 *		gift		4: locations from which the order ships, and that have all units.
 *		service		5, 6: active locations.
 *
 * Checkout is greedy and final: it takes what the best candidate gives, and chooses again among the
 * rest. A location that completes demands gives these whole and nothing else. Only if no location
 * completes a demand, demands are cut.
 *
 * A fill serves one part after the other, and cuts a part that no location covers. A gift that no
 * location of the order has whole is sourced as by a checkout. A service has no stock: it goes
 * beside goods that are ready, and to a location of its own only if there are none.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/sourcing.h"
#include "base/argument.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"

#define DEFAULT_LOCATION 1		/* of a merchant that has named no active location */

/* A location that may be chosen, with the criteria in the order in which they count. */
typedef struct SourcingCandidate
{
	int32		location;		/* NO_LOCATION: none */
	bool		beside_order;
	int			completes;
	int64		units;
	int			place_in_order;
	int32		rank;
} SourcingCandidate;

/* Whether the first candidate is to be chosen before the second, which may be none. */
static bool
is_better(const SourcingCandidate *a, const SourcingCandidate *b)
{
	if (b->location == NO_LOCATION)
		return true;
	if (a->beside_order != b->beside_order)
		return a->beside_order;
	if (a->completes != b->completes)
		return a->completes > b->completes;
	if (a->units != b->units)
		return a->units > b->units;
	if (a->place_in_order != b->place_in_order)
		return a->place_in_order < b->place_in_order;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	return a->location < b->location;
}

/* ---- checkout ---- */

/* Returns the units of a SKU that are free at a location. */
static int64
free_at(const Inventory *inv, int32 location)
{
	const LocationStock *loc = stock_at(inv, location);

	return loc == NULL ? 0 : free_at_location(loc);
}

/*
 * Returns what a location gives to the demands: whole ones or, if it completes none, a piece of
 * each.
 */
static SourcingCandidate
candidate_for_demands(const LocationStock *loc, Demand *demands, int count)
{
	SourcingCandidate candidate = {.location = loc->location, .rank = loc->rank};

	for (int i = 0; i < count; i++)
		demands[i].inv->free_in_trial = free_at(demands[i].inv, loc->location);
	for (int i = 0; i < count; i++)
		if (demands[i].units > 0 && demands[i].inv->free_in_trial >= demands[i].units)
		{
			candidate.completes++;
			candidate.units += demands[i].units;
			demands[i].inv->free_in_trial -= demands[i].units;
		}
	for (int i = 0; candidate.completes == 0 && i < count; i++)
	{
		int64		piece = Min(demands[i].units, demands[i].inv->free_in_trial);

		candidate.units += piece;
		demands[i].inv->free_in_trial -= piece;
	}
	return candidate;
}

/*
 * Returns the best candidate for what is left of the demands; none if no location has free units
 * for them.
 */
static SourcingCandidate
best_for_demands(Demand *demands, int count)
{
	SourcingCandidate best = {.location = NO_LOCATION};
	List	   *compared = NIL; /* each location is a candidate once */

	for (int i = 0; i < count; i++)
	{
		const Inventory *inv = demands[i].inv;

		if (demands[i].units == 0)
			continue;
		for (int j = 0; j < inv->nstock; j++)
		{
			SourcingCandidate candidate;

			if (free_at_location(&inv->stock[j]) == 0 || list_member_int(compared, inv->stock[j].location))
				continue;
			CHECK_FOR_INTERRUPTS();
			compared = lappend_int(compared, inv->stock[j].location);
			candidate = candidate_for_demands(&inv->stock[j], demands, count);
			if (is_better(&candidate, &best))
				best = candidate;
		}
	}
	return best;
}

/* Allocates units of one demand at a location. */
static Allocation *
allocate_at(Demand *demands, int i, int32 location, int64 units)
{
	Allocation *allocation = palloc_object(Allocation);

	add_allocated(demands[i].inv, stock_at(demands[i].inv, location), units);
	demands[i].units -= units;
	*allocation = (Allocation) {.demand = i, .location = location, .units = units};
	return allocation;
}

/* Allocates what the candidate gives: only whole demands if it completes any. */
static List *
take_candidate(const SourcingCandidate *candidate, Demand *demands, int count, List *allocations)
{
	for (int i = 0; i < count; i++)
	{
		int64		units = Min(demands[i].units, free_at(demands[i].inv, candidate->location));

		if (units > 0 && (candidate->completes == 0 || units == demands[i].units))
			allocations = lappend(allocations, allocate_at(demands, i, candidate->location, units));
	}
	return allocations;
}

/* Allocates all units of the demands, as a checkout does, and returns a list of Allocation. */
List *
source_lines(Demand *demands, int count)
{
	List	   *allocations = NIL;

	for (;;)
	{
		SourcingCandidate candidate = best_for_demands(demands, count);

		if (candidate.location == NO_LOCATION)
			return allocations;
		allocations = take_candidate(&candidate, demands, count, allocations);
	}
}

/* ---- fill ---- */

/* Whether the order ships something from a location that is not on a pick list yet. */
static bool
ships_from(const Order *order, int32 location)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->now.status == ALLOCATED && part->now.location == location && !is_frozen(part))
			return true;
	}
	return false;
}

/*
 * Returns the location stock from which a waiting part is filled next; NULL if no location has free
 * units.
 */
LocationStock *
choose_fill_location(const Part *part)
{
	SourcingCandidate best = {.location = NO_LOCATION};
	LocationStock *best_stock = NULL;

	for (int i = 0; i < part->inv->nstock; i++)
	{
		LocationStock *loc = &part->inv->stock[i];
		SourcingCandidate candidate = {.location = loc->location, .rank = loc->rank};

		if (free_at_location(loc) == 0)
			continue;
		candidate.beside_order = ships_from(part->order, loc->location);
		candidate.completes = free_at_location(loc) >= part->now.quantity ? 1 : 0;
		if (!is_better(&candidate, &best))
			continue;
		best = candidate;
		best_stock = loc;
	}
	return best_stock;
}

/* ---- gift ---- */

/*
 * Returns the location from which the order ships something and that has the whole gift;
 * NO_LOCATION if there is none.
 */
int32
choose_gift_location(const Order *order, const Inventory *inv, int64 units)
{
	SourcingCandidate best = {.location = NO_LOCATION};

	for (int i = 0; i < list_length(order->parts); i++)
	{
		const Part *part = list_nth(order->parts, i);
		const LocationStock *loc = part->now.status == ALLOCATED ? stock_at(inv, part->now.location) : NULL;
		SourcingCandidate candidate = {.beside_order = true, .place_in_order = i};

		if (loc == NULL || free_at_location(loc) < units)
			continue;
		candidate.location = loc->location;
		if (is_better(&candidate, &best))
			best = candidate;
	}
	return best.location;
}

/* ---- service ---- */

/* Returns the merchant's best active location. */
static int32
best_location(const Call *call)
{
	SourcingCandidate best = {.location = NO_LOCATION};

	for (int i = 0; i < call->nlocations; i++)
	{
		const Location *location = &call->locations[i];
		SourcingCandidate candidate = {.location = location->location, .rank = location->rank};

		if (location->active && is_better(&candidate, &best))
			best = candidate;
	}
	return best.location == NO_LOCATION ? DEFAULT_LOCATION : best.location;
}

/* Whether a service can leave from anywhere: a location is open, or the merchant has named none. */
bool
has_open_location(const Call *call)
{
	return is_active_location(call, best_location(call));
}

/*
 * Returns the location of a service that need not wait. It is the location of the first ready group
 * of the same preorder date, else the one that it has, else the merchant's best location.
 */
int32
choose_service_location(const Call *call, const Order *order, const Part *part, TimestampTz not_before)
{
	ListCell   *lc;

	foreach(lc, order->groups)
	{
		const ShipmentGroup *group = lfirst(lc);

		if (group->assigned && group->now.status == GROUP_READY && group->now.not_before == not_before)
			return group->now.location;
	}
	if (part->group != NULL && part->group->now.status == GROUP_READY)
		return part->group->now.location;
	return best_location(call);
}
