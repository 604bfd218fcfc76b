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
#include "store/inventory_lock.h"
#include "store/order_rows.h"
#include "store/stock_rows.h"
#include "rules/promise.h"
#include "engine/call.h"
#include "engine/finish.h"
#include "engine/reallocate.h"
#include "api/result_rows.h"

FUNCTION_WITH_ATTEMPTS(backorder_release_group, release_group);
FUNCTION_WITH_ATTEMPTS(backorder_unrelease_group, unrelease_group);
FUNCTION_WITH_ATTEMPTS(backorder_ship_group, ship_group);
PG_FUNCTION_INFO_V1(backorder_deliver_group);

/* The shelves from which a group takes its goods, location 0 while it waits, and its services. */
STATEMENT(read_shelves_of_group,
		  "SELECT p.sku, coalesce(p.location_id, 0), i.tracked IS NOT FALSE FROM backorder.order_line_part p"
		  " LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = p.sku"
		  " WHERE p.merchant_id = $1 AND p.order_id = $2 AND p.group_no = $3"
		  " AND p.status IN ('allocated', 'backordered')",
		  INT4OID, INT8OID, INT4OID);

/* A call on one group. */
typedef struct GroupCall
{
	int32		merchant_id;
	int64		order_id;
	int32		group_no;
	Caller		caller;
	Attempt		attempt;
	List	   *keys;			/* of StockKey: the group's shelves, as read before the locks */
	List	   *services;		/* of SKUs of services in the group, as read then */
	Work	   *work;
	Order	   *order;
	ShipmentGroup *group;
} GroupCall;

/* Sets the call's keys to the shelves of the group's open goods, in key order, and beside them its open services. */
static void
read_keys(GroupCall *call)
{
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), Int64GetDatum(call->order_id), Int32GetDatum(call->group_no)
	};
	uint64		rows = run(&read_shelves_of_group, false, values, NULL);

	call->keys = call->services = NIL;
	for (uint64 i = 0; i < rows; i++)
		if (bool_at(i, 3))
			call->keys = lappend(call->keys, make_stock_key(text_at(i, 1), int32_at(i, 2)));
		else
			call->services = lappend(call->services, text_at(i, 1));
	done_reading();
	call->keys = sort_stock_keys(call->keys);
}

/* Whether the group's goods all stand on shelves that were locked. */
static bool
keys_suffice(const GroupCall *call)
{
	ListCell   *lc;

	foreach(lc, call->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == call->group && part->tracked && is_open(part) &&
			!has_stock_key(call->keys, part->sku, part->now.location))
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
open_book(GroupCall *call, const List *services)
{
	const char **skus = palloc_array(const char *, list_length(call->keys) + list_length(services) + 1);
	int			count = 0;
	ListCell   *lc;

	foreach(lc, call->keys)
		skus[count++] = ((StockKey *) lfirst(lc))->sku;
	foreach(lc, services)
		skus[count++] = lfirst(lc);
	call->work = open_work(&call->caller, call->merchant_id, false);
	load_book(call->work, skus, count);
}

/* Finds the locked order and group. */
static void
find_target(GroupCall *call)
{
	call->order = get_order(call->work, call->order_id);
	call->group = get_group(call->order, call->group_no);
}

/* Whether the group waits: then it takes goods from no shelf. */
static bool
waits(const GroupCall *call)
{
	ListCell   *lc;

	foreach(lc, call->keys)
		if (((StockKey *) lfirst(lc))->location == NO_LOCATION)
			return true;
	return false;
}

/* Locks the group's shelves (if it is to leave), SKUs and order; begins again if the group has changed meanwhile. */
static void
lock_group(GroupCall *call, bool leaves)
{
	for (;;)
	{
		read_keys(call);
		if (leaves && !waits(call))
			hold_stock(&call->attempt, call->merchant_id, call->keys, false, NULL, NULL);
		else
			begin_attempt(&call->attempt);
		open_book(call, NIL);
		lock_orders(call->work, &call->order_id, 1);
		find_target(call);
		if (keys_suffice(call))
			return;
		roll_back_attempt(&call->attempt);
	}
}

/* Reads the arguments order_id, group_no and, at n, the merchant, and goes to work as the owner. */
static void
open_call(GroupCall *call, FunctionCallInfo fcinfo, int n)
{
	call->order_id = int64_argument(fcinfo, 0, "order_id");
	call->group_no = int32_argument(fcinfo, 1, "group_no");
	call->merchant_id = merchant_argument(fcinfo, n);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&call->caller, call->merchant_id, ACCESS_APP);
}

