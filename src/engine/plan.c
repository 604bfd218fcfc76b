/*
 * Reallocation by level: it never asks what happened. It looks at stock, allocations and queue of a SKU, and
 *
 *	1. deallocates, from the end of the queue order, units that are allocated but not on hand,
 *	2. allocates free units to the front of the queue,
 *	3. lets the last of the whole queue give way to those that lost units and are before them, at whatever location,
 *	4. recalculates promises where they may be wrong.
 *
 * A call plans this from the parts of its SKUs, which no other transaction can change while the SKUs are locked. It then locks
 * every order of the plan in one pass by id, and only then changes anything.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"

#include "engine/plan.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "model/states.h"
#include "store/inventory_rows.h"
#include "store/order_rows.h"
#include "store/queue_rows.h"
#include "rules/promise.h"
#include "rules/sourcing.h"

/* Plans to deallocate as many units of the part as its location lacks. */
static void
plan_deallocation_of(PlannedChange *change)
{
	Inventory  *inv = change->inv;
	LocationStock *loc = stock_at(inv, change->location);
	int64		units = Min(change->quantity - change->cancel - change->deallocate, overallocated(loc));

	if (units <= 0)
		return;
	change->deallocate += units;
	add_allocated(inv, loc, -units);
	add_backordered(inv, units);
	inv->recalculate_all = true;
}

/* Plans to deallocate, from the end of the queue order, the units that are not on hand. */
void
plan_deallocation(Call *call)
{
	ListCell   *lc;

	foreach(lc, read_overdrawing_parts(call))
		plan_deallocation_of(lfirst(lc));
}

/* Plans that every open part of the SKU follows the item's new preorder date. */
static void
plan_preorder_dates(Inventory *inv)
{
	ListCell   *lc;

	foreach(lc, inv->changes)
		((PlannedChange *) lfirst(lc))->follow_preorder = true;
}

/* Plans to allocate free units to the front of the queue. */
static void
plan_fill(Inventory *inv)
{
	int64		units = fillable_units(inv);
	ListCell   *lc;

	foreach(lc, inv->changes)
	{
		PlannedChange *change = lfirst(lc);

		if (units == 0)
			break;
		change->allocate = Min(units, units_left_waiting(change));
		units -= change->allocate;
		inv->planned += change->allocate;
		add_backordered(inv, -change->allocate);
	}
}

/*
 * Marks the SKU if dates of its queue may be wrong until repromise(): the supply shortfall has grown, or the queue has moved up
 * while supply is open. (Supply has been read for queues that move up.)
 */
static void
mark_stale_promises(Inventory *inv)
{
	if (inv->backordered > 0 && (supply_shortfall(inv) > inv->shortfall_before || inv->nsupplies > 0))
		inv->promises_stale = true;
}

/* Puts the changes of each SKU in queue order, and plans new preorder dates where the item's date has moved. */
void
sort_changes(Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		list_sort(inv->changes, compare_queue_positions);
		if (inv->preorder_moved)
			plan_preorder_dates(inv);
	}
}

/* Plans to allocate what is free to the front of each queue. */
void
plan_fills(Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		CHECK_FOR_INTERRUPTS();
		plan_fill(&call->inventories[i]);
	}
}

/* Plans that units of a later part serve one that has lost units; returns whether the later part has any to give. */
static bool
plan_exchange(PlannedChange *loser, PlannedChange *later)
{
	LocationStock *loc = stock_at(loser->inv, later->location);
	int64		units = Min(lost_units_left(loser), units_left_allocated(later));

	if (units == 0 || is_same_place(loser, later) || !loc->active || overallocated(loc) > 0)
		return false;
	later->deallocate += units;
	add_allocated(later->inv, loc, -units);
	loser->allocate += units;
	loser->inv->planned += units;
	return true;
}

/* Lets the last parts of the queue give way to the first ones that have lost units. */
static void
plan_exchanges_of(Inventory *inv)
{
	int			last = list_length(inv->changes) - 1;

	for (int first = 0; first < last; first++)
	{
		PlannedChange *loser = list_nth(inv->changes, first);

		while (first < last && lost_units_left(loser) > 0)
			if (!plan_exchange(loser, list_nth(inv->changes, last)))
				last--;
	}
}

/*
 * Plans that parts which have lost units get those of later parts at other locations, so that the queue order decides over
 * all locations.
 */
void
plan_exchanges(Call *call)
{
	if (!read_later_holders(call))
		return;
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		CHECK_FOR_INTERRUPTS();
		list_sort(inv->changes, compare_queue_positions);
		plan_exchanges_of(inv);
	}
}

/* Plans new promises for queues that need them, and marks the other queues that may have stale ones. */
void
plan_promises(Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		CHECK_FOR_INTERRUPTS();
		if (inv->recalculate_all)
			recalculate_promises(call, inv);
		else
			mark_stale_promises(inv);
	}
}

