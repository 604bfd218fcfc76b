/*
 * What a stock policy means: whether an item may be sold when stock runs out.
 *
 * Everything that the engine decides by item.policy is a function of this module. A new policy is a
 * name in states.h and states.c, a row in stock_policy.c, and a value of the CHECK constraint
 * item_policy_known.
 */
#ifndef BACKORDER_MODEL_STOCK_POLICY_H
#define BACKORDER_MODEL_STOCK_POLICY_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "model/types.h"

extern bool policy_allows_backorders(const CatalogItem *item);
extern bool policy_allows_queue_shares(const CatalogItem *item);
extern TimestampTz policy_date(const CatalogItem *item);
extern const char *policy_refusal(const Call *call, const CatalogItem *item);

#endif
