/* Incentives: what an order is granted for waiting, and the budgets that this is taken from. */
#ifndef BACKORDER_INCENTIVE_H
#define BACKORDER_INCENTIVE_H

#include "backorder.h"

#define BUDGET_SHARES 8			/* rows of incentive_budget per incentive */

/* What a call takes from budgets, and gives back to them. */
typedef struct Budget
{
	int32		merchant_id;
	bool		lets_go;		/* one whose budget does not last is let go of at once */
	List	   *whole;			/* of int64 *: incentives of which all shares are had */
	List	   *exhausted;		/* of int64 *: incentives that turned out to have too little left */
	bool		again;			/* the call must begin again */
} Budget;

extern Datum numeric_of(int64 number);
extern void with_budget(Budget *budget, void (*decide) (Budget *, void *), void *target);
extern bool take_budget(Budget *budget, int64 incentive_id, Datum value);
extern void return_budget(Budget *budget, int64 incentive_id, Datum value);

extern List *grant_incentives(Work *work, Order *order, int32 line_no, bool may_begin_again);
extern void read_grants(Work *work, bool one_snapshot, const int64 *order_ids, int count);
extern void settle_incentives(Work *work);
extern void lock_slip_budgets(const Work *work);
extern bool loses_gifts(const Order *order);
extern void append_incentives(StringInfo json, const Order *order);

#endif
