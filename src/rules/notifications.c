/*
 * Notifications to the customers of orders: one row per event, written in the transaction that
 * causes it.
 *
 * One call notifies a customer at most once of how the order stands, and once of each group that it
 * ships. A notification of how the order stands replaces the pending ones before it, which are
 * withdrawn. What a worker has taken, or sent, is never withdrawn. The customer of a held order is
 * not notified.
 */
#include "postgres.h"

#include "rules/notifications.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"
#include "store/pending_notifications.h"
#include "rules/notification_types.h"

/*
 * Returns the type of the notification that tells how the order stands; NULL if there is nothing to
 * tell.
 */
static const NotificationType *
due_order_type(const Order *order)
{
	NotificationSubject subject = {.order = order};

	if (!order->confirmed && (order->status == ORDER_HELD || order->was_status == ORDER_HELD))
		return NULL;
	return first_due_type(ABOUT_ORDER, &subject);
}

/* Whether a notification of this type is replaced by the next one about the order. */
static bool
is_replaceable(const char *type)
{
	return notification_type_named(type)->replaceable;
}

/*
 * Reads the pending notifications of the orders, except new ones, about which there is something to
 * tell.
 */
void
load_pending_of_orders(Call *call)
{
	int64	   *ids = palloc_array(int64, call->norders + 1);
	int			count = 0;

	for (int i = 0; i < call->norders; i++)
		if (!call->orders[i]->is_new && may_have_pending(call, call->orders[i]->order_id) &&
			due_order_type(call->orders[i]) != NULL)
			ids[count++] = call->orders[i]->order_id;
	if (count > 0)
		load_pending(call, ids, count, is_replaceable);
}

/* Notifies the customer of each group that this call shipped. */
static void
notify_of_groups(Outbox *outbox, const Call *call, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->groups)
	{
		NotificationSubject subject = {.order = order, .group = lfirst(lc)};
		const NotificationType *type = first_due_type(ABOUT_GROUP, &subject);

		if (type != NULL)
			enqueue_notification(outbox, call, make_notification(call, type, &subject));
	}
}

/*
 * Notifies the customer of how the order stands, if this call has changed it, and withdraws what
 * this replaces.
 */
static void
notify_of_order(Outbox *outbox, const Call *call, const Order *order)
{
	NotificationSubject subject = {.order = order};
	const NotificationType *type = due_order_type(order);
	ListCell   *lc;

	if (type == NULL)
		return;
	enqueue_notification(outbox, call, make_notification(call, type, &subject));
	foreach(lc, order->pending)
		withdraw_notification(outbox, ((PendingNotification *) lfirst(lc))->notification_id);
}

/* Notifies the customer of the order, as far as there is something to tell. */
void
notify_customer(Outbox *outbox, const Call *call, const Order *order)
{
	notify_of_groups(outbox, call, order);
	notify_of_order(outbox, call, order);
}
