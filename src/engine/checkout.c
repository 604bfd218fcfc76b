/*
 * Checkout: preview_order(), place_order(), confirm_order().
 *
 * Both doors plan the order in memory by the same code: what each line gets now, what waits, from where, until when.
 * A preview stops there; place_order writes it, having locked the SKUs first.
 */
#include "postgres.h"

#include "funcapi.h"

#include "engine/checkout.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/errors.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"
#include "store/inventory_lock.h"
#include "store/inventory_rows.h"
#include "store/queue_rows.h"
#include "rules/consent.h"
#include "rules/incentives.h"
#include "rules/line_plan.h"
#include "rules/promise.h"
#include "rules/ship_sets.h"
#include "rules/sourcing.h"
#include "engine/deadline.h"

/* What the merchant grants at checkout, or (slip_days) later. */
DIRECT_STATEMENT(read_incentives,
				 DIRECTLY(DIRECT_READ, "incentive", "incentive_active", "slip_days, gift_sku"),
				 "SELECT slip_days, gift_sku FROM backorder.incentive WHERE merchant_id = $1 AND active",
				 INT4OID);

/* A new part of a line with all that parts of the line share. */
static Part *
add_line_part(Checkout *checkout, int i, int64 units, PartStatus status)
{
	const RequestLine *asked = &checkout->request->lines[i];
	Sku		   *book = checkout->lines[i].book;
	Part	   *part = add_part(checkout->order, checkout->first_line + i, book);

	part->queued_at = checkout->import ? checkout->queued_at : place_at_end(checkout->work, part, checkout->queued_at);
	part->short_at_order = status == BACKORDERED;
	part->unit_price = asked->no_price ? book->item.unit_price : asked->unit_price;
	part->no_price = asked->no_price && book->item.no_price;
	part->now.status = status;
	part->now.quantity = units;
	return part;
}

/* Makes a line's parts: a service whole, or what was picked for it and then what is short; none if it is refused. */
static void
add_line_parts(Checkout *checkout, int i, const List *picks)
{
	const LinePlan *line = &checkout->lines[i];
	ListCell   *lc;

	if (line->refusal != NULL)
		return;
	if (!line->book->item.tracked)
		promise_from_shelf(checkout->work, add_line_part(checkout, i, line->units, ALLOCATED));
	foreach(lc, picks)
	{
		const Pick *pick = lfirst(lc);
		Part	   *part = add_line_part(checkout, i, pick->units, ALLOCATED);

		part->now.location = pick->location;
		promise_from_shelf(checkout->work, part);
	}
	if (line->later > 0)
		add_line_part(checkout, i, line->later, BACKORDERED);
}

/* Allocates what is there and makes the parts of all lines; a refused line gets none. */
static void
add_parts(Checkout *checkout)
{
	int			nlines = checkout->request->nlines;
	Want	   *wants = palloc0_array(Want, nlines);
	List	  **picks = palloc0_array(List *, nlines);
	ListCell   *lc;

	for (int i = 0; i < nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		wants[i].book = line->book;
		wants[i].units = line->book->item.tracked && line->refusal == NULL ? line->now : 0;
	}
	foreach(lc, source(wants, nlines))
	{
		Pick	   *pick = lfirst(lc);

		picks[pick->want] = lappend(picks[pick->want], pick);
	}
	for (int i = 0; i < nlines; i++)
		add_line_parts(checkout, i, picks[i]);
}

/* Reads what the dates of the short lines rest on: once, however often the order is planned with it. */
void
load_promises(Checkout *checkout)
{
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		line->book->supplies_read |= line->later > 0 && line->refusal == NULL;
	}
	load_supplies(checkout->work);
	load_queue_ends(checkout->work);
}

/* Puts the short parts into the queue and promises them. */
static void
queue_short_parts(Checkout *checkout)
{
	ListCell   *lc;

	foreach(lc, checkout->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->fresh && part->now.status == BACKORDERED)
			queue_part(checkout->work, part);
	}
}

/* Makes the order in memory; the queue is counted as if it were the last of it. */
void
plan_order(Checkout *checkout)
{
	const Request *request = checkout->request;
	Work	   *work = checkout->work;
	Order	   *order;

	make_room_for_orders(work, 1);
	order = checkout->order = append_order(work, PG_INT64_MAX);
	order->is_new = true;
	order->reference = request->reference;
	order->customer = request->customer;
	order->customer_group = request->customer_group;
	order->policy = checkout->policy;
	order->consent = request->consent;
	order->priority = request->priority;
	order->queued_at = checkout->queued_at;
	order->placed_at = request->placed_at == NO_TIME ? work->clock : request->placed_at;
	order->hold_until = hold_until(request, work->clock);
	order->status = order->was_status = request->hold == NULL ? ORDER_OPEN : ORDER_HELD;
	order->confirmed = order->status == ORDER_OPEN;
	order->revision = 1;
	for (int i = 0; i < request->nlines; i++)
		order->units += request->lines[i].quantity;
	add_parts(checkout);
	queue_short_parts(checkout);
}

