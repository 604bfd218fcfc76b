/*
 * Promise: the date by which a part is dispatched.
 *
 * Open supply, by expected date, serves the backorder queue in queue order. A part is promised from
 * the supply that reaches its position in the queue; if none does, from the item's lead time;
 * without one, from the date of a preorder. Otherwise the date is unknown.
 */
#include "postgres.h"

#include "rules/promise.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "model/states.h"
#include "model/supply_walk.h"
#include "store/queue_rows.h"

#define MAX_WAITING_PARTS 8		/* of one line and place, that is, dates; units of later dates share the last one */

/* Returns the date, and *basis, of units that this supply reaches; supply is NULL if none does. */
static TimestampTz
promise_date(const Call *call, const Inventory *inv, const Supply *supply, PromiseBasis *basis)
{
	const CatalogItem *item = &inv->item;

	if (supply != NULL)
	{
		*basis = BASIS_SUPPLY;
		return dispatch_date(call, item, supply->expected_at);
	}
	if (item->lead_time != NULL)
	{
		*basis = BASIS_LEAD_TIME;
		return dispatch_date(call, item, add_interval(call, call->clock, item->lead_time));
	}
	*basis = preorder_date(call, item) == NO_TIME ? BASIS_UNKNOWN : BASIS_PREORDER;
	return preorder_date(call, item);
}

/*
 * Notes when time alone makes this promise wrong: a promise from supply when the first supply is
 * overdue, since the later ones then serve other parts; any other promise when its date has come.
 */
static void
note_deadline(const Call *call, Inventory *inv, TimestampTz date, PromiseBasis basis)
{
	if (date == NO_TIME)
		return;
	if (basis == BASIS_SUPPLY && inv->nsupplies > 0)
		date = overdue_from(call, inv->supplies[0].expected_at);
	recalculate_by(inv, date);
}

/*
 * Returns the next units of the queue, at most so many, that get one promise, and passes them. They
 * are those that the supply of the first one reaches, or all if none reaches it.
 */
static PromisedUnits
promise_next_units(const Call *call, const Inventory *inv, SupplyWalk *walk, int64 most)
{
	const Supply *supply = supply_reaching(walk, inv, 1);
	PromisedUnits next = {.units = supply == NULL ? most : Min(most, walk->reached - walk->position + 1)};

	walk->position = add_units(walk->position, next.units - 1);
	next.date = promise_date(call, inv, supply, &next.basis);
	return next;
}

/* Returns the one promise that so many of the next units of the queue can share. Passes them. */
static PromisedUnits
promise_all_units(const Call *call, const Inventory *inv, SupplyWalk *walk, int64 units)
{
	PromisedUnits all = {.units = units};

	all.date = promise_date(call, inv, supply_reaching(walk, inv, units), &all.basis);
	return all;
}

/*
 * Promises a part that joins the queue behind so many units, without a look at the other parts of
 * the queue. Where several supplies reach it, its later units become parts of their own.
 */
static void
promise_from_supply(const Call *call, Part *part, int64 ahead)
{
	SupplyWalk	walk = {.position = add_units(supply_shortfall(part->inv), ahead)};

	for (int parts = 1;; parts++)
	{
		int64		units = part->now.quantity;
		SupplyWalk	before = walk;
		PromisedUnits next = promise_next_units(call, part->inv, &walk, units);
		Part	   *rest = NULL;

		if (next.units < units && parts == MAX_WAITING_PARTS)
			next = promise_all_units(call, part->inv, &before, units);
		if (next.units < units)
			rest = split_off(part, units - next.units);
		set_promise(part, next.date, next.basis);
		note_deadline(call, part->inv, next.date, next.basis);
		if (rest == NULL)
			return;
		part = rest;
	}
}

/*
 * Moves the promise of an allocated part to the item's preorder date if it is earlier; parts on a
 * pick list stay.
 */
void
follow_preorder_date(const Call *call, Part *part)
{
	TimestampTz date = part->item_date;

	if (part->now.status == ALLOCATED && !is_frozen(part) && date > call->clock && part->now.promised_at < date)
		set_promise(part, date, BASIS_SHELF);
}

/*
 * Returns the queued_at of a part that joins the queue now. For a SKU with slots and open supply,
 * it lies behind the last part of the same priority, even if the clock has gone back since. The
 * reason is that a checkout that holds one slot cannot see which parts it would overtake. At equal
 * times the higher order id is behind. A new order has no id yet (PG_INT64_MAX); is_lower_id()
 * tells whether its id will be the higher one.
 */
TimestampTz
place_at_end(const Call *call, const Part *part, TimestampTz now)
{
	TimestampTz queued_at;
	int64		order_id;

	if (part->inv->nslots == 0 || !part->inv->has_queue || !find_end(call, part, &queued_at, &order_id))
		return now;
	if (part->order->order_id != PG_INT64_MAX)
		return now < queued_at ? queued_at + 1 : now;
	return Max(now, queued_at + (is_lower_id(order_id) ? 0 : 1));
}

/*
 * Puts a new part into the queue and promises it; if it takes supply from parts behind it, their
 * promises are stale.
 */
void
queue_part(const Call *call, Part *part)
{
	Inventory  *inv = part->inv;
	int64		units = part->now.quantity;

	promise_from_supply(call, part, units_ahead(call, inv, part));
	add_backordered(inv, units);
	if (jumps_queue(inv, part))
		inv->promises_stale = true;
}

/*
 * Whether a waiting part keeps its promise although the calculated date is another one. It does if
 * the promise can be kept and is later than necessary by no more than the merchant's tolerance. A
 * promise that rests on the lead time stays until it passes or the lead time changes. A promise
 * that only the clock has overtaken stays until its day is over: a later hour is no news.
 */
