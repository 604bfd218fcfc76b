/* extend_hold(): makes the hold of an order last at least until a time. It locks only the order. */
#include "postgres.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "model/call.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"
#include "store/catalog.h"
#include "store/expired_parts.h"
#include "store/order_rows.h"
#include "engine/call.h"
#include "engine/stages.h"
#include "api/result_rows.h"

/* Refuses an order that is not held. */
static void
check_held(const Call *call, const Order *order)
{
	bool		expired = order->status == ORDER_CANCELED && is_expired(call, order->order_id);

	if (order->status == ORDER_HELD)
		return;
	wrong_state(psprintf("the hold of order " INT64_FORMAT " cannot be extended", order->order_id),
				expired ? "It has expired, and its units are free again."
				: psprintf("The order is %s.", order_status_names[order->status]),
				expired ? "Place the order again, under the same reference, or confirm it."
				: "Only a held order can be extended.");
}

PG_FUNCTION_INFO_V1(backorder_extend_hold);

/*
 * extend_hold(order_id, hold, options, merchant_id): moves the end of the hold to a later time, leaves a later one as it is, and
 * returns it.
 */
Datum
backorder_extend_hold(PG_FUNCTION_ARGS)
{
	int64		order_id = int64_argument(fcinfo, 0, "order_id");
	char	   *hold = text_argument(fcinfo, 1, "hold");
	int32		merchant_id = merchant_argument(fcinfo, 3);
	TimestampTz until;
	Caller		caller;
	Call	   *call;
	Order	   *order;

	(void) options_argument(fcinfo, 2, no_options);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	call = begin_call(&caller, merchant_id, false);
	lock_orders(call, &order_id, 1);
	call->clock = read_clock();
	read_merchant(call);
	order = get_order(call, order_id);
	check_held(call, order);
	until = hold_end(hold, call);
	if (order->hold_until != NO_TIME && order->hold_until < until)
	{
		check_hold_end(until, call->clock);
		order->hold_until = until;
		finish_call(call);
	}
	return_hold(order, fcinfo);
	return leave_function(&caller);
}
