/*
 * The types of notifications.
 *
 * To add a type, add a row to the table in notification_types.c, the function that writes its
 * payload, and its paragraph to doc/reference.md. SQL knows the types by the function
 * backorder.notification_types(), which returns the table.
 */
#ifndef BACKORDER_RULES_NOTIFICATION_TYPES_H
#define BACKORDER_RULES_NOTIFICATION_TYPES_H

#include "postgres.h"

#include "model/types.h"
#include "store/outbox.h"
#include "store/subscription_rows.h"

#define PAYLOAD_VERSION 1

/* What the notifications of a type are about; their names in SQL are in notification_types.c. */
typedef enum NotificationAbout
{
	ABOUT_ORDER, ABOUT_GROUP, ABOUT_SUBSCRIPTION, ABOUT_SKU
} NotificationAbout;

/* What one notification is about; what its type does not need is NULL. */
typedef struct NotificationSubject
{
	const Order *order;			/* of an order, or of a group */
	const ShipmentGroup *group;
	const Inventory *inv;		/* of a SKU, or of a subscription */
	const Subscriber *subscriber;
} NotificationSubject;

typedef struct NotificationType NotificationType;

struct NotificationType
{
	const char *name;
	const char *audience;
	NotificationAbout about;
	bool		once;			/* of an order: at most one is written */
	bool		replaceable;	/* of an order: while it is pending, the next one about the order replaces it */
	bool		limited;		/* of a SKU: at most one is written within the merchant's warning_interval */
	bool		(*is_due) (const NotificationSubject *subject);
	char	   *(*payload) (const NotificationType *type, const NotificationSubject *subject);
	const char *description;	/* when it is written */
};

extern const NotificationType notification_types[];
extern const int notification_type_count;

extern const NotificationType *notification_type_named(const char *name);
extern const NotificationType *first_due_type(NotificationAbout about, const NotificationSubject *subject);
extern const char *notification_about_name(const NotificationType *type);
extern Notification *make_notification(const Call *call, const NotificationType *type,
									   const NotificationSubject *subject);

#endif
