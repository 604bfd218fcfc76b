/*
 * Incentives: what an order is granted for waiting.
 *
 * At checkout: when something of the order is backordered, the best incentive whose conditions hold, whose gift is
 * there and whose budget lasts. Later: when a promise moves by so many days beyond the first one, step by step. A grant is
 * withdrawn when nothing that was short is left of the order before anything of it has shipped.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "rules/incentives.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "store/budgets.h"
#include "store/grants.h"
#include "rules/sourcing.h"

/*
 * The active incentives whose conditions hold for orders with these waiting parts, best first; for each what a grant
 * costs, what its budget has left, and by how many days a promise has slipped. A gift is one that the catalogue has: no
 * book is opened for what is not there.
 */
#define FIND_CANDIDATES(slip) \
	"SELECT p.order_id, i.incentive_id, i.name, i.kind, i.gift_sku, i.gift_quantity, i.combines," \
	" CASE i.kind WHEN 'percent_off' THEN round(p.order_value * i.amount / 100, 2) WHEN 'amount_off' THEN i.amount" \
	"  WHEN 'gift' THEN coalesce(i.value, g.unit_price * i.gift_quantity, 0) ELSE coalesce(i.value, 0) END," \
	" b.budgeted, b.grants_left, b.value_left, least(max(p.slipped) / i.slip_days, i.max_steps)" \
	" FROM backorder.incentive i" \
	" JOIN unnest($2, $3, $4, $5, $6, $7, $8, $9)" \
	"  AS p(order_id, customer_group, order_value, clock, sku, value, promised_at, slipped)" \
	"  ON (i.skus IS NULL AND i.tag IS NULL) OR p.sku = ANY (i.skus) OR EXISTS (" \
	"   SELECT FROM backorder.item t WHERE t.merchant_id = $1 AND t.sku = p.sku AND i.tag = ANY (t.tags))" \
	" LEFT JOIN backorder.item g ON g.merchant_id = $1 AND g.sku = i.gift_sku" \
	" CROSS JOIN LATERAL (SELECT count(*) > 0 AS budgeted, sum(s.grants_left)::bigint AS grants_left," \
	"  sum(s.value_left) AS value_left FROM backorder.incentive_budget s" \
	"  WHERE s.merchant_id = $1 AND s.incentive_id = i.incentive_id) AS b" \
	" WHERE i.merchant_id = $1 AND i.active AND i.slip_days " slip \
	"  AND (i.gift_sku IS NULL OR g.sku IS NOT NULL)" \
	"  AND coalesce(i.valid @> p.clock, true)" \
	"  AND coalesce(i.customer_group = p.customer_group, i.customer_group IS NULL)" \
	"  AND coalesce(p.order_value >= i.min_order_value, true)" \
	" GROUP BY p.order_id, p.order_value, p.clock, i.merchant_id, i.incentive_id, g.unit_price," \
	"  b.budgeted, b.grants_left, b.value_left" \
	" HAVING coalesce(sum(p.value), 0) >= coalesce(i.min_backordered_value, 0)" \
	"  AND (i.min_wait IS NULL OR bool_or(p.promised_at IS NULL) OR max(p.promised_at) >= p.clock + i.min_wait)" \
	" ORDER BY p.order_id, i.rank, i.incentive_id"

#define WAITING_TYPES INT8OID, TEXTOID, NUMERICOID, TIMESTAMPTZOID, TEXTOID, NUMERICOID, TIMESTAMPTZOID, INT4OID
#define WAITING_ARRAYS INT8ARRAYOID, TEXTARRAYOID, NUMERICARRAYOID, TIMESTAMPTZARRAYOID, TEXTARRAYOID, \
	NUMERICARRAYOID, TIMESTAMPTZARRAYOID, INT4ARRAYOID

STATEMENT(find_at_checkout, FIND_CANDIDATES("IS NULL"), INT4OID, WAITING_ARRAYS);
STATEMENT(find_after_slip, FIND_CANDIDATES("IS NOT NULL"), INT4OID, WAITING_ARRAYS);

