/* Notifications about stock: to the merchant, and to subscribers. */
#ifndef BACKORDER_RULES_STOCK_ALERTS_H
#define BACKORDER_RULES_STOCK_ALERTS_H

#include "postgres.h"

#include "model/types.h"
#include "store/outbox.h"

extern void warn_of_stock(Outbox *outbox, Call *call);
extern void notify_subscribers(Call *call);

#endif
