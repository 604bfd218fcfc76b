/* Budgets of incentives, counted in shares. */
#ifndef BACKORDER_STORE_BUDGETS_H
#define BACKORDER_STORE_BUDGETS_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "model/types.h"

#define BUDGET_SHARES 8			/* rows of incentive_budget per incentive */

/* What a call takes from budgets and returns to them. */
typedef struct Budget
{
	int32		merchant_id;
	bool		rolls_back;		/* the shares of a budget that does not suffice are released at once */
	List	   *whole;			/* of int64 *: incentives of which the call locks all shares */
	List	   *exhausted;		/* of int64 *: incentives whose budget does not suffice */
	bool		must_run_again;	/* with all shares of the incentives in whole */
} Budget;

extern Datum numeric_of(int64 number);
extern void lock_slip_budgets(const Call *call);
extern bool take_budget(Budget *budget, int64 incentive_id, Datum value);
extern void return_budget(Budget *budget, int64 incentive_id, int64 grants, Datum value);
extern void run_with_budget(Budget *budget, void (*decide) (Budget *, void *), void *target);
extern void renew_budgets(int32 merchant_id, const List *keys);

#endif
