/*
 * The incentives that orders were granted: rows of order_incentive.
 *
 * Grants are read with their orders, and with the terms under which they were granted. A call adds
 * grants, or changes them; write_grants() inserts the first and updates the others.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "store/grants.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"
#include "store/row_values.h"

#define GRANT_KEY(first, next, prefix) \
	first(prefix, order_id, INT8) next(prefix, incentive_id, INT8) next(prefix, step, INT4)
#define GRANT_TERMS(first, next, prefix) \
	first(prefix, on_change, TEXT) next(prefix, slip_days, INT4) next(prefix, percent, NUMERIC) next(prefix, wait_until, TIMESTAMPTZ) \
	next(prefix, min_order_value, NUMERIC) next(prefix, min_backordered_value, NUMERIC)
#define GRANT_COLUMNS(first, next, prefix) \
	GRANT_KEY(first, next, prefix) \
	next(prefix, name, TEXT) next(prefix, kind, TEXT) next(prefix, value, NUMERIC) \
	next(prefix, line_no, INT4) next(prefix, status, TEXT) next(prefix, budgeted, BOOL) \
	next(prefix, granted_at, TIMESTAMPTZ) GRANT_TERMS(next, next, prefix)
#define READ_GRANT(first, next, prefix) \
	GRANT_COLUMNS(first, next, prefix) next(prefix, waiting_lines, INT4ARRAY) next(prefix, earning_lines, INT4ARRAY) \
	next(prefix, lowered_from, NUMERIC) next(prefix, spent, NUMERIC) next(prefix, forfeited, BOOL)
/* The lines are texts, since an array cannot be an element of an array. */
#define NEW_GRANT(first, next, prefix) \
	GRANT_COLUMNS(first, next, prefix) next(prefix, cause, TEXT) \
	next(prefix, waiting_lines, TEXT) next(prefix, earning_lines, TEXT)
#define CHANGED_GRANT(first, next, prefix) \
	GRANT_KEY(first, next, prefix) next(prefix, value, NUMERIC) next(prefix, lowered_from, NUMERIC) \
	next(prefix, spent, NUMERIC) next(prefix, forfeited, BOOL) next(prefix, status, TEXT) \
	next(prefix, withdrawn_at, TIMESTAMPTZ) next(prefix, cause, TEXT)

enum {COLUMN_NUMBERS(READ_GRANT, GRANT_)};
enum {COLUMN_NUMBERS(NEW_GRANT, NEW_)};
enum {COLUMN_NUMBERS(CHANGED_GRANT, CHANGED_)};

DIRECT_STATEMENT(read_grant_rows,
				 DIRECTLY(DIRECT_READ, "order_incentive", "order_incentive_pkey", COLUMN_NAMES(READ_GRANT)),
				 "SELECT " COLUMN_NAMES(READ_GRANT) " FROM backorder.order_incentive"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2))",
				 INT4OID, INT8ARRAYOID);

STATEMENT(insert_grants,
		  "INSERT INTO backorder.order_incentive (merchant_id, " COLUMN_NAMES(NEW_GRANT) ")"
		  " SELECT $1, " COLUMN_NAMES(GRANT_COLUMNS) ", cause, waiting_lines::integer[], earning_lines::integer[]"
		  " FROM unnest(" COLUMN_PARAMETERS(NEW_GRANT) ") AS g(" COLUMN_NAMES(NEW_GRANT) ")",
		  INT4OID, COLUMN_ARRAY_TYPES(NEW_GRANT));

STATEMENT(update_grants,
		  "UPDATE backorder.order_incentive o"
		  " SET value = c.value, lowered_from = c.lowered_from, spent = c.spent, forfeited = c.forfeited,"
		  "  status = c.status, withdrawn_at = c.withdrawn_at, cause = coalesce(c.cause, o.cause)"
		  " FROM unnest(" COLUMN_PARAMETERS(CHANGED_GRANT) ") AS c(" COLUMN_NAMES(CHANGED_GRANT) ")"
		  " WHERE o.merchant_id = $1 AND o.order_id = c.order_id"
		  "  AND o.incentive_id = c.incentive_id AND o.step = c.step",
		  INT4OID, COLUMN_ARRAY_TYPES(CHANGED_GRANT));

STATEMENT(delete_grants,
		  "DELETE FROM backorder.order_incentive o"
		  " USING unnest(" COLUMN_PARAMETERS(GRANT_KEY) ") AS g(" COLUMN_NAMES(GRANT_KEY) ")"
		  " WHERE o.merchant_id = $1 AND o.order_id = g.order_id"
		  "  AND o.incentive_id = g.incentive_id AND o.step = g.step",
		  INT4OID, COLUMN_ARRAY_TYPES(GRANT_KEY));

/* Reads the terms under which the grant in a row was granted. */
static void
read_terms(Grant *grant, const Rows *rows, uint64 row)
{
	bool		isnull;

	grant->on_change = stored_name_index(row_text(rows, row, GRANT_on_change), grant_policy_names,
										 "policy for grants");
	grant->slip_days = row_int32(rows, row, GRANT_slip_days);
	grant->percent = row_numeric(rows, row, GRANT_percent, &isnull);
	grant->wait_until = row_time(rows, row, GRANT_wait_until);
	grant->min_order_value = row_numeric(rows, row, GRANT_min_order_value, &isnull);
	grant->min_backordered_value = row_numeric(rows, row, GRANT_min_backordered_value, &isnull);
	grant->waiting_lines = row_int32_list(rows, row, GRANT_waiting_lines);
	grant->earning_lines = row_int32_list(rows, row, GRANT_earning_lines);
}

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
	grant->lowered_from = row_numeric(rows, row, GRANT_lowered_from, &isnull);
	grant->spent = row_numeric(rows, row, GRANT_spent, &isnull);
	grant->forfeited = row_bool(rows, row, GRANT_forfeited);
	grant->was_value = grant->value;
	read_terms(grant, rows, row);
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

