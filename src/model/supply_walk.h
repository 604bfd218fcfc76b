/*
 * A walk along the open supply of a SKU, position by position of its backorder queue.
 *
 * Open supply, by expected date, serves the queue in queue order. The position of a part is the
 * number of units that supply must bring to serve all of it. It includes the supply shortfall and
 * the units ahead.
 */
#ifndef BACKORDER_MODEL_SUPPLY_WALK_H
#define BACKORDER_MODEL_SUPPLY_WALK_H

#include "postgres.h"

#include "model/types.h"

typedef struct SupplyWalk
{
	int64		position;		/* units passed so far: the supply shortfall and units of the queue */
	int64		reached;		/* units of the supplies passed so far */
	int			next;			/* the index of the next supply */
} SupplyWalk;

extern const Supply *supply_reaching(SupplyWalk *walk, const Inventory *inv, int64 units);
extern int64 units_with_next_date(const Inventory *inv);
extern void note_next_deadline(const Call *call, Inventory *inv);

#endif
