/*
 * confirm_order(): opens a held order. From then on it ships, and the customer is notified.
 *
 * The merchant says what becomes of an order whose hold has ended. If it still has its units, it opens like any other. If
 * expire_holds() has canceled it, it is revived. For that the SKUs are locked before the order, so the call rolls back to its
 * savepoint, where it does not hold the order any more.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"
#include "store/catalog.h"
#include "store/expired_parts.h"
#include "store/order_rows.h"
#include "engine/call.h"
#include "engine/stages.h"
#include "api/result_rows.h"
#include "api/revive_order.h"
#include "api/keyed_call.h"

/* Refuses an order that is neither held nor open, and one whose hold has ended if the merchant says so. */
static void
check_confirmable(Call *call, const Order *order)
{
	if (order->status != ORDER_HELD && order->status != ORDER_OPEN)
		wrong_state(psprintf("order " INT64_FORMAT " cannot be confirmed", order->order_id),
					psprintf("It is %s.", order_status_names[order->status]), "Only a held order can be confirmed.");
	if (order->status == ORDER_OPEN || order->hold_until == NO_TIME || order->hold_until > call->clock)
		return;
	read_merchant(call);
	if (call->merchant.late_payment == LATE_REFUSED)
		refuse_late_payment(order->order_id);
}

/* Opens the locked order if it is held. */
static void
open_order(Call *call, Order *order)
{
	check_confirmable(call, order);
	if (order->status != ORDER_HELD)
		return;
	order->status = ORDER_OPEN;
	order->hold_until = NO_TIME;
	order->confirmed = true;
	finish_call(call);
}

/* Opens the order and returns it; NULL if it is expired and must be revived. */
static Order *
try_to_confirm(Caller *caller, int32 merchant_id, int64 order_id)
{
	Savepoint	savepoint;
	Call	   *call;
	Order	   *order;

	begin_savepoint(&savepoint);
	call = begin_call(caller, merchant_id, false);
	lock_orders(call, &order_id, 1);
	call->clock = read_clock();
	order = get_order(call, order_id);
	if (order->status == ORDER_CANCELED && is_expired(call, order_id))
	{
		roll_back_to_savepoint(&savepoint);
		return NULL;
	}
	open_order(call, order);
	release_savepoint(&savepoint);
	return order;
}

/*
 * confirm_order(order_id, options, merchant_id): opens a held order, leaves an open one as it is, and
 * returns the parts.
 */
KEYED_FUNCTION(backorder_confirm_order, confirm_order)
{
	int64		order_id = int64_argument(fcinfo, 0, "order_id");
	int32		merchant_id = merchant_argument(fcinfo, 2);
	Revival		revival = {.merchant_id = merchant_id, .order_id = order_id};
	Order	   *order = NULL;
	Caller		caller;

	(void) options_argument(fcinfo, 1, only_key);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	while (order == NULL)
	{
		CHECK_FOR_INTERRUPTS();
		order = try_to_confirm(&caller, merchant_id, order_id);
		if (order == NULL && revive_order(&caller, &revival))
			order = revival.order;
	}
	return_parts(order, fcinfo);
	return leave_function(&caller);
}
