/*
 * Dispatch: a shipment group goes on a pick list, leaves, and arrives.
 *
 * Release and unrelease take the lock of the group's SKUs too, so that a fill or a shrink knows what is on a pick list.
 */
#include "postgres.h"

#include "funcapi.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "model/stock_key.h"
#include "store/order_rows.h"
#include "store/stock_rows.h"
#include "rules/promise.h"
#include "engine/call.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/result_rows.h"

FUNCTION_WITH_SAVEPOINTS(backorder_release_group, release_group);
FUNCTION_WITH_SAVEPOINTS(backorder_unrelease_group, unrelease_group);
FUNCTION_WITH_SAVEPOINTS(backorder_ship_group, ship_group);
PG_FUNCTION_INFO_V1(backorder_deliver_group);

/* The shelves from which a group takes its goods, location 0 while it waits, and its services. */
STATEMENT(read_stock_of_group,
		  "SELECT p.sku, coalesce(p.location_id, 0), i.tracked IS NOT FALSE FROM backorder.order_line_part p"
		  " LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = p.sku"
		  " WHERE p.merchant_id = $1 AND p.order_id = $2 AND p.group_no = $3"
		  " AND p.status IN ('allocated', 'backordered')",
		  INT4OID, INT8OID, INT4OID);

/* A call on one group. */
typedef struct GroupTarget
{
	int32		merchant_id;
	int64		order_id;
	int32		group_no;
	Caller		caller;
	Savepoint	savepoint;
	List	   *keys;			/* of StockKey: the group's shelves, as read before the locks */
	List	   *services;		/* of SKUs of services in the group, as read then */
	Call	   *call;
	Order	   *order;
	ShipmentGroup *group;
} GroupTarget;

/* Sets the call's keys to the shelves of the group's open goods, in key order, and beside them its open services. */
static void
read_keys(GroupTarget *target)
{
	Datum		values[] = {
		Int32GetDatum(target->merchant_id), Int64GetDatum(target->order_id), Int32GetDatum(target->group_no)
	};
	uint64		rows = run(&read_stock_of_group, false, values, NULL);

	target->keys = target->services = NIL;
	for (uint64 i = 0; i < rows; i++)
		if (bool_at(i, 3))
			target->keys = lappend(target->keys, make_stock_key(text_at(i, 1), int32_at(i, 2)));
		else
			target->services = lappend(target->services, text_at(i, 1));
	done_reading();
	target->keys = sort_stock_keys(target->keys);
}

/* Whether the group's goods all stand on shelves that were locked. */
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

/* The order's group of that number, or an error if there is none. */
static ShipmentGroup *
get_group(const Order *order, int32 group_no)
{
	ShipmentGroup *group = find_group(order, group_no);

	if (group == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("order " INT64_FORMAT " has no shipment group %d", order->order_id, group_no),
				 errhint("Groups that were left without parts are gone; see shipment_board.")));
	return group;
}

/* Opens the call's work and loads the book of the SKUs among its keys, and these services, whose items it holds then. */
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

/* Finds the locked order and group. */
static void
find_target(GroupTarget *target)
{
	target->order = get_order(target->call, target->order_id);
	target->group = get_group(target->order, target->group_no);
}

/* Whether the group waits: then it takes goods from no shelf. */
static bool
waits(const GroupTarget *target)
{
	ListCell   *lc;

	foreach(lc, target->keys)
		if (((StockKey *) lfirst(lc))->location == NO_LOCATION)
			return true;
	return false;
}

/* Locks the group's shelves (if it is to leave), SKUs and order; begins again if the group has changed meanwhile. */
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

/* Reads the arguments order_id, group_no and, at n, the merchant, and goes to work as the owner. */
static void
begin_group_call(GroupTarget *target, FunctionCallInfo fcinfo, int n)
{
	target->order_id = int64_argument(fcinfo, 0, "order_id");
	target->group_no = int32_argument(fcinfo, 1, "group_no");
	target->merchant_id = merchant_argument(fcinfo, n);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&target->caller, target->merchant_id, ACCESS_APP);
}

