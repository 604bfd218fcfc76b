/* Statements over the SKUs of a call, and their open supply. */
#ifndef BACKORDER_STORE_INVENTORY_ROWS_H
#define BACKORDER_STORE_INVENTORY_ROWS_H

#include "postgres.h"

#include "storage/itemptr.h"

#include "base/sql.h"
#include "model/types.h"

#define SPREAD_COLUMNS "slots, back_in_stock_pending, slots_idle, backordered"	/* whether one of the slots may do instead of the row */

extern Rows query_for_skus_seen(const Call *call, Statement *statement, bool (*wanted) (const Inventory *),
								const ItemPointerData *tids);
extern Rows query_for_skus(const Call *call, Statement *statement, bool (*wanted) (const Inventory *));
extern void read_spread(Inventory *inv, const Rows *rows, uint64 row, int first);
extern void load_more_supplies(Call *call, bool (*wanted) (const Inventory *));
extern bool require_rows_with_supply(Call *call, bool (*wanted) (const Inventory *));
extern void load_supplies(Call *call);

#endif