/* An incentive whose conditions hold for an order. */
typedef struct Candidate
{
	int64		order_id;
	int64		incentive_id;
	char	   *name;			/* or NULL */
	char	   *kind;
	char	   *gift_sku;		/* or NULL */
	int64		gift_quantity;
	bool		combines;
	Datum		value;			/* of a grant */
	bool		budgeted;
	int64		grants_left;	/* as read, over all shares; -1: no limit */
	Datum		value_left;
	bool		any_value;		/* no limit */
	int32		steps;			/* to which the promise has slipped */
} Candidate;

/* What an order gets at checkout. */
typedef struct Choice
{
	Call	   *call;
	Order	   *order;
	Datum		order_value;
	List	   *candidates;		/* of Candidate, best first */
	List	   *grants;			/* of Grant */
	List	   *chosen;			/* of Candidate, side by side with grants */
} Choice;

/* What a call changes of the grants of the orders that it has locked. */
typedef struct GrantChanges
{
	Call	   *call;
	List	   *withdrawn;		/* of Grant */
	List	   *candidates;		/* of Candidate, by order */
	List	   *grants;			/* of Grant */
	List	   *orders;			/* of Order, side by side with grants */
} GrantChanges;

/* Whether the first number is less than the second. */
static bool
is_less(Datum a, Datum b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_lt, a, b));
}

/* Whether grants of this kind are money that the customer pays less. */
static bool
is_money_off(const char *kind)
{
	return strcmp(kind, "percent_off") == 0 || strcmp(kind, "amount_off") == 0;
}

/* Price of a part; false where none is known. */
static bool
part_value(const Part *part, Datum *value)
{
	if (part->no_price)
		return false;
	*value = DirectFunctionCall2(numeric_mul, numeric_of(part->now.quantity), part->unit_price);
	return true;
}

/* Price of the order's units that are not canceled or returned. */
static Datum
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

/* What is left of an order's value after the money off that these grants give. */
static Datum
value_after(Datum value, const List *grants)
{
	ListCell   *lc;

	foreach(lc, grants)
	{
		const Grant *grant = lfirst(lc);

		if (!grant->withdrawn && is_money_off(grant->kind))
			value = DirectFunctionCall2(numeric_sub, value, grant->value);
	}
	return value;
}

/* Whether the units wait and were paid for. */
static bool
is_waited_for(const Part *part)
{
	return part->now.status == BACKORDERED && !part->gift;
}

/* Whether some of the order waits. */
static bool
is_short(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
		if (is_waited_for(lfirst(lc)))
			return true;
	return false;
}

/* Days by which a part's promise has moved beyond its first one; 0 where it has not, or where a date is unknown. */
static int32
slipped_days(const Part *part)
{
	TimestampTz first = part->now.first_promised_at;
	TimestampTz now = part->now.promised_at;

	if (first == NO_TIME || now == NO_TIME || now <= first)
		return 0;
	return Min((now - first) / USECS_PER_DAY, PG_INT32_MAX);
}

/* Leaves the batch ready for rows of add_waiting_parts(). */
static void
start_waiting(Batch *batch)
{
	static const Oid types[] = {WAITING_TYPES};

	start_batch(batch, lengthof(types), types);
}

/* Adds a row for each part of the order that waits. */
static void
add_waiting_parts(Batch *batch, const Call *call, const Order *order)
{
	Datum		sum = order_value(order);
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		Datum		row[] = {
			Int64GetDatum(order->order_id),
			order->customer_group == NULL ? (Datum) 0 : CStringGetTextDatum(order->customer_group),
			sum, TimestampTzGetDatum(call->clock), CStringGetTextDatum(part->sku), (Datum) 0,
			TimestampTzGetDatum(part->now.promised_at), Int32GetDatum(slipped_days(part))
		};
		bool		nulls[lengthof(row)] = {false};

		if (!is_waited_for(part))
			continue;
		nulls[1] = order->customer_group == NULL;
		nulls[5] = !part_value(part, &row[5]);
		nulls[6] = part->now.promised_at == NO_TIME;
		add_row(batch, row, nulls);
	}
}

