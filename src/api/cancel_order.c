/* Cancels an order or a line. */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"

#include "base/argument.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/amendment.h"

FUNCTION_WITH_SAVEPOINTS(backorder_cancel_order, cancel_order);
FUNCTION_WITH_SAVEPOINTS(backorder_cancel_line, cancel_line);

/* Refuses to cancel what is on a pick list, naming it. */
static void
check_not_released(const Amendment *amendment)
{
	StringInfoData names;
	ListCell   *lc;

	initStringInfo(&names);
	foreach(lc, amendment->seen)
	{
		const SeenPart *seen = lfirst(lc);

		if (seen->released && is_seen_open(seen))
			appendStringInfo(&names, "%sline %d, part %d (" INT64_FORMAT " of \"%s\")", names.len > 0 ? "; " : "",
							 seen->key.line_no, seen->key.part_no, seen->quantity, seen->inv->sku);
	}
	if (names.len > 0)
		wrong_state(psprintf("order " INT64_FORMAT " has parts on a pick list", amendment->order_id),
					psprintf("On a pick list: %s.", names.data), "Take their groups off it with unrelease_group() first.");
}

/* Whether a part of the locked order, or of the line, has left. */
static bool
has_shipped(const Amendment *amendment)
{
	ListCell   *lc;

	foreach(lc, amendment->order->parts)
	{
		const Part *part = lfirst(lc);

		if ((amendment->line_no == 0 || part->line_no == amendment->line_no) &&
			(part->now.status == SHIPPED || part->now.status == RETURNED))
			return true;
	}
	return false;
}

/* Refuses to cancel what has left; services may have left until the order was locked. */
static void
check_not_shipped(const Amendment *amendment)
{
	if (!has_open(amendment) && has_shipped(amendment))
		wrong_state(amendment->line_no == 0 ? psprintf("order " INT64_FORMAT " cannot be canceled", amendment->order_id)
					: psprintf("line %d of order " INT64_FORMAT " cannot be canceled",
							   amendment->line_no, amendment->order_id),
					"All of it has shipped.", "Use return_items() for what comes back.");
}

/* Cancels what of an order, or of a line, is open; false if it must be begun again. */
static bool
try_to_cancel(Amendment *amendment, const char *reason)
{
	ListCell   *lc;

	plan_on_order(amendment);
	check_not_released(amendment);
	foreach(lc, amendment->seen)
		if (is_seen_open(lfirst(lc)))
			plan_cancel(amendment->call, lfirst(lc), ((SeenPart *) lfirst(lc))->quantity);
	plan_gifts(amendment);
	plan_reallocation(amendment->call);
	lock_orders_of_plan(amendment->call, &amendment->order_id, 1);
	amendment->order = get_order(amendment->call, amendment->order_id);
	check_not_shipped(amendment);
	if (has_open(amendment))
	{
		amendment->order->reason = reason;
		apply_plan(amendment->call);
		cancel_services(amendment->order, amendment->line_no);
		if (!gifts_are_as_planned(amendment))
			return false;
		cancel_service_gifts(amendment);
		finish_call(amendment->call);
	}
	release_amendment(amendment);
	return true;
}

/* Cancels what of an order, or of a line, has not shipped. What is canceled already is left as it is. */
static Datum
cancel(FunctionCallInfo fcinfo, int32 line_no, const char *reason, int n)
{
	Amendment	amendment = {0};

	begin_amendment(&amendment, fcinfo, line_no, n);
	while (!try_to_cancel(&amendment, reason))
		CHECK_FOR_INTERRUPTS();
	return end_amendment(&amendment, fcinfo);
}

/* cancel_order(order_id, reason, merchant_id): leaves nothing of the order open, and returns its parts. */
static Datum
cancel_order(PG_FUNCTION_ARGS)
{
	return cancel(fcinfo, 0, optional_text_argument(fcinfo, 1), 2);
}

/* cancel_line(order_id, line_no, reason, merchant_id): leaves nothing of the line open; returns the order's parts. */
static Datum
cancel_line(PG_FUNCTION_ARGS)
{
	return cancel(fcinfo, line_argument(fcinfo), optional_text_argument(fcinfo, 2), 3);
}
