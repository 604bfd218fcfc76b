/*
 * What stock, open parts and the ledger say of SKUs. The stock trigger and repair() bring the
 * inventory records to it.
 *
 * The statements of the trigger read the latest committed rows. The transaction's own snapshot may
 * be older: it could show a row that was deleted in the meantime, beside the row that was inserted
 * in its place.
 */
#include "postgres.h"

#include "store/stock_audit.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/stock_key.h"
#include "store/stock_rows.h"

/*
 * Keys whose row of stock differs from the inventory record. A transaction that holds the row is
 * the only one to change them.
 */
STATEMENT(find_differences,
		  "SELECT k.sku, k.location_id, array_position(a.locations, k.location_id) IS NULL"
		  " FROM unnest($2, $3) AS k(sku, location_id)"
		  " LEFT JOIN backorder.stock s ON s.merchant_id = $1 AND s.sku = k.sku AND s.location_id = k.location_id"
		  " LEFT JOIN backorder.availability a ON a.merchant_id = $1 AND a.sku = k.sku"
		  " WHERE coalesce(s.on_hand, 0)"
		  "  <> coalesce(a.on_hand[array_position(a.locations, k.location_id)], 0)",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID);
enum {DIFFERENCE_SKU = 1, DIFFERENCE_LOCATION, DIFFERENCE_IS_NEW};

STATEMENT(find_stock,
		  "SELECT k.sku, k.location_id, coalesce(s.on_hand, 0) FROM unnest($2, $3) AS k(sku, location_id)"
		  " LEFT JOIN backorder.stock s ON s.merchant_id = $1 AND s.sku = k.sku AND s.location_id = k.location_id",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID);

STATEMENT(find_stock_of_skus,
		  "SELECT sku, location_id, on_hand FROM backorder.stock"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku, location_id",
		  INT4OID, TEXTARRAYOID);
enum {STOCK_SKU = 1, STOCK_LOCATION, STOCK_ON_HAND};	/* of both statements */

STATEMENT(sum_open_parts,
		  "SELECT sku, status = 'backordered', coalesce(location_id, 0), sum(quantity)::bigint"
		  " FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND status IN ('allocated', 'backordered')"
		  " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
		  INT4OID, TEXTARRAYOID);
enum {OPEN_SKU = 1, OPEN_BACKORDERED, OPEN_LOCATION, OPEN_UNITS};

STATEMENT(sum_movements,
		  "SELECT sku, location_id, sum(quantity)::bigint FROM backorder.stock_movement"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) GROUP BY 1, 2 ORDER BY 1, 2",
		  INT4OID, TEXTARRAYOID);

STATEMENT(sum_movements_since,
		  "SELECT sku, location_id, sum(quantity)::bigint FROM backorder.stock_movement"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND moved_at > $3 GROUP BY 1, 2 ORDER BY 1, 2",
		  INT4OID, TEXTARRAYOID, TIMESTAMPTZOID);
enum {LEDGER_SKU = 1, LEDGER_LOCATION, LEDGER_UNITS};	/* of both statements */

/*
 * Returns those of the keys whose on hand in stock differs from the inventory record.
 * *new_locations becomes the list of those whose location the record does not have yet.
 */
List *
find_stock_differences(int32 merchant_id, const List *keys, List **new_locations)
{
	List	   *differing = NIL;
	Batch		batch;
	Rows		rows;

	*new_locations = NIL;
	batch_stock_keys(&batch, keys);
	rows = query_batch_latest(&find_differences, merchant_id, &batch);
	for (uint64 i = 0; i < rows.count; i++)
	{
		StockKey   *key = make_stock_key(row_text(&rows, i, DIFFERENCE_SKU), row_int32(&rows, i, DIFFERENCE_LOCATION));

		differing = lappend(differing, key);
		if (row_bool(&rows, i, DIFFERENCE_IS_NEW))
			*new_locations = lappend(*new_locations, key);
	}
	free_rows(&rows);
	return differing;
}

/*
 * Sets on hand of these keys, whose SKUs are locked, to what stock says now, and notes the
 * movements.
 */
void
apply_stock_differences(Call *call, const List *keys)
{
	Batch		batch;
	Rows		rows;

	batch_stock_keys(&batch, keys);
	rows = query_batch_latest(&find_stock, call->merchant_id, &batch);
	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, STOCK_SKU));

		set_on_hand(call, inv, row_int32(&rows, i, STOCK_LOCATION), row_int64(&rows, i, STOCK_ON_HAND),
					"adjusted", "stock changed");
	}
	free_rows(&rows);
}

/* Runs a statement over a merchant and SKUs (text[]). */
static Rows
query_skus(Statement *statement, int32 merchant_id, Datum skus)
{
	Datum		values[] = {Int32GetDatum(merchant_id), skus};

	return query(statement, false, values, NULL);
}

/* Returns the keys of all rows of stock of these SKUs (text[]), sorted. */
List *
read_stock_keys(int32 merchant_id, Datum skus)
{
	Rows		rows = query_skus(&find_stock_of_skus, merchant_id, skus);
	List	   *keys = NIL;

	for (uint64 i = 0; i < rows.count; i++)
		keys = lappend(keys, make_stock_key(row_text(&rows, i, STOCK_SKU), row_int32(&rows, i, STOCK_LOCATION)));
	free_rows(&rows);
	return sort_stock_keys(keys);
}

/* Sets on hand of the call's SKUs (text[]) to what stock says; no movement is noted. */
void
load_on_hand(Call *call, Datum skus)
{
	Rows		rows = query_skus(&find_stock_of_skus, call->merchant_id, skus);

	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, STOCK_SKU));

		get_stock_at(call, inv, row_int32(&rows, i, STOCK_LOCATION))->on_hand = row_int64(&rows, i, STOCK_ON_HAND);
	}
	free_rows(&rows);
}

/* Sets allocated and backordered of the call's SKUs (text[]) to the sums of their open parts. */
void
load_open_units(Call *call, Datum skus)
{
	Rows		rows = query_skus(&sum_open_parts, call->merchant_id, skus);

	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, OPEN_SKU));
		int64		units = row_int64(&rows, i, OPEN_UNITS);

		if (!inv->item.tracked)
			continue;
		if (row_bool(&rows, i, OPEN_BACKORDERED))
			inv->backordered = units;
		else
			get_stock_at(call, inv, row_int32(&rows, i, OPEN_LOCATION))->allocated = units;
	}
	free_rows(&rows);
}

/* Reads the sums of one of the statements over the ledger, as LedgerSum, in key order. */
static List *
read_sums(Rows rows)
{
	List	   *sums = NIL;

	for (uint64 i = 0; i < rows.count; i++)
	{
		LedgerSum  *sum = palloc_object(LedgerSum);

		sum->sku = row_text(&rows, i, LEDGER_SKU);
		sum->location = row_int32(&rows, i, LEDGER_LOCATION);
		sum->units = row_int64(&rows, i, LEDGER_UNITS);
		sums = lappend(sums, sum);
	}
	free_rows(&rows);
	return sums;
}

/* Returns what the ledger says of the call's SKUs (text[]), as LedgerSum, in key order. */
List *
sum_ledger(const Call *call, Datum skus)
{
	return read_sums(query_skus(&sum_movements, call->merchant_id, skus));
}

/* As sum_ledger(), of what was moved after a time. */
List *
sum_ledger_since(const Call *call, Datum skus, TimestampTz time)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), skus, TimestampTzGetDatum(time)};

	return read_sums(query(&sum_movements_since, false, values, NULL));
}
