/* Orders with their parts and shipment groups: locked, read whole, and written as a difference. */
#ifndef BACKORDER_STORE_ORDER_ROWS_H
#define BACKORDER_STORE_ORDER_ROWS_H

#include "postgres.h"

#include "model/types.h"

extern void lock_orders(Call *call, const int64 *order_ids, int count);
extern void lock_order_rows(Call *call, const int64 *order_ids, int count);
extern void read_locked_orders(Call *call, const int64 *order_ids, int count);
extern void read_orders(Call *call, const int64 *order_ids, int count);
extern void write_orders(Call *call);

#endif
