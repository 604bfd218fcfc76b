/* Dispatch dates, and the promises that parts have. */
#ifndef BACKORDER_MODEL_DATES_H
#define BACKORDER_MODEL_DATES_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "model/states.h"
#include "model/types.h"

extern TimestampTz add_interval(const Call *call, TimestampTz time, const Interval *interval);
extern TimestampTz subtract_interval(const Call *call, TimestampTz time, const Interval *interval);
extern bool is_same_day(const Call *call, TimestampTz a, TimestampTz b);
extern int32 days_until(const Call *call, TimestampTz time);
extern TimestampTz overdue_from(const Call *call, TimestampTz expected_at);
extern TimestampTz believed_arrival(const Call *call, TimestampTz expected_at);
extern TimestampTz dispatch_after(const Call *call, TimestampTz from);
extern TimestampTz preorder_date(const Call *call, const CatalogItem *item);
extern TimestampTz dispatch_date(const Call *call, const CatalogItem *item, TimestampTz arrival);
extern void set_promise(Part *part, TimestampTz date, PromiseBasis basis);
extern void promise_from_shelf(const Call *call, Part *part);

#endif
