/* spend_grant(): notes how much of a grant the customer has used, so that it is not taken back. It locks only the order. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/result.h"
#include "model/call.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/states.h"
#include "store/budgets.h"
#include "store/order_rows.h"
#include "rules/incentive_terms.h"
#include "engine/call.h"
#include "engine/stages.h"

/* Returns the grant of the order; ends with P0002 if the order has no such grant. */
static Grant *
get_grant(const Order *order, int64 incentive_id, int32 step)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		Grant	   *grant = lfirst(lc);

		if (grant->incentive_id == incentive_id && grant->step == step)
			return grant;
	}
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("order " INT64_FORMAT " was not granted step %d of incentive " INT64_FORMAT,
					order->order_id, step, incentive_id),
			 errhint("See order_incentive for the grants of the order.")));
}

/* Returns argument 3, what is spent, or (Datum) 0 for null; refuses what is no amount of money. */
static Datum
spent_argument(FunctionCallInfo fcinfo)
{
	Numeric		spent;

	if (PG_ARGISNULL(3))
		return (Datum) 0;
	spent = PG_GETARG_NUMERIC(3);
	if (numeric_is_nan(spent) || numeric_is_inf(spent) || is_less(NumericGetDatum(spent), numeric_of(0)))
		malformed("spent must be 0 or more", "Pass how much of the grant is spent in all, or null for all of it.");
	return NumericGetDatum(spent);
}

/* Refuses to spend a grant that the order does not have, or more than the grant is worth. */
static void
check_spendable(const Order *order, const Grant *grant, Datum spent)
{
	if (order->status == ORDER_HELD)
		wrong_state("the grant cannot be spent", "The order is held.", "Confirm the order first.");
	if (grant->withdrawn)
		wrong_state("the grant cannot be spent", "It is withdrawn.",
					"Grant nothing for it. The order has changed since it was granted.");
	if (grant->line_no != 0)
		wrong_state("the grant cannot be spent", "It is a gift.", "A gift is spent when it ships; ship_group() notes that.");
	if (is_less(grant->value, spent))
		wrong_state("the grant cannot be spent",
					psprintf("It is worth %s.", DatumGetCString(DirectFunctionCall1(numeric_out, grant->value))),
					"Spend no more than that. A grant is lowered when its order changes.");
}

/* Returns the row of the grant. */
static void
return_grant(const Order *order, const Grant *grant, FunctionCallInfo fcinfo)
{
	ResultRow	row = {0};

	result_int64(&row, order->order_id);
	result_int64(&row, grant->incentive_id);
	result_int32(&row, grant->step);
	result_value(&row, grant->value);
	result_value(&row, grant->spent);
	result_text(&row, grant->withdrawn ? "withdrawn" : "granted");
	result_value(&row, json_datum("{}"));
	return_row(&row, fcinfo);
}

PG_FUNCTION_INFO_V1(backorder_spend_grant);

/*
 * spend_grant(order_id, incentive_id, step, spent, options, merchant_id): notes that so much of the grant is spent in all, and
 * returns the grant. More that was spent before stays.
 */
Datum
backorder_spend_grant(PG_FUNCTION_ARGS)
{
	int64		order_id = int64_argument(fcinfo, 0, "order_id");
	int64		incentive_id = int64_argument(fcinfo, 1, "incentive_id");
	int32		step = int32_argument(fcinfo, 2, "step");
	Datum		spent = spent_argument(fcinfo);
	int32		merchant_id = merchant_argument(fcinfo, 5);
	Caller		caller;
	Call	   *call;
	Order	   *order;
	Grant	   *grant;

	(void) options_argument(fcinfo, 4, no_options);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	call = begin_call(&caller, merchant_id, false);
	lock_orders(call, &order_id, 1);
	call->clock = read_clock();
	order = get_order(call, order_id);
	grant = get_grant(order, incentive_id, step);
	if (spent == (Datum) 0)
		spent = grant->value;
	check_spendable(order, grant, spent);
	if (is_less(grant->spent, spent))
	{
		grant->spent = spent;
		grant->changed = true;
		finish_call(call);
	}
	return_grant(order, grant, fcinfo);
	return leave_function(&caller);
}
