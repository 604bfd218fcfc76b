/*
 * Notifications about orders and shipment groups: when each type is due, and what its payload says.
 *
 * A notification about an order states how the whole order stands, and what is news for the customer.
 * News are fills, dates that have moved, and cancellations, also those of the pending notifications
 * that it replaces.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "rules/order_notifications.h"
#include "base/clock.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/states.h"
#include "store/pending_notifications.h"
#include "rules/grant_judgment.h"
#include "rules/news.h"

#define CONFIRMATION "placed"	/* the type that tells of the whole order, and of the consent */

/* ---- when a type is due ---- */

/* Whether incentives were granted or withdrawn, by this call or before it, of which the customer does not know. */
static bool
changes_grants(const Order *order)
{
	ListCell   *lc;

	if (has_lost_grant(order))
		return true;
	foreach(lc, order->grants)
		if (((Grant *) lfirst(lc))->is_new)
			return true;
	foreach(lc, order->pending)
		if (((PendingNotification *) lfirst(lc))->changes_grants)
			return true;
	return false;
}

/* Whether the notification that is due must tell something that is neither a fill nor a date. */
static bool
is_more_to_tell(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->pending)
		if (stands_for(lfirst(lc), CONFIRMATION))
			return true;
	return changes_grants(order);
}

/* Whether this call opened the order. */
bool
is_order_placed(const NotificationSubject *subject)
{
	return subject->order->confirmed;
}

/* Whether this call canceled what was left of the order, of which nothing had shipped. */
bool
is_order_canceled(const NotificationSubject *subject)
{
	return subject->order->canceled != NIL && subject->order->status == ORDER_CANCELED;
}

/* Whether units of an order were canceled, by this call or before it, of which the customer does not know. */
bool
are_units_canceled(const NotificationSubject *subject)
{
	const Order *order = subject->order;
	ListCell   *lc;

	if (order->canceled != NIL)
		return true;
	if (order->moves != NIL || order->fills != NIL)
		return false;
	foreach(lc, order->pending)
		if (((PendingNotification *) lfirst(lc))->canceled != NIL)
			return true;
	return false;
}

/* Whether the customer does not know the date of open units. */
bool
is_promise_changed(const NotificationSubject *subject)
{
	return subject->order->moves != NIL || (subject->order->fills == NIL && is_more_to_tell(subject->order));
}

/* Whether the customer does not know that units were filled. */
bool
is_backorder_filled(const NotificationSubject *subject)
{
	return subject->order->fills != NIL;
}

/* Whether this call lowered or withdrew grants, and the customer learns of it by no other notification. */
bool
are_incentives_changed(const NotificationSubject *subject)
{
	const Order *order = subject->order;

	return order->moves == NIL && order->fills == NIL && has_lost_grant(order);
}

/* Whether this call shipped the group. */
bool
is_group_shipped(const NotificationSubject *subject)
{
	return subject->group->now.status == GROUP_SHIPPED && subject->group->was.status != GROUP_SHIPPED;
}

/* ---- "lines" and "waiting": how the order stands ---- */

/* Whether a fill of the line is news. */
static bool
is_line_filled(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->fills)
		if (((Fill *) lfirst(lc))->part->line_no == line_no)
			return true;
	return false;
}

/* Adds one line with its parts, from one index up to another. */
static void
append_line(StringInfo json, const Order *order, int from, int to)
{
	const Part *first = list_nth(order->parts, from);

	separate(json);
	appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", first->line_no);
	append_text(json, first->sku);
	appendStringInfoString(json, ", \"name\": ");
	append_text(json, first->name);
	appendStringInfoString(json, ", \"unit_price\": ");
	appendStringInfoString(json, first->no_price ? "null"
						   : DatumGetCString(DirectFunctionCall1(numeric_out, first->unit_price)));
	appendStringInfoString(json, ", \"parts\": ");
	append_parts(json, order, from, to);
	appendStringInfoChar(json, '}');
}

/*
 * Adds "lines": all of them, or those of which the notification tells, with their parts as they are
 * now.
 */
