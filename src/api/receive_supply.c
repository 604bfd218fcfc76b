/*
 * receive_supply(): puts units of an open supply in stock, and allocates them to the queue.
 * reverse_receipt(): takes units that were received by mistake out of stock again.
 *
 * Each call locks the row of supply, then the row of stock and its location, then the SKU. If the
 * supply names another SKU or location when it is locked than when it was read, the call rolls back
 * to its savepoint and begins again.
 */
#include "postgres.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"
#include "store/supply_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"
#include "api/result_rows.h"
#include "api/keyed_call.h"

/* A call of receive_supply(). */
typedef struct Receipt
{
	int32		merchant_id;
	int64		supply_id;
	int64		quantity;
	int32		location;		/* where the units arrive */
	bool		location_given;
	bool		close;			/* no more units are expected */
	Caller		caller;
	Savepoint	savepoint;
	Call	   *call;
	SupplyRow	supply;
} Receipt;

/*
 * Reads the supply, and locks its row if asked to; the location is that of the supply unless the
 * call names one.
 */
static void
load_supply(Receipt *receipt, bool lock)
{
	if (!read_supply(receipt->merchant_id, receipt->supply_id, lock, &receipt->supply))
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("supply " INT64_FORMAT " does not exist", receipt->supply_id),
				 errhint("Check the supply and the merchant.")));
	if (!receipt->location_given)
		receipt->location = receipt->supply.location;
}

/* Locks and reads the supply, as hold_stock() calls it before it locks the stock. */
static void
lock_supply(void *target)
{
	load_supply(target, true);
}

/* Locks supply, stock and SKU; begins again if the supply has another SKU or location by then. */
static void
lock_receipt(Receipt *receipt)
{
	for (;;)
	{
		StockKey   *key;

		load_supply(receipt, false);
		key = make_stock_key(receipt->supply.sku, receipt->location);
		hold_stock(&receipt->savepoint, receipt->merchant_id, list_make1(key), true, lock_supply, receipt);
		if (strcmp(key->sku, receipt->supply.sku) == 0 && key->location == receipt->location)
			break;
		roll_back_to_savepoint(&receipt->savepoint);
	}
	receipt->call = begin_call(&receipt->caller, receipt->merchant_id, false);
	receipt->call->cause = "supply";
	receipt->call->writes_stock = true;
	receipt->call->locks_service_items = true;
	lock_inventory(receipt->call, (const char *const *) &receipt->supply.sku, 1);
}

/* Refuses a supply that is received or canceled. */
static void
check_supply_open(const Receipt *receipt)
{
	if (strcmp(receipt->supply.status, "open") != 0)
		wrong_state(psprintf("supply " INT64_FORMAT " cannot be received", receipt->supply_id),
					psprintf("It is %s.", receipt->supply.status), "Only open supply can be received.");
}

/*
 * Receives the units, and reallocates the SKU. Promises are recalculated if the queue gets less
 * than was promised from the supply: because the rest will not come, or because the location is not
 * active.
 */
static void
receive(Receipt *receipt)
{
	Inventory  *inv = &receipt->call->inventories[0];
	int64		received = add_units(receipt->supply.received, receipt->quantity);
	bool		complete = received >= receipt->supply.quantity;

	check_supply_open(receipt);
	check_quantity(received, "received");
	write_received(receipt->merchant_id, receipt->supply_id, received, complete || receipt->close);
	add_on_hand(receipt->call, inv, receipt->location, receipt->quantity, "received",
				psprintf("supply " INT64_FORMAT, receipt->supply_id));
	inv->recalculate_all = (receipt->close && !complete) || !is_active_location(receipt->call, receipt->location);
	reallocate(receipt->call);
}

/* Begins a call with the arguments of both functions. */
static Receipt
receipt_argument(FunctionCallInfo fcinfo)
{
	static const char *const known[] = {"location_id", "close", "key", NULL};
	Receipt		receipt = {0};
	Jsonb	   *options = options_argument(fcinfo, 2, known);

	receipt.supply_id = int64_argument(fcinfo, 0, "supply_id");
	receipt.quantity = quantity_argument(fcinfo, 1, "quantity");
	receipt.location = location_option(options, "location_id");
	receipt.location_given = receipt.location != NO_LOCATION;
	receipt.close = bool_option(options, "close");
	receipt.merchant_id = merchant_argument(fcinfo, 3);
	enter_function(fcinfo, &receipt.caller, receipt.merchant_id, ACCESS_APP);
	return receipt;
}

/*
 * receive_supply(supply_id, quantity, options, merchant_id): receives units of a supply, and
 * returns the stock that has them.
 */
KEYED_FUNCTION(backorder_receive_supply, receive_supply)
{
	Receipt		receipt = receipt_argument(fcinfo);

	lock_receipt(&receipt);
	receive(&receipt);
	release_savepoint(&receipt.savepoint);
	return_stock_at(&receipt.call->inventories[0], receipt.location, receipt.quantity, fcinfo);
	return leave_function(&receipt.caller);
}

/* Refuses to take back more units than were received, or units of a supply that is canceled. */
static void
check_reversible(const Receipt *receipt)
{
	if (strcmp(receipt->supply.status, "canceled") == 0)
		wrong_state(psprintf("the receipt of supply " INT64_FORMAT " cannot be reversed", receipt->supply_id),
					"The supply is canceled.", "Correct the stock with count_stock().");
	if (receipt->quantity > receipt->supply.received)
		wrong_state(psprintf("the receipt of supply " INT64_FORMAT " cannot be reversed", receipt->supply_id),
					psprintf(INT64_FORMAT " units of it were received.", receipt->supply.received),
					"Reverse no more than was received.");
}

/* Takes the units out of stock again, opens the supply, and reallocates the SKU. */
static void
reverse(Receipt *receipt)
{
	Inventory  *inv = &receipt->call->inventories[0];

	check_reversible(receipt);
	write_received(receipt->merchant_id, receipt->supply_id, receipt->supply.received - receipt->quantity, receipt->close);
	add_on_hand(receipt->call, inv, receipt->location, -receipt->quantity, "received",
				psprintf("supply " INT64_FORMAT ", reversed", receipt->supply_id));
	inv->recalculate_all = true;
	reallocate(receipt->call);
}

/*
 * reverse_receipt(supply_id, quantity, options, merchant_id): takes back units that were received by
 * mistake, and returns the stock that had them.
 */
KEYED_FUNCTION(backorder_reverse_receipt, reverse_receipt)
{
	Receipt		receipt = receipt_argument(fcinfo);

	lock_receipt(&receipt);
	reverse(&receipt);
	release_savepoint(&receipt.savepoint);
	return_stock_at(&receipt.call->inventories[0], receipt.location, -receipt.quantity, fcinfo);
	return leave_function(&receipt.caller);
}
