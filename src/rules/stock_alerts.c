/*
 * Watch: what a call did to the stock of its SKUs, as others see it: the merchant is warned, subscribers are told.
 *
 * Both go by transition, from what the book said when it was locked to what it says at the call's end, when the queue
 * has been filled: where there is none, this costs a comparison. Notices that wait to be sent go by level: they are
 * held against what is available now, and the last of them withdrawn, whatever the call did. A checkout that holds one
 * slot of a SKU sees no transition: slots are dealt shares only above the threshold, and none while notices are pending.
 * All rows that are written here belong to a SKU whose book is locked, so no others work on them; but workers lease
 * deliveries.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "rules/stock_alerts.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/payload.h"
#include "model/states.h"
#include "store/inventory_rows.h"
#include "store/outbox.h"
#include "rules/notifications.h"

/* When the merchant was last warned of these SKUs; under their locks nobody else writes that. */
DIRECT_STATEMENT(read_warnings,
				 DIRECTLY(DIRECT_READ, "stock_warning", "stock_warning_pkey", "sku, kind, told_at"),
				 "SELECT sku, kind, told_at FROM backorder.stock_warning"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(insert_warnings,
				 DIRECTLY(DIRECT_INSERT, "stock_warning", NULL, "sku, kind, told_at"),
				 "INSERT INTO backorder.stock_warning (merchant_id, sku, kind, told_at)"
				 " SELECT $1, w.* FROM unnest($2, $3, $4) AS w(sku, kind, told_at)",
				 INT4OID, TEXTARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID);

DIRECT_STATEMENT(update_warnings,
				 DIRECTLY(DIRECT_UPDATE, "stock_warning", "stock_warning_pkey", "sku, kind, told_at", .nkeys = 2),
				 "UPDATE backorder.stock_warning t SET told_at = w.told_at"
				 " FROM unnest($2, $3, $4) AS w(sku, kind, told_at)"
				 " WHERE t.merchant_id = $1 AND t.sku = w.sku AND t.kind = w.kind",
				 INT4OID, TEXTARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID);

/* What so many available units of a SKU can serve of its subscribers, by the merchant's factor. */
#define NOTIFIED_UNITS "least(floor(w.available * coalesce(m.back_in_stock_factor, 1)), 9007199254740992)::bigint"

/*
 * The notices of these SKUs that may be pending still: 4 whether that is over, 5 whether it is one too many, counted
 * from the first.
 */
STATEMENT(read_back_in_stock_pending,
		  "SELECT s.sku, s.subscription_id, s.notification_id, d.status IS NULL OR d.status NOT IN ('pending', 'leased'),"
		  "  d.status = 'pending' AND (s.status = 'ended'"
		  "    OR sum(s.quantity) FILTER (WHERE d.status = 'pending' AND s.status = 'told')"
		  "      OVER (PARTITION BY s.sku ORDER BY s.subscription_id) > " NOTIFIED_UNITS ")"
		  " FROM unnest($2, $3) AS w(sku, available)"
		  " LEFT JOIN backorder.merchant m ON m.merchant_id = $1"
		  " JOIN backorder.subscription s ON s.merchant_id = $1 AND s.sku = w.sku AND s.back_in_stock_pending"
		  " LEFT JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = s.notification_id",
		  INT4OID, TEXTARRAYOID, INT8ARRAYOID);

/* What a worker has taken meanwhile is not pending any more, and stays. */
STATEMENT(withdraw_pending,
		  "UPDATE backorder.delivery d SET status = 'withdrawn'"
		  " FROM unnest($2, $3, $4) AS w(sku, subscription_id, notification_id)"
		  " WHERE d.merchant_id = $1 AND d.notification_id = w.notification_id AND d.status = 'pending'",
		  INT4OID, TEXTARRAYOID, INT8ARRAYOID, INT8ARRAYOID);

/* Those whose notice was withdrawn wait again where they waited before. */
STATEMENT(set_waiting,
		  "UPDATE backorder.subscription s SET back_in_stock_pending = false, notification_id = NULL, told_at = NULL,"
		  "  status = CASE s.status WHEN 'told' THEN 'waiting' ELSE s.status END"
		  " FROM unnest($2, $3, $4) AS w(sku, subscription_id, notification_id)"
		  " JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = w.notification_id"
		  "  AND d.status = 'withdrawn'"
		  " WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.subscription_id = w.subscription_id AND s.back_in_stock_pending",
		  INT4OID, TEXTARRAYOID, INT8ARRAYOID, INT8ARRAYOID);

STATEMENT(keep_notified,
		  "UPDATE backorder.subscription s SET back_in_stock_pending = false"
		  " FROM unnest($2, $3, $4) AS w(sku, subscription_id, notification_id)"
		  " WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.subscription_id = w.subscription_id AND s.back_in_stock_pending",
		  INT4OID, TEXTARRAYOID, INT8ARRAYOID, INT8ARRAYOID);

/*
 * Who is told: from the oldest on, whoever fits into what the others have left and was not told within the merchant's
 * throttle. One step of the recursion finds the next of every SKU, so nobody is read beyond the last who is told but
 * those who are passed over.
 */
STATEMENT(choose_subscribers,
		  "WITH RECURSIVE told AS ("
		  "  SELECT w.sku, 0::bigint AS subscription_id, NULL::text COLLATE \"C\" AS contact,"
		  "    NULL::text AS customer, 0::bigint AS quantity, " NOTIFIED_UNITS " - coalesce(pending.units, 0) AS units_left,"
		  "    w.clock - coalesce(m.back_in_stock_throttle, '1 day') AS told_before,"
		  "    w.clock + coalesce(m.back_in_stock_delay, '5 minutes') AS deliver_after"
		  "  FROM unnest($2, $3, $4) AS w(sku, available, clock)"
		  "  LEFT JOIN backorder.merchant m ON m.merchant_id = $1"
		  "  CROSS JOIN LATERAL (SELECT sum(s.quantity)::bigint AS units FROM backorder.subscription s"
		  "    JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = s.notification_id"
		  "     AND d.status = 'pending'"
		  "    WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.back_in_stock_pending) AS pending"
		  "  UNION ALL"
		  "  SELECT told.sku, next.subscription_id, next.contact, next.customer, next.quantity,"
		  "    told.units_left - next.quantity, told.told_before, told.deliver_after"
		  "  FROM told CROSS JOIN LATERAL ("
		  "    SELECT s.subscription_id, s.contact, s.customer, s.quantity FROM backorder.subscription s"
		  "    WHERE s.merchant_id = $1 AND s.sku = told.sku AND s.status = 'waiting'"
		  "     AND s.subscription_id > told.subscription_id AND s.quantity <= told.units_left"
		  "     AND (s.told_at IS NULL OR s.told_at <= told.told_before)"
		  "    ORDER BY s.subscription_id LIMIT 1) AS next"
		  "  WHERE told.units_left > 0"
		  ")"
		  " SELECT sku, subscription_id, contact, customer, quantity, deliver_after FROM told"
		  " WHERE subscription_id > 0 ORDER BY sku COLLATE \"C\", subscription_id",
		  INT4OID, TEXTARRAYOID, INT8ARRAYOID, TIMESTAMPTZARRAYOID);

STATEMENT(mark_notified,
		  "UPDATE backorder.subscription s SET status = 'told', back_in_stock_pending = true, told_at = w.told_at,"
		  "  notification_id = w.notification_id"
		  " FROM unnest($2, $3, $4, $5) AS w(sku, contact, notification_id, told_at)"
		  " WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.contact = w.contact",
		  INT4OID, TEXTARRAYOID, TEXTARRAYOID, INT8ARRAYOID, TIMESTAMPTZARRAYOID);

/* Whether units of the SKU began to wait, where none did. */
static bool
went_negative(const Inventory *inv)
{
	return holds_row(inv) && inv->backordered_before == 0 && inv->backordered > 0;
}

/* Whether nobody waits for the SKU any more. */
static bool
recovered(const Inventory *inv)
{
	return holds_row(inv) && inv->backordered_before > 0 && inv->backordered == 0;
}

/* Whether the available units fell to the item's threshold, or below it. */
static bool
ran_low(const Inventory *inv)
{
	return holds_row(inv) && inv->item.low_stock >= 0 && inv->available_before > inv->item.low_stock &&
		available_to_promise(inv) <= inv->item.low_stock;
}

/* Whether less is on a shelf than is on pick lists, and more of it than before. */
static bool
lacks_released_goods(const Inventory *inv)
{
	return discrepancy(inv) > inv->discrepancy_before;
}

/* Whether new orders can have some of the SKU again. */
static bool
is_back(const Inventory *inv)
{
	return holds_row(inv) && inv->item.known && inv->available_before == 0 && available_to_promise(inv) > 0;
}

/* Whether the book is marked. */
static bool
is_back_in_stock_pending(const Inventory *inv)
{
	return inv->back_in_stock_pending;
}

/* Whether this holds for any SKU of the work. */
static bool
any_sku(const Call *call, bool (*holds) (const Inventory *))
{
	for (int i = 0; i < call->ninventories; i++)
		if (holds(&call->inventories[i]))
			return true;
	return false;
}

/* A kind of warning that is limited to one in the merchant's interval. */
typedef struct WarningKind
{
	const char *type;
	bool		(*has_happened) (const Inventory *);
} WarningKind;

static const WarningKind warning_kinds[] = {
	{"sku_negative", went_negative},
	{"sku_recovered", recovered},
	{"low_stock", ran_low},
};

/* Whether any of the limited warnings may be due. */
static bool
has_warning(const Inventory *inv)
{
	return went_negative(inv) || recovered(inv) || ran_low(inv);
}

/* The payload of a warning: how the SKU stands. */
static char *
warning_payload(const char *type, const Inventory *inv)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"version\": %d, \"type\": \"%s\", \"sku\": ", PAYLOAD_VERSION, type);
	append_text(&json, inv->sku);
	appendStringInfoString(&json, ", \"name\": ");
	append_text(&json, inv->item.name);
	if (strcmp(type, "low_stock") == 0)
		appendStringInfo(&json, ", \"low_stock\": " INT64_FORMAT, inv->item.low_stock);
	if (strcmp(type, "low_stock") == 0 || strcmp(type, "sku_recovered") == 0)
		appendStringInfo(&json, ", \"available\": " INT64_FORMAT, available_to_promise(inv));
	appendStringInfo(&json, ", \"backordered\": " INT64_FORMAT ", \"shelves\": [", inv->backordered);
	for (int i = 0; i < inv->nstock; i++)
	{
		separate(&json);
		appendStringInfo(&json, "{\"location_id\": %d, \"on_hand\": " INT64_FORMAT ", \"allocated\": " INT64_FORMAT "}",
						 inv->stock[i].location, inv->stock[i].on_hand, inv->stock[i].allocated);
	}
	appendStringInfoString(&json, "]}");
	return json.data;
}