/* Returns the group and ends the call. */
static Datum
close_call(GroupCall *call, const ShipmentGroup *group, FunctionCallInfo fcinfo)
{
	put_group(call->order, group, fcinfo);
	leave(&call->caller);
	SPI_finish();
	return (Datum) 0;
}

/* The group's name in messages. */
static char *
name_group(const GroupCall *call)
{
	return psprintf("shipment group %d of order " INT64_FORMAT, call->group_no, call->order_id);
}

/* Refuses to move a group of an order that is not open. */
static void
check_order_open(const GroupCall *call)
{
	if (call->order->status != ORDER_OPEN)
		wrong_state(psprintf("%s cannot be dispatched", name_group(call)),
					psprintf("The order is %s.", order_status_names[call->order->status]),
					call->order->status == ORDER_HELD ? "Confirm the order first." : "Only open orders ship.");
}

/* Refuses a group that is not where the call needs it. */
static void
refuse_status(const GroupCall *call, const char *wanted)
{
	wrong_state(psprintf("%s is not %s", name_group(call), wanted),
				psprintf("It is %s.", group_status_names[call->group->now.status]),
				"See shipment_board for the groups of the order.");
}

/* Puts a ready group on a pick list and returns it; one that is on it already is left as it is. */
static Datum
release_group(PG_FUNCTION_ARGS)
{
	GroupCall	call = {0};

	open_call(&call, fcinfo, 2);
	lock_group(&call, false);
	if (call.group->now.status != GROUP_RELEASED)
	{
		check_order_open(&call);
		if (call.group->now.status != GROUP_READY)
			refuse_status(&call, "ready");
		call.group->now.status = GROUP_RELEASED;
		call.group->now.released_at = call.work->clock;
		finish(call.work);
	}
	end_attempt(&call.attempt);
	return close_call(&call, call.group, fcinfo);
}

/* The first open part of the group. */
static Part *
first_part(const GroupCall *call)
{
	ListCell   *lc;

	foreach(lc, call->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == call->group && is_open(part))
			return part;
	}
	return NULL;
}

/* Plans what becomes of the group's goods once it may be taken from, and locks; begins again if it has changed meanwhile. */
static void
plan_unrelease(GroupCall *call)
{
	for (;;)
	{
		read_keys(call);
		begin_attempt(&call->attempt);
		open_book(call, call->services);
		call->work->cause = "stock";
		call->work->unreleased_order = call->order_id;
		call->work->unreleased_group = call->group_no;
		plan_settlement(call->work);
		lock_plan(call->work, &call->order_id, 1);
		find_target(call);
		if (keys_suffice(call))
			return;
		roll_back_attempt(&call->attempt);
	}
}

/* Lets what stays in the group follow the preorder dates that moved while it was on the pick list. */
static void
re_date_group(const GroupCall *call)
{
	ListCell   *lc;

	foreach(lc, call->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == call->group)
			re_date_part(call->work, part);
	}
}

/* Takes a group off its pick list, settles its SKUs, and returns the group in which its first goods stand now. */
static Datum
unrelease_group(PG_FUNCTION_ARGS)
{
	GroupCall	call = {0};
	Part	   *part;

	open_call(&call, fcinfo, 2);
	plan_unrelease(&call);
	if (call.group->now.status != GROUP_RELEASED)
		refuse_status(&call, "released");
	part = first_part(&call);
	call.group->now.status = GROUP_READY;
	call.group->now.released_at = NO_TIME;
	carry_out_plan(call.work);
	re_date_group(&call);
	finish(call.work);
	end_attempt(&call.attempt);
	return close_call(&call, call.group->empty ? part->group : call.group, fcinfo);
}

