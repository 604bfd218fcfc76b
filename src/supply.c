/*
 * Supply: what is on its way lies under the queue. A change of it re-lays the promises; its arrival is a restock.
 */
#include "backorder.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "json.h"
#include "miscadmin.h"
#include "statement.h"
#include "stock.h"
#include "trigger.h"
#include "utils/builtins.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(backorder_supply_changed);
FUNCTION_WITH_ATTEMPTS(backorder_receive_supply, receive_supply);
PG_FUNCTION_INFO_V1(backorder_repromise);

#define SUPPLY_COLUMNS "sku, location_id, quantity, received, status"

STATEMENT(read_supply,
		  "SELECT " SUPPLY_COLUMNS " FROM backorder.supply WHERE merchant_id = $1 AND supply_id = $2",
		  INT4OID, INT8OID);

STATEMENT(lock_supply,
		  "SELECT " SUPPLY_COLUMNS " FROM backorder.supply WHERE merchant_id = $1 AND supply_id = $2"
		  " FOR NO KEY UPDATE",
		  INT4OID, INT8OID);

STATEMENT(update_supply,
		  "UPDATE backorder.supply SET received = $3, status = $4 WHERE merchant_id = $1 AND supply_id = $2",
		  INT4OID, INT8OID, INT8OID, TEXTOID);

/* Whether a change of a supply concerns the promises; what receive_supply() writes does not. */
static bool
supply_matters(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	static const char *const columns[] = {"merchant_id", "sku", "location_id", "quantity", "expected_at"};

	if (before == NULL || after == NULL)
		return true;
	for (size_t i = 0; i < lengthof(columns); i++)
		if (differs(before, after, desc, columns[i]))
			return true;
	return differs(before, after, desc, "status") && !has_text(after, desc, "status", "received");
}

/* Whether the row says that something was received, other than before. */
static bool
books_receipt(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc)
{
	if (after == NULL)
		return false;
	if (before == NULL)
		return has_text(after, desc, "status", "received") || int64_of(after, desc, "received") != 0;
	return differs(before, after, desc, "received") ||
		(differs(before, after, desc, "status") && has_text(after, desc, "status", "received"));
}

/* Refuses to note an arrival without the goods. */
static void
check_no_receipt(TriggerData *trigger, const Caller *caller)
{
	if (!is_owner(caller) && touched_keys(trigger, books_receipt) != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("received, and status 'received', are written by receive_supply() alone"),
				 errhint("Call backorder.receive_supply(supply_id, quantity).")));
}

/* Re-lays the promises of these SKUs' queues. */
static void
relay_skus(Work *work, const char *const *skus, int count)
{
	load_book(work, skus, count);
	for (int i = 0; i < work->nskus; i++)
		work->skus[i].must_relay = true;
	settle(work);
}

/* Statement trigger on supply. */
Datum
backorder_supply_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = statement_trigger(fcinfo);
	Caller		caller;
	List	   *keys;

	if (is_restore())
		return PointerGetDatum(NULL);
	SPI_connect();
	enter_unchecked(&caller);
	check_no_receipt(trigger, &caller);
	keys = sort_keys(touched_keys(trigger, supply_matters));
	for (int i = 0; i < list_length(keys);)
	{
		int32		merchant_id = ((TouchedKey *) list_nth(keys, i))->merchant_id;
		List	   *group;
		const char **skus;
		int			count;
		Work	   *work;

		i = keys_of_merchant(keys, i, &group);
		share_stock_locations(merchant_id, shelves_of(group));
		skus = skus_of(group, &count);
		work = open_work(&caller, merchant_id, false);
		work->cause = "supply";
		relay_skus(work, skus, count);
	}
	leave(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}

/* A call of receive_supply(). */
typedef struct Receipt
{
	int32		merchant_id;
	int64		supply_id;
	int64		quantity;
	int32		location;		/* where it arrives */
	bool		location_given;
	bool		close;
	Caller		caller;
	Attempt		attempt;
	Work	   *work;

	/* the supply */
	char	   *sku;
	int64		ordered;
	int64		received;
	char	   *status;
} Receipt;

/* Reads the supply with one of the two statements over it. */
static void
read_supply_row(Receipt *receipt, Statement *statement)
{
	Datum		values[] = {Int32GetDatum(receipt->merchant_id), Int64GetDatum(receipt->supply_id)};

	if (run(statement, false, values, NULL) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("supply " INT64_FORMAT " does not exist", receipt->supply_id),
				 errhint("Check the supply and the merchant.")));
	receipt->sku = text_at(0, 1);
	if (!receipt->location_given)
		receipt->location = int32_at(0, 2);
	receipt->ordered = int64_at(0, 3);
	receipt->received = int64_at(0, 4);
	receipt->status = text_at(0, 5);
	done_reading();
}

/* Locks the receipt's supply and reads it anew, as hold_stock() calls it. */
static void
lock_supply_row(void *target)
{
	read_supply_row(target, &lock_supply);
}