/* Returns the group and ends the call. */
static Datum
end_group_call(GroupTarget *target, const ShipmentGroup *group, FunctionCallInfo fcinfo)
{
	return_group(target->order, group, fcinfo);
	leave(&target->caller);
	SPI_finish();
	return (Datum) 0;
}

/* The group's name in messages. */
static char *
name_group(const GroupTarget *target)
{
	return psprintf("shipment group %d of order " INT64_FORMAT, target->group_no, target->order_id);
}

/* Refuses to move a group of an order that is not open. */
static void
check_order_open(const GroupTarget *target)
{
	if (target->order->status != ORDER_OPEN)
		wrong_state(psprintf("%s cannot be dispatched", name_group(target)),
					psprintf("The order is %s.", order_status_names[target->order->status]),
					target->order->status == ORDER_HELD ? "Confirm the order first." : "Only open orders ship.");
}

/* Refuses a group that is not where the call needs it. */
static void
refuse_status(const GroupTarget *target, const char *wanted)
{
	wrong_state(psprintf("%s is not %s", name_group(target), wanted),
				psprintf("It is %s.", group_status_names[target->group->now.status]),
				"See shipment_board for the groups of the order.");
}

/* Puts a ready group on a pick list and returns it; one that is on it already is left as it is. */
static Datum
release_group(PG_FUNCTION_ARGS)
{
	GroupTarget	target = {0};

	begin_group_call(&target, fcinfo, 2);
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

/* Plans what becomes of the group's goods once it may be taken from, and locks; begins again if it has changed meanwhile. */
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

/* Lets what stays in the group follow the preorder dates that moved while it was on the pick list. */
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

/* Takes a group off its pick list, settles its SKUs, and returns the group in which its first goods stand now. */
static Datum
unrelease_group(PG_FUNCTION_ARGS)
{
	GroupTarget	target = {0};
	Part	   *part;

	begin_group_call(&target, fcinfo, 2);
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

/* Refuses to dispatch before the preorder date. */
static void
check_not_before(const GroupTarget *target)
{
	TimestampTz not_before = target->group->now.not_before;

	if (not_before != NO_TIME && not_before > target->call->clock)
		wrong_state(psprintf("%s must not be dispatched yet", name_group(target)),
					psprintf("It is a preorder, not to be dispatched before %s.", timestamptz_to_str(not_before)),
					"Dispatch it then.");
}

/* Refuses to dispatch what is not on the shelf. */
static void
check_on_hand_at(const GroupTarget *target, const Part *part, int64 on_hand)
{
	if (on_hand < part->now.quantity)
		wrong_state(psprintf("%s cannot be dispatched", name_group(target)),
					psprintf("Line %d needs " INT64_FORMAT " of \"%s\", only " INT64_FORMAT " are on hand at location %d.",
							 part->line_no, part->now.quantity, part->sku, Max(on_hand, 0), part->now.location),
					"Count the shelf, or take the group off its pick list first.");
}

/* Takes a part's goods off the shelf and out of the book. */
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

/* Sends a group off: its goods leave shelf and book, and the customer is told. */
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

/* Ships a ready or released group and returns it; one that has left already is left as it is. */
static Datum
ship_group(PG_FUNCTION_ARGS)
{
	static const char *const known[] = {"tracking", NULL};
	Jsonb	   *options = options_argument(fcinfo, 2, known);
	GroupTarget	target = {0};

	begin_group_call(&target, fcinfo, 3);
	lock_group(&target, true);
	if (target.group->now.status != GROUP_SHIPPED && target.group->now.status != GROUP_DELIVERED)
		ship(&target, options);
	release_savepoint(&target.savepoint);
	return end_group_call(&target, target.group, fcinfo);
}

/* Notes that a shipped group has arrived and returns it; one that was delivered already is left as it is. */
Datum
backorder_deliver_group(PG_FUNCTION_ARGS)
{
	static const char *const known[] = {"delivered_at", NULL};
	Jsonb	   *options = options_argument(fcinfo, 2, known);
	TimestampTz delivered_at = time_option(options, "delivered_at");
	GroupTarget	target = {0};

	begin_group_call(&target, fcinfo, 3);
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
