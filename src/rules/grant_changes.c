/*
 * What orders are granted, and lose, after checkout.
 *
 * A promise that moves later by so many days beyond the first one reaches a step of an incentive,
 * and the order is granted that step. What an order loses is decided in grant_judgment.c, for every
 * order of every call.
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
	List	   *lost;			/* of Grant: budgeted, and lowered or withdrawn */
	List	   *candidates;		/* of IncentiveCandidate, by order */
	List	   *grants;			/* of Grant: the new ones */
	List	   *orders;			/* of Order, in the order of grants */
} GrantChanges;

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
		grant = make_grant(candidate, order, step, value);
		*grants = lappend(*grants, grant);
		changes->grants = lappend(changes->grants, grant);
		changes->orders = lappend(changes->orders, order);
	}
}

/* Returns to its budget what the order has lost of a grant. */
static void
return_lost(Budget *budget, const Grant *grant)
{
	if (grant->withdrawn || grant->forgotten)
		return_budget(budget, grant->incentive_id, 1, grant->was_value);
	else
		return_budget(budget, grant->incentive_id, 0, difference(grant->was_value, grant->value));
}

/* Returns to their budgets what orders have lost, then grants the steps that promises have reached. */
static void
change_grants(Budget *budget, void *target)
{
	GrantChanges *changes = target;
	Order	   *order = NULL;
	List	   *grants = NIL;
	ListCell   *lc;

	changes->grants = changes->orders = NIL;
	foreach(lc, changes->lost)
		if (!budget->must_run_again)
			return_lost(budget, lfirst(lc));
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

/* Adds the grants of the order that went back to their budgets, whole or in part. */
static void
add_lost(GrantChanges *changes, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->forgotten)
		if (((Grant *) lfirst(lc))->budgeted)
			changes->lost = lappend(changes->lost, lfirst(lc));

	foreach(lc, order->grants)
	{
		Grant	   *grant = lfirst(lc);

		if (grant->budgeted && grant->changed &&
			(grant->withdrawn || is_less(grant->value, grant->was_value)))
			changes->lost = lappend(changes->lost, grant);
	}
}

/*
 * Grants what the orders of this call gain, and writes that and what they lose. Comes after all
 * other decisions, since budgets are locked last, and before the customer is notified.
 */
void
adjust_grants(Call *call)
{
	GrantChanges changes = {.call = call};
	Budget		budget = {.merchant_id = call->merchant_id};

	for (int i = 0; i < call->norders; i++)
		add_lost(&changes, call->orders[i]);
	find_candidates_for_slips(&changes);
	if (changes.lost != NIL || changes.candidates != NIL)
		run_with_budget(&budget, change_grants, &changes);
	for (int i = 0; i < list_length(changes.grants); i++)
	{
		Order	   *order = list_nth(changes.orders, i);

		order->grants = lappend(order->grants, list_nth(changes.grants, i));
	}
	write_grants(call);
}
