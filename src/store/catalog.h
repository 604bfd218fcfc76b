/* What the merchant says: its rules, its locations and its items. */
#ifndef BACKORDER_STORE_CATALOG_H
#define BACKORDER_STORE_CATALOG_H

#include "postgres.h"

#include "model/types.h"

extern void read_merchant(Call *call);
extern void load_locations(Call *call);
extern void load_items(Call *call);
extern bool is_service_sku(int32 merchant_id, const char *sku);

#endif
