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
 * Promises a part that joins the queue behind so many units, without a look at the other parts of
 * the queue.
 */
static void
promise_from_supply(const Call *call, Part *part, int64 ahead)
{
	SupplyWalk	walk = {.position = add_units(supply_shortfall(part->inv), ahead)};
	const Supply *supply = supply_reaching(&walk, part->inv, part->now.quantity);
	PromiseBasis basis;
	TimestampTz date = promise_date(call, part->inv, supply, &basis);

	set_promise(part, date, basis);
	note_deadline(call, part->inv, date, basis);
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

	promise_from_supply(call, part, units_ahead(call, inv, part));
	add_backordered(inv, part->now.quantity);
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

/*
 * Plans new promises for the parts in the queue whose promise cannot stay; the planned changes are
 * in queue order.
 */
void
recalculate_promises(Call *call, Inventory *inv)
{
	SupplyWalk	walk = {.position = supply_shortfall(inv)};
	ListCell   *lc;

	inv->recalculate_at = NO_TIME;
	foreach(lc, inv->changes)
	{
		PlannedChange *change = lfirst(lc);
		int64		units = units_left_waiting(change);
		PromiseBasis basis;
		TimestampTz date;

		if (units == 0)
			continue;
		date = promise_date(call, inv, supply_reaching(&walk, inv, units), &basis);
		if (!can_stay(call, inv, change, date, basis))
		{
			change->new_promise = true;
			change->promised_at = date;
			change->basis = basis;
		}
		note_deadline(call, inv, change->promised_at, basis);
		note_deadline(call, inv, change->promised_at, change->basis);
	}
	inv->promises_stale = false;
}
