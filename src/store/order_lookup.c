/*
 * What is looked up about orders before they are locked: the order of a reference, expired holds,
 * the SKUs, parts, gifts and stock rows to lock.
 *
 * Another transaction may change an order until it is locked. The callers therefore compare what
 * they have locked with what they read here, or hold the lock of the SKUs, under which open parts
 * do not change.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/order_lookup.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/stock_key.h"

#define REFERENCE_COLUMNS(first, next, prefix) first(prefix, order_id, INT8) next(prefix, request_hash, BYTEA)
enum {COLUMN_NUMBERS(REFERENCE_COLUMNS, REFERENCE_)};

DIRECT_STATEMENT(find_order_of_reference,
				 DIRECTLY(DIRECT_READ, "sales_order", "sales_order_reference_key", COLUMN_NAMES(REFERENCE_COLUMNS)),
				 "SELECT " COLUMN_NAMES(REFERENCE_COLUMNS) " FROM backorder.sales_order"
				 " WHERE merchant_id = $1 AND reference = $2",
				 INT4OID, TEXTOID);

STATEMENT(find_expired_holds,
		  "SELECT order_id FROM backorder.sales_order"
		  " WHERE merchant_id = $1 AND status = 'held' AND hold_until <= $2 ORDER BY order_id",
		  INT4OID, TIMESTAMPTZOID);
enum {EXPIRED_ORDER_ID = 1};

STATEMENT(find_skus_of_orders,
		  "SELECT DISTINCT sku FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) AND ($3 = 0 OR line_no = $3)",
		  INT4OID, INT8ARRAYOID, INT4OID);
enum {ORDER_SKU = 1};

STATEMENT(find_parts,
		  "SELECT p.sku, p.order_id, p.line_no, p.part_no, p.quantity, p.status, p.location_id, p.priority,"
		  " p.queued_at, g.status FROM backorder.order_line_part p"
		  " JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = p.order_id AND g.group_no = p.group_no"
		  " WHERE p.merchant_id = $1 AND p.order_id IN (SELECT unnest($2)) AND ($3 = 0 OR p.line_no = $3)"
		  " ORDER BY p.order_id, p.line_no, p.queued_at DESC, p.part_no DESC",
		  INT4OID, INT8ARRAYOID, INT4OID);
enum
{
	PART_SKU = 1, PART_ORDER_ID, PART_LINE_NO, PART_NO, PART_QUANTITY, PART_STATUS, PART_LOCATION, PART_PRIORITY,
	PART_QUEUED_AT, PART_GROUP_STATUS
};

/* Gift lines are added when the order is placed, and never removed. */
STATEMENT(find_gift_lines,
		  "SELECT DISTINCT i.line_no, p.sku FROM backorder.order_incentive i"
		  " JOIN backorder.order_line_part p ON p.merchant_id = $1 AND p.order_id = $2 AND p.line_no = i.line_no"
		  " WHERE i.merchant_id = $1 AND i.order_id = $2 AND i.status = 'granted'",
		  INT4OID, INT8OID);
enum {GIFT_LINE_NO = 1, GIFT_SKU};

STATEMENT(find_stock_of_group,
		  "SELECT p.sku, coalesce(p.location_id, 0), i.tracked IS NOT FALSE FROM backorder.order_line_part p"
		  " LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = p.sku"
		  " WHERE p.merchant_id = $1 AND p.order_id = $2 AND p.group_no = $3"
		  " AND p.status IN ('allocated', 'backordered')",
		  INT4OID, INT8OID, INT4OID);
enum {GROUP_SKU = 1, GROUP_LOCATION, GROUP_TRACKED};

/*
 * Finds the order of a reference, and the hash of the request that placed it; false if there is
 * none.
 */
bool
find_reference(int32 merchant_id, bool read_only, const char *reference, int64 *order_id, Datum *request_hash)
{
	Datum		values[] = {Int32GetDatum(merchant_id), CStringGetTextDatum(reference)};
	Rows		rows = query(&find_order_of_reference, read_only, values, NULL);
	bool		found = rows.count > 0;

	if (found)
	{
		*order_id = row_int64(&rows, 0, REFERENCE_order_id);
		*request_hash = PointerGetDatum(DatumGetByteaPCopy(row_datum(&rows, 0, REFERENCE_request_hash)));
	}
	free_rows(&rows);
	return found;
}

