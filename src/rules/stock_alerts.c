/*
 * Notifications about stock: to the merchant, and to subscribers.
 *
 * Both follow a transition between the beginning of the call and its end, when the queue has been
 * filled. Where there is none, this costs a comparison. Pending back-in-stock notifications are
 * judged by level: whatever the call did, the last of them are withdrawn that the available units
 * do not serve.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/stock_alerts.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "store/subscription_rows.h"
#include "store/warning_rows.h"
#include "rules/notification_types.h"

/* ---- warnings to the merchant ---- */

/* Returns the type of this number if it is about a SKU, has this limit and is due; else NULL. */
static const NotificationType *
due_warning(int number, const Inventory *inv, bool limited)
{
	const NotificationType *type = &notification_types[number];
	NotificationSubject subject = {.inv = inv};

	return type->about == ABOUT_SKU && type->limited == limited && type->is_due(&subject) ? type : NULL;
}

/* Whether a warning about the SKU is due, if its interval allows it. */
static bool
has_limited_warning(const Inventory *inv)
{
	for (int number = 0; number < notification_type_count; number++)
		if (due_warning(number, inv, true) != NULL)
			return true;
	return false;
}

/* Returns the SKUs of the call that have a limited warning; *count tells how many. */
static const char **
skus_with_limited_warning(const Call *call, int *count)
{
	const char **skus = palloc_array(const char *, call->ninventories + 1);

	*count = 0;
	for (int i = 0; i < call->ninventories; i++)
		if (has_limited_warning(&call->inventories[i]))
			skus[(*count)++] = call->inventories[i].sku;
	return skus;
}

/* Returns where read_last_warnings() keeps a SKU of the call and a type. */
static TimestampTz *
last_warning(TimestampTz *last, Size inventory, Size number)
{
	return &last[inventory * notification_type_count + number];
}

/*
 * Returns when the merchant was last warned, for each SKU of the call and type; NO_TIME: never. Only
 * these SKUs are read.
 */
static TimestampTz *
read_last_warnings(const Call *call, const char **skus, int count)
{
	Size		size = (Size) call->ninventories * notification_type_count;
	TimestampTz *last = palloc_array(TimestampTz, size);
	ListCell   *lc;

	for (Size i = 0; i < size; i++)
		last[i] = NO_TIME;
	foreach(lc, read_stock_warnings(call, skus, count))
	{
		const StockWarning *warning = lfirst(lc);
		Size		inventory = find_inventory(call, warning->sku) - call->inventories;

		*last_warning(last, inventory, notification_type_named(warning->kind) - notification_types) =
			warning->told_at;
	}
	return last;
}

/* Whether the merchant's warning interval has passed since the last warning. */
static bool
interval_has_passed(const Call *call, TimestampTz last)
{
	return last == NO_TIME || add_interval(call, last, &call->merchant.warning_interval) <= call->clock;
}

/* Adds a warning to the outbox. */
static void
warn(Outbox *outbox, const Call *call, const NotificationType *type, const Inventory *inv)
{
	NotificationSubject subject = {.inv = inv};

	enqueue_notification(outbox, call, make_notification(call, type, &subject));
}

/*
 * Sends a limited warning of this type about a SKU, if it is due and the interval has passed;
 * returns what to remember.
 */
static StockWarning *
send_limited_warning(Outbox *outbox, const Call *call, const Inventory *inv, int number, TimestampTz last)
{
	const NotificationType *type = due_warning(number, inv, true);
	StockWarning *warning;

	if (type == NULL || !interval_has_passed(call, last))
		return NULL;
	warn(outbox, call, type, inv);
	warning = palloc_object(StockWarning);
	*warning = (StockWarning) {.sku = inv->sku, .kind = type->name, .told_at = call->clock,
	.is_new = last == NO_TIME};
	return warning;
}

