/*
 * What the grants of an order are worth as the order stands now.
 *
 * One rule, by level: it looks at the parts of the order and at the terms of each grant, and not at what has happened. Judging
 * twice therefore changes nothing. A grant is earned while units are left whose wait earned it, and while the order and these
 * units are worth what the terms ask for. Money off is never more than its share of what is left, nor than what the customer
 * still pays. What is spent cannot be taken back: the grant keeps that much, and is marked as forfeited. A grant never grows
 * again, and one that is withdrawn or forfeited stays so.
 *
 * Values count what is left, so units that were returned do not count. A wait counts even if its units came back.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "rules/grant_judgment.h"
#include "base/clock.h"
#include "model/order.h"
#include "model/states.h"
#include "store/budgets.h"
#include "store/pending_notifications.h"
#include "rules/incentive_terms.h"

/* Whether the part is of paid goods, and was not canceled. */
static bool
is_kept(const Part *part)
{
	return !part->gift && part->now.status != CANCELED;
}

/* Whether the units of the part wait, or have waited. */
static bool
has_waited(const Part *part)
{
	return part->short_at_order || part->deallocated || part->now.status == BACKORDERED;
}

/* Whether the part has left and is with the customer. */
static bool
is_shipped(const Part *part)
{
	return part->now.status == SHIPPED;
}

/* Whether the part has left, even if it came back. */
static bool
has_left(const Part *part)
{
	return part->now.status == SHIPPED || part->now.status == RETURNED;
}

/* Whether the part of a gift is still to come, or with the customer. */
static bool
is_given(const Part *part)
{
	return part->now.status != CANCELED && part->now.status != RETURNED;
}

/* Whether a part of the line, or of any line (0), is so. */
static bool
any_part(const Order *order, int32 line_no, bool (*is_so) (const Part *))
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if ((line_no == 0 || part->line_no == line_no) && is_so(part))
			return true;
	}
	return false;
}

/* Whether the line is among these; no list means every line. */
static bool
is_among(const List *lines, int32 line_no)
{
	return lines == NIL || list_member_int(lines, line_no);
}

/* Whether units are left whose wait earned the grant. */
static bool
is_wait_left(const Order *order, const Grant *grant)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		TimestampTz first = part->now.first_promised_at;

		if (is_kept(part) && has_waited(part) && is_among(grant->earning_lines, part->line_no) &&
			(grant->wait_until == NO_TIME || first == NO_TIME || first >= grant->wait_until))
			return true;
	}
	return false;
}

/* Returns the value of the units that waited and are left. */
static Datum
value_of_waits(const Order *order, const Grant *grant)
{
	Datum		sum = numeric_of(0);
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		Datum		value;

		if (is_kept(part) && part->now.status != RETURNED && has_waited(part) &&
			is_among(grant->waiting_lines, part->line_no) && part_value(part, &value))
			sum = DirectFunctionCall2(numeric_add, sum, value);
	}
	return sum;
}

/* Whether the order still earns the grant. */
static bool
is_earned(const Order *order, const Grant *grant)
{
	if (grant->forfeited)
		return false;
	if (grant->on_change == GRANT_KEPT)
		return any_part(order, 0, is_kept);
	if (!is_wait_left(order, grant))
		return false;
	if (grant->min_order_value != (Datum) 0 && is_less(order_value(order), grant->min_order_value))
		return false;
	return grant->min_backordered_value == (Datum) 0 ||
		!is_less(value_of_waits(order, grant), grant->min_backordered_value);
}

/* Returns the share that the grant has in an order of this value, if it is a percentage; else its value. */
static Datum
share_of_order(const Grant *grant, Datum order_value)
{
	Datum		share;

	if (grant->percent == (Datum) 0 || grant->on_change == GRANT_KEPT)
		return grant->value;
	share = DirectFunctionCall2(numeric_mul, order_value, grant->percent);
	share = DirectFunctionCall2(numeric_div, share, numeric_of(100));
	share = DirectFunctionCall2(numeric_round, share, Int32GetDatum(2));
	return is_less(share, grant->value) ? share : grant->value;
}

/* Gives the grant another value, and remembers the first one. */
static void
set_value(Grant *grant, Datum value)
{
	if (!is_less(value, grant->value))
		return;
	if (grant->lowered_from == (Datum) 0)
		grant->lowered_from = grant->value;
	grant->value = value;
	grant->changed = true;
}

/* Withdraws the grant, which keeps the value that it had. Nothing of it is spent, or it came back. */
static void
withdraw(Grant *grant)
{
	grant->withdrawn = grant->changed = true;
	grant->forfeited = false;
	grant->spent = numeric_of(0);
}

/* Marks a grant that the order has lost, but that cannot be taken back. */
static void
forfeit(Grant *grant)
{
	grant->changed |= !grant->forfeited;
	grant->forfeited = true;
}