/* Notes an event of a SKU for the merchant, due at once. */
static void
add_warning(Outbox *outbox, const Call *call, const char *type, const Inventory *inv)
{
	enqueue_notification(outbox, call, &(Notification) {.id = next_id(), .type = type, .audience = "merchant",
			  .dedupe_key = psprintf("%s:%s:" INT64_FORMAT, type, inv->sku, next_id()),
			  .payload = warning_payload(type, inv), .deliver_after = call->clock});
}

/* When the merchant was last warned of a SKU, by kind; NO_TIME: never. */
typedef struct LastWarnings
{
	TimestampTz told_at[lengthof(warning_kinds)];
} LastWarnings;

/* The place of a kind of warning in the list of kinds; -1 if it is none of them. */
static int
warning_kind(const char *type)
{
	for (int kind = 0; kind < lengthof(warning_kinds); kind++)
		if (strcmp(type, warning_kinds[kind].type) == 0)
			return kind;
	return -1;
}

/* Reads when the merchant was last warned of the SKUs that have a warning; beside the work's SKUs. */
static LastWarnings *
read_last_warnings(Call *call)
{
	LastWarnings *last = palloc_array(LastWarnings, call->ninventories);
	Rows		rows;

	for (int i = 0; i < call->ninventories; i++)
		for (int kind = 0; kind < lengthof(warning_kinds); kind++)
			last[i].told_at[kind] = NO_TIME;
	rows = query_for_skus(call, &read_warnings, has_warning);
	for (uint64 i = 0; i < rows.count; i++)
	{
		int			kind = warning_kind(row_text(&rows, i, 2));

		if (kind >= 0)
			last[find_inventory(call, row_text(&rows, i, 1)) - call->inventories].told_at[kind] = row_time(&rows, i, 3);
	}
	free_rows(&rows);
	return last;
}

