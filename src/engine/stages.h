/* The stages of a call, in the order in which they run. */
#ifndef BACKORDER_ENGINE_STAGES_H
#define BACKORDER_ENGINE_STAGES_H

#include "postgres.h"

#include "model/types.h"

typedef enum Phase
{
	OPEN_INVENTORY,				/* lock the SKUs, then read what the plan rests on */
	PLAN_REALLOCATION,			/* decide, in memory, what becomes of allocations and queues */
	FINISH_ORDERS,				/* write the orders that the call has locked and changed */
	FINISH_INVENTORY			/* write the SKUs, and end */
} Phase;

extern void run_phase(Call *call, Phase phase);

extern void lock_inventory(Call *call, const char *const *skus, int count);
extern void lock_inventory_for_order(Call *call, const char *const *skus, const int64 *units, int count);
extern void plan_reallocation(Call *call);
extern bool finish_call(Call *call);

#endif
