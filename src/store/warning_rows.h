/* When the merchant was last warned of a SKU: rows of stock_warning. */
#ifndef BACKORDER_STORE_WARNING_ROWS_H
#define BACKORDER_STORE_WARNING_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/types.h"

typedef struct StockWarning
{
	const char *sku;
	const char *kind;
	TimestampTz told_at;
	bool		is_new;			/* has no row yet */
} StockWarning;

extern List *read_stock_warnings(const Call *call, const char *const *skus, int count);
extern void write_stock_warnings(const Call *call, const List *warnings);

#endif
