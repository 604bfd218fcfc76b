/* Places an order, from JSON or from arrays. */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "api/place_order.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/errors.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"
#include "store/order_rows.h"
#include "rules/line_plan.h"
#include "engine/call.h"
#include "engine/checkout.h"
#include "engine/deadline.h"
#include "engine/stages.h"
#include "api/result_rows.h"

FUNCTION_WITH_SAVEPOINTS(backorder_place_order, place_json_order);
FUNCTION_WITH_SAVEPOINTS(backorder_place_order_arrays, place_typed_order);

DIRECT_STATEMENT(find_reference,
				 DIRECTLY(DIRECT_READ, "sales_order", "sales_order_reference_key", "order_id, request_hash"),
				 "SELECT order_id, request_hash FROM backorder.sales_order WHERE merchant_id = $1 AND reference = $2",
				 INT4OID, TEXTOID);

/* Returns the parts of the order that was made under this reference, as they are now; false if there is none. */
static bool
put_existing_order(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	Call	   *call = checkout->call;
	const Request *request = checkout->request;
	Datum		values[] = {Int32GetDatum(call->merchant_id), CStringGetTextDatum(request->reference)};
	int64		order_id;

	if (run(&find_reference, false, values, NULL) == 0)
		return false;
	if (!DatumGetBool(DirectFunctionCall2(byteaeq, datum_at(0, 2), request_hash(request))))
		ereport(ERROR,
				(errcode(ERRCODE_REFERENCE_USED),
				 errmsg("reference \"%s\" was used with other content", request->reference),
				 errdetail("It belongs to order " INT64_FORMAT ".", int64_at(0, 1)),
				 errhint("Repeat the request as it was, or use a new reference.")));
	order_id = int64_at(0, 1);
	done_reading();
	read_orders(call, &order_id, 1);
	return_parts(find_order(call, order_id), fcinfo);
	return true;
}

/* Places the order that is planned; false if another session took the reference meanwhile. */
static bool
write_planned_order(Checkout *checkout)
{
	check_not_refused(checkout);
	checkout->order->order_id = next_id();
	checkout->order->request_hash = request_hash(checkout->request);
	return finish_call(checkout->call);
}

/* Returns the order made under this reference while this call waited for the locks: a line may be short for that. */
static bool
put_order_placed_meanwhile(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	for (int i = 0; i < checkout->request->nlines; i++)
		if (is_refused(&checkout->lines[i]))
			return put_existing_order(checkout, fcinfo);
	return false;
}

/* Finds out, locking nothing, which gifts the order may get: so they can be locked with its own SKUs. */
static void
foresee_gifts(Checkout *checkout, Caller *caller)
{
	Checkout	ahead = *checkout;

	do
	{
		ahead.call = begin_call(caller, checkout->call->merchant_id, true);
		plan_request(&ahead);
		refuse_late_lines(&ahead, plan_order);
		plan_order(&ahead);
	} while (!grant_for_waiting(&ahead));
	checkout->gifts = ahead.gifts;
}

typedef enum Placing
{
	PLACED,						/* and the parts are returned */
	REFERENCE_TAKEN,			/* by another session meanwhile */
	PLAN_AGAIN					/* with the gifts that are foreseen now */
} Placing;

/* Plans and places the order, and returns its parts; or those of the order placed under its reference meanwhile. */
static Placing
place_new_order(Checkout *checkout, FunctionCallInfo fcinfo)
{
	plan_request(checkout);
	refuse_late_lines(checkout, plan_order);
	if (put_order_placed_meanwhile(checkout, fcinfo))
		return PLACED;
	check_not_refused(checkout);
	plan_order(checkout);
	if (!grant_for_waiting(checkout))
		return PLAN_AGAIN;
	if (!write_planned_order(checkout))
		return REFERENCE_TAKEN;
	return_parts(checkout->order, fcinfo);
	return PLACED;
}

