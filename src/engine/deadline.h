/* Whether a line would leave later than the customer waits. */
#ifndef BACKORDER_ENGINE_DEADLINE_H
#define BACKORDER_ENGINE_DEADLINE_H

#include "postgres.h"

#include "model/types.h"

extern Inventory *save_inventory(const Call *call);
extern void restore_inventory(Call *call, const Inventory *saved);
extern void refuse_late_lines(Checkout *checkout, void (*plan) (Checkout *));

#endif
