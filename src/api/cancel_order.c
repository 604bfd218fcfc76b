/*
 * cancel_order() and cancel_line(): cancel the parts of an order, or of a line, that have not
 * shipped.
 *
 * Parts on a pick list are refused. If everything is canceled already, the call changes nothing.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/argument.h"
#include "base/errors.h"
#include "model/inventory.h"
#include "model/order.h"
#include "store/expired_parts.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/amendment.h"
#include "api/keyed_call.h"

/* Refuses to cancel open parts on a pick list, and names them. */
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
					psprintf("On a pick list: %s.", names.data), "Call unrelease_group() for their groups first.");
}

/* Whether all of the locked order, or of the line, has shipped: nothing is open, and nothing was canceled. */
static bool
has_shipped(const Amendment *amendment)
{
	ListCell   *lc;

	foreach(lc, amendment->order->parts)
	{
		const Part *part = lfirst(lc);

		if ((amendment->line_no == 0 || part->line_no == amendment->line_no) &&
			part->now.status != SHIPPED && part->now.status != RETURNED)
			return false;
	}
	return true;
}

/*
 * Refuses an order or line of which all has shipped. If a part of it shipped and the rest was
 * canceled, the call is a repeat. Services may have shipped until the order was locked.
 */
static void
check_not_shipped(const Amendment *amendment)
{
	if (has_shipped(amendment))
		wrong_state(amendment->line_no == 0 ? psprintf("order " INT64_FORMAT " cannot be canceled", amendment->order_id)
					: psprintf("line %d of order " INT64_FORMAT " cannot be canceled",
							   amendment->line_no, amendment->order_id),
					"All of it has shipped.", "Use return_items() for what comes back.");
}

/* Plans to cancel all open parts, and locks the orders of the plan. */
static void
plan_and_lock(Amendment *amendment)
{
	ListCell   *lc;

	foreach(lc, amendment->seen)
	{
		const SeenPart *seen = lfirst(lc);

		if (is_seen_open(seen))
			plan_cancel(amendment->call, seen, seen->quantity);
	}
	plan_gifts(amendment);
	plan_reallocation(amendment->call);
	lock_orders_of_plan(amendment->call, &amendment->order_id, 1);
	amendment->order = get_order(amendment->call, amendment->order_id);
}

/* Cancels the open parts; false if the call must begin again. */
static bool
try_to_cancel(Amendment *amendment, const char *reason)
{
	lock_and_read_parts(amendment);
	check_not_released(amendment);
	plan_and_lock(amendment);
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
	else
		forget_expired_parts(amendment->call, amendment->order_id, amendment->line_no);
	release_amendment(amendment);
	return true;
}

/*
 * Cancels the open parts of the order, or of a line (line_no > 0), and returns the order's parts.
 */
static Datum
cancel(FunctionCallInfo fcinfo, int32 line_no, const char *reason, int options)
{
	Amendment	amendment = {0};

	begin_amendment(&amendment, fcinfo, line_no, options);
	while (!try_to_cancel(&amendment, reason))
		CHECK_FOR_INTERRUPTS();
	return end_amendment(&amendment, fcinfo);
}

/*
 * cancel_order(order_id, reason, options, merchant_id): leaves no part of the order open, and returns its
 * parts.
 */
KEYED_FUNCTION(backorder_cancel_order, cancel_order)
{
	return cancel(fcinfo, 0, optional_text_argument(fcinfo, 1), 2);
}

/*
 * cancel_line(order_id, line_no, reason, options, merchant_id): leaves no part of the line open, and returns
 * the order's parts.
 */
KEYED_FUNCTION(backorder_cancel_line, cancel_line)
{
	return cancel(fcinfo, line_argument(fcinfo), optional_text_argument(fcinfo, 2), 3);
}
