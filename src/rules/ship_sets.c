/*
 * Split: which part belongs in which shipment group, judged by level from what is covered, whatever brought it about.
 *
 * A company is a set of parts that waits for one another: the order (complete_order), a line (complete_line), or all
 * that wait for the same preorder date. A company has one waiting group; what need not wait stands in the order's
 * ready group of its location and preorder date.
 */
#include "postgres.h"

#include "rules/ship_sets.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/order.h"
#include "model/states.h"

struct ShipSet
{
	int32		line_no;		/* 0: over all lines */
	TimestampTz not_before;		/* the latest of its parts */
	bool		whole;			/* nothing of it is backordered */
	ShipmentGroup *waiting;
};

/* Whether group_shipments() may move the part. */
static bool
has_no_ship_set(const Part *part)
{
	return is_open(part) && !is_frozen(part);
}

/* Whether the part belongs to the company under the order's ship policy. */
static bool
is_ship_set_of(const Call *call, const ShipSet *ship_set, const Order *order, const Part *part)
{
	switch (order->policy)
	{
		case COMPLETE_ORDER:
			return true;
		case COMPLETE_LINE:
			return ship_set->line_no == part->line_no;
		default:
			return ship_set->not_before == part_not_before(call, part);
	}
}

/* The company to which the part belongs, or NULL if it is the first of its own. */
static ShipSet *
find_ship_set(const Call *call, const List *ship_sets, const Order *order, const Part *part)
{
	ListCell   *lc;

	foreach(lc, ship_sets)
		if (is_ship_set_of(call, lfirst(lc), order, part))
			return lfirst(lc);
	return NULL;
}

/* A new company around its first part, which the caller adds. */
static ShipSet *
make_ship_set(const Call *call, const Order *order, const Part *part)
{
	ShipSet	   *ship_set = palloc0_object(ShipSet);

	ship_set->line_no = order->policy == COMPLETE_LINE ? part->line_no : 0;
	ship_set->not_before = part_not_before(call, part);
	ship_set->whole = true;
	return ship_set;
}

/* Gives every loose part its company, but for gifts, which others do not wait for. */
static List *
form_ship_sets(const Call *call, Order *order)
{
	List	   *ship_sets = NIL;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);
		ShipSet	   *ship_set;

		if (!has_no_ship_set(part) || part->gift)
			continue;
		ship_set = find_ship_set(call, ship_sets, order, part);
		if (ship_set == NULL)
			ship_sets = lappend(ship_sets, ship_set = make_ship_set(call, order, part));
		ship_set->not_before = Max(ship_set->not_before, part_not_before(call, part));
		ship_set->whole &= part->now.status != BACKORDERED;
		part->ship_set = ship_set;
	}
	return ship_sets;
}

/* Whether a part has to wait for others, or for itself. */
static bool
must_wait(const Order *order, const Part *part)
{
	if (part->now.status == BACKORDERED)
		return true;
	if (part->ship_set->whole)
		return false;
	switch (order->policy)
	{
		case AS_AVAILABLE:
			return false;
		case BACKORDERS_TOGETHER:
			return part->group != NULL && part->group->was.status == GROUP_WAITING && !part->group->is_new;
		default:
			return true;
	}
}

/* Whether something that was paid for has left, or is about to. */
static bool
is_under_way(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (!part->gift && (part->now.status == SHIPPED || part->now.status == RETURNED ||
							(is_open(part) && is_frozen(part))))
			return true;
	}
	return false;
}

/* When the part may leave: NO_TIME today, else on its preorder date, or when it is promised; DT_NOEND: nobody knows. */
static TimestampTz
may_leave_at(const Call *call, const Part *part)
{
	if (part->waits)
		return part->now.promised_at == NO_TIME ? DT_NOEND : part->now.promised_at;
	return part->ship_set->not_before > call->clock ? part->ship_set->not_before : NO_TIME;
}

/* Whether a gift would rather ship with this part than with that: it leaves sooner, or today from the gift's location. */
static bool
is_better_host(const Call *call, const Part *part, const Part *than, const Part *gift)
{
	TimestampTz date = may_leave_at(call, part);

	if (date != may_leave_at(call, than))
		return date < may_leave_at(call, than);
	return date == NO_TIME && than->now.location != gift->now.location && part->now.location == gift->now.location;
}

