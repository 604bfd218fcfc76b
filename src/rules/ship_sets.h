/* Ship sets: which part belongs in which shipment group. */
#ifndef BACKORDER_RULES_SHIP_SETS_H
#define BACKORDER_RULES_SHIP_SETS_H

#include "postgres.h"

#include "model/types.h"

extern void group_shipments(const Call *call, Order *order);

#endif
