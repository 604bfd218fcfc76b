/* Promise: the date by which a part is dispatched. */
#ifndef BACKORDER_RULES_PROMISE_H
#define BACKORDER_RULES_PROMISE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "model/types.h"

extern void follow_preorder_date(const Call *call, Part *part);
extern TimestampTz place_at_end(const Call *call, const Part *part, TimestampTz now);
extern void queue_part(const Call *call, Part *part);
extern void recalculate_promises(Call *call, Inventory *inv);

#endif
