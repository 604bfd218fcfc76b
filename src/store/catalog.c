/* Items, locations and the merchant. */
#include "postgres.h"

#include "store/catalog.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/states.h"
#include "store/inventory_rows.h"

#define ITEM_COLUMNS \
	"sku, tracked, policy, name, available_from, backorder_limit, safety_stock, lead_time, unit_price,"\
	" slots, low_stock"

DIRECT_STATEMENT(read_items,
				 DIRECTLY(DIRECT_READ, "item", "item_pkey", ITEM_COLUMNS),
				 "SELECT " ITEM_COLUMNS " FROM backorder.item WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

/* Whether there are incentives that are granted now. */
DIRECT_STATEMENT(find_incentive,
				 DIRECTLY(DIRECT_READ_LAST, "incentive", "incentive_active", "incentive_id"),
				 "SELECT incentive_id FROM backorder.incentive WHERE merchant_id = $1 AND active LIMIT 1",
				 INT4OID);

#define MERCHANT_COLUMNS "ship_policy, handling_time, promise_tolerance, split_needs_consent, warning_interval"

DIRECT_STATEMENT(read_merchant_row,
				 DIRECTLY(DIRECT_READ, "merchant", "merchant_pkey", MERCHANT_COLUMNS),
				 "SELECT " MERCHANT_COLUMNS " FROM backorder.merchant WHERE merchant_id = $1",
				 INT4OID);

DIRECT_STATEMENT(read_locations_of_merchant,
				 DIRECTLY(DIRECT_READ, "location", "location_pkey", "location_id, rank, active"),
				 "SELECT location_id, rank, active FROM backorder.location WHERE merchant_id = $1 ORDER BY location_id",
				 INT4OID);

/* Reads the merchant's rules, or the defaults where it has no row. */
void
read_merchant(Call *call)
{
	Datum		values[1] = {Int32GetDatum(call->merchant_id)};
	uint64		rows = run(&find_incentive, call->read_only, values, NULL);

	call->merchant.has_incentives = rows > 0;
	done_reading();
	rows = run(&read_merchant_row, call->read_only, values, NULL);
	call->merchant.promise_tolerance.day = call->merchant.warning_interval.day = 1;
	if (rows == 0)
		return;
	call->merchant.ship_policy = name_index(text_at(0, 1), ship_policy_names);
	call->merchant.handling_time = *DatumGetIntervalP(datum_at(0, 2));
	call->merchant.promise_tolerance = *DatumGetIntervalP(datum_at(0, 3));
	call->merchant.split_needs_consent = bool_at(0, 4);
	call->merchant.warning_interval = *DatumGetIntervalP(datum_at(0, 5));
	done_reading();
}

/* Reads the merchant's locations, by id. */
void
load_locations(Call *call)
{
	Datum		values[1] = {Int32GetDatum(call->merchant_id)};
	uint64		rows = run(&read_locations_of_merchant, call->read_only, values, NULL);

	call->locations = palloc0_array(Location, rows + 1);
	for (uint64 i = 0; i < rows; i++)
	{
		Location   *location_row = &call->locations[call->nlocations++];

		location_row->location = int32_at(i, 1);
		location_row->rank = null_at(i, 2) ? location_row->location : int32_at(i, 2);
		location_row->active = bool_at(i, 3);
	}
	if (rows > 0)
		done_reading();
}

/* Takes over what a row of read_items says of an item, which is known by that. */
static void
read_item(CatalogItem *item, uint64 row)
{
	item->known = true;
	item->tracked = bool_at(row, 2);
	item->policy = name_index(text_at(row, 3), stock_policy_names);
	item->name = text_at(row, 4);
	item->available_from = time_at(row, 5);
	item->backorder_limit = null_at(row, 6) ? -1 : int64_at(row, 6);
	item->safety_stock = int64_at(row, 7);
	item->lead_time = NULL;
	if (!null_at(row, 8))
	{
		item->lead_time = palloc_object(Interval);
		*item->lead_time = *DatumGetIntervalP(datum_at(row, 8));
	}
	item->unit_price = numeric_at(row, 9, &item->no_price);
	item->slots = int32_at(row, 10);
	item->low_stock = null_at(row, 11) ? -1 : int64_at(row, 11);
}

/* Reads what the catalogue says, in statements begun after the lock. */
void
load_items(Call *call)
{
	uint64		rows;

	for (int i = 0; i < call->ninventories; i++)
	{
		CatalogItem *item = &call->inventories[i].item;

		item->available_from = NO_TIME;
		item->backorder_limit = -1;
		item->no_price = true;
		item->low_stock = -1;
	}
	rows = run_for_skus(call, &read_items, NULL);
	for (uint64 i = 0; i < rows; i++)
	{
		Inventory  *inv = find_inventory(call, text_at(i, 1));

		read_item(&inv->item, i);
	}
	if (rows > 0)
		done_reading();
}

/* Whether a SKU is a service, in no stock. */
bool
is_service_sku(int32 merchant_id, const char *sku)
{
	const char *skus[] = {sku};
	Datum		values[] = {Int32GetDatum(merchant_id), text_array(skus, 1)};
	bool		service = run(&read_items, false, values, NULL) == 1 && !bool_at(0, 2);

	done_reading();
	return service;
}
