/*
 * Restock: whatever changes a shelf ends in one fill.
 *
 * The triggers on stock compare the rows that a statement touched with the book, and act on the difference. The doors
 * set_stock, count_stock and transfer_stock write book and ledger first and stock last, so that the trigger finds none.
 */
#include "postgres.h"

#include "funcapi.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/errors.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"
#include "api/result_rows.h"

FUNCTION_WITH_SAVEPOINTS(backorder_set_stock, set_stock);
FUNCTION_WITH_SAVEPOINTS(backorder_count_stock, count_stock);
FUNCTION_WITH_SAVEPOINTS(backorder_transfer_stock, transfer_stock);

/* Opens the work of a door: the stock rows held, then the book. */
static Call *
begin_stock_call(Caller *caller, int32 merchant_id, Savepoint *savepoint, const List *keys)
{
	Call	   *call;
	int			count;
	const char **skus = stock_skus(keys, &count);

	hold_stock(savepoint, merchant_id, keys, true, NULL, NULL);
	call = begin_call(caller, merchant_id, false);
	call->cause = "stock";
	call->writes_stock = true;
	call->locks_service_items = true;
	lock_inventory(call, skus, count);
	return call;
}

/* Settles, and keeps what the attempt did. */
static void
end_stock_call(Call *call, const Savepoint *savepoint)
{
	reallocate(call);
	release_savepoint(savepoint);
}

/* What is on hand of a SKU at a location, by the book. */
static int64
on_hand_at(const Inventory *inv, int32 location)
{
	const LocationStock *loc = stock_at(inv, location);

	return loc == NULL ? 0 : loc->on_hand;
}

/* Refuses arrays that do not stand side by side. */
static void
check_side_by_side(int skus, int locations, int quantities)
{
	if (skus != locations || skus != quantities)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("skus, locations and quantities must have the same length"),
				 errdetail("There are %d SKUs, %d locations and %d quantities.", skus, locations, quantities)));
}

/* Refuses a shelf that is named twice, with what may be two different quantities. */
static void
check_distinct(const List *keys, int count)
{
	if (list_length(keys) != count)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("a SKU and location is given more than once"),
				 errhint("Give each SKU and location once.")));
}

/* Promises that the location is above 0. */
static void
check_location(int32 location)
{
	if (location <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("location %d is not above 0", location),
				 errhint("Locations are numbered from 1.")));
}

/* Sets what is on hand at many places, whatever was there before; negative where more was sold than there was. */
static Datum
set_stock(PG_FUNCTION_ARGS)
{
	int			nskus,
				nlocations,
				nquantities;
	char	  **skus = text_array_argument(fcinfo, 0, "skus", &nskus);
	int32	   *locations = int32_array_argument(fcinfo, 1, "locations", &nlocations);
	int64	   *quantities = int64_array_argument(fcinfo, 2, "quantities", &nquantities);
	int32		merchant_id = merchant_argument(fcinfo, 3);
	List	   *keys = NIL;
	int64	   *changes;
	Savepoint	savepoint;
	Caller		caller;
	Call	   *call;

	check_side_by_side(nskus, nlocations, nquantities);
	for (int i = 0; i < nskus; i++)
	{
		check_key(skus[i], "sku");
		check_location(locations[i]);
		keys = lappend(keys, make_stock_key(skus[i], locations[i]));
	}
	keys = sort_stock_keys(keys);
	check_distinct(keys, nskus);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	call = begin_stock_call(&caller, merchant_id, &savepoint, keys);
	changes = palloc_array(int64, nskus);
	for (int i = 0; i < nskus; i++)
	{
		Inventory  *inv = find_inventory(call, skus[i]);
		int64		before = on_hand_at(inv, locations[i]);

		set_on_hand(call, inv, locations[i], quantities[i], "adjusted", "set_stock");
		changes[i] = quantities[i] - before;
	}
	end_stock_call(call, &savepoint);
	for (int i = 0; i < nskus; i++)
		return_stock_at(find_inventory(call, skus[i]), locations[i], changes[i], fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* Refuses a count of a shelf that is no longer what the counter saw. */
static void
check_expected(const Inventory *inv, int32 location, int64 expected)
{
	int64		on_hand = on_hand_at(inv, location);

	if (on_hand != expected)
		wrong_state(psprintf("the shelf of \"%s\" at location %d changed while it was counted", inv->sku, location),
					psprintf(INT64_FORMAT " were expected, " INT64_FORMAT " are on hand.", expected, on_hand),
					"Count again.");
}

/* Sets what was counted, if the shelf is still what the counter saw. */
static Datum
count_stock(PG_FUNCTION_ARGS)
{
	char	   *sku = text_argument(fcinfo, 0, "sku");
	int32		location = int32_argument(fcinfo, 1, "location_id");
	int64		counted = int64_argument(fcinfo, 2, "counted");
	int64		expected = int64_argument(fcinfo, 3, "expected");
	int32		merchant_id = merchant_argument(fcinfo, 4);
	Savepoint	savepoint;
	Caller		caller;
	Call	   *call;

	check_key(sku, "sku");
	check_location(location);
	if (counted < 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("counted must not be negative"),
				 errhint("Count what is on the shelf.")));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	call = begin_stock_call(&caller, merchant_id, &savepoint, list_make1(make_stock_key(sku, location)));
	check_expected(find_inventory(call, sku), location, expected);
	set_on_hand(call, find_inventory(call, sku), location, counted, "counted", "count_stock");
	end_stock_call(call, &savepoint);
	return_stock_at(find_inventory(call, sku), location, counted - expected, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* Refuses to move units that somebody has, or that are not there. */
static void
check_transfer(const Inventory *inv, int32 from, int64 quantity)
{
	const LocationStock *loc = stock_at(inv, from);
	int64		free = loc == NULL ? 0 : Max(loc->on_hand - loc->allocated, 0);

	if (free < quantity)
		wrong_state(psprintf("cannot transfer " INT64_FORMAT " of \"%s\" from location %d", quantity, inv->sku, from),
					psprintf(INT64_FORMAT " are free there.", free),
					"Only free units can be transferred.");
}

/* Moves free units from one location to another. */
static Datum
transfer_stock(PG_FUNCTION_ARGS)
{
	char	   *sku = text_argument(fcinfo, 0, "sku");
	int32		from = int32_argument(fcinfo, 1, "from_location");
	int32		to = int32_argument(fcinfo, 2, "to_location");
	int64		quantity = quantity_argument(fcinfo, 3, "quantity");
	int32		merchant_id = merchant_argument(fcinfo, 4);
	const char *cause = psprintf("transfer from %d to %d", from, to);
	List	   *keys;
	Savepoint	savepoint;
	Caller		caller;
	Call	   *call;

	check_key(sku, "sku");
	check_location(from);
	check_location(to);
	if (from == to)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("from_location and to_location are the same")));
	keys = sort_stock_keys(list_make2(make_stock_key(sku, from), make_stock_key(sku, to)));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	call = begin_stock_call(&caller, merchant_id, &savepoint, keys);
	check_transfer(find_inventory(call, sku), from, quantity);
	add_on_hand(call, find_inventory(call, sku), from, -quantity, "transferred", cause);
	add_on_hand(call, find_inventory(call, sku), to, quantity, "transferred", cause);
	end_stock_call(call, &savepoint);
	return_stock_at(find_inventory(call, sku), from, -quantity, fcinfo);
	return_stock_at(find_inventory(call, sku), to, quantity, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
