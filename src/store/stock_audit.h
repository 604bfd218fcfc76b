/*
 * What stock, open parts and the ledger say of SKUs, for callers that correct the inventory
 * records.
 */
#ifndef BACKORDER_STORE_STOCK_AUDIT_H
#define BACKORDER_STORE_STOCK_AUDIT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/types.h"

/* Units that the ledger has moved to a location in total. */
typedef struct LedgerSum
{
	const char *sku;
	int32		location;
	int64		units;
} LedgerSum;

extern List *find_stock_differences(int32 merchant_id, const List *keys, List **new_locations);
extern void apply_stock_differences(Call *call, const List *keys);
extern List *read_stock_keys(int32 merchant_id, Datum skus);
extern void load_on_hand(Call *call, Datum skus);
extern void load_open_units(Call *call, Datum skus);
extern List *sum_ledger(const Call *call, Datum skus);
extern List *sum_ledger_since(const Call *call, Datum skus, TimestampTz time);

#endif
