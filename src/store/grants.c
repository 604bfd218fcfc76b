/* Rows of order_incentive. */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/grants.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/order.h"

#define GRANT_COLUMNS "order_id, incentive_id, step, name, kind, value, line_no, status, budgeted, granted_at"

DIRECT_STATEMENT(read_granted,
				 DIRECTLY(DIRECT_READ, "order_incentive", "order_incentive_pkey", GRANT_COLUMNS),
				 "SELECT " GRANT_COLUMNS " FROM backorder.order_incentive"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2))",
				 INT4OID, INT8ARRAYOID);

STATEMENT(insert_granted,
		  "INSERT INTO backorder.order_incentive (merchant_id, order_id, incentive_id, step, name, kind, value, line_no,"
		  " status, granted_at, cause, budgeted)"
		  " SELECT $1, g.order_id, g.incentive_id, g.step, g.name, g.kind, g.value, g.line_no, 'granted', g.granted_at,"
		  "  g.cause, g.budgeted"
		  " FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
		  " AS g(order_id, incentive_id, step, name, kind, value, line_no, granted_at, cause, budgeted)",
		  INT4OID, INT8ARRAYOID, INT8ARRAYOID, INT4ARRAYOID, TEXTARRAYOID, TEXTARRAYOID, NUMERICARRAYOID, INT4ARRAYOID,
		  TIMESTAMPTZARRAYOID, TEXTARRAYOID, BOOLARRAYOID);

STATEMENT(withdraw_granted,
		  "UPDATE backorder.order_incentive o SET status = 'withdrawn', withdrawn_at = w.withdrawn_at, cause = 'canceled'"
		  " FROM unnest($2, $3, $4, $5) AS w(order_id, incentive_id, step, withdrawn_at)"
		  " WHERE o.merchant_id = $1 AND o.order_id = w.order_id AND o.incentive_id = w.incentive_id AND o.step = w.step",
		  INT4OID, INT8ARRAYOID, INT8ARRAYOID, INT4ARRAYOID, TIMESTAMPTZARRAYOID);

/* Returns the grant in a row of read_granted. */
static Grant *
read_grant(uint64 row)
{
	Grant	   *grant = palloc0_object(Grant);
	bool		isnull;

	grant->incentive_id = int64_at(row, 2);
	grant->step = int32_at(row, 3);
	grant->name = text_at(row, 4);
	grant->kind = text_at(row, 5);
	grant->value = numeric_at(row, 6, &isnull);
	grant->line_no = int32_at(row, 7);
	grant->withdrawn = strcmp(text_at(row, 8), "withdrawn") == 0;
	grant->budgeted = bool_at(row, 9);
	grant->granted_at = time_at(row, 10);
	return grant;
}

/* Marks the parts of a line that is a gift. */
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

/* Orders grants by time, step and incentive. */
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

/* Reads what these orders, read just now, were granted. */
void
read_grants(Call *call, bool one_snapshot, const int64 *order_ids, int count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), int8_array(order_ids, count)};
	uint64		rows = run(&read_granted, one_snapshot, values, NULL);

	for (uint64 i = 0; i < rows; i++)
	{
		Order	   *order = find_order(call, int64_at(i, 1));
		Grant	   *grant;

		if (order == NULL)
			continue;
		grant = read_grant(i);
		order->grants = lappend(order->grants, grant);
		if (grant->line_no != 0)
			mark_gift(order, grant->line_no);
	}
	done_reading();
	for (int i = 0; rows > 0 && i < call->norders; i++)
		list_sort(call->orders[i]->grants, compare_grants);
}

/* Collects the rows of what an order was granted now, and of what was withdrawn. */
static void
collect_grants(Batch *granted, Batch *withdrawn, const Call *call, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->grants)
	{
		const Grant *grant = lfirst(lc);
		Datum		row[] = {
			Int64GetDatum(order->order_id), Int64GetDatum(grant->incentive_id), Int32GetDatum(grant->step),
			grant->name == NULL ? (Datum) 0 : CStringGetTextDatum(grant->name), CStringGetTextDatum(grant->kind),
			grant->value, Int32GetDatum(grant->line_no), TimestampTzGetDatum(call->clock),
			CStringGetTextDatum(call->cause), BoolGetDatum(grant->budgeted)
		};
		bool		nulls[lengthof(row)] = {false};
		Datum		key[] = {row[0], row[1], row[2], TimestampTzGetDatum(call->clock)};

		nulls[3] = grant->name == NULL;
		nulls[6] = grant->line_no == 0;
		if (grant->is_new)
			add_row(granted, row, nulls);
		else if (grant->changed)
			add_row(withdrawn, key, NULL);
	}
}

/* Writes what the orders of this call were granted, and what was withdrawn. */
void
write_grants(const Call *call)
{
	static const Oid granted_types[] = {INT8OID, INT8OID, INT4OID, TEXTOID, TEXTOID, NUMERICOID, INT4OID, TIMESTAMPTZOID,
	TEXTOID, BOOLOID};
	static const Oid withdrawn_types[] = {INT8OID, INT8OID, INT4OID, TIMESTAMPTZOID};
	Batch		granted;
	Batch		withdrawn;

	start_batch(&granted, lengthof(granted_types), granted_types);
	start_batch(&withdrawn, lengthof(withdrawn_types), withdrawn_types);
	for (int i = 0; i < call->norders; i++)
		collect_grants(&granted, &withdrawn, call, call->orders[i]);
	run_batch(&insert_granted, call->merchant_id, &granted);
	run_batch(&withdraw_granted, call->merchant_id, &withdrawn);
}
