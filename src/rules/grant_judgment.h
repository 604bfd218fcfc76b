/* What the grants of an order are worth as the order stands now. */
#ifndef BACKORDER_RULES_GRANT_JUDGMENT_H
#define BACKORDER_RULES_GRANT_JUDGMENT_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "model/types.h"

extern void judge_grants(Order *order);
extern void forget_untold_slips(Order *order);
extern List *unearned_gifts(const Order *order);
extern bool has_lost_grant(const Order *order);

#endif
