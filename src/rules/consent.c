/*
 * Consent: what the customer agreed to when ordering.
 *
 * The customer says whether goods may be backordered (accept_backorder), how long (max_wait), and
 * whether they may come in several shipments (accept_split). A new order also records the promise
 * that the customer was shown.
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

/*
 * Whether the customer agreed to several shipments; without an answer, the merchant's setting
 * decides.
 */
bool
split_is_agreed(const Call *call, const Request *request)
{
	if (request->consent.accept_split == ANSWER_NONE)
		return !call->merchant.split_needs_consent;
	return request->consent.accept_split == ANSWER_YES;
}

/*
 * Ends with an error if the requested ship policy needs consent to several shipments, which was not
 * given.
 */
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
				 errdetail("Without consent to several shipments, the ship policy must be complete_order."),
				 errhint("Omit \"ship_policy\", or ask the customer to agree.")));
	ereport(ERROR,
			(errcode(ERRCODE_MALFORMED_REQUEST),
			 errmsg("malformed request: \"ship_policy\" is %s, but \"accept_split\" is not given", policy),
			 errdetail("This merchant sends several shipments only with the customer's consent"
					   " (merchant.split_needs_consent)."),
			 errhint("Pass \"accept_split\": true if the customer agrees, or omit \"ship_policy\".")));
}

/*
 * Returns the ship policy of a new order: complete_order without consent to a split, else the
 * requested or the merchant's.
 */
ShipPolicy
agreed_policy(const Call *call, const Request *request)
{
	if (split_is_agreed(call, request))
		return request->ship_policy < 0 ? call->merchant.ship_policy : request->ship_policy;
	if (request->ship_policy >= 0)
		check_split_agreed(request);
	return COMPLETE_ORDER;
}

/*
 * Whether the customer saw when ordering that the part cannot leave yet: it is short, or a
 * preorder.
 */
static bool
is_shown_a_wait(const Call *call, const Part *part)
{
	return part->now.status == BACKORDERED || preorder_date(call, &part->inv->item) != NO_TIME;
}

/*
 * Records what the customer of a new order was shown, once its parts have their groups. This is the
 * date by which all parts leave, if one of them waits and all dates are known; and whether a date
 * is unknown.
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
