/* The backorder queue of a SKU, and the parts that hold units of it. */
#ifndef BACKORDER_STORE_QUEUE_ROWS_H
#define BACKORDER_STORE_QUEUE_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "model/types.h"

extern Claim *read_claim(Work *work, uint64 row);
extern List *read_overdrawing_parts(Work *work);
extern void read_claims(Work *work);
extern void read_preorders(Work *work);
extern bool ends_with_usual_priority(const Work *work, const Sku *book);
extern void load_queue_ends(Work *work);
extern bool find_end(const Work *work, const Part *part, TimestampTz *queued_at, int64 *order_id);
extern bool jumps_queue(const Sku *book, const Part *part);
extern int64 units_ahead(const Work *work, const Sku *book, const Part *part);

#endif
