/* The incentives that a merchant has defined. */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/incentive_rows.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/states.h"

#define WAITING_COLUMNS(first, next, prefix) \
	first(prefix, order_id, INT8) next(prefix, customer_group, TEXT) next(prefix, order_value, NUMERIC) \
	next(prefix, clock, TIMESTAMPTZ) next(prefix, line_no, INT4) next(prefix, sku, TEXT) \
	next(prefix, value, NUMERIC) next(prefix, promised_at, TIMESTAMPTZ) next(prefix, slipped, INT4)
enum {COLUMN_NUMBERS(WAITING_COLUMNS, WAITING_)};

/* The columns of FIND_CANDIDATES. */
enum
{
	CANDIDATE_order_id = 1, CANDIDATE_incentive_id, CANDIDATE_name, CANDIDATE_kind, CANDIDATE_gift_sku,
	CANDIDATE_gift_quantity, CANDIDATE_combines, CANDIDATE_value, CANDIDATE_budgeted, CANDIDATE_grants_left,
	CANDIDATE_value_left, CANDIDATE_steps, CANDIDATE_slip_days, CANDIDATE_on_change, CANDIDATE_percent,
	CANDIDATE_wait_until, CANDIDATE_min_order_value, CANDIDATE_min_backordered_value, CANDIDATE_lines
};

/*
 * The active incentives whose conditions hold for orders with these waiting parts, by order, best
 * first. slip tells whether they are granted at checkout or for a slip. A gift that is no item of
 * the catalogue is left out: its inventory record is not to be made.
 */
#define FIND_CANDIDATES(slip) \
	"SELECT p.order_id, i.incentive_id, i.name, i.kind, i.gift_sku, i.gift_quantity, i.combines," \
	" CASE i.kind WHEN 'percent_off' THEN round(p.order_value * i.amount / 100, 2) WHEN 'amount_off' THEN i.amount" \
	"  WHEN 'gift' THEN coalesce(i.value, g.unit_price * i.gift_quantity, 0) ELSE coalesce(i.value, 0) END," \
	" b.budgeted, b.grants_left, b.value_left, least(max(p.slipped) / i.slip_days, i.max_steps), i.slip_days," \
	" coalesce(i.on_change, CASE WHEN i.kind IN ('percent_off', 'amount_off') THEN 'lower' ELSE 'withdraw' END)," \
	" CASE WHEN i.kind = 'percent_off' THEN i.amount END, p.clock + i.min_wait," \
	" i.min_order_value, i.min_backordered_value, array_agg(DISTINCT p.line_no)" \
	" FROM backorder.incentive i" \
	" JOIN unnest(" COLUMN_PARAMETERS(WAITING_COLUMNS) ")" \
	"  AS p(" COLUMN_NAMES(WAITING_COLUMNS) ")" \
	"  ON (i.skus IS NULL AND i.tag IS NULL) OR p.sku = ANY (i.skus) OR EXISTS (" \
	"   SELECT FROM backorder.item t WHERE t.merchant_id = $1 AND t.sku = p.sku AND i.tag = ANY (t.tags))" \
	" LEFT JOIN backorder.item g ON g.merchant_id = $1 AND g.sku = i.gift_sku" \
	" CROSS JOIN LATERAL (SELECT count(*) > 0 AS budgeted, sum(s.grants_left)::bigint AS grants_left," \
	"  sum(s.value_left) AS value_left FROM backorder.incentive_budget s" \
	"  WHERE s.merchant_id = $1 AND s.incentive_id = i.incentive_id) AS b" \
	" WHERE i.merchant_id = $1 AND i.active AND i.slip_days " slip \
	"  AND (i.gift_sku IS NULL OR g.sku IS NOT NULL)" \
	"  AND coalesce(i.valid @> p.clock, true)" \
	"  AND coalesce(i.customer_group = p.customer_group, i.customer_group IS NULL)" \
	"  AND coalesce(p.order_value >= i.min_order_value, true)" \
	" GROUP BY p.order_id, p.order_value, p.clock, i.merchant_id, i.incentive_id, g.unit_price," \
	"  b.budgeted, b.grants_left, b.value_left" \
	" HAVING coalesce(sum(p.value), 0) >= coalesce(i.min_backordered_value, 0)" \
	"  AND (i.min_wait IS NULL OR bool_or(p.promised_at IS NULL) OR max(p.promised_at) >= p.clock + i.min_wait)" \
	" ORDER BY p.order_id, i.rank, i.incentive_id"

STATEMENT(find_at_checkout, FIND_CANDIDATES("IS NULL"), INT4OID, COLUMN_ARRAY_TYPES(WAITING_COLUMNS));
STATEMENT(find_after_slip, FIND_CANDIDATES("IS NOT NULL"), INT4OID, COLUMN_ARRAY_TYPES(WAITING_COLUMNS));

#define ACTIVE_COLUMNS(first, next, prefix) \
	first(prefix, slip_days, INT4) next(prefix, gift_sku, TEXT)
enum {COLUMN_NUMBERS(ACTIVE_COLUMNS, ACTIVE_)};

