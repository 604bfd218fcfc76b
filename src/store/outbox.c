/*
 * The outbox: notifications and their deliveries, collected by a call and written at its end.
 *
 * A notification and its delivery are written by the transaction that causes them, so that what is
 * committed is told, and nothing else. A worker sends what is pending; the call that withdraws a
 * notification has locked its delivery before.
 */
#include "postgres.h"

#include "store/outbox.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/payload.h"
#include "store/row_values.h"

#define NOTIFICATION_COLUMNS(first, next, prefix) \
	first(prefix, notification_id, INT8) next(prefix, type, TEXT) next(prefix, audience, TEXT) \
	next(prefix, order_id, INT8) next(prefix, dedupe_key, TEXT) next(prefix, payload, JSONB) \
	next(prefix, created_at, TIMESTAMPTZ)
#define UPDATED_DELIVERY(first, next, prefix) \
	first(prefix, notification_id, INT8) next(prefix, status, TEXT)
#define DELIVERY_COLUMNS(first, next, prefix) \
	UPDATED_DELIVERY(first, next, prefix) \
	next(prefix, deliver_after, TIMESTAMPTZ) next(prefix, attempts, INT4)

enum {COLUMN_NUMBERS(NOTIFICATION_COLUMNS, NOTIFICATION_)};
enum {COLUMN_NUMBERS(DELIVERY_COLUMNS, DELIVERY_)};

DIRECT_STATEMENT(insert_notifications,
				 DIRECTLY(DIRECT_INSERT, "notification", NULL, COLUMN_NAMES(NOTIFICATION_COLUMNS)),
				 "INSERT INTO backorder.notification (merchant_id, " COLUMN_NAMES(NOTIFICATION_COLUMNS) ")"
				 " SELECT $1, n.* FROM unnest(" COLUMN_PARAMETERS(NOTIFICATION_COLUMNS) ") AS n",
				 INT4OID, COLUMN_ARRAY_TYPES(NOTIFICATION_COLUMNS));

DIRECT_STATEMENT(insert_deliveries,
				 DIRECTLY(DIRECT_INSERT, "delivery", NULL, COLUMN_NAMES(DELIVERY_COLUMNS)),
				 "INSERT INTO backorder.delivery (merchant_id, " COLUMN_NAMES(DELIVERY_COLUMNS) ")"
				 " SELECT $1, d.* FROM unnest(" COLUMN_PARAMETERS(DELIVERY_COLUMNS) ") AS d",
				 INT4OID, COLUMN_ARRAY_TYPES(DELIVERY_COLUMNS));

DIRECT_STATEMENT(update_deliveries,
				 DIRECTLY(DIRECT_UPDATE, "delivery", "delivery_pkey", COLUMN_NAMES(UPDATED_DELIVERY), .nkeys = 1),
				 "UPDATE backorder.delivery d SET status = u.status"
				 " FROM unnest(" COLUMN_PARAMETERS(UPDATED_DELIVERY) ") AS u(" COLUMN_NAMES(UPDATED_DELIVERY) ")"
				 " WHERE d.merchant_id = $1 AND d.notification_id = u.notification_id",
				 INT4OID, COLUMN_ARRAY_TYPES(UPDATED_DELIVERY));

/* Makes the outbox empty and ready for rows. */
void
start_outbox(Outbox *outbox)
{
	static const Oid notification_types[] = {COLUMN_TYPES(NOTIFICATION_COLUMNS)};
	static const Oid delivery_types[] = {COLUMN_TYPES(DELIVERY_COLUMNS)};
	static const Oid withdrawn_types[] = {COLUMN_TYPES(UPDATED_DELIVERY)};

	start_batch(&outbox->notifications, lengthof(notification_types), notification_types);
	start_batch(&outbox->deliveries, lengthof(delivery_types), delivery_types);
	start_batch(&outbox->withdrawn, lengthof(withdrawn_types), withdrawn_types);
}

/* Adds a notification and its pending delivery. */
void
enqueue_notification(Outbox *outbox, const Call *call, const Notification *notification)
{
	RowValues	row = {0};
	RowValues	delivery = {0};

	put_int64(&row, NOTIFICATION_notification_id, notification->id);
	put_text(&row, NOTIFICATION_type, notification->type);
	put_text(&row, NOTIFICATION_audience, notification->audience);
	put_optional_int64(&row, NOTIFICATION_order_id, notification->order_id);
	put_text(&row, NOTIFICATION_dedupe_key, notification->dedupe_key);
	put_datum(&row, NOTIFICATION_payload, json_datum(notification->payload), false);
	put_time(&row, NOTIFICATION_created_at, call->clock);
	add_values(&outbox->notifications, &row);

	put_int64(&delivery, DELIVERY_notification_id, notification->id);
	put_text(&delivery, DELIVERY_status, "pending");
	put_time(&delivery, DELIVERY_deliver_after, notification->deliver_after);
	put_int32(&delivery, DELIVERY_attempts, 0);
	add_values(&outbox->deliveries, &delivery);
}

/* Keeps a pending notification, whose delivery the call has locked, from being sent. */
void
withdraw_notification(Outbox *outbox, int64 notification_id)
{
	RowValues	delivery = {0};

	put_int64(&delivery, DELIVERY_notification_id, notification_id);
	put_text(&delivery, DELIVERY_status, "withdrawn");
	add_values(&outbox->withdrawn, &delivery);
}

/* Writes what was collected. */
void
write_outbox(const Call *call, const Outbox *outbox)
{
	write_batch(&insert_notifications, call->merchant_id, &outbox->notifications);
	write_batch(&insert_deliveries, call->merchant_id, &outbox->deliveries);
	write_batch(&update_deliveries, call->merchant_id, &outbox->withdrawn);
}
