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
promise_date(const Work *work, const Sku *book, const Supply *supply, PromiseBasis *basis)
{
	const CatalogItem *item = &book->item;

	if (supply != NULL)
	{
		*basis = BASIS_SUPPLY;
		return dispatch_date(work, item, supply->expected_at);
	}
	if (item->lead_time != NULL)
	{
		*basis = BASIS_LEAD_TIME;
		return dispatch_date(work, item, add_interval(work->clock, item->lead_time));
	}
	*basis = BASIS_UNKNOWN;
	return NO_TIME;
}

/* Promises a part that joins the queue behind so many units; the rest of the queue is not looked at. */
static void
promise_from_supply(const Work *work, Part *part, int64 ahead)
{
	Walk		walk = {.position = add_units(supply_gap(part->book), ahead)};
	const Supply *supply = walk_on(&walk, part->book, part->now.quantity);
	PromiseBasis basis;
	TimestampTz date = promise_date(work, part->book, supply, &basis);

	set_promise(part, date, basis);
}

/* Promises a part that is covered, and not on a pick list, no earlier than its preorder date is now. */
void
re_date_part(const Work *work, Part *part)
{
	TimestampTz date = part->item_date;

	if (part->now.status == ALLOCATED && !is_frozen(part) && date > work->clock && part->now.promised_at < date)
		set_promise(part, date, BASIS_SHELF);
}

/*
 * The place of a new part that comes now: where supply lies under the queue of a SKU with slots, behind those who wait with
 * its priority, even if the clock has gone back since; a slot could not tell who would stand behind. At the same time the
 * higher id is behind; a new order has none yet.
 */
TimestampTz
place_at_end(const Work *work, const Part *part, TimestampTz now)
{
	TimestampTz queued_at;
	int64		order_id;

	if (part->book->nslots == 0 || !part->book->has_queue || !find_end(work, part, &queued_at, &order_id))
		return now;
	if (part->order->order_id != PG_INT64_MAX)
		return now < queued_at ? queued_at + 1 : now;
	return Max(now, queued_at + (is_lower_id(order_id) ? 0 : 1));
}

/* Puts a new part into the queue and promises it; whoever takes supply from others leaves their dates to a re-lay. */
void
queue_part(const Work *work, Part *part)
{
	Sku		   *book = part->book;

	promise_from_supply(work, part, units_ahead(work, book, part));
	add_backordered(book, part->now.quantity);
	if (jumps_queue(book, part))
		book->relay = true;
}

/* Whether the date that a waiting part has can stay: it can be met, and is not needlessly late. */
static bool
can_stay(const Work *work, const Sku *book, const Claim *claim, TimestampTz date, PromiseBasis basis)
{
	TimestampTz present = claim->promised_at;

	if (present == NO_TIME || date == NO_TIME)
		return present == date;
	if (subtract_interval(present, &work->merchant.promise_tolerance) > date)
		return false;
	if (basis == BASIS_LEAD_TIME && claim->basis == BASIS_LEAD_TIME && !book->lead_time_moved)
		return present >= Max(work->clock, preorder_date(work, &book->item));
	return present >= date;
}

/* Lays the open supply under the queue again and plans the dates that change; the SKU's claims are in queue order. */
void
relay_queue(Work *work, Sku *book)
{
	Walk		walk = {.position = supply_gap(book)};
	ListCell   *lc;

	foreach(lc, book->claims)
	{
		Claim	   *claim = lfirst(lc);
		int64		units = units_left_waiting(claim);
		PromiseBasis basis;
		TimestampTz date;

		if (units == 0)
			continue;
		date = promise_date(work, book, walk_on(&walk, book, units), &basis);
		if (can_stay(work, book, claim, date, basis))
			continue;
		claim->re_promise = true;
		claim->promised_at = date;
		claim->basis = basis;
	}
	book->relay = false;
}
