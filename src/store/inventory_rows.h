/* Statements over the SKUs of a call, and their open supply. */
#ifndef BACKORDER_STORE_INVENTORY_ROWS_H
#define BACKORDER_STORE_INVENTORY_ROWS_H

#include "postgres.h"

#include "storage/itemptr.h"

#include "base/sql.h"
#include "model/types.h"

#define SPREAD_COLUMNS "slots, retractable, slots_idle, backordered"	/* whether one of the slots may do instead of the row */

extern uint64 run_for_skus_seen(Work *work, Statement *statement, bool (*wanted) (const Sku *),
			const ItemPointerData *tids);
extern uint64 run_for_skus(Work *work, Statement *statement, bool (*wanted) (const Sku *));
extern void read_spread(Sku *book, uint64 row, int first);
extern void load_more_supplies(Work *work, bool (*wanted) (const Sku *));
extern bool need_whole_with_supply(Work *work, bool (*wanted) (const Sku *));
extern void load_supplies(Work *work);

#endif