/* Returns the candidate in a row of FIND_CANDIDATES. */
static Candidate *
read_candidate(uint64 row)
{
	Candidate  *candidate = palloc0_object(Candidate);
	bool		isnull;

	candidate->order_id = int64_at(row, 1);
	candidate->incentive_id = int64_at(row, 2);
	candidate->name = text_at(row, 3);
	candidate->kind = text_at(row, 4);
	candidate->gift_sku = text_at(row, 5);
	candidate->gift_quantity = int64_at(row, 6);
	candidate->combines = bool_at(row, 7);
	candidate->value = numeric_at(row, 8, &isnull);
	candidate->budgeted = bool_at(row, 9);
	candidate->grants_left = null_at(row, 10) ? -1 : int64_at(row, 10);
	candidate->value_left = numeric_at(row, 11, &candidate->any_value);
	candidate->steps = int32_at(row, 12);
	return candidate;
}

/* The incentives whose conditions hold for orders with these waiting parts, by order, best first. */
static List *
find_candidates(const Call *call, Statement *statement, const Batch *waiting)
{
	uint64		rows = read_batch(statement, call->read_only, call->merchant_id, waiting);
	List	   *candidates = NIL;

	for (uint64 i = 0; i < rows; i++)
		candidates = lappend(candidates, read_candidate(i));
	if (waiting->nrows > 0)
		done_reading();
	return candidates;
}

/* Units of the gift that those chosen before it take. */
static int64
units_chosen(const Choice *choice, const char *sku)
{
	int64		units = 0;
	ListCell   *lc;

	foreach(lc, choice->chosen)
	{
		const Candidate *chosen = lfirst(lc);

		if (chosen->gift_sku != NULL && strcmp(chosen->gift_sku, sku) == 0)
			units = add_units(units, chosen->gift_quantity);
	}
	return units;
}

/* Whether the gift, if it is one, can be had now. */
static bool
is_there(const Choice *choice, const Candidate *candidate)
{
	const Inventory *inv;

	if (candidate->gift_sku == NULL)
		return true;
	inv = find_inventory(choice->call, candidate->gift_sku);
	if (inv == NULL || !inv->item.known || preorder_date(choice->call, &inv->item) != NO_TIME)
		return false;
	return !inv->item.tracked ||
		available_to_promise(inv) - units_chosen(choice, candidate->gift_sku) >= candidate->gift_quantity;
}

/* Whether the candidate may be granted beside those chosen already. */
static bool
may_join(const Choice *choice, const Candidate *candidate)
{
	return choice->chosen == NIL || (candidate->combines && ((Candidate *) linitial(choice->chosen))->combines);
}

/* Sets *value to what a grant is worth, no more than what the customer still pays; false if that is nothing. */
static bool
compute_value(const Candidate *candidate, Datum left, Datum *value)
{
	*value = candidate->value;
	if (!is_money_off(candidate->kind))
		return true;
	if (is_less(left, *value))
		*value = left;
	return is_less(numeric_of(0), *value);
}

/* Whether the budget, as it was read, lasts for one more grant. */
static bool
seems_to_last(const Candidate *candidate, Datum value)
{
	return !candidate->budgeted ||
		(candidate->grants_left != 0 && (candidate->any_value || !is_less(candidate->value_left, value)));
}

/* A new grant of what the candidate gives. */
static Grant *
make_grant(const Candidate *candidate, int32 step, Datum value)
{
	Grant	   *grant = palloc0_object(Grant);

	*grant = (Grant) {.incentive_id = candidate->incentive_id, .step = step, .name = candidate->name,
	.kind = candidate->kind, .value = value, .budgeted = candidate->budgeted, .is_new = true};
	return grant;
}

/* Chooses from the candidates, best first; budget is NULL for a preview, which takes nothing. */
static void
choose(Budget *budget, void *target)
{
	Choice	   *choice = target;
	ListCell   *lc;

	choice->grants = choice->chosen = NIL;
	foreach(lc, choice->candidates)
	{
		Candidate  *candidate = lfirst(lc);
		Datum		value;

		if (!may_join(choice, candidate) || !is_there(choice, candidate) ||
			!compute_value(candidate, value_after(choice->order_value, choice->grants), &value) ||
			!seems_to_last(candidate, value))
			continue;
		if (budget != NULL && candidate->budgeted && !take_budget(budget, candidate->incentive_id, value))
		{
			if (budget->must_run_again)
				return;
			continue;
		}
		choice->chosen = lappend(choice->chosen, candidate);
		choice->grants = lappend(choice->grants, make_grant(candidate, 0, value));
	}
}

/* A part of a gift's line, allocated at a location; group_shipments() finds out when it ships. */
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

