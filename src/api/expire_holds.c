/*
 * expire_holds(): cancels held orders whose hold has expired; what they held goes to the queue. The
 * parts that it cancels are recorded, so that a late payment can revive the order.
 *
 * The expired orders are read without locks. Their SKUs are locked first, then the orders. If one
 * was confirmed or canceled until then, the call rolls back to its savepoint and begins again with
 * the orders that are expired now.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"
#include "store/expired_parts.h"
#include "store/order_lookup.h"
#include "engine/call.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/amendment.h"
#include "api/result_rows.h"

/* Whether all these orders, now locked, are still held and expired. */
static bool
all_expired(const Call *call, const int64 *ids, int count, TimestampTz as_of)
{
	for (int i = 0; i < count; i++)
	{
		const Order *order = find_order(call, ids[i]);

		if (order == NULL || order->status != ORDER_HELD || order->hold_until == NO_TIME || order->hold_until > as_of)
			return false;
	}
	return true;
}

/* Plans to cancel the orders, and locks them together with the orders that get what is freed. */
static Call *
plan_expiry(Caller *caller, int32 merchant_id, const int64 *ids, int count)
{
	int			nskus;
	const char **skus = read_order_skus(merchant_id, ids, count, 0, &nskus);
	Call	   *call = begin_call(caller, merchant_id, false);
	List	   *parts;
	ListCell   *lc;

	call->cause = "quantity";
	lock_inventory(call, skus, nskus);
	parts = read_seen_parts(call, ids, count, 0);
	check_skus_locked(parts);
	foreach(lc, parts)
	{
		const SeenPart *seen = lfirst(lc);

		if (is_seen_open(seen))
			plan_cancel(call, seen, seen->quantity);
	}
	plan_reallocation(call);
	lock_orders_of_plan(call, ids, count);
	return call;
}

/* Cancels the expired orders and returns them; false if the call must begin again. */
static bool
try_to_expire(Caller *caller, int32 merchant_id, TimestampTz as_of, FunctionCallInfo fcinfo)
{
	int			count;
	int64	   *ids = read_expired_holds(merchant_id, as_of, &count);
	Savepoint	savepoint;
	Call	   *call;

	if (count == 0)
		return true;
	begin_savepoint(&savepoint);
	call = plan_expiry(caller, merchant_id, ids, count);
	if (!all_expired(call, ids, count, as_of))
	{
		roll_back_to_savepoint(&savepoint);
		return false;
	}
	record_expired_parts(call, ids, count);
	apply_plan(call);
	for (int i = 0; i < count; i++)
		cancel_services(find_order(call, ids[i]), 0);
	finish_call(call);
	release_savepoint(&savepoint);
	for (int i = 0; i < count; i++)
		return_hold(find_order(call, ids[i]), fcinfo);
	return true;
}

/*
 * expire_holds(as_of, options, merchant_id): cancels the held orders that are expired at as_of, by default
 * now, and returns them.
 */
FUNCTION_WITH_SAVEPOINTS(backorder_expire_holds, expire_holds)
{
	TimestampTz as_of = PG_ARGISNULL(0) ? read_clock() : PG_GETARG_TIMESTAMPTZ(0);
	int32		merchant_id = merchant_argument(fcinfo, 2);
	Caller		caller;

	(void) options_argument(fcinfo, 1, no_options);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	while (!try_to_expire(&caller, merchant_id, as_of, fcinfo))
		CHECK_FOR_INTERRUPTS();
	return leave_function(&caller);
}
