/* A walk along the open supply of a SKU, position by position of its backorder queue. */
#include "postgres.h"

#include "model/supply_walk.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
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

/*
 * Notes when time alone may make the promise of the next unit wrong. That is when the first supply is
 * overdue, when the lead time from now is over, or when the date of the preorder has come.
 */
void
note_next_deadline(const Call *call, Inventory *inv)
{
	if (inv->nsupplies > 0)
		recalculate_by(inv, overdue_from(call, inv->supplies[0].expected_at));
	if (inv->item.lead_time != NULL)
		recalculate_by(inv, add_interval(call, call->clock, inv->item.lead_time));
	if (preorder_date(call, &inv->item) != NO_TIME)
		recalculate_by(inv, preorder_date(call, &inv->item));
}
