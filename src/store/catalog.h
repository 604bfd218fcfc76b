/* Items, locations and the merchant. */
#ifndef BACKORDER_STORE_CATALOG_H
#define BACKORDER_STORE_CATALOG_H

#include "postgres.h"

#include "model/types.h"

extern void read_merchant(Work *work);
extern void load_places(Work *work);
extern void load_items(Work *work);
extern bool is_service_sku(int32 merchant_id, const char *sku);

#endif
