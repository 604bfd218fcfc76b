/*
 * Supply: what is on its way lies under the queue. A change of it re-lays the promises; its arrival is a restock.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/states.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"
#include "api/result_rows.h"

FUNCTION_WITH_SAVEPOINTS(backorder_receive_supply, receive_supply);

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
	Savepoint	savepoint;
	Call	   *call;

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
		hold_stock(&receipt->savepoint, receipt->merchant_id, list_make1(key), true, lock_supply_row, receipt);
		if (strcmp(sku, receipt->sku) == 0 && location == receipt->location)
			break;
		roll_back_to_savepoint(&receipt->savepoint);
	}
	receipt->call = begin_call(&receipt->caller, receipt->merchant_id, false);
	receipt->call->cause = "supply";
	receipt->call->writes_stock = true;
	receipt->call->locks_service_items = true;
	lock_inventory(receipt->call, (const char *const *) &receipt->sku, 1);
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
	Inventory  *inv = &receipt->call->inventories[0];
	int64		received = add_units(receipt->received, receipt->quantity);

	check_supply_open(receipt);
	write_receipt(receipt, received);
	add_on_hand(receipt->call, inv, receipt->location, receipt->quantity, "received",
				psprintf("supply " INT64_FORMAT, receipt->supply_id));
	inv->recalculate_all = (receipt->close && received < receipt->ordered) ||
		!is_active_location(receipt->call, receipt->location);
	reallocate(receipt->call);
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
	release_savepoint(&receipt.savepoint);
	return_stock_at(&receipt.call->inventories[0], receipt.location, receipt.quantity, fcinfo);
	leave(&receipt.caller);
	SPI_finish();
	return (Datum) 0;
}
