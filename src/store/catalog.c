/*
 * What the merchant says: its rules, its locations and its items.
 *
 * A call reads them in statements that begin after it has locked its SKUs, so that it sees what
 * earlier holders of these locks have committed.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"

#include "store/catalog.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/states.h"
#include "store/inventory_rows.h"
#include "store/row_values.h"

#define ITEM_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, tracked, BOOL) next(prefix, policy, TEXT) next(prefix, name, TEXT) \
	next(prefix, available_from, TIMESTAMPTZ) next(prefix, backorder_limit, INT8) \
	next(prefix, safety_stock, INT8) next(prefix, lead_time, INTERVAL) next(prefix, unit_price, NUMERIC) \
	next(prefix, slots, INT4) next(prefix, low_stock, INT8)
#define MERCHANT_COLUMNS(first, next, prefix) \
	first(prefix, ship_policy, TEXT) next(prefix, handling_time, INTERVAL) \
	next(prefix, promise_tolerance, INTERVAL) next(prefix, split_needs_consent, BOOL) \
	next(prefix, warning_interval, INTERVAL) next(prefix, time_zone, TEXT) \
	next(prefix, overdue_grace, INTERVAL) next(prefix, overdue_delay, INTERVAL) \
	next(prefix, back_in_stock_factor, NUMERIC) \
	next(prefix, late_payment, TEXT)
#define LOCATION_COLUMNS(first, next, prefix) \
	first(prefix, location_id, INT4) next(prefix, rank, INT4) next(prefix, active, BOOL)

enum {COLUMN_NUMBERS(ITEM_COLUMNS, ITEM_)};
enum {COLUMN_NUMBERS(MERCHANT_COLUMNS, MERCHANT_)};
enum {COLUMN_NUMBERS(LOCATION_COLUMNS, LOCATION_)};

DIRECT_STATEMENT(read_items,
				 DIRECTLY(DIRECT_READ, "item", "item_pkey", COLUMN_NAMES(ITEM_COLUMNS)),
				 "SELECT " COLUMN_NAMES(ITEM_COLUMNS) " FROM backorder.item"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(find_active_incentive,
				 DIRECTLY(DIRECT_READ_LAST, "incentive", "incentive_active", "incentive_id"),
				 "SELECT incentive_id FROM backorder.incentive WHERE merchant_id = $1 AND active LIMIT 1",
				 INT4OID);

DIRECT_STATEMENT(read_merchant_row,
				 DIRECTLY(DIRECT_READ, "merchant", "merchant_pkey", COLUMN_NAMES(MERCHANT_COLUMNS)),
				 "SELECT " COLUMN_NAMES(MERCHANT_COLUMNS) " FROM backorder.merchant WHERE merchant_id = $1",
				 INT4OID);

DIRECT_STATEMENT(read_locations,
				 DIRECTLY(DIRECT_READ, "location", "location_pkey", COLUMN_NAMES(LOCATION_COLUMNS)),
				 "SELECT " COLUMN_NAMES(LOCATION_COLUMNS) " FROM backorder.location"
				 " WHERE merchant_id = $1 ORDER BY location_id",
				 INT4OID);

/* Whether the merchant has incentives that are granted now. */
static bool
has_active_incentives(const Call *call)
{
	Datum		values[1] = {Int32GetDatum(call->merchant_id)};
	Rows		rows = query(&find_active_incentive, call->read_only, values, NULL);
	bool		found = rows.count > 0;

	free_rows(&rows);
	return found;
}

/* Reads the merchant's time zone; 0 for UTC, whose days have the same length. */
static Datum
read_time_zone(const Rows *rows)
{
	char	   *zone = row_text(rows, 0, MERCHANT_time_zone);

	return strcmp(zone, "UTC") == 0 ? (Datum) 0 : CStringGetTextDatum(zone);
}

