/* What customers are told. */
#ifndef BACKORDER_RULES_NOTIFICATIONS_H
#define BACKORDER_RULES_NOTIFICATIONS_H

#include "postgres.h"

#include "model/types.h"
#include "store/outbox.h"

#define PAYLOAD_VERSION 1

extern void notify_of_state(Outbox *outbox, const Call *call, const Order *order);
extern void notify_of_shipped(Outbox *outbox, const Call *call, const Order *order);
extern void load_pending_of_orders(Call *call);

#endif
