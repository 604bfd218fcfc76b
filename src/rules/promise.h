/* By when a part is dispatched. */
#ifndef BACKORDER_RULES_PROMISE_H
#define BACKORDER_RULES_PROMISE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "model/types.h"

extern void re_date_part(const Work *work, Part *part);
extern TimestampTz place_at_end(const Work *work, const Part *part, TimestampTz now);
extern void queue_part(const Work *work, Part *part);
extern void relay_queue(Work *work, Sku *book);

#endif
