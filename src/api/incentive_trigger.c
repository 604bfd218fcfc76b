/* Changes of incentives: their budgets follow. */
#include "postgres.h"

#include "executor/spi.h"

#include "base/access.h"
#include "base/trigger.h"
#include "store/budgets.h"

PG_FUNCTION_INFO_V1(backorder_incentive_changed);

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

/* Statement trigger on incentive: takes all shares in order, then lays them out anew. */
Datum
backorder_incentive_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;
	List	   *keys;

	if (is_restore())
		return PointerGetDatum(NULL);
	SPI_connect();
	enter_unchecked(&caller);
	keys = sort_keys(touched_keys(trigger, budget_matters));
	for (int i = 0; i < list_length(keys);)
	{
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;
		List	   *group;

		i = keys_of_merchant(keys, i, &group);
		renew_budgets(merchant_id, group);
	}
	leave(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}