/* Judges money off; *left is what the customer pays before it, and then after it. */
static void
judge_money(const Order *order, Grant *grant, Datum order_value, Datum *left)
{
	Datum		due = share_of_order(grant, order_value);

	if (is_less(*left, due))
		due = *left;
	if (!is_earned(order, grant) || (grant->on_change == GRANT_WITHDRAWN && is_less(due, grant->value)))
		due = numeric_of(0);
	if (!is_less(numeric_of(0), due) && !is_less(numeric_of(0), grant->spent))
	{
		withdraw(grant);
		return;
	}
	if (is_less(due, grant->spent))
	{
		forfeit(grant);
		due = grant->spent;
	}
	set_value(grant, due);
	*left = difference(*left, due);
	if (is_less(*left, numeric_of(0)))
		*left = numeric_of(0);
}

/* Notes that a grant is spent. */
static void
spend(Grant *grant)
{
	grant->changed |= is_less(grant->spent, grant->value);
	grant->spent = grant->value;
}

/* Judges a gift, which is spent when it has shipped. A gift that the customer does not want, or returns, is none. */
static void
judge_gift(const Order *order, Grant *grant)
{
	bool		earned = is_earned(order, grant);

	if (!any_part(order, grant->line_no, is_given))
	{
		withdraw(grant);
		return;
	}
	if (any_part(order, grant->line_no, is_shipped))
		spend(grant);
	if (!earned)
		forfeit(grant);
}

/* Judges free shipping, which is spent when something has shipped. */
static void
judge_free_shipping(const Order *order, Grant *grant)
{
	bool		spent = any_part(order, 0, has_left) || is_less(numeric_of(0), grant->spent);

	if (spent && any_part(order, 0, has_left))
		spend(grant);
	if (is_earned(order, grant))
		return;
	if (!spent)
	{
		withdraw(grant);
		return;
	}
	forfeit(grant);
	set_value(grant, grant->spent);
}

/*
 * Lowers and withdraws the grants that the order has and does not earn, as its terms say. Grants of this call are left as
 * they are.
 */
void
judge_grants(Order *order)
{
	Datum		value;
	Datum		left;
	ListCell   *lc;

	if (order->grants == NIL)
		return;
	left = value = order_value(order);
	foreach(lc, order->grants)
	{
		Grant	   *grant = lfirst(lc);

		if (grant->withdrawn || grant->is_new)
			continue;
		if (is_money_off(grant->kind))
			judge_money(order, grant, value, &left);
		else if (grant->line_no != 0)
			judge_gift(order, grant);
		else
			judge_free_shipping(order, grant);
	}
}

/* Whether a promise of the lines that earned the grant is still as late as its step. */
static bool
is_slip_left(const Order *order, const Grant *grant)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (is_kept(part) && is_among(grant->earning_lines, part->line_no) &&
			slipped_days(part) / grant->slip_days >= grant->step)
			return true;
	}
	return false;
}

/* Whether a pending notification still tells of something that was granted or taken. */
static bool
is_grant_news(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		const Grant *grant = lfirst(lc);

		if (grant->untold || grant->withdrawn || grant->lowered_from != (Datum) 0)
			return true;
	}
	return false;
}

/*
 * Takes back what was granted for a slip of which nobody was told, and which was put right: nobody has waited. The grants
 * are as if they had never been, so that a later slip earns them.
 */
void
forget_untold_slips(Order *order)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		Grant	   *grant = lfirst(lc);

		if (!grant->untold || grant->is_new || grant->withdrawn || grant->slip_days == 0 ||
			is_less(numeric_of(0), grant->spent) || is_slip_left(order, grant))
			continue;
		order->grants = foreach_delete_current(order->grants, lc);
		grant->forgotten = true;
		order->forgotten = lappend(order->forgotten, grant);
	}
	if (order->forgotten == NIL || is_grant_news(order))
		return;
	foreach(lc, order->pending)
	{
		PendingNotification *pending = lfirst(lc);

		pending->changes_grants &= !pending->tells_of_slips;
	}
}

/* Returns the lines of the gifts that the order has and does not earn, a list of int. */
List *
unearned_gifts(const Order *order)
{
	List	   *lines = NIL;
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		const Grant *grant = lfirst(lc);

		if (!grant->withdrawn && grant->line_no != 0 && !is_earned(order, grant))
			lines = lappend_int(lines, grant->line_no);
	}
	return lines;
}

/* Whether this call lowered or withdrew a grant of the order. */
bool
has_lost_grant(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		const Grant *grant = lfirst(lc);

		if (grant->changed && (grant->withdrawn || is_less(grant->value, grant->was_value)))
			return true;
	}
	return false;
}
