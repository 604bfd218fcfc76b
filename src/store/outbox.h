/* Notifications and their deliveries. */
#ifndef BACKORDER_STORE_OUTBOX_H
#define BACKORDER_STORE_OUTBOX_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "base/sql.h"
#include "model/types.h"

/* What there is to tell. */
typedef struct Event
{
	int64		id;
	const char *type;
	const char *audience;
	int64		order_id;		/* 0: none */
	const char *dedupe_key;
	const char *payload;
	TimestampTz deliver_after;
} Event;

typedef struct Notices
{
	Batch		notifications;
	Batch		deliveries;
	Batch		withdrawn;
} Notices;

extern void add_event(Notices *notices, const Work *work, const Event *event);
extern void add_notice(Notices *notices, const Work *work, const char *type, const Order *order,
			const char *key, const char *payload);
extern void start_notices(Notices *notices);
extern void write_notices(const Work *work, const Notices *notices);

#endif
