/* A walk along the open supply of a SKU, position by position of its backorder queue. */
#include "postgres.h"

#include "model/supply_walk.h"
#include "base/argument.h"
#include "model/inventory.h"

/*
 * Passes the next units of the queue and returns the supply that reaches the last of them; NULL if
 * none does.
 */
const Supply *
supply_reaching(SupplyWalk *walk, const Inventory *inv, int64 units)
{
	walk->position = add_units(walk->position, units);
	while (walk->reached < walk->position && walk->next < inv->nsupplies)
		walk->reached = add_units(walk->reached, inv->supplies[walk->next++].open);
	return walk->reached < walk->position ? NULL : &inv->supplies[walk->next - 1];
}

/*
 * Returns how many units may join the end of the queue with the same promise: those that the supply
 * of the next unit reaches. Since they share one supply, the order in which they join does not
 * matter.
 */
int64
units_with_next_date(const Inventory *inv)
{
	SupplyWalk	walk = {.position = add_units(supply_shortfall(inv), inv->backordered)};

	return supply_reaching(&walk, inv, 1) == NULL ? MAX_QUANTITY : walk.reached - walk.position + 1;
}
