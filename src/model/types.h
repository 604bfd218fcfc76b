/* The types of the model, by name. */
#ifndef BACKORDER_MODEL_TYPES_H
#define BACKORDER_MODEL_TYPES_H

#include "postgres.h"

typedef struct Canceled Canceled;
typedef struct CatalogItem CatalogItem;
typedef struct Checkout Checkout;
typedef struct Claim Claim;
typedef struct Company Company;
typedef struct Consent Consent;
typedef struct Grant Grant;
typedef struct LinePlan LinePlan;
typedef struct Merchant Merchant;
typedef struct Order Order;
typedef struct Part Part;
typedef struct Place Place;
typedef struct Request Request;
typedef struct Shelf Shelf;
typedef struct ShipmentGroup ShipmentGroup;
typedef struct Sku Sku;
typedef struct Slot Slot;
typedef struct Supply Supply;
typedef struct Work Work;

#endif
