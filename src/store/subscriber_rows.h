/* Rows of subscription that subscribe() and unsubscribe() work on. */
#ifndef BACKORDER_STORE_SUBSCRIBER_ROWS_H
#define BACKORDER_STORE_SUBSCRIBER_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* One row of subscription; (merchant_id, sku, contact) is its key. */
typedef struct Subscription
{
	int32		merchant_id;
	char	   *sku;
	char	   *contact;
	int64		id;
	char	   *customer;		/* or NULL */
	int64		quantity;
	char	   *status;
	TimestampTz created_at;
	TimestampTz told_at;		/* or NO_TIME */
	int64		notification_id;	/* 0: none */
	bool		uncounted;		/* the notification was sent, and no call has noticed */
	bool		in_delivery;	/* the notification is pending, or a worker has taken it */
} Subscription;

extern bool read_subscription(Subscription *subscription);
extern void begin_subscription(const Subscription *subscription, TimestampTz clock);
extern void change_subscription(const Subscription *subscription);
extern void end_subscription(const Subscription *subscription, bool withdrawn);
extern bool withdraw_if_pending(int32 merchant_id, int64 notification_id);

#endif
