/* Rows of subscription that subscribe() and unsubscribe() work on. */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/subscriber_rows.h"
#include "base/clock.h"
#include "base/sql.h"

STATEMENT(find_subscription,
		  "SELECT s.subscription_id, s.customer, s.quantity, s.status, s.created_at, s.told_at,"
		  "  s.notification_id, d.status IN ('pending', 'leased'), s.back_in_stock_pending AND d.status = 'sent'"
		  " FROM backorder.subscription s"
		  " LEFT JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = s.notification_id"
		  " WHERE s.merchant_id = $1 AND s.sku = $2 AND s.contact = $3",
		  INT4OID, TEXTOID, TEXTOID);
enum
{
	FOUND_ID = 1, FOUND_CUSTOMER, FOUND_QUANTITY, FOUND_STATUS, FOUND_CREATED_AT, FOUND_TOLD_AT, FOUND_NOTIFICATION_ID,
	FOUND_IN_DELIVERY, FOUND_UNCOUNTED
};

/*
 * A new id is a new place in the order of subscribers. told_at stays, because it limits how often a
 * contact is notified.
 */
STATEMENT(insert_subscription,
		  "INSERT INTO backorder.subscription AS s"
		  " (merchant_id, sku, contact, quantity, customer, subscription_id, created_at, status)"
		  " VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')"
		  " ON CONFLICT (merchant_id, sku, contact) DO UPDATE SET quantity = EXCLUDED.quantity,"
		  "  customer = coalesce(EXCLUDED.customer, s.customer), subscription_id = EXCLUDED.subscription_id,"
		  "  created_at = EXCLUDED.created_at, status = EXCLUDED.status, notification_id = NULL, back_in_stock_pending = false",
		  INT4OID, TEXTOID, TEXTOID, INT8OID, TEXTOID, INT8OID, TIMESTAMPTZOID);

STATEMENT(update_subscription,
		  "UPDATE backorder.subscription SET quantity = $4, customer = coalesce($5, customer)"
		  " WHERE merchant_id = $1 AND sku = $2 AND contact = $3",
		  INT4OID, TEXTOID, TEXTOID, INT8OID, TEXTOID);

/*
 * $4 tells whether the notification was withdrawn. If a worker has taken it, back_in_stock_pending
 * stays, so that the subscription is examined again if the worker fails to send it.
 */
STATEMENT(finish_subscription,
		  "UPDATE backorder.subscription SET status = 'ended', back_in_stock_pending = back_in_stock_pending AND NOT $4,"
		  "  told_at = CASE WHEN NOT $4 THEN told_at END, notification_id = CASE WHEN NOT $4 THEN notification_id END"
		  " WHERE merchant_id = $1 AND sku = $2 AND contact = $3",
		  INT4OID, TEXTOID, TEXTOID, BOOLOID);

STATEMENT(withdraw_delivery,
		  "UPDATE backorder.delivery SET status = 'withdrawn'"
		  " WHERE merchant_id = $1 AND notification_id = $2 AND status = 'pending'",
		  INT4OID, INT8OID);

/* Reads the subscription of this merchant, SKU and contact; false if there is none. */
bool
read_subscription(Subscription *subscription)
{
	Datum		values[] = {
		Int32GetDatum(subscription->merchant_id), CStringGetTextDatum(subscription->sku),
		CStringGetTextDatum(subscription->contact)
	};
	Rows		rows = query(&find_subscription, false, values, NULL);
	bool		found = rows.count > 0;

	if (found)
	{
		subscription->id = row_int64(&rows, 0, FOUND_ID);
		subscription->customer = row_text(&rows, 0, FOUND_CUSTOMER);
		subscription->quantity = row_int64(&rows, 0, FOUND_QUANTITY);
		subscription->status = row_text(&rows, 0, FOUND_STATUS);
		subscription->created_at = row_time(&rows, 0, FOUND_CREATED_AT);
		subscription->told_at = row_time(&rows, 0, FOUND_TOLD_AT);
		subscription->notification_id = row_int64(&rows, 0, FOUND_NOTIFICATION_ID);
		subscription->uncounted = row_bool(&rows, 0, FOUND_UNCOUNTED);
		subscription->in_delivery = row_bool(&rows, 0, FOUND_IN_DELIVERY);
	}
	free_rows(&rows);
	return found;
}

/* Begins the subscription, or begins it again: it waits from now on. */
void
begin_subscription(const Subscription *subscription, TimestampTz clock)
{
	Datum		values[] = {
		Int32GetDatum(subscription->merchant_id), CStringGetTextDatum(subscription->sku),
		CStringGetTextDatum(subscription->contact), Int64GetDatum(subscription->quantity),
		subscription->customer == NULL ? (Datum) 0 : CStringGetTextDatum(subscription->customer),
		Int64GetDatum(next_id()), TimestampTzGetDatum(clock)
	};

	(void) query(&insert_subscription, false, values, subscription->customer == NULL ? "    n  " : NULL);
}

/*
 * Changes the quantity of a subscription, and its customer if one is given; its place in the order
 * of subscribers stays.
 */
void
change_subscription(const Subscription *subscription)
{
	Datum		values[] = {
		Int32GetDatum(subscription->merchant_id), CStringGetTextDatum(subscription->sku),
		CStringGetTextDatum(subscription->contact), Int64GetDatum(subscription->quantity),
		subscription->customer == NULL ? (Datum) 0 : CStringGetTextDatum(subscription->customer)
	};

	(void) query(&update_subscription, false, values, subscription->customer == NULL ? "    n" : NULL);
}

/* Ends the subscription; withdrawn tells whether its notification was withdrawn. */
void
end_subscription(const Subscription *subscription, bool withdrawn)
{
	Datum		values[] = {
		Int32GetDatum(subscription->merchant_id), CStringGetTextDatum(subscription->sku),
		CStringGetTextDatum(subscription->contact), BoolGetDatum(withdrawn)
	};

	(void) query(&finish_subscription, false, values, NULL);
}

/* Withdraws a notification that is pending; false if it is not. */
bool
withdraw_if_pending(int32 merchant_id, int64 notification_id)
{
	Datum		values[] = {Int32GetDatum(merchant_id), Int64GetDatum(notification_id)};

	return query(&withdraw_delivery, false, values, NULL).count > 0;
}