/* The part with which a gift ships, of those that can leave or are waited for. */
static const Part *
find_host(const Call *call, const Order *order, const Part *gift)
{
	const Part *host = NULL;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->gift || part->ship_set == NULL || (part->waits && part->now.status != BACKORDERED))
			continue;
		if (host == NULL || is_better_host(call, part, host, gift))
			host = part;
	}
	return host;
}

/* The first date on which something of the order that waits should leave; NO_TIME if none is known. */
static TimestampTz
first_date(const Order *order)
{
	TimestampTz date = NO_TIME;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (!part->gift && part->now.status == BACKORDERED && part->now.promised_at != NO_TIME)
			date = date == NO_TIME ? part->now.promised_at : Min(date, part->now.promised_at);
	}
	return date;
}

/* Gives a gift its company: it ships with the first of the order that does, alone where nothing else is left. */
static void
place_gift(const Call *call, Order *order, Part *gift)
{
	const Part *host = find_host(call, order, gift);
	bool		alone = host == NULL || (may_leave_at(call, host) != NO_TIME && is_under_way(order));

	gift->ship_set = alone ? make_ship_set(call, order, gift) : host->ship_set;
	gift->waits = gift->now.status == BACKORDERED || (!alone && host->waits);
	if (gift->now.status == BACKORDERED)
		return;
	if (gift->waits && gift->now.promised_at != first_date(order))
		set_promise(gift, first_date(order), first_date(order) == NO_TIME ? BASIS_UNKNOWN : BASIS_SHELF);
	else if (!gift->waits && gift->now.promised_at == NO_TIME)
		promise_from_shelf(call, gift);
}

/* A new group at the end of the order, with the next number; the caller claims it. */
static ShipmentGroup *
new_group(Order *order)
{
	ShipmentGroup *group = palloc0_object(ShipmentGroup);

	group->group_no = ++order->groups_used;
	group->is_new = true;
	group->now.promised_at = group->now.not_before = NO_TIME;
	group->now.released_at = group->now.shipped_at = group->now.delivered_at = NO_TIME;
	order->groups = lappend(order->groups, group);
	return group;
}

/* Gives a group its meaning for the rest of this pass. */
static ShipmentGroup *
assign_group(ShipmentGroup *group, GroupStatus status, int32 location, TimestampTz not_before)
{
	group->assigned = true;
	group->now.status = status;
	group->now.location = location;
	group->now.not_before = not_before;
	return group;
}

/* Companies that wait keep the waiting group in which they are. */
static void
keep_waiting_groups(Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);
		ShipSet	   *ship_set = part->ship_set;

		if (ship_set == NULL || !part->waits || ship_set->waiting != NULL ||
			part->group == NULL || part->group->assigned || part->group->now.status != GROUP_WAITING)
			continue;
		ship_set->waiting = assign_group(part->group, GROUP_WAITING, NO_LOCATION, ship_set->not_before);
	}
}

/* The order's unreleased ready group of a location and preorder date, or NULL. */
static ShipmentGroup *
find_ready_group(const Order *order, int32 location, TimestampTz not_before)
{
	ListCell   *lc;

	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (group->now.status == GROUP_READY && group->now.location == location &&
			group->now.not_before == not_before)
			return group;
	}
	return NULL;
}

/* Whether all that a group's loose parts want is to ship from this location at this preorder date. */
static bool
moves_as_one_group(const Order *order, const ShipmentGroup *group, int32 location, TimestampTz not_before)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->group == group && part->ship_set != NULL &&
			(part->waits || part->ship_set->not_before != not_before || (part->tracked && part->now.location != location)))
			return false;
	}
	return true;
}

/* Whether a part's own group may become its ready group: it waits and nobody waits there, or it moves as one. */
static bool
may_reuse_group(const Order *order, const Part *part, int32 location, TimestampTz not_before)
{
	const ShipmentGroup *group = part->group;

	if (group == NULL || group->assigned)
		return false;
	return group->now.status == GROUP_WAITING ||
		(group->now.status == GROUP_READY && moves_as_one_group(order, group, location, not_before));
}

