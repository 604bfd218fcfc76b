/*
 * Subscribe: who wants to be told when a SKU is back.
 *
 * Both functions take the lock of the SKU's book, as whatever changes its stock does: a subscriber is there when the
 * goods come, and is told, or comes after them, and sees in the answer that they are there. They write the row and
 * settle the SKU like any other call; watch.c does the telling.
 */
#include "postgres.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/payload.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

PG_FUNCTION_INFO_V1(backorder_subscribe);
PG_FUNCTION_INFO_V1(backorder_unsubscribe);

#define MAX_CONTACT_LENGTH 320	/* characters: the longest e-mail address */

/* 1 to 8 as they are returned; 9 its notice, 10 whether that is still to be sent. */
STATEMENT(read_subscription,
		  "SELECT s.subscription_id, s.sku, s.contact, s.customer, s.quantity, s.status, s.created_at, s.told_at,"
		  "  s.notification_id, d.status IN ('pending', 'leased')"
		  " FROM backorder.subscription s"
		  " LEFT JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = s.notification_id"
		  " WHERE s.merchant_id = $1 AND s.sku = $2 AND s.contact = $3",
		  INT4OID, TEXTOID, TEXTOID);

/* Begins to wait, at a new place; told_at stays, for the throttle. */
STATEMENT(begin_subscription,
		  "INSERT INTO backorder.subscription AS s"
		  " (merchant_id, sku, contact, quantity, customer, subscription_id, created_at, status)"
		  " VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')"
		  " ON CONFLICT (merchant_id, sku, contact) DO UPDATE SET quantity = EXCLUDED.quantity,"
		  "  customer = coalesce(EXCLUDED.customer, s.customer), subscription_id = EXCLUDED.subscription_id,"
		  "  created_at = EXCLUDED.created_at, status = EXCLUDED.status, notification_id = NULL, back_in_stock_pending = false",
		  INT4OID, TEXTOID, TEXTOID, INT8OID, TEXTOID, INT8OID, TIMESTAMPTZOID);

STATEMENT(change_subscription,
		  "UPDATE backorder.subscription SET quantity = $4, customer = coalesce($5, customer)"
		  " WHERE merchant_id = $1 AND sku = $2 AND contact = $3",
		  INT4OID, TEXTOID, TEXTOID, INT8OID, TEXTOID);

STATEMENT(withdraw_notification,
		  "UPDATE backorder.delivery SET status = 'withdrawn'"
		  " WHERE merchant_id = $1 AND notification_id = $2 AND status = 'pending'",
		  INT4OID, INT8OID);

/* $4: its notice was withdrawn. One that a worker has is looked at again, in case he fails to send it. */
STATEMENT(end_subscription,
		  "UPDATE backorder.subscription SET status = 'ended', back_in_stock_pending = back_in_stock_pending AND NOT $4,"
		  "  told_at = CASE WHEN NOT $4 THEN told_at END, notification_id = CASE WHEN NOT $4 THEN notification_id END"
		  " WHERE merchant_id = $1 AND sku = $2 AND contact = $3",
		  INT4OID, TEXTOID, TEXTOID, BOOLOID);

/* A call of subscribe() or unsubscribe(). */
typedef struct Subscription
{
	int32		merchant_id;
	char	   *sku;
	char	   *contact;
	int64		quantity;
	char	   *customer;		/* or NULL */

	/* as it was read */
	bool		found;
	char	   *status;
	int64		notification_id;	/* 0: none */
	bool		on_its_way;		/* its notice is pending or leased */
} Subscription;

/* Promises that the contact has 1 to MAX_CONTACT_LENGTH characters. */
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

/* Returns the subscription that the first two arguments name. */
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

/* Leaves the subscription's row as the last result. */
static void
run_read(Subscription *subscription)
{
	Datum		values[] = {
		Int32GetDatum(subscription->merchant_id), CStringGetTextDatum(subscription->sku),
		CStringGetTextDatum(subscription->contact)
	};

	subscription->found = run(&read_subscription, false, values, NULL) > 0;
}

/* Reads how the subscription stands. */
static void
load_subscription(Subscription *subscription)
{
	run_read(subscription);
	if (subscription->found)
	{
		subscription->status = text_at(0, 6);
		subscription->notification_id = int64_at(0, 9);
		subscription->on_its_way = bool_at(0, 10);
	}
	done_reading();
}

/* Whether the subscription still has its place, or its notice is on its way. */
static bool
is_live(const Subscription *subscription)
{
	if (!subscription->found)
		return false;
	return strcmp(subscription->status, "waiting") == 0 ||
		(strcmp(subscription->status, "told") == 0 && subscription->on_its_way);
}

