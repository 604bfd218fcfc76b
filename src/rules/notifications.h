/* What customers are told. */
#ifndef BACKORDER_RULES_NOTIFICATIONS_H
#define BACKORDER_RULES_NOTIFICATIONS_H

#include "postgres.h"

#include "model/types.h"
#include "store/outbox.h"

#define PAYLOAD_VERSION 1

extern void tell_state(Notices *notices, const Work *work, const Order *order);
extern void tell_shipped(Notices *notices, const Work *work, const Order *order);
extern void cover_unsent(const Work *work);

#endif