/* Sends the limited warnings that are due and records them. */
static void
send_limited_warnings(Outbox *outbox, Call *call)
{
	int			count;
	const char **skus = skus_with_limited_warning(call, &count);
	TimestampTz *last;
	List	   *sent = NIL;

	if (count == 0)
		return;
	last = read_last_warnings(call, skus, count);
	for (int i = 0; i < call->ninventories; i++)
		for (int number = 0; number < notification_type_count; number++)
		{
			StockWarning *warning = send_limited_warning(outbox, call, &call->inventories[i], number,
														 *last_warning(last, i, number));

			if (warning != NULL)
				sent = lappend(sent, warning);
		}
	write_stock_warnings(call, sent);
}

/* Warns the merchant of what has become of the stock of the call's SKUs. */
void
warn_of_stock(Outbox *outbox, Call *call)
{
	send_limited_warnings(outbox, call);
	for (int i = 0; i < call->ninventories; i++)
		for (int number = 0; number < notification_type_count; number++)
		{
			const NotificationType *type = due_warning(number, &call->inventories[i], false);

			if (type != NULL)
				warn(outbox, call, type, &call->inventories[i]);
		}
}

/* ---- subscribers ---- */

/* Adds a SKU and its available units to a list of SkuUnits. */
static List *
add_sku(List *skus, const Inventory *inv)
{
	SkuUnits   *units = palloc_object(SkuUnits);

	*units = (SkuUnits) {.sku = inv->sku, .available = inv->item.known ? available_to_promise(inv) : 0};
	return lappend(skus, units);
}

/*
 * Returns the SKUs whose notifications may be pending, and unmarks them: what is still pending
 * marks them again.
 */
static List *
take_marked_skus(Call *call)
{
	List	   *skus = NIL;

	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		if (inv->back_in_stock_pending)
			skus = add_sku(skus, inv);
		inv->back_in_stock_pending = false;
	}
	return skus;
}

/*
 * Withdraws the last of the pending notifications of each SKU if the available units do not serve
 * all of them.
 */
static void
withdraw_excess(Call *call)
{
	List	   *skus = take_marked_skus(call);
	List	   *excess = NIL;
	List	   *over = NIL;
	ListCell   *lc;

	if (skus == NIL)
		return;
	foreach(lc, read_pending_subscriptions(call, skus))
	{
		PendingSubscription *subscription = lfirst(lc);

		if (subscription->over)
			over = lappend(over, subscription);
		else
			find_inventory(call, subscription->sku)->back_in_stock_pending = true;
		if (subscription->excess)
			excess = lappend(excess, subscription);
	}
	withdraw_subscriptions(call, excess);
	end_pending_subscriptions(call, over);
}

/* Notifies one subscriber. */
static void
notify_subscriber(Call *call, Subscriber *subscriber)
{
	Inventory  *inv = find_inventory(call, subscriber->sku);
	NotificationSubject subject = {.inv = inv, .subscriber = subscriber};
	const NotificationType *type = first_due_type(ABOUT_SUBSCRIPTION, &subject);
	Notification *notification = make_notification(call, type, &subject);

	call->notifications = lappend(call->notifications, notification);
	inv->back_in_stock_pending = true;
	subscriber->notification_id = notification->id;
}

/* Notifies subscribers to SKUs that are available again, as many as the available units serve. */
static void
notify_chosen_subscribers(Call *call)
{
	List	   *skus = NIL;
	List	   *subscribers;
	ListCell   *lc;

	for (int i = 0; i < call->ninventories; i++)
		if (first_due_type(ABOUT_SUBSCRIPTION, &(NotificationSubject) {.inv = &call->inventories[i]}) != NULL)
			skus = add_sku(skus, &call->inventories[i]);
	if (skus == NIL)
		return;
	subscribers = choose_subscribers(call, skus);
	foreach(lc, subscribers)
	{
		CHECK_FOR_INTERRUPTS();
		notify_subscriber(call, lfirst(lc));
	}
	mark_notified(call, subscribers);
}

/*
 * Withdraws back-in-stock notifications, and decides which subscribers are notified;
 * notify_merchant() writes it.
 */
void
notify_subscribers(Call *call)
{
	withdraw_excess(call);
	notify_chosen_subscribers(call);
}