/* A new work for the checkout, which locks. */
static void
begin_checkout(Checkout *checkout, Caller *caller, int32 merchant_id)
{
	checkout->call = begin_call(caller, merchant_id, false);
	checkout->call->cause = "placed";
}

/* Ends the attempt in which the book was locked, if there was one. */
static void
end_checkout(const Checkout *checkout)
{
	if (checkout->call->in_savepoint)
		release_savepoint(&checkout->call->savepoint);
}

/*
 * Lets go of all that an attempt to place the order has; of the attempt within it, in which the book was locked, first. If
 * that were kept before, who waits for one of its locks would go on only when the whole transaction has ended.
 */
static void
abandon_checkout(const Checkout *checkout, const Savepoint *savepoint)
{
	if (checkout->call->in_savepoint)
		roll_back_to_savepoint(&checkout->call->savepoint);
	roll_back_to_savepoint(savepoint);
}

/*
 * Places an order of a merchant who grants incentives, in attempts: gifts are known late, and what was taken from
 * budgets is given back if another session has taken the reference.
 */
static void
place_with_incentives(Checkout *checkout, Caller *caller, FunctionCallInfo fcinfo)
{
	int32		merchant_id = checkout->call->merchant_id;
	Placing		placing;

	if (checkout->may_plan_again)
		foresee_gifts(checkout, caller);
	do
	{
		Savepoint	savepoint;

		CHECK_FOR_INTERRUPTS();
		begin_savepoint(&savepoint);
		begin_checkout(checkout, caller, merchant_id);
		placing = place_new_order(checkout, fcinfo);
		if (placing == PLACED)
		{
			end_checkout(checkout);
			release_savepoint(&savepoint);
		}
		else
			abandon_checkout(checkout, &savepoint);
	} while (placing == PLAN_AGAIN);
	if (placing == REFERENCE_TAKEN)
		put_existing_order(checkout, fcinfo);
}

/* Places an order whose reference was not taken when it was looked for. */
static void
place_order_once(Checkout *checkout, Caller *caller, FunctionCallInfo fcinfo)
{
	checkout->may_plan_again = read_checkout_incentives(checkout) != NIL;
	if (checkout->has_incentives)
	{
		place_with_incentives(checkout, caller, fcinfo);
		return;
	}
	if (place_new_order(checkout, fcinfo) == REFERENCE_TAKEN)
		put_existing_order(checkout, fcinfo);
	end_checkout(checkout);
}

/* Places the order, or finds the one placed under its reference before, and returns its parts. */
static Datum
place_order(FunctionCallInfo fcinfo, Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request, .first_line = 1};
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	check_reference(request);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	checkout.import = request->placed_at != NO_TIME && may(&caller, merchant_id, ACCESS_ADMIN);
	begin_checkout(&checkout, &caller, merchant_id);
	if (!put_existing_order(&checkout, fcinfo))
		place_order_once(&checkout, &caller, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* place_order() with the request as one JSON object. */
static Datum
place_json_order(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return place_order(fcinfo, parse_request(jsonb_argument(fcinfo, 0, "request"), false), merchant_id);
}

/* The request in arguments first (skus), first + 1 (quantities) and first + 2 (options). */
Request *
request_argument(FunctionCallInfo fcinfo, int first, char *reference, bool comparing)
{
	int			nskus;
	int			nquantities;
	char	  **skus = text_array_argument(fcinfo, first, "skus", &nskus);
	int64	   *quantities = int64_array_argument(fcinfo, first + 1, "quantities", &nquantities);
	Jsonb	   *options = PG_ARGISNULL(first + 2) ? NULL : PG_GETARG_JSONB_P(first + 2);

	return make_request(reference, skus, nskus, quantities, nquantities, options, comparing);
}

/* place_order() with the lines as arrays. */
static Datum
place_typed_order(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 4);

	return place_order(fcinfo, request_argument(fcinfo, 1, text_argument(fcinfo, 0, "reference"), false), merchant_id);
}
