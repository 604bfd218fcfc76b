/*
 * Notify: a row per event, in the transaction that caused it, merged per order.
 *
 * One call tells a customer at most once how the order stands (and once of each group shipped). Where an earlier such
 * notice has not been sent yet, the new one covers it and the old one is withdrawn. What was sent is never withdrawn.
 */
#include "backorder.h"

#include "catalog/pg_type.h"
#include "incentive.h"
#include "statement.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/numeric.h"

#define PAYLOAD_VERSION 1

/* Notices of how an order stands; of these, an unsent one is covered by the next. */
#define STATE_TYPES "('placed', 'backorder_filled', 'promise_changed', 'line_canceled')"

STATEMENT(read_unsent,
		  "SELECT n.order_id, n.notification_id, n.type, btrim((n.payload -> 'covers')::text, '[]'),"
		  " btrim((n.payload -> 'canceled')::text, '[]')"
		  " FROM backorder.notification n"
		  " JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = n.notification_id"
		  " WHERE n.merchant_id = $1 AND n.order_id IN (SELECT unnest($2)) AND n.type IN " STATE_TYPES
		  " AND d.status = 'pending' ORDER BY n.order_id, n.notification_id FOR UPDATE OF d",
		  INT4OID, INT8ARRAYOID);

STATEMENT(read_unsent_moves,
		  "SELECT n.order_id, m.line_no, m.sku, m.quantity, m.\"from\", m.\"to\" FROM backorder.notification n"
		  " CROSS JOIN LATERAL jsonb_to_recordset(n.payload -> 'moved')"
		  "  AS m(line_no integer, sku text, quantity bigint, \"from\" timestamptz, \"to\" timestamptz)"
		  " WHERE n.merchant_id = $1 AND n.notification_id IN (SELECT unnest($2)) ORDER BY n.notification_id",
		  INT4OID, INT8ARRAYOID);

STATEMENT(read_unsent_fills,
		  "SELECT n.order_id, f.line_no, f.sku, f.quantity, f.group_no FROM backorder.notification n"
		  " CROSS JOIN LATERAL jsonb_to_recordset(n.payload -> 'filled')"
		  "  AS f(line_no integer, sku text, quantity bigint, group_no integer)"
		  " WHERE n.merchant_id = $1 AND n.notification_id IN (SELECT unnest($2)) ORDER BY n.notification_id",
		  INT4OID, INT8ARRAYOID);

STATEMENT(withdraw,
		  "UPDATE backorder.delivery SET status = 'withdrawn'"
		  " WHERE merchant_id = $1 AND notification_id IN (SELECT unnest($2))",
		  INT4OID, INT8ARRAYOID);

STATEMENT(insert_notifications,
		  "INSERT INTO backorder.notification"
		  " (merchant_id, notification_id, type, audience, order_id, dedupe_key, payload, created_at)"
		  " SELECT $1, n.notification_id, n.type, n.audience, n.order_id, n.dedupe_key, n.payload::jsonb, n.created_at"
		  " FROM unnest($2, $3, $4, $5, $6, $7, $8)"
		  " AS n(notification_id, type, audience, order_id, dedupe_key, payload, created_at)",
		  INT4OID, INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID, INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID,
		  TIMESTAMPTZARRAYOID);

STATEMENT(insert_deliveries,
		  "INSERT INTO backorder.delivery (merchant_id, notification_id, deliver_after)"
		  " SELECT $1, d.notification_id, d.deliver_after FROM unnest($2, $3) AS d(notification_id, deliver_after)",
		  INT4OID, INT8ARRAYOID, TIMESTAMPTZARRAYOID);

/* A notice that has not been sent, and what it says beyond the present state. */
typedef struct Unsent
{
	int64		notification_id;
	char	   *type;
	char	   *covers;			/* inner text of the JSON arrays, maybe empty */
	char	   *canceled;
} Unsent;

/* A date that moved, for units of a line. */
typedef struct Move
{
	int32		line_no;
	const char *sku;
	int64		quantity;
	TimestampTz from;
	TimestampTz to;
} Move;

/* Units of a line that were covered. */
typedef struct Fill
{
	int32		line_no;
	const char *sku;
	int64		quantity;
	int32		group_no;
	int64		lost;			/* units of it that were taken back or canceled before it was sent */
} Fill;

typedef struct Notices
{
	Batch		notifications;
	Batch		deliveries;
	int64	   *withdrawn;
	int			nwithdrawn;
} Notices;

/* A time as JSON, in UTC; null when unknown. */
static void
append_time(StringInfo json, TimestampTz time)
{
	char		buffer[MAXDATELEN + 1];
	int			utc = 0;

	if (time == NO_TIME)
		appendStringInfoString(json, "null");
	else
		appendStringInfo(json, "\"%s\"", JsonEncodeDateTime(buffer, TimestampTzGetDatum(time), TIMESTAMPTZOID, &utc));
}

