/* Whether a line would leave later than the customer waits. */
#ifndef BACKORDER_ENGINE_DEADLINE_H
#define BACKORDER_ENGINE_DEADLINE_H

#include "postgres.h"

#include "model/types.h"

extern Sku *save_books(const Work *work);
extern void restore_books(Work *work, const Sku *saved);
extern void refuse_late_lines(Checkout *checkout, void (*plan) (Checkout *));

#endif
