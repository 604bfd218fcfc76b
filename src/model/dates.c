/* Dispatch dates, and the promises that parts have. */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "model/dates.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "model/stock_policy.h"

/* Returns the time by the clocks of the merchant's time zone. */
static Datum
local_time(const Call *call, TimestampTz time)
{
	if (call->merchant.time_zone == (Datum) 0)
		return TimestampGetDatum(time);
	return DirectFunctionCall2(timestamptz_zone, call->merchant.time_zone, TimestampTzGetDatum(time));
}

/* Returns the time at which the clocks of the merchant's time zone show this. */
static TimestampTz
absolute_time(const Call *call, Datum local)
{
	if (call->merchant.time_zone == (Datum) 0)
		return DatumGetTimestamp(local);
	return DatumGetTimestampTz(DirectFunctionCall2(timestamp_zone, call->merchant.time_zone, local));
}

/*
 * Returns the time that is later by an interval. Its months and days are added in the merchant's time
 * zone, where a day may have 23 or 25 hours, then its hours.
 */
TimestampTz
add_interval(const Call *call, TimestampTz time, const Interval *interval)
{
	Interval	days = {.month = interval->month, .day = interval->day};
	Interval	hours = {.time = interval->time};
	Datum		local;

	if (days.month != 0 || days.day != 0)
	{
		local = DirectFunctionCall2(timestamp_pl_interval, local_time(call, time), IntervalPGetDatum(&days));
		time = absolute_time(call, local);
	}
	/* the sum of a time and hours is the same in every zone */
	return DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(time),
												 IntervalPGetDatum(&hours)));
}

/* Returns the time that is earlier by an interval, in the merchant's time zone. */
TimestampTz
subtract_interval(const Call *call, TimestampTz time, const Interval *interval)
{
	Interval	less = {.month = -interval->month, .day = -interval->day, .time = -interval->time};

	return add_interval(call, time, &less);
}

/* Returns the beginning of the day of a time, in the merchant's time zone. */
static Datum
local_day(const Call *call, TimestampTz time)
{
	return DirectFunctionCall2(timestamp_trunc, CStringGetTextDatum("day"), local_time(call, time));
}

/* Whether two times lie on one day in the merchant's time zone. */
bool
is_same_day(const Call *call, TimestampTz a, TimestampTz b)
{
	return DatumGetTimestamp(local_day(call, a)) == DatumGetTimestamp(local_day(call, b));
}

/*
 * Returns the number of days from the clock until a time, a day that has begun included: the
 * smallest number of days after which the clock has reached it.
 */
int32
days_until(const Call *call, TimestampTz time)
{
	int32		days;

	if (time <= call->clock)
		return 0;
	days = (time - call->clock) / USECS_PER_DAY;
	if (days > 0 && add_interval(call, call->clock, &(Interval) {.day = days}) >= time)
		days--;
	while (add_interval(call, call->clock, &(Interval) {.day = days}) < time)
		days++;
	return days;
}

/* Returns when a supply that should come at this time is overdue: when its day and the merchant's grace are over. */
TimestampTz
overdue_from(const Call *call, TimestampTz expected_at)
{
	static const Interval one_day = {.day = 1};
	TimestampTz end = add_interval(call, absolute_time(call, local_day(call, expected_at)), &one_day);

	return add_interval(call, end, &call->merchant.overdue_grace);
}

/* Whether a supply that should come at this time is overdue. */
static bool
is_overdue(const Call *call, TimestampTz expected_at)
{
	return expected_at <= call->clock && overdue_from(call, expected_at) <= call->clock;
}

/*
 * Returns when a supply is believed to come. An overdue supply comes later by as many delays of the
 * merchant as are needed for it not to be overdue; NO_TIME if the merchant has set none.
 */
TimestampTz
believed_arrival(const Call *call, TimestampTz expected_at)
{
	const Interval *delay = call->merchant.overdue_delay;
	TimestampTz arrival = expected_at;
	double		step;

	if (!is_overdue(call, expected_at))
		return expected_at;
	if (delay == NULL)
		return NO_TIME;
	step = delay->time + (double) USECS_PER_DAY * (delay->day + (double) DAYS_PER_MONTH * delay->month);
	for (double n = Max(floor((call->clock - expected_at) / step) - 3, 1); is_overdue(call, arrival); n++)
		arrival = add_interval(call, expected_at,
							   DatumGetIntervalP(DirectFunctionCall2(interval_mul, IntervalPGetDatum(delay),
																	 Float8GetDatum(n))));
	return arrival;
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
TimestampTz
dispatch_after(const Call *call, TimestampTz from)
{
	return add_interval(call, Max(from, call->clock), &call->merchant.handling_time);
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
