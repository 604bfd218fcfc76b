/*
 * Dispatch: release_group() puts a shipment group on a pick list, unrelease_group() takes it off,
 * ship_group() sends it off, and deliver_group() notes that it has arrived.
 *
 * A reallocation takes no goods from a group on a pick list. So release_group() and
 * unrelease_group() lock the SKUs of the group; ship_group() also locks its rows of stock. What to
 * lock is read before the locks. If the locked group turns out to need other locks, the call rolls
 * back to its savepoint and begins again.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "model/stock_key.h"
#include "store/order_lookup.h"
#include "store/order_rows.h"
#include "store/stock_rows.h"
#include "rules/promise.h"
#include "engine/call.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/result_rows.h"
#include "api/keyed_call.h"

/* A call on one group. */
typedef struct GroupTarget
{
	int32		merchant_id;
	int64		order_id;
	int32		group_no;
	Caller		caller;
	Savepoint	savepoint;
	List	   *keys;			/* of StockKey, sorted: of its open parts, as read before the locks */
	List	   *services;		/* SKUs of its open services, as read before the locks */
	Call	   *call;
	Order	   *order;
	ShipmentGroup *group;
} GroupTarget;

/* Reads the stock keys and services of the group. */
static void
read_keys(GroupTarget *target)
{
	target->keys = read_stock_keys_of_group(target->merchant_id, target->order_id, target->group_no, &target->services);
}

/* Whether the keys that were locked include the stock of all open parts of the locked group. */
static bool
keys_suffice(const GroupTarget *target)
{
	ListCell   *lc;

	foreach(lc, target->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == target->group && part->tracked && is_open(part) &&
			!has_stock_key(target->keys, part->sku, part->now.location))
			return false;
	}
	return true;
}

/* Returns the order's group of that number, or ends with an error if there is none. */
static ShipmentGroup *
get_group(const Order *order, int32 group_no)
{
	ShipmentGroup *group = find_group(order, group_no);

	if (group == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("order " INT64_FORMAT " has no shipment group %d", order->order_id, group_no),
				 errhint("A group that is left without parts is deleted; see shipment_board.")));
	return group;
}

/* Begins the call, and locks the SKUs among its keys and these services. */
static void
lock_group_inventory(GroupTarget *target, const List *services)
{
	const char **skus = palloc_array(const char *, list_length(target->keys) + list_length(services) + 1);
	int			count = 0;
	ListCell   *lc;

	foreach(lc, target->keys)
		skus[count++] = ((StockKey *) lfirst(lc))->sku;
	foreach(lc, services)
		skus[count++] = lfirst(lc);
	target->call = begin_call(&target->caller, target->merchant_id, false);
	lock_inventory(target->call, skus, count);
}

/* Finds the order and the group, which are locked. */
static void
find_target(GroupTarget *target)
{
	target->order = get_order(target->call, target->order_id);
	target->group = get_group(target->order, target->group_no);
}

/* Whether a part of the group waits, so that the group has no goods to ship. */
static bool
waits(const GroupTarget *target)
{
	ListCell   *lc;

	foreach(lc, target->keys)
		if (((StockKey *) lfirst(lc))->location == NO_LOCATION)
			return true;
	return false;
}

/*
 * Locks the group's rows of stock (if the group leaves), SKUs and order; begins again if the group
 * needs other keys.
 */
static void
lock_group(GroupTarget *target, bool leaves)
{
	for (;;)
	{
		read_keys(target);
		if (leaves && !waits(target))
			hold_stock(&target->savepoint, target->merchant_id, target->keys, false, NULL, NULL);
		else
			begin_savepoint(&target->savepoint);
		lock_group_inventory(target, NIL);
		lock_orders(target->call, &target->order_id, 1);
		find_target(target);
		if (keys_suffice(target))
			return;
		roll_back_to_savepoint(&target->savepoint);
	}
}

/* Begins a call with the arguments order_id, group_no, options and merchant_id. */
static void
begin_group_call(GroupTarget *target, FunctionCallInfo fcinfo)
{
	target->order_id = int64_argument(fcinfo, 0, "order_id");
	target->group_no = int32_argument(fcinfo, 1, "group_no");
	target->merchant_id = merchant_argument(fcinfo, 3);
	enter_function(fcinfo, &target->caller, target->merchant_id, ACCESS_APP);
}

