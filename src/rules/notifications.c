/*
 * Notify: a row per event, in the transaction that caused it, merged per order.
 *
 * One call tells a customer at most once how the order stands (and once of each group shipped). Where an earlier such
 * notice has not been sent yet, the new one covers it and the old one is withdrawn. What was sent is never withdrawn.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "rules/notifications.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/states.h"
#include "store/outbox.h"
#include "store/pending_notifications.h"

/* Whether the customer has not been told yet that units of the line were covered. */
static bool
has_pending_fill(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->pending_fills)
		if (((Fill *) lfirst(lc))->line_no == line_no)
			return true;
	return false;
}

/* One line with its parts, those from the index from up to the index to. */
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

/* "lines": the lines of which the notice speaks, with their parts as they are now. */
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

/* "waiting": the units that wait, and until when. */
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

/* The inner text of an array of an unsent notice goes before what this call adds. */
static void
append_inner(StringInfo json, const char *inner)
{
	if (inner == NULL || *inner == '\0')
		return;
	separate(json);
	appendStringInfoString(json, inner);
}

/* "covers": types of the notices that this one stands for, being unsent. */
static void
append_covers(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"covers\": [");
	foreach(lc, order->pending)
	{
		const PendingNotification *pending = lfirst(lc);

		append_inner(json, pending->covers);
		separate(json);
		append_text(json, pending->type);
	}
	appendStringInfoChar(json, ']');
}

/* Units of a line that were covered before this call and are not any more. */
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

/* Takes out of the unsent fills of each line what the line has lost again. */
static void
net_fills(const Order *order)
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

/* What is left of one fill; nothing when all of it was lost. */
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

/* "filled": units that were covered, and still are. */
static void
append_filled(StringInfo json, const Order *order)
{
	ListCell   *lc;

	net_fills(order);
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

/* "canceled": units that were canceled. */
static void
append_canceled(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"canceled\": [");
	foreach(lc, order->pending)
		append_inner(json, ((PendingNotification *) lfirst(lc))->canceled);
	foreach(lc, order->canceled)
	{
		const Canceled *canceled = lfirst(lc);

		separate(json);
		appendStringInfo(json, "{\"line_no\": %d, \"sku\": ", canceled->line_no);
		append_text(json, canceled->sku);
		appendStringInfo(json, ", \"quantity\": " INT64_FORMAT "}", canceled->quantity);
	}
	appendStringInfoChar(json, ']');
}

/* Whether a part's date is news to the customer. */
static bool
is_moved(const Part *part)
{
	if (part->order->confirmed || !is_open(part))
		return false;
	if (part->fresh)
		return true;
	if (part->now.status == BACKORDERED && part->was.status == ALLOCATED)
		return true;
	return part->now.status == part->was.status && part->now.promised_at != part->was.promised_at;
}

/* Whether open units of the line still have the date to which it moved. */
static bool
still_stands(const Order *order, const Move *move)
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

/* The date that the customer knows for a part: that before an unsent move which led to the part's old date. */
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

/* One date that moved. */
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

/* "moved": dates that changed, from what the customer knows to what holds now. */
static void
append_moved(StringInfo json, const Order *order)
{
	ListCell   *lc;

	appendStringInfoString(json, ", \"moved\": [");
	foreach(lc, order->pending_moves)
		if (still_stands(order, lfirst(lc)))
			append_move(json, lfirst(lc));
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		Move		move = {.line_no = part->line_no, .sku = part->sku, .quantity = part->now.quantity,
		.to = part->now.promised_at};

		if (!is_moved(part))
			continue;
		move.from = known_date(order, part);
		if (part->fresh || part->was.status != BACKORDERED || move.from != move.to)
			append_move(json, &move);
	}
	appendStringInfoChar(json, ']');
}

/* Opens a payload with what every notice of an order says; the caller closes it. */
static void
append_head(StringInfo json, const char *type, const Order *order)
{
	appendStringInfo(json, "{\"version\": %d, \"type\": \"%s\", \"order_id\": " INT64_FORMAT ", \"reference\": ",
					 PAYLOAD_VERSION, type, order->order_id);
	append_text(json, order->reference);
	appendStringInfoString(json, ", \"customer\": ");
	append_text(json, order->customer);
	appendStringInfo(json, ", \"order_status\": \"%s\"", order_status_names[order->status]);
}

/* Whether the notice is the order's confirmation, or stands for it. */
static bool
stands_for_placed(const char *type, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->pending)
	{
		const PendingNotification *pending = lfirst(lc);

		if (strcmp(pending->type, "placed") == 0 || strstr(pending->covers, "\"placed\"") != NULL)
			return true;
	}
	return strcmp(type, "placed") == 0;
}

