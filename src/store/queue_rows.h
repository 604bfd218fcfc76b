/* The parts of a SKU that wait, in queue order, and those that have units on hand of it. */
#ifndef BACKORDER_STORE_QUEUE_ROWS_H
#define BACKORDER_STORE_QUEUE_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/types.h"

extern List *read_overdrawing_parts(Call *call);
extern void read_planned_changes(Call *call);
extern bool read_later_holders(Call *call);
extern void read_preorders(Call *call);
extern bool ends_with_usual_priority(const Call *call, const Inventory *inv);
extern void load_queue_ends(Call *call);
extern bool find_end(const Call *call, const Part *part, TimestampTz *queued_at, int64 *order_id);
extern bool jumps_queue(const Inventory *inv, const Part *part);
extern int64 units_ahead(const Call *call, const Inventory *inv, const Part *part);

#endif
