/* Subscriptions to back-in-stock notifications, as calls that change stock read and write them. */
#ifndef BACKORDER_STORE_SUBSCRIPTION_ROWS_H
#define BACKORDER_STORE_SUBSCRIPTION_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/types.h"

/* A SKU, and its units that are available to subscribers. */
typedef struct SkuUnits
{
	const char *sku;
	int64		available;
} SkuUnits;

/* A subscription whose notification may be pending. */
typedef struct PendingSubscription
{
	char	   *sku;
	int64		subscription_id;
	int64		notification_id;
	bool		over;			/* the notification is neither pending nor leased any more */
	bool		excess;			/* it is pending, but nothing is left for the subscriber */
} PendingSubscription;

/* A subscriber who is to be notified. */
typedef struct Subscriber
{
	char	   *sku;
	int64		subscription_id;
	char	   *contact;
	char	   *customer;		/* or NULL */
	int64		quantity;
	TimestampTz deliver_after;
	int64		notification_id;	/* set by the caller of choose_subscribers() */
} Subscriber;

extern List *read_pending_subscriptions(const Call *call, const List *skus);
extern void withdraw_subscriptions(const Call *call, const List *subscriptions);
extern void end_pending_subscriptions(const Call *call, const List *subscriptions);
extern List *choose_subscribers(const Call *call, const List *skus);
extern void mark_notified(const Call *call, const List *subscribers);

#endif