/* Whether the merchant wants to be warned again by now. */
static bool
is_due(const Call *call, TimestampTz told_at)
{
	return told_at == NO_TIME ||
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(told_at),
												IntervalPGetDatum(&call->merchant.warning_interval))) <= call->clock;
}

/* Tells what has happened of the kinds that are limited, no oftener than the merchant wants. */
static void
send_warnings(Outbox *outbox, Call *call)
{
	static const Oid types[] = {TEXTOID, TEXTOID, TIMESTAMPTZOID};
	LastWarnings *last;
	Batch		first;
	Batch		again;

	if (!any_sku(call, has_warning))
		return;
	last = read_last_warnings(call);
	start_batch(&first, lengthof(types), types);
	start_batch(&again, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
		for (int kind = 0; kind < lengthof(warning_kinds); kind++)
		{
			const Inventory *inv = &call->inventories[i];
			Datum		row[] = {CStringGetTextDatum(inv->sku), CStringGetTextDatum(warning_kinds[kind].type),
			TimestampTzGetDatum(call->clock)};

			if (!warning_kinds[kind].has_happened(inv) || !is_due(call, last[i].told_at[kind]))
				continue;
			add_warning(outbox, call, warning_kinds[kind].type, inv);
			add_row(last[i].told_at[kind] == NO_TIME ? &first : &again, row, NULL);
		}
	run_batch(&insert_warnings, call->merchant_id, &first);
	run_batch(&update_warnings, call->merchant_id, &again);
}

/* Warns the merchant of what became of the stock of the work's SKUs. */
void
warn_of_stock(Outbox *outbox, Call *call)
{
	send_warnings(outbox, call);
	for (int i = 0; i < call->ninventories; i++)
		if (lacks_released_goods(&call->inventories[i]))
			add_warning(outbox, call, "shelf_discrepancy", &call->inventories[i]);
}

/* The marked SKUs with what of them is available, unmarked: read_back_in_stock_pending finds those that stay marked. */
static void
collect_back_in_stock_pending(Batch *skus, Call *call)
{
	static const Oid types[] = {TEXTOID, INT8OID};

	start_batch(skus, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];
		int64		available = inv->item.known ? available_to_promise(inv) : 0;
		Datum		row[] = {CStringGetTextDatum(inv->sku), Int64GetDatum(available)};

		if (is_back_in_stock_pending(inv))
			add_row(skus, row, NULL);
		inv->back_in_stock_pending = false;
	}
}