static void
append_lines(StringInfo json, const Order *order, bool all, bool (*is_told) (const Part *))
{
	int			count = list_length(order->parts);
	int			to;

	appendStringInfoString(json, ", \"lines\": [");
	for (int from = 0; from < count; from = to)
	{
		int32		line_no = ((Part *) list_nth(order->parts, from))->line_no;
		bool		told = all || is_line_filled(order, line_no);

		to = end_of_line(order, from, line_no);
		for (int i = from; i < to; i++)
			told |= is_told(list_nth(order->parts, i));
		if (told)
			append_line(json, order, from, to);
	}
	appendStringInfoChar(json, ']');
}

/* Adds "waiting": the units that wait, and until when. */
static void
append_waiting(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"waiting\": [");
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->now.status != BACKORDERED)
			continue;
		separate(json);
		appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", part->line_no);
		append_text(json, part->sku);
		appendStringInfo(json, ", \"quantity\": " INT64_FORMAT ", \"promised_at\": ", part->now.quantity);
		append_time(json, part->now.promised_at);
		appendStringInfoString(json, ", \"leaves_at\": ");
		append_time(json, leaves_at(part));
		appendStringInfoChar(json, '}');
	}
	appendStringInfoChar(json, ']');
}

/* ---- "covers": the notifications that are replaced ---- */

/*
 * Adds "covers": the types of the pending notifications that this one replaces, and of those that
 * they replaced.
 */
static void
append_covers(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"covers\": [");
	foreach(lc, order->pending)
	{
		const PendingNotification *pending = lfirst(lc);
		ListCell   *covered;

		foreach(covered, pending->covers)
		{
			separate(json);
			append_text(json, lfirst(covered));
		}
		separate(json);
		append_text(json, pending->type);
	}
	appendStringInfoChar(json, ']');
}

/* ---- "before": what the customer knows of the lines that have changed ---- */

/* Adds "before". */
static void
append_known(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"before\": [");
	foreach(lc, order->known)
	{
		const KnownUnits *known = lfirst(lc);

		separate(json);
		appendStringInfo(json, "{\"line_no\": %d, \"part_no\": %d, \"status\": \"%s\", \"quantity\": " INT64_FORMAT
						 ", \"promised_at\": ",
						 known->line_no, known->part_no, part_status_names[known->status], known->quantity);
		append_time(json, known->promised_at);
		appendStringInfoChar(json, '}');
	}
	appendStringInfoChar(json, ']');
}

/* ---- "filled" ---- */

/* Adds "filled". */
static void
append_filled(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"filled\": [");
	foreach(lc, order->fills)
	{
		const Fill *fill = lfirst(lc);

		separate(json);
		appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", fill->part->line_no);
		append_text(json, fill->part->sku);
		appendStringInfo(json, ", \"quantity\": " INT64_FORMAT ", \"group_no\": %d}", fill->quantity,
						 fill->part->now.group_no);
	}
	appendStringInfoChar(json, ']');
}

/* ---- "canceled" ---- */

/* Adds units that were canceled. */
static void
append_canceled_units(StringInfo json, const List *units)
{
	ListCell   *lc;

	foreach(lc, units)
	{
		const Canceled *canceled = lfirst(lc);

		separate(json);
		appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", canceled->line_no);
		append_text(json, canceled->sku);
		appendStringInfo(json, ", \"quantity\": " INT64_FORMAT "}", canceled->quantity);
	}
}

/* Adds "canceled": units that were canceled. */
static void
append_canceled(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"canceled\": [");
	foreach(lc, order->pending)
		append_canceled_units(json, ((PendingNotification *) lfirst(lc))->canceled);
	append_canceled_units(json, order->canceled);
	appendStringInfoChar(json, ']');
}

/* ---- "moved": dates that have changed, from what the customer knows to what holds now ---- */

/* Adds "moved". */
static void
append_moved(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"moved\": [");
	foreach(lc, order->moves)
	{
		const Move *move = lfirst(lc);

		separate(json);
		appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", move->part->line_no);
		append_text(json, move->part->sku);
		appendStringInfo(json, ", \"quantity\": " INT64_FORMAT ", \"from\": ", move->quantity);
		append_time(json, move->from);
		appendStringInfoString(json, ", \"to\": ");
		append_time(json, move->part->now.promised_at);
		appendStringInfoChar(json, '}');
	}
	appendStringInfoChar(json, ']');
}

