/*
 * Ship sets: which part belongs in which shipment group.
 *
 * A ship set is a set of parts that leave together under the order's ship policy. It has all parts
 * of the order (complete_order), of a line (complete_line), or of a preorder date (as_available,
 * backorders_together). A ship set with parts that wait has one waiting group. A part that need not
 * wait goes into the order's ready group of its location and preorder date.
 *
 * group_shipments() derives the groups from what the parts are now, whatever has changed them: it
 * needs no history, so every call may use it. Parts on a pick list and parts that have left keep
 * their groups. A group that other parts leave is used again where possible, and canceled where
 * not; its number is never used again.
 */
#include "postgres.h"

#include "rules/ship_sets.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/order.h"
#include "model/states.h"
#include "rules/sourcing.h"

struct ShipSet
{
	int32		line_no;		/* 0: over all lines */
	TimestampTz not_before;		/* the latest preorder date of its parts */
	bool		covered;		/* none of its parts is backordered */
	ShipmentGroup *waiting;		/* where its waiting parts are, or NULL */
};

/* Whether group_shipments() may move the part to another group. */
static bool
may_move(const Part *part)
{
	return is_open(part) && !is_frozen(part);
}

/* Whether the part belongs to the ship set under the order's ship policy. */
static bool
belongs_to(const Call *call, const ShipSet *ship_set, const Order *order, const Part *part)
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

/*
 * Returns the ship set to which the part belongs; NULL if the part is the first one of its ship
 * set.
 */
static ShipSet *
find_ship_set(const Call *call, const List *ship_sets, const Order *order, const Part *part)
{
	ListCell   *lc;

	foreach(lc, ship_sets)
		if (belongs_to(call, lfirst(lc), order, part))
			return lfirst(lc);
	return NULL;
}

/* Returns a new ship set for its first part, which the caller adds. */
static ShipSet *
make_ship_set(const Call *call, const Order *order, const Part *part)
{
	ShipSet	   *ship_set = palloc0_object(ShipSet);

	ship_set->line_no = order->policy == COMPLETE_LINE ? part->line_no : 0;
	ship_set->not_before = part_not_before(call, part);
	ship_set->covered = true;
	return ship_set;
}

/* Gives every part that may move its ship set, except gifts: no part waits for a gift. */
static void
form_ship_sets(const Call *call, Order *order)
{
	List	   *ship_sets = NIL;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);
		ShipSet	   *ship_set;

		if (!may_move(part) || part->gift)
			continue;
		ship_set = find_ship_set(call, ship_sets, order, part);
		if (ship_set == NULL)
			ship_sets = lappend(ship_sets, ship_set = make_ship_set(call, order, part));
		ship_set->not_before = Max(ship_set->not_before, part_not_before(call, part));
		ship_set->covered &= part->now.status != BACKORDERED;
		part->ship_set = ship_set;
	}
}

