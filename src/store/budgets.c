/*
 * Budgets of incentives, counted in shares: rows of their own, so that checkouts do not wait for each other.
 *
 * A call takes a grant from a share that no other transaction holds, and waits for none. If no free share suffices,
 * but all shares together may, the call rolls back to its savepoint, locks all shares of that incentive in order,
 * and runs again. Holding all shares, it spreads what is left over them again and knows whether the budget suffices.
 * So no call waits for a share while it holds one that comes later in the lock order.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "store/budgets.h"
#include "base/direct.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "base/trigger.h"
#include "model/call.h"

#define SHARE_COLUMNS(first, next, prefix) \
	first(prefix, slot_no, INT4) next(prefix, grants_left, INT8) next(prefix, value_left, NUMERIC) \
	next(prefix, grants_used, INT8) next(prefix, value_used, NUMERIC)
enum
{
	COLUMN_NUMBERS(SHARE_COLUMNS, SHARE_)
};

DIRECT_STATEMENT(read_shares,
				 DIRECTLY(DIRECT_READ, "incentive_budget", "incentive_budget_pkey", COLUMN_NAMES(SHARE_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SHARE_COLUMNS) " FROM backorder.incentive_budget WHERE merchant_id = $1 AND incentive_id = $2"
				 " ORDER BY slot_no",
				 INT4OID, INT8OID);

DIRECT_STATEMENT(try_share,
				 DIRECTLY(DIRECT_LOCK_FREE, "incentive_budget", "incentive_budget_pkey", COLUMN_NAMES(SHARE_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SHARE_COLUMNS) " FROM backorder.incentive_budget"
				 " WHERE merchant_id = $1 AND incentive_id = $2 AND slot_no = $3 FOR NO KEY UPDATE SKIP LOCKED",
				 INT4OID, INT8OID, INT4OID);

/* Takes grants and value from a locked share; negative numbers give back. */
STATEMENT(change_share,
		  "UPDATE backorder.incentive_budget SET grants_left = grants_left - $4, value_left = value_left - $5,"
		  " grants_used = grants_used + $4, value_used = value_used + $5"
		  " WHERE merchant_id = $1 AND incentive_id = $2 AND slot_no = $3",
		  INT4OID, INT8OID, INT4OID, INT8OID, NUMERICOID);

STATEMENT(lock_shares,
		  "SELECT 1 FROM backorder.incentive_budget WHERE merchant_id = $1 AND incentive_id IN (SELECT unnest($2))"
		  " ORDER BY incentive_id, slot_no FOR NO KEY UPDATE",
		  INT4OID, INT8ARRAYOID);

/* The shares of all incentives that grow with delay. */
STATEMENT(lock_slip_shares,
		  "SELECT 1 FROM backorder.incentive_budget WHERE merchant_id = $1 AND incentive_id IN ("
		  "  SELECT incentive_id FROM backorder.incentive WHERE merchant_id = $1 AND slip_days IS NOT NULL)"
		  " ORDER BY incentive_id, slot_no FOR NO KEY UPDATE",
		  INT4OID);

/*
 * Spreads what is left of a budget over its shares, all of which are locked. What is used, with these grants more,
 * is counted in the first share. What is left goes to as many shares as can serve a few grants each. Nothing changes
 * if more is asked for than is left.
 */
