/* What a call plans, and how the plan is applied to the orders. */
#ifndef BACKORDER_ENGINE_PLAN_H
#define BACKORDER_ENGINE_PLAN_H

#include "postgres.h"

#include "model/types.h"

extern void plan_deallocation(Call *call);
extern void sort_changes(Call *call);
extern void plan_fills(Call *call);
extern void plan_exchanges(Call *call);
extern void plan_promises(Call *call);
extern void lock_orders_of_plan(Call *call, const int64 *others, int count);
extern void lock_planned_orders(Call *call);
extern void cancel_units(Part *part, int64 units);
extern void apply_change(const Call *call, const PlannedChange *change);
extern void apply_plan(Call *call);

#endif
