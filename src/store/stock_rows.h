/* Rows of the table stock that the engine changes itself. */
#ifndef BACKORDER_STORE_STOCK_ROWS_H
#define BACKORDER_STORE_STOCK_ROWS_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "base/savepoint.h"
#include "base/sql.h"
#include "model/types.h"

extern void batch_stock_keys(Batch *batch, const List *keys);
extern void hold_stock(Savepoint *savepoint, int32 merchant_id, const List *keys, bool locations_too,
			void (*before) (void *), void *target);
extern void share_stock_locations(int32 merchant_id, const List *keys);
extern void write_stock(Call *call);

#endif
