/*
 * Reviving an order that expire_holds() canceled: confirm_order() opens it, place_order() with its reference and content holds
 * it again.
 *
 * The order asks again for what it lost, under the rules of checkout and by the code of checkout. What is available is allocated,
 * the rest joins the end of the queue, and incentives are granted for what waits. The order keeps its id, its prices and what
 * its customer agreed to. Nobody was notified that it had expired; "placed" follows when it opens.
 *
 * A call locks the SKUs first, then the order. Only then is it sure that the order is still expired. Gifts must be locked
 * together with the SKUs, so the call runs in a savepoint, and begins again if the plan needs a gift that is not locked.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "api/revive_order.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"
#include "store/expired_parts.h"
#include "store/order_lookup.h"
#include "store/order_rows.h"
#include "engine/call.h"
#include "engine/checkout.h"
#include "engine/stages.h"

typedef enum Attempt
{
	ORDER_REVIVED,
	NOT_EXPIRED,				/* another call has revived it, or its customer has canceled it */
	NEEDS_GIFTS					/* that are not locked yet */
} Attempt;

/* Ends with an error because the merchant takes no payment after the end of a hold. */
void
refuse_late_payment(int64 order_id)
{
	wrong_state(psprintf("order " INT64_FORMAT " can no longer be confirmed", order_id),
				"Its hold has expired, and the merchant refuses late payment (merchant.late_payment).",
				"Place the order again, under the same reference or another.");
}

/* Locks the SKUs of the order, and of gifts that an earlier attempt missed, and then the order. */
static void
lock_expired_order(Call *call, const Revival *revival, const List *gifts)
{
	int			count;
	const char **skus = read_order_skus(revival->merchant_id, &revival->order_id, 1, 0, &count);
	int64	   *units;
	ListCell   *lc;

	skus = repalloc(skus, sizeof(char *) * (count + list_length(gifts) + 1));
	foreach(lc, gifts)
		skus[count++] = lfirst(lc);
	units = palloc0_array(int64, count + 1);	/* 0: the whole inventory record */
	lock_inventory_for_order(call, skus, units, count);
	lock_order_rows(call, &revival->order_id, 1);
}

/* Opens the order, or holds it again. */
static void
set_revived_status(const Call *call, const Revival *revival)
{
	Order	   *order = revival->order;
	bool		opens = revival->request == NULL || revival->request->hold == NULL;

	order->status = opens ? ORDER_OPEN : ORDER_HELD;
	order->hold_until = opens ? NO_TIME : hold_until(revival->request, call);
	order->confirmed = opens;
}

/* Asks again for the expired lines of the order, whose rows are gone; false if gifts must be locked first. */
static bool
plan_revival(Checkout *checkout, const ExpiredLines *expired)
{
	checkout->line_nos = expired->line_nos;
	checkout->order->units -= expired->units;
	add_units_to_order(checkout);
	return grant_for_waiting(checkout);
}

/* Revives the order within a savepoint, which the caller ends. */
static Attempt
try_to_revive(Call *call, Revival *revival, List **gifts)
{
	Request		request = {0};
	Checkout	checkout = {.call = call, .request = &request, .gifts = *gifts};
	ExpiredLines expired;

	checkout.may_plan_again = read_checkout_incentives(&checkout) != NIL;
	lock_expired_order(call, revival, *gifts);
	if (!take_expired_parts(call, revival->order_id, &expired))
		return NOT_EXPIRED;
	if (revival->request == NULL && call->merchant.late_payment == LATE_REFUSED)
		refuse_late_payment(revival->order_id);
	if (revival->request == NULL && call->merchant.late_payment == LATE_IF_AVAILABLE)
		checkout.may_wait = expired.short_units;
	read_locked_orders(call, &revival->order_id, 1);
	revival->order = checkout.order = get_order(call, revival->order_id);
	set_revived_status(call, revival);
	request.nlines = expired.count;
	request.lines = expired.lines;
	request.consent = revival->order->consent;
	if (!plan_revival(&checkout, &expired))
	{
		*gifts = checkout.gifts;
		return NEEDS_GIFTS;
	}
	finish_call(call);
	return ORDER_REVIVED;
}

/*
 * Revives the order, and returns it in revival->order; false, with nothing changed, if it is not
 * expired any more. Ends with an error if it cannot be revived now.
 */
bool
revive_order(Caller *caller, Revival *revival)
{
	List	   *gifts = NIL;

	for (;;)
	{
		Savepoint	savepoint;
		Attempt		attempt;
		Call	   *call;

		CHECK_FOR_INTERRUPTS();
		begin_savepoint(&savepoint);
		call = begin_call(caller, revival->merchant_id, false);
		call->cause = "revived";
		attempt = try_to_revive(call, revival, &gifts);
		if (attempt == ORDER_REVIVED)
		{
			release_savepoint(&savepoint);
			return true;
		}
		roll_back_to_savepoint(&savepoint);
		if (attempt == NOT_EXPIRED)
			return false;
	}
}