/* The ids of the orders that the plan changes and of these others, ascending and distinct; *total is their number. */
static int64 *
planned_orders(const Call *call, const int64 *others, int count, int *total)
{
	int64	   *ids = palloc_array(int64, hash_get_num_entries(call->changes) + count + 1);
	int			n = 0;

	for (int i = 0; i < count; i++)
		ids[n++] = others[i];
	for (int i = 0; i < call->ninventories; i++)
	{
		ListCell   *lc;

		foreach(lc, call->inventories[i].changes)
			if (changes_anything(lfirst(lc)))
				ids[n++] = ((PlannedChange *) lfirst(lc))->key.order_id;
	}
	*total = sort_ids(ids, n);
	return ids;
}

/* Locks the orders that the plan changes, and these others, in one pass by id, and reads them whole. */
void
lock_orders_of_plan(Call *call, const int64 *others, int count)
{
	int			total;
	int64	   *ids = planned_orders(call, others, count, &total);

	lock_orders(call, ids, total);
}

/* Locks the orders that the plan changes in one pass by id, without reading them. */
void
lock_planned_orders(Call *call)
{
	int			total;
	int64	   *ids = planned_orders(call, NULL, 0, &total);

	lock_order_rows(call, ids, total);
}

/* Cancels units of a part, and remembers them for the notification. */
void
cancel_units(Part *part, int64 units)
{
	Part	   *piece = units == part->now.quantity ? part : split_off(part, units);
	Canceled   *canceled = palloc_object(Canceled);

	*canceled = (Canceled) {.line_no = part->line_no, .sku = part->sku, .quantity = units};
	part->order->canceled = lappend(part->order->canceled, canceled);
	piece->now.status = CANCELED;
	piece->now.location = NO_LOCATION;
	piece->now.promised_at = NO_TIME;
	piece->now.basis = BASIS_UNKNOWN;
}

/*
 * Deallocates units of a part and returns the part that waits. The waiting part keeps its number, and with it the place in the
 * queue for which its promise was calculated; what stays allocated becomes a new part.
 */
static Part *
deallocate_units(Part *part, int64 units)
{
	if (units < part->now.quantity)
		split_off(part, part->now.quantity - units);
	part->now.status = BACKORDERED;
	part->now.location = NO_LOCATION;
	return part;
}

/* Allocates units to a waiting part, and returns the part that still waits, or NULL. */
static Part *
fill_part(const Call *call, Part *part, int64 units)
{
	while (units > 0)
	{
		LocationStock *loc = choose_fill_location(part);
		int64		piece_units = Min(units, free_at_location(loc));
		bool		whole = piece_units == part->now.quantity;
		Part	   *piece = whole ? part : split_off(part, piece_units);

		piece->now.status = ALLOCATED;
		piece->now.location = loc->location;
		piece->filled = piece->was.status == BACKORDERED;
		promise_from_shelf(call, piece);
		add_allocated(part->inv, loc, piece_units);
		part->inv->planned -= piece_units;
		units -= piece_units;
		if (whole)
			return NULL;
	}
	return part;
}

/*
 * The part that a planned change is about. Nothing but damage can have changed it, since the plan was made under the SKU's lock;
 * except that an order may be newer than the snapshot of a REPEATABLE READ transaction.
 */
static Part *
part_of_change(const Call *call, const PlannedChange *change)
{
	Order	   *order = find_order(call, change->key.order_id);
	Part	   *part = order == NULL ? NULL : find_part(order, change->key.line_no, change->key.part_no);

	if (part != NULL && part->now.quantity == change->quantity)
		return part;
	if (!IsolationUsesXactSnapshot())
		damaged(psprintf("order " INT64_FORMAT ", line %d, part %d is not what the queue of \"%s\" says",
						 change->key.order_id, change->key.line_no, change->key.part_no, change->inv->sku));
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("order " INT64_FORMAT " changed during this transaction", change->key.order_id),
			 errhint("Retry the transaction.")));
}

/* Gives a waiting part the units and the promises that are planned for it. */
static void
promise_part(Part *part, const PlannedChange *change)
{
	ListCell   *lc;

	part->now.quantity += change->exchanged;
	part->regrouped |= change->exchanged != 0;
	foreach(lc, change->later)
	{
		const PromisedUnits *later = lfirst(lc);

		set_promise(split_off(part, later->units), later->date, later->basis);
	}
	if (change->new_promise)
		set_promise(part, change->promised_at, change->basis);
}

/* Applies the planned change to its part. */
void
apply_change(const Call *call, const PlannedChange *change)
{
	Part	   *part = part_of_change(call, change);

	if (change->follow_preorder)
		follow_preorder_date(call, part);
	if (change->cancel > 0)
		cancel_units(part, change->cancel);
	if (change->deallocate > 0)
		part = deallocate_units(part, change->deallocate);
	if (change->allocate > 0)
		part = fill_part(call, part, change->allocate);
	if (part != NULL)
		promise_part(part, change);
}

/* Applies the plan, in queue order, to the orders that lock_orders_of_plan() has locked. */
void
apply_plan(Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		ListCell   *lc;

		CHECK_FOR_INTERRUPTS();
		foreach(lc, call->inventories[i].changes)
			if (changes_anything(lfirst(lc)))
				apply_change(call, lfirst(lc));
	}
}