/* A ready group for a part: the one that is there, else its own group if that may become it, else a new one. */
static void
make_ready(Order *order, Part *part, int32 location)
{
	TimestampTz not_before = part->ship_set->not_before;
	ShipmentGroup *group = find_ready_group(order, location, not_before);

	if (group == NULL && may_reuse_group(order, part, location, not_before))
		group = part->group;
	if (group == NULL)
		group = new_group(order);
	part->group = assign_group(group, GROUP_READY, location, not_before);
	part->now.location = location;
}

/* The merchant's best-ranked active location; 1 where it has named none. */
static int32
best_location(const Call *call)
{
	const Location *best = NULL;

	for (int i = 0; i < call->nlocations; i++)
	{
		const Location *location_row = &call->locations[i];

		if (location_row->active && (best == NULL || location_row->rank < best->rank))
			best = location_row;
	}
	return best == NULL ? 1 : best->location;
}

/* Where services go: the first ready group with their preorder date, else the best-ranked location. */
static int32
service_location(const Call *call, const Order *order, const Part *part)
{
	ListCell   *lc;

	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (group->assigned && group->now.status == GROUP_READY &&
			group->now.not_before == part->ship_set->not_before)
			return group->now.location;
	}
	if (part->group != NULL && part->group->now.status == GROUP_READY)
		return part->group->now.location;
	return best_location(call);
}

/* Puts what need not wait into ready groups: goods first, then services beside them. */
static void
gather_ready_parts(const Call *call, Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->ship_set != NULL && !part->waits && part->tracked)
			make_ready(order, part, part->now.location);
	}
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->ship_set != NULL && !part->waits && !part->tracked)
			make_ready(order, part, service_location(call, order, part));
	}
}

/* Puts what waits into its company's group: the one it has, else a ready group that is ready no more, else a new one. */
static void
gather_waiting_parts(Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);
		ShipSet	   *ship_set = part->ship_set;

		if (ship_set == NULL || !part->waits)
			continue;
		if (ship_set->waiting == NULL)
			ship_set->waiting = assign_group(part->group != NULL && !part->group->assigned ? part->group : new_group(order),
										   GROUP_WAITING, NO_LOCATION, ship_set->not_before);
		part->group = ship_set->waiting;
		if (!part->tracked)
			part->now.location = NO_LOCATION;
	}
}

/* When all of a group's open parts should be dispatched; unknown if that of any is. */
static void
date_group(ShipmentGroup *group, const Part *part)
{
	if (!group->dated)
		group->now.promised_at = part->now.promised_at;
	else if (group->now.promised_at != NO_TIME)
		group->now.promised_at = part->now.promised_at == NO_TIME
			? NO_TIME : Max(group->now.promised_at, part->now.promised_at);
	group->dated = true;
}

/* Dates the groups, writes their numbers into the parts, and marks what is left over: canceled, or empty. */
static void
close_groups(Order *order)
{
	ListCell   *lc;

	foreach(lc, order->groups)
		((ShipmentGroup *) lfirst(lc))->empty = true;
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		part->group->empty = false;
		part->now.group_no = part->group->group_no;
		if (has_no_ship_set(part))
			date_group(part->group, part);
	}
	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (!group->assigned && !group->empty &&
			(group->now.status == GROUP_WAITING || group->now.status == GROUP_READY))
			group->now.status = GROUP_CANCELED;
	}
}

/* What the order has become: canceled or complete when nothing of it is open. */
static void
judge_order(Order *order)
{
	bool		open = false;
	bool		shipped = false;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		open |= is_open(part);
		shipped |= part->now.status == SHIPPED || part->now.status == RETURNED;
	}
	if (!open)
		order->status = shipped ? ORDER_COMPLETE : ORDER_CANCELED;
}

/* Judges every group of the order anew; frozen and finished ones stay as they are. */
void
group_shipments(const Call *call, Order *order)
{
	ListCell   *lc;

	form_ship_sets(call, order);
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		part->waits = part->ship_set != NULL && must_wait(order, part);
	}
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->gift && has_no_ship_set(part))
			place_gift(call, order, part);
	}
	keep_waiting_groups(order);
	gather_ready_parts(call, order);
	gather_waiting_parts(order);
	close_groups(order);
	judge_order(order);
}