/* ---- payloads ---- */

/* Begins a payload with what all notifications about an order have; the caller ends it. */
static void
begin_payload(StringInfo json, const NotificationType *type, const Order *order)
{
	initStringInfo(json);
	appendStringInfo(json, "{\"version\": %d, \"type\": \"%s\", \"order_id\": " INT64_FORMAT ", \"reference\": ",
					 PAYLOAD_VERSION, type->name, order->order_id);
	append_text(json, order->reference);
	appendStringInfoString(json, ", \"customer\": ");
	append_text(json, order->customer);
	appendStringInfo(json, ", \"order_status\": \"%s\"", order_status_names[order->status]);
}

/* Whether the notification is the order's confirmation, or replaces it. */
static bool
confirms_order(const NotificationType *type, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->pending)
		if (stands_for(lfirst(lc), CONFIRMATION))
			return true;
	return strcmp(type->name, CONFIRMATION) == 0;
}

/* Whether a notification about the order tells of the part. */
static bool
is_told_of_order(const Part *part)
{
	return part->now.status == BACKORDERED || part->now.status == CANCELED || part->filled || has_new_promise(part);
}

/* Whether a notification about a shipped group tells of the part. */
static bool
is_told_of_group(const Part *part)
{
	return part->now.status == BACKORDERED ||
		(part->group->now.status == GROUP_SHIPPED && part->group->was.status != GROUP_SHIPPED);
}

/* Returns the payload of a notification about an order. */
char *
order_payload(const NotificationType *type, const NotificationSubject *subject)
{
	const Order *order = subject->order;
	StringInfoData json;

	begin_payload(&json, type, order);
	appendStringInfoString(&json, ", \"reason\": ");
	append_text(&json, order->reason);
	append_covers(&json, order);
	if (type->replaceable && !order->confirmed)
		append_known(&json, order);
	append_lines(&json, order, confirms_order(type, order), is_told_of_order);
	append_waiting(&json, order);
	append_filled(&json, order);
	append_moved(&json, order);
	append_canceled(&json, order);
	if (confirms_order(type, order))
		append_consent(&json, &order->consent);
	append_incentives(&json, order, type->replaceable && !order->confirmed);
	if (type->replaceable && !order->confirmed)
		appendStringInfo(&json, ", \"grants_changed\": %s", changes_grants(order) ? "true" : "false");
	appendStringInfoChar(&json, '}');
	return json.data;
}

/* Adds "shipped": what is in the group. */
static void
append_shipped(StringInfo json, const Order *order, const ShipmentGroup *group)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"shipped\": [");
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->group != group || part->now.status != SHIPPED)
			continue;
		separate(json);
		appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", part->line_no);
		append_text(json, part->sku);
		appendStringInfoString(json, ", \"name\": ");
		append_text(json, part->name);
		appendStringInfo(json, ", \"quantity\": " INT64_FORMAT "}", part->now.quantity);
	}
	appendStringInfoChar(json, ']');
}

/*
 * Returns the payload of a notification about a shipped group: what is in it, and what of the order
 * is still to come.
 */
char *
shipped_payload(const NotificationType *type, const NotificationSubject *subject)
{
	const ShipmentGroup *group = subject->group;
	StringInfoData json;

	begin_payload(&json, type, subject->order);
	appendStringInfo(&json, ", \"group_no\": %d, \"location_id\": %d, \"tracking\": ",
					 group->group_no, group->now.location);
	append_text(&json, group->now.tracking);
	appendStringInfoString(&json, ", \"shipped_at\": ");
	append_time(&json, group->now.shipped_at);
	append_shipped(&json, subject->order, group);
	append_lines(&json, subject->order, false, is_told_of_group);
	append_waiting(&json, subject->order);
	appendStringInfoChar(&json, '}');
	return json.data;
}