/* Makes the gift a line of the order, from where the order ships already or else from where source_lines() finds it. */
static void
add_gift_line(Call *call, Order *order, const Candidate *candidate, int32 line_no)
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
		const Allocation *allocate_at = lfirst(lc);

		add_gift_part(order, inv, line_no, allocate_at->location, allocate_at->units);
	}
}

/* Gives the order what was chosen; gifts become its lines from line_no on. */
static void
apply_choice(const Choice *choice, int32 line_no)
{
	for (int i = 0; i < list_length(choice->chosen); i++)
	{
		const Candidate *candidate = list_nth(choice->chosen, i);
		Grant	   *grant = list_nth(choice->grants, i);

		if (candidate->gift_sku == NULL)
			continue;
		grant->line_no = line_no++;
		add_gift_line(choice->call, choice->order, candidate, grant->line_no);
	}
	choice->order->grants = choice->grants;
}

/* The gifts among the candidates whose book this call does not have, or of whose book one slot may be all that it holds. */
static List *
gifts_to_load(const Choice *choice)
{
	List	   *skus = NIL;
	ListCell   *lc;

	foreach(lc, choice->candidates)
	{
		Candidate  *candidate = lfirst(lc);
		const Inventory *inv;

		if (candidate->gift_sku == NULL)
			continue;
		inv = find_inventory(choice->call, candidate->gift_sku);
		if (inv == NULL || (inv->nslots > 0 && !inv->needs_row))
			skus = lappend(skus, candidate->gift_sku);
	}
	return skus;
}

/* Chooses with what budgets have, locking nothing for a preview, nor where no candidate has one. */
static void
choose_within_budgets(Choice *choice)
{
	Budget		budget = {.merchant_id = choice->call->merchant_id, .rolls_back = true};
	bool		budgeted = false;
	ListCell   *lc;

	foreach(lc, choice->candidates)
		budgeted |= ((Candidate *) lfirst(lc))->budgeted;
	if (choice->call->read_only || !budgeted)
		choose(NULL, choice);
	else
		run_with_budget(&budget, choose, choice);
}

/*
 * Grants what a planned order gets for waiting, gifts as lines from line_no on. Returns, having granted nothing, the
 * SKUs of gifts whose book must be loaded first; a call that cannot begin again with them goes without such gifts.
 */
List *
grant_incentives(Call *call, Order *order, int32 line_no, bool may_begin_again)
{
	Choice		choice = {.call = call, .order = order};
	List	   *gifts;
	Batch		waiting;

	if (!call->merchant.has_incentives || !is_short(order))
		return NIL;
	start_waiting(&waiting);
	add_waiting_parts(&waiting, call, order);
	choice.order_value = order_value(order);
	choice.candidates = find_candidates(call, &find_at_checkout, &waiting);
	gifts = gifts_to_load(&choice);
	if (gifts != NIL && may_begin_again)
		return gifts;
	choose_within_budgets(&choice);
	apply_choice(&choice, line_no);
	return NIL;
}

/* Whether anything of the order has left. */
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

/* Whether units are left that were short when they were ordered, or waited until this call, or do now. */
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

/* Whether nothing of a line is left. */
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

/* Whether the order, as it is now, has no claim to its gifts any more. */
bool
loses_gifts(const Order *order)
{
	return !has_left(order) && !has_waited(order);
}

/* Whether a grant is to be withdrawn, now that something of the order was canceled. */
static bool
is_forfeited(const Order *order, const Grant *grant)
{
	if (grant->line_no != 0)
		return is_line_canceled(order, grant->line_no);
	return loses_gifts(order);
}

/* Withdraws what the order has no claim to any more. */
static void
withdraw_grants(GrantChanges *settlement, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		Grant	   *grant = lfirst(lc);

		if (grant->withdrawn || !is_forfeited(order, grant))
			continue;
		grant->withdrawn = grant->changed = true;
		settlement->withdrawn = lappend(settlement->withdrawn, grant);
	}
}

/* Whether this call moved a promise of the order, of which the customer is told, to a day or more after the first. */
static bool
has_slipped(const Order *order)
{
	ListCell   *lc;

	if (order->status != ORDER_OPEN || order->was_status != ORDER_OPEN || order->is_new)
		return false;
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (is_waited_for(part) && !part->fresh && part->now.promised_at > part->was.promised_at &&
			slipped_days(part) > 0)
			return true;
	}
	return false;
}

