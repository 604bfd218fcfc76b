/* Subscriptions to back-in-stock notifications, as calls that change stock read and write them. */
#ifndef BACKORDER_STORE_SUBSCRIPTION_ROWS_H
#define BACKORDER_STORE_SUBSCRIPTION_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/types.h"

/* A SKU, and the units of it that subscribers may be told of. */
typedef struct SkuUnits
{
	const char *sku;
	int64		units;
} SkuUnits;

/* A subscription whose notification may be pending. */
typedef struct PendingSubscription
{
	char	   *sku;
	int64		subscription_id;
	int64		notification_id;
	int64		quantity;
	bool		wanted;			/* the subscription has not ended */
	bool		pending;		/* no worker has taken the notification */
	bool		over;			/* it is neither pending nor leased any more */
	bool		sent;			/* it was sent */
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

extern List *read_pending_subscriptions(const Call *call, const char *const *skus, int count);
extern void withdraw_subscriptions(const Call *call, const List *subscriptions);
extern void end_pending_subscriptions(const Call *call, const List *subscriptions);
extern List *choose_subscribers(const Call *call, const List *skus);
extern List *find_waiting_skus(const Call *call, const char *const *skus, int count);
extern void mark_notified(const Call *call, const List *subscribers);

#endif
