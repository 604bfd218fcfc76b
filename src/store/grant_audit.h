/*
 * Grants that are not what their order earns: verify() reports them, and repair() judges their orders again.
 *
 * The condition says in SQL what rules/grant_judgment.c decides in C, so that each checks the other.
 */
#ifndef BACKORDER_STORE_GRANT_AUDIT_H
#define BACKORDER_STORE_GRANT_AUDIT_H

#include "postgres.h"

#include "model/types.h"

/*
 * FROM and WHERE of a statement on these grants: g is the grant, breach.problem says what is wrong. $1 is the merchant.
 *
 * p sums up the order: its value, the value of what waited, whether anything is kept, and whether anything is left whose
 * wait earned the grant. A part that waits, was short when ordered, or was deallocated later has waited.
 */
#define FROM_MISJUDGED_GRANTS \
	" FROM (" \
	"  SELECT g.order_id, g.incentive_id, g.step, g.kind, g.value, g.spent, g.forfeited, g.on_change, g.percent," \
	"    g.wait_until, g.min_order_value, g.min_backordered_value, g.waiting_lines, g.earning_lines," \
	"    g.kind IN ('percent_off', 'amount_off') AS is_money," \
	"    sum(g.value) FILTER (WHERE g.kind IN ('percent_off', 'amount_off'))" \
	"      OVER (PARTITION BY g.order_id ORDER BY g.granted_at, g.step, g.incentive_id) AS money_so_far" \
	"  FROM backorder.order_incentive g" \
	"  JOIN backorder.sales_order o ON o.merchant_id = $1 AND o.order_id = g.order_id AND o.status <> 'canceled'" \
	"  WHERE g.merchant_id = $1 AND g.status = 'granted'" \
	" ) AS g" \
	" CROSS JOIN LATERAL (" \
	"  SELECT coalesce(sum(p.quantity * p.unit_price) FILTER (WHERE p.status <> 'returned'), 0) AS order_value," \
	"    coalesce(sum(p.quantity * p.unit_price) FILTER (WHERE p.status <> 'returned' AND p.has_waited" \
	"      AND coalesce(p.line_no = ANY (g.waiting_lines), true)), 0) AS waiting_value," \
	"    coalesce(bool_or(p.has_waited AND coalesce(p.line_no = ANY (g.earning_lines), true)" \
	"      AND coalesce(p.first_promised_at >= g.wait_until, true)), false) AS is_wait_left," \
	"    count(*) > 0 AS is_kept" \
	"  FROM (" \
	"   SELECT p.line_no, p.quantity, p.unit_price, p.status, p.first_promised_at," \
	"     p.short_at_order OR p.deallocated OR p.status = 'backordered' AS has_waited" \
	"   FROM backorder.order_line_part p" \
	"   WHERE p.merchant_id = $1 AND p.order_id = g.order_id AND p.status <> 'canceled' AND NOT EXISTS (" \
	"    SELECT FROM backorder.order_incentive i" \
	"    WHERE i.merchant_id = $1 AND i.order_id = g.order_id AND i.line_no = p.line_no)" \
	"  ) AS p" \
	" ) AS p" \
	" CROSS JOIN LATERAL (VALUES" \
	"  (NOT g.forfeited AND NOT p.is_kept, 'nothing of the order is left')," \
	"  (NOT g.forfeited AND g.on_change <> 'keep' AND p.is_kept AND NOT p.is_wait_left," \
	"    'no units are left whose wait earned it')," \
	"  (NOT g.forfeited AND g.on_change <> 'keep' AND p.order_value < g.min_order_value," \
	"    format('the order is worth %s, less than the %s that it was granted for', p.order_value, g.min_order_value))," \
	"  (NOT g.forfeited AND g.on_change <> 'keep' AND p.waiting_value < g.min_backordered_value," \
	"    format('the units that waited are worth %s, less than the %s that it was granted for', p.waiting_value," \
	"      g.min_backordered_value))," \
	"  (g.is_money AND g.value > g.spent AND g.money_so_far > p.order_value," \
	"    format('with the grants before it, it takes %s off an order worth %s', g.money_so_far, p.order_value))," \
	"  (g.value > g.spent AND g.on_change <> 'keep' AND g.value > round(p.order_value * g.percent / 100, 2)," \
	"    format('it is worth %s, more than %s percent of an order worth %s', g.value, g.percent, p.order_value))," \
	"  (g.kind <> 'gift' AND g.forfeited AND g.value > g.spent," \
	"    format('it is forfeited, but it is worth %s, of which %s is spent', g.value, g.spent))" \
	" ) AS breach (found, problem)" \
	" WHERE breach.found"

extern int64 *find_misjudged_orders(const Call *call, Datum skus, int *count);

#endif
