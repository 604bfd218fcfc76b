/*
 * The notifications of an order that are still pending, and what they announce beyond its present
 * state.
 */
#ifndef BACKORDER_STORE_PENDING_NOTIFICATIONS_H
#define BACKORDER_STORE_PENDING_NOTIFICATIONS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/types.h"

/* A pending notification, whose delivery the call has locked; an element of Order.pending. */
typedef struct PendingNotification
{
	int64		notification_id;
	const char *type;
	List	   *covers;			/* of const char *: types of the earlier notifications that it stands for */
	List	   *canceled;		/* of Canceled */
	bool		tells_of_slips; /* it is the first to tell of incentives that were granted for a slip */
	bool		changes_grants; /* it tells of incentives that were granted or withdrawn */
} PendingNotification;

extern void find_orders_with_pending(Call *call, int64 most);
extern bool may_have_pending(const Call *call, int64 order_id);
extern void load_pending(const Call *call, const int64 *order_ids, int count,
						 bool (*is_replaceable) (const char *type));
extern bool stands_for(const PendingNotification *pending, const char *type);

#endif
