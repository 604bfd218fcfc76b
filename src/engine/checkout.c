/*
 * Planning an order in memory: what each line gets now, from which location, what waits, and until when.
 *
 * place_order() and every preview run this code, so a preview says what an immediate order gets. place_order() locks the SKUs
 * first and writes the order afterwards; a preview does neither.
 */
#include "postgres.h"

#include "funcapi.h"

#include "engine/checkout.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"
#include "store/incentive_rows.h"
#include "store/inventory_rows.h"
#include "store/queue_rows.h"
#include "rules/consent.h"
#include "rules/incentives.h"
#include "rules/line_plan.h"
#include "rules/promise.h"
#include "rules/ship_sets.h"
#include "rules/sourcing.h"
#include "engine/deadline.h"
#include "engine/stages.h"

/* A new part of a line, with everything that the parts of the line have in common. */
static Part *
add_line_part(Checkout *checkout, int i, int64 units, PartStatus status)
{
	const RequestLine *asked = &checkout->request->lines[i];
	Inventory  *inv = checkout->lines[i].inv;
	Part	   *part = add_part(checkout->order, line_number(checkout, i), inv);

	part->queued_at = checkout->import ? checkout->queued_at : place_at_end(checkout->call, part, checkout->queued_at);
	part->short_at_order = status == BACKORDERED;
	part->unit_price = asked->no_price ? inv->item.unit_price : asked->unit_price;
	part->no_price = asked->no_price && inv->item.no_price;
	part->now.status = status;
	part->now.quantity = units;
	return part;
}

/* Makes the parts of a line: one for a service, else one per allocation and one for the units that wait. A refused line gets none. */
static void
add_line_parts(Checkout *checkout, int i, const List *allocations)
{
	const LinePlan *line = &checkout->lines[i];
	ListCell   *lc;

	if (line->refusal != NULL)
		return;
	if (!line->inv->item.tracked)
		promise_from_shelf(checkout->call, add_line_part(checkout, i, line->units, ALLOCATED));
	foreach(lc, allocations)
	{
		const Allocation *allocate_at = lfirst(lc);
		Part	   *part = add_line_part(checkout, i, allocate_at->units, ALLOCATED);

		part->now.location = allocate_at->location;
		promise_from_shelf(checkout->call, part);
	}
	if (line->later > 0)
		add_line_part(checkout, i, line->later, BACKORDERED);
}

/* Chooses the locations of all lines, and makes their parts. */
static void
add_parts(Checkout *checkout)
{
	int			nlines = checkout->request->nlines;
	Demand	   *demands = palloc0_array(Demand, nlines);
	List	  **allocations = palloc0_array(List *, nlines);
	ListCell   *lc;

	for (int i = 0; i < nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		demands[i].inv = line->inv;
		demands[i].units = line->inv->item.tracked && line->refusal == NULL ? line->now : 0;
	}
	foreach(lc, source_lines(demands, nlines))
	{
		Allocation *allocate_at = lfirst(lc);

		allocations[allocate_at->demand] = lappend(allocations[allocate_at->demand], allocate_at);
	}
	for (int i = 0; i < nlines; i++)
		add_line_parts(checkout, i, allocations[i]);
}

/* Reads what the dates of the short lines rest on. One reading serves every plan of the order. */
void
load_promises(Checkout *checkout)
{
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		line->inv->supplies_read |= line->later > 0 && line->refusal == NULL;
	}
	load_supplies(checkout->call);
	load_queue_ends(checkout->call);
}

/* Puts the waiting parts into their queues, and promises a date to each. */
static void
queue_short_parts(Checkout *checkout)
{
	List	   *parts = list_copy(checkout->order->parts);
	ListCell   *lc;

	foreach(lc, parts)
	{
		Part	   *part = lfirst(lc);

		if (part->fresh && part->now.status == BACKORDERED)
			queue_part(checkout->call, part);
	}
}

/* Makes the order in memory. Its id is the highest possible, so that it sorts behind the queue until it gets its own. */
void
plan_order(Checkout *checkout)
{
	const Request *request = checkout->request;
	Call	   *call = checkout->call;
	Order	   *order;

	make_room_for_orders(call, 1);
	order = checkout->order = append_order(call, PG_INT64_MAX);
	order->is_new = true;
	order->reference = request->reference;
	order->customer = request->customer;
	order->customer_group = request->customer_group;
	order->policy = checkout->policy;
	order->consent = request->consent;
	order->priority = request->priority;
	order->queued_at = checkout->queued_at;
	order->placed_at = request->placed_at == NO_TIME ? call->clock : request->placed_at;
	order->hold_until = hold_until(request, call);
	order->status = order->was_status = request->hold == NULL ? ORDER_OPEN : ORDER_HELD;
	order->confirmed = order->status == ORDER_OPEN;
	order->revision = 1;
	for (int i = 0; i < request->nlines; i++)
		order->units += request->lines[i].quantity;
	add_parts(checkout);
	queue_short_parts(checkout);
}

