/* Triggers on stock. */
#ifndef BACKORDER_API_STOCK_TRIGGER_H
#define BACKORDER_API_STOCK_TRIGGER_H

#include "postgres.h"

extern void init_stock_trigger(void);

#endif
