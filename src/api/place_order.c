/*
 * place_order(): places an order, from JSON or from arrays, and returns its parts.
 *
 * A call with a reference that was used before returns the order of that reference, or revives it
 * if expire_holds() has canceled it. Two sessions
 * may place an order under one reference at the same time. Then the second one finds the reference
 * taken: when it writes, or when a line is short after it has waited for the locks. It returns the
 * order of the first.
 *
 * If the merchant has active incentives, the order is placed in savepoints. Which gifts the order
 * gets is known only after it is planned, but their SKUs are locked together with those of the
 * order. So a plan without locks tells which gifts to lock; if the plan with locks needs others,
 * the call rolls back and begins again. The savepoint also returns what was taken from budgets if
 * the reference turns out to be taken.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/order.h"
#include "model/request.h"
#include "rules/line_plan.h"
#include "engine/call.h"
#include "engine/checkout.h"
#include "engine/deadline.h"
#include "engine/stages.h"
#include "api/existing_order.h"
#include "api/request_argument.h"
#include "api/result_rows.h"
#include "api/revive_order.h"

/*
 * Returns the parts, as they are now, of the order that was placed under this reference; false if
 * there is none.
 */
static bool
return_existing_order(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	Order	   *order;

	if (!read_existing_order(checkout->call, checkout->request, &order))
		return false;
	return_parts(order, fcinfo);
	return true;
}

/*
 * As return_existing_order(), for a call that holds no locks yet: it places an expired order again.
 */
static bool
return_or_revive_order(const Checkout *checkout, Caller *caller, FunctionCallInfo fcinfo)
{
	Order	   *order;
	Revival		revival = {.merchant_id = checkout->call->merchant_id, .request = checkout->request};

	if (!read_existing_order(checkout->call, checkout->request, &order))
		return false;
	revival.order_id = order->order_id;
	if (!is_placed_again(checkout->call, order))
		return_parts(order, fcinfo);
	else if (revive_order(caller, &revival))
		return_parts(revival.order, fcinfo);
	else
		return_existing_order(checkout, fcinfo);
	return true;
}

/* Writes the planned order; false if another session has taken the reference in the meantime. */
static bool
write_planned_order(Checkout *checkout)
{
	check_not_refused(checkout);
	checkout->order->order_id = next_id();
	checkout->order->request_hash = request_hash(checkout->request);
	return finish_call(checkout->call);
}

/*
 * If a line is refused, returns the order that another session placed under the reference while
 * this call waited for locks.
 */
static bool
return_order_placed_meanwhile(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	for (int i = 0; i < checkout->request->nlines; i++)
		if (is_refused(&checkout->lines[i]))
			return return_existing_order(checkout, fcinfo);
	return false;
}

/* Plans the order without locks, to find which gifts it may get. */
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

/* What became of an order. */
typedef enum Outcome
{
	PLACED,						/* by this call or another, and its parts are returned */
	REFERENCE_TAKEN,			/* by another session in the meantime */
	PLAN_AGAIN					/* with the gifts that are known now */
} Outcome;

/*
 * Plans and places the order, and returns its parts, or those of the order placed under its
 * reference in the meantime.
 */
static Outcome
place_new_order(Checkout *checkout, FunctionCallInfo fcinfo)
{
	plan_request(checkout);
	refuse_late_lines(checkout, plan_order);
	if (return_order_placed_meanwhile(checkout, fcinfo))
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

/* Begins the locking call of the checkout. */
static void
begin_checkout(Checkout *checkout, Caller *caller, int32 merchant_id)
{
	checkout->call = begin_call(caller, merchant_id, false);
	checkout->call->cause = "placed";
}

/* Releases the savepoint in which the SKUs were locked, if there is one. */
static void
end_checkout(const Checkout *checkout)
{
	if (checkout->call->in_savepoint)
		release_savepoint(&checkout->call->savepoint);
}

/*
 * Rolls back to the savepoint, and first to the one inside it in which the SKUs were locked. If the
 * inner one were released first, transactions that wait for its locks would go on waiting until the
 * whole transaction ends.
 */
static void
abandon_checkout(const Checkout *checkout, const Savepoint *savepoint)
{
	if (checkout->call->in_savepoint)
		roll_back_to_savepoint(&checkout->call->savepoint);
	roll_back_to_savepoint(savepoint);
}

/*
 * Places an order of a merchant that has incentives: in savepoints, until the gifts that are locked
 * are those it gets.
 */
static void
place_with_incentives(Checkout *checkout, Caller *caller, FunctionCallInfo fcinfo)
{
	int32		merchant_id = checkout->call->merchant_id;
	Outcome		outcome;

	if (checkout->may_plan_again)
		foresee_gifts(checkout, caller);
	do
	{
		Savepoint	savepoint;

		CHECK_FOR_INTERRUPTS();
		begin_savepoint(&savepoint);
		begin_checkout(checkout, caller, merchant_id);
		outcome = place_new_order(checkout, fcinfo);
		if (outcome == PLACED)
		{
			end_checkout(checkout);
			release_savepoint(&savepoint);
		}
		else
			abandon_checkout(checkout, &savepoint);
	} while (outcome == PLAN_AGAIN);
	if (outcome == REFERENCE_TAKEN)
		return_existing_order(checkout, fcinfo);
}

/* Places an order whose reference was free when the call looked for it. */
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
		return_existing_order(checkout, fcinfo);
	end_checkout(checkout);
}

/*
 * Places the order, or finds the one that was placed under its reference before, and returns its
 * parts.
 */
static Datum
place_order(FunctionCallInfo fcinfo, Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request, .first_line = 1};
	Caller		caller;

	check_reference(request);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	checkout.import = request->placed_at != NO_TIME && may(&caller, merchant_id, ACCESS_ADMIN);
	begin_checkout(&checkout, &caller, merchant_id);
	if (!return_or_revive_order(&checkout, &caller, fcinfo))
		place_order_once(&checkout, &caller, fcinfo);
	return leave_function(&caller);
}

/* place_order(request, merchant_id): the request is one JSON object. */
FUNCTION_WITH_SAVEPOINTS(backorder_place_order, place_json_order)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return place_order(fcinfo, json_request_argument(fcinfo, 0, false), merchant_id);
}

/* place_order(reference, skus, quantities, options, merchant_id): the lines are arrays. */
FUNCTION_WITH_SAVEPOINTS(backorder_place_order_arrays, place_typed_order)
{
	int32		merchant_id = merchant_argument(fcinfo, 4);
	char	   *reference = text_argument(fcinfo, 0, "reference");

	return place_order(fcinfo, array_request_argument(fcinfo, 1, reference, false), merchant_id);
}
