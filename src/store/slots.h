/* The inventory of a hot SKU, spread over several rows. */
#ifndef BACKORDER_STORE_SLOTS_H
#define BACKORDER_STORE_SLOTS_H

#include "postgres.h"

#include "model/types.h"

extern void wait_for_redistribution(const Call *call);
extern bool slots_suffice(Call *call);
extern bool wants_slot(const Inventory *inv);
extern bool may_take_slots(const Call *call);
extern void project_slot(Inventory *inv);
extern void merge_slots(Call *call);
extern bool take_slots(const Call *call);
extern void write_slots(Call *call);

#endif
