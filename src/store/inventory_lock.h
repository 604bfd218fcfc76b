/* The inventory of SKUs: locked, read and written. */
#ifndef BACKORDER_STORE_INVENTORY_LOCK_H
#define BACKORDER_STORE_INVENTORY_LOCK_H

#include "postgres.h"

#include "model/types.h"

extern void insert_missing_rows(Call *call);
extern void lock_rows_or_slots(Call *call);
extern void remember_inventories(Call *call);
extern void write_inventory(Call *call);

#endif
