/*
 * Catalogue: changed rules of items and locations end in a fill, or in promises laid anew. What has open parts stays.
 */
#include "postgres.h"

#include "base/access.h"
#include "base/errors.h"
#include "base/sql.h"
#include "base/trigger.h"
#include "model/call.h"
#include "model/inventory.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

PG_FUNCTION_INFO_V1(backorder_item_changed);
PG_FUNCTION_INFO_V1(backorder_location_changed);

STATEMENT(count_open_parts,
		  "SELECT sku, count(*) FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND status IN ('allocated', 'backordered')"
		  " GROUP BY sku ORDER BY sku",
		  INT4OID, TEXTARRAYOID);

/* SKUs that have, had or will have something at these locations. */
STATEMENT(read_skus_at,
		  "SELECT sku FROM backorder.stock WHERE merchant_id = $1 AND location_id = ANY ($2)"
		  " UNION SELECT sku FROM backorder.availability WHERE merchant_id = $1 AND locations && $2"
		  " UNION SELECT sku FROM backorder.supply WHERE merchant_id = $1 AND location_id = ANY ($2)"
		  "  AND status = 'open'",
		  INT4OID, INT4ARRAYOID);

/* Whether the item that orders stand on is gone, or is another now. */
static bool
is_taken_away(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL &&
		(after == NULL || differs(before, after, desc, "merchant_id") || differs(before, after, desc, "sku") ||
		 differs(before, after, desc, "tracked"));
}

/* Whether promises that rest on the item's lead time may be stale. */
static bool
moves_lead_time(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && after != NULL && differs(before, after, desc, "lead_time");
}

/* Whether the item may have another preorder date now. */
static bool
moves_preorder(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && after != NULL &&
		(differs(before, after, desc, "policy") || differs(before, after, desc, "available_from"));
}

/* Whether the item's book is to be spread over another number of slots. */
static bool
changes_slots(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	if (before == NULL)
		return int32_of(after, desc, "slots") > 0;
	return after != NULL && differs(before, after, desc, "slots");
}

/* Whether more or fewer units of the item may be available now. */
static bool
moves_safety_stock(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && after != NULL && !is_taken_away(before, after, desc) &&
		differs(before, after, desc, "safety_stock");
}

/* Whether who is served, or when, may change. */
static bool
item_matters(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return is_taken_away(before, after, desc) || moves_lead_time(before, after, desc) ||
		moves_preorder(before, after, desc) ||
		moves_safety_stock(before, after, desc) || changes_slots(before, after, desc) ||
		(before != NULL && after != NULL &&
		 (differs(before, after, desc, "backorder_limit") || differs(before, after, desc, "low_stock")));
}

/* Whether a SKU of the merchant is among the sorted keys. */
static bool
is_among(const Inventory *inv, int32 merchant_id, const List *keys)
{
	return has_key(keys, &(TouchedKey) {.merchant_id = merchant_id, .sku = inv->sku});
}

/* Refuses to take away items that open parts stand on; their SKUs are locked. */
static void
check_no_open_parts(const Call *call, const List *taken_away)
{
	const char **skus = palloc_array(const char *, call->ninventories + 1);
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	int			count = 0;

	for (int i = 0; i < call->ninventories; i++)
		if (is_among(&call->inventories[i], call->merchant_id, taken_away))
			skus[count++] = call->inventories[i].sku;
	if (count == 0)
		return;
	values[1] = text_array(skus, count);
	if (run_latest(&count_open_parts, values) > 0)
		wrong_state(psprintf("item \"%s\" has open order line parts", text_at(0, 1)),
					psprintf(INT64_FORMAT " of " INT64_FORMAT " items have some; this one has " INT64_FORMAT ".",
							 (int64) SPI_processed, (int64) count, int64_at(0, 2)),
					"An item cannot be deleted, renamed, tracked or untracked before its orders have shipped or been canceled.");
	done_reading();
}

/* The items that a statement changed in each way that matters. */
typedef struct ItemChanges
{
	List	   *taken_away;
	List	   *lead_times;
	List	   *preorders;
	List	   *safety_stocks;	/* not sorted: each row as it was, then as it is */
} ItemChanges;

/* Reckons anew what was available before the statement, by the safety stocks that held then. */
static void
look_back_at_items(const Call *call, const List *safety_stocks)
{
	for (int i = 0; i < list_length(safety_stocks); i += 2)
	{
		const TouchedKey *was = list_nth(safety_stocks, i);
		Inventory  *inv = was->merchant_id == call->merchant_id ? find_inventory(call, was->sku) : NULL;
		int64		now;

		if (inv == NULL)
			continue;
		now = inv->item.safety_stock;
		inv->item.safety_stock = was->safety_stock;
		inv->available_before = available_to_promise(inv);
		inv->item.safety_stock = now;
	}
}