/* Withdraws the last of the pending notices where there is too little stock for all of them. */
static void
withdraw_back_in_stock(Call *call)
{
	static const Oid types[] = {TEXTOID, INT8OID, INT8OID};
	Batch		skus;
	Batch		excess;
	Batch		over;
	uint64		rows;

	if (!any_sku(call, is_back_in_stock_pending))
		return;
	collect_back_in_stock_pending(&skus, call);
	start_batch(&excess, lengthof(types), types);
	start_batch(&over, lengthof(types), types);
	rows = run_batch(&read_back_in_stock_pending, call->merchant_id, &skus);
	for (uint64 i = 0; i < rows; i++)
	{
		char	   *sku = text_at(i, 1);
		Datum		row[] = {CStringGetTextDatum(sku), Int64GetDatum(int64_at(i, 2)), Int64GetDatum(int64_at(i, 3))};

		if (bool_at(i, 4))
			add_row(&over, row, NULL);
		else
			find_inventory(call, sku)->back_in_stock_pending = true;
		if (bool_at(i, 5))
			add_row(&excess, row, NULL);
	}
	done_reading();
	run_batch(&withdraw_pending, call->merchant_id, &excess);
	run_batch(&set_waiting, call->merchant_id, &excess);
	run_batch(&keep_notified, call->merchant_id, &over);
}

