/* Changes of the table stock: the inventory follows. */
#ifndef BACKORDER_API_STOCK_TRIGGER_H
#define BACKORDER_API_STOCK_TRIGGER_H

#include "postgres.h"

extern void init_restock(void);

#endif
