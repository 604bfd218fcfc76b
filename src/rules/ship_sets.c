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

struct Company
{
	int32		line_no;		/* 0: over all lines */
	TimestampTz not_before;		/* the latest of its parts */
	bool		whole;			/* nothing of it is backordered */
	ShipmentGroup	   *waiting;
};

/* Whether split_order() may move the part. */
static bool
is_loose(const Part *part)
{
	return is_open(part) && !is_frozen(part);
}

/* Whether the part belongs to the company under the order's ship policy. */
static bool
is_company_of(const Work *work, const Company *company, const Order *order, const Part *part)
{
	switch (order->policy)
	{
		case COMPLETE_ORDER:
			return true;
		case COMPLETE_LINE:
			return company->line_no == part->line_no;
		default:
			return company->not_before == part_not_before(work, part);
	}
}

/* The company to which the part belongs, or NULL if it is the first of its own. */
static Company *
find_company(const Work *work, const List *companies, const Order *order, const Part *part)
{
	ListCell   *lc;

	foreach(lc, companies)
		if (is_company_of(work, lfirst(lc), order, part))
			return lfirst(lc);
	return NULL;
}

/* A new company around its first part, which the caller adds. */
static Company *
make_company(const Work *work, const Order *order, const Part *part)
{
	Company    *company = palloc0_object(Company);

	company->line_no = order->policy == COMPLETE_LINE ? part->line_no : 0;
	company->not_before = part_not_before(work, part);
	company->whole = true;
	return company;
}

/* Gives every loose part its company, but for gifts, which others do not wait for. */
static List *
form_companies(const Work *work, Order *order)
{
	List	   *companies = NIL;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);
		Company    *company;

		if (!is_loose(part) || part->gift)
			continue;
		company = find_company(work, companies, order, part);
		if (company == NULL)
			companies = lappend(companies, company = make_company(work, order, part));
		company->not_before = Max(company->not_before, part_not_before(work, part));
		company->whole &= part->now.status != BACKORDERED;
		part->company = company;
	}
	return companies;
}

/* Whether a part has to wait for others, or for itself. */
static bool
must_wait(const Order *order, const Part *part)
{
	if (part->now.status == BACKORDERED)
		return true;
	if (part->company->whole)
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
may_leave_at(const Work *work, const Part *part)
{
	if (part->waits)
		return part->now.promised_at == NO_TIME ? DT_NOEND : part->now.promised_at;
	return part->company->not_before > work->clock ? part->company->not_before : NO_TIME;
}

/* Whether a gift would rather ship with this part than with that: it leaves sooner, or today from the gift's location. */
static bool
is_better_host(const Work *work, const Part *part, const Part *than, const Part *gift)
{
	TimestampTz date = may_leave_at(work, part);

	if (date != may_leave_at(work, than))
		return date < may_leave_at(work, than);
	return date == NO_TIME && than->now.location != gift->now.location && part->now.location == gift->now.location;
}

/* The part with which a gift ships, of those that can leave or are waited for. */
static const Part *
find_host(const Work *work, const Order *order, const Part *gift)
{
	const Part *host = NULL;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->gift || part->company == NULL || (part->waits && part->now.status != BACKORDERED))
			continue;
		if (host == NULL || is_better_host(work, part, host, gift))
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
place_gift(const Work *work, Order *order, Part *gift)
{
	const Part *host = find_host(work, order, gift);
	bool		alone = host == NULL || (may_leave_at(work, host) != NO_TIME && is_under_way(order));

	gift->company = alone ? make_company(work, order, gift) : host->company;
	gift->waits = gift->now.status == BACKORDERED || (!alone && host->waits);
	if (gift->now.status == BACKORDERED)
		return;
	if (gift->waits && gift->now.promised_at != first_date(order))
		renew_promise(gift, first_date(order), first_date(order) == NO_TIME ? BASIS_UNKNOWN : BASIS_SHELF);
	else if (!gift->waits && gift->now.promised_at == NO_TIME)
		promise_from_shelf(work, gift);
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
claim_group(ShipmentGroup *group, GroupStatus status, int32 location, TimestampTz not_before)
{
	group->claimed = true;
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
		Company    *company = part->company;

		if (company == NULL || !part->waits || company->waiting != NULL ||
			part->group == NULL || part->group->claimed || part->group->now.status != GROUP_WAITING)
			continue;
		company->waiting = claim_group(part->group, GROUP_WAITING, NO_LOCATION, company->not_before);
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
moves_as_one(const Order *order, const ShipmentGroup *group, int32 location, TimestampTz not_before)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->group == group && part->company != NULL &&
			(part->waits || part->company->not_before != not_before || (part->tracked && part->now.location != location)))
			return false;
	}
	return true;
}

/* Whether a part's own group may become its ready group: it waits and nobody waits there, or it moves as one. */
static bool
may_take_along(const Order *order, const Part *part, int32 location, TimestampTz not_before)
{
	const ShipmentGroup *group = part->group;

	if (group == NULL || group->claimed)
		return false;
	return group->now.status == GROUP_WAITING ||
		(group->now.status == GROUP_READY && moves_as_one(order, group, location, not_before));
}

/* A ready group for a part: the one that is there, else its own group if that may become it, else a new one. */
static void
make_ready(Order *order, Part *part, int32 location)
{
	TimestampTz not_before = part->company->not_before;
	ShipmentGroup *group = find_ready_group(order, location, not_before);

	if (group == NULL && may_take_along(order, part, location, not_before))
		group = part->group;
	if (group == NULL)
		group = new_group(order);
	part->group = claim_group(group, GROUP_READY, location, not_before);
	part->now.location = location;
}

/* The merchant's best-ranked active location; 1 where it has named none. */
static int32
best_location(const Work *work)
{
	const Place *best = NULL;

	for (int i = 0; i < work->nplaces; i++)
	{
		const Place *place = &work->places[i];

		if (place->active && (best == NULL || place->rank < best->rank))
			best = place;
	}
	return best == NULL ? 1 : best->location;
}

/* Where services go: the first ready group with their preorder date, else the best-ranked location. */
static int32
service_location(const Work *work, const Order *order, const Part *part)
{
	ListCell   *lc;

	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (group->claimed && group->now.status == GROUP_READY &&
			group->now.not_before == part->company->not_before)
			return group->now.location;
	}
	if (part->group != NULL && part->group->now.status == GROUP_READY)
		return part->group->now.location;
	return best_location(work);
}

/* Puts what need not wait into ready groups: goods first, then services beside them. */
static void
gather_ready_parts(const Work *work, Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->company != NULL && !part->waits && part->tracked)
			make_ready(order, part, part->now.location);
	}
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->company != NULL && !part->waits && !part->tracked)
			make_ready(order, part, service_location(work, order, part));
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
		Company    *company = part->company;

		if (company == NULL || !part->waits)
			continue;
		if (company->waiting == NULL)
			company->waiting = claim_group(part->group != NULL && !part->group->claimed ? part->group : new_group(order),
										   GROUP_WAITING, NO_LOCATION, company->not_before);
		part->group = company->waiting;
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
		if (is_loose(part))
			date_group(part->group, part);
	}
	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (!group->claimed && !group->empty &&
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
split_order(const Work *work, Order *order)
{
	ListCell   *lc;

	form_companies(work, order);
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		part->waits = part->company != NULL && must_wait(order, part);
	}
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->gift && is_loose(part))
			place_gift(work, order, part);
	}
	keep_waiting_groups(order);
	gather_ready_parts(work, order);
	gather_waiting_parts(order);
	close_groups(order);
	judge_order(order);
}
