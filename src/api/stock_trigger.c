/*
 * Triggers on stock: bring the inventory records to what stock says, and reallocate.
 *
 * An application may write stock with any statement. The row triggers remember the keys of the
 * rows. The statement trigger compares the rows with the inventory records and acts on the
 * differences. Functions such as set_stock() write the records and the ledger first and stock last,
 * so that the trigger finds no difference.
 *
 * An upsert fires two statement triggers, one after the other. The first one locks the keys of
 * both, because all row triggers have run by then: so the SKUs are locked in one order. The memory
 * of keys only adds to what is locked.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"

#include "api/stock_trigger.h"
#include "base/trigger.h"
#include "model/call.h"
#include "model/stock_key.h"
#include "store/stock_audit.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"
#include "api/statement_trigger.h"

/* Keys of rows that row triggers have seen, and no statement trigger yet. */
static List *remembered = NIL;

/* Forgets all keys when the transaction ends, and their memory with it. */
static void
forget_keys(XactEvent event, void *arg)
{
	remembered = NIL;
}

/* Prepares the triggers; called once, when the module is loaded. */
void
init_stock_trigger(void)
{
	RegisterXactCallback(forget_keys, NULL);
}

/* Remembers the key of a row, if there is one. */
static void
remember(HeapTuple row, TupleDesc desc)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);

	if (row != NULL)
		remembered = lappend(remembered, row_key(row, desc));
	MemoryContextSwitchTo(old);
}

PG_FUNCTION_INFO_V1(backorder_remember_stock);

/* Row trigger on stock: remembers the keys of the row before and after. */
Datum
backorder_remember_stock(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = row_trigger(fcinfo);
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);

	if (!triggers_rest())
	{
		remember(trigger->tg_trigtuple, desc);
		remember(trigger->tg_newtuple, desc);
	}
	return PointerGetDatum(NULL);
}

/* The keys that the statement touched and those that row triggers remembered, sorted. */
static List *
stock_keys(TriggerData *trigger)
{
	List	   *keys = list_concat(touched_keys(trigger, NULL), remembered);

	remembered = NIL;
	return sort_keys(keys);
}

/*
 * The keys whose stock differs from the inventory record, sorted. Locations that the record does
 * not have yet are locked, so that they stay active or inactive.
 */
static List *
differing_keys(int32 merchant_id, const List *touched)
{
	List	   *new_locations;
	List	   *keys = find_stock_differences(merchant_id, stock_keys_of(touched), &new_locations);

	share_stock_locations(merchant_id, new_locations);
	return sort_stock_keys(keys);
}

/*
 * Brings one merchant's records to the rows that a statement touched, and reallocates their SKUs.
 */
static void
restock_merchant(Caller *caller, int32 merchant_id, const List *touched, const void *context)
{
	List	   *keys = differing_keys(merchant_id, touched);
	const char **skus;
	Call	   *call;
	int			count;

	if (keys == NIL)
		return;
	call = begin_call(caller, merchant_id, false);
	call->cause = "stock";
	call->locks_service_items = true;
	skus = stock_skus(keys, &count);
	lock_inventory(call, skus, count);
	apply_stock_differences(call, keys);
	reallocate(call);
}

/* Follows a statement on stock, merchant by merchant. */
static void
restock(TriggerData *trigger, Caller *caller)
{
	for_each_merchant(caller, stock_keys(trigger), restock_merchant, NULL);
}

PG_FUNCTION_INFO_V1(backorder_stock_changed);

/* Statement trigger on stock. */
Datum
backorder_stock_changed(PG_FUNCTION_ARGS)
{
	return run_statement_trigger(fcinfo, restock);
}
