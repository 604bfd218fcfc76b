/* Incentives: what an order is granted at checkout because some of it waits. */
#ifndef BACKORDER_RULES_INCENTIVES_H
#define BACKORDER_RULES_INCENTIVES_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "model/types.h"

extern List *grant_incentives(Call *call, Order *order, int32 line_no, bool may_begin_again);

#endif
