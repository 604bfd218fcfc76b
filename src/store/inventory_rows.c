/* Statements over the SKUs of a call, and their open supply. */
#include "postgres.h"

#include "store/inventory_rows.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"

#define SUPPLY_COLUMNS "sku, quantity, received, expected_at, location_id"

DIRECT_STATEMENT(read_supplies,
				 DIRECTLY(DIRECT_READ, "supply", "supply_open", SUPPLY_COLUMNS),
				 "SELECT " SUPPLY_COLUMNS " FROM backorder.supply"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND status = 'open'"
				 " ORDER BY sku, expected_at, supply_id",
				 INT4OID, TEXTARRAYOID);

/* The names of all SKUs of the work for which wanted() holds, as text[]; *count tells how many. */
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

/* Whether the open supply of the SKU is to be read. */
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

/* Takes over what a row says in SPREAD_COLUMNS, of which this is the first. */
void
read_spread(Inventory *inv, const Rows *rows, uint64 row, int first)
{
	inv->nslots = row_int32(rows, row, first);
	inv->back_in_stock_pending = row_bool(rows, row, first + 1);
	inv->slots_idle = row_bool(rows, row, first + 2);
	inv->backordered = row_int64(rows, row, first + 3);
}

/* Takes over one row of read_supplies, if anything can be promised from it. */
static void
read_supply(Call *call, Inventory *inv, const Rows *rows, uint64 row)
{
	int64		open = row_int64(rows, row, 2) - row_int64(rows, row, 3);

	if (open <= 0 || row_null(rows, row, 4) || !is_active_location(call, row_int32(rows, row, 5)))
		return;
	if (inv->supplies == NULL)
		inv->supplies = palloc_array(Supply, rows->count - row);
	inv->supplies[inv->nsupplies++] = (Supply) {.open = open, .expected_at = row_time(rows, row, 4)};
}

/* Reads the open supply of these SKUs, which has not been read yet. */
void
load_more_supplies(Call *call, bool (*wanted) (const Inventory *))
{
	Rows		rows = query_for_skus(call, &read_supplies, wanted);

	for (uint64 i = 0; i < rows.count; i++)
		read_supply(call, find_inventory(call, row_text(&rows, i, 1)), &rows, i);
	free_rows(&rows);
}

/* Requires the whole inventory of each of these SKUs that has supply; returns whether there are any. */
bool
require_rows_with_supply(Call *call, bool (*wanted) (const Inventory *))
{
	Rows		rows = query_for_skus(call, &read_supplies, wanted);
	bool		any = rows.count > 0;

	for (uint64 i = 0; i < rows.count; i++)
		find_inventory(call, row_text(&rows, i, 1))->ordered_units = 0;
	free_rows(&rows);
	return any;
}

/* Reads the open supply of the SKUs that are marked supplies_read. */
void
load_supplies(Call *call)
{
	load_more_supplies(call, wants_supplies);
}
