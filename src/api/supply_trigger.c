/* Changes of supply: promises follow. */
#include "postgres.h"

#include "funcapi.h"

#include "base/access.h"
#include "base/trigger.h"
#include "model/call.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "api/repromise.h"

PG_FUNCTION_INFO_V1(backorder_supply_changed);

/* Whether a change of a supply concerns the promises; what receive_supply() writes does not. */
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

/* Whether the row says that something was received, other than before. */
static bool
books_receipt(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	if (after == NULL)
		return false;
	if (before == NULL)
		return has_text(after, desc, "status", "received") || int64_of(after, desc, "received") != 0;
	return differs(before, after, desc, "received") ||
		(differs(before, after, desc, "status") && has_text(after, desc, "status", "received"));
}

/* Refuses to note an arrival without the goods. */
static void
check_no_receipt(TriggerData *trigger, const Caller *caller)
{
	if (!is_owner(caller) && touched_keys(trigger, books_receipt) != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("received, and status 'received', are written by receive_supply() alone"),
				 errhint("Call backorder.receive_supply(supply_id, quantity).")));
}

/* Statement trigger on supply. */
Datum
backorder_supply_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;
	List	   *keys;

	if (is_restore())
		return PointerGetDatum(NULL);
	SPI_connect();
	enter_unchecked(&caller);
	check_no_receipt(trigger, &caller);
	keys = sort_keys(touched_keys(trigger, supply_matters));
	for (int i = 0; i < list_length(keys);)
	{
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;
		List	   *group;
		const char **skus;
		int			count;
		Call	   *call;

		i = keys_of_merchant(keys, i, &group);
		share_stock_locations(merchant_id, stock_keys_of(group));
		skus = skus_of(group, &count);
		call = begin_call(&caller, merchant_id, false);
		call->cause = "supply";
		recalculate_skus(call, skus, count);
	}
	leave(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}