static bool
can_stay(const Call *call, const Inventory *inv, const PlannedChange *change, TimestampTz date, PromiseBasis basis)
{
	TimestampTz present = change->promised_at;

	if (present == NO_TIME || date == NO_TIME)
		return present == date;
	if (subtract_interval(call, present, &call->merchant.promise_tolerance) > date)
		return false;
	if (basis == BASIS_LEAD_TIME && change->basis == BASIS_LEAD_TIME && !inv->lead_time_moved)
		return present >= Max(call->clock, preorder_date(call, &inv->item));
	if (present < date && date <= dispatch_after(call, call->clock))
		return is_same_day(call, present, date);
	return present >= date;
}

/* The date that units of a part get: the present one if it can stay. */
static PromisedUnits
keep_or_renew(const Call *call, const Inventory *inv, const PlannedChange *change, PromisedUnits units)
{
	if (can_stay(call, inv, change, units.date, units.basis))
	{
		units.date = change->promised_at;
		units.basis = change->basis;
	}
	return units;
}

/*
 * Divides the waiting units of a part by the dates that they get, in queue order; at most so many
 * dates. Units whose date is the same stay together.
 */
static List *
divide_by_date(const Call *call, Inventory *inv, const PlannedChange *change, SupplyWalk *walk, int64 units, int most)
{
	List	   *divided = NIL;

	while (units > 0)
	{
		SupplyWalk	before = *walk;
		PromisedUnits next = promise_next_units(call, inv, walk, units);
		PromisedUnits *last = divided == NIL ? NULL : llast(divided);

		note_deadline(call, inv, next.date, next.basis);
		next = keep_or_renew(call, inv, change, next);
		note_deadline(call, inv, next.date, next.basis);
		if (last != NULL && last->date != next.date && list_length(divided) >= most)
		{
			*walk = before;
			next = keep_or_renew(call, inv, change, promise_all_units(call, inv, walk, units));
			note_deadline(call, inv, next.date, next.basis);
			last->date = next.date;
			last->basis = next.basis;
		}
		if (last != NULL && last->date == next.date)
			last->units += next.units;
		else
			divided = lappend(divided, memcpy(palloc_object(PromisedUnits), &next, sizeof(PromisedUnits)));
		units -= next.units;
	}
	return divided;
}

/* Moves waiting units from one part to another part of the same line and place. */
static void
exchange_units(PlannedChange *from, PlannedChange *to, int64 units)
{
	from->exchanged -= units;
	to->exchanged += units;
}

/* Returns the next waiting part in the queue, in the direction of step, if it is of the same line and place; else NULL. */
static PlannedChange *
waiting_neighbor(const Inventory *inv, int at, int step)
{
	for (int i = at + step; i >= 0 && i < list_length(inv->changes); i += step)
	{
		PlannedChange *neighbor = list_nth(inv->changes, i);

		if (!is_same_place(neighbor, list_nth(inv->changes, at)))
			return NULL;
		if (units_left_waiting(neighbor) > 0)
			return neighbor;
	}
	return NULL;
}

/* Plans the promise of the first units of a part: those that keep its number. */
static void
plan_promise(PlannedChange *change, const PromisedUnits *first)
{
	if (change->promised_at != first->date)
	{
		change->new_promise = true;
		change->promised_at = first->date;
		change->basis = first->basis;
	}
}

/*
 * Plans the promises of the waiting units of one part; `at` is its index in the queue, and so many
 * parts of its line and place are before it.
 *
 * If the units get several dates, the first ones join the part before it, if that has their date. The
 * last ones join the part behind it, or become parts of their own if there is none.
 */
static void
recalculate_part(const Call *call, Inventory *inv, SupplyWalk *walk, int at, int parts_before)
{
	PlannedChange *change = list_nth(inv->changes, at);
	PlannedChange *before = waiting_neighbor(inv, at, -1);
	PlannedChange *behind = waiting_neighbor(inv, at, 1);
	SupplyWalk	start = *walk;
	List	   *dates = divide_by_date(call, inv, change, walk, units_left_waiting(change),
									   Max(MAX_WAITING_PARTS - parts_before, 1));
	int64		kept = ((PromisedUnits *) linitial(dates))->units;
	ListCell   *lc;

	if (before != NULL && list_length(dates) > 1 && before->promised_at == ((PromisedUnits *) linitial(dates))->date)
	{
		exchange_units(change, before, kept);
		dates = list_delete_first(dates);
		kept += ((PromisedUnits *) linitial(dates))->units;
	}
	plan_promise(change, linitial(dates));
	dates = list_delete_first(dates);
	if (behind == NULL)
	{
		change->later = dates;
		return;
	}
	foreach(lc, dates)
		exchange_units(change, behind, ((PromisedUnits *) lfirst(lc))->units);
	*walk = start;
	(void) supply_reaching(walk, inv, kept);
}

/*
 * Plans new promises for the parts in the queue whose promise cannot stay; the planned changes are
 * in queue order.
 */
void
recalculate_promises(Call *call, Inventory *inv)
{
	SupplyWalk	walk = {.position = supply_shortfall(inv)};
	int			parts_before = 0;

	inv->recalculate_at = NO_TIME;
	for (int i = 0; i < list_length(inv->changes); i++)
	{
		if (units_left_waiting(list_nth(inv->changes, i)) == 0)
			continue;
		parts_before = waiting_neighbor(inv, i, -1) == NULL ? 0 : parts_before + 1;
		recalculate_part(call, inv, &walk, i, parts_before);
	}
	inv->promises_stale = false;
}
