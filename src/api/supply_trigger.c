/*
 * Trigger on supply: recalculates the promises of the SKUs whose supply changed.
 *
 * receive_supply() alone writes what was received, because the units must reach stock at the same
 * time. What it writes does not matter to the trigger: the call recalculates promises itself where
 * it must.
 */
#include "postgres.h"

#include "base/access.h"
#include "base/trigger.h"
#include "model/call.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "api/repromise.h"
#include "api/statement_trigger.h"

/* Whether the change of a supply concerns promises. */
static bool
supply_matters(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	static const char *const columns[] = {"merchant_id", "sku", "location_id", "quantity", "expected_at"};

	if (before == NULL || after == NULL)
		return true;
	for (size_t i = 0; i < lengthof(columns); i++)
		if (differs(before, after, desc, columns[i]))
			return true;
	return differs(before, after, desc, "status") && !has_text(after, desc, "status", "received");
}

/* Whether the row states a receipt that it did not state before. */
static bool
states_receipt(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	if (after == NULL)
		return false;
	if (before == NULL)
		return has_text(after, desc, "status", "received") || int64_of(after, desc, "received") != 0;
	return differs(before, after, desc, "received") ||
		(differs(before, after, desc, "status") && has_text(after, desc, "status", "received"));
}

/* Refuses a receipt that receive_supply() did not write. */
static void
check_no_receipt(TriggerData *trigger, const Caller *caller)
{
	if (!is_owner(caller) && touched_keys(trigger, states_receipt) != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("received, and status 'received', are written by receive_supply() alone"),
				 errhint("Call backorder.receive_supply(supply_id, quantity).")));
}

/*
 * Recalculates the promises of one merchant's SKUs; the locations of the supply stay active or
 * inactive until the end.
 */
static void
repromise_merchant(Caller *caller, int32 merchant_id, const List *keys, const void *context)
{
	Call	   *call;
	const char **skus;
	int			count;

	share_stock_locations(merchant_id, stock_keys_of(keys));
	skus = skus_of(keys, &count);
	call = begin_call(caller, merchant_id, false);
	call->cause = "supply";
	recalculate_skus(call, skus, count);
}

/* Follows a statement on supply, merchant by merchant. */
static void
change_supplies(TriggerData *trigger, Caller *caller)
{
	check_no_receipt(trigger, caller);
	for_each_merchant(caller, sort_keys(touched_keys(trigger, supply_matters)), repromise_merchant, NULL);
}

PG_FUNCTION_INFO_V1(backorder_supply_changed);

/* Statement trigger on supply. */
Datum
backorder_supply_changed(PG_FUNCTION_ARGS)
{
	return run_statement_trigger(fcinfo, change_supplies);
}
