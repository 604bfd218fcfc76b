/*
 * Notifications to the customers of orders: one row per event, written in the transaction that
 * causes it.
 *
 * One call notifies a customer at most once of how the order stands, and once of each group that it
 * ships. A notification of how the order stands replaces the pending ones before it, which are
 * withdrawn. If nothing is left that the customer does not know, they are only withdrawn. What a worker has taken, or sent, is never withdrawn. The customer of a held order is
 * not notified.
 */
#include "postgres.h"

#include "rules/notifications.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"
#include "store/pending_notifications.h"
#include "rules/news.h"
#include "rules/notification_types.h"

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
			has_changed_for_customer(call->orders[i]))
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
 * Notifies the customer of how the order stands, if this call has changed it and that is news. The
 * pending notifications are withdrawn: they are replaced, or no news any more.
 */
static void
notify_of_order(Outbox *outbox, const Call *call, Order *order)
{
	NotificationSubject subject = {.order = order};
	const NotificationType *type;
	ListCell   *lc;

	if (!has_changed_for_customer(order))
		return;
	find_news(order);
	type = first_due_type(ABOUT_ORDER, &subject);
	if (type != NULL)
		enqueue_notification(outbox, call, make_notification(call, type, &subject));
	foreach(lc, order->pending)
		withdraw_notification(outbox, ((PendingNotification *) lfirst(lc))->notification_id);
}

/* Notifies the customer of the order, as far as there is something to tell. */
void
notify_customer(Outbox *outbox, const Call *call, Order *order)
{
	notify_of_groups(outbox, call, order);
	notify_of_order(outbox, call, order);
}
