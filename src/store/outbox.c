/* Notifications and their deliveries. */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/outbox.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/payload.h"

DIRECT_STATEMENT(update_deliveries,
				 DIRECTLY(DIRECT_UPDATE, "delivery", "delivery_pkey", "notification_id, status", .nkeys = 1),
				 "UPDATE backorder.delivery d SET status = u.status FROM unnest($2, $3) AS u(notification_id, status)"
				 " WHERE d.merchant_id = $1 AND d.notification_id = u.notification_id",
				 INT4OID, INT8ARRAYOID, TEXTARRAYOID);

#define NOTIFICATION_COLUMNS "notification_id, type, audience, order_id, dedupe_key, payload, created_at"

DIRECT_STATEMENT(insert_notifications,
				 DIRECTLY(DIRECT_INSERT, "notification", NULL, NOTIFICATION_COLUMNS),
				 "INSERT INTO backorder.notification (merchant_id, " NOTIFICATION_COLUMNS ")"
				 " SELECT $1, n.* FROM unnest($2, $3, $4, $5, $6, $7, $8) AS n(" NOTIFICATION_COLUMNS ")",
				 INT4OID, INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID, INT8ARRAYOID, TEXTARRAYOID, JSONBARRAYOID,
				 TIMESTAMPTZARRAYOID);

#define DELIVERY_COLUMNS "notification_id, status, deliver_after, attempts"

DIRECT_STATEMENT(insert_deliveries,
				 DIRECTLY(DIRECT_INSERT, "delivery", NULL, DELIVERY_COLUMNS),
				 "INSERT INTO backorder.delivery (merchant_id, " DELIVERY_COLUMNS ")"
				 " SELECT $1, d.* FROM unnest($2, $3, $4, $5) AS d(" DELIVERY_COLUMNS ")",
				 INT4OID, INT8ARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID, INT4ARRAYOID);

/* Adds an event and its delivery. */
void
enqueue_notification(Outbox *outbox, const Call *call, const Notification *event)
{
	Datum		notification[] = {
		Int64GetDatum(event->id), CStringGetTextDatum(event->type), CStringGetTextDatum(event->audience),
		Int64GetDatum(event->order_id), CStringGetTextDatum(event->dedupe_key), json_datum(event->payload),
		TimestampTzGetDatum(call->clock)
	};
	bool		nulls[lengthof(notification)] = {false};
	Datum		delivery[] = {
		Int64GetDatum(event->id), CStringGetTextDatum("pending"), TimestampTzGetDatum(event->deliver_after), Int32GetDatum(0)
	};

	nulls[3] = event->order_id == 0;
	add_row(&outbox->notifications, notification, nulls);
	add_row(&outbox->deliveries, delivery, NULL);
}

/* Adds that a pending notification is withdrawn. */
void
withdraw_notification(Outbox *outbox, int64 notification_id)
{
	Datum		row[] = {Int64GetDatum(notification_id), CStringGetTextDatum("withdrawn")};

	add_row(&outbox->withdrawn, row, NULL);
}

/* Leaves the notices empty and ready for rows. */
void
start_outbox(Outbox *outbox)
{
	static const Oid notification_types[] = {INT8OID, TEXTOID, TEXTOID, INT8OID, TEXTOID, JSONBOID, TIMESTAMPTZOID};
	static const Oid delivery_types[] = {INT8OID, TEXTOID, TIMESTAMPTZOID, INT4OID};

	start_batch(&outbox->notifications, lengthof(notification_types), notification_types);
	start_batch(&outbox->deliveries, lengthof(delivery_types), delivery_types);
	start_batch(&outbox->withdrawn, 2, delivery_types);
}

/* Writes what was collected. */
void
write_outbox(const Call *call, const Outbox *outbox)
{
	run_batch(&insert_notifications, call->merchant_id, &outbox->notifications);
	run_batch(&insert_deliveries, call->merchant_id, &outbox->deliveries);
	run_batch(&update_deliveries, call->merchant_id, &outbox->withdrawn);
}
