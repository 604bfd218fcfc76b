/*
 * Incentives: what an order is granted at checkout because some of it waits.
 *
 * The candidates are the active incentives whose conditions hold for the backordered parts, best
 * first. The best one is granted whose gift is available and whose budget lasts; others join it if
 * all of them combine. A preview chooses in the same way, and takes nothing from a budget. What
 * later calls grant and withdraw is in grant_changes.c.
 */
#include "postgres.h"

#include "rules/incentives.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "store/budgets.h"
#include "store/incentive_rows.h"
#include "rules/incentive_terms.h"
#include "rules/sourcing.h"

/* What an order gets at checkout. */
typedef struct Choice
{
	Call	   *call;
	Order	   *order;
	Datum		order_value;
	List	   *candidates;		/* of IncentiveCandidate, best first */
	List	   *grants;			/* of Grant */
	List	   *chosen;			/* of IncentiveCandidate, in the order of grants */
} Choice;

/* Whether some of the order waits for paid goods. */
static bool
is_short(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
		if (waits_for_paid_goods(lfirst(lc)))
			return true;
	return false;
}

/* Returns the units of a gift that the chosen candidates take. */
static int64
chosen_units(const Choice *choice, const char *sku)
{
	int64		units = 0;
	ListCell   *lc;

	foreach(lc, choice->chosen)
	{
		const IncentiveCandidate *chosen = lfirst(lc);

		if (chosen->gift_sku != NULL && strcmp(chosen->gift_sku, sku) == 0)
			units = add_units(units, chosen->gift_quantity);
	}
	return units;
}

/* Whether the candidate is no gift, or one that can be given now: in stock, and sold already. */
static bool
gift_is_available(const Choice *choice, const IncentiveCandidate *candidate)
{
	const Inventory *inv;

	if (candidate->gift_sku == NULL)
		return true;
	inv = find_inventory(choice->call, candidate->gift_sku);
	if (inv == NULL || !inv->item.known || preorder_date(choice->call, &inv->item) != NO_TIME)
		return false;
	return !inv->item.tracked ||
		available_to_promise(inv) - chosen_units(choice, candidate->gift_sku) >= candidate->gift_quantity;
}

/* Whether the candidate may be granted beside the chosen ones. */
static bool
combines_with_chosen(const Choice *choice, const IncentiveCandidate *candidate)
{
	return choice->chosen == NIL ||
		(candidate->combines && ((IncentiveCandidate *) linitial(choice->chosen))->combines);
}

/*
 * Chooses from the candidates, best first; budget is NULL where nothing is to be taken from
 * budgets.
 */
static void
choose_grants(Budget *budget, void *target)
{
	Choice	   *choice = target;
	ListCell   *lc;

	choice->grants = choice->chosen = NIL;
	foreach(lc, choice->candidates)
	{
		IncentiveCandidate *candidate = lfirst(lc);
		Datum		value;

		if (!combines_with_chosen(choice, candidate) || !gift_is_available(choice, candidate) ||
			!grant_value(candidate, choice->order_value, choice->grants, &value) ||
			!budget_seems_to_last(candidate, value))
			continue;
		if (budget != NULL && candidate->budgeted && !take_budget(budget, candidate->incentive_id, value))
		{
			if (budget->must_run_again)
				return;
			continue;
		}
		choice->chosen = lappend(choice->chosen, candidate);
		choice->grants = lappend(choice->grants, make_grant(candidate, choice->order, 0, value));
	}
}

/*
 * Adds a part to a gift's line, allocated at a location; group_shipments() decides when it ships.
 */
static void
add_gift_part(Order *order, Inventory *inv, int32 line_no, int32 location, int64 units)
{
	Part	   *part = add_part(order, line_no, inv);

	part->gift = true;
	part->queued_at = order->queued_at;
	part->unit_price = numeric_of(0);
	part->now.status = ALLOCATED;
	part->now.location = location;
	part->now.quantity = units;
}

/*
 * Adds the gift to the order as a line, from a location from which the order ships, or else as
 * source_lines() decides.
 */
static void
add_gift_line(Call *call, Order *order, const IncentiveCandidate *candidate, int32 line_no)
{
	Inventory  *inv = find_inventory(call, candidate->gift_sku);
	int64		units = candidate->gift_quantity;
	int32		location = choose_gift_location(order, inv, units);
	Demand		demand = {.inv = inv, .units = units};
	ListCell   *lc;

	order->units = add_units(order->units, units);
	check_quantity(order->units, "the order's total");
	if (!inv->item.tracked || location != NO_LOCATION)
	{
		if (inv->item.tracked)
			add_allocated(inv, stock_at(inv, location), units);
		add_gift_part(order, inv, line_no, inv->item.tracked ? location : NO_LOCATION, units);
		return;
	}
	foreach(lc, source_lines(&demand, 1))
	{
		const Allocation *allocation = lfirst(lc);

		add_gift_part(order, inv, line_no, allocation->location, allocation->units);
	}
}

/* Gives the order the chosen grants; gifts become its lines from line_no on. */
static void
apply_choice(const Choice *choice, int32 line_no)
{
	for (int i = 0; i < list_length(choice->chosen); i++)
	{
		const IncentiveCandidate *candidate = list_nth(choice->chosen, i);
		Grant	   *grant = list_nth(choice->grants, i);

		if (candidate->gift_sku == NULL)
			continue;
		grant->line_no = line_no++;
		add_gift_line(choice->call, choice->order, candidate, grant->line_no);
	}
	choice->order->grants = choice->grants;
}

/*
 * Returns the gifts among the candidates of which this call holds no inventory record, or perhaps
 * only one slot.
 */
static List *
gifts_to_load(const Choice *choice)
{
	List	   *skus = NIL;
	ListCell   *lc;

	foreach(lc, choice->candidates)
	{
		IncentiveCandidate *candidate = lfirst(lc);
		const Inventory *inv;

		if (candidate->gift_sku == NULL)
			continue;
		inv = find_inventory(choice->call, candidate->gift_sku);
		if (inv == NULL || (inv->nslots > 0 && !inv->needs_row))
			skus = lappend(skus, candidate->gift_sku);
	}
	return skus;
}

/* Chooses and takes from budgets; locks nothing for a preview, or if no candidate has a budget. */
static void
choose_within_budgets(Choice *choice)
{
	Budget		budget = {.merchant_id = choice->call->merchant_id, .rolls_back = true};
	bool		budgeted = false;
	ListCell   *lc;

	foreach(lc, choice->candidates)
		budgeted |= ((IncentiveCandidate *) lfirst(lc))->budgeted;
	if (choice->call->read_only || !budgeted)
		choose_grants(NULL, choice);
	else
		run_with_budget(&budget, choose_grants, choice);
}

/*
 * Grants what a planned order gets because some of it waits; gifts become its lines from line_no
 * on. If gifts must be locked first and the call may begin again, grants nothing and returns their
 * SKUs. A call that may not begin again goes without these gifts.
 */
List *
grant_incentives(Call *call, Order *order, int32 line_no, bool may_begin_again)
{
	Choice		choice = {.call = call, .order = order};
	List	   *gifts;

	if (!call->merchant.has_incentives || !is_short(order))
		return NIL;
	choice.order_value = order_value(order);
	choice.candidates = find_candidates_at_checkout(call, add_waiting_parts(NIL, order));
	gifts = gifts_to_load(&choice);
	if (gifts != NIL && may_begin_again)
		return gifts;
	choose_within_budgets(&choice);
	apply_choice(&choice, line_no);
	return NIL;
}
