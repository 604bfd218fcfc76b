/* The inventory of SKUs: locked, read and written. */
#ifndef BACKORDER_STORE_INVENTORY_LOCK_H
#define BACKORDER_STORE_INVENTORY_LOCK_H

#include "postgres.h"

#include "model/types.h"

extern void load_book(Work *work, const char *const *skus, int count);
extern void load_book_for_order(Work *work, const char *const *skus, const int64 *units, int count);
extern void write_book(Work *work);

#endif
