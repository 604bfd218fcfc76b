/*
 * Reserve: which location gives what. Greedy and final: again and again the active location that completes most of
 * what remains, then gives most units, then has the lowest rank, then the lowest id. One that completes lines gives
 * those; only where none completes a line are lines split over locations.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/sourcing.h"
#include "model/inventory.h"

typedef struct Offer
{
	Shelf		place;			/* its location and rank */
	int			completes;		/* wants */
	int64		units;
} Offer;

/* Units of a SKU that a location has free. */
static int64
free_at(const Sku *book, int32 location)
{
	const Shelf *shelf = shelf_at(book, location);

	return shelf == NULL ? 0 : shelf_free(shelf);
}

/* What a location would give: whole wants or, where it completes none, a piece of each. */
static Offer
offer_of(const Shelf *place, Want *wants, int count)
{
	Offer		offer = {.place = *place};

	for (int i = 0; i < count; i++)
		wants[i].book->scratch = free_at(wants[i].book, place->location);
	for (int i = 0; i < count; i++)
		if (wants[i].units > 0 && wants[i].book->scratch >= wants[i].units)
		{
			offer.completes++;
			offer.units += wants[i].units;
			wants[i].book->scratch -= wants[i].units;
		}
	for (int i = 0; offer.completes == 0 && i < count; i++)
	{
		int64		piece = Min(wants[i].units, wants[i].book->scratch);

		offer.units += piece;
		wants[i].book->scratch -= piece;
	}
	return offer;
}

/* Whether the first offer comes before the second: completes more, gives more, lower rank, lower id. */
static bool
is_better(const Offer *a, const Offer *b)
{
	if (a->completes != b->completes)
		return a->completes > b->completes;
	if (a->units != b->units)
		return a->units > b->units;
	if (a->place.rank != b->place.rank)
		return a->place.rank < b->place.rank;
	return a->place.location < b->place.location;
}

/* The best offer of any location that still has something; units = 0 when there is none. */
static Offer
best_offer(Want *wants, int count)
{
	Offer		best = {.units = 0};
	List	   *asked = NIL;		/* each location makes one offer */

	for (int i = 0; i < count; i++)
	{
		const Sku  *book = wants[i].book;

		if (wants[i].units == 0)
			continue;
		for (int j = 0; j < book->nshelves; j++)
		{
			Offer		offer;

			if (shelf_free(&book->shelves[j]) == 0 || list_member_int(asked, book->shelves[j].location))
				continue;
			CHECK_FOR_INTERRUPTS();
			asked = lappend_int(asked, book->shelves[j].location);
			offer = offer_of(&book->shelves[j], wants, count);
			if (best.units == 0 || is_better(&offer, &best))
				best = offer;
		}
	}
	return best;
}

/* Allocates units of one want at a location and returns the pick. */
static Pick *
pick(Want *wants, int i, int32 location, int64 units)
{
	Pick	   *result = palloc_object(Pick);

	add_allocated(wants[i].book, shelf_at(wants[i].book, location), units);
	wants[i].units -= units;
	*result = (Pick) {.want = i, .location = location, .units = units};
	return result;
}

/* Takes what the offer's location gives: only whole wants, if it completes any. */
static List *
take_offer(const Offer *offer, Want *wants, int count, List *picks)
{
	int32		location = offer->place.location;

	for (int i = 0; i < count; i++)
	{
		int64		units = Min(wants[i].units, free_at(wants[i].book, location));

		if (units > 0 && (offer->completes == 0 || units == wants[i].units))
			picks = lappend(picks, pick(wants, i, location, units));
	}
	return picks;
}

/* Allocates all wanted units (the caller knows that there are enough) and returns the picks. */
List *
source(Want *wants, int count)
{
	List	   *picks = NIL;

	for (;;)
	{
		Offer		offer = best_offer(wants, count);

		if (offer.units == 0)
			return picks;
		picks = take_offer(&offer, wants, count, picks);
	}
}