/* Returns the ids of held orders whose hold has expired, ascending; *count is their number. */
int64 *
read_expired_holds(int32 merchant_id, TimestampTz as_of, int *count)
{
	Datum		values[] = {Int32GetDatum(merchant_id), TimestampTzGetDatum(as_of)};
	Rows		rows = query(&find_expired_holds, false, values, NULL);
	int64	   *ids = palloc_array(int64, rows.count + 1);

	*count = rows.count;
	for (int i = 0; i < *count; i++)
		ids[i] = row_int64(&rows, i, EXPIRED_ORDER_ID);
	free_rows(&rows);
	return ids;
}

/*
 * Returns the SKUs of these orders, or of one of their lines (line_no > 0); *count is their number.
 */
const char **
read_order_skus(int32 merchant_id, const int64 *order_ids, int norders, int32 line_no, int *count)
{
	Datum		values[] = {Int32GetDatum(merchant_id), int8_array(order_ids, norders), Int32GetDatum(line_no)};
	Rows		rows = query(&find_skus_of_orders, false, values, NULL);
	const char **skus = palloc_array(const char *, rows.count + 1);

	*count = rows.count;
	for (int i = 0; i < *count; i++)
		skus[i] = row_text(&rows, i, ORDER_SKU);
	free_rows(&rows);
	return skus;
}

/* The part in a row of find_parts, with the inventory of its SKU. */
static SeenPart *
read_seen_part(const Call *call, const Rows *rows, uint64 row)
{
	SeenPart   *seen = palloc0_object(SeenPart);

	seen->inv = find_inventory(call, row_text(rows, row, PART_SKU));
	seen->key.order_id = row_int64(rows, row, PART_ORDER_ID);
	seen->key.line_no = row_int32(rows, row, PART_LINE_NO);
	seen->key.part_no = row_int32(rows, row, PART_NO);
	seen->quantity = row_int64(rows, row, PART_QUANTITY);
	seen->status = stored_name_index(row_text(rows, row, PART_STATUS), part_status_names, "part status");
	seen->location = row_int32(rows, row, PART_LOCATION);
	seen->priority = row_int32(rows, row, PART_PRIORITY);
	seen->queued_at = row_time(rows, row, PART_QUEUED_AT);
	seen->released = stored_name_index(row_text(rows, row, PART_GROUP_STATUS), group_status_names, "group status")
		== GROUP_RELEASED;
	return seen;
}

/*
 * Returns the parts, as SeenPart, of these orders, or of one of their lines (line_no > 0). The call
 * holds the locks of their SKUs. The parts of a line come from the end of the queue order.
 */
List *
read_seen_parts(const Call *call, const int64 *order_ids, int norders, int32 line_no)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), int8_array(order_ids, norders), Int32GetDatum(line_no)};
	Rows		rows = query(&find_parts, false, values, NULL);
	List	   *seen = NIL;

	for (uint64 i = 0; i < rows.count; i++)
		seen = lappend(seen, read_seen_part(call, &rows, i));
	free_rows(&rows);
	return seen;
}

/* Returns the line numbers of the order's gifts; *skus becomes the list of their SKUs. */
List *
read_gift_lines(int32 merchant_id, int64 order_id, List **skus)
{
	Datum		values[] = {Int32GetDatum(merchant_id), Int64GetDatum(order_id)};
	Rows		rows = query(&find_gift_lines, false, values, NULL);
	List	   *lines = NIL;

	*skus = NIL;
	for (uint64 i = 0; i < rows.count; i++)
	{
		lines = lappend_int(lines, row_int32(&rows, i, GIFT_LINE_NO));
		*skus = lappend(*skus, row_text(&rows, i, GIFT_SKU));
	}
	free_rows(&rows);
	return lines;
}

/*
 * Returns the stock keys of the group's open parts, sorted; the location of a part that waits is
 * NO_LOCATION. *services becomes the list of SKUs of the group's open services.
 */
List *
read_stock_keys_of_group(int32 merchant_id, int64 order_id, int32 group_no, List **services)
{
	Datum		values[] = {Int32GetDatum(merchant_id), Int64GetDatum(order_id), Int32GetDatum(group_no)};
	Rows		rows = query(&find_stock_of_group, false, values, NULL);
	List	   *keys = NIL;

	*services = NIL;
	for (uint64 i = 0; i < rows.count; i++)
	{
		char	   *sku = row_text(&rows, i, GROUP_SKU);

		if (row_bool(&rows, i, GROUP_TRACKED))
			keys = lappend(keys, make_stock_key(sku, row_int32(&rows, i, GROUP_LOCATION)));
		else
			*services = lappend(*services, sku);
	}
	free_rows(&rows);
	return sort_stock_keys(keys);
}
