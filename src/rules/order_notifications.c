/*
 * Notifications about orders and shipment groups: when each type is due, and what its payload says.
 *
 * A notification about an order states how the whole order stands, and what has changed since the
 * last notification that was sent. It therefore includes what the pending notifications say that it
 * replaces: fills that were not lost again, dates that have moved and still hold, and
 * cancellations.
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

#define CONFIRMATION "placed"	/* the type that tells of the whole order, and of the consent */

/* ---- when a type is due ---- */

/*
 * Whether the customer does not know the promise of a part: it has changed, its units are new, or
 * were allocated before.
 */
static bool
has_new_promise(const Part *part)
{
	if (part->order->confirmed || !is_open(part))
		return false;
	if (part->fresh)
		return true;
	if (part->now.status == BACKORDERED && part->was.status == ALLOCATED)
		return true;
	return part->now.status == part->was.status && part->now.promised_at != part->was.promised_at;
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

/* Whether this call canceled units of the order. */
bool
are_units_canceled(const NotificationSubject *subject)
{
	return subject->order->canceled != NIL;
}

/* Whether this call gave an open part of the order a promise that the customer does not know. */
bool
is_promise_changed(const NotificationSubject *subject)
{
	ListCell   *lc;

	foreach(lc, subject->order->parts)
		if (has_new_promise(lfirst(lc)))
			return true;
	return false;
}

/* Whether this call filled a part of the order. */
bool
is_backorder_filled(const NotificationSubject *subject)
{
	ListCell   *lc;

	foreach(lc, subject->order->parts)
		if (((Part *) lfirst(lc))->filled)
			return true;
	return false;
}

/* Whether this call shipped the group. */
bool
is_group_shipped(const NotificationSubject *subject)
{
	return subject->group->now.status == GROUP_SHIPPED && subject->group->was.status != GROUP_SHIPPED;
}

/* ---- "lines" and "waiting": how the order stands ---- */

/* Whether a replaced notification tells of a fill of the line. */
static bool
has_pending_fill(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->pending_fills)
		if (((Fill *) lfirst(lc))->line_no == line_no)
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
		bool		told = all || has_pending_fill(order, line_no);

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

/* ---- "filled": units that were allocated to waiting parts, and still are ---- */

/* Returns the units of a line that this call deallocated or canceled while they were allocated. */
static int64
lost_units(const Order *order, int32 line_no)
{
	int64		units = 0;
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->line_no == line_no && part->was.status == ALLOCATED &&
			(part->now.status == BACKORDERED || part->now.status == CANCELED))
			units += part->now.quantity;
	}
	return units;
}

/*
 * Takes the units that each line has lost from the fills of which the replaced notifications tell,
 * the first fills first.
 */
static void
subtract_lost_units(const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->pending_fills)
	{
		Fill	   *fill = lfirst(lc);
		int64		lost = lost_units(order, fill->line_no);
		ListCell   *earlier;

		foreach(earlier, order->pending_fills)
		{
			const Fill *other = lfirst(earlier);

			if (other == fill)
				break;
			if (other->line_no == fill->line_no)
				lost -= other->lost;
		}
		fill->lost = Min(lost, fill->quantity);
	}
}

/* Adds what is left of a fill, if anything is. */
static void
append_fill(StringInfo json, const Fill *fill)
{
	if (fill->quantity == fill->lost)
		return;
	separate(json);
	appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", fill->line_no);
	append_text(json, fill->sku);
	appendStringInfo(json, ", \"quantity\": " INT64_FORMAT ", \"group_no\": %d}",
					 fill->quantity - fill->lost, fill->group_no);
}

/* Adds "filled". */
static void
append_filled(StringInfo json, const Order *order)
{
	ListCell   *lc;

	subtract_lost_units(order);
	appendStringInfoString(json, ", \"filled\": [");
	foreach(lc, order->pending_fills)
		append_fill(json, lfirst(lc));
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		Fill		fill = {.line_no = part->line_no, .sku = part->sku, .quantity = part->now.quantity,
		.group_no = part->now.group_no};

		if (part->filled)
			append_fill(json, &fill);
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

/* Whether open units of the line still have the date to which it moved. */
static bool
still_holds(const Order *order, const Move *move)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->line_no == move->line_no && is_open(part) && part->now.promised_at == move->to)
			return true;
	}
	return false;
}

/*
 * Returns the date that the customer knows for a part: a replaced notification that moved it to the
 * old date is not known.
 */
static TimestampTz
known_date(const Order *order, const Part *part)
{
	ListCell   *lc;

	if (part->fresh)
		return NO_TIME;
	foreach(lc, order->pending_moves)
	{
		const Move *move = lfirst(lc);

		if (move->line_no == part->line_no && move->to == part->was.promised_at)
			return move->from;
	}
	return part->was.promised_at;
}

/* Adds one date that moved. */
static void
append_move(StringInfo json, const Move *move)
{
	separate(json);
	appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", move->line_no);
	append_text(json, move->sku);
	appendStringInfo(json, ", \"quantity\": " INT64_FORMAT ", \"from\": ", move->quantity);
	append_time(json, move->from);
	appendStringInfoString(json, ", \"to\": ");
	append_time(json, move->to);
	appendStringInfoChar(json, '}');
}

/* Adds "moved". */
static void
append_moved(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"moved\": [");
	foreach(lc, order->pending_moves)
		if (still_holds(order, lfirst(lc)))
			append_move(json, lfirst(lc));
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		Move		move = {.line_no = part->line_no, .sku = part->sku, .quantity = part->now.quantity,
		.to = part->now.promised_at};

		if (!has_new_promise(part))
			continue;
		move.from = known_date(order, part);
		if (part->fresh || part->was.status != BACKORDERED || move.from != move.to)
			append_move(json, &move);
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
	append_lines(&json, order, confirms_order(type, order), is_told_of_order);
	append_waiting(&json, order);
	append_filled(&json, order);
	append_moved(&json, order);
	append_canceled(&json, order);
	if (confirms_order(type, order))
		append_consent(&json, &order->consent);
	append_incentives(&json, order);
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