/* Whether unsubscribe() was here already. */
static bool
has_ended(const Subscription *subscription)
{
	return strcmp(subscription->status, "ended") == 0;
}

/* Locks the book of the subscription's SKU; that of a service too, which may have been tracked. */
static Call *
lock_sku(Caller *caller, const Subscription *subscription)
{
	Call	   *call = begin_call(caller, subscription->merchant_id, false);

	call->locks_service_items = true;
	lock_inventory(call, (const char *const *) &subscription->sku, 1);
	return call;
}

/* Refuses SKUs that are not sold, and those that are never out of stock. */
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
					"It is not tracked.", "What is not tracked is never out of stock: order it.");
}

/* Writes what subscribe() was asked for: a change, or a new beginning. */
static void
write_subscription(const Call *call, const Subscription *subscription)
{
	bool		live = is_live(subscription);
	Datum		values[] = {
		Int32GetDatum(subscription->merchant_id), CStringGetTextDatum(subscription->sku),
		CStringGetTextDatum(subscription->contact), Int64GetDatum(subscription->quantity),
		subscription->customer == NULL ? (Datum) 0 : CStringGetTextDatum(subscription->customer),
		live ? (Datum) 0 : Int64GetDatum(next_id()), TimestampTzGetDatum(call->clock)
	};
	char		nulls[] = "       ";

	nulls[4] = subscription->customer == NULL ? 'n' : ' ';
	run(live ? &change_subscription : &begin_subscription, false, values, nulls);
}

/* Refuses to end what was never begun. */
static void
check_found(const Subscription *subscription)
{
	if (!subscription->found)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("there is no such subscription to \"%s\"", subscription->sku),
				 errhint("Check SKU, contact and merchant; both are compared byte by byte.")));
}

/* Ends the subscription, and withdraws its notice unless a worker has it. */
static void
end(const Subscription *subscription)
{
	Datum		notice[] = {Int32GetDatum(subscription->merchant_id), Int64GetDatum(subscription->notification_id)};
	Datum		values[] = {
		Int32GetDatum(subscription->merchant_id), CStringGetTextDatum(subscription->sku),
		CStringGetTextDatum(subscription->contact), (Datum) 0
	};

	values[3] = BoolGetDatum(subscription->on_its_way && run(&withdraw_notification, false, notice, NULL) > 0);
	run(&end_subscription, false, values, NULL);
}

/* detail: how the SKU stands, and whether all that is wanted can be had right now. */
static Datum
subscription_detail(const Inventory *inv, int64 quantity)
{
	return json_datum(psprintf("{\"available\": " INT64_FORMAT ", \"backordered\": " INT64_FORMAT ", \"in_stock\": %s}",
							   available_to_promise(inv), inv->backordered,
							   available_to_promise(inv) >= quantity ? "true" : "false"));
}

/* Returns the subscription as it is now. */
static void
put_subscription(const Call *call, Subscription *subscription, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[9];
	bool		nulls[lengthof(values)] = {false};

	run_read(subscription);
	check_found(subscription);
	for (int i = 0; i < 8; i++)
	{
		nulls[i] = null_at(0, i + 1);
		values[i] = datum_at(0, i + 1);
	}
	values[8] = subscription_detail(&call->inventories[0], int64_at(0, 5));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	done_reading();
}

/* Notes that the contact is to be told when the SKU is back, and returns the subscription. */
Datum
backorder_subscribe(PG_FUNCTION_ARGS)
{
	Subscription subscription = subscription_argument(fcinfo);
	Caller		caller;
	Call	   *call;

	subscription.quantity = quantity_argument(fcinfo, 2, "quantity");
	subscription.customer = optional_text_argument(fcinfo, 3);
	subscription.merchant_id = merchant_argument(fcinfo, 4);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, subscription.merchant_id, ACCESS_APP);
	call = lock_sku(&caller, &subscription);
	check_may_wait(&call->inventories[0]);
	load_subscription(&subscription);
	write_subscription(call, &subscription);
	reallocate(call);
	put_subscription(call, &subscription, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* Ends the subscription, whose notice is not sent any more if that can be helped, and returns it. */
Datum
backorder_unsubscribe(PG_FUNCTION_ARGS)
{
	Subscription subscription = subscription_argument(fcinfo);
	Caller		caller;
	Call	   *call;

	subscription.merchant_id = merchant_argument(fcinfo, 2);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, subscription.merchant_id, ACCESS_APP);
	load_subscription(&subscription);
	check_found(&subscription);
	call = lock_sku(&caller, &subscription);
	load_subscription(&subscription);
	check_found(&subscription);
	if (!has_ended(&subscription))
		end(&subscription);
	reallocate(call);
	put_subscription(call, &subscription, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
