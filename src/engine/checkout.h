/* Planning an order, which place_order() and all previews share. */
#ifndef BACKORDER_ENGINE_CHECKOUT_H
#define BACKORDER_ENGINE_CHECKOUT_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "base/access.h"
#include "model/types.h"

extern void load_promises(Checkout *checkout);
extern void plan_order(Checkout *checkout);
extern void add_units_to_order(Checkout *checkout);
extern void add_units_to_line(Call *call, const Part *like, Inventory *inv, int64 units);
extern List *read_checkout_incentives(Checkout *checkout);
extern void plan_request(Checkout *checkout);
extern bool grant_for_waiting(Checkout *checkout);
extern void begin_preview(Checkout *checkout, const Caller *caller);
extern void plan_shipments(Checkout *checkout);

#endif
