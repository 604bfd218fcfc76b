/* What incentives look at, and what a grant is worth: the terms that checkout and slips share. */
#ifndef BACKORDER_RULES_INCENTIVE_TERMS_H
#define BACKORDER_RULES_INCENTIVE_TERMS_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "model/types.h"
#include "store/incentive_rows.h"

extern bool is_less(Datum a, Datum b);
extern Datum difference(Datum a, Datum b);
extern bool is_money_off(const char *kind);
extern bool part_value(const Part *part, Datum *value);
extern bool waits_for_paid_goods(const Part *part);
extern int32 slipped_days(const Part *part);
extern Datum order_value(const Order *order);
extern List *add_waiting_parts(List *waiting, const Order *order);
extern bool grant_value(const IncentiveCandidate *candidate, Datum order_value, const List *grants, Datum *value);
extern bool budget_seems_to_last(const IncentiveCandidate *candidate, Datum value);
extern Grant *make_grant(const IncentiveCandidate *candidate, const Order *order, int32 step, Datum value);

#endif
