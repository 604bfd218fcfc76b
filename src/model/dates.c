/* Dispatch dates, and promises that rest on them. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "model/dates.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"

/* The time an interval later, by the calendar of the session's time zone. */
TimestampTz
add_interval(TimestampTz time, const Interval *interval)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(time),
												   PointerGetDatum(interval)));
}

/* The time an interval earlier, by the calendar of the session's time zone. */
TimestampTz
subtract_interval(TimestampTz time, const Interval *interval)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(time),
												   PointerGetDatum(interval)));
}

/* The date before which an order for the item placed now may not ship, or NO_TIME. */
TimestampTz
preorder_date(const Call *call, const CatalogItem *item)
{
	if (item->policy != PREORDER || item->available_from <= call->clock)
		return NO_TIME;
	return item->available_from;
}

/* When goods that arrive at a time are dispatched. */
TimestampTz
dispatch_date(const Call *call, const CatalogItem *item, TimestampTz arrival)
{
	TimestampTz date = add_interval(Max(arrival, call->clock), &call->merchant.handling_time);

	return Max(date, preorder_date(call, item));
}

/* Gives a part this date; the first one that it is given is remembered beside it. */
void
set_promise(Part *part, TimestampTz date, PromiseBasis basis)
{
	part->now.promised_at = date;
	part->now.basis = basis;
	if (part->now.first_promised_at == NO_TIME)
		part->now.first_promised_at = date;
}

/* Promises a part that is covered: dispatch after the handling time. A date that the customer has already stays. */
void
promise_from_shelf(const Call *call, Part *part)
{
	TimestampTz date = part->now.promised_at;

	if (date == NO_TIME)
	{
		date = add_interval(call->clock, &call->merchant.handling_time);
		date = Max(date, part_not_before(call, part));
	}
	set_promise(part, date, BASIS_SHELF);
}

/* Gives a waiting part the date that the re-lay found. */
void
change_promise(Part *part, TimestampTz date, PromiseBasis basis)
{
	set_promise(part, date, basis);
}