/* The payload for a subscriber. */
static char *
back_in_stock_payload(const Inventory *inv, const char *contact, const char *customer, int64 quantity)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"version\": %d, \"type\": \"back_in_stock\", \"contact\": ", PAYLOAD_VERSION);
	append_text(&json, contact);
	appendStringInfoString(&json, ", \"customer\": ");
	append_text(&json, customer);
	appendStringInfoString(&json, ", \"sku\": ");
	append_text(&json, inv->sku);
	appendStringInfoString(&json, ", \"name\": ");
	append_text(&json, inv->item.name);
	appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT ", \"available\": " INT64_FORMAT "}",
					 quantity, available_to_promise(inv));
	return json.data;
}

/* Tells one subscriber, a row of choose_subscribers; returns the id of the event. */
static int64
notify_subscriber(Call *call, uint64 row)
{
	Inventory  *inv = find_inventory(call, text_at(row, 1));
	Notification *event = palloc_object(Notification);

	*event = (Notification) {.id = next_id(), .type = "back_in_stock", .audience = "customer",
	.dedupe_key = psprintf("back_in_stock:" INT64_FORMAT ":" INT64_FORMAT, int64_at(row, 2), next_id()),
	.payload = back_in_stock_payload(inv, text_at(row, 3), text_at(row, 4), int64_at(row, 5)),
	.deliver_after = time_at(row, 6)};
	call->notifications = lappend(call->notifications, event);
	inv->back_in_stock_pending = true;
	return event->id;
}

/* The SKUs that are back, with what of them is available. */
static void
collect_back(Batch *skus, const Call *call)
{
	static const Oid types[] = {TEXTOID, INT8OID, TIMESTAMPTZOID};

	start_batch(skus, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		const Inventory *inv = &call->inventories[i];
		Datum		row[] = {CStringGetTextDatum(inv->sku), Int64GetDatum(available_to_promise(inv)),
		TimestampTzGetDatum(call->clock)};

		if (is_back(inv))
			add_row(skus, row, NULL);
	}
}

/* Tells those who wait for SKUs that were sold out and are not any more, as many as there is stock for. */
static void
notify_chosen_subscribers(Call *call)
{
	static const Oid types[] = {TEXTOID, TEXTOID, INT8OID, TIMESTAMPTZOID};
	Batch		skus;
	Batch		told;
	uint64		rows;

	if (!any_sku(call, is_back))
		return;
	collect_back(&skus, call);
	start_batch(&told, lengthof(types), types);
	rows = run_batch(&choose_subscribers, call->merchant_id, &skus);
	for (uint64 i = 0; i < rows; i++)
	{
		Datum		row[] = {CStringGetTextDatum(text_at(i, 1)), CStringGetTextDatum(text_at(i, 3)),
		Int64GetDatum(notify_subscriber(call, i)), TimestampTzGetDatum(call->clock)};

		CHECK_FOR_INTERRUPTS();
		add_row(&told, row, NULL);
	}
	done_reading();
	run_batch(&mark_notified, call->merchant_id, &told);
}

/* Takes back what subscribers are not to be told any more, and decides who is to be told; notify_merchant() writes it. */
void
notify_subscribers(Call *call)
{
	withdraw_back_in_stock(call);
	notify_chosen_subscribers(call);
}
