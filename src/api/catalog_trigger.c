/*
 * Triggers on item and location: reallocate the SKUs whose rules changed, and recalculate their
 * promises.
 *
 * An item with open parts cannot be deleted, renamed, tracked or untracked.
 *
 * A reallocation notifies subscribers and the merchant of what has become available, compared with
 * what was available when the SKU was read. But a trigger reads the SKU after the statement. So it
 * first calculates what was available before, from the safety stock or the active locations as they
 * were.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/trigger.h"
#include "model/call.h"
#include "model/inventory.h"
#include "store/sku_lookup.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"
#include "api/statement_trigger.h"

/*
 * Whether the item that open parts refer to is gone, or has another key, or changes between item
 * and service.
 */
static bool
is_taken_away(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL &&
		(after == NULL || differs(before, after, desc, "merchant_id") || differs(before, after, desc, "sku") ||
		 differs(before, after, desc, "tracked"));
}

/* Whether promises that rest on the item's lead time may have become wrong. */
static bool
moves_lead_time(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && after != NULL && differs(before, after, desc, "lead_time");
}

/* Whether the item may have another preorder date. */
static bool
moves_preorder(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && after != NULL &&
		(differs(before, after, desc, "policy") || differs(before, after, desc, "available_from"));
}

/* Whether the item gets another number of slots. */
static bool
changes_slots(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	if (before == NULL)
		return int32_of(after, desc, "slots") > 0;
	return after != NULL && differs(before, after, desc, "slots");
}

/* Whether more or fewer units of the item may have become available. */
static bool
moves_safety_stock(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && after != NULL && !is_taken_away(before, after, desc) &&
		differs(before, after, desc, "safety_stock");
}

/* Whether the change of an item may change allocations, promises or warnings. */
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

/* Refuses to take away items that have open parts; the SKUs are locked. */
static void
check_no_open_parts(const Call *call, const List *taken_away)
{
	const char **skus = palloc_array(const char *, call->ninventories + 1);
	int			count = 0;
	OpenParts	open;

	for (int i = 0; i < call->ninventories; i++)
		if (is_among(&call->inventories[i], call->merchant_id, taken_away))
			skus[count++] = call->inventories[i].sku;
	if (count == 0)
		return;
	open = count_open_parts(call->merchant_id, skus, count);
	if (open.nskus > 0)
		wrong_state(psprintf("item \"%s\" has open order line parts", open.sku),
					psprintf(INT64_FORMAT " of %d items have some; this one has " INT64_FORMAT ".",
							 open.nskus, count, open.parts),
					"An item cannot be deleted, tracked or untracked before its orders have shipped or been canceled; rename_item() renames it.");
}

/* The items that a statement changed in each way that matters. */
typedef struct ItemChanges
{
	List	   *taken_away;
	List	   *lead_times;
	List	   *preorders;
	List	   *safety_stocks;	/* not sorted: for each item its key before the statement, then after it */
} ItemChanges;

/* Sets what was available before the statement, with the safety stocks of that time. */
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

/* Reallocates one merchant's items that a statement changed. */
static void
change_items_of_merchant(Caller *caller, int32 merchant_id, const List *keys, const void *context)
{
	const ItemChanges *changes = context;
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

/* Follows a statement on item, merchant by merchant. */
static void
change_items(TriggerData *trigger, Caller *caller)
{
	ItemChanges changes;

	changes.taken_away = sort_keys(touched_keys(trigger, is_taken_away));
	changes.lead_times = sort_keys(touched_keys(trigger, moves_lead_time));
	changes.preorders = sort_keys(touched_keys(trigger, moves_preorder));
	changes.safety_stocks = touched_keys(trigger, moves_safety_stock);
	for_each_merchant(caller, sort_keys(touched_keys(trigger, item_matters)), change_items_of_merchant, &changes);
}

PG_FUNCTION_INFO_V1(backorder_item_changed);

/* Statement trigger on item. */
Datum
backorder_item_changed(PG_FUNCTION_ARGS)
{
	return run_statement_trigger(fcinfo, change_items);
}

/*
 * Whether a location becomes active or inactive, or its key changes; a location without a row is
 * active.
 */
static bool
location_matters(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	if (before != NULL && after != NULL)
		return differs(before, after, desc, "active") || differs(before, after, desc, "location_id") ||
			differs(before, after, desc, "merchant_id");
	return !bool_of(before != NULL ? before : after, desc, "active");
}

/* Whether the location was inactive before the statement. */
static bool
was_inactive(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	return before != NULL && !bool_of(before, desc, "active");
}

/* Marks the locations of a SKU as active or inactive as they were before the statement. */
static void
restore_active_locations(const Call *call, Inventory *inv, const List *touched, const List *inactive)
{
	for (int i = 0; i < inv->nstock; i++)
	{
		TouchedKey	key = {.merchant_id = call->merchant_id, .location = inv->stock[i].location};

		if (has_key(touched, &key))
			inv->stock[i].active = !has_key(inactive, &key);
	}
}

/* Sets what was available before the statement, with the locations that were active then. */
static void
look_back_at_locations(const Call *call, const List *touched, const List *inactive)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		restore_active_locations(call, inv, touched, inactive);
		inv->available_before = available_to_promise(inv);
		for (int j = 0; j < inv->nstock; j++)
			inv->stock[j].active = is_active_location(call, inv->stock[j].location);
	}
}

/* The locations of the keys. */
static int32 *
locations_of(const List *keys)
{
	int32	   *locations = palloc_array(int32, list_length(keys) + 1);
	int			count = 0;
	ListCell   *lc;

	foreach(lc, keys)
		locations[count++] = ((TouchedKey *) lfirst(lc))->location;
	return locations;
}

/*
 * Reallocates the SKUs at one merchant's locations that a statement changed; the context is the
 * list of inactive locations.
 */
static void
change_locations_of_merchant(Caller *caller, int32 merchant_id, const List *keys, const void *context)
{
	Call	   *call = begin_call(caller, merchant_id, false);
	int			count;
	const char **skus = read_skus_at(merchant_id, locations_of(keys), list_length(keys), &count);

	lock_inventory(call, skus, count);
	look_back_at_locations(call, keys, context);
	for (int i = 0; i < call->ninventories; i++)
		call->inventories[i].recalculate_all = true;
	reallocate(call);
}

/* Follows a statement on location, merchant by merchant. */
static void
change_locations(TriggerData *trigger, Caller *caller)
{
	List	   *keys = sort_keys(touched_keys(trigger, location_matters));
	List	   *inactive = sort_keys(touched_keys(trigger, was_inactive));

	for_each_merchant(caller, keys, change_locations_of_merchant, inactive);
}

PG_FUNCTION_INFO_V1(backorder_location_changed);

/* Statement trigger on location. */
Datum
backorder_location_changed(PG_FUNCTION_ARGS)
{
	return run_statement_trigger(fcinfo, change_locations);
}
