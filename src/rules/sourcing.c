/*
 * Reserve: which location gives what. Greedy and final: again and again the active location that completes most of
 * what remains, then gives most units, then has the lowest rank, then the lowest id. One that completes lines gives
 * those; only where none completes a line are lines split over locations.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/sourcing.h"
#include "model/inventory.h"

typedef struct SourcingCandidate
{
	LocationStock location_row;	/* its location and rank */
	int			completes;		/* wants */
	int64		units;
} SourcingCandidate;

/* Units of a SKU that a location has free. */
static int64
free_at(const Inventory *inv, int32 location)
{
	const LocationStock *loc = stock_at(inv, location);

	return loc == NULL ? 0 : free_at_location(loc);
}

/* What a location would give: whole wants or, where it completes none, a piece of each. */
static SourcingCandidate
candidate_of(const LocationStock *location_row, Demand *demands, int count)
{
	SourcingCandidate candidate = {.location_row = *location_row};

	for (int i = 0; i < count; i++)
		demands[i].inv->free_in_trial = free_at(demands[i].inv, location_row->location);
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

/* Whether the first offer comes before the second: completes more, gives more, lower rank, lower id. */
static bool
is_better(const SourcingCandidate *a, const SourcingCandidate *b)
{
	if (a->completes != b->completes)
		return a->completes > b->completes;
	if (a->units != b->units)
		return a->units > b->units;
	if (a->location_row.rank != b->location_row.rank)
		return a->location_row.rank < b->location_row.rank;
	return a->location_row.location < b->location_row.location;
}

/* The best offer of any location that still has something; units = 0 when there is none. */
static SourcingCandidate
best_candidate(Demand *demands, int count)
{
	SourcingCandidate best = {.units = 0};
	List	   *asked = NIL;	/* each location makes one offer */

	for (int i = 0; i < count; i++)
	{
		const Inventory *inv = demands[i].inv;

		if (demands[i].units == 0)
			continue;
		for (int j = 0; j < inv->nstock; j++)
		{
			SourcingCandidate candidate;

			if (free_at_location(&inv->stock[j]) == 0 || list_member_int(asked, inv->stock[j].location))
				continue;
			CHECK_FOR_INTERRUPTS();
			asked = lappend_int(asked, inv->stock[j].location);
			candidate = candidate_of(&inv->stock[j], demands, count);
			if (best.units == 0 || is_better(&candidate, &best))
				best = candidate;
		}
	}
	return best;
}

/* Allocates units of one want at a location and returns the pick. */
static Allocation *
allocate_at(Demand *demands, int i, int32 location, int64 units)
{
	Allocation *result = palloc_object(Allocation);

	add_allocated(demands[i].inv, stock_at(demands[i].inv, location), units);
	demands[i].units -= units;
	*result = (Allocation) {.demand = i, .location = location, .units = units};
	return result;
}

/* Takes what the offer's location gives: only whole wants, if it completes any. */
static List *
take_candidate(const SourcingCandidate *candidate, Demand *demands, int count, List *allocations)
{
	int32		location = candidate->location_row.location;

	for (int i = 0; i < count; i++)
	{
		int64		units = Min(demands[i].units, free_at(demands[i].inv, location));

		if (units > 0 && (candidate->completes == 0 || units == demands[i].units))
			allocations = lappend(allocations, allocate_at(demands, i, location, units));
	}
	return allocations;
}

/* Allocates all wanted units (the caller knows that there are enough) and returns the picks. */
List *
source_lines(Demand *demands, int count)
{
	List	   *allocations = NIL;

	for (;;)
	{
		SourcingCandidate candidate = best_candidate(demands, count);

		if (candidate.units == 0)
			return allocations;
		allocations = take_candidate(&candidate, demands, count, allocations);
	}
}
