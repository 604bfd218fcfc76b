/* What incentives look at, and what a grant is worth: the terms that checkout and slips share. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "rules/incentive_terms.h"
#include "base/clock.h"
#include "model/order.h"
#include "model/states.h"
#include "store/budgets.h"

/* Whether the first number is less than the second. */
bool
is_less(Datum a, Datum b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_lt, a, b));
}

/* Returns the first number minus the second. */
Datum
difference(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_sub, a, b);
}

/* Whether grants of this kind reduce what the customer pays. */
bool
is_money_off(const char *kind)
{
	return strcmp(kind, "percent_off") == 0 || strcmp(kind, "amount_off") == 0;
}

/* Sets *value to the price of a part; false if no price is known. */
bool
part_value(const Part *part, Datum *value)
{
	if (part->no_price)
		return false;
	*value = DirectFunctionCall2(numeric_mul, numeric_of(part->now.quantity), part->unit_price);
	return true;
}

/* Returns the price of the order's units that are not canceled or returned. */
Datum
order_value(const Order *order)
{
	Datum		sum = numeric_of(0);
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		Datum		value;

		if (part->now.status != CANCELED && part->now.status != RETURNED && part_value(part, &value))
			sum = DirectFunctionCall2(numeric_add, sum, value);
	}
	return sum;
}

/* Whether the part is backordered and no gift: incentives are granted for such parts only. */
bool
waits_for_paid_goods(const Part *part)
{
	return part->now.status == BACKORDERED && !part->gift;
}

/*
 * Returns the days by which a part's promise has moved beyond its first one; 0 if it has not, or a
 * date is unknown.
 */
int32
slipped_days(const Part *part)
{
	TimestampTz first = part->now.first_promised_at;
	TimestampTz now = part->now.promised_at;

	if (first == NO_TIME || now == NO_TIME || now <= first)
		return 0;
	return Min((now - first) / USECS_PER_DAY, PG_INT32_MAX);
}

/* Adds a WaitingPart for each part of the order that waits for paid goods. */
List *
add_waiting_parts(List *waiting, const Order *order)
{
	Datum		sum = order_value(order);
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		WaitingPart *entry;

		if (!waits_for_paid_goods(part))
			continue;
		entry = palloc0_object(WaitingPart);
		*entry = (WaitingPart) {.order_id = order->order_id, .customer_group = order->customer_group,
		.order_value = sum, .line_no = part->line_no, .sku = part->sku, .promised_at = part->now.promised_at,
		.slipped_days = slipped_days(part)};
		entry->no_value = !part_value(part, &entry->value);
		waiting = lappend(waiting, entry);
	}
	return waiting;
}

/*
 * Returns what the customer still pays for goods of this value, after the money off of these
 * grants.
 */
static Datum
value_after(Datum value, const List *grants)
{
	ListCell   *lc;

	foreach(lc, grants)
	{
		const Grant *grant = lfirst(lc);

		if (!grant->withdrawn && is_money_off(grant->kind))
			value = difference(value, grant->value);
	}
	return value;
}

/*
 * Sets *value to what a grant is worth for an order of this value that has these grants. Money off
 * is limited to what the customer still pays; false if that is nothing.
 */
bool
grant_value(const IncentiveCandidate *candidate, Datum order_value, const List *grants, Datum *value)
{
	Datum		left;

	*value = candidate->value;
	if (!is_money_off(candidate->kind))
		return true;
	left = value_after(order_value, grants);
	if (is_less(left, *value))
		*value = left;
	return is_less(numeric_of(0), *value);
}

/*
 * Whether the budget lasts for one more grant of this value, as far as it was read; take_budget()
 * knows.
 */
bool
budget_seems_to_last(const IncentiveCandidate *candidate, Datum value)
{
	return !candidate->budgeted ||
		(candidate->grants_left != 0 && (candidate->any_value || !is_less(candidate->value_left, value)));
}

/* Whether the wait of a part earns a grant: it reaches the step of a slip, or the length of a wait. */
static bool
earns(const IncentiveCandidate *candidate, int32 step, const Part *part)
{
	if (!waits_for_paid_goods(part) || !list_member_int(candidate->lines, part->line_no))
		return false;
	if (step > 0)
		return slipped_days(part) / candidate->slip_days >= step;
	return candidate->wait_until == NO_TIME || part->now.promised_at == NO_TIME ||
		part->now.promised_at >= candidate->wait_until;
}

/*
 * Stores with the grant which lines earned it. Of the parts of these lines, those count whose first promise is late
 * enough; if a date was unknown, all of them do.
 */
static void
store_earning_lines(Grant *grant, const IncentiveCandidate *candidate, const Order *order)
{
	ListCell   *lc;

	grant->wait_until = grant->step > 0 ? NO_TIME : candidate->wait_until;
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (!earns(candidate, grant->step, part))
			continue;
		grant->earning_lines = list_append_unique_int(grant->earning_lines, part->line_no);
		if (part->now.first_promised_at == NO_TIME || part->now.first_promised_at < grant->wait_until)
			grant->wait_until = NO_TIME;
	}
}

/* Returns a new grant of the incentive for the order, with the terms by which it is judged later. */
Grant *
make_grant(const IncentiveCandidate *candidate, const Order *order, int32 step, Datum value)
{
	Grant	   *grant = palloc0_object(Grant);

	*grant = (Grant) {.incentive_id = candidate->incentive_id, .step = step, .name = candidate->name,
	.kind = candidate->kind, .value = value, .budgeted = candidate->budgeted, .is_new = true,
	.spent = numeric_of(0), .untold = step > 0, .slip_days = candidate->slip_days, .on_change = candidate->on_change, .percent = candidate->percent,
	.min_order_value = candidate->min_order_value, .min_backordered_value = candidate->min_backordered_value};
	if (candidate->min_backordered_value != (Datum) 0)
		grant->waiting_lines = candidate->lines;
	store_earning_lines(grant, candidate, order);
	return grant;
}
