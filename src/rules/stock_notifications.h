/* Notifications about SKUs: when each type is due, and what its payload says. */
#ifndef BACKORDER_RULES_STOCK_NOTIFICATIONS_H
#define BACKORDER_RULES_STOCK_NOTIFICATIONS_H

#include "postgres.h"

#include "rules/notification_types.h"

extern bool is_sku_back(const NotificationSubject *subject);
extern bool is_sku_negative(const NotificationSubject *subject);
extern bool is_sku_recovered(const NotificationSubject *subject);
extern bool is_stock_low(const NotificationSubject *subject);
extern bool is_discrepancy_larger(const NotificationSubject *subject);

extern char *back_in_stock_payload(const NotificationType *type, const NotificationSubject *subject);
extern char *warning_payload(const NotificationType *type, const NotificationSubject *subject);
extern char *recovered_payload(const NotificationType *type, const NotificationSubject *subject);
extern char *low_stock_payload(const NotificationType *type, const NotificationSubject *subject);

#endif
