/* What an order is granted for waiting. */
#ifndef BACKORDER_RULES_INCENTIVES_H
#define BACKORDER_RULES_INCENTIVES_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "model/types.h"

extern List *grant_incentives(Call *call, Order *order, int32 line_no, bool may_begin_again);
extern bool loses_gifts(const Order *order);
extern void adjust_grants(Call *call);

#endif
