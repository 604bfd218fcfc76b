/*
 * subscribe() and unsubscribe(): a contact asks for one notification when a SKU is back in stock,
 * or no longer.
 *
 * Both lock the SKU, as every call does that changes its stock. So a contact that subscribes before
 * goods arrive is notified of them, and one that subscribes afterwards sees in the returned row
 * that they are there. The call writes the row and ends with a reallocation; stock_alerts.c decides
 * which subscribers are notified.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/result.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/payload.h"
#include "store/subscriber_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

#define MAX_CONTACT_LENGTH 320	/* characters: the longest e-mail address */

/* Refuses a contact that is empty or longer than MAX_CONTACT_LENGTH characters. */
static void
check_contact(const char *contact)
{
	int			length = pg_mbstrlen(contact);

	if (length < 1 || length > MAX_CONTACT_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 length == 0 ? errmsg("contact must not be empty") : errmsg("contact is too long"),
				 errdetail("It has %d characters.", length),
				 errhint("Pass 1 to %d characters.", MAX_CONTACT_LENGTH)));
}

/* Returns a subscription with the SKU and contact of the first two arguments. */
static Subscription
subscription_argument(FunctionCallInfo fcinfo)
{
	Subscription subscription = {
		.sku = text_argument(fcinfo, 0, "sku"),
		.contact = text_argument(fcinfo, 1, "contact"),
	};

	check_key(subscription.sku, "sku");
	check_contact(subscription.contact);
	return subscription;
}

/* Whether the subscription waits, or its notification is still in delivery. */
static bool
is_live(const Subscription *subscription)
{
	return strcmp(subscription->status, "waiting") == 0 ||
		(strcmp(subscription->status, "told") == 0 && subscription->in_delivery);
}

/*
 * Begins a call and locks the subscription's SKU; also that of a service, which may have been
 * tracked before.
 */
static Call *
lock_sku(Caller *caller, const Subscription *subscription)
{
	Call	   *call = begin_call(caller, subscription->merchant_id, false);

	call->locks_service_items = true;
	lock_inventory(call, (const char *const *) &subscription->sku, 1);
	return call;
}

/* Refuses SKUs that are no item, and services, which are never out of stock. */
static void
check_may_wait(const Inventory *inv)
{
	if (!inv->item.known)
		ereport(ERROR,
				(errcode(ERRCODE_UNKNOWN_SKU),
				 errmsg("unknown SKU \"%s\"", inv->sku),
				 errhint("Insert the item, or correct the SKU.")));
	if (!inv->item.tracked)
		wrong_state(psprintf("there is no waiting for \"%s\"", inv->sku),
					"It is not tracked.", "An item that is not tracked is never out of stock: order it.");
}

/* Reads the subscription again, or refuses to end one that does not exist. */
static void
load_subscription(Subscription *subscription)
{
	if (!read_subscription(subscription))
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("there is no such subscription to \"%s\"", subscription->sku),
				 errhint("Check SKU, contact and merchant; SKU and contact are compared byte by byte.")));
}

/* Writes what subscribe() was asked for: changes a subscription that is live, or begins one. */
static void
write_subscription(Call *call, const Subscription *wanted)
{
	Subscription stored = *wanted;
	Inventory  *inv = &call->inventories[0];

	inv->subscribers_wait = true;
	if (read_subscription(&stored) && is_live(&stored))
	{
		change_subscription(wanted);
		return;
	}
	if (stored.uncounted)
		inv->told_units = Min(add_units(inv->told_units, stored.quantity), MAX_QUANTITY);
	begin_subscription(wanted, call->clock);
}

/* Ends the subscription, and withdraws its notification unless a worker has taken it. */
static void
end(const Subscription *subscription)
{
	bool		withdrawn = subscription->in_delivery &&
		withdraw_if_pending(subscription->merchant_id, subscription->notification_id);

	end_subscription(subscription, withdrawn);
}

/* The column detail: the SKU's availability, and whether the wanted quantity is in stock. */
static Datum
subscription_detail(const Inventory *inv, int64 quantity)
{
	return json_datum(psprintf("{\"available\": " INT64_FORMAT ", \"backordered\": " INT64_FORMAT ", \"in_stock\": %s}",
							   available_to_promise(inv), inv->backordered,
							   available_to_promise(inv) >= quantity ? "true" : "false"));
}

/* Returns the subscription as it is now. */
static void
return_subscription(const Call *call, Subscription *subscription, FunctionCallInfo fcinfo)
{
	ResultRow	row = {0};

	load_subscription(subscription);
	result_int64(&row, subscription->id);
	result_text(&row, subscription->sku);
	result_text(&row, subscription->contact);
	result_text(&row, subscription->customer);
	result_int64(&row, subscription->quantity);
	result_text(&row, subscription->status);
	result_time(&row, subscription->created_at);
	result_time(&row, subscription->told_at);
	result_value(&row, subscription_detail(&call->inventories[0], subscription->quantity));
	return_row(&row, fcinfo);
}

PG_FUNCTION_INFO_V1(backorder_subscribe);

/*
 * subscribe(sku, contact, quantity, customer, options, merchant_id): begins or changes a subscription, and
 * returns it.
 */
Datum
backorder_subscribe(PG_FUNCTION_ARGS)
{
	Subscription subscription = subscription_argument(fcinfo);
	Caller		caller;
	Call	   *call;

	subscription.quantity = quantity_argument(fcinfo, 2, "quantity");
	subscription.customer = optional_text_argument(fcinfo, 3);
	subscription.merchant_id = merchant_argument(fcinfo, 5);
	(void) options_argument(fcinfo, 4, no_options);
	enter_function(fcinfo, &caller, subscription.merchant_id, ACCESS_APP);
	call = lock_sku(&caller, &subscription);
	check_may_wait(&call->inventories[0]);
	write_subscription(call, &subscription);
	reallocate(call);
	return_subscription(call, &subscription, fcinfo);
	return leave_function(&caller);
}

PG_FUNCTION_INFO_V1(backorder_unsubscribe);

/*
 * unsubscribe(sku, contact, options, merchant_id): ends a subscription, unless it has ended already, and
 * returns it.
 */
Datum
backorder_unsubscribe(PG_FUNCTION_ARGS)
{
	Subscription subscription = subscription_argument(fcinfo);
	Caller		caller;
	Call	   *call;

	subscription.merchant_id = merchant_argument(fcinfo, 3);
	(void) options_argument(fcinfo, 2, no_options);
	enter_function(fcinfo, &caller, subscription.merchant_id, ACCESS_APP);
	load_subscription(&subscription);	/* refuses one that does not exist before a lock is taken */
	call = lock_sku(&caller, &subscription);
	load_subscription(&subscription);
	if (strcmp(subscription.status, "ended") != 0)
		end(&subscription);
	reallocate(call);
	return_subscription(call, &subscription, fcinfo);
	return leave_function(&caller);
}
