/* Statements over the SKUs of a call, and their open supply. */
#include "postgres.h"

#include "store/inventory_rows.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"

#define SUPPLY_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, quantity, INT8) next(prefix, received, INT8) \
	next(prefix, expected_at, TIMESTAMPTZ) next(prefix, location_id, INT4)
enum
{
	COLUMN_NUMBERS(SUPPLY_COLUMNS, SUPPLY_)
};

DIRECT_STATEMENT(read_supplies,
				 DIRECTLY(DIRECT_READ, "supply", "supply_open", COLUMN_NAMES(SUPPLY_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SUPPLY_COLUMNS) " FROM backorder.supply"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND status = 'open'"
				 " ORDER BY sku, expected_at, supply_id",
				 INT4OID, TEXTARRAYOID);

/* The SKUs of the call for which wanted() holds (NULL: all), as text[]; *count is their number. */
static Datum
sku_array(const Call *call, bool (*wanted) (const Inventory *), int *count)
{
	const char **names = palloc_array(const char *, Max(call->ninventories, 1));

	*count = 0;
	for (int i = 0; i < call->ninventories; i++)
		if (wanted == NULL || wanted(&call->inventories[i]))
			names[(*count)++] = call->inventories[i].sku;
	return text_array(names, *count);
}

/* Whether the call needs the open supply of the SKU. */
static bool
wants_supplies(const Inventory *inv)
{
	return inv->supplies_read;
}

/* As query_for_skus(). For each of these SKUs, tids may tell where its row was last seen. */
Rows
query_for_skus_seen(const Call *call, Statement *statement, bool (*wanted) (const Inventory *),
					const ItemPointerData *tids)
{
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	Rows		none = {0};
	int			count;

	values[1] = sku_array(call, wanted, &count);
	return count == 0 ? none : query_where_seen(statement, call->read_only, values, tids);
}

/* Runs a query over the merchant and the SKUs for which wanted() holds (NULL: all); without a SKU it runs nothing. */
Rows
query_for_skus(const Call *call, Statement *statement, bool (*wanted) (const Inventory *))
{
	return query_for_skus_seen(call, statement, wanted, NULL);
}

/* Reads SPREAD_COLUMNS, which begin at the column `first`. */
void
read_spread(Inventory *inv, const Rows *rows, uint64 row, int first)
{
	int			before = first - SPREAD_slots;

	inv->nslots = row_int32(rows, row, before + SPREAD_slots);
	inv->back_in_stock_pending = row_bool(rows, row, before + SPREAD_back_in_stock_pending);
	inv->slots_idle = row_bool(rows, row, before + SPREAD_slots_idle);
	inv->backordered = row_int64(rows, row, before + SPREAD_backordered);
}

/* Adds a supply in order of arrival; the rows come by expected_at, but an overdue supply may arrive later than others. */
static void
add_supply(Inventory *inv, Supply supply)
{
	int			at = inv->nsupplies++;

	for (; at > 0 && inv->supplies[at - 1].expected_at > supply.expected_at; at--)
		inv->supplies[at] = inv->supplies[at - 1];
	inv->supplies[at] = supply;
}

/*
 * Reads one row of supply, unless it promises nothing: fully received, without a date, overdue, or at an inactive
 * location.
 */
static void
read_supply(Call *call, Inventory *inv, const Rows *rows, uint64 row)
{
	int64		open = row_int64(rows, row, SUPPLY_quantity) - row_int64(rows, row, SUPPLY_received);

	TimestampTz arrival;

	if (open <= 0 || row_null(rows, row, SUPPLY_expected_at) ||
		!is_active_location(call, row_int32(rows, row, SUPPLY_location_id)))
		return;
	arrival = believed_arrival(call, row_time(rows, row, SUPPLY_expected_at));
	if (arrival == NO_TIME)
		return;
	if (inv->supplies == NULL)
		inv->supplies = palloc_array(Supply, rows->count - row);
	add_supply(inv, (Supply) {.open = open, .expected_at = arrival});
}

/* Reads the open supply of these SKUs, which has not been read yet. */
void
load_more_supplies(Call *call, bool (*wanted) (const Inventory *))
{
	Rows		rows = query_for_skus(call, &read_supplies, wanted);

	for (uint64 i = 0; i < rows.count; i++)
		read_supply(call, find_inventory(call, row_text(&rows, i, SUPPLY_sku)), &rows, i);
	free_rows(&rows);
}

/* Requires the row of each of these SKUs that has open supply; returns whether there are any. */
bool
require_rows_with_supply(Call *call, bool (*wanted) (const Inventory *))
{
	Rows		rows = query_for_skus(call, &read_supplies, wanted);
	bool		any = rows.count > 0;

	for (uint64 i = 0; i < rows.count; i++)
		find_inventory(call, row_text(&rows, i, SUPPLY_sku))->ordered_units = 0;
	free_rows(&rows);
	return any;
}

/* Reads the open supply of the SKUs that are marked supplies_read. */
void
load_supplies(Call *call)
{
	load_more_supplies(call, wants_supplies);
}
