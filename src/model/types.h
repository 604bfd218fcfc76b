/* The names of the model's structs, for headers that only need pointers to them. */
#ifndef BACKORDER_MODEL_TYPES_H
#define BACKORDER_MODEL_TYPES_H

#include "postgres.h"

typedef struct Canceled Canceled;
typedef struct CatalogItem CatalogItem;
typedef struct Checkout Checkout;
typedef struct PlannedChange PlannedChange;
typedef struct ShipSet ShipSet;
typedef struct Consent Consent;
typedef struct Fill Fill;
typedef struct Grant Grant;
typedef struct KnownUnits KnownUnits;
typedef struct LinePlan LinePlan;
typedef struct Merchant Merchant;
typedef struct Order Order;
typedef struct Part Part;
typedef struct Location Location;
typedef struct Move Move;
typedef struct Request Request;
typedef struct LocationStock LocationStock;
typedef struct ShipmentGroup ShipmentGroup;
typedef struct Inventory Inventory;
typedef struct Slot Slot;
typedef struct Supply Supply;
typedef struct Call Call;

#endif
