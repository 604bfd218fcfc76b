/*
 * Notifications about stock: to the merchant, and to subscribers.
 *
 * Warnings follow a transition between the beginning of the call and its end, when the queue has been
 * filled. Where there is none, this costs a comparison. Subscribers are judged by level, whatever the
 * call did. Nobody waits while units for the subscription are there, beyond those that others were
 * told of. No notification stays pending that the available units do not serve.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "rules/stock_alerts.h"
#include "base/argument.h"
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

/* Whether a call that holds the row of the SKU has to think of subscribers. */
static bool
concerns_subscribers(const Inventory *inv)
{
	return holds_row(inv) && (inv->subscribers_wait || inv->back_in_stock_pending || inv->told_units > 0);
}

/* Returns of how many units subscribers may know, while so many are available: the merchant's factor times these. */
static int64
units_for_subscribers(const Call *call, int64 available)
{
	Datum		units;

	if (call->merchant.back_in_stock_factor == (Datum) 0)
		return available;
	units = DirectFunctionCall2(numeric_mul, call->merchant.back_in_stock_factor,
								DirectFunctionCall1(int8_numeric, Int64GetDatum(available)));
	units = DirectFunctionCall1(numeric_floor, units);
	if (DatumGetBool(DirectFunctionCall2(numeric_gt, units, DirectFunctionCall1(int8_numeric, Int64GetDatum(MAX_QUANTITY)))))
		return MAX_QUANTITY;
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, units));
}

/* The subscribers of a SKU during a call. */
typedef struct SkuSubscribers
{
	Inventory  *inv;
	int64		units;			/* of which subscribers may know at the end of the call */
	int64		pending_units;	/* of which notifications tell that are not sent */
} SkuSubscribers;

/* Returns the SKUs of the call that concern subscribers; *count tells how many. */
static SkuSubscribers *
skus_with_subscribers(const Call *call, int *count)
{
	SkuSubscribers *skus = palloc_array(SkuSubscribers, call->ninventories + 1);

	*count = 0;
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];
		int64		available = inv->item.known ? available_to_promise(inv) : 0;

		if (concerns_subscribers(inv))
			skus[(*count)++] = (SkuSubscribers) {.inv = inv, .units = units_for_subscribers(call, available)};
	}
	return skus;
}

/*
 * Takes one notification that may be pending into account: it was sent, it is still to come, or it is
 * withdrawn. It is withdrawn if the subscription has ended or the units do not suffice for it.
 */
static void
judge_pending(SkuSubscribers *sku, PendingSubscription *subscription, List **excess, List **over)
{
	Inventory  *inv = sku->inv;

	if (subscription->over)
	{
		*over = lappend(*over, subscription);
		if (subscription->sent)
			inv->told_units = Min(add_units(inv->told_units, subscription->quantity), MAX_QUANTITY);
		return;
	}
	inv->back_in_stock_pending = true;
	if (subscription->pending && (!subscription->wanted || subscription->quantity > sku->units - sku->pending_units))
	{
		*excess = lappend(*excess, subscription);
		inv->subscribers_wait |= subscription->wanted;
	}
	else
		sku->pending_units = add_units(sku->pending_units, subscription->quantity);
}

/*
 * Withdraws the pending notifications that the available units do not serve, from the oldest
 * subscription on; what is still pending marks its SKU again.
 */
static void
withdraw_excess(const Call *call, SkuSubscribers *skus, int count)
{
	const char **marked = palloc_array(const char *, count + 1);
	int			nmarked = 0;
	List	   *excess = NIL;
	List	   *over = NIL;
	ListCell   *lc;

	for (int i = 0; i < count; i++)
	{
		if (skus[i].inv->back_in_stock_pending)
			marked[nmarked++] = skus[i].inv->sku;
		skus[i].inv->back_in_stock_pending = false;
	}
	if (nmarked == 0)
		return;
	foreach(lc, read_pending_subscriptions(call, marked, nmarked))
	{
		PendingSubscription *subscription = lfirst(lc);
		int			i = 0;

		while (strcmp(skus[i].inv->sku, subscription->sku) != 0)
			i++;
		judge_pending(&skus[i], subscription, &excess, &over);
	}
	withdraw_subscriptions(call, excess);
	end_pending_subscriptions(call, over);
}

/*
 * Forgets the units of sent notifications that are not there any more: somebody has bought them. The
 * available units may have been fewer before the call than at its end.
 */
static void
forget_sold_units(const Call *call, SkuSubscribers *sku)
{
	int64		lowest = Min(sku->units, units_for_subscribers(call, sku->inv->available_before));

	sku->inv->told_units = Min(sku->inv->told_units, Max(lowest - sku->pending_units, 0));
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

/* Notes which of these SKUs have subscriptions that still wait. */
static void
note_waiting(const Call *call, const List *skus)
{
	const char **names = palloc_array(const char *, list_length(skus) + 1);
	int			count = 0;
	ListCell   *lc;

	foreach(lc, skus)
	{
		names[count++] = ((SkuUnits *) lfirst(lc))->sku;
		find_inventory(call, names[count - 1])->subscribers_wait = false;
	}
	foreach(lc, find_waiting_skus(call, names, count))
		find_inventory(call, lfirst(lc))->subscribers_wait = true;
}

/* Notifies the subscribers of these SKUs (SkuUnits) whom the units serve. */
static void
notify_chosen_subscribers(Call *call, const List *skus)
{
	List	   *subscribers;
	ListCell   *lc;

	if (skus == NIL)
		return;
	subscribers = choose_subscribers(call, skus);
	if (subscribers == NIL)
		return;
	foreach(lc, subscribers)
	{
		CHECK_FOR_INTERRUPTS();
		notify_subscriber(call, lfirst(lc));
	}
	mark_notified(call, subscribers);
	note_waiting(call, skus);
}

/*
 * Withdraws back-in-stock notifications, and decides which subscribers are notified: those whom the
 * available units serve beyond the units of which others were told. notify_merchant() writes it.
 */
void
notify_subscribers(Call *call)
{
	int			count;
	SkuSubscribers *skus = skus_with_subscribers(call, &count);
	List	   *offered = NIL;

	if (count == 0)
		return;
	withdraw_excess(call, skus, count);
	for (int i = 0; i < count; i++)
	{
		Inventory  *inv = skus[i].inv;
		SkuUnits   *offer = palloc_object(SkuUnits);

		forget_sold_units(call, &skus[i]);
		*offer = (SkuUnits) {.sku = inv->sku, .units = skus[i].units - inv->told_units - skus[i].pending_units};
		if (inv->subscribers_wait && offer->units > 0)
			offered = lappend(offered, offer);
	}
	notify_chosen_subscribers(call, offered);
}
