/*
 * The stages of a call, in the order in which they run.
 *
 * Every call goes through this list, from the top to the bottom. Between the phases, the entry point does what is its own.
 *
 * 1. OPEN_INVENTORY: lock_inventory(). A function that changes rows of stock has locked them before, with hold_stock().
 * 2. PLAN_REALLOCATION: plan_reallocation(). A checkout plans its own order instead, with plan_request() and plan_order().
 * 3. lock_orders_of_plan() locks all orders that the plan changes and the call's own, in one pass by id.
 * 4. apply_plan() applies the plan, before or after what the entry point does to its own order.
 * 5. FINISH_ORDERS: finish_call(). A plan that changes very many orders repeats this phase for portions of them.
 * 6. FINISH_INVENTORY: the rest of finish_call().
 *
 * A preview runs OPEN_INVENTORY without locks, plans, and stops. reallocate() in reallocate.c runs all phases for a call that
 * has no order of its own.
 *
 * A new capability adds a line here, or a rule that one of the lines calls. It never calls a stage itself.
 * SET client_min_messages = debug2 shows the stages of a call as they run.
 */
#include "postgres.h"

#include "engine/stages.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "store/catalog.h"
#include "store/inventory_lock.h"
#include "store/inventory_rows.h"
#include "store/order_rows.h"
#include "store/queue_rows.h"
#include "store/stock_rows.h"
#include "rules/consent.h"
#include "rules/grant_changes.h"
#include "rules/notifications.h"
#include "rules/ship_sets.h"
#include "rules/stock_alerts.h"
#include "engine/order_stages.h"
#include "engine/plan.h"

typedef struct Stage
{
	Phase		phase;
	const char *name;
	void		(*run) (Call *call);
} Stage;

static const Stage stages[] = {
	{OPEN_INVENTORY, "insert missing availability rows", insert_missing_rows},
	{OPEN_INVENTORY, "lock the SKUs", lock_rows_or_slots},
	{OPEN_INVENTORY, "read the clock", read_call_clock},
	{OPEN_INVENTORY, "read the merchant", read_merchant},
	{OPEN_INVENTORY, "read the locations", load_locations},
	{OPEN_INVENTORY, "read the items", load_items},
	{OPEN_INVENTORY, "remember the inventory as it was", remember_inventories},

	{PLAN_REALLOCATION, "deallocate what is not on hand", plan_deallocation},
	{PLAN_REALLOCATION, "read the queues", read_planned_changes},
	{PLAN_REALLOCATION, "read parts whose preorder date moved", read_preorders},
	{PLAN_REALLOCATION, "read supplies", load_supplies},
	{PLAN_REALLOCATION, "put changes in queue order", sort_changes},
	{PLAN_REALLOCATION, "allocate what is free", plan_fills},
	{PLAN_REALLOCATION, "exchange units between locations", plan_exchanges},
	{PLAN_REALLOCATION, "recalculate promises", plan_promises},

	{FINISH_ORDERS, "judge grants", judge_grants_of_orders},
	{FINISH_ORDERS, "read pending notifications", load_pending_of_orders},
	{FINISH_ORDERS, "restore dates that customers know", restore_known_dates},
	{FINISH_ORDERS, "forget slips that nobody was told of", forget_slips_of_orders},
	{FINISH_ORDERS, "group shipments", group_shipments_of_orders},
	{FINISH_ORDERS, "record the promise shown", record_promises_shown},
	{FINISH_ORDERS, "write orders", write_orders},
	{FINISH_ORDERS, "adjust grants", adjust_grants},
	{FINISH_ORDERS, "notify customers", notify_customers},
	{FINISH_ORDERS, "return rows", return_rows_of_orders},

	{FINISH_INVENTORY, "notify subscribers", notify_subscribers},
	{FINISH_INVENTORY, "write the SKUs", write_inventory},
	{FINISH_INVENTORY, "write stock", write_stock},
	{FINISH_INVENTORY, "warn the merchant", notify_merchant},
};

/* Runs the stages of a phase; none after the one that finds the reference of a new order taken. */
void
run_phase(Call *call, Phase phase)
{
	for (int i = 0; i < lengthof(stages); i++)
	{
		if (stages[i].phase != phase || call->reference_taken)
			continue;
		elog(DEBUG2, "backorder: %s", stages[i].name);
		stages[i].run(call);
	}
}

/*
 * Locks the inventory of these SKUs in key order and reads it, then the clock, the merchant, its locations and the items,
 * in statements begun after the lock. A read-only call reads the same without locks.
 */
void
lock_inventory(Call *call, const char *const *skus, int count)
{
	add_inventories(call, skus, count);
	run_phase(call, OPEN_INVENTORY);
}

/*
 * As lock_inventory(), for a call that only allocates or queues this many units of each SKU for a new order; one slot of a
 * SKU may do for that. 0 units mean that the number is not known, and that the row is needed.
 */
void
lock_inventory_for_order(Call *call, const char *const *skus, const int64 *units, int count)
{
	add_inventories(call, skus, count);
	for (int i = 0; i < count; i++)
	{
		Inventory  *inv = find_inventory(call, skus[i]);

		if (!call->read_only)
			inv->ordered_units = add_units(inv->ordered_units, units[i]);
		inv->needs_row |= units[i] == 0;
	}
	for (int i = 0; i < call->ninventories; i++)
		if (call->inventories[i].needs_row)
			call->inventories[i].ordered_units = 0;
	run_phase(call, OPEN_INVENTORY);
}

/* Plans the reallocation of the call's SKUs; only inventory in memory changes. */
void
plan_reallocation(Call *call)
{
	run_phase(call, PLAN_REALLOCATION);
}

/*
 * The end of every call: shipments grouped, everything written, everyone notified. False, with nothing written, when another
 * session has taken the reference of a new order in the meantime.
 */
bool
finish_call(Call *call)
{
	run_phase(call, FINISH_ORDERS);
	run_phase(call, FINISH_INVENTORY);
	return !call->reference_taken;
}