/* Whether a notice of how the order stands speaks of the part. */
static bool
is_in_state_notice(const Part *part)
{
	return part->now.status == BACKORDERED || part->now.status == CANCELED || part->filled || is_moved(part);
}

/* Whether a notice of a shipped group speaks of the part. */
static bool
is_in_shipped_notice(const Part *part)
{
	return part->now.status == BACKORDERED ||
		(part->group->now.status == GROUP_SHIPPED && part->group->was.status != GROUP_SHIPPED);
}

/* The payload of a notice of how the order stands. */
static char *
state_payload(const char *type, const Order *order)
{
	StringInfoData json;

	initStringInfo(&json);
	append_head(&json, type, order);
	appendStringInfoString(&json, ", \"reason\": ");
	append_text(&json, order->reason);
	append_covers(&json, order);
	append_lines(&json, order, stands_for_placed(type, order), is_in_state_notice);
	append_waiting(&json, order);
	append_filled(&json, order);
	append_moved(&json, order);
	append_canceled(&json, order);
	if (stands_for_placed(type, order))
		append_consent(&json, &order->consent);
	append_incentives(&json, order);
	appendStringInfoChar(&json, '}');
	return json.data;
}

/* The payload of a shipped group: what is in it, and what is still to come. */
static char *
shipped_payload(const Order *order, const ShipmentGroup *group)
{
	StringInfoData json;
	ListCell   *lc;

	initStringInfo(&json);
	append_head(&json, "shipped", order);
	appendStringInfo(&json, ", \"group_no\": %d, \"location_id\": %d, \"tracking\": ",
					 group->group_no, group->now.location);
	append_text(&json, group->now.tracking);
	appendStringInfoString(&json, ", \"shipped_at\": ");
	append_time(&json, group->now.shipped_at);
	appendStringInfoString(&json, ", \"shipped\": [");
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->group != group || part->now.status != SHIPPED)
			continue;
		separate(&json);
		appendStringInfo(&json, "{\"line_no\": %d, \"sku\": ", part->line_no);
		append_text(&json, part->sku);
		appendStringInfoString(&json, ", \"name\": ");
		append_text(&json, part->name);
		appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT "}", part->now.quantity);
	}
	appendStringInfoChar(&json, ']');
	append_lines(&json, order, false, is_in_shipped_notice);
	append_waiting(&json, order);
	appendStringInfoChar(&json, '}');
	return json.data;
}

/* The one type under which a change of how the order stands is told; NULL when there is none. */
static const char *
state_type(const Order *order)
{
	bool		filled = false;
	bool		moved = false;
	ListCell   *lc;

	if (order->status == ORDER_HELD || order->was_status == ORDER_HELD)
		return order->confirmed ? "placed" : NULL;
	if (order->confirmed)
		return "placed";
	if (order->canceled != NIL)
		return order->status == ORDER_CANCELED ? "canceled" : "line_canceled";
	foreach(lc, order->parts)
	{
		filled |= ((Part *) lfirst(lc))->filled;
		moved |= is_moved(lfirst(lc));
	}
	return moved ? "promise_changed" : filled ? "backorder_filled" : NULL;
}

/* Tells the customer at most once how the order stands, and lists the unsent notices that this covers. */
void
notify_of_state(Outbox *outbox, const Call *call, const Order *order)
{
	const char *type = state_type(order);
	bool		once = type != NULL && (strcmp(type, "placed") == 0 || strcmp(type, "canceled") == 0);
	ListCell   *lc;

	if (type == NULL)
		return;
	enqueue_order_notification(outbox, call, type, order,
			   once ? psprintf("%s:" INT64_FORMAT, type, order->order_id)
			   : psprintf("%s:" INT64_FORMAT ":%d", type, order->order_id, order->revision),
			   state_payload(type, order));
	foreach(lc, order->pending)
		withdraw_notification(outbox, ((PendingNotification *) lfirst(lc))->notification_id);
}

/* Tells the customer of each group that this call shipped. */
void
notify_of_shipped(Outbox *outbox, const Call *call, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (group->now.status == GROUP_SHIPPED && group->was.status != GROUP_SHIPPED)
			enqueue_order_notification(outbox, call, "shipped", order,
					   psprintf("shipped:" INT64_FORMAT ":%d", order->order_id, group->group_no),
					   shipped_payload(order, group));
	}
}

/* Finds what is unsent of the orders, not new, that have something to tell. */
void
load_pending_of_orders(Call *call)
{
	int64	   *ids = palloc_array(int64, call->norders + 1);
	int			count = 0;

	for (int i = 0; i < call->norders; i++)
		if (!call->orders[i]->is_new && may_have_pending(call, call->orders[i]->order_id) &&
			state_type(call->orders[i]) != NULL)
			ids[count++] = call->orders[i]->order_id;
	if (count > 0)
		load_pending(call, ids, count);
}
