/* Statements over the SKUs of a call, and their open supply. */
#ifndef BACKORDER_STORE_INVENTORY_ROWS_H
#define BACKORDER_STORE_INVENTORY_ROWS_H

#include "postgres.h"

#include "storage/itemptr.h"

#include "base/sql.h"
#include "model/types.h"

/* The columns of availability that tell whether a slot may do instead of the row. */
#define SPREAD_COLUMNS(first, next, prefix) \
	first(prefix, slots, INT4) next(prefix, back_in_stock_pending, BOOL) next(prefix, slots_idle, BOOL) \
	next(prefix, backordered, INT8)
enum
{
	COLUMN_NUMBERS(SPREAD_COLUMNS, SPREAD_)
};

extern Rows query_for_skus_seen(const Call *call, Statement *statement, bool (*wanted) (const Inventory *),
								const ItemPointerData *tids);
extern Rows query_for_skus(const Call *call, Statement *statement, bool (*wanted) (const Inventory *));
extern void read_spread(Inventory *inv, const Rows *rows, uint64 row, int first);
extern void load_more_supplies(Call *call, bool (*wanted) (const Inventory *));
extern bool require_rows_with_supply(Call *call, bool (*wanted) (const Inventory *));
extern void load_supplies(Call *call);

#endif