STATEMENT(spread_shares,
		  "WITH used AS ("
		  "  SELECT sum(b.grants_used)::bigint + $3 AS grants, sum(b.value_used) + $4 AS value"
		  "  FROM backorder.incentive_budget b WHERE b.merchant_id = $1 AND b.incentive_id = $2"
		  "), budget AS ("
		  "  SELECT u.grants AS grants_used, u.value AS value_used,"
		  "    CASE WHEN i.max_grants IS NOT NULL THEN greatest(i.max_grants - u.grants, 0) END AS grants_left,"
		  "    CASE WHEN i.max_value IS NOT NULL THEN greatest(i.max_value - u.value, 0) END AS value_left"
		  "  FROM used u JOIN backorder.incentive i ON i.merchant_id = $1 AND i.incentive_id = $2"
		  "  WHERE $3 <= 0 OR (coalesce(u.grants <= i.max_grants, true) AND coalesce(u.value <= i.max_value, true))"
		  "), shares AS ("
		  "  SELECT budget.*, greatest(1, least($6, grants_left, floor(value_left / nullif(4 * $5, 0))))::integer AS n"
		  "  FROM budget"
		  ")"
		  " UPDATE backorder.incentive_budget b SET"
		  "  grants_left = CASE WHEN b.slot_no <= s.n"
		  "    THEN s.grants_left / s.n + (b.slot_no <= s.grants_left % s.n)::integer ELSE s.grants_left * 0 END,"
		  "  value_left = CASE WHEN b.slot_no = 1 THEN s.value_left - (s.n - 1) * trunc(s.value_left / s.n, 2)"
		  "    WHEN b.slot_no <= s.n THEN trunc(s.value_left / s.n, 2) ELSE s.value_left * 0 END,"
		  "  grants_used = CASE WHEN b.slot_no = 1 THEN s.grants_used ELSE 0 END,"
		  "  value_used = CASE WHEN b.slot_no = 1 THEN s.value_used ELSE 0 END"
		  " FROM shares s WHERE b.merchant_id = $1 AND b.incentive_id = $2",
		  INT4OID, INT8OID, INT8OID, NUMERICOID, NUMERICOID, INT4OID);

STATEMENT(delete_shares,
		  "DELETE FROM backorder.incentive_budget b"
		  " WHERE b.merchant_id = $1 AND b.incentive_id = $2 AND NOT EXISTS ("
		  "  SELECT FROM backorder.incentive i WHERE i.merchant_id = $1 AND i.incentive_id = $2)",
		  INT4OID, INT8OID);

/*
 * Inserts the shares of an incentive that has its first budget, with what grants of that incentive have used before.
 */
STATEMENT(insert_shares,
		  "INSERT INTO backorder.incentive_budget (merchant_id, incentive_id, slot_no, grants_used, value_used)"
		  " SELECT $1, i.incentive_id, s.slot_no, CASE WHEN s.slot_no = 1 THEN u.grants ELSE 0 END,"
		  "  CASE WHEN s.slot_no = 1 THEN u.value ELSE 0 END"
		  " FROM backorder.incentive i CROSS JOIN generate_series(1, $3) AS s(slot_no)"
		  " CROSS JOIN LATERAL (SELECT count(*) AS grants, coalesce(sum(o.value), 0) AS value"
		  "  FROM backorder.order_incentive o WHERE o.merchant_id = $1 AND o.incentive_id = i.incentive_id"
		  "  AND o.status = 'granted' AND o.budgeted) AS u"
		  " WHERE i.merchant_id = $1 AND i.incentive_id = $2"
		  " AND (i.max_grants IS NOT NULL OR i.max_value IS NOT NULL)"
		  " ORDER BY s.slot_no ON CONFLICT DO NOTHING",
		  INT4OID, INT8OID, INT4OID);

/* The value that one grant is likely to take from the budget. */
STATEMENT(read_usual_value,
		  "SELECT coalesce(value, CASE kind WHEN 'amount_off' THEN amount END, 0)"
		  " FROM backorder.incentive WHERE merchant_id = $1 AND incentive_id = $2",
		  INT4OID, INT8OID);

/* The number as numeric. */
Datum
numeric_of(int64 number)
{
	return NumericGetDatum(int64_to_numeric(number));
}

/* Whether the id is in the list. */
static bool
has_id(const List *ids, int64 id)
{
	ListCell   *lc;

	foreach(lc, ids)
		if (*(int64 *) lfirst(lc) == id)
			return true;
	return false;
}

/* Appends an id to the list. */
static List *
add_id(List *ids, int64 id)
{
	int64	   *element = palloc_object(int64);

	*element = id;
	return lappend(ids, element);
}

/* Locks all shares of these incentives, in order. */
static void
lock_all_shares(int32 merchant_id, const List *ids)
{
	int64	   *numbers = palloc_array(int64, list_length(ids) + 1);
	Datum		values[2] = {Int32GetDatum(merchant_id)};
	Rows		rows;
	int			count = 0;
	ListCell   *lc;

	if (ids == NIL)
		return;
	foreach(lc, ids)
		numbers[count++] = *(int64 *) lfirst(lc);
	values[1] = int8_array(numbers, count);
	rows = query(&lock_shares, false, values, NULL);
	free_rows(&rows);
}