/* Returns the group and ends the call. */
static Datum
end_group_call(GroupTarget *target, const ShipmentGroup *group, FunctionCallInfo fcinfo)
{
	return_group(target->order, group, fcinfo);
	return leave_function(&target->caller);
}

/* The group's name in messages. */
static char *
name_group(const GroupTarget *target)
{
	return psprintf("shipment group %d of order " INT64_FORMAT, target->group_no, target->order_id);
}

/* Refuses to dispatch a group of an order that is not open. */
static void
check_order_open(const GroupTarget *target)
{
	if (target->order->status != ORDER_OPEN)
		wrong_state(psprintf("%s cannot be dispatched", name_group(target)),
					psprintf("The order is %s.", order_status_names[target->order->status]),
					target->order->status == ORDER_HELD ? "Confirm the order first." : "Only open orders ship.");
}

/* Refuses a group that does not have the status that the call needs. */
static void
refuse_status(const GroupTarget *target, const char *wanted)
{
	wrong_state(psprintf("%s is not %s", name_group(target), wanted),
				psprintf("It is %s.", group_status_names[target->group->now.status]),
				"See shipment_board for the groups of the order.");
}

/*
 * release_group(order_id, group_no, options, merchant_id): puts a ready group on a pick list, and returns
 * it. A released group stays as it is.
 */
KEYED_FUNCTION(backorder_release_group, release_group)
{
	GroupTarget	target = {0};

	begin_group_call(&target, fcinfo);
	lock_group(&target, false);
	if (target.group->now.status != GROUP_RELEASED)
	{
		check_order_open(&target);
		if (target.group->now.status != GROUP_READY)
			refuse_status(&target, "ready");
		target.group->now.status = GROUP_RELEASED;
		target.group->now.released_at = target.call->clock;
		finish_call(target.call);
	}
	release_savepoint(&target.savepoint);
	return end_group_call(&target, target.group, fcinfo);
}

/* The first open part of the group. */
static Part *
first_part(const GroupTarget *target)
{
	ListCell   *lc;

	foreach(lc, target->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == target->group && is_open(part))
			return part;
	}
	return NULL;
}

/*
 * Plans the reallocation of the group's SKUs as if it were off the pick list, and locks; begins
 * again as lock_group().
 */
static void
plan_unrelease(GroupTarget *target)
{
	for (;;)
	{
		read_keys(target);
		begin_savepoint(&target->savepoint);
		lock_group_inventory(target, target->services);
		target->call->cause = "stock";
		target->call->unreleased_order = target->order_id;
		target->call->unreleased_group = target->group_no;
		plan_reallocation(target->call);
		lock_orders_of_plan(target->call, &target->order_id, 1);
		find_target(target);
		if (keys_suffice(target))
			return;
		roll_back_to_savepoint(&target->savepoint);
	}
}

/*
 * Moves the parts that stay in the group to the preorder dates that changed while it was on the
 * pick list.
 */
static void
follow_preorder_dates_of_group(const GroupTarget *target)
{
	ListCell   *lc;

	foreach(lc, target->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == target->group)
			follow_preorder_date(target->call, part);
	}
}

/*
 * unrelease_group(order_id, group_no, options, merchant_id): takes a group off its pick list, reallocates
 * its SKUs, and returns the group. If the group is left without parts, returns the group to which
 * its first part moved.
 */
KEYED_FUNCTION(backorder_unrelease_group, unrelease_group)
{
	GroupTarget	target = {0};
	Part	   *part;

	begin_group_call(&target, fcinfo);
	plan_unrelease(&target);
	if (target.group->now.status != GROUP_RELEASED)
		refuse_status(&target, "released");
	part = first_part(&target);
	target.group->now.status = GROUP_READY;
	target.group->now.released_at = NO_TIME;
	apply_plan(target.call);
	follow_preorder_dates_of_group(&target);
	finish_call(target.call);
	release_savepoint(&target.savepoint);
	return end_group_call(&target, target.group->empty ? part->group : target.group, fcinfo);
}

