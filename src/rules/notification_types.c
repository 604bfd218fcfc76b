/* The types of notifications. */
#include "postgres.h"

#include "rules/notification_types.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "rules/order_notifications.h"
#include "rules/stock_notifications.h"

#define CUSTOMER "customer"
#define MERCHANT "merchant"

/*
 * Of several types that are due for an order, a group or a subscription, the first one is written;
 * of warnings, each one.
 */
const NotificationType notification_types[] = {
	{
		.name = "placed", .audience = CUSTOMER, .about = ABOUT_ORDER, .once = true, .replaceable = true,
		.is_due = is_order_placed, .payload = order_payload,
		.description = "an order was placed, or a held order was confirmed"
	},
	{
		.name = "canceled", .audience = CUSTOMER, .about = ABOUT_ORDER, .once = true,
		.is_due = is_order_canceled, .payload = order_payload,
		.description = "the order was canceled"
	},
	{
		.name = "line_canceled", .audience = CUSTOMER, .about = ABOUT_ORDER, .replaceable = true,
		.is_due = are_units_canceled, .payload = order_payload,
		.description = "units were canceled, and the order has other units left or has shipped some"
	},
	{
		.name = "incentives_changed", .audience = CUSTOMER, .about = ABOUT_ORDER, .replaceable = true,
		.is_due = are_incentives_changed, .payload = order_payload,
		.description = "grants of the order were lowered or withdrawn, and no unit was canceled"
	},
	{
		.name = "promise_changed", .audience = CUSTOMER, .about = ABOUT_ORDER, .replaceable = true,
		.is_due = is_promise_changed, .payload = order_payload,
		.description = "dates of open units changed, units were added to a line, or units were deallocated;"
		" the same call may have allocated other units"
	},
	{
		.name = "backorder_filled", .audience = CUSTOMER, .about = ABOUT_ORDER, .replaceable = true,
		.is_due = is_backorder_filled, .payload = order_payload,
		.description = "waiting units were allocated"
	},
	{
		.name = "shipped", .audience = CUSTOMER, .about = ABOUT_GROUP,
		.is_due = is_group_shipped, .payload = shipped_payload,
		.description = "a group was dispatched"
	},
	{
		.name = "back_in_stock", .audience = CUSTOMER, .about = ABOUT_SUBSCRIPTION,
		.is_due = is_sku_back, .payload = back_in_stock_payload,
		.description = "units of a SKU are available for a subscription; one per subscription"
	},
	{
		.name = "sku_negative", .audience = MERCHANT, .about = ABOUT_SKU, .limited = true,
		.is_due = is_sku_negative, .payload = warning_payload,
		.description = "units of a SKU started to wait, and none waited before"
	},
	{
		.name = "sku_recovered", .audience = MERCHANT, .about = ABOUT_SKU, .limited = true,
		.is_due = is_sku_recovered, .payload = recovered_payload,
		.description = "no units of a SKU wait any more, and some waited before"
	},
	{
		.name = "low_stock", .audience = MERCHANT, .about = ABOUT_SKU, .limited = true,
		.is_due = is_stock_low, .payload = low_stock_payload,
		.description = "the available units fell to the item's low_stock, or below it"
	},
	{
		.name = "shelf_discrepancy", .audience = MERCHANT, .about = ABOUT_SKU,
		.is_due = is_discrepancy_larger, .payload = warning_payload,
		.description = "fewer units are on hand than on pick lists, or the difference grew"
	},
};

const int	notification_type_count = lengthof(notification_types);

static const char *const about_names[] = {
	[ABOUT_ORDER] = "order",
	[ABOUT_GROUP] = "group",
	[ABOUT_SUBSCRIPTION] = "subscription",
	[ABOUT_SKU] = "sku",
};

/*
 * Returns the type of a name that a table has; ends with an error if this version does not know it.
 */
const NotificationType *
notification_type_named(const char *name)
{
	for (int i = 0; i < lengthof(notification_types); i++)
		if (strcmp(notification_types[i].name, name) == 0)
			return &notification_types[i];
	damaged(psprintf("this version of backorder does not know notification type \"%s\"", name));
}

/* Returns the first type about such a subject that is due; NULL if none is. */
const NotificationType *
first_due_type(NotificationAbout about, const NotificationSubject *subject)
{
	for (int i = 0; i < lengthof(notification_types); i++)
		if (notification_types[i].about == about && notification_types[i].is_due(subject))
			return &notification_types[i];
	return NULL;
}

/* Returns what notifications of the type are about, as SQL names it. */
const char *
notification_about_name(const NotificationType *type)
{
	return about_names[type->about];
}

/* Returns the name of an event, which is unique per merchant and order. */
static char *
dedupe_key(const NotificationType *type, const NotificationSubject *subject)
{
	const Order *order = subject->order;

	Assert((order != NULL) == (type->about == ABOUT_ORDER || type->about == ABOUT_GROUP));
	switch (type->about)
	{
		case ABOUT_ORDER:
			if (type->once)
				return psprintf("%s:" INT64_FORMAT, type->name, order->order_id);
			return psprintf("%s:" INT64_FORMAT ":%d", type->name, order->order_id, order->revision);
		case ABOUT_GROUP:
			return psprintf("%s:" INT64_FORMAT ":%d", type->name, order->order_id, subject->group->group_no);
		case ABOUT_SUBSCRIPTION:
			return psprintf("%s:" INT64_FORMAT ":" INT64_FORMAT, type->name,
							subject->subscriber->subscription_id, next_id());
		default:
			return psprintf("%s:%s:" INT64_FORMAT, type->name, subject->inv->sku, next_id());
	}
}

/*
 * Returns a notification of this type, which is due at once, or for a subscriber after the
 * merchant's delay.
 */
Notification *
make_notification(const Call *call, const NotificationType *type, const NotificationSubject *subject)
{
	Notification *notification = palloc0_object(Notification);

	notification->id = next_id();
	notification->type = type->name;
	notification->audience = type->audience;
	if (type->about == ABOUT_ORDER || type->about == ABOUT_GROUP)
		notification->order_id = subject->order->order_id;
	notification->dedupe_key = dedupe_key(type, subject);
	notification->payload = type->payload(type, subject);
	notification->deliver_after = subject->subscriber == NULL
		? call->clock : subject->subscriber->deliver_after;
	return notification;
}
