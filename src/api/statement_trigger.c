/*
 * What all statement triggers have in common: they do nothing in a restore, and work as the owner,
 * merchant by merchant.
 */
#include "postgres.h"

#include "api/statement_trigger.h"
#include "base/entry.h"

/*
 * Runs the body of a trigger that fires AFTER each statement. A restore brings the rows that it would
 * write, and a rename writes them itself.
 */
Datum
run_statement_trigger(FunctionCallInfo fcinfo, TriggerBody body)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;

	if (triggers_rest())
		return PointerGetDatum(NULL);
	enter_trigger(&caller);
	body(trigger, &caller);
	return leave_trigger(&caller);
}

/* Calls the body for each merchant of the sorted keys, with the keys of that merchant. */
void
for_each_merchant(Caller *caller, const List *keys, MerchantBody body, const void *context)
{
	for (int i = 0; i < list_length(keys);)
	{
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;
		List	   *group;

		i = keys_of_merchant(keys, i, &group);
		body(caller, merchant_id, group, context);
	}
}
