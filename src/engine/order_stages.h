/* Stages of a call that run over all of its orders. */
#ifndef BACKORDER_ENGINE_ORDER_STAGES_H
#define BACKORDER_ENGINE_ORDER_STAGES_H

#include "postgres.h"

#include "model/types.h"

extern void read_call_clock(Call *call);
extern void restore_known_dates(Call *call);
extern void judge_grants_of_orders(Call *call);
extern void forget_slips_of_orders(Call *call);
extern void group_shipments_of_orders(Call *call);
extern void record_promises_shown(Call *call);
extern void return_rows_of_orders(Call *call);
extern void notify_customers(Call *call);
extern void notify_merchant(Call *call);

#endif