/* Reads the merchant's rules; the defaults if it has no row. */
void
read_merchant(Call *call)
{
	Merchant   *merchant = &call->merchant;
	Datum		values[1] = {Int32GetDatum(call->merchant_id)};
	Rows		rows;

	merchant->has_incentives = has_active_incentives(call);
	merchant->promise_tolerance.day = merchant->warning_interval.day = 1;
	rows = query(&read_merchant_row, call->read_only, values, NULL);
	if (rows.count > 0)
	{
		merchant->ship_policy = stored_name_index(row_text(&rows, 0, MERCHANT_ship_policy),
												  ship_policy_names, "ship policy");
		merchant->handling_time = *row_interval(&rows, 0, MERCHANT_handling_time);
		merchant->promise_tolerance = *row_interval(&rows, 0, MERCHANT_promise_tolerance);
		merchant->split_needs_consent = row_bool(&rows, 0, MERCHANT_split_needs_consent);
		merchant->warning_interval = *row_interval(&rows, 0, MERCHANT_warning_interval);
		merchant->time_zone = read_time_zone(&rows);
		merchant->overdue_grace = *row_interval(&rows, 0, MERCHANT_overdue_grace);
		merchant->back_in_stock_factor = datumCopy(row_datum(&rows, 0, MERCHANT_back_in_stock_factor), false, -1);
		merchant->overdue_delay = row_interval(&rows, 0, MERCHANT_overdue_delay);
		merchant->late_payment = stored_name_index(row_text(&rows, 0, MERCHANT_late_payment), late_payment_names,
												   "late payment");
	}
	free_rows(&rows);
}

/* Reads the merchant's locations, by id. A location without a rank has its id as rank. */
void
load_locations(Call *call)
{
	Datum		values[1] = {Int32GetDatum(call->merchant_id)};
	Rows		rows = query(&read_locations, call->read_only, values, NULL);

	call->locations = palloc0_array(Location, rows.count + 1);
	for (uint64 i = 0; i < rows.count; i++)
	{
		Location   *location = &call->locations[call->nlocations++];

		location->location = row_int32(&rows, i, LOCATION_location_id);
		location->rank = row_null(&rows, i, LOCATION_rank)
			? location->location : row_int32(&rows, i, LOCATION_rank);
		location->active = row_bool(&rows, i, LOCATION_active);
	}
	free_rows(&rows);
}

/* Reads the item in a row. */
static void
read_item(CatalogItem *item, const Rows *rows, uint64 row)
{
	item->known = true;
	item->tracked = row_bool(rows, row, ITEM_tracked);
	item->policy = stored_name_index(row_text(rows, row, ITEM_policy), stock_policy_names, "stock policy");
	item->name = row_text(rows, row, ITEM_name);
	item->available_from = row_time(rows, row, ITEM_available_from);
	item->backorder_limit = row_limit(rows, row, ITEM_backorder_limit);
	item->safety_stock = row_int64(rows, row, ITEM_safety_stock);
	item->lead_time = row_interval(rows, row, ITEM_lead_time);
	item->unit_price = row_numeric(rows, row, ITEM_unit_price, &item->no_price);
	item->slots = row_int32(rows, row, ITEM_slots);
	item->low_stock = row_limit(rows, row, ITEM_low_stock);
}

/*
 * Reads the items of the call's SKUs; a SKU without an item is not known, and has no date, limit or
 * price.
 */
void
load_items(Call *call)
{
	Rows		rows;

	for (int i = 0; i < call->ninventories; i++)
	{
		CatalogItem *item = &call->inventories[i].item;

		item->available_from = NO_TIME;
		item->backorder_limit = -1;
		item->no_price = true;
		item->low_stock = -1;
	}
	rows = query_for_skus(call, &read_items, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		read_item(&find_inventory(call, row_text(&rows, i, ITEM_sku))->item, &rows, i);
	free_rows(&rows);
}

/* Whether a SKU is a service. */
bool
is_service_sku(int32 merchant_id, const char *sku)
{
	Datum		values[] = {Int32GetDatum(merchant_id), text_array(&sku, 1)};
	Rows		rows = query(&read_items, false, values, NULL);
	bool		service = rows.count == 1 && !row_bool(&rows, 0, ITEM_tracked);

	free_rows(&rows);
	return service;
}