/* Finds the incentives for orders whose promise this call moved later. */
static void
find_slips(GrantChanges *settlement)
{
	Call	   *call = settlement->call;
	Batch		waiting;

	if (!call->merchant.has_incentives)
		return;
	start_waiting(&waiting);
	for (int i = 0; i < call->norders; i++)
		if (has_slipped(call->orders[i]))
			add_waiting_parts(&waiting, call, call->orders[i]);
	settlement->candidates = find_candidates(call, &find_after_slip, &waiting);
}

/* Whether a list of grants has this step of an incentive. */
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

/* Whether an incentive is among the candidates of the order and combines. */
static bool
combines_for(const GrantChanges *settlement, int64 order_id, int64 incentive_id)
{
	ListCell   *lc;

	foreach(lc, settlement->candidates)
	{
		const Candidate *candidate = lfirst(lc);

		if (candidate->order_id == order_id && candidate->incentive_id == incentive_id)
			return candidate->combines;
	}
	return false;
}

/* Whether the order may have steps of this incentive beside those of others that it has. */
static bool
may_take_steps(const GrantChanges *settlement, const Candidate *candidate, const List *grants)
{
	ListCell   *lc;

	foreach(lc, grants)
	{
		const Grant *grant = lfirst(lc);

		if (grant->step > 0 && grant->incentive_id != candidate->incentive_id &&
			!(candidate->combines && combines_for(settlement, candidate->order_id, grant->incentive_id)))
			return false;
	}
	return true;
}

/* Grants the order the steps of an incentive that its promise has reached and that it does not have. */
static void
grant_steps(Budget *budget, GrantChanges *settlement, const Candidate *candidate, Order *order, List **grants)
{
	Datum		sum = order_value(order);

	for (int32 step = 1; step <= candidate->steps; step++)
	{
		Datum		value;
		Grant	   *grant;

		if (has_step(*grants, candidate->incentive_id, step) ||
			!compute_value(candidate, value_after(sum, *grants), &value) || !seems_to_last(candidate, value) ||
			(candidate->budgeted && !take_budget(budget, candidate->incentive_id, value)))
			continue;
		grant = make_grant(candidate, step, value);
		*grants = lappend(*grants, grant);
		settlement->grants = lappend(settlement->grants, grant);
		settlement->orders = lappend(settlement->orders, order);
	}
}

/* Gives back what was withdrawn, then grants the steps that were reached. */
static void
adjust_order_grants(Budget *budget, void *target)
{
	GrantChanges *settlement = target;
	Order	   *order = NULL;
	List	   *grants = NIL;
	ListCell   *lc;

	settlement->grants = settlement->orders = NIL;
	foreach(lc, settlement->withdrawn)
	{
		const Grant *grant = lfirst(lc);

		if (grant->budgeted && !budget->must_run_again)
			return_budget(budget, grant->incentive_id, grant->value);
	}
	foreach(lc, settlement->candidates)
	{
		const Candidate *candidate = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if (budget->must_run_again)
			return;
		if (order == NULL || order->order_id != candidate->order_id)
		{
			order = find_order(settlement->call, candidate->order_id);
			grants = list_copy(order->grants);
		}
		if (may_take_steps(settlement, candidate, grants))
			grant_steps(budget, settlement, candidate, order, &grants);
	}
}

/*
 * Withdraws, grants and writes what the orders of this call have lost and gained, once everything else is decided and
 * before the customer is told: budgets are the last that a call locks.
 */
void
adjust_grants(Call *call)
{
	GrantChanges settlement = {.call = call};
	Budget		budget = {.merchant_id = call->merchant_id};

	for (int i = 0; i < call->norders; i++)
		if (call->orders[i]->canceled != NIL)
			withdraw_grants(&settlement, call->orders[i]);
	find_slips(&settlement);
	if (settlement.withdrawn != NIL || settlement.candidates != NIL)
		run_with_budget(&budget, adjust_order_grants, &settlement);
	for (int i = 0; i < list_length(settlement.grants); i++)
	{
		Order	   *order = list_nth(settlement.orders, i);

		order->grants = lappend(order->grants, list_nth(settlement.grants, i));
	}
	write_grants(call);
}
