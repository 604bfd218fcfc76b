/*
 * Subscriptions to back-in-stock notifications, as calls that change stock read and write them.
 *
 * All rows belong to SKUs whose lock the call holds, so they need no lock of their own. Deliveries
 * do: a worker may be taking one at the same moment. It is withdrawn only if its status is still
 * pending.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/subscription_rows.h"
#include "base/sql.h"
#include "model/call.h"

/* The columns of read_pending. */
enum
{
	PENDING_sku = 1, PENDING_subscription_id, PENDING_notification_id, PENDING_quantity, PENDING_wanted, PENDING_status
};

STATEMENT(read_pending,
		  "SELECT s.sku, s.subscription_id, s.notification_id, s.quantity, s.status = 'told', d.status"
		  " FROM backorder.subscription s"
		  " LEFT JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = s.notification_id"
		  " WHERE s.merchant_id = $1 AND s.sku IN (SELECT unnest($2)) AND s.back_in_stock_pending"
		  " ORDER BY s.sku, s.subscription_id",
		  INT4OID, TEXTARRAYOID);

STATEMENT(find_waiting,
		  "SELECT w.sku FROM unnest($2) AS w(sku)"
		  " WHERE EXISTS (SELECT FROM backorder.subscription s"
		  "  WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.status = 'waiting')",
		  INT4OID, TEXTARRAYOID);

#define KEY_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, subscription_id, INT8) next(prefix, notification_id, INT8)

/* A delivery that a worker has taken is not pending any more, and stays. */
STATEMENT(withdraw_deliveries,
		  "UPDATE backorder.delivery d SET status = 'withdrawn'"
		  " FROM unnest($2, $3, $4) AS w(" COLUMN_NAMES(KEY_COLUMNS) ")"
		  " WHERE d.merchant_id = $1 AND d.notification_id = w.notification_id AND d.status = 'pending'",
		  INT4OID, COLUMN_ARRAY_TYPES(KEY_COLUMNS));

/* Subscriptions whose notification was withdrawn wait again, where they waited before. */
STATEMENT(set_waiting,
		  "UPDATE backorder.subscription s"
		  " SET back_in_stock_pending = false, notification_id = NULL, told_at = NULL,"
		  "  status = CASE s.status WHEN 'told' THEN 'waiting' ELSE s.status END"
		  " FROM unnest($2, $3, $4) AS w(" COLUMN_NAMES(KEY_COLUMNS) ")"
		  " JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = w.notification_id"
		  "  AND d.status = 'withdrawn'"
		  " WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.subscription_id = w.subscription_id"
		  "  AND s.back_in_stock_pending",
		  INT4OID, COLUMN_ARRAY_TYPES(KEY_COLUMNS));

STATEMENT(end_pending,
		  "UPDATE backorder.subscription s SET back_in_stock_pending = false"
		  " FROM unnest($2, $3, $4) AS w(" COLUMN_NAMES(KEY_COLUMNS) ")"
		  " WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.subscription_id = w.subscription_id"
		  "  AND s.back_in_stock_pending",
		  INT4OID, COLUMN_ARRAY_TYPES(KEY_COLUMNS));

/* The columns of choose. */
enum
{
	CHOSEN_sku = 1, CHOSEN_subscription_id, CHOSEN_contact, CHOSEN_customer, CHOSEN_quantity, CHOSEN_deliver_after
};

/*
 * From the oldest subscription on: each one that fits into what the older ones have left, and whose
 * contact was not notified of the SKU within the merchant's throttle. A step of the recursion finds
 * the next one of every SKU, so no row is read beyond the last one that is chosen.
 */
STATEMENT(choose,
		  "WITH RECURSIVE told AS ("
		  "  SELECT w.sku, 0::bigint AS subscription_id, NULL::text COLLATE \"C\" AS contact,"
		  "    NULL::text AS customer, 0::bigint AS quantity, w.units AS units_left,"
		  "    w.clock - coalesce(m.back_in_stock_throttle, '1 day') AS told_before,"
		  "    w.clock + coalesce(m.back_in_stock_delay, '5 minutes') AS deliver_after"
		  "  FROM unnest($2, $3, $4) AS w(sku, units, clock)"
		  "  LEFT JOIN backorder.merchant m ON m.merchant_id = $1"
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

#define NOTIFIED_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, contact, TEXT) next(prefix, notification_id, INT8) \
	next(prefix, told_at, TIMESTAMPTZ)

STATEMENT(update_notified,
		  "UPDATE backorder.subscription s SET status = 'told', back_in_stock_pending = true, told_at = w.told_at,"
		  "  notification_id = w.notification_id"
		  " FROM unnest($2, $3, $4, $5) AS w(" COLUMN_NAMES(NOTIFIED_COLUMNS) ")"
		  " WHERE s.merchant_id = $1 AND s.sku = w.sku AND s.contact = w.contact",
		  INT4OID, COLUMN_ARRAY_TYPES(NOTIFIED_COLUMNS));

/* Whether the status of a delivery is this one; it has none if the delivery is missing. */
static bool
is_status(const char *status, const char *wanted)
{
	return status != NULL && strcmp(status, wanted) == 0;
}

/*
 * Returns the subscriptions of these SKUs whose notification may be pending, oldest first by SKU: a
 * list of PendingSubscription.
 */
List *
read_pending_subscriptions(const Call *call, const char *const *skus, int count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(skus, count)};
	Rows		rows = query(&read_pending, false, values, NULL);
	List	   *subscriptions = NIL;

	for (uint64 i = 0; i < rows.count; i++)
	{
		PendingSubscription *subscription = palloc_object(PendingSubscription);
		const char *status = row_text(&rows, i, PENDING_status);

		subscription->sku = row_text(&rows, i, PENDING_sku);
		subscription->subscription_id = row_int64(&rows, i, PENDING_subscription_id);
		subscription->notification_id = row_int64(&rows, i, PENDING_notification_id);
		subscription->quantity = row_int64(&rows, i, PENDING_quantity);
		subscription->wanted = row_bool(&rows, i, PENDING_wanted);
		subscription->pending = is_status(status, "pending");
		subscription->over = !subscription->pending && !is_status(status, "leased");
		subscription->sent = is_status(status, "sent");
		subscriptions = lappend(subscriptions, subscription);
	}
	free_rows(&rows);
	return subscriptions;
}

