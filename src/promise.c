/*
 * Promise: open supply, in order of arrival, lies under the queue, in queue order. A unit is promised from the supply
 * that reaches its position, else from the lead time, else honestly from nothing. A promise is a dispatch date.
 */
#include "backorder.h"

#include "catalog/pg_type.h"
#include "statement.h"
#include "utils/builtins.h"

DIRECT_STATEMENT(read_last_waiting,
				 DIRECTLY(DIRECT_READ_LAST, "order_line_part", "order_line_part_open",
						  "sku, priority, queued_at, order_id, line_no", .status = "backordered"),
				 "SELECT w.sku, p.priority, p.queued_at, p.order_id, p.line_no FROM unnest($2) AS w(sku)"
				 " CROSS JOIN LATERAL (SELECT q.priority, q.queued_at, q.order_id, q.line_no FROM backorder.order_line_part q"
				 "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'backordered'"
				 "  ORDER BY q.priority, q.queued_at DESC, q.order_id DESC, q.line_no DESC, q.part_no DESC LIMIT 1) AS p",
				 INT4OID, TEXTARRAYOID);

STATEMENT(read_last_equal,
		  "SELECT queued_at, order_id FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku = $2 AND status = 'backordered' AND priority = $3"
		  " ORDER BY queued_at DESC, order_id DESC LIMIT 1",
		  INT4OID, TEXTOID, INT4OID);

STATEMENT(sum_ahead,
		  "SELECT coalesce(sum(quantity), 0)::bigint FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku = $2 AND status = 'backordered'"
		  " AND (priority > $3 OR (priority = $3 AND (queued_at, order_id, line_no) <= ($4, $5, $6)))",
		  INT4OID, TEXTOID, INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID);

/* A walk along the open supply of a SKU, position by position. */
typedef struct Walk
{
	int64		position;		/* units of the queue passed so far, and the gap before it */
	int64		reached;		/* units of supply passed so far */
	int			next;			/* the next supply */
} Walk;

/* The time an interval later, by the calendar of the session's time zone. */
static TimestampTz
add_interval(TimestampTz time, const Interval *interval)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(time),
												   PointerGetDatum(interval)));
}

/* The time an interval earlier, by the calendar of the session's time zone. */
static TimestampTz
subtract_interval(TimestampTz time, const Interval *interval)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(time),
												   PointerGetDatum(interval)));
}

/* The date before which an order for the item placed now may not ship, or NO_TIME. */
TimestampTz
preorder_date(const Work *work, const CatalogItem *item)
{
	if (item->policy != PREORDER || item->available_from <= work->clock)
		return NO_TIME;
	return item->available_from;
}

/* When goods that arrive at a time are dispatched. */
static TimestampTz
dispatch_date(const Work *work, const CatalogItem *item, TimestampTz arrival)
{
	TimestampTz date = add_interval(Max(arrival, work->clock), &work->merchant.handling_time);

	return Max(date, preorder_date(work, item));
}

/* Moves on to the supply that reaches the next units of the queue; NULL if none does. */
static const Supply *
walk_on(Walk *walk, const Sku *book, int64 units)
{
	walk->position = add_units(walk->position, units);
	while (walk->reached < walk->position && walk->next < book->nsupplies)
		walk->reached = add_units(walk->reached, book->supplies[walk->next++].open);
	return walk->reached < walk->position ? NULL : &book->supplies[walk->next - 1];
}

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

/* Gives a part this date; the first one that it is given is remembered beside it. */
static void
set_promise(Part *part, TimestampTz date, PromiseBasis basis)
{
	part->now.promised_at = date;
	part->now.basis = basis;
	if (part->now.first_promised_at == NO_TIME)
		part->now.first_promised_at = date;
}

