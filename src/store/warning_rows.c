/*
 * When the merchant was last warned of a SKU: rows of stock_warning.
 *
 * They are read and written under the lock of the SKU, so they need no lock of their own.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/warning_rows.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"

#define WARNING_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, kind, TEXT) next(prefix, told_at, TIMESTAMPTZ)
enum {COLUMN_NUMBERS(WARNING_COLUMNS, WARNING_)};

DIRECT_STATEMENT(read_warnings,
				 DIRECTLY(DIRECT_READ, "stock_warning", "stock_warning_pkey", COLUMN_NAMES(WARNING_COLUMNS)),
				 "SELECT " COLUMN_NAMES(WARNING_COLUMNS) " FROM backorder.stock_warning"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(insert_warnings,
				 DIRECTLY(DIRECT_INSERT, "stock_warning", NULL, COLUMN_NAMES(WARNING_COLUMNS)),
				 "INSERT INTO backorder.stock_warning (merchant_id, " COLUMN_NAMES(WARNING_COLUMNS) ")"
				 " SELECT $1, w.* FROM unnest($2, $3, $4) AS w(" COLUMN_NAMES(WARNING_COLUMNS) ")",
				 INT4OID, COLUMN_ARRAY_TYPES(WARNING_COLUMNS));

DIRECT_STATEMENT(update_warnings,
				 DIRECTLY(DIRECT_UPDATE, "stock_warning", "stock_warning_pkey", COLUMN_NAMES(WARNING_COLUMNS),
						  .nkeys = 2),
				 "UPDATE backorder.stock_warning t SET told_at = w.told_at"
				 " FROM unnest($2, $3, $4) AS w(" COLUMN_NAMES(WARNING_COLUMNS) ")"
				 " WHERE t.merchant_id = $1 AND t.sku = w.sku AND t.kind = w.kind",
				 INT4OID, COLUMN_ARRAY_TYPES(WARNING_COLUMNS));

/* Returns when the merchant was last warned of these SKUs: a list of StockWarning. */
List *
read_stock_warnings(const Call *call, const char *const *skus, int count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(skus, count)};
	Rows		rows = query(&read_warnings, call->read_only, values, NULL);
	List	   *warnings = NIL;

	for (uint64 i = 0; i < rows.count; i++)
	{
		StockWarning *warning = palloc_object(StockWarning);

		*warning = (StockWarning) {.sku = row_text(&rows, i, WARNING_sku), .kind = row_text(&rows, i, WARNING_kind),
		.told_at = row_time(&rows, i, WARNING_told_at)};
		warnings = lappend(warnings, warning);
	}
	free_rows(&rows);
	return warnings;
}

/* Writes when the merchant was warned: a list of StockWarning. */
void
write_stock_warnings(const Call *call, const List *warnings)
{
	static const Oid types[] = {COLUMN_TYPES(WARNING_COLUMNS)};
	Batch		first;
	Batch		again;
	ListCell   *lc;

	start_batch(&first, lengthof(types), types);
	start_batch(&again, lengthof(types), types);
	foreach(lc, warnings)
	{
		const StockWarning *warning = lfirst(lc);
		Datum		row[] = {CStringGetTextDatum(warning->sku), CStringGetTextDatum(warning->kind),
		TimestampTzGetDatum(warning->told_at)};

		add_row(warning->is_new ? &first : &again, row, NULL);
	}
	write_batch(&insert_warnings, call->merchant_id, &first);
	write_batch(&update_warnings, call->merchant_id, &again);
}
