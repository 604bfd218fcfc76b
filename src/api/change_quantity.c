/*
 * change_quantity(): sets the units of a line, shipped ones included.
 *
 * To lower a line, the call cancels waiting units first, then allocated ones, each from the end of
 * the queue order; what is shipped or on a pick list stays. To raise it, the call adds units under
 * the rules of checkout and of the order's consent.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/argument.h"
#include "base/errors.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "store/order_rows.h"
#include "engine/checkout.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/amendment.h"
#include "api/keyed_call.h"

/* Units of the line that are not canceled. */
static int64
line_units(const Amendment *amendment)
{
	int64		units = 0;
	ListCell   *lc;

	foreach(lc, amendment->seen)
		if (((SeenPart *) lfirst(lc))->status != CANCELED)
			units = add_units(units, ((SeenPart *) lfirst(lc))->quantity);
	return units;
}

/*
 * Refuses to lower the line so far that `missing` units would have to come from those that are
 * shipped or on a pick list.
 */
static void
check_units_left(const Amendment *amendment, int64 missing)
{
	if (missing > 0)
		wrong_state(psprintf("line %d of order " INT64_FORMAT " cannot be lowered that far",
							 amendment->line_no, amendment->order_id),
					psprintf(INT64_FORMAT " units more than that are shipped or on a pick list.", missing),
					"Call unrelease_group() for its group, or return_items() for units that come back.");
}

/* Plans to cancel units of the line. */
static void
plan_fewer_units(Amendment *amendment, int64 units)
{
	static const PartStatus statuses[] = {BACKORDERED, ALLOCATED};

	for (size_t i = 0; i < lengthof(statuses); i++)
	{
		ListCell   *lc;

		foreach(lc, amendment->seen)
		{
			const SeenPart *seen = lfirst(lc);
			int64		part = Min(units, seen->quantity);

			if (part == 0 || seen->status != statuses[i] || seen->released)
				continue;
			plan_cancel(amendment->call, seen, part);
			units -= part;
		}
	}
	check_units_left(amendment, units);
}

/* Cancels units of a line that is a service, in the locked order. */
static void
cancel_some_services(const Amendment *amendment, int64 units)
{
	List	   *parts = list_copy(amendment->order->parts);

	for (int i = list_length(parts) - 1; i >= 0 && units > 0; i--)
	{
		Part	   *part = list_nth(parts, i);
		int64		some = Min(units, part->now.quantity);

		if (part->line_no != amendment->line_no || part->tracked || !is_open(part) || is_frozen(part))
			continue;
		cancel_units(part, some);
		units -= some;
	}
	check_units_left(amendment, units);
}

/* Lowers the line by some units; false if the call must begin again. */
static bool
lower_line(Amendment *amendment, int64 units)
{
	bool		tracked = ((SeenPart *) linitial(amendment->seen))->inv->item.tracked;

	if (tracked)
		plan_fewer_units(amendment, units);
	plan_gifts(amendment);
	plan_reallocation(amendment->call);
	lock_orders_of_plan(amendment->call, &amendment->order_id, 1);
	amendment->order = get_order(amendment->call, amendment->order_id);
	apply_plan(amendment->call);
	if (!tracked)
		cancel_some_services(amendment, units);
	if (!gifts_are_as_planned(amendment))
		return false;
	cancel_service_gifts(amendment);
	finish_call(amendment->call);
	return true;
}

/* Refuses to raise a line of an order that is neither open nor held. */
static void
check_changeable(const Order *order)
{
	if (order->status != ORDER_OPEN && order->status != ORDER_HELD)
		wrong_state(psprintf("order " INT64_FORMAT " cannot be changed", order->order_id),
					psprintf("It is %s.", order_status_names[order->status]), "Place a new order.");
}

/* Refuses to raise a line that is a gift. */
static void
check_no_gift(const Part *part)
{
	if (part->gift)
		wrong_state(psprintf("line %d of order " INT64_FORMAT " cannot be raised",
							 part->line_no, part->order->order_id),
					"It is a gift.", "Place an order for more of it.");
}

/* Returns the first part of the line, or NULL. */
static const Part *
first_part(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->parts)
		if (((const Part *) lfirst(lc))->line_no == line_no)
			return lfirst(lc);
	return NULL;
}

/* Raises the line by some units. */
static void
raise_line(Amendment *amendment, int64 units)
{
	Inventory  *inv = ((SeenPart *) linitial(amendment->seen))->inv;
	const Part *like;

	lock_orders(amendment->call, &amendment->order_id, 1);
	amendment->order = get_order(amendment->call, amendment->order_id);
	check_changeable(amendment->order);
	like = first_part(amendment->order, amendment->line_no);
	if (like == NULL)
		damaged(psprintf("line %d of order " INT64_FORMAT " has no parts",
						 amendment->line_no, amendment->order_id));
	check_no_gift(like);
	add_units_to_line(amendment->call, like, inv, units);
	finish_call(amendment->call);
}

/* Refuses a quantity outside 0 to MAX_QUANTITY. */
static void
check_new_quantity(int64 quantity)
{
	if (quantity < 0 || quantity > MAX_QUANTITY)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("quantity must be between 0 and 2^53"),
				 errhint("Pass the new total of units in the line, shipped ones included.")));
}

/* Sets the units of the line; false if the call must begin again. */
static bool
try_to_change(Amendment *amendment, int64 quantity)
{
	int64		units;

	lock_and_read_parts(amendment);
	units = line_units(amendment);
	if (quantity > units)
		raise_line(amendment, quantity - units);
	else if (quantity < units)
	{
		if (!lower_line(amendment, units - quantity))
			return false;
	}
	else
	{
		read_orders(amendment->call, &amendment->order_id, 1);
		amendment->order = get_order(amendment->call, amendment->order_id);
	}
	release_amendment(amendment);
	return true;
}

/*
 * change_quantity(order_id, line_no, quantity, options, merchant_id): sets the units of the line, and
 * returns the order's parts.
 */
KEYED_FUNCTION(backorder_change_quantity, change_quantity)
{
	int64		quantity = int64_argument(fcinfo, 2, "quantity");
	Amendment	amendment = {0};

	check_new_quantity(quantity);
	begin_amendment(&amendment, fcinfo, line_argument(fcinfo), 3);
	while (!try_to_change(&amendment, quantity))
		CHECK_FOR_INTERRUPTS();
	return end_amendment(&amendment, fcinfo);
}
