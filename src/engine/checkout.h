/* Planning an order, which place_order() and all previews share. */
#ifndef BACKORDER_ENGINE_CHECKOUT_H
#define BACKORDER_ENGINE_CHECKOUT_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "base/access.h"
#include "model/types.h"

extern void load_promises(Checkout *checkout);
extern void plan_order(Checkout *checkout);
extern void add_units_to_line(Work *work, const Part *like, Sku *book, int64 units);
extern List *look_for_incentives(Checkout *checkout);
extern void open_plan(Checkout *checkout);
extern bool grant(Checkout *checkout);
extern void open_preview(Checkout *checkout, const Caller *caller);
extern void plan_shipments(Checkout *checkout);

#endif
