/*
 * Consent: what the customer agreed to when he ordered. Whether some of it may wait (accept_backorder), for how long
 * (max_wait), and whether it may come in instalments (accept_split); and what he was shown then.
 */
#include "postgres.h"

#include "rules/consent.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/request.h"
#include "model/states.h"

/* Whether the customer agreed to delivery in instalments; without an answer that is up to the merchant. */
bool
split_is_agreed(const Call *call, const Request *request)
{
	if (request->consent.accept_split == ANSWER_NONE)
		return !call->merchant.split_needs_consent;
	return request->consent.accept_split == ANSWER_YES;
}

/* Refuses to deliver in instalments to a customer who did not agree to that. */
static void
check_split_agreed(const Request *request)
{
	const char *policy = ship_policy_names[request->ship_policy];

	if (request->ship_policy == COMPLETE_ORDER)
		return;
	if (request->consent.accept_split == ANSWER_NO)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("malformed request: \"ship_policy\" is %s, but \"accept_split\" is false", policy),
				 errdetail("Who does not agree to delivery in instalments can only be served by complete_order."),
				 errhint("Leave \"ship_policy\" out, or ask the customer to agree.")));
	ereport(ERROR,
			(errcode(ERRCODE_MALFORMED_REQUEST),
			 errmsg("malformed request: \"ship_policy\" is %s, but \"accept_split\" is not given", policy),
			 errdetail("This merchant delivers in instalments only with the customer's consent (merchant.split_needs_consent)."),
			 errhint("Pass \"accept_split\": true if the customer agrees, or leave \"ship_policy\" out.")));
}

/* The ship policy of a new order: that which it names, else the merchant's; without consent to a split complete_order. */
ShipPolicy
agreed_policy(const Call *call, const Request *request)
{
	if (split_is_agreed(call, request))
		return request->ship_policy < 0 ? call->merchant.ship_policy : request->ship_policy;
	if (request->ship_policy >= 0)
		check_split_agreed(request);
	return COMPLETE_ORDER;
}

/* Whether the customer was told at ordering that the part cannot leave yet: it is short, or sold ahead. */
static bool
is_shown_a_wait(const Call *call, const Part *part)
{
	return part->now.status == BACKORDERED || preorder_date(call, &part->inv->item) != NO_TIME;
}

/*
 * Notes what the customer of a new order, split already, was shown: the date by which all of it leaves, if some of it
 * has to wait and every date is known; and whether one is not.
 */
void
record_promise_shown(const Call *call, Order *order)
{
	TimestampTz last = NO_TIME;
	bool		waits = false;
	bool		unknown = false;
	ListCell   *lc;

	if (!order->is_new)
		return;
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		waits |= is_shown_a_wait(call, part);
		unknown |= leaves_at(part) == NO_TIME;
		last = Max(last, leaves_at(part));
	}
	order->consent.promise_shown = waits && !unknown ? last : NO_TIME;
	order->consent.unknown_shown = unknown ? ANSWER_YES : ANSWER_NO;
}
