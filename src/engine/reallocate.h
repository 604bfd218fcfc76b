/* Reallocation: stock, allocations and queue are brought into agreement. */
#ifndef BACKORDER_ENGINE_REALLOCATE_H
#define BACKORDER_ENGINE_REALLOCATE_H

#include "postgres.h"

#include "model/types.h"

extern void plan_settlement(Work *work);
extern void lock_plan(Work *work, const int64 *others, int count);
extern void lock_planned_orders(Work *work);
extern void cancel_units(Part *part, int64 units);
extern void carry_out_claim(const Work *work, const Claim *claim);
extern void carry_out_plan(Work *work);

#endif
