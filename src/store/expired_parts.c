/*
 * The parts that expire_holds() canceled, and that their order asks for again when it is revived: rows of expired_part.
 *
 * A revived order gets new parts under the numbers of its lines, as if it were placed now. So its expired parts are deleted,
 * together with the gifts and grants that it had while it was held. A call that changes these rows holds the lock of the order.
 */
#include "postgres.h"

#include "store/expired_parts.h"
#include "base/argument.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/order.h"
#include "store/row_values.h"

#define EXPIRED_COLUMNS(first, next, prefix) \
	first(prefix, order_id, INT8) next(prefix, line_no, INT4) next(prefix, part_no, INT4)
enum {COLUMN_NUMBERS(EXPIRED_COLUMNS, EXPIRED_)};

STATEMENT(insert_expired_parts,
		  "INSERT INTO backorder.expired_part (merchant_id, " COLUMN_NAMES(EXPIRED_COLUMNS) ")"
		  " SELECT $1, e.* FROM unnest(" COLUMN_PARAMETERS(EXPIRED_COLUMNS) ") AS e",
		  INT4OID, COLUMN_ARRAY_TYPES(EXPIRED_COLUMNS));

STATEMENT(find_expired_part,
		  "SELECT 1 FROM backorder.expired_part WHERE merchant_id = $1 AND order_id = $2 LIMIT 1",
		  INT4OID, INT8OID);

/* Deletes the lines of gifts too, whatever became of them. */
STATEMENT(delete_parts,
		  "WITH gift AS ("
		  "  SELECT i.line_no FROM backorder.order_incentive i"
		  "  WHERE i.merchant_id = $1 AND i.order_id = $2 AND i.line_no IS NOT NULL"
		  "), expired AS ("
		  "  DELETE FROM backorder.expired_part e WHERE e.merchant_id = $1 AND e.order_id = $2"
		  "  RETURNING e.line_no, e.part_no"
		  "), gone AS ("
		  "  DELETE FROM backorder.order_line_part p WHERE p.merchant_id = $1 AND p.order_id = $2"
		  "   AND ((p.line_no, p.part_no) IN (SELECT e.line_no, e.part_no FROM expired e)"
		  "    OR (p.line_no IN (SELECT g.line_no FROM gift g) AND EXISTS (SELECT FROM expired)))"
		  "  RETURNING p.line_no, p.sku, p.unit_price, p.quantity, p.short_at_order"
		  ")"
		  " SELECT g.line_no, g.sku, min(g.unit_price), sum(g.quantity)::bigint,"
		  "  coalesce(sum(g.quantity) FILTER (WHERE g.short_at_order), 0)::bigint,"
		  "  g.line_no IN (SELECT gift.line_no FROM gift)"
		  " FROM gone g GROUP BY g.line_no, g.sku ORDER BY g.line_no",
		  INT4OID, INT8OID);
enum {LINE_NO = 1, LINE_SKU, LINE_UNIT_PRICE, LINE_QUANTITY, LINE_SHORT_UNITS, LINE_GIFT};

STATEMENT(delete_grants,
		  "DELETE FROM backorder.order_incentive WHERE merchant_id = $1 AND order_id = $2",
		  INT4OID, INT8OID);

STATEMENT(delete_expired_parts,
		  "DELETE FROM backorder.expired_part WHERE merchant_id = $1 AND order_id = $2 AND ($3 = 0 OR line_no = $3)",
		  INT4OID, INT8OID, INT4OID);

/* Collects a part that expires. */
static void
add_expired_part(Batch *parts, const Part *part)
{
	RowValues	row = {0};

	put_int64(&row, EXPIRED_order_id, part->order->order_id);
	put_int32(&row, EXPIRED_line_no, part->line_no);
	put_int32(&row, EXPIRED_part_no, part->part_no);
	add_values(parts, &row);
}

/*
 * Records the open parts of these orders of the call, which it is about to cancel. Gifts are not recorded, since a revived
 * order gets what it is entitled to then.
 */
void
record_expired_parts(const Call *call, const int64 *order_ids, int count)
{
	static const Oid types[] = {COLUMN_TYPES(EXPIRED_COLUMNS)};
	Batch		parts;

	start_batch(&parts, lengthof(types), types);
	for (int i = 0; i < count; i++)
	{
		ListCell   *lc;

		foreach(lc, find_order(call, order_ids[i])->parts)
			if (is_open(lfirst(lc)) && !((Part *) lfirst(lc))->gift)
				add_expired_part(&parts, lfirst(lc));
	}
	write_batch(&insert_expired_parts, call->merchant_id, &parts);
}

/* Whether expire_holds() canceled the order, and nobody has since. */
bool
is_expired(const Call *call, int64 order_id)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), Int64GetDatum(order_id)};
	Rows		rows = query(&find_expired_part, call->read_only, values, NULL);
	bool		found = rows.count > 0;

	free_rows(&rows);
	return found;
}

/* Adds the line in a row of delete_parts. */
static void
add_expired_line(ExpiredLines *expired, const Rows *rows, uint64 row)
{
	RequestLine *line = &expired->lines[expired->count];

	expired->units = add_units(expired->units, row_int64(rows, row, LINE_QUANTITY));
	if (row_bool(rows, row, LINE_GIFT))
		return;
	line->sku = row_text(rows, row, LINE_SKU);
	line->quantity = row_int64(rows, row, LINE_QUANTITY);
	line->unit_price = row_numeric(rows, row, LINE_UNIT_PRICE, &line->no_price);
	expired->line_nos[expired->count] = row_int32(rows, row, LINE_NO);
	expired->short_units[expired->count] = row_int64(rows, row, LINE_SHORT_UNITS);
	expired->count++;
}

/*
 * Deletes the expired parts of a locked order with its former grants, and returns the lines that they were; false, with
 * nothing changed, if it has none.
 */
bool
take_expired_parts(const Call *call, int64 order_id, ExpiredLines *expired)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), Int64GetDatum(order_id)};
	Rows		rows = query(&delete_parts, false, values, NULL);
	bool		found = rows.count > 0;

	memset(expired, 0, sizeof(ExpiredLines));
	expired->line_nos = palloc_array(int32, rows.count + 1);
	expired->lines = palloc0_array(RequestLine, rows.count + 1);
	expired->short_units = palloc_array(int64, rows.count + 1);
	for (uint64 i = 0; i < rows.count; i++)
		add_expired_line(expired, &rows, i);
	free_rows(&rows);
	if (found)
	{
		rows = query(&delete_grants, false, values, NULL);
		free_rows(&rows);
	}
	return found;
}

/* Makes sure that a locked order, or one of its lines (line_no > 0), is not revived: its customer has canceled it. */
void
forget_expired_parts(const Call *call, int64 order_id, int32 line_no)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), Int64GetDatum(order_id), Int32GetDatum(line_no)};
	Rows		rows = query(&delete_expired_parts, false, values, NULL);

	free_rows(&rows);
}
