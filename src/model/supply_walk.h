/* A walk along the open supply of a SKU, position by position of its queue. */
#ifndef BACKORDER_MODEL_SUPPLY_WALK_H
#define BACKORDER_MODEL_SUPPLY_WALK_H

#include "postgres.h"

#include "model/types.h"

/* A walk along the open supply of a SKU, position by position. */
typedef struct Walk
{
	int64		position;		/* units of the queue passed so far, and the gap before it */
	int64		reached;		/* units of supply passed so far */
	int			next;			/* the next supply */
} Walk;

extern const Supply *walk_on(Walk *walk, const Inventory *inv, int64 units);
extern int64 units_with_next_date(const Inventory *inv);

#endif
