/* Grants that are not what their order earns. */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "store/grant_audit.h"
#include "base/sql.h"
#include "model/call.h"

STATEMENT(find_orders,
		  "SELECT DISTINCT g.order_id" FROM_MISJUDGED_GRANTS
		  " AND EXISTS (SELECT FROM backorder.order_line_part o WHERE o.merchant_id = $1 AND o.order_id = g.order_id"
		  "  AND o.sku IN (SELECT unnest($2))) ORDER BY g.order_id",
		  INT4OID, TEXTARRAYOID);
enum {FOUND_ORDER_ID = 1};

/* Returns the orders of these SKUs with a grant that they do not earn, ascending; *count is their number. */
int64 *
find_misjudged_orders(const Call *call, Datum skus, int *count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), skus};
	Rows		rows = query(&find_orders, false, values, NULL);
	int64	   *ids = palloc_array(int64, rows.count + 1);

	*count = rows.count;
	for (int i = 0; i < *count; i++)
		ids[i] = row_int64(&rows, i, FOUND_ORDER_ID);
	free_rows(&rows);
	return ids;
}
