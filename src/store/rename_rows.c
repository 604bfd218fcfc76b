/*
 * Rows that name a SKU, for its rename.
 *
 * The caller holds the item, the rows of stock and the lock of the SKU. Rows of parts are written
 * under that lock, so they need no lock of their own. A call that waits for the SKU finds its row gone
 * and ends with 40001.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/rename_rows.h"
#include "base/sql.h"

STATEMENT(lock_item_row,
		  "SELECT 1 FROM backorder.item WHERE merchant_id = $1 AND sku = $2 FOR UPDATE",
		  INT4OID, TEXTOID);

/* The first table that has a row of the SKU which a rename to this SKU would mix with others. */
STATEMENT(find_use_of_sku,
		  "SELECT u.name FROM (VALUES"
		  "  ('item', EXISTS (SELECT FROM backorder.item WHERE merchant_id = $1 AND sku = $2)),"
		  "  ('stock', EXISTS (SELECT FROM backorder.stock WHERE merchant_id = $1 AND sku = $2)),"
		  "  ('supply', EXISTS (SELECT FROM backorder.supply WHERE merchant_id = $1 AND sku = $2)),"
		  "  ('order_line_part', EXISTS (SELECT FROM backorder.order_line_part WHERE merchant_id = $1 AND sku = $2"
		  "    AND status IN ('allocated', 'backordered'))),"
		  "  ('subscription', EXISTS (SELECT FROM backorder.subscription WHERE merchant_id = $1 AND sku = $2)),"
		  "  ('stock_movement', EXISTS (SELECT FROM backorder.stock_movement WHERE merchant_id = $1 AND sku = $2))"
		  " ) AS u (name, found) WHERE u.found LIMIT 1",
		  INT4OID, TEXTOID);

/* An inventory record of the new SKU can only be empty; it makes room for that of the old one. */
STATEMENT(drop_empty_slots,
		  "DELETE FROM backorder.availability_slot WHERE merchant_id = $1 AND sku = $2", INT4OID, TEXTOID);
STATEMENT(drop_empty_record,
		  "DELETE FROM backorder.availability WHERE merchant_id = $1 AND sku = $2", INT4OID, TEXTOID);

#define RENAME_STATEMENT(table) \
	STATEMENT(rename_##table, \
			  "UPDATE backorder." #table " SET sku = $3 WHERE merchant_id = $1 AND sku = $2", \
			  INT4OID, TEXTOID, TEXTOID)

RENAME_STATEMENT(item);
RENAME_STATEMENT(supply);
RENAME_STATEMENT(stock);
RENAME_STATEMENT(availability);
RENAME_STATEMENT(availability_slot);
RENAME_STATEMENT(order_line_part);
RENAME_STATEMENT(subscription);
RENAME_STATEMENT(stock_warning);
RENAME_STATEMENT(stock_movement);
STATEMENT(rename_incentive,
		  "UPDATE backorder.incentive SET gift_sku = CASE WHEN gift_sku = $2 THEN $3 ELSE gift_sku END,"
		  "  skus = array_replace(skus, $2, $3)"
		  " WHERE merchant_id = $1 AND (gift_sku = $2 OR $2 = ANY (skus))",
		  INT4OID, TEXTOID, TEXTOID);

/* Notifications about the SKU itself; those about orders stay as they were written. */
STATEMENT(rename_notification,
		  "UPDATE backorder.notification SET payload = jsonb_set(payload, '{sku}', to_jsonb($3))"
		  " WHERE merchant_id = $1 AND order_id IS NULL AND payload ->> 'sku' = $2",
		  INT4OID, TEXTOID, TEXTOID);

/* Each table, in the order of the locks. */
static const struct
{
	const char *name;
	Statement  *statement;
}			tables[] = {
	{"item", &rename_item},
	{"incentive", &rename_incentive},
	{"supply", &rename_supply},
	{"stock", &rename_stock},
	{"availability", &rename_availability},
	{"availability_slot", &rename_availability_slot},
	{"order_line_part", &rename_order_line_part},
	{"subscription", &rename_subscription},
	{"stock_warning", &rename_stock_warning},
	{"stock_movement", &rename_stock_movement},
	{"notification", &rename_notification},
};

/* Locks the item; false if there is none. */
bool
lock_item(int32 merchant_id, const char *sku)
{
	Datum		values[] = {Int32GetDatum(merchant_id), CStringGetTextDatum(sku)};

	return query(&lock_item_row, false, values, NULL).count > 0;
}

/* Returns a table that has rows of the SKU, or NULL. */
char *
find_use(int32 merchant_id, const char *sku)
{
	Datum		values[] = {Int32GetDatum(merchant_id), CStringGetTextDatum(sku)};
	Rows		rows = query(&find_use_of_sku, false, values, NULL);
	char	   *table = rows.count == 0 ? NULL : row_text(&rows, 0, 1);

	free_rows(&rows);
	return table;
}

/* Gives all rows of the old SKU the new one, and notes how many of each table there were. */
void
rename_rows(void *context)
{
	Rename	   *rename = context;
	Datum		values[] = {
		Int32GetDatum(rename->merchant_id), CStringGetTextDatum(rename->old_sku), CStringGetTextDatum(rename->new_sku)
	};
	Datum		new_key[] = {values[0], values[2]};

	query(&drop_empty_slots, false, new_key, NULL);
	query(&drop_empty_record, false, new_key, NULL);
	for (int i = 0; i < lengthof(tables); i++)
	{
		RenamedTable *table = palloc_object(RenamedTable);

		*table = (RenamedTable) {.name = tables[i].name, .rows = query(tables[i].statement, false, values, NULL).count};
		rename->tables = lappend(rename->tables, table);
	}
}
