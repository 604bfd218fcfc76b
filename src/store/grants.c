/*
 * The incentives that orders were granted: rows of order_incentive.
 *
 * Grants are read with their orders. A call adds grants, or marks grants as withdrawn;
 * write_grants() inserts the first and updates the others.
 */
#include "postgres.h"

#include "store/grants.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/order.h"
#include "store/row_values.h"

#define GRANT_KEY(first, next, prefix) \
	first(prefix, order_id, INT8) next(prefix, incentive_id, INT8) next(prefix, step, INT4)
#define GRANT_COLUMNS(first, next, prefix) \
	GRANT_KEY(first, next, prefix) \
	next(prefix, name, TEXT) next(prefix, kind, TEXT) next(prefix, value, NUMERIC) \
	next(prefix, line_no, INT4) next(prefix, status, TEXT) next(prefix, budgeted, BOOL) \
	next(prefix, granted_at, TIMESTAMPTZ)
#define NEW_GRANT(first, next, prefix) \
	GRANT_COLUMNS(first, next, prefix) next(prefix, cause, TEXT)
#define WITHDRAWN_GRANT(first, next, prefix) \
	GRANT_KEY(first, next, prefix) next(prefix, withdrawn_at, TIMESTAMPTZ)

enum {COLUMN_NUMBERS(NEW_GRANT, GRANT_)};
enum {COLUMN_NUMBERS(WITHDRAWN_GRANT, WITHDRAWN_)};

DIRECT_STATEMENT(read_grant_rows,
				 DIRECTLY(DIRECT_READ, "order_incentive", "order_incentive_pkey", COLUMN_NAMES(GRANT_COLUMNS)),
				 "SELECT " COLUMN_NAMES(GRANT_COLUMNS) " FROM backorder.order_incentive"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2))",
				 INT4OID, INT8ARRAYOID);

STATEMENT(insert_grants,
		  "INSERT INTO backorder.order_incentive (merchant_id, " COLUMN_NAMES(NEW_GRANT) ")"
		  " SELECT $1, g.* FROM unnest(" COLUMN_PARAMETERS(NEW_GRANT) ") AS g",
		  INT4OID, COLUMN_ARRAY_TYPES(NEW_GRANT));

STATEMENT(withdraw_grants,
		  "UPDATE backorder.order_incentive o"
		  " SET status = 'withdrawn', withdrawn_at = w.withdrawn_at, cause = 'canceled'"
		  " FROM unnest(" COLUMN_PARAMETERS(WITHDRAWN_GRANT) ") AS w(" COLUMN_NAMES(WITHDRAWN_GRANT) ")"
		  " WHERE o.merchant_id = $1 AND o.order_id = w.order_id"
		  "  AND o.incentive_id = w.incentive_id AND o.step = w.step",
		  INT4OID, COLUMN_ARRAY_TYPES(WITHDRAWN_GRANT));

/* Returns the grant in a row. */
static Grant *
read_grant(const Rows *rows, uint64 row)
{
	Grant	   *grant = palloc0_object(Grant);
	bool		isnull;

	grant->incentive_id = row_int64(rows, row, GRANT_incentive_id);
	grant->step = row_int32(rows, row, GRANT_step);
	grant->name = row_text(rows, row, GRANT_name);
	grant->kind = row_text(rows, row, GRANT_kind);
	grant->value = row_numeric(rows, row, GRANT_value, &isnull);
	grant->line_no = row_int32(rows, row, GRANT_line_no);
	grant->withdrawn = strcmp(row_text(rows, row, GRANT_status), "withdrawn") == 0;
	grant->budgeted = row_bool(rows, row, GRANT_budgeted);
	grant->granted_at = row_time(rows, row, GRANT_granted_at);
	return grant;
}

/* Marks the parts of a line as a gift. */
static void
mark_gift(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		part->gift |= part->line_no == line_no;
	}
}

/* Sorts grants by time, step and incentive. */
static int
compare_grants(const ListCell *a, const ListCell *b)
{
	const Grant *x = lfirst(a);
	const Grant *y = lfirst(b);

	if (x->granted_at != y->granted_at)
		return x->granted_at < y->granted_at ? -1 : 1;
	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	return (x->incentive_id > y->incentive_id) - (x->incentive_id < y->incentive_id);
}

/*
 * Reads the grants of these orders, which the call has just read, and marks the lines that are
 * gifts.
 */
void
read_grants(Call *call, bool one_snapshot, const int64 *order_ids, int count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), int8_array(order_ids, count)};
	Rows		rows = query(&read_grant_rows, one_snapshot, values, NULL);
	bool		found = rows.count > 0;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Order	   *order = find_order(call, row_int64(&rows, i, GRANT_order_id));
		Grant	   *grant;

		if (order == NULL)
			continue;
		grant = read_grant(&rows, i);
		order->grants = lappend(order->grants, grant);
		if (grant->line_no != 0)
			mark_gift(order, grant->line_no);
	}
	free_rows(&rows);
	for (int i = 0; found && i < call->norders; i++)
		list_sort(call->orders[i]->grants, compare_grants);
}

/* Collects a grant of this call. */
static void
add_new_grant(Batch *granted, const Call *call, const Order *order, const Grant *grant)
{
	RowValues	row = {0};

	put_int64(&row, GRANT_order_id, order->order_id);
	put_int64(&row, GRANT_incentive_id, grant->incentive_id);
	put_int32(&row, GRANT_step, grant->step);
	put_text(&row, GRANT_name, grant->name);
	put_text(&row, GRANT_kind, grant->kind);
	put_datum(&row, GRANT_value, grant->value, false);
	put_optional_int32(&row, GRANT_line_no, grant->line_no);
	put_text(&row, GRANT_status, "granted");
	put_bool(&row, GRANT_budgeted, grant->budgeted);
	put_time(&row, GRANT_granted_at, call->clock);
	put_text(&row, GRANT_cause, call->cause);
	add_values(granted, &row);
}

/* Collects a grant that this call withdrew. */
static void
add_withdrawn_grant(Batch *withdrawn, const Call *call, const Order *order, const Grant *grant)
{
	RowValues	row = {0};

	put_int64(&row, WITHDRAWN_order_id, order->order_id);
	put_int64(&row, WITHDRAWN_incentive_id, grant->incentive_id);
	put_int32(&row, WITHDRAWN_step, grant->step);
	put_time(&row, WITHDRAWN_withdrawn_at, call->clock);
	add_values(withdrawn, &row);
}

/* Collects the grants of an order that this call added or withdrew. */
static void
collect_grants(Batch *granted, Batch *withdrawn, const Call *call, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		const Grant *grant = lfirst(lc);

		if (grant->is_new)
			add_new_grant(granted, call, order, grant);
		else if (grant->changed)
			add_withdrawn_grant(withdrawn, call, order, grant);
	}
}

/* Writes the grants that this call added to its orders, and those that it withdrew. */
void
write_grants(const Call *call)
{
	static const Oid granted_types[] = {COLUMN_TYPES(NEW_GRANT)};
	static const Oid withdrawn_types[] = {COLUMN_TYPES(WITHDRAWN_GRANT)};
	Batch		granted;
	Batch		withdrawn;

	start_batch(&granted, lengthof(granted_types), granted_types);
	start_batch(&withdrawn, lengthof(withdrawn_types), withdrawn_types);
	for (int i = 0; i < call->norders; i++)
		collect_grants(&granted, &withdrawn, call, call->orders[i]);
	write_batch(&insert_grants, call->merchant_id, &granted);
	write_batch(&withdraw_grants, call->merchant_id, &withdrawn);
}
