/* Which location gives what. */
#ifndef BACKORDER_RULES_SOURCING_H
#define BACKORDER_RULES_SOURCING_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "model/types.h"

/* reserve.c: which location gives what */
typedef struct Demand
{
	Inventory  *inv;
	int64		units;			/* to allocate; there are as many */
} Demand;

typedef struct Allocation
{
	int			demand;			/* its index */
	int32		location;
	int64		units;
} Allocation;

extern List *source_lines(Demand *demands, int count);

#endif
