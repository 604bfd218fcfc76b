/* confirm_order(): opens a held order. From then on it ships, and the customer is notified. */
#include "postgres.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"
#include "store/order_rows.h"
#include "engine/call.h"
#include "engine/stages.h"
#include "api/result_rows.h"

/* Refuses an order that is neither held nor open, and one whose hold has expired. */
static void
check_confirmable(const Order *order, TimestampTz clock)
{
	if (order->status == ORDER_HELD && order->hold_until != NO_TIME && order->hold_until <= clock)
		wrong_state(psprintf("order " INT64_FORMAT " can no longer be confirmed", order->order_id),
					"Its hold has expired.", "Place a new order, under another reference.");
	if (order->status != ORDER_HELD && order->status != ORDER_OPEN)
		wrong_state(psprintf("order " INT64_FORMAT " cannot be confirmed", order->order_id),
					psprintf("It is %s.", order_status_names[order->status]), "Only a held order can be confirmed.");
}

PG_FUNCTION_INFO_V1(backorder_confirm_order);

/*
 * confirm_order(order_id, merchant_id): opens a held order, leaves an open one as it is, and
 * returns the parts.
 */
Datum
backorder_confirm_order(PG_FUNCTION_ARGS)
{
	int64		order_id = int64_argument(fcinfo, 0, "order_id");
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	Call	   *call;
	Order	   *order;

	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	call = begin_call(&caller, merchant_id, false);
	lock_orders(call, &order_id, 1);
	call->clock = read_clock();
	order = get_order(call, order_id);
	check_confirmable(order, call->clock);
	if (order->status == ORDER_HELD)
	{
		order->status = ORDER_OPEN;
		order->hold_until = NO_TIME;
		order->confirmed = true;
		finish_call(call);
	}
	return_parts(order, fcinfo);
	return leave_function(&caller);
}
