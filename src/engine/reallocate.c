/* Reallocation, for calls that change no order of their own; in portions where very many orders change. */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "engine/reallocate.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "store/budgets.h"
#include "store/order_rows.h"
#include "store/pending_notifications.h"
#include "engine/plan.h"
#include "engine/stages.h"

#define ORDERS_AT_ONCE 500		/* of a plan that touches more than twice as many */
#define UNSENT_SHARE 8			/* of that plan's parts: if fewer notices are unsent, they are read once */

/* Which orders of a large plan are worked on together; hashed by order. */
typedef struct Turn
{
	int64		order_id;
	int			portion;
} Turn;

/* A large plan in portions: each has so many orders, and all claims on them in queue order. */
typedef struct Portions
{
	int			count;
	List	  **changes;		/* of Claim, for each portion */
	HTAB	   *turns;
} Portions;

/* Adds a claim to the portion of its order, which is the last one if the order is new. */
static void
add_to_portion(Portions *portions, PlannedChange *change)
{
	bool		found;
	Turn	   *turn = hash_search(portions->turns, &change->key.order_id, HASH_ENTER, &found);

	if (!found)
		turn->portion = (hash_get_num_entries(portions->turns) - 1) / ORDERS_AT_ONCE;
	portions->count = Max(portions->count, turn->portion + 1);
	portions->changes[turn->portion] = lappend(portions->changes[turn->portion], change);
}

/* Divides what the plan does into portions, those first who are first in a queue. */
static Portions
divide_plan(Call *call)
{
	HASHCTL		ctl = {.keysize = sizeof(int64), .entrysize = sizeof(Turn), .hcxt = CurrentMemoryContext};
	Portions	portions = {.count = 0};

	portions.turns = hash_create("backorder portions", 1024, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	portions.changes = palloc0_array(List *, hash_get_num_entries(call->changes) / ORDERS_AT_ONCE + 1);
	for (int i = 0; i < call->ninventories; i++)
	{
		ListCell   *lc;

		foreach(lc, call->inventories[i].changes)
			if (changes_anything(lfirst(lc)))
				add_to_portion(&portions, lfirst(lc));
	}
	return portions;
}

/* The orders of these claims, ascending, each once; *count tells how many. */
static int64 *
orders_of(const List *changes, int *count)
{
	int64	   *ids = palloc_array(int64, list_length(changes) + 1);
	ListCell   *lc;

	*count = 0;
	foreach(lc, changes)
		ids[(*count)++] = ((PlannedChange *) lfirst(lc))->key.order_id;
	*count = sort_ids(ids, *count);
	return ids;
}

/* Reads the orders of one portion, whose rows are locked, carries the plan out on them, writes them and tells of them. */
static void
reallocate_portion(Call *call, const List *changes)
{
	int			count;
	int64	   *ids = orders_of(changes, &count);
	ListCell   *lc;

	read_locked_orders(call, ids, count);
	foreach(lc, changes)
		apply_change(call, lfirst(lc));
	run_phase(call, FINISH_ORDERS);
}

/* Whether the plan moves promises. */
static bool
moves_promises(const Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		ListCell   *lc;

		foreach(lc, call->inventories[i].changes)
		{
			const PlannedChange *change = lfirst(lc);

			if (change->new_promise || change->follow_preorder)
				return true;
		}
	}
	return false;
}

/* Carries out a plan that touches very many orders, so many at a time as fit into little memory. */
static void
reallocate_in_portions(Call *call)
{
	Portions	portions = divide_plan(call);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "backorder portion", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	lock_planned_orders(call);
	find_orders_with_pending(call, hash_get_num_entries(call->changes) / UNSENT_SHARE);
	if (moves_promises(call))
		lock_slip_budgets(call);
	for (int i = 0; i < portions.count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(context);
		reallocate_portion(call, portions.changes[i]);
	}
	call->orders = NULL;
	call->norders = 0;
	call->pending_orders = NULL;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/* Settles the work's SKUs and finishes: for calls that change the shelves, or what may be promised, and no order. */
void
reallocate(Call *call)
{
	plan_reallocation(call);
	if (hash_get_num_entries(call->changes) > 2L * ORDERS_AT_ONCE)
		reallocate_in_portions(call);
	else
	{
		lock_orders_of_plan(call, NULL, 0);
		apply_plan(call);
		run_phase(call, FINISH_ORDERS);
	}
	run_phase(call, FINISH_INVENTORY);
}