/* Promises a part that is covered: dispatch after the handling time. A date that the customer has already stays. */
void
promise_from_shelf(const Work *work, Part *part)
{
	TimestampTz date = part->now.promised_at;

	if (date == NO_TIME)
	{
		date = add_interval(work->clock, &work->merchant.handling_time);
		date = Max(date, part_not_before(work, part));
	}
	set_promise(part, date, BASIS_SHELF);
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

/* Gives a waiting part the date that the re-lay found. */
void
renew_promise(Part *part, TimestampTz date, PromiseBasis basis)
{
	set_promise(part, date, basis);
}

/* Units that may join the queue, in whatever order, until the next one gets another date: those that the same supply reaches. */
int64
units_with_next_date(const Sku *book)
{
	Walk		walk = {.position = add_units(supply_gap(book), book->backordered)};

	return walk_on(&walk, book, 1) == NULL ? MAX_QUANTITY : walk.reached - walk.position + 1;
}

/* Whether nobody waits for the SKU with less than the usual priority: who comes with that stands behind all others. */
bool
ends_with_usual_priority(const Work *work, const Sku *book)
{
	Datum		values[] = {Int32GetDatum(work->merchant_id), text_array(&book->sku, 1)};
	uint64		rows = run(&read_last_waiting, false, values, NULL);
	bool		usual = rows == 0 || int32_at(0, 2) >= USUAL_PRIORITY;

	if (rows > 0)
		done_reading();
	return usual;
}

/* Whether the place of a new part of the SKU in the queue matters: there is supply that lies under it. */
static bool
may_queue_behind(const Sku *book)
{
	return book->nsupplies > 0 && book->backordered > 0;
}

/* Reads where the queues of these SKUs end, so that jumps_queue() can tell. */
void
load_queue_ends(Work *work)
{
	uint64		rows = run_for_skus(work, &read_last_waiting, may_queue_behind);

	for (uint64 i = 0; i < rows; i++)
	{
		Sku		   *book = find_sku(work, text_at(i, 1));

		book->last_priority = int32_at(i, 2);
		book->last_queued_at = time_at(i, 3);
		book->last_order_id = int64_at(i, 4);
		book->last_line_no = int32_at(i, 5);
		book->has_queue = true;
	}
	if (rows > 0)
		done_reading();
}

/* Finds the end of those who wait with the part's priority; false if nobody does. */
static bool
find_end(const Work *work, const Part *part, TimestampTz *queued_at, int64 *order_id)
{
	const Sku  *book = part->book;
	Datum		values[] = {Int32GetDatum(work->merchant_id), CStringGetTextDatum(book->sku), Int32GetDatum(part->priority)};
	bool		found;

	*queued_at = book->last_queued_at;
	*order_id = book->last_order_id;
	if (book->last_priority >= part->priority)
		return book->last_priority == part->priority;
	found = run(&read_last_equal, work->read_only, values, NULL) > 0;
	if (found)
	{
		*queued_at = time_at(0, 1);
		*order_id = int64_at(0, 2);
	}
	done_reading();
	return found;
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

/* Whether a new part would stand before somebody for whom supply may be on its way; its number is higher than any of its line. */
static bool
jumps_queue(const Sku *book, const Part *part)
{
	if (!book->has_queue || part->priority != book->last_priority)
		return book->has_queue && part->priority > book->last_priority;
	if (part->queued_at != book->last_queued_at)
		return part->queued_at < book->last_queued_at;
	if (part->order->order_id != book->last_order_id)
		return part->order->order_id < book->last_order_id;
	return part->line_no < book->last_line_no;
}

/* Units that wait before a new part, those that this call queued included; all that wait where nothing is on its way. */
static int64
units_ahead(const Work *work, const Sku *book, const Part *part)
{
	Datum		values[] = {
		Int32GetDatum(work->merchant_id), CStringGetTextDatum(book->sku), Int32GetDatum(part->priority),
		TimestampTzGetDatum(part->queued_at), Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no)
	};
	int64		sum;

	if (!jumps_queue(book, part))
		return book->backordered;
	run(&sum_ahead, work->read_only, values, NULL);
	sum = add_units(int64_at(0, 1), book->backordered - book->backordered_before);
	done_reading();
	return sum;
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
