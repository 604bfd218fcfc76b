/*
 * Notifications about orders and shipment groups: when each type is due, and what its payload says.
 */
#ifndef BACKORDER_RULES_ORDER_NOTIFICATIONS_H
#define BACKORDER_RULES_ORDER_NOTIFICATIONS_H

#include "postgres.h"

#include "rules/notification_types.h"

extern bool is_order_placed(const NotificationSubject *subject);
extern bool is_order_canceled(const NotificationSubject *subject);
extern bool are_units_canceled(const NotificationSubject *subject);
extern bool are_incentives_changed(const NotificationSubject *subject);
extern bool is_promise_changed(const NotificationSubject *subject);
extern bool is_backorder_filled(const NotificationSubject *subject);
extern bool is_group_shipped(const NotificationSubject *subject);

extern char *order_payload(const NotificationType *type, const NotificationSubject *subject);
extern char *shipped_payload(const NotificationType *type, const NotificationSubject *subject);

#endif