/* Makes the new parts of a line whose quantity is raised. */
static void
plan_more_units(Checkout *checkout)
{
	checkout->order->queued_at = checkout->queued_at;
	add_parts(checkout);
	queue_short_parts(checkout);
}

/* Adds the units of the request to the lines of a locked order, under the rules of checkout and of the order's consent. */
void
add_units_to_order(Checkout *checkout)
{
	Order	   *order = checkout->order;

	checkout->queued_at = checkout->call->clock;
	plan_lines(checkout);
	load_promises(checkout);
	refuse_late_lines(checkout, plan_more_units);
	check_not_refused(checkout);
	for (int i = 0; i < checkout->request->nlines; i++)
		order->units = add_units(order->units, checkout->request->lines[i].quantity);
	check_quantity(order->units, "the order's total");
	plan_more_units(checkout);
}

/* As add_units_to_order(), for one line, at the price of the part `like`. */
void
add_units_to_line(Call *call, const Part *like, Inventory *inv, int64 units)
{
	RequestLine line = {.sku = unconstify(char *, inv->sku), .quantity = units,
	.unit_price = like->unit_price, .no_price = like->no_price};
	Request		request = {.nlines = 1, .lines = &line, .consent = like->order->consent};
	Checkout	checkout = {.call = call, .request = &request, .order = like->order, .first_line = like->line_no};

	add_units_to_order(&checkout);
}

/* Locks the inventory of the SKUs in the request and of the gifts that it may get. */
static void
lock_request_inventory(const Checkout *checkout)
{
	const Request *request = checkout->request;
	int			room = request->nlines + list_length(checkout->gifts);
	const char **skus = palloc_array(const char *, room);
	int64	   *units = palloc0_array(int64, room);
	int			count = 0;
	ListCell   *lc;

	for (int i = 0; i < request->nlines; i++)
	{
		skus[count] = request->lines[i].sku;
		units[count++] = request->lines[i].quantity;
	}
	foreach(lc, checkout->gifts)
		skus[count++] = lfirst(lc);
	checkout->call->chooses_queue_position = checkout->import || request->priority != USUAL_PRIORITY;
	lock_inventory_for_order(checkout->call, skus, units, count);
}

/* Refuses an import with a date in the future: its place in the queue would change as time passes. */
static void
check_placed_at(const Call *call, const Request *request)
{
	if (request->placed_at != NO_TIME && request->placed_at > call->clock)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("malformed request: \"placed_at\" lies in the future"),
				 errhint("Leave it out for an order placed now.")));
}

/* Notes whether the merchant grants incentives at checkout, and returns the SKUs of the gifts. */
List *
read_checkout_incentives(Checkout *checkout)
{
	return read_active_incentives(checkout->call, &checkout->has_incentives);
}

/* The order's time in the queue: the clock, or the time at which an imported order was placed. */
static TimestampTz
queue_time(const Checkout *checkout)
{
	return checkout->import ? checkout->request->placed_at : checkout->call->clock;
}

/* Locks and reads what the plan of a new order rests on, and decides what each line gets. */
void
plan_request(Checkout *checkout)
{
	lock_request_inventory(checkout);
	check_placed_at(checkout->call, checkout->request);
	checkout->policy = agreed_policy(checkout->call, checkout->request);
	plan_lines(checkout);
	load_promises(checkout);
	checkout->queued_at = queue_time(checkout);
}

/* Returns the number of the first line behind those of the request, and behind all that the order has. */
static int32
first_gift_line(const Checkout *checkout)
{
	int32		last = line_number(checkout, checkout->request->nlines - 1);

	if (checkout->order->parts != NIL)
		last = Max(last, ((const Part *) llast(checkout->order->parts))->line_no);
	return last + 1;
}

/*
 * Grants the planned order what it gets for waiting. False if it must be planned again, because a gift's SKU is not locked yet.
 *
 * Incentives that were activated after the call started are ignored: without a savepoint the call could not give back what it
 * took from their budgets.
 */
bool
grant_for_waiting(Checkout *checkout)
{
	List	   *gifts;

	if (!checkout->has_incentives)
		return true;
	gifts = grant_incentives(checkout->call, checkout->order, first_gift_line(checkout), checkout->may_plan_again);
	checkout->gifts = list_concat(checkout->gifts, gifts);
	return gifts == NIL;
}

/* Reads what a preview rests on, including every possible gift. The call is read-only and locks nothing. */
void
begin_preview(Checkout *checkout, const Caller *caller)
{
	const Request *request = checkout->request;

	checkout->import = request->placed_at != NO_TIME && may(caller, checkout->call->merchant_id, ACCESS_ADMIN);
	checkout->first_line = 1;
	checkout->gifts = read_checkout_incentives(checkout);
	plan_request(checkout);
}

/* Plans the order without its refused lines, grants what it gets for waiting, and groups its shipments. */
void
plan_shipments(Checkout *checkout)
{
	refuse_late_lines(checkout, plan_order);
	plan_order(checkout);
	(void) grant_for_waiting(checkout);
	group_shipments(checkout->call, checkout->order);
}