/*
 * Locks all shares of the merchant's slip incentives, in order. A call that works on portions of orders needs them
 * in advance: a later portion could not release what an earlier one took.
 */
void
lock_slip_budgets(const Call *call)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id)};
	Rows		rows;

	if (!call->merchant.has_incentives)
		return;
	rows = query(&lock_slip_shares, false, values, NULL);
	free_rows(&rows);
}

/* Spreads the budget over its locked shares, after grants of a value; false if the budget does not suffice. */
static bool
spread_budget(int32 merchant_id, int64 incentive_id, int64 grants, Datum value, Datum usual)
{
	Datum		values[] = {
		Int32GetDatum(merchant_id), Int64GetDatum(incentive_id), Int64GetDatum(grants), value, usual,
		Int32GetDatum(BUDGET_SHARES)
	};

	return query(&spread_shares, false, values, NULL).count > 0;
}

/* Whether the number is at least this one; true for null, which means no limit. */
static bool
is_at_least(const Rows *rows, uint64 row, int column, Datum least)
{
	return row_null(rows, row, column) || DatumGetBool(DirectFunctionCall2(numeric_ge, row_datum(rows, row, column), least));
}

/* Whether the share has a grant left. */
static bool
has_grants_left(const Rows *rows, uint64 row)
{
	return row_null(rows, row, SHARE_grants_left) || row_int64(rows, row, SHARE_grants_left) > 0;
}

/* Whether the share has a grant of this value left. */
static bool
can_give(const Rows *rows, uint64 row, Datum value)
{
	return has_grants_left(rows, row) && is_at_least(rows, row, SHARE_value_left, value);
}

/*
 * Whether a grant of this value may be returned to the share: it has used that much, and as it has something left,
 * the budget is not exceeded.
 */
static bool
can_take_back(const Rows *rows, uint64 row, Datum value)
{
	return row_int64(rows, row, SHARE_grants_used) > 0 && is_at_least(rows, row, SHARE_value_used, value) && has_grants_left(rows, row) &&
		(row_null(rows, row, SHARE_value_left) ||
		 DatumGetBool(DirectFunctionCall2(numeric_gt, row_datum(rows, row, SHARE_value_left), numeric_of(0))));
}

/* The numbers of the shares of an incentive that suffice, read without locks; *count is their number. */
static int32 *
sufficient_shares(const Budget *budget, int64 incentive_id, bool (*share_suffices) (const Rows *, uint64, Datum), Datum value, int *count)
{
	Datum		keys[] = {Int32GetDatum(budget->merchant_id), Int64GetDatum(incentive_id)};
	Rows		rows = query(&read_shares, false, keys, NULL);
	int32	   *found = palloc_array(int32, rows.count + 1);

	*count = 0;
	for (uint64 i = 0; i < rows.count; i++)
		if (share_suffices(&rows, i, value))
			found[(*count)++] = row_int32(&rows, i, SHARE_slot_no);
	free_rows(&rows);
	return found;
}

/* Locks a share if no other transaction holds it; returns whether it still suffices. */
static bool
take_share(const Budget *budget, int64 incentive_id, int32 slot_no, bool (*share_suffices) (const Rows *, uint64, Datum), Datum value)
{
	Datum		keys[] = {Int32GetDatum(budget->merchant_id), Int64GetDatum(incentive_id), Int32GetDatum(slot_no)};
	Rows		rows = query(&try_share, false, keys, NULL);
	bool		taken = rows.count == 1 && share_suffices(&rows, 0, value);

	free_rows(&rows);
	return taken;
}

/* Takes grants of a value from one share, or returns them to it; false if no free share suffices. */
static bool
change_one_share(const Budget *budget, int64 incentive_id, bool (*share_suffices) (const Rows *, uint64, Datum), Datum value, int64 grants,
				 Datum change)
{
	int			count;
	int32	   *shares = sufficient_shares(budget, incentive_id, share_suffices, value, &count);

	for (int i = 0; i < count; i++)
	{
		Datum		values[] = {
			Int32GetDatum(budget->merchant_id), Int64GetDatum(incentive_id), Int32GetDatum(shares[i]),
			Int64GetDatum(grants), change
		};

		if (!take_share(budget, incentive_id, shares[i], share_suffices, value))
			continue;
		query(&change_share, false, values, NULL);
		return true;
	}
	return false;
}

