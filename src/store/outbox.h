/* The outbox: notifications and their deliveries, collected by a call and written at its end. */
#ifndef BACKORDER_STORE_OUTBOX_H
#define BACKORDER_STORE_OUTBOX_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "base/sql.h"
#include "model/types.h"

/* One message to send. */
typedef struct Notification
{
	int64		id;
	const char *type;
	const char *audience;
	int64		order_id;		/* or 0 */
	const char *dedupe_key;
	const char *payload;		/* JSON */
	TimestampTz deliver_after;
} Notification;

/* The rows that a call adds to the outbox or changes in it. */
typedef struct Outbox
{
	Batch		notifications;
	Batch		deliveries;
	Batch		withdrawn;
} Outbox;

extern void start_outbox(Outbox *outbox);
extern void enqueue_notification(Outbox *outbox, const Call *call, const Notification *notification);
extern void withdraw_notification(Outbox *outbox, int64 notification_id);
extern void write_outbox(const Call *call, const Outbox *outbox);

#endif