/* A text as a JSON string; null for NULL. */
static void
append_text(StringInfo json, const char *text)
{
	if (text == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, text);
}

/* A comma before every element of an array but the first. */
static void
separate(StringInfo json)
{
	if (json->data[json->len - 1] != '[')
		appendStringInfoString(json, ", ");
}

/* One part as it is now, with the date on which it should leave. */
static void
append_part(StringInfo json, const Part *part)
{
	separate(json);
	appendStringInfo(json, "{\"status\": \"%s\", \"quantity\": " INT64_FORMAT ", \"group_no\": %d, \"promised_at\": ",
					 part_status_names[part->now.status], part->now.quantity, part->now.group_no);
	append_time(json, leaves_at(part));
	appendStringInfoChar(json, '}');
}

/* The order's parts from one index up to another as a JSON array. */
void
append_parts(StringInfo json, const Order *order, int from, int to)
{
	appendStringInfoChar(json, '[');
	for (int i = from; i < to; i++)
		append_part(json, list_nth(order->parts, i));
	appendStringInfoChar(json, ']');
}

/* Whether the customer has not been told yet that units of the line were covered. */
static bool
has_unsent_fill(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->unsent_fills)
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
		bool		told = all || has_unsent_fill(order, line_no);

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
	foreach(lc, order->unsent)
	{
		const Unsent *unsent = lfirst(lc);

		append_inner(json, unsent->covers);
		separate(json);
		append_text(json, unsent->type);
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

	foreach(lc, order->unsent_fills)
	{
		Fill	   *fill = lfirst(lc);
		int64		lost = lost_units(order, fill->line_no);
		ListCell   *earlier;

		foreach(earlier, order->unsent_fills)
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
	foreach(lc, order->unsent_fills)
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
	foreach(lc, order->unsent)
		append_inner(json, ((Unsent *) lfirst(lc))->canceled);
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
	foreach(lc, order->unsent_moves)
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
	foreach(lc, order->unsent_moves)
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

	foreach(lc, order->unsent)
	{
		const Unsent *unsent = lfirst(lc);

		if (strcmp(unsent->type, "placed") == 0 || strstr(unsent->covers, "\"placed\"") != NULL)
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

/* Adds an event and its delivery, due at once: for the customer of the order, or for the merchant if order is NULL. */
static void
add_notice(Notices *notices, const Work *work, const char *type, const Order *order, const char *key, const char *payload)
{
	int64		id = next_id();
	Datum		notification[] = {
		Int64GetDatum(id), CStringGetTextDatum(type), CStringGetTextDatum(order == NULL ? "merchant" : "customer"),
		Int64GetDatum(order == NULL ? 0 : order->order_id), CStringGetTextDatum(key), CStringGetTextDatum(payload),
		TimestampTzGetDatum(work->clock)
	};
	bool		nulls[lengthof(notification)] = {false};
	Datum		delivery[] = {Int64GetDatum(id), TimestampTzGetDatum(work->clock)};

	nulls[3] = order == NULL;
	add_row(&notices->notifications, notification, nulls);
	add_row(&notices->deliveries, delivery, NULL);
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
static void
tell_state(Notices *notices, const Work *work, const Order *order)
{
	const char *type = state_type(order);
	bool		once = type != NULL && (strcmp(type, "placed") == 0 || strcmp(type, "canceled") == 0);
	ListCell   *lc;

	if (type == NULL)
		return;
	add_notice(notices, work, type, order,
			   once ? psprintf("%s:" INT64_FORMAT, type, order->order_id)
			   : psprintf("%s:" INT64_FORMAT ":%d", type, order->order_id, order->revision),
			   state_payload(type, order));
	foreach(lc, order->unsent)
		notices->withdrawn[notices->nwithdrawn++] = ((Unsent *) lfirst(lc))->notification_id;
}

/* Tells the customer of each group that this call shipped. */
static void
tell_shipped(Notices *notices, const Work *work, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (group->now.status == GROUP_SHIPPED && group->was.status != GROUP_SHIPPED)
			add_notice(notices, work, "shipped", order,
					   psprintf("shipped:" INT64_FORMAT ":%d", order->order_id, group->group_no),
					   shipped_payload(order, group));
	}
}

/* Returns the notice in a row of read_unsent. */
static Unsent *
read_unsent_row(uint64 row)
{
	Unsent	   *unsent = palloc_object(Unsent);

	unsent->notification_id = int64_at(row, 2);
	unsent->type = text_at(row, 3);
	unsent->covers = text_at(row, 4);
	unsent->canceled = text_at(row, 5);
	return unsent;
}

/* Returns the move in a row of read_unsent_moves. */
static Move *
read_move(uint64 row)
{
	Move	   *move = palloc_object(Move);

	move->line_no = int32_at(row, 2);
	move->sku = text_at(row, 3);
	move->quantity = int64_at(row, 4);
	move->from = time_at(row, 5);
	move->to = time_at(row, 6);
	return move;
}

/* Returns the fill in a row of read_unsent_fills, with nothing lost of it yet. */
static Fill *
read_fill(uint64 row)
{
	Fill	   *fill = palloc0_object(Fill);

	fill->line_no = int32_at(row, 2);
	fill->sku = text_at(row, 3);
	fill->quantity = int64_at(row, 4);
	fill->group_no = int32_at(row, 5);
	return fill;
}

/* Reads, and keeps from being sent, what was not sent yet to the customers who will be told now; returns how many. */
static int
load_unsent(const Work *work, const int64 *order_ids, int count)
{
	Datum		values[2] = {Int32GetDatum(work->merchant_id), int8_array(order_ids, count)};
	uint64		rows = run(&read_unsent, false, values, NULL);
	int64	   *ids = palloc_array(int64, rows + 1);
	int			found = rows;

	for (uint64 i = 0; i < rows; i++)
	{
		Order	   *order = find_order(work, int64_at(i, 1));

		order->unsent = lappend(order->unsent, read_unsent_row(i));
		ids[i] = int64_at(i, 2);
	}
	done_reading();
	if (found == 0)
		return 0;
	values[1] = int8_array(ids, found);
	rows = run(&read_unsent_moves, false, values, NULL);
	for (uint64 i = 0; i < rows; i++)
	{
		Order	   *order = find_order(work, int64_at(i, 1));

		order->unsent_moves = lappend(order->unsent_moves, read_move(i));
	}
	done_reading();
	rows = run(&read_unsent_fills, false, values, NULL);
	for (uint64 i = 0; i < rows; i++)
	{
		Order	   *order = find_order(work, int64_at(i, 1));

		order->unsent_fills = lappend(order->unsent_fills, read_fill(i));
	}
	done_reading();
	return found;
}

/* Finds what is unsent of the orders, not new, that have something to tell. */
static int
cover_unsent(const Work *work)
{
	int64	   *ids = palloc_array(int64, work->norders + 1);
	int			count = 0;

	for (int i = 0; i < work->norders; i++)
		if (!work->orders[i]->is_new && state_type(work->orders[i]) != NULL)
			ids[count++] = work->orders[i]->order_id;
	return count == 0 ? 0 : load_unsent(work, ids, count);
}

/* Notes an event of a SKU for the merchant. */
static void
tell_merchant(Notices *notices, const Work *work, const char *type, const Sku *book)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"version\": %d, \"type\": \"%s\", \"sku\": ", PAYLOAD_VERSION, type);
	append_text(&json, book->sku);
	appendStringInfoString(&json, ", \"name\": ");
	append_text(&json, book->item.name);
	appendStringInfo(&json, ", \"backordered\": " INT64_FORMAT ", \"shelves\": [", book->backordered);
	for (int i = 0; i < book->nshelves; i++)
	{
		separate(&json);
		appendStringInfo(&json, "{\"location_id\": %d, \"on_hand\": " INT64_FORMAT ", \"allocated\": " INT64_FORMAT "}",
						 book->shelves[i].location, book->shelves[i].on_hand, book->shelves[i].allocated);
	}
	appendStringInfoString(&json, "]}");
	add_notice(notices, work, type, NULL, psprintf("%s:%s:" INT64_FORMAT, type, book->sku, next_id()), json.data);
}

/* Tells the merchant of a SKU gone negative, and of goods on a pick list that are not on the shelf. */
static void
watch_book(Notices *notices, const Work *work, const Sku *book)
{
	if (book->backordered_before == 0 && book->backordered > 0)
		tell_merchant(notices, work, "sku_negative", book);
	if (discrepancy(book) > book->discrepancy_before)
		tell_merchant(notices, work, "shelf_discrepancy", book);
}

/* Writes one row for each event of this call; customers of held orders are told nothing. */
void
notify(Work *work)
{
	static const Oid notification_types[] = {INT8OID, TEXTOID, TEXTOID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID};
	static const Oid delivery_types[] = {INT8OID, TIMESTAMPTZOID};
	Notices		notices = {.nwithdrawn = 0};

	start_batch(&notices.notifications, lengthof(notification_types), notification_types);
	start_batch(&notices.deliveries, lengthof(delivery_types), delivery_types);
	notices.withdrawn = palloc_array(int64, cover_unsent(work) + 1);
	settle_incentives(work);
	for (int i = 0; i < work->norders; i++)
	{
		tell_shipped(&notices, work, work->orders[i]);
		tell_state(&notices, work, work->orders[i]);
	}
	for (int i = 0; i < work->nskus; i++)
		watch_book(&notices, work, &work->skus[i]);
	run_batch(&insert_notifications, work->merchant_id, &notices.notifications);
	run_batch(&insert_deliveries, work->merchant_id, &notices.deliveries);
	if (notices.nwithdrawn > 0)
	{
		Datum		values[] = {Int32GetDatum(work->merchant_id), int8_array(notices.withdrawn, notices.nwithdrawn)};

		run(&withdraw, false, values, NULL);
	}
}
