/* Keys of rows of the table stock. */
#ifndef BACKORDER_MODEL_STOCK_KEY_H
#define BACKORDER_MODEL_STOCK_KEY_H

#include "postgres.h"

#include "nodes/pg_list.h"

typedef struct StockKey
{
	const char *sku;
	int32		location;
} StockKey;

extern StockKey *make_stock_key(const char *sku, int32 location);
extern int compare_stock_keys(const ListCell *a, const ListCell *b);
extern List *sort_stock_keys(List *keys);
extern bool has_stock_key(const List *keys, const char *sku, int32 location);
extern const char **stock_skus(const List *keys, int *count);
extern List *stock_keys_of(const List *touched);

#endif