/* Returns those of these SKUs for which subscriptions wait. */
List *
find_waiting_skus(const Call *call, const char *const *skus, int count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(skus, count)};
	Rows		rows = query(&find_waiting, false, values, NULL);
	List	   *waiting = NIL;

	for (uint64 i = 0; i < rows.count; i++)
		waiting = lappend(waiting, row_text(&rows, i, 1));
	free_rows(&rows);
	return waiting;
}

/* Leaves a batch of KEY_COLUMNS with these subscriptions (PendingSubscription). */
static void
collect_keys(Batch *batch, const List *subscriptions)
{
	static const Oid types[] = {COLUMN_TYPES(KEY_COLUMNS)};
	ListCell   *lc;

	start_batch(batch, lengthof(types), types);
	foreach(lc, subscriptions)
	{
		const PendingSubscription *subscription = lfirst(lc);
		Datum		row[] = {CStringGetTextDatum(subscription->sku), Int64GetDatum(subscription->subscription_id),
		Int64GetDatum(subscription->notification_id)};

		add_row(batch, row, NULL);
	}
}

/*
 * Withdraws the notifications of these subscriptions (PendingSubscription), which then wait again.
 */
void
withdraw_subscriptions(const Call *call, const List *subscriptions)
{
	Batch		keys;

	collect_keys(&keys, subscriptions);
	write_batch(&withdraw_deliveries, call->merchant_id, &keys);
	write_batch(&set_waiting, call->merchant_id, &keys);
}

/*
 * Records that the notifications of these subscriptions (PendingSubscription) are not pending any
 * more.
 */
void
end_pending_subscriptions(const Call *call, const List *subscriptions)
{
	Batch		keys;

	collect_keys(&keys, subscriptions);
	write_batch(&end_pending, call->merchant_id, &keys);
}

/* Returns the subscriber in a row of choose. */
static Subscriber *
read_subscriber(const Rows *rows, uint64 row)
{
	Subscriber *subscriber = palloc0_object(Subscriber);

	subscriber->sku = row_text(rows, row, CHOSEN_sku);
	subscriber->subscription_id = row_int64(rows, row, CHOSEN_subscription_id);
	subscriber->contact = row_text(rows, row, CHOSEN_contact);
	subscriber->customer = row_text(rows, row, CHOSEN_customer);
	subscriber->quantity = row_int64(rows, row, CHOSEN_quantity);
	subscriber->deliver_after = row_time(rows, row, CHOSEN_deliver_after);
	return subscriber;
}

/*
 * Returns the subscribers whom so many units of these SKUs (SkuUnits) serve: a list of Subscriber,
 * oldest first.
 */
List *
choose_subscribers(const Call *call, const List *skus)
{
	static const Oid types[] = {TEXTOID, INT8OID, TIMESTAMPTZOID};
	List	   *subscribers = NIL;
	Batch		batch;
	Rows		rows;
	ListCell   *lc;

	start_batch(&batch, lengthof(types), types);
	foreach(lc, skus)
	{
		const SkuUnits *units = lfirst(lc);
		Datum		row[] = {CStringGetTextDatum(units->sku), Int64GetDatum(units->units),
		TimestampTzGetDatum(call->clock)};

		add_row(&batch, row, NULL);
	}
	rows = query_batch(&choose, false, call->merchant_id, &batch);
	for (uint64 i = 0; i < rows.count; i++)
		subscribers = lappend(subscribers, read_subscriber(&rows, i));
	free_rows(&rows);
	return subscribers;
}

/* Records that these subscribers (Subscriber) were notified now. */
void
mark_notified(const Call *call, const List *subscribers)
{
	static const Oid types[] = {COLUMN_TYPES(NOTIFIED_COLUMNS)};
	Batch		batch;
	ListCell   *lc;

	start_batch(&batch, lengthof(types), types);
	foreach(lc, subscribers)
	{
		const Subscriber *subscriber = lfirst(lc);
		Datum		row[] = {CStringGetTextDatum(subscriber->sku), CStringGetTextDatum(subscriber->contact),
		Int64GetDatum(subscriber->notification_id), TimestampTzGetDatum(call->clock)};

		add_row(&batch, row, NULL);
	}
	write_batch(&update_notified, call->merchant_id, &batch);
}
