/* A walk along the open supply of a SKU, position by position of its queue. */
#include "postgres.h"

#include "model/supply_walk.h"
#include "base/argument.h"
#include "model/inventory.h"

/* Moves on to the supply that reaches the next units of the queue; NULL if none does. */
const Supply *
walk_on(Walk *walk, const Inventory *inv, int64 units)
{
	walk->position = add_units(walk->position, units);
	while (walk->reached < walk->position && walk->next < inv->nsupplies)
		walk->reached = add_units(walk->reached, inv->supplies[walk->next++].open);
	return walk->reached < walk->position ? NULL : &inv->supplies[walk->next - 1];
}

/* Units that may join the queue, in whatever order, until the next one gets another date: those that the same supply reaches. */
int64
units_with_next_date(const Inventory *inv)
{
	Walk		walk = {.position = add_units(supply_shortfall(inv), inv->backordered)};

	return walk_on(&walk, inv, 1) == NULL ? MAX_QUANTITY : walk.reached - walk.position + 1;
}