/* Makes the new parts of a line that is raised, in the checkout's order. */
static void
plan_more_units(Checkout *checkout)
{
	checkout->order->queued_at = checkout->queued_at;
	add_parts(checkout);
	queue_short_parts(checkout);
}

/* Adds units to a line of a locked order under the rules of checkout and of its consent, like the part that is there. */
void
add_units_to_line(Work *work, const Part *like, Sku *book, int64 units)
{
	RequestLine line = {.sku = unconstify(char *, book->sku), .quantity = units,
	.unit_price = like->unit_price, .no_price = like->no_price};
	Request		request = {.nlines = 1, .lines = &line, .consent = like->order->consent};
	Checkout	checkout = {.work = work, .request = &request, .order = like->order, .first_line = like->line_no,
	.queued_at = work->clock};

	plan_lines(&checkout);
	load_promises(&checkout);
	refuse_late_lines(&checkout, plan_more_units);
	check_not_refused(&checkout);
	checkout.order->units = add_units(checkout.order->units, units);
	check_quantity(checkout.order->units, "the order's total");
	plan_more_units(&checkout);
}

/* Loads the book of the SKUs that the request names, and of the gifts that are foreseen. */
static void
load_request_book(const Checkout *checkout)
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
	checkout->work->chooses_place = checkout->import || request->priority != USUAL_PRIORITY;
	load_book_for_order(checkout->work, skus, units, count);
}

/* Refuses an import dated ahead: it would stand behind everyone, and then before them. */
static void
check_placed_at(const Work *work, const Request *request)
{
	if (request->placed_at != NO_TIME && request->placed_at > work->clock)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("malformed request: \"placed_at\" lies in the future"),
				 errhint("Leave it out for an order placed now.")));
}

/* Finds out whether the merchant grants anything at checkout; returns the SKUs that he gives. */
List *
look_for_incentives(Checkout *checkout)
{
	Datum		values[] = {Int32GetDatum(checkout->work->merchant_id)};
	uint64		rows = run(&read_incentives, checkout->work->read_only, values, NULL);
	List	   *gifts = NIL;

	for (uint64 i = 0; i < rows; i++)
	{
		checkout->has_incentives |= null_at(i, 1);
		if (!null_at(i, 2))
			gifts = lappend(gifts, text_at(i, 2));
	}
	done_reading();
	return gifts;
}

/* Since when the order waits: the clock, or for an import the time at which it was placed. */
static TimestampTz
place_in_queue(const Checkout *checkout)
{
	return checkout->import ? checkout->request->placed_at : checkout->work->clock;
}

/* Reads what the plan of a new order rests on, and finds out what each line gets. */
void
open_plan(Checkout *checkout)
{
	load_request_book(checkout);
	check_placed_at(checkout->work, checkout->request);
	checkout->policy = agreed_policy(checkout->work, checkout->request);
	plan_lines(checkout);
	load_promises(checkout);
	checkout->queued_at = place_in_queue(checkout);
}

/*
 * Grants the planned order what it gets for waiting; false if it must be planned again, with more gifts foreseen. What the
 * merchant began to grant only after this call had begun comes too late: it is in no attempt, to give a budget back.
 */
bool
grant(Checkout *checkout)
{
	int32		line_no = checkout->first_line + checkout->request->nlines;
	List	   *gifts;

	if (!checkout->has_incentives)
		return true;
	gifts = grant_incentives(checkout->work, checkout->order, line_no, checkout->may_plan_again);
	checkout->gifts = list_concat(checkout->gifts, gifts);
	return gifts == NIL;
}

/* Reads what a preview rests on, every gift included; the caller reads alone, and locks nothing. */
void
open_preview(Checkout *checkout, const Caller *caller)
{
	const Request *request = checkout->request;

	checkout->import = request->placed_at != NO_TIME && may(caller, checkout->work->merchant_id, ACCESS_ADMIN);
	checkout->first_line = 1;
	checkout->gifts = look_for_incentives(checkout);
	open_plan(checkout);
}

/* Plans the order, grants what it gets for waiting and splits it; a refused line is left out of it. */
void
plan_shipments(Checkout *checkout)
{
	refuse_late_lines(checkout, plan_order);
	plan_order(checkout);
	(void) grant(checkout);
	split_order(checkout->work, checkout->order);
}
