/* Notifications and their deliveries. */
#ifndef BACKORDER_STORE_OUTBOX_H
#define BACKORDER_STORE_OUTBOX_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "base/sql.h"
#include "model/types.h"

/* What there is to tell. */
typedef struct Notification
{
	int64		id;
	const char *type;
	const char *audience;
	int64		order_id;		/* 0: none */
	const char *dedupe_key;
	const char *payload;
	TimestampTz deliver_after;
} Notification;

typedef struct Outbox
{
	Batch		notifications;
	Batch		deliveries;
	Batch		withdrawn;
} Outbox;

extern void enqueue_notification(Outbox *outbox, const Call *call, const Notification *event);
extern void withdraw_notification(Outbox *outbox, int64 notification_id);
extern void start_outbox(Outbox *outbox);
extern void write_outbox(const Call *call, const Outbox *outbox);

#endif
