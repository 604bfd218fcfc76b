/* Trigger on incentive: a changed budget is divided into shares again. */
#include "postgres.h"

#include "base/trigger.h"
#include "store/budgets.h"
#include "api/statement_trigger.h"

/* Whether the change of an incentive may concern its budget. */
static bool
budget_matters(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	static const char *const columns[] = {"merchant_id", "incentive_id", "max_grants", "max_value"};

	if (before == NULL || after == NULL)
		return true;
	for (size_t i = 0; i < lengthof(columns); i++)
		if (differs(before, after, desc, columns[i]))
			return true;
	return false;
}

/* Divides the budgets of one merchant's changed incentives. */
static void
renew_budgets_of_merchant(Caller *caller, int32 merchant_id, const List *keys, const void *context)
{
	renew_budgets(merchant_id, keys);
}

/* Follows a statement on incentive, merchant by merchant. */
static void
change_incentives(TriggerData *trigger, Caller *caller)
{
	for_each_merchant(caller, sort_keys(touched_keys(trigger, budget_matters)), renew_budgets_of_merchant, NULL);
}

PG_FUNCTION_INFO_V1(backorder_incentive_changed);

/* Statement trigger on incentive. */
Datum
backorder_incentive_changed(PG_FUNCTION_ARGS)
{
	return run_statement_trigger(fcinfo, change_incentives);
}
