/*
 * Refuses lines that would leave later than the customer is willing to wait (max_wait).
 *
 * A line leaves with its ship set, so its date is known only when the whole order is planned and grouped. The plan is therefore
 * made on trial, on the inventory of the call and, for a line that is raised, on a copy of the order, and then undone.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "engine/deadline.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"
#include "rules/line_plan.h"
#include "rules/ship_sets.h"

/* Saves the inventory of the call, for a plan that is only a trial. */
Inventory *
save_inventory(const Call *call)
{
	Inventory  *saved = palloc_array(Inventory, Max(call->ninventories, 1));

	memcpy(saved, call->inventories, sizeof(Inventory) * call->ninventories);
	for (int i = 0; i < call->ninventories; i++)
	{
		saved[i].stock = palloc_array(LocationStock, saved[i].nstock + 1);
		memcpy(saved[i].stock, call->inventories[i].stock, sizeof(LocationStock) * saved[i].nstock);
	}
	return saved;
}

/* Restores the inventory as it was saved. Planning an order adds no locations to it. */
void
restore_inventory(Call *call, const Inventory *saved)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		LocationStock *stock = call->inventories[i].stock;

		Assert(call->inventories[i].nstock == saved[i].nstock);
		memcpy(stock, saved[i].stock, sizeof(LocationStock) * saved[i].nstock);
		call->inventories[i] = saved[i];
		call->inventories[i].stock = stock;
	}
}

/* A copy of an order with its parts and groups, for a trial. */
static Order *
copy_order(const Order *order)
{
	Order	   *copy = palloc_object(Order);
	ListCell   *lc;

	*copy = *order;
	copy->groups = copy->parts = NIL;
	foreach(lc, order->groups)
	{
		ShipmentGroup *group = palloc_object(ShipmentGroup);

		*group = *(ShipmentGroup *) lfirst(lc);
		copy->groups = lappend(copy->groups, group);
	}
	foreach(lc, order->parts)
	{
		Part	   *part = palloc_object(Part);

		*part = *(Part *) lfirst(lc);
		part->order = copy;
		part->group = part->group == NULL ? NULL : find_group(copy, part->group->group_no);
		copy->parts = lappend(copy->parts, part);
	}
	return copy;
}

/* Returns the index of a line of the order in the request, or -1. */
static int
find_line(const Checkout *checkout, int32 line_no)
{
	int			from = 0;
	int			to = checkout->request->nlines;

	while (from < to)
	{
		int			middle = (from + to) / 2;

		if (line_number(checkout, middle) < line_no)
			from = middle + 1;
		else
			to = middle;
	}
	return from < checkout->request->nlines && line_number(checkout, from) == line_no ? from : -1;
}

/* Notes for each line when the last of its new units leaves; DT_NOEND if that is unknown. */
static void
date_lines(Checkout *checkout)
{
	ListCell   *lc;

	for (int i = 0; i < checkout->request->nlines; i++)
		checkout->lines[i].leaves_at = DT_NOBEGIN;
	foreach(lc, checkout->order->parts)
	{
		const Part *part = lfirst(lc);
		int			i = find_line(checkout, part->line_no);
		TimestampTz date;

		if (!part->fresh || i < 0)
			continue;
		date = leaves_at(part) == NO_TIME ? DT_NOEND : leaves_at(part);
		checkout->lines[i].leaves_at = Max(checkout->lines[i].leaves_at, date);
	}
}

/* Refuses the lines that leave after the deadline, by the dates that date_lines() noted. */
static void
judge_dates(Checkout *checkout, TimestampTz deadline)
{
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		LinePlan   *line = &checkout->lines[i];

		if (line->leaves_at <= deadline)
			continue;
		refuse(line, ERRCODE_OUT_OF_STOCK, "would wait longer than max_wait");
		line->late = true;
		if (line->leaves_at == DT_NOEND)
			line->leaves_at = NO_TIME;
	}
}

/* Plans the order on trial with `plan`, without the lines that are refused already, and refuses the lines that leave too late. */
void
refuse_late_lines(Checkout *checkout, void (*plan) (Checkout *))
{
	const Interval *wait = checkout->request->consent.max_wait;
	Order	   *order = checkout->order;
	Inventory  *books;

	if (wait == NULL)
		return;
	books = save_inventory(checkout->call);
	checkout->order = order == NULL ? NULL : copy_order(order);
	plan(checkout);
	group_shipments(checkout->call, checkout->order);
	date_lines(checkout);
	judge_dates(checkout, add_interval(checkout->call, checkout->call->clock, wait));
	checkout->order = order;
	restore_inventory(checkout->call, books);
}
