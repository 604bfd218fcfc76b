/*
 * What orders are granted, and lose, after checkout.
 *
 * A promise that moves later by so many days beyond the first one reaches a step of an incentive,
 * and the order is granted that step. A grant is withdrawn when units are canceled, nothing that
 * waited is left, and nothing has shipped yet; a gift is withdrawn with its line.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/grant_changes.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"
#include "store/budgets.h"
#include "store/grants.h"
#include "store/incentive_rows.h"
#include "rules/incentive_terms.h"

/* What a call changes in the grants of the orders that it has locked. */
typedef struct GrantChanges
{
	Call	   *call;
	List	   *withdrawn;		/* of Grant */
	List	   *candidates;		/* of IncentiveCandidate, by order */
	List	   *grants;			/* of Grant: the new ones */
	List	   *orders;			/* of Order, in the order of grants */
} GrantChanges;

/* Whether any part of the order has left. */
static bool
has_left(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->now.status == SHIPPED || part->now.status == RETURNED)
			return true;
	}
	return false;
}

/*
 * Whether the order keeps paid units that were short when ordered, waited until this call, or wait
 * now.
 */
static bool
has_waited(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (!part->gift && part->now.status != CANCELED &&
			(part->short_at_order || part->now.status == BACKORDERED || part->was.status == BACKORDERED))
			return true;
	}
	return false;
}

/* Whether all units of a line are canceled. */
static bool
is_line_canceled(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->line_no == line_no && part->now.status != CANCELED)
			return false;
	}
	return true;
}

/* Whether the order, as it is now, does not qualify for its gifts any more. */
bool
loses_gifts(const Order *order)
{
	return !has_left(order) && !has_waited(order);
}

/* Whether a grant of an order of which units were canceled is to be withdrawn. */
static bool
is_forfeited(const Order *order, const Grant *grant)
{
	if (grant->line_no != 0)
		return is_line_canceled(order, grant->line_no);
	return loses_gifts(order);
}

/* Withdraws the grants for which the order does not qualify any more. */
static void
withdraw_grants(GrantChanges *changes, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		Grant	   *grant = lfirst(lc);

		if (grant->withdrawn || !is_forfeited(order, grant))
			continue;
		grant->withdrawn = grant->changed = true;
		changes->withdrawn = lappend(changes->withdrawn, grant);
	}
}

/*
 * Whether this call moved a promise of an open order later, to a day or more after the first one.
 */
static bool
has_slipped(const Order *order)
{
	ListCell   *lc;

	if (order->status != ORDER_OPEN || order->was_status != ORDER_OPEN || order->is_new)
		return false;
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (waits_for_paid_goods(part) && !part->fresh && part->now.promised_at > part->was.promised_at &&
			slipped_days(part) > 0)
			return true;
	}
	return false;
}

/* Finds the incentives for orders of which this call moved a promise later. */
static void
find_candidates_for_slips(GrantChanges *changes)
{
	Call	   *call = changes->call;
	List	   *waiting = NIL;

	if (!call->merchant.has_incentives)
		return;
	for (int i = 0; i < call->norders; i++)
		if (has_slipped(call->orders[i]))
			waiting = add_waiting_parts(waiting, call->orders[i]);
	changes->candidates = find_candidates_after_slip(call, waiting);
}

/* Whether a step of an incentive is among the grants. */
static bool
has_step(const List *grants, int64 incentive_id, int32 step)
{
	ListCell   *lc;

	foreach(lc, grants)
	{
		const Grant *grant = lfirst(lc);

		if (grant->incentive_id == incentive_id && grant->step == step)
			return true;
	}
	return false;
}

/* Whether an incentive is a candidate of the order and combines. */
static bool
combines_for(const GrantChanges *changes, int64 order_id, int64 incentive_id)
{
	ListCell   *lc;

	foreach(lc, changes->candidates)
	{
		const IncentiveCandidate *candidate = lfirst(lc);

		if (candidate->order_id == order_id && candidate->incentive_id == incentive_id)
			return candidate->combines;
	}
	return false;
}

/* Whether an order with these grants may have steps of the incentive beside the steps of others. */
static bool
may_take_steps(const GrantChanges *changes, const IncentiveCandidate *candidate, const List *grants)
{
	ListCell   *lc;

	foreach(lc, grants)
	{
		const Grant *grant = lfirst(lc);

		if (grant->step > 0 && grant->incentive_id != candidate->incentive_id &&
			!(candidate->combines && combines_for(changes, candidate->order_id, grant->incentive_id)))
			return false;
	}
	return true;
}

/*
 * Grants the order the steps that its promise has reached, as far as it lacks them; adds them to
 * *grants.
 */
static void
grant_steps(Budget *budget, GrantChanges *changes, const IncentiveCandidate *candidate, Order *order, List **grants)
{
	Datum		sum = order_value(order);

	for (int32 step = 1; step <= candidate->steps; step++)
	{
		Datum		value;
		Grant	   *grant;

		if (has_step(*grants, candidate->incentive_id, step) || !grant_value(candidate, sum, *grants, &value) ||
			!budget_seems_to_last(candidate, value) ||
			(candidate->budgeted && !take_budget(budget, candidate->incentive_id, value)))
			continue;
		grant = make_grant(candidate, step, value);
		*grants = lappend(*grants, grant);
		changes->grants = lappend(changes->grants, grant);
		changes->orders = lappend(changes->orders, order);
	}
}

/* Returns withdrawn grants to their budgets, then grants the steps that promises have reached. */
static void
change_grants(Budget *budget, void *target)
{
	GrantChanges *changes = target;
	Order	   *order = NULL;
	List	   *grants = NIL;
	ListCell   *lc;

	changes->grants = changes->orders = NIL;
	foreach(lc, changes->withdrawn)
	{
		const Grant *grant = lfirst(lc);

		if (grant->budgeted && !budget->must_run_again)
			return_budget(budget, grant->incentive_id, grant->value);
	}
	foreach(lc, changes->candidates)
	{
		const IncentiveCandidate *candidate = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if (budget->must_run_again)
			return;
		if (order == NULL || order->order_id != candidate->order_id)
		{
			order = find_order(changes->call, candidate->order_id);
			grants = list_copy(order->grants);
		}
		if (may_take_steps(changes, candidate, grants))
			grant_steps(budget, changes, candidate, order, &grants);
	}
}

/*
 * Withdraws and grants what the orders of this call lose and gain, and writes it. Comes after all
 * other decisions, since budgets are locked last, and before the customer is notified.
 */
void
adjust_grants(Call *call)
{
	GrantChanges changes = {.call = call};
	Budget		budget = {.merchant_id = call->merchant_id};

	for (int i = 0; i < call->norders; i++)
		if (call->orders[i]->canceled != NIL)
			withdraw_grants(&changes, call->orders[i]);
	find_candidates_for_slips(&changes);
	if (changes.withdrawn != NIL || changes.candidates != NIL)
		run_with_budget(&budget, change_grants, &changes);
	for (int i = 0; i < list_length(changes.grants); i++)
	{
		Order	   *order = list_nth(changes.orders, i);

		order->grants = lappend(order->grants, list_nth(changes.grants, i));
	}
	write_grants(call);
}