/* Requires that the call runs again with all shares of this incentive. */
static void
require_another_run(Budget *budget, int64 incentive_id)
{
	budget->whole = add_id(budget->whole, incentive_id);
	budget->must_run_again = true;
}

/*
 * Takes one grant of a value from the budget of an incentive. False if the budget does not suffice, or if the call
 * must run again (budget->must_run_again), which run_with_budget() does.
 */
bool
take_budget(Budget *budget, int64 incentive_id, Datum value)
{
	if (has_id(budget->exhausted, incentive_id))
		return false;
	if (has_id(budget->whole, incentive_id))
	{
		if (spread_budget(budget->merchant_id, incentive_id, 1, value, value))
			return true;
		if (budget->rolls_back)
		{
			budget->exhausted = add_id(budget->exhausted, incentive_id);
			budget->whole = NIL;
			budget->must_run_again = true;
		}
		return false;
	}
	if (change_one_share(budget, incentive_id, can_give, value, 1, value))
		return true;
	require_another_run(budget, incentive_id);
	return false;
}

/*
 * Returns some grants (0 or 1) and a value to the budget; nothing if the incentive is gone. The call may have to run again
 * (budget->must_run_again).
 */
void
return_budget(Budget *budget, int64 incentive_id, int64 grants, Datum value)
{
	Datum		less = DirectFunctionCall1(numeric_uminus, value);

	if (has_id(budget->whole, incentive_id))
		spread_budget(budget->merchant_id, incentive_id, -grants, less, value);
	else if (!change_one_share(budget, incentive_id, can_take_back, value, -grants, less))
		require_another_run(budget, incentive_id);
}

/* Calls decide() with a budget, and again with more shares locked until it needs no other run. */
void
run_with_budget(Budget *budget, void (*decide) (Budget *, void *), void *target)
{
	int			level = GetCurrentTransactionNestLevel();

	do
	{
		Savepoint	savepoint;

		CHECK_FOR_INTERRUPTS();
		begin_savepoint(&savepoint);
		budget->must_run_again = false;
		PG_TRY();
		{
			lock_all_shares(budget->merchant_id, budget->whole);
			decide(budget, target);
		}
		PG_CATCH();
		{
			rethrow_outside(&savepoint, level);
		}
		PG_END_TRY();
		if (budget->must_run_again)
			roll_back_to_savepoint(&savepoint);
		else
			release_savepoint(&savepoint);
	} while (budget->must_run_again);
}

/* What one grant of the incentive is likely to take from its budget; 0 where that is not known. */
static Datum
usual_value(int32 merchant_id, int64 incentive_id)
{
	Datum		values[] = {Int32GetDatum(merchant_id), Int64GetDatum(incentive_id)};
	bool		isnull = true;
	Datum		value = (Datum) 0;
	Rows		rows = query(&read_usual_value, false, values, NULL);

	if (rows.count == 1)
		value = row_numeric(&rows, 0, 1, &isnull);
	free_rows(&rows);
	return isnull ? numeric_of(0) : value;
}

/* Brings the shares of an incentive, which are all had, to what its row says. */
static void
renew_budget(int32 merchant_id, int64 incentive_id)
{
	Datum		values[] = {Int32GetDatum(merchant_id), Int64GetDatum(incentive_id), Int32GetDatum(BUDGET_SHARES)};

	query(&delete_shares, false, values, NULL);
	query(&insert_shares, false, values, NULL);
	spread_budget(merchant_id, incentive_id, 0, numeric_of(0), usual_value(merchant_id, incentive_id));
}

/* One merchant's share of a statement on incentive. */
void
renew_budgets(int32 merchant_id, const List *keys)
{
	List	   *ids = NIL;
	ListCell   *lc;

	foreach(lc, keys)
		ids = add_id(ids, ((TouchedKey *) lfirst(lc))->id);
	lock_all_shares(merchant_id, ids);
	foreach(lc, ids)
		renew_budget(merchant_id, *(int64 *) lfirst(lc));
}
