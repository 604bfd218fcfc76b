/* Changes of the table stock: the inventory follows. */
#include "postgres.h"

#include "funcapi.h"

#include "api/stock_trigger.h"
#include "base/access.h"
#include "base/sql.h"
#include "base/trigger.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

PG_FUNCTION_INFO_V1(backorder_remember_stock);
PG_FUNCTION_INFO_V1(backorder_stock_changed);

/*
 * Keys whose row differs from the book; whoever holds the stock row is the only one who may change its entry. An older
 * snapshot would show a row that was deleted meanwhile, beside the one inserted again.
 */
STATEMENT(find_differences,
		  "SELECT k.sku, k.location_id, array_position(a.locations, k.location_id) IS NULL"
		  " FROM unnest($2, $3) AS k(sku, location_id)"
		  " LEFT JOIN backorder.stock s ON s.merchant_id = $1 AND s.sku = k.sku AND s.location_id = k.location_id"
		  " LEFT JOIN backorder.availability a ON a.merchant_id = $1 AND a.sku = k.sku"
		  " WHERE coalesce(s.on_hand, 0)"
		  "  <> coalesce(a.on_hand[array_position(a.locations, k.location_id)], 0)",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID);

STATEMENT(read_stock,
		  "SELECT k.sku, k.location_id, coalesce(s.on_hand, 0) FROM unnest($2, $3) AS k(sku, location_id)"
		  " LEFT JOIN backorder.stock s ON s.merchant_id = $1 AND s.sku = k.sku AND s.location_id = k.location_id",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID);

/*
 * Keys of rows changed by row triggers that no statement trigger has seen yet. An upsert fires two statement triggers,
 * one after the other: the first locks the keys of both. The memory only widens a set of locks.
 */
static List *remembered = NIL;

/* Leaves nothing remembered for the next transaction. */
static void
forget_keys(XactEvent event, void *arg)
{
	remembered = NIL;			/* its memory ends with the transaction */
}

/* To be called once, when the module is loaded. */
void
init_restock(void)
{
	RegisterXactCallback(forget_keys, NULL);
}

/* Remembers the key of a row, if there is one, until a statement trigger takes it or the transaction ends. */
static void
remember(HeapTuple row, TupleDesc desc)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);

	if (row != NULL)
		remembered = lappend(remembered, row_key(row, desc));
	MemoryContextSwitchTo(old);
}

/* Row trigger on stock: remembers the row's keys for the statement triggers. */
Datum
backorder_remember_stock(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = row_trigger(fcinfo);
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);

	if (!is_restore())
	{
		remember(trigger->tg_trigtuple, desc);
		remember(trigger->tg_newtuple, desc);
	}
	return PointerGetDatum(NULL);
}

/* The keys that a statement on stock touched, and those that row triggers remembered, sorted. */
static List *
stock_keys(TriggerData *trigger)
{
	List	   *keys = touched_keys(trigger, NULL);

	keys = list_concat(keys, remembered);
	remembered = NIL;
	return sort_keys(keys);
}

/* The keys whose shelf is not as the book says; locations that are new to a SKU are held open or closed. */
static List *
differing_keys(int32 merchant_id, const List *touched)
{
	List	   *keys = NIL;
	List	   *new_shelves = NIL;
	Batch		batch;
	uint64		rows;

	batch_stock_keys(&batch, stock_keys_of(touched));
	rows = run_batch_latest(&find_differences, merchant_id, &batch);
	for (uint64 i = 0; i < rows; i++)
	{
		StockKey   *key = make_stock_key(text_at(i, 1), int32_at(i, 2));

		keys = lappend(keys, key);
		if (bool_at(i, 3))
			new_shelves = lappend(new_shelves, key);
	}
	done_reading();
	share_stock_locations(merchant_id, new_shelves);
	return sort_stock_keys(keys);
}

/* Takes over from stock, read after the lock, what differs from the book. */
static void
apply_stock_differences(Call *call, const List *keys)
{
	Batch		batch;
	uint64		rows;

	batch_stock_keys(&batch, keys);
	rows = run_batch_latest(&read_stock, call->merchant_id, &batch);
	for (uint64 i = 0; i < rows; i++)
		set_on_hand(call, find_inventory(call, text_at(i, 1)), int32_at(i, 2), int64_at(i, 3), "adjusted", "stock changed");
	done_reading();
}

/* One merchant's share of a statement on stock: one fill. */
static void
restock_merchant(Caller *caller, int32 merchant_id, const List *touched)
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

/* Statement trigger on stock: brings the book to what is on the shelves, and settles who gets what. */
Datum
backorder_stock_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;
	List	   *keys;

	if (is_restore())
		return PointerGetDatum(NULL);
	SPI_connect();
	enter_unchecked(&caller);
	keys = stock_keys(trigger);
	for (int i = 0; i < list_length(keys);)
	{
		List	   *group;
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;

		i = keys_of_merchant(keys, i, &group);
		restock_merchant(&caller, merchant_id, group);
	}
	leave(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}