/* Whether a part waits, for goods or for other parts of its ship set. */
static bool
must_wait(const Order *order, const Part *part)
{
	if (part->now.status == BACKORDERED)
		return true;
	if (part->ship_set->covered)
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

/* Whether a part that is no gift has left, or is on a pick list. */
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

/*
 * Returns when a part may leave: NO_TIME for today, its preorder date or promise, DT_NOEND if no
 * date is known.
 */
static TimestampTz
may_leave_at(const Call *call, const Part *part)
{
	if (part->waits)
		return part->now.promised_at == NO_TIME ? DT_NOEND : part->now.promised_at;
	return part->ship_set->not_before > call->clock ? part->ship_set->not_before : NO_TIME;
}

/*
 * Whether a gift ships with this part rather than with that one: it leaves earlier, or today from
 * the gift's location.
 */
static bool
is_better_host(const Call *call, const Part *part, const Part *than, const Part *gift)
{
	TimestampTz date = may_leave_at(call, part);

	if (date != may_leave_at(call, than))
		return date < may_leave_at(call, than);
	return date == NO_TIME && than->now.location != gift->now.location && part->now.location == gift->now.location;
}

/*
 * Returns the part with which a gift ships: one that may leave, or that is backordered; NULL if
 * there is none.
 */
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

/*
 * Returns the first promise of the backordered parts that are no gifts; NO_TIME if none is known.
 */
static TimestampTz
first_promise(const Order *order)
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

/*
 * Gives a gift the ship set of the part that leaves first. It ships alone if no other part is left,
 * or if a part is under way already and the rest cannot leave today.
 */
static void
place_gift(const Call *call, Order *order, Part *gift)
{
	const Part *host = find_host(call, order, gift);
	bool		alone = host == NULL || (may_leave_at(call, host) != NO_TIME && is_under_way(order));

	gift->ship_set = alone ? make_ship_set(call, order, gift) : host->ship_set;
	gift->waits = gift->now.status == BACKORDERED || (!alone && host->waits);
	if (gift->now.status == BACKORDERED)
		return;
	if (gift->waits && gift->now.promised_at != first_promise(order))
		set_promise(gift, first_promise(order), first_promise(order) == NO_TIME ? BASIS_UNKNOWN : BASIS_SHELF);
	else if (!gift->waits && gift->now.promised_at == NO_TIME)
		promise_from_shelf(call, gift);
}

/* Returns a new group of the order, with the next number; assign_group() gives it a meaning. */
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

/* Gives a group its meaning, which it keeps until group_shipments() ends. */
static ShipmentGroup *
assign_group(ShipmentGroup *group, GroupStatus status, int32 location, TimestampTz not_before)
{
	group->assigned = true;
	group->now.status = status;
	group->now.location = location;
	group->now.not_before = not_before;
	return group;
}

/* Ship sets that wait keep the waiting group in which their parts are. */
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

/* Returns the order's ready group of a location and preorder date; NULL if there is none. */
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

/*
 * Whether every part of a group that may move is to ship from this location at this preorder date.
 */
static bool
moves_as_one_group(const Order *order, const ShipmentGroup *group, int32 location, TimestampTz not_before)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->group == group && part->ship_set != NULL &&
			(part->waits || part->ship_set->not_before != not_before ||
			 (part->tracked && part->now.location != location)))
			return false;
	}
	return true;
}

/*
 * Whether the group of a part may become its ready group: no ship set waits in it, or all its parts
 * move together.
 */
static bool
may_reuse_group(const Order *order, const Part *part, int32 location, TimestampTz not_before)
{
	const ShipmentGroup *group = part->group;

	if (group == NULL || group->assigned)
		return false;
	return group->now.status == GROUP_WAITING ||
		(group->now.status == GROUP_READY && moves_as_one_group(order, group, location, not_before));
}

/*
 * Puts a part into a ready group of the location: the one that exists, else the part's own group,
 * else a new one.
 */
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

/*
 * Puts the parts that need not wait into ready groups: first goods, then services, which go beside
 * them.
 */
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
			make_ready(order, part, choose_service_location(call, order, part, part->ship_set->not_before));
	}
}

/*
 * Puts the parts that wait into the group of their ship set: its waiting group, else a group that
 * is free, else a new one.
 */
static void
gather_waiting_parts(Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);
		ShipSet	   *ship_set = part->ship_set;
		bool		reuses = part->group != NULL && !part->group->assigned;

		if (ship_set == NULL || !part->waits)
			continue;
		if (ship_set->waiting == NULL)
			ship_set->waiting = assign_group(reuses ? part->group : new_group(order), GROUP_WAITING, NO_LOCATION,
											 ship_set->not_before);
		part->group = ship_set->waiting;
		if (!part->tracked)
			part->now.location = NO_LOCATION;
	}
}

/* Adds a part's promise to its group's, which is the latest of all; unknown if one of them is. */
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

/*
 * Dates the groups, writes their numbers into the parts, marks empty groups, and cancels those with
 * canceled parts only.
 */
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
		if (may_move(part))
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

/* Completes or cancels the order if no part of it is open. */
static void
close_order(Order *order)
{
	bool		open = false;
	bool		shipped = false;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		open |= is_open(part);
		shipped |= part->now.status == SHIPPED || part->now.status == RETURNED;
	}
	if (!open)
		order->status = shipped ? ORDER_COMPLETE : ORDER_CANCELED;
}

/*
 * Puts every part of the order that may move into the group in which it belongs now, and derives
 * the order's status.
 */
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

		if (part->gift && may_move(part))
			place_gift(call, order, part);
	}
	keep_waiting_groups(order);
	gather_ready_parts(call, order);
	gather_waiting_parts(order);
	close_groups(order);
	close_order(order);
}
