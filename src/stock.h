/* Rows of stock that the engine changes itself. */
#ifndef BACKORDER_STOCK_H
#define BACKORDER_STOCK_H

#include "backorder.h"
#include "statement.h"

typedef struct StockKey
{
	const char *sku;
	int32		location;
} StockKey;

extern void hold_stock(Attempt *attempt, int32 merchant_id, const List *keys, bool locations_too,
					   void (*before) (void *), void *target);
extern void share_stock_locations(int32 merchant_id, const List *keys);
extern void batch_stock_keys(Batch *batch, const List *keys);
extern StockKey *make_stock_key(const char *sku, int32 location);
extern List *sort_stock_keys(List *keys);
extern bool has_stock_key(const List *keys, const char *sku, int32 location);
extern const char **stock_skus(const List *keys, int *count);
extern void write_stock(const Work *work);

#endif