/* Locks supply, shelf and SKU; begins again if the supply was moved to another shelf meanwhile. */
static void
lock_receipt(Receipt *receipt)
{
	for (;;)
	{
		const char *sku;
		int32		location;
		StockKey   *key;

		read_supply_row(receipt, &read_supply);
		sku = receipt->sku;
		location = receipt->location;
		key = make_stock_key(sku, location);
		hold_stock(&receipt->attempt, receipt->merchant_id, list_make1(key), true, lock_supply_row, receipt);
		if (strcmp(sku, receipt->sku) == 0 && location == receipt->location)
			break;
		roll_back_attempt(&receipt->attempt);
	}
	receipt->work = open_work(&receipt->caller, receipt->merchant_id, false);
	receipt->work->cause = "supply";
	receipt->work->writes_stock = true;
	receipt->work->locks_services = true;
	load_book(receipt->work, (const char *const *) &receipt->sku, 1);
}

/* Refuses to receive what is not expected any more. */
static void
check_supply_open(const Receipt *receipt)
{
	if (strcmp(receipt->status, "open") != 0)
		wrong_state(psprintf("supply " INT64_FORMAT " cannot be received", receipt->supply_id),
					psprintf("It is %s.", receipt->status), "Only open supply can be received.");
}

/* Notes in the supply what has come; all of it, or no more of it, makes it received. */
static void
write_receipt(const Receipt *receipt, int64 received)
{
	bool		all = received >= receipt->ordered || receipt->close;
	Datum		values[] = {
		Int32GetDatum(receipt->merchant_id), Int64GetDatum(receipt->supply_id), Int64GetDatum(received),
		CStringGetTextDatum(all ? "received" : "open")
	};

	check_quantity(received, "received");
	run(&update_supply, false, values, NULL);
}

/* Books the arrival; where the queue cannot have what was promised from it, the promises are re-laid. */
static void
receive(Receipt *receipt)
{
	Sku		   *book = &receipt->work->skus[0];
	int64		received = add_units(receipt->received, receipt->quantity);

	check_supply_open(receipt);
	write_receipt(receipt, received);
	add_on_hand(receipt->work, book, receipt->location, receipt->quantity, "received",
				psprintf("supply " INT64_FORMAT, receipt->supply_id));
	book->must_relay = (receipt->close && received < receipt->ordered) ||
		!is_active_location(receipt->work, receipt->location);
	settle(receipt->work);
}

/* Puts what has come of a supply on the shelf, settles who gets it, and returns the shelf. */
static Datum
receive_supply(PG_FUNCTION_ARGS)
{
	static const char *const known[] = {"location_id", "close", NULL};
	Receipt		receipt = {0};
	Jsonb	   *options = options_argument(fcinfo, 2, known);

	receipt.supply_id = int64_argument(fcinfo, 0, "supply_id");
	receipt.quantity = quantity_argument(fcinfo, 1, "quantity");
	receipt.location = location_option(options, "location_id");
	receipt.location_given = receipt.location != NO_LOCATION;
	receipt.close = bool_option(options, "close");
	receipt.merchant_id = merchant_argument(fcinfo, 3);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&receipt.caller, receipt.merchant_id, ACCESS_APP);
	lock_receipt(&receipt);
	receive(&receipt);
	end_attempt(&receipt.attempt);
	put_shelf(&receipt.work->skus[0], receipt.location, receipt.quantity, fcinfo);
	leave(&receipt.caller);
	SPI_finish();
	return (Datum) 0;
}

/* detail of a part whose date changed. */
static Datum
promise_detail(const Part *part)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"promise_basis\": ");
	append_basis(&json, part->now.basis);
	appendStringInfoChar(&json, '}');
	return json_datum(json.data);
}

/* Returns one part whose date changed: from what, to what. */
static void
put_promise(const Part *part, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[] = {
		Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no), Int32GetDatum(part->part_no),
		CStringGetTextDatum(part->sku), TimestampTzGetDatum(part->was.promised_at),
		TimestampTzGetDatum(part->now.promised_at),
		promise_detail(part)
	};
	bool		nulls[lengthof(values)] = {false};

	nulls[4] = part->was.promised_at == NO_TIME;
	nulls[5] = part->now.promised_at == NO_TIME;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Returns the parts of an order that wait and whose date changed. */
static void
put_promises(const Order *order, FunctionCallInfo fcinfo)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->now.status == BACKORDERED && part->now.promised_at != part->was.promised_at)
			put_promise(part, fcinfo);
	}
}

/* Lays open supply under the queues again and returns the dates that changed. */
Datum
backorder_repromise(PG_FUNCTION_ARGS)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	Work	   *work;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	work = open_work(&caller, merchant_id, false);
	work->cause = "repromise";
	work->answer = put_promises;
	work->fcinfo = fcinfo;
	relay_skus(work, (const char *const *) skus, count);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
