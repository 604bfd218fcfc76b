/*
 * Reallocation, for calls that change stock, supply or the catalogue and no order of their own.
 *
 * A plan that changes very many orders is applied to 500 of them at a time, so that memory stays small. All its orders are
 * locked before the first portion, in one pass by id.
 */
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

#define ORDERS_AT_ONCE 500		/* of a plan that changes more than twice as many */
#define PENDING_SHARE 8			/* if fewer notifications than one per this many changes are pending, they are read once */

/* The portion to which an order of a large plan belongs; hashed by order. */
typedef struct OrderPortion
{
	int64		order_id;
	int			portion;
} OrderPortion;

/* A large plan in portions of orders, each with all changes of its orders, in queue order. */
typedef struct Portions
{
	int			count;
	List	  **changes;		/* of PlannedChange, for each portion */
	HTAB	   *orders;
} Portions;

/* Adds a change to the portion of its order; an order that has none yet joins the last one. */
static void
add_to_portion(Portions *portions, PlannedChange *change)
{
	bool		found;
	OrderPortion *entry = hash_search(portions->orders, &change->key.order_id, HASH_ENTER, &found);

	if (!found)
		entry->portion = (hash_get_num_entries(portions->orders) - 1) / ORDERS_AT_ONCE;
	portions->count = Max(portions->count, entry->portion + 1);
	portions->changes[entry->portion] = lappend(portions->changes[entry->portion], change);
}

/* Divides the plan into portions; orders at the front of a queue come first. */
static Portions
divide_plan(Call *call)
{
	HASHCTL		ctl = {.keysize = sizeof(int64), .entrysize = sizeof(OrderPortion), .hcxt = CurrentMemoryContext};
	Portions	portions = {.count = 0};

	portions.orders = hash_create("backorder portions", 1024, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
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

/* The ids of the orders of these changes, ascending and distinct; *count is their number. */
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

/* Reads the orders of one portion, whose rows are locked, applies the plan to them and finishes them. */
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

/* Whether the plan changes promises. */
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

/* Applies a plan that changes very many orders, portion by portion. */
static void
reallocate_in_portions(Call *call)
{
	Portions	portions = divide_plan(call);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "backorder portion", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	call->in_portions = true;
	lock_planned_orders(call);
	find_orders_with_pending(call, hash_get_num_entries(call->changes) / PENDING_SHARE);
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

/*
 * Plans the reallocation of the call's SKUs, applies it, and ends the call. These other orders are locked, judged and
 * written too, unless the plan is applied in portions.
 */
void
reallocate_with_orders(Call *call, const int64 *order_ids, int count)
{
	plan_reallocation(call);
	if (hash_get_num_entries(call->changes) > 2L * ORDERS_AT_ONCE)
		reallocate_in_portions(call);
	else
	{
		lock_orders_of_plan(call, order_ids, count);
		apply_plan(call);
		run_phase(call, FINISH_ORDERS);
	}
	run_phase(call, FINISH_INVENTORY);
}

/* Plans the reallocation of the call's SKUs, applies it, and ends the call. */
void
reallocate(Call *call)
{
	reallocate_with_orders(call, NULL, 0);
}
