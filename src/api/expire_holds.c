/* Cancels held orders whose time is over. */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/request.h"
#include "model/states.h"
#include "engine/call.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/amendment.h"

FUNCTION_WITH_SAVEPOINTS(backorder_expire_holds, expire_holds);

STATEMENT(read_expired,
		  "SELECT order_id FROM backorder.sales_order"
		  " WHERE merchant_id = $1 AND status = 'held' AND hold_until <= $2 ORDER BY order_id",
		  INT4OID, TIMESTAMPTZOID);

/* The held orders whose time is over; *count tells how many. */
static int64 *
expired_orders(int32 merchant_id, TimestampTz as_of, int *count)
{
	Datum		values[] = {Int32GetDatum(merchant_id), TimestampTzGetDatum(as_of)};
	int64	   *ids;

	*count = run(&read_expired, false, values, NULL);
	ids = palloc_array(int64, *count + 1);
	for (int i = 0; i < *count; i++)
		ids[i] = int64_at(i, 1);
	done_reading();
	return ids;
}

/* Whether all these orders, locked now, are still held and expired. */
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

/* Plans to cancel whole orders, and locks them with all that get what comes free. */
static Call *
plan_expiry(Caller *caller, int32 merchant_id, const int64 *ids, int count)
{
	int			nskus;
	const char **skus = order_skus(merchant_id, ids, count, 0, &nskus);
	Call	   *call = begin_call(caller, merchant_id, false);
	ListCell   *lc;

	call->cause = "quantity";
	lock_inventory(call, skus, nskus);
	foreach(lc, read_seen_parts(call, ids, count, 0))
		if (is_seen_open(lfirst(lc)))
			plan_cancel(call, lfirst(lc), ((SeenPart *) lfirst(lc))->quantity);
	plan_reallocation(call);
	lock_orders_of_plan(call, ids, count);
	return call;
}

/* Returns one order that has expired. */
static void
put_expired(const Order *order, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[] = {
		Int64GetDatum(order->order_id), CStringGetTextDatum(order->reference), TimestampTzGetDatum(order->hold_until),
		json_datum("{}")
	};
	bool		nulls[lengthof(values)] = {false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Cancels the expired orders; begins again where one was confirmed or canceled before it could be locked. */
static void
expire(Caller *caller, int32 merchant_id, TimestampTz as_of, FunctionCallInfo fcinfo)
{
	for (;;)
	{
		Savepoint	savepoint;
		Call	   *call;
		int			count;
		int64	   *ids = expired_orders(merchant_id, as_of, &count);

		if (count == 0)
			return;
		begin_savepoint(&savepoint);
		call = plan_expiry(caller, merchant_id, ids, count);
		if (!all_expired(call, ids, count, as_of))
		{
			roll_back_to_savepoint(&savepoint);
			continue;
		}
		apply_plan(call);
		for (int i = 0; i < count; i++)
			cancel_services(find_order(call, ids[i]), 0);
		finish_call(call);
		release_savepoint(&savepoint);
		for (int i = 0; i < count; i++)
			put_expired(find_order(call, ids[i]), fcinfo);
		return;
	}
}

/* Cancels the held orders whose time is over at as_of, now by default, and returns them. */
static Datum
expire_holds(PG_FUNCTION_ARGS)
{
	TimestampTz as_of = PG_ARGISNULL(0) ? read_clock() : PG_GETARG_TIMESTAMPTZ(0);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	expire(&caller, merchant_id, as_of, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
