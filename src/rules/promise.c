/*
 * Promise: open supply, in order of arrival, lies under the queue, in queue order. A unit is promised from the supply
 * that reaches its position, else from the lead time, else honestly from nothing. A promise is a dispatch date.
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

/* The date of units that a supply reaches, or that none reaches. */
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
		return dispatch_date(call, item, add_interval(call->clock, item->lead_time));
	}
	*basis = BASIS_UNKNOWN;
	return NO_TIME;
}

/* Promises a part that joins the queue behind so many units; the rest of the queue is not looked at. */
static void
promise_from_supply(const Call *call, Part *part, int64 ahead)
{
	Walk		walk = {.position = add_units(supply_shortfall(part->inv), ahead)};
	const Supply *supply = walk_on(&walk, part->inv, part->now.quantity);
	PromiseBasis basis;
	TimestampTz date = promise_date(call, part->inv, supply, &basis);

	set_promise(part, date, basis);
}

/* Promises a part that is covered, and not on a pick list, no earlier than its preorder date is now. */
void
follow_preorder_date(const Call *call, Part *part)
{
	TimestampTz date = part->item_date;

	if (part->now.status == ALLOCATED && !is_frozen(part) && date > call->clock && part->now.promised_at < date)
		set_promise(part, date, BASIS_SHELF);
}

/*
 * The place of a new part that comes now: where supply lies under the queue of a SKU with slots, behind those who wait with
 * its priority, even if the clock has gone back since; a slot could not tell who would stand behind. At the same time the
 * higher id is behind; a new order has none yet.
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

/* Puts a new part into the queue and promises it; whoever takes supply from others leaves their dates to a re-lay. */
void
queue_part(const Call *call, Part *part)
{
	Inventory  *inv = part->inv;

	promise_from_supply(call, part, units_ahead(call, inv, part));
	add_backordered(inv, part->now.quantity);
	if (jumps_queue(inv, part))
		inv->promises_stale = true;
}

/* Whether the date that a waiting part has can stay: it can be met, and is not needlessly late. */
static bool
can_stay(const Call *call, const Inventory *inv, const PlannedChange *change, TimestampTz date, PromiseBasis basis)
{
	TimestampTz present = change->promised_at;

	if (present == NO_TIME || date == NO_TIME)
		return present == date;
	if (subtract_interval(present, &call->merchant.promise_tolerance) > date)
		return false;
	if (basis == BASIS_LEAD_TIME && change->basis == BASIS_LEAD_TIME && !inv->lead_time_moved)
		return present >= Max(call->clock, preorder_date(call, &inv->item));
	return present >= date;
}

/* Lays the open supply under the queue again and plans the dates that change; the SKU's claims are in queue order. */
void
recalculate_promises(Call *call, Inventory *inv)
{
	Walk		walk = {.position = supply_shortfall(inv)};
	ListCell   *lc;

	foreach(lc, inv->changes)
	{
		PlannedChange *change = lfirst(lc);
		int64		units = units_left_waiting(change);
		PromiseBasis basis;
		TimestampTz date;

		if (units == 0)
			continue;
		date = promise_date(call, inv, walk_on(&walk, inv, units), &basis);
		if (can_stay(call, inv, change, date, basis))
			continue;
		change->new_promise = true;
		change->promised_at = date;
		change->basis = basis;
	}
	inv->promises_stale = false;
}