/* One merchant's share of a statement on item. */
static void
change_items(Caller *caller, int32 merchant_id, const List *keys, const ItemChanges *changes)
{
	Call	   *call = begin_call(caller, merchant_id, false);
	int			count;
	const char **skus = skus_of(keys, &count);

	call->locks_service_items = true;
	lock_inventory(call, skus, count);
	check_no_open_parts(call, changes->taken_away);
	look_back_at_items(call, changes->safety_stocks);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		inv->recalculate_all = true;
		inv->lead_time_moved = is_among(inv, merchant_id, changes->lead_times);
		inv->preorder_moved = is_among(inv, merchant_id, changes->preorders);
	}
	reallocate(call);
}

/* Statement trigger on item. */
Datum
backorder_item_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;
	List	   *keys;
	ItemChanges changes;

	if (is_restore())
		return PointerGetDatum(NULL);
	SPI_connect();
	enter_unchecked(&caller);
	keys = sort_keys(touched_keys(trigger, item_matters));
	changes.taken_away = sort_keys(touched_keys(trigger, is_taken_away));
	changes.lead_times = sort_keys(touched_keys(trigger, moves_lead_time));
	changes.preorders = sort_keys(touched_keys(trigger, moves_preorder));
	changes.safety_stocks = touched_keys(trigger, moves_safety_stock);
	for (int i = 0; i < list_length(keys);)
	{
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;
		List	   *group;

		i = keys_of_merchant(keys, i, &group);
		change_items(&caller, merchant_id, group, &changes);
	}
	leave(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}

/* Whether a location was, or will be, opened or closed; one without a row is open. */
static bool
location_matters(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	if (before != NULL && after != NULL)
		return differs(before, after, desc, "active") || differs(before, after, desc, "location_id") ||
			differs(before, after, desc, "merchant_id");
	return !bool_of(before != NULL ? before : after, desc, "active");
}

/* Whether the location was closed. */
static bool
was_closed(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && !bool_of(before, desc, "active");
}

/* Opens and closes the shelves of a SKU as the locations were before the statement. */
static void
restore_active_locations(const Call *call, Inventory *inv, const List *touched, const List *closed)
{
	for (int i = 0; i < inv->nstock; i++)
	{
		TouchedKey	key = {.merchant_id = call->merchant_id, .location = inv->stock[i].location};

		if (has_key(touched, &key))
			inv->stock[i].active = !has_key(closed, &key);
	}
}

/* Reckons anew what was available before the statement, when other locations were open. */
static void
look_back_at_locations(const Call *call, const List *touched, const List *closed)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		restore_active_locations(call, inv, touched, closed);
		inv->available_before = available_to_promise(inv);
		for (int j = 0; j < inv->nstock; j++)
			inv->stock[j].active = is_active_location(call, inv->stock[j].location);
	}
}

/* One merchant's share of a statement on location. */
static void
change_locations(Caller *caller, int32 merchant_id, const List *keys, const List *closed)
{
	Call	   *call = begin_call(caller, merchant_id, false);
	int32	   *locations = palloc_array(int32, list_length(keys) + 1);
	int			count = 0;
	Datum		values[2] = {Int32GetDatum(merchant_id)};
	const char **skus;
	uint64		rows;
	ListCell   *lc;

	foreach(lc, keys)
		locations[count++] = ((TouchedKey *) lfirst(lc))->location;
	values[1] = int4_array(locations, count);
	rows = run_latest(&read_skus_at, values);
	skus = palloc_array(const char *, rows + 1);
	for (uint64 i = 0; i < rows; i++)
		skus[i] = text_at(i, 1);
	done_reading();
	lock_inventory(call, skus, rows);
	look_back_at_locations(call, keys, closed);
	for (int i = 0; i < call->ninventories; i++)
		call->inventories[i].recalculate_all = true;
	reallocate(call);
}

/* Statement trigger on location. */
Datum
backorder_location_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;
	List	   *keys;
	List	   *closed;

	if (is_restore())
		return PointerGetDatum(NULL);
	SPI_connect();
	enter_unchecked(&caller);
	keys = sort_keys(touched_keys(trigger, location_matters));
	closed = sort_keys(touched_keys(trigger, was_closed));
	for (int i = 0; i < list_length(keys);)
	{
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;
		List	   *group;

		i = keys_of_merchant(keys, i, &group);
		change_locations(&caller, merchant_id, group, closed);
	}
	leave(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}
