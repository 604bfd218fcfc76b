/* The inventory of SKUs: locked, read and written. */
#ifndef BACKORDER_STORE_INVENTORY_LOCK_H
#define BACKORDER_STORE_INVENTORY_LOCK_H

#include "postgres.h"

#include "model/types.h"

extern void lock_inventory(Call *call, const char *const *skus, int count);
extern void lock_inventory_for_order(Call *call, const char *const *skus, const int64 *units, int count);
extern void write_inventory(Call *call);

#endif
