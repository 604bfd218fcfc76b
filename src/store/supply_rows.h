/* Rows of supply that receive_supply() works on. */
#ifndef BACKORDER_STORE_SUPPLY_ROWS_H
#define BACKORDER_STORE_SUPPLY_ROWS_H

#include "postgres.h"

/* One row of supply. */
typedef struct SupplyRow
{
	char	   *sku;
	int32		location;
	int64		quantity;		/* ordered */
	int64		received;
	char	   *status;
} SupplyRow;

extern bool read_supply(int32 merchant_id, int64 supply_id, bool lock, SupplyRow *supply);
extern void write_received(int32 merchant_id, int64 supply_id, int64 received, bool complete);

#endif
