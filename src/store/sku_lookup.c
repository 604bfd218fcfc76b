/* SKUs that a change of the catalogue concerns, found among the latest committed rows. */
#include "postgres.h"

#include "store/sku_lookup.h"
#include "base/sql.h"

STATEMENT(count_open_parts_of_skus,
		  "SELECT sku, count(*) FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) AND status IN ('allocated', 'backordered')"
		  " GROUP BY sku ORDER BY sku",
		  INT4OID, TEXTARRAYOID);
enum {OPEN_SKU = 1, OPEN_PARTS};

/* SKUs that are, were or will be in stock at these locations. */
STATEMENT(find_skus_at,
		  "SELECT sku FROM backorder.stock WHERE merchant_id = $1 AND location_id = ANY ($2)"
		  " UNION SELECT sku FROM backorder.availability WHERE merchant_id = $1 AND locations && $2"
		  " UNION SELECT sku FROM backorder.supply WHERE merchant_id = $1 AND location_id = ANY ($2)"
		  "  AND status = 'open'",
		  INT4OID, INT4ARRAYOID);
enum {FOUND_SKU = 1};

/* Finds which of these SKUs have open parts. */
OpenParts
count_open_parts(int32 merchant_id, const char *const *skus, int count)
{
	Datum		values[] = {Int32GetDatum(merchant_id), text_array(skus, count)};
	Rows		rows = query_latest(&count_open_parts_of_skus, values);
	OpenParts	open = {.nskus = rows.count};

	if (rows.count > 0)
	{
		open.sku = row_text(&rows, 0, OPEN_SKU);
		open.parts = row_int64(&rows, 0, OPEN_PARTS);
	}
	free_rows(&rows);
	return open;
}

/*
 * Returns the SKUs that are, were or will be in stock at these locations; *count is their number.
 */
const char **
read_skus_at(int32 merchant_id, const int32 *locations, int nlocations, int *count)
{
	Datum		values[] = {Int32GetDatum(merchant_id), int4_array(locations, nlocations)};
	Rows		rows = query_latest(&find_skus_at, values);
	const char **skus = palloc_array(const char *, rows.count + 1);

	*count = rows.count;
	for (int i = 0; i < *count; i++)
		skus[i] = row_text(&rows, i, FOUND_SKU);
	free_rows(&rows);
	return skus;
}
