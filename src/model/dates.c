/* Dispatch dates, and the promises that parts have. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "model/dates.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "model/stock_policy.h"

/* Returns the time that is later by an interval, by the calendar of the session's time zone. */
TimestampTz
add_interval(TimestampTz time, const Interval *interval)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(time),
												   PointerGetDatum(interval)));
}

/* Returns the time that is earlier by an interval, by the calendar of the session's time zone. */
TimestampTz
subtract_interval(TimestampTz time, const Interval *interval)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(time),
												   PointerGetDatum(interval)));
}

/*
 * Returns the date before which an order of the item may not ship; NO_TIME if there is none, or it
 * has passed.
 */
TimestampTz
preorder_date(const Call *call, const CatalogItem *item)
{
	TimestampTz date = policy_date(item);

	return date > call->clock ? date : NO_TIME;
}

/*
 * Returns when goods are dispatched that are at the location from this time on; nothing else adds
 * the handling time.
 */
static TimestampTz
dispatch_after(const Call *call, TimestampTz from)
{
	return add_interval(Max(from, call->clock), &call->merchant.handling_time);
}

/* Returns when goods of the item that arrive at this time are dispatched. */
TimestampTz
dispatch_date(const Call *call, const CatalogItem *item, TimestampTz arrival)
{
	return Max(dispatch_after(call, arrival), preorder_date(call, item));
}

/* Gives a part this promise; the first date that it gets is kept beside the present one. */
void
set_promise(Part *part, TimestampTz date, PromiseBasis basis)
{
	part->now.promised_at = date;
	part->now.basis = basis;
	if (part->now.first_promised_at == NO_TIME)
		part->now.first_promised_at = date;
}

/* Promises an allocated part; a date that the customer was given before stays. */
void
promise_from_shelf(const Call *call, Part *part)
{
	TimestampTz date = part->now.promised_at;

	if (date == NO_TIME)
		date = Max(dispatch_after(call, call->clock), part_not_before(call, part));
	set_promise(part, date, BASIS_SHELF);
}
