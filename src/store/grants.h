/* The incentives that orders were granted: rows of order_incentive. */
#ifndef BACKORDER_STORE_GRANTS_H
#define BACKORDER_STORE_GRANTS_H

#include "postgres.h"

#include "model/types.h"

extern void read_grants(Call *call, bool one_snapshot, const int64 *order_ids, int count);
extern void write_grants(const Call *call);

#endif
