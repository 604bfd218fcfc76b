/* The inventory of a hot SKU, spread over several rows. */
#ifndef BACKORDER_STORE_SLOTS_H
#define BACKORDER_STORE_SLOTS_H

#include "postgres.h"

#include "model/types.h"

extern void wait_for_dealers(const Work *work);
extern bool slots_will_do(Work *work);
extern bool wants_slot(const Sku *book);
extern bool may_take_slots(const Work *work);
extern void show_slot(Sku *book);
extern void fold_slots(Work *work);
extern bool take_slots(const Work *work);
extern void write_slots(Work *work);

#endif