/* Refuses to dispatch a group before its preorder date. */
static void
check_not_before(const GroupTarget *target)
{
	TimestampTz not_before = target->group->now.not_before;

	if (not_before != NO_TIME && not_before > target->call->clock)
		wrong_state(psprintf("%s must not be dispatched yet", name_group(target)),
					psprintf("It is a preorder, not to be dispatched before %s.", timestamptz_to_str(not_before)),
					"Dispatch it at that time or later.");
}

/* Refuses to dispatch a part whose units are not on hand. */
static void
check_on_hand_at(const GroupTarget *target, const Part *part, int64 on_hand)
{
	if (on_hand < part->now.quantity)
		wrong_state(psprintf("%s cannot be dispatched", name_group(target)),
					psprintf("Line %d needs " INT64_FORMAT " of \"%s\", only " INT64_FORMAT
							 " are on hand at location %d.",
							 part->line_no, part->now.quantity, part->sku, Max(on_hand, 0), part->now.location),
					"Count the stock there, or take the group off its pick list first.");
}

/* Marks a part as shipped, and takes its units from the stock of its location. */
static void
ship_part(const GroupTarget *target, Part *part)
{
	part->now.status = SHIPPED;
	if (part->tracked)
	{
		LocationStock *loc = stock_at(part->inv, part->now.location);

		check_on_hand_at(target, part, loc == NULL ? 0 : loc->on_hand);
		add_allocated(part->inv, loc, -part->now.quantity);
		add_on_hand(target->call, part->inv, part->now.location, -part->now.quantity, "shipped",
					psprintf("order " INT64_FORMAT ", group %d", target->order_id, target->group_no));
	}
}

/* Ships the group: its units leave the stock, and the customer is notified. */
static void
ship(GroupTarget *target, const Jsonb *options)
{
	GroupFields *now = &target->group->now;
	ListCell   *lc;

	check_order_open(target);
	if (now->status != GROUP_READY && now->status != GROUP_RELEASED)
		refuse_status(target, "ready or released");
	check_not_before(target);
	foreach(lc, target->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == target->group && part->now.status == ALLOCATED)
			ship_part(target, part);
	}
	now->status = GROUP_SHIPPED;
	now->shipped_at = target->call->clock;
	now->tracking = text_option(options, "tracking");
	if (now->released_at == NO_TIME)
		now->released_at = target->call->clock;
	target->call->writes_stock = true;
	finish_call(target->call);
}

/*
 * ship_group(order_id, group_no, options, merchant_id): ships a ready or released group, and
 * returns it. A group that has shipped stays as it is.
 */
KEYED_FUNCTION(backorder_ship_group, ship_group)
{
	static const char *const known[] = {"tracking", "key", NULL};
	Jsonb	   *options = options_argument(fcinfo, 2, known);
	GroupTarget	target = {0};

	begin_group_call(&target, fcinfo);
	lock_group(&target, true);
	if (target.group->now.status != GROUP_SHIPPED && target.group->now.status != GROUP_DELIVERED)
		ship(&target, options);
	release_savepoint(&target.savepoint);
	return end_group_call(&target, target.group, fcinfo);
}

/*
 * deliver_group(order_id, group_no, options, merchant_id): notes that a shipped group has arrived,
 * and returns it. A delivered group stays as it is.
 */
KEYED_FUNCTION(backorder_deliver_group, deliver_group)
{
	static const char *const known[] = {"delivered_at", "key", NULL};
	Jsonb	   *options = options_argument(fcinfo, 2, known);
	TimestampTz delivered_at = time_option(options, "delivered_at");
	GroupTarget	target = {0};

	begin_group_call(&target, fcinfo);
	target.call = begin_call(&target.caller, target.merchant_id, false);
	lock_orders(target.call, &target.order_id, 1);
	target.call->clock = read_clock();
	find_target(&target);
	if (target.group->now.status != GROUP_DELIVERED)
	{
		if (target.group->now.status != GROUP_SHIPPED)
			refuse_status(&target, "shipped");
		target.group->now.status = GROUP_DELIVERED;
		target.group->now.delivered_at = delivered_at == NO_TIME ? target.call->clock : delivered_at;
		finish_call(target.call);
	}
	return end_group_call(&target, target.group, fcinfo);
}
