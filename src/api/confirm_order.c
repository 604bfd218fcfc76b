/* Opens a held order. */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"
#include "store/order_rows.h"
#include "engine/call.h"
#include "engine/stages.h"
#include "api/result_rows.h"

PG_FUNCTION_INFO_V1(backorder_confirm_order);

/* Opens a held order: from now on it ships, and the customer hears of it. Confirming an open one changes nothing. */
Datum
backorder_confirm_order(PG_FUNCTION_ARGS)
{
	int64		order_id = int64_argument(fcinfo, 0, "order_id");
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	Call	   *call;
	Order	   *order;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	call = begin_call(&caller, merchant_id, false);
	lock_orders(call, &order_id, 1);
	call->clock = read_clock();
	order = get_order(call, order_id);
	if (order->status == ORDER_HELD && order->hold_until != NO_TIME && order->hold_until <= call->clock)
		wrong_state(psprintf("order " INT64_FORMAT " can no longer be confirmed", order_id),
					"Its hold has expired.", "Place a new order, under another reference.");
	if (order->status == ORDER_HELD)
	{
		order->status = ORDER_OPEN;
		order->hold_until = NO_TIME;
		order->confirmed = true;
		finish_call(call);
	}
	else if (order->status != ORDER_OPEN)
		wrong_state(psprintf("order " INT64_FORMAT " cannot be confirmed", order_id),
					psprintf("It is %s.", order_status_names[order->status]), "Only a held order can be confirmed.");
	return_parts(order, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