DIRECT_STATEMENT(read_active,
				 DIRECTLY(DIRECT_READ, "incentive", "incentive_active", COLUMN_NAMES(ACTIVE_COLUMNS)),
				 "SELECT " COLUMN_NAMES(ACTIVE_COLUMNS) " FROM backorder.incentive WHERE merchant_id = $1 AND active",
				 INT4OID);

/* Adds a waiting part to a batch of WAITING_COLUMNS. */
static void
add_waiting_part(Batch *batch, const Call *call, const WaitingPart *part)
{
	Datum		row[] = {
		Int64GetDatum(part->order_id),
		part->customer_group == NULL ? (Datum) 0 : CStringGetTextDatum(part->customer_group),
		part->order_value, TimestampTzGetDatum(call->clock), Int32GetDatum(part->line_no),
		CStringGetTextDatum(part->sku), part->value, TimestampTzGetDatum(part->promised_at), Int32GetDatum(part->slipped_days)
	};
	bool		nulls[lengthof(row)] = {false};

	nulls[WAITING_customer_group - 1] = part->customer_group == NULL;
	nulls[WAITING_value - 1] = part->no_value;
	nulls[WAITING_promised_at - 1] = part->promised_at == NO_TIME;
	add_row(batch, row, nulls);
}

/* Returns the candidate in a row of FIND_CANDIDATES. */
static IncentiveCandidate *
read_candidate(const Rows *rows, uint64 row)
{
	IncentiveCandidate *candidate = palloc0_object(IncentiveCandidate);
	bool		isnull;

	candidate->order_id = row_int64(rows, row, CANDIDATE_order_id);
	candidate->incentive_id = row_int64(rows, row, CANDIDATE_incentive_id);
	candidate->name = row_text(rows, row, CANDIDATE_name);
	candidate->kind = row_text(rows, row, CANDIDATE_kind);
	candidate->gift_sku = row_text(rows, row, CANDIDATE_gift_sku);
	candidate->gift_quantity = row_int64(rows, row, CANDIDATE_gift_quantity);
	candidate->combines = row_bool(rows, row, CANDIDATE_combines);
	candidate->value = row_numeric(rows, row, CANDIDATE_value, &isnull);
	candidate->budgeted = row_bool(rows, row, CANDIDATE_budgeted);
	candidate->grants_left = row_null(rows, row, CANDIDATE_grants_left)
		? -1 : row_int64(rows, row, CANDIDATE_grants_left);
	candidate->value_left = row_numeric(rows, row, CANDIDATE_value_left, &candidate->any_value);
	candidate->steps = row_int32(rows, row, CANDIDATE_steps);
	candidate->slip_days = row_int32(rows, row, CANDIDATE_slip_days);
	candidate->on_change = stored_name_index(row_text(rows, row, CANDIDATE_on_change), grant_policy_names,
											 "policy for grants");
	candidate->percent = row_numeric(rows, row, CANDIDATE_percent, &isnull);
	candidate->wait_until = row_time(rows, row, CANDIDATE_wait_until);
	candidate->min_order_value = row_numeric(rows, row, CANDIDATE_min_order_value, &isnull);
	candidate->min_backordered_value = row_numeric(rows, row, CANDIDATE_min_backordered_value, &isnull);
	candidate->lines = row_int32_list(rows, row, CANDIDATE_lines);
	return candidate;
}

/* Returns the candidates that a statement finds for these waiting parts, by order, best first. */
static List *
find_candidates(const Call *call, Statement *statement, const List *waiting)
{
	static const Oid types[] = {COLUMN_TYPES(WAITING_COLUMNS)};
	List	   *candidates = NIL;
	Batch		batch;
	Rows		rows;
	ListCell   *lc;

	start_batch(&batch, lengthof(types), types);
	foreach(lc, waiting)
		add_waiting_part(&batch, call, lfirst(lc));
	rows = query_batch(statement, call->read_only, call->merchant_id, &batch);
	for (uint64 i = 0; i < rows.count; i++)
		candidates = lappend(candidates, read_candidate(&rows, i));
	free_rows(&rows);
	return candidates;
}

/*
 * Returns the incentives for which an order qualifies at checkout: a list of IncentiveCandidate,
 * best first.
 */
List *
find_candidates_at_checkout(const Call *call, const List *waiting)
{
	return find_candidates(call, &find_at_checkout, waiting);
}

/*
 * Returns the incentives for which orders qualify by a slip: a list of IncentiveCandidate, by
 * order, best first.
 */
List *
find_candidates_after_slip(const Call *call, const List *waiting)
{
	return find_candidates(call, &find_after_slip, waiting);
}

/*
 * Returns the gifts of the merchant's active incentives, a list of SKUs; sets *any_at_checkout if
 * one is for checkouts.
 */
List *
read_active_incentives(const Call *call, bool *any_at_checkout)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id)};
	Rows		rows = query(&read_active, call->read_only, values, NULL);
	List	   *gifts = NIL;

	for (uint64 i = 0; i < rows.count; i++)
	{
		*any_at_checkout |= row_null(&rows, i, ACTIVE_slip_days);
		if (!row_null(&rows, i, ACTIVE_gift_sku))
			gifts = lappend(gifts, row_text(&rows, i, ACTIVE_gift_sku));
	}
	free_rows(&rows);
	return gifts;
}
