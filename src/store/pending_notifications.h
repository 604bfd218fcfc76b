/* What is known of the notifications of an order that have not been sent. */
#ifndef BACKORDER_STORE_PENDING_NOTIFICATIONS_H
#define BACKORDER_STORE_PENDING_NOTIFICATIONS_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "model/types.h"

/* A notice that has not been sent, and what it says beyond the present state. */
typedef struct PendingNotification
{
	int64		notification_id;
	const char *type;
	char	   *covers;			/* inner text of the JSON arrays, maybe empty */
	char	   *canceled;
} PendingNotification;

/* A date that moved, for units of a line. */
typedef struct Move
{
	int32		line_no;
	const char *sku;
	int64		quantity;
	TimestampTz from;
	TimestampTz to;
} Move;

/* Units of a line that were covered. */
typedef struct Fill
{
	int32		line_no;
	const char *sku;
	int64		quantity;
	int32		group_no;
	int64		lost;			/* units of it that were taken back or canceled before it was sent */
} Fill;

extern void find_orders_with_pending(Call *call, int64 most);
extern bool may_have_pending(const Call *call, int64 order_id);
extern void load_pending(const Call *call, const int64 *order_ids, int count, bool (*is_replaceable) (const char *type));

#endif