/* Refuses to dispatch before the preorder date. */
static void
check_not_before(const GroupCall *call)
{
	TimestampTz not_before = call->group->now.not_before;

	if (not_before != NO_TIME && not_before > call->work->clock)
		wrong_state(psprintf("%s must not be dispatched yet", name_group(call)),
					psprintf("It is a preorder, not to be dispatched before %s.", timestamptz_to_str(not_before)),
					"Dispatch it then.");
}

/* Refuses to dispatch what is not on the shelf. */
static void
check_on_shelf(const GroupCall *call, const Part *part, int64 on_hand)
{
	if (on_hand < part->now.quantity)
		wrong_state(psprintf("%s cannot be dispatched", name_group(call)),
					psprintf("Line %d needs " INT64_FORMAT " of \"%s\", only " INT64_FORMAT " are on hand at location %d.",
							 part->line_no, part->now.quantity, part->sku, Max(on_hand, 0), part->now.location),
					"Count the shelf, or take the group off its pick list first.");
}

/* Takes a part's goods off the shelf and out of the book. */
static void
ship_part(const GroupCall *call, Part *part)
{
	part->now.status = SHIPPED;
	if (part->tracked)
	{
		Shelf	   *shelf = shelf_at(part->book, part->now.location);

		check_on_shelf(call, part, shelf == NULL ? 0 : shelf->on_hand);
		add_allocated(part->book, shelf, -part->now.quantity);
		add_on_hand(call->work, part->book, part->now.location, -part->now.quantity, "shipped",
					psprintf("order " INT64_FORMAT ", group %d", call->order_id, call->group_no));
	}
}

/* Sends a group off: its goods leave shelf and book, and the customer is told. */
static void
ship(GroupCall *call, const Jsonb *options)
{
	GroupFields *now = &call->group->now;
	ListCell   *lc;

	check_order_open(call);
	if (now->status != GROUP_READY && now->status != GROUP_RELEASED)
		refuse_status(call, "ready or released");
	check_not_before(call);
	foreach(lc, call->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->group == call->group && part->now.status == ALLOCATED)
			ship_part(call, part);
	}
	now->status = GROUP_SHIPPED;
	now->shipped_at = call->work->clock;
	now->tracking = text_option(options, "tracking");
	if (now->released_at == NO_TIME)
		now->released_at = call->work->clock;
	call->work->writes_stock = true;
	finish(call->work);
}

/* Ships a ready or released group and returns it; one that has left already is left as it is. */
static Datum
ship_group(PG_FUNCTION_ARGS)
{
	static const char *const known[] = {"tracking", NULL};
	Jsonb	   *options = options_argument(fcinfo, 2, known);
	GroupCall	call = {0};

	open_call(&call, fcinfo, 3);
	lock_group(&call, true);
	if (call.group->now.status != GROUP_SHIPPED && call.group->now.status != GROUP_DELIVERED)
		ship(&call, options);
	end_attempt(&call.attempt);
	return close_call(&call, call.group, fcinfo);
}

/* Notes that a shipped group has arrived and returns it; one that was delivered already is left as it is. */
Datum
backorder_deliver_group(PG_FUNCTION_ARGS)
{
	static const char *const known[] = {"delivered_at", NULL};
	Jsonb	   *options = options_argument(fcinfo, 2, known);
	TimestampTz delivered_at = time_option(options, "delivered_at");
	GroupCall	call = {0};

	open_call(&call, fcinfo, 3);
	call.work = open_work(&call.caller, call.merchant_id, false);
	lock_orders(call.work, &call.order_id, 1);
	call.work->clock = read_clock();
	find_target(&call);
	if (call.group->now.status != GROUP_DELIVERED)
	{
		if (call.group->now.status != GROUP_SHIPPED)
			refuse_status(&call, "shipped");
		call.group->now.status = GROUP_DELIVERED;
		call.group->now.delivered_at = delivered_at == NO_TIME ? call.work->clock : delivered_at;
		finish(call.work);
	}
	return close_call(&call, call.group, fcinfo);
}
