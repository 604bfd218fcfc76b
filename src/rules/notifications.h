/* Notifications to the customers of orders. */
#ifndef BACKORDER_RULES_NOTIFICATIONS_H
#define BACKORDER_RULES_NOTIFICATIONS_H

#include "postgres.h"

#include "model/types.h"
#include "store/outbox.h"

extern void load_pending_of_orders(Call *call);
extern void notify_customer(Outbox *outbox, const Call *call, Order *order);

#endif