/* Puts in line numbers as the text of an array, null for none. */
static void
put_lines(RowValues *row, int column, const List *lines)
{
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, lines)
		appendStringInfo(&text, "%c%d", text.len == 0 ? '{' : ',', lfirst_int(lc));
	appendStringInfoChar(&text, '}');
	put_text(row, column, lines == NIL ? NULL : text.data);
}

/* Puts in a numeric, null for 0. */
static void
put_optional_numeric(RowValues *row, int column, Datum value)
{
	put_datum(row, column, value, value == (Datum) 0);
}

/* Puts in the terms of a grant. */
static void
put_terms(RowValues *row, const Grant *grant)
{
	put_text(row, NEW_on_change, grant_policy_names[grant->on_change]);
	put_optional_int32(row, NEW_slip_days, grant->slip_days);
	put_optional_numeric(row, NEW_percent, grant->percent);
	put_time(row, NEW_wait_until, grant->wait_until);
	put_optional_numeric(row, NEW_min_order_value, grant->min_order_value);
	put_optional_numeric(row, NEW_min_backordered_value, grant->min_backordered_value);
	put_lines(row, NEW_waiting_lines, grant->waiting_lines);
	put_lines(row, NEW_earning_lines, grant->earning_lines);
}

/* Collects a grant of this call. */
static void
add_new_grant(Batch *granted, const Call *call, const Order *order, const Grant *grant)
{
	RowValues	row = {0};

	put_int64(&row, NEW_order_id, order->order_id);
	put_int64(&row, NEW_incentive_id, grant->incentive_id);
	put_int32(&row, NEW_step, grant->step);
	put_text(&row, NEW_name, grant->name);
	put_text(&row, NEW_kind, grant->kind);
	put_datum(&row, NEW_value, grant->value, false);
	put_optional_int32(&row, NEW_line_no, grant->line_no);
	put_text(&row, NEW_status, "granted");
	put_bool(&row, NEW_budgeted, grant->budgeted);
	put_time(&row, NEW_granted_at, call->clock);
	put_text(&row, NEW_cause, call->cause);
	put_terms(&row, grant);
	add_values(granted, &row);
}

/* Returns what made this call withdraw a grant of the order. */
static const char *
withdrawal_cause(const Call *call, const Order *order)
{
	ListCell   *lc;

	if (order->canceled != NIL)
		return "canceled";
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->now.status == RETURNED && part->was.status != RETURNED)
			return "returned";
	}
	return call->cause;
}

/* Collects a grant that this call changed. */
static void
add_changed_grant(Batch *changed, const Call *call, const Order *order, const Grant *grant)
{
	RowValues	row = {0};

	put_int64(&row, CHANGED_order_id, order->order_id);
	put_int64(&row, CHANGED_incentive_id, grant->incentive_id);
	put_int32(&row, CHANGED_step, grant->step);
	put_datum(&row, CHANGED_value, grant->value, false);
	put_optional_numeric(&row, CHANGED_lowered_from, grant->lowered_from);
	put_datum(&row, CHANGED_spent, grant->spent, false);
	put_bool(&row, CHANGED_forfeited, grant->forfeited);
	put_text(&row, CHANGED_status, grant->withdrawn ? "withdrawn" : "granted");
	put_time(&row, CHANGED_withdrawn_at, grant->withdrawn ? call->clock : NO_TIME);
	put_text(&row, CHANGED_cause, grant->withdrawn ? withdrawal_cause(call, order) : NULL);
	add_values(changed, &row);
}

/* Collects a grant that this call takes back as if it had never been. */
static void
add_forgotten_grant(Batch *forgotten, const Order *order, const Grant *grant)
{
	RowValues	row = {0};

	put_int64(&row, GRANT_order_id, order->order_id);
	put_int64(&row, GRANT_incentive_id, grant->incentive_id);
	put_int32(&row, GRANT_step, grant->step);
	add_values(forgotten, &row);
}

/* Collects the grants of an order that this call added, changed or takes back. */
static void
collect_grants(Batch *granted, Batch *changed, Batch *forgotten, const Call *call, const Order *order)
{
	ListCell   *lc;

	foreach(lc, order->forgotten)
		add_forgotten_grant(forgotten, order, lfirst(lc));

	foreach(lc, order->grants)
	{
		const Grant *grant = lfirst(lc);

		if (grant->is_new)
			add_new_grant(granted, call, order, grant);
		else if (grant->changed)
			add_changed_grant(changed, call, order, grant);
	}
}

/* Writes the grants that this call added to its orders, those that it changed, and those that it takes back. */
void
write_grants(const Call *call)
{
	static const Oid granted_types[] = {COLUMN_TYPES(NEW_GRANT)};
	static const Oid changed_types[] = {COLUMN_TYPES(CHANGED_GRANT)};
	static const Oid forgotten_types[] = {COLUMN_TYPES(GRANT_KEY)};
	Batch		granted;
	Batch		changed;
	Batch		forgotten;

	start_batch(&granted, lengthof(granted_types), granted_types);
	start_batch(&changed, lengthof(changed_types), changed_types);
	start_batch(&forgotten, lengthof(forgotten_types), forgotten_types);
	for (int i = 0; i < call->norders; i++)
		collect_grants(&granted, &changed, &forgotten, call, call->orders[i]);
	write_batch(&delete_grants, call->merchant_id, &forgotten);
	write_batch(&insert_grants, call->merchant_id, &granted);
	write_batch(&update_grants, call->merchant_id, &changed);
}
