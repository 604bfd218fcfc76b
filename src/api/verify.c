/*
 * verify(): tests the invariants on the data of a merchant, and returns a row for each breach.
 *
 * Each check is one read-only statement, and all run in the caller's snapshot, so that nothing is
 * locked. A statement returns where the breach is and what is wrong. The numbers are those of the
 * invariants in doc/architecture.md.
 *
 * Other entry points leave their statements to src/store. These stay here, because a check is its
 * SQL: it compares tables, and uses none of the engine's code, whose errors it has to find.
 */
#include "postgres.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/entry.h"
#include "base/result.h"
#include "base/sql.h"
#include "store/grant_audit.h"

/*
 * A query with one argument, the merchant; parallel workers may help. Large tables are compared by
 * FULL JOIN, which is hashed or merged. For a LEFT JOIN the planner would choose nested loops if
 * the tables are not analyzed, as after a restore.
 */
#define CHECK_STATEMENT(name, text) \
	static Statement name = {.sql = (text), .types = {INT4OID}, .parallel = true}
enum {BREACH_PLACE = 1, BREACH_PROBLEM};

typedef struct Check
{
	int			invariant;
	Statement  *statement;
} Check;

/*
 * 1: the units of an order are those of its parts, and an order is open as long as it has open
 * parts.
 */
CHECK_STATEMENT(orders_and_parts,
		  "SELECT format('order %s', order_id), breach.problem"
		  " FROM ("
		  "  SELECT o.order_id, o.status, o.units, o.groups_used"
		  "  FROM backorder.sales_order o WHERE o.merchant_id = $1"
		  " ) AS o"
		  " FULL JOIN ("
		  "  SELECT p.order_id, sum(p.quantity) AS units, max(p.group_no) AS last_group,"
		  "    count(*) FILTER (WHERE p.status IN ('allocated', 'backordered')) AS open,"
		  "    count(*) FILTER (WHERE p.status IN ('shipped', 'returned')) AS shipped"
		  "  FROM backorder.order_line_part p WHERE p.merchant_id = $1 GROUP BY p.order_id"
		  " ) AS p USING (order_id)"
		  " CROSS JOIN LATERAL (VALUES"
		  "  (o.status IS NULL,"
		  "    'there is no such order, but it has parts'),"
		  "  (o.units <> coalesce(p.units, 0),"
		  "    format('units is %s, its parts have %s', o.units, coalesce(p.units, 0))),"
		  "  (p.last_group > o.groups_used,"
		  "    format('groups_used is %s, but there is group %s', o.groups_used, p.last_group)),"
		  "  (o.status IN ('complete', 'canceled') AND p.open > 0,"
		  "    format('the order is %s, but has open parts: %s', o.status, p.open)),"
		  "  (o.status IN ('open', 'held') AND p.open = 0,"
		  "    format('the order is %s, but has no open part', o.status)),"
		  "  (o.status IN ('canceled', 'held') AND p.shipped > 0,"
		  "    format('the order is %s, but has shipped parts: %s', o.status, p.shipped))"
		  " ) AS breach (found, problem)"
		  " WHERE breach.found"
		  "  AND (o.status IS NULL OR o.units IS DISTINCT FROM p.units OR p.last_group > o.groups_used"
		  "    OR (p.open > 0) <> (o.status IN ('open', 'held')) OR (p.shipped > 0 AND o.status IN ('canceled', 'held')))");

/* 1: each part has units, and a group that agrees with it; each group has parts. */
CHECK_STATEMENT(parts_and_groups,
		  "SELECT CASE WHEN p.order_id IS NULL THEN format('order %s, group %s', g.order_id, g.group_no)"
		  "    ELSE format('order %s, line %s, part %s', p.order_id, p.line_no, p.part_no) END,"
		  "  CASE WHEN p.order_id IS NULL THEN 'the group has no parts'"
		  "    WHEN g.order_id IS NULL THEN format('there is no group %s', p.group_no)"
		  "    WHEN p.quantity < 1 THEN format('quantity is %s', p.quantity)"
		  "    ELSE format('the part is %s at %s, its group %s is %s at %s', p.status,"
		  "      coalesce('location ' || p.location_id, 'no location'), g.group_no, g.status,"
		  "      coalesce('location ' || g.location_id, 'no location'))"
		  "  END"
		  " FROM ("
		  "  SELECT p.order_id, p.line_no, p.part_no, p.quantity, p.status, p.location_id, p.group_no"
		  "  FROM backorder.order_line_part p WHERE p.merchant_id = $1"
		  " ) AS p"
		  " FULL JOIN ("
		  "  SELECT g.order_id, g.group_no, g.status, g.location_id"
		  "  FROM backorder.shipment_group g WHERE g.merchant_id = $1"
		  " ) AS g ON g.order_id = p.order_id AND g.group_no = p.group_no"
		  " WHERE p.order_id IS NULL OR g.order_id IS NULL OR p.quantity < 1"
		  "  OR CASE g.status"
		  "    WHEN 'waiting' THEN p.status NOT IN ('backordered', 'allocated', 'canceled')"
		  "    WHEN 'ready' THEN p.status NOT IN ('allocated', 'canceled')"
		  "    WHEN 'released' THEN p.status NOT IN ('allocated', 'canceled')"
		  "    WHEN 'shipped' THEN p.status NOT IN ('shipped', 'returned', 'canceled')"
		  "    WHEN 'delivered' THEN p.status NOT IN ('shipped', 'returned', 'canceled')"
		  "    ELSE p.status <> 'canceled' END"
		  "  OR (g.status <> 'waiting' AND p.status IN ('allocated', 'shipped')"
		  "    AND p.location_id IS DISTINCT FROM g.location_id)");

/* 1: each waiting group has a backordered part. */
CHECK_STATEMENT(waiting_groups,
		  "SELECT format('order %s, group %s', g.order_id, g.group_no),"
		  "  'the group is waiting, but none of its parts is backordered'"
		  " FROM ("
		  "  SELECT g.order_id, g.group_no FROM backorder.shipment_group g WHERE g.merchant_id = $1 AND g.status = 'waiting'"
		  " ) AS g"
		  " FULL JOIN ("
		  "  SELECT DISTINCT p.order_id, p.group_no FROM backorder.order_line_part p"
		  "  WHERE p.merchant_id = $1 AND p.status = 'backordered'"
		  " ) AS p ON p.order_id = g.order_id AND p.group_no = g.group_no"
		  " WHERE p.order_id IS NULL");

/* 1: the parts that an expired order asks for again are canceled, as the order is. */
CHECK_STATEMENT(expired_parts,
		  "SELECT format('order %s, line %s, part %s', e.order_id, e.line_no, e.part_no),"
		  "  CASE WHEN p.order_id IS NULL THEN 'it is recorded as expired, but there is no such part'"
		  "    ELSE format('it is recorded as expired, but the part is %s and its order %s', p.status, o.status) END"
		  " FROM backorder.expired_part e"
		  " LEFT JOIN backorder.order_line_part p ON p.merchant_id = $1 AND p.order_id = e.order_id"
		  "   AND p.line_no = e.line_no AND p.part_no = e.part_no"
		  " LEFT JOIN backorder.sales_order o ON o.merchant_id = $1 AND o.order_id = e.order_id"
		  " WHERE e.merchant_id = $1 AND (p.status IS DISTINCT FROM 'canceled' OR o.status IS DISTINCT FROM 'canceled')");

/* 1: no group of a held order is on a pick list or has shipped. */
CHECK_STATEMENT(held_groups,
		  "SELECT format('order %s, group %s', g.order_id, g.group_no),"
		  "  format('the group is %s, but its order is held', g.status)"
		  " FROM backorder.sales_order o"
		  " JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = o.order_id"
		  " WHERE o.merchant_id = $1 AND o.status = 'held' AND g.status IN ('released', 'shipped', 'delivered')");

/* 1: allocated units are at a location, and services never wait. */
CHECK_STATEMENT(parts_and_items,
		  "SELECT format('order %s, line %s, part %s', p.order_id, p.line_no, p.part_no),"
		  "  CASE WHEN p.status = 'allocated' THEN 'the part is allocated, but at no location'"
		  "    ELSE format('the part is backordered, but item %s is not tracked', p.sku) END"
		  " FROM backorder.order_line_part p"
		  " LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = p.sku"
		  " WHERE p.merchant_id = $1 AND p.status IN ('allocated', 'backordered')"
		  "  AND CASE WHEN p.status = 'allocated' THEN p.location_id IS NULL AND i.tracked IS NOT FALSE"
		  "    ELSE i.tracked IS FALSE END");

/* 2: the inventory record and stock agree on what is on hand. */
CHECK_STATEMENT(inventory_and_stock,
		  "SELECT format('SKU %s, location %s', sku, location_id),"
		  "  CASE WHEN b.entries > 1 THEN format('availability names the location %s times', b.entries)"
		  "    ELSE format('availability has %s on hand, stock has %s', coalesce(b.on_hand, 0), coalesce(s.on_hand, 0))"
		  "  END"
		  " FROM ("
		  "  SELECT a.sku, shelf.location_id, sum(shelf.on_hand) AS on_hand, count(*) AS entries"
		  "  FROM backorder.availability_total a"
		  "  CROSS JOIN LATERAL unnest(a.locations, a.on_hand) AS shelf (location_id, on_hand)"
		  "  WHERE a.merchant_id = $1 GROUP BY a.sku, shelf.location_id"
		  " ) AS b"
		  " FULL JOIN ("
		  "  SELECT s.sku, s.location_id, s.on_hand FROM backorder.stock s WHERE s.merchant_id = $1"
		  " ) AS s USING (sku, location_id)"
		  " WHERE b.entries > 1 OR coalesce(b.on_hand, 0) <> coalesce(s.on_hand, 0)");

/* 2: the inventory record and the allocated parts agree. */
CHECK_STATEMENT(inventory_and_allocated_parts,
		  "SELECT format('SKU %s, location %s', sku, location_id),"
		  "  format('availability has %s allocated, the allocated parts have %s',"
		  "    coalesce(b.allocated, 0), coalesce(p.allocated, 0))"
		  " FROM ("
		  "  SELECT a.sku, shelf.location_id, sum(shelf.allocated) AS allocated"
		  "  FROM backorder.availability_total a"
		  "  CROSS JOIN LATERAL unnest(a.locations, a.allocated) AS shelf (location_id, allocated)"
		  "  WHERE a.merchant_id = $1 GROUP BY a.sku, shelf.location_id"
		  " ) AS b"
		  " FULL JOIN ("
		  "  SELECT p.sku, p.location_id, sum(p.quantity) AS allocated"
		  "  FROM backorder.order_line_part p"
		  "  LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = p.sku"
		  "  WHERE p.merchant_id = $1 AND p.status = 'allocated' AND p.location_id IS NOT NULL"
		  "    AND i.tracked IS NOT FALSE"
		  "  GROUP BY p.sku, p.location_id"
		  " ) AS p USING (sku, location_id)"
		  " WHERE coalesce(b.allocated, 0) <> coalesce(p.allocated, 0)");

/* 2: the inventory record and the backordered parts agree. */
CHECK_STATEMENT(inventory_and_waiting_parts,
		  "SELECT format('SKU %s', sku),"
		  "  format('availability has %s backordered, the backordered parts have %s',"
		  "    coalesce(b.backordered, 0), coalesce(p.backordered, 0))"
		  " FROM ("
		  "  SELECT a.sku, a.backordered FROM backorder.availability_total a WHERE a.merchant_id = $1"
		  " ) AS b"
		  " FULL JOIN ("
		  "  SELECT p.sku, sum(p.quantity) AS backordered FROM backorder.order_line_part p"
		  "  WHERE p.merchant_id = $1 AND p.status = 'backordered' GROUP BY p.sku"
		  " ) AS p USING (sku)"
		  " WHERE coalesce(b.backordered, 0) <> coalesce(p.backordered, 0)");

/*
 * 2: there are as many slots as the inventory record says, and their shares together fit what is
 * free and what may wait.
 */
CHECK_STATEMENT(inventory_and_slots,
		  "SELECT format('SKU %s', x.sku), breach.problem"
		  " FROM ("
		  "  SELECT a.sku, a.slots, a.backordered, b.slots_idle, count(s.slot_no) AS rows,"
		  "    count(*) FILTER (WHERE cardinality(s.share) <> cardinality(a.locations)) AS apart,"
		  "    coalesce(sum((SELECT sum(n) FROM unnest(s.share) AS n)), 0) AS share,"
		  "    coalesce(sum(s.queue_share), 0) AS queue_share,"
		  "    coalesce(sum((SELECT coalesce(sum(n), 0) FROM unnest(s.allocated) AS n) + s.backordered), 0) AS counted,"
		  "    (SELECT coalesce(sum(greatest(shelf.on_hand - shelf.allocated, 0)), 0)"
		  "     FROM unnest(a.locations, a.on_hand, a.allocated) AS shelf (location_id, on_hand, allocated)"
		  "     LEFT JOIN backorder.location l ON l.merchant_id = $1 AND l.location_id = shelf.location_id"
		  "     WHERE l.active IS NOT FALSE) AS free"
		  "  FROM backorder.availability_total a"
		  "  JOIN backorder.availability b ON b.merchant_id = $1 AND b.sku = a.sku"
		  "  LEFT JOIN backorder.availability_slot s ON s.merchant_id = $1 AND s.sku = a.sku"
		  "  WHERE a.merchant_id = $1 AND (a.slots > 0 OR s.slot_no IS NOT NULL)"
		  "  GROUP BY a.sku, a.slots, a.backordered, b.slots_idle, a.locations, a.on_hand, a.allocated"
		  " ) AS x"
		  " LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = x.sku"
		  " CROSS JOIN LATERAL (VALUES"
		  "  (x.rows <> x.slots,"
		  "    format('availability is spread over %s slots, there are %s', x.slots, x.rows)),"
		  "  (x.apart > 0,"
		  "    format('%s slots do not match the locations of availability', x.apart)),"
		  "  (x.slots_idle AND x.share + x.queue_share + x.counted > 0,"
		  "    format('slots have %s units, but are marked idle', x.share + x.queue_share + x.counted)),"
		  "  (x.share > 0 AND x.backordered > 0,"
		  "    format('slots may allocate %s, but %s wait', x.share, x.backordered)),"
		  "  (x.share > greatest(x.free - coalesce(i.safety_stock, 0), 0),"
		  "    format('slots may allocate %s, free are %s, safety stock %s', x.share, x.free, coalesce(i.safety_stock, 0))),"
		  "  (x.queue_share > 0 AND x.backordered = 0,"
		  "    format('slots may queue %s, but no units wait', x.queue_share)),"
		  "  (x.queue_share > 0 AND i.policy <> 'allow',"
		  "    format('slots may queue %s, but the policy is %s', x.queue_share, i.policy)),"
		  "  (x.queue_share > 0 AND x.queue_share > i.backorder_limit - x.backordered,"
		  "    format('slots may queue %s, %s wait, the limit is %s', x.queue_share, x.backordered, i.backorder_limit))"
		  " ) AS breach (found, problem)"
		  " WHERE breach.found AND i.tracked IS NOT FALSE");

/* 3: allocated units are on hand; those on a pick list come first. */
CHECK_STATEMENT(allocated_and_stock,
		  "SELECT format('SKU %s, location %s', p.sku, p.location_id),"
		  "  format('allocated %s, on pick lists %s, on hand %s', p.units, p.released, coalesce(s.on_hand, 0))"
		  " FROM ("
		  "  SELECT p.sku, p.location_id,"
		  "    coalesce(sum(p.quantity) FILTER (WHERE g.order_id IS NULL), 0) AS units,"
		  "    coalesce(sum(p.quantity) FILTER (WHERE g.order_id IS NOT NULL), 0) AS released"
		  "  FROM backorder.order_line_part p"
		  "  LEFT JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = p.order_id"
		  "    AND g.group_no = p.group_no AND g.status = 'released'"
		  "  LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = p.sku"
		  "  WHERE p.merchant_id = $1 AND p.status = 'allocated' AND p.location_id IS NOT NULL"
		  "    AND i.tracked IS NOT FALSE"
		  "  GROUP BY p.sku, p.location_id"
		  " ) AS p"
		  " LEFT JOIN backorder.stock s"
		  "  ON s.merchant_id = $1 AND s.sku = p.sku AND s.location_id = p.location_id"
		  " WHERE p.units > 0 AND p.units > greatest(coalesce(s.on_hand, 0) - p.released, 0)");

/* 4: while units wait, no more than the safety stock is free. */
CHECK_STATEMENT(idle_stock,
		  "SELECT format('SKU %s', q.sku),"
		  "  format('waiting %s, free %s, safety stock %s', q.waiting, q.free, coalesce(i.safety_stock, 0))"
		  " FROM ("
		  "  SELECT a.sku, p.waiting, sum(greatest(shelf.on_hand - shelf.allocated, 0)) AS free"
		  "  FROM ("
		  "    SELECT p.sku, sum(p.quantity) AS waiting FROM backorder.order_line_part p"
		  "    WHERE p.merchant_id = $1 AND p.status = 'backordered' GROUP BY p.sku"
		  "  ) AS p"
		  "  JOIN backorder.availability_total a ON a.merchant_id = $1 AND a.sku = p.sku"
		  "  CROSS JOIN LATERAL unnest(a.locations, a.on_hand, a.allocated) AS shelf (location_id, on_hand, allocated)"
		  "  LEFT JOIN backorder.location l ON l.merchant_id = $1 AND l.location_id = shelf.location_id"
		  "  WHERE l.active IS NOT FALSE"
		  "  GROUP BY a.sku, p.waiting"
		  " ) AS q"
		  " LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = q.sku"
		  " WHERE q.free > coalesce(i.safety_stock, 0)");

/* The supply shortfall, in a query with FROM_STOCK that groups by SKU. */
#define SHORTFALL "greatest(coalesce(i.safety_stock, 0)" \
	" - coalesce(sum(greatest(shelf.on_hand - shelf.allocated, 0)) FILTER (WHERE l.active IS NOT FALSE), 0), 0)" \
	" + coalesce(sum(greatest(shelf.allocated - shelf.on_hand, 0)) FILTER (WHERE l.active IS NOT FALSE), 0)"

#define FROM_STOCK " FROM backorder.availability_total a" \
	" LEFT JOIN backorder.item i ON i.merchant_id = $1 AND i.sku = a.sku" \
	" LEFT JOIN LATERAL unnest(a.locations, a.on_hand, a.allocated)" \
	"  AS shelf (location_id, on_hand, allocated) ON true" \
	" LEFT JOIN backorder.location l ON l.merchant_id = $1 AND l.location_id = shelf.location_id"

/*
 * Open supply that can be promised from, and how many units it brings together with all supply
 * before it.
 */
#define OPEN_SUPPLY "SELECT u.sku, arrival.expected_at, sum(u.quantity - u.received)" \
	"  OVER (PARTITION BY u.sku ORDER BY arrival.expected_at, u.supply_id ROWS UNBOUNDED PRECEDING) AS reach" \
	" FROM backorder.supply u" \
	" CROSS JOIN LATERAL backorder.supply_arrival(u.expected_at, $1) AS arrival (expected_at)" \
	" LEFT JOIN backorder.location l ON l.merchant_id = $1 AND l.location_id = u.location_id" \
	" WHERE u.merchant_id = $1 AND u.status = 'open' AND u.quantity > u.received" \
	"  AND arrival.expected_at IS NOT NULL AND l.active IS NOT FALSE"

/* Whether time has not made the promises of the inventory record a wrong since they were calculated. */
#define NOT_YET_DUE " AND NOT EXISTS (SELECT FROM backorder.availability t" \
	"  WHERE t.merchant_id = $1 AND t.sku = a.sku AND t.recalculate_at <= backorder.clock_time())"

/*
 * 5: no part is promised for a date before the supply that covers it.
 *
 * Parts and supplies of a SKU have positions on one line, counted in units. The position of a part
 * is the number of units up to its end; that of a supply is the number of units that have come with
 * it. A part is covered by the earliest supply whose position is at least its own. One pass from
 * the far end of the line finds the dates.
 */
CHECK_STATEMENT(promises_and_supply,
		  "WITH shortfall AS ("
		  "  SELECT a.sku, CASE WHEN i.policy = 'preorder' THEN coalesce(i.lead_time, '0') ELSE i.lead_time END AS lead_time,"
		  "    " SHORTFALL " AS units"
		  FROM_STOCK
		  "  WHERE a.merchant_id = $1 AND a.backordered > 0 AND NOT a.promises_stale"
		  NOT_YET_DUE
		  "    AND EXISTS (SELECT FROM backorder.order_line_part q WHERE q.merchant_id = $1 AND q.sku = a.sku"
		  "      AND q.status = 'backordered' AND q.promised_at IS NOT NULL)"
		  "  GROUP BY a.sku, i.lead_time, i.policy, i.safety_stock"
		  "), placed AS ("
		  "  SELECT x.*, min(x.expected_at) OVER (PARTITION BY x.sku ORDER BY x.position DESC, x.order_id NULLS FIRST"
		  "    ROWS UNBOUNDED PRECEDING) AS reached_at"
		  "  FROM ("
		  "    SELECT p.sku, p.order_id, p.line_no, p.part_no, p.promised_at, shortfall.lead_time,"
		  "      NULL::timestamptz AS expected_at,"
		  "      shortfall.units + sum(p.quantity) OVER (PARTITION BY p.sku ORDER BY p.priority DESC, p.queued_at,"
		  "        p.order_id, p.line_no, p.part_no ROWS UNBOUNDED PRECEDING) AS position"
		  "    FROM backorder.order_line_part p JOIN shortfall ON shortfall.sku = p.sku"
		  "    WHERE p.merchant_id = $1 AND p.status = 'backordered'"
		  "    UNION ALL"
		  "    SELECT sku, NULL, NULL, NULL, NULL, NULL, expected_at, reach FROM (" OPEN_SUPPLY ") AS u"
		  "    WHERE u.sku IN (SELECT sku FROM shortfall)"
		  "  ) AS x"
		  ")"
		  " SELECT format('order %s, line %s, part %s', order_id, line_no, part_no),"
		  "  CASE WHEN reached_at IS NULL"
		  "    THEN format('promised for %s, but no supply of %s reaches it and there is no lead time', promised_at, sku)"
		  "    ELSE format('promised for %s, before the supply of %s that reaches it on %s', promised_at, sku, reached_at)"
		  "  END"
		  " FROM placed"
		  " WHERE promised_at < reached_at OR (promised_at IS NOT NULL AND reached_at IS NULL AND lead_time IS NULL)");

/* 5: time makes no promise wrong before the time that is noted for its recalculation. */
CHECK_STATEMENT(promises_and_time,
		  "SELECT format('order %s, line %s, part %s', p.order_id, p.line_no, p.part_no),"
		  "  format('promised for %s, but the promises of %s are recalculated at %s', p.promised_at, p.sku,"
		  "    coalesce(a.recalculate_at::text, 'no time'))"
		  " FROM backorder.availability a"
		  " JOIN backorder.order_line_part p ON p.merchant_id = $1 AND p.sku = a.sku AND p.status = 'backordered'"
		  " WHERE a.merchant_id = $1 AND NOT a.promises_stale AND p.promised_at IS NOT NULL"
		  "  AND (a.recalculate_at IS NULL OR (p.promise_basis <> 'supply' AND p.promised_at < a.recalculate_at"
		  "    AND a.recalculate_at > backorder.clock_time()))");

/*
 * 5: all units that may join the queue through slots get one date, that of the next supply: a slot
 * knows nothing of the others.
 */
CHECK_STATEMENT(slots_and_supply,
		  "WITH room AS ("
		  "  SELECT a.sku, s.units, a.backordered + " SHORTFALL " AS position"
		  FROM_STOCK
		  "  JOIN (SELECT q.sku, sum(q.queue_share) AS units FROM backorder.availability_slot q WHERE q.merchant_id = $1"
		  "    GROUP BY q.sku HAVING sum(q.queue_share) > 0) AS s ON s.sku = a.sku"
		  "  WHERE a.merchant_id = $1"
		  NOT_YET_DUE
		  "  GROUP BY a.sku, a.backordered, i.safety_stock, s.units"
		  ")"
		  " SELECT format('SKU %s', room.sku),"
		  "  format('slots may queue %s, but the supply that comes next has %s left', room.units, next.reach - room.position)"
		  " FROM room"
		  " CROSS JOIN LATERAL (SELECT min(u.reach) AS reach FROM (" OPEN_SUPPLY ") AS u"
		  "  WHERE u.sku = room.sku AND u.reach > room.position) AS next"
		  " WHERE room.units > next.reach - room.position");

/*
 * 6: an order has one notification when it is placed, one when it is canceled, and none while it is
 * held. A later notification covers a withdrawn one that tells of more than dates and fills.
 */
CHECK_STATEMENT(notifications_and_orders,
		  "SELECT breach.place, breach.problem"
		  " FROM ("
		  "  SELECT order_id, o.status, n.notifications, n.placed, n.canceled, n.last_id, d.status IS NOT NULL AS uncovered,"
		  "    CASE o.status"
		  "      WHEN 'held' THEN n.notifications > 0"
		  "      WHEN 'canceled' THEN n.placed <> 1 OR n.canceled <> 1"	/* none at all: it was canceled while held */
		  "      ELSE n.placed IS DISTINCT FROM 1 OR n.canceled > 0 OR o.status IS NULL END AS mistold"
		  "  FROM ("
		  "   SELECT o.order_id, o.status FROM backorder.sales_order o WHERE o.merchant_id = $1"
		  "  ) AS o"
		  "  FULL JOIN ("
		  "   SELECT n.order_id, count(*) AS notifications, count(*) FILTER (WHERE n.type = 'placed') AS placed,"
		  "     count(*) FILTER (WHERE n.type = 'canceled') AS canceled, max(n.notification_id) AS last_id"
		  "   FROM backorder.notification n"
		  "   WHERE n.merchant_id = $1 AND n.audience = 'customer' AND n.order_id IS NOT NULL GROUP BY n.order_id"
		  "  ) AS n USING (order_id)"
		  "  FULL JOIN ("
		  "   SELECT d.notification_id, d.status FROM backorder.delivery d"
		  "   JOIN backorder.notification n ON n.merchant_id = $1 AND n.notification_id = d.notification_id"
		  "   WHERE d.merchant_id = $1 AND d.status = 'withdrawn'"
		  "     AND (n.payload -> 'before' IS NULL OR n.payload -> 'covers' ? 'placed' OR n.payload -> 'grants_changed' = 'true'"
		  "       OR n.payload -> 'canceled' <> '[]')"
		  "  ) AS d ON d.notification_id = n.last_id"
		  "  WHERE order_id IS NOT NULL"
		  " ) AS x"
		  " CROSS JOIN LATERAL (VALUES"
		  "  (x.mistold, format('order %s', x.order_id),"
		  "    CASE WHEN x.status IS NULL THEN format('there is no such order, but it has %s notifications', x.notifications)"
		  "      ELSE format('the order is %s, but has %s placed and %s canceled of %s notifications', x.status,"
		  "        coalesce(x.placed, 0), coalesce(x.canceled, 0), coalesce(x.notifications, 0)) END),"
		  "  (x.uncovered, format('order %s, notification %s', x.order_id, x.last_id),"
		  "    'the notification is withdrawn, but no later one covers it')"
		  " ) AS breach (found, place, problem)"
		  " WHERE (x.mistold OR x.uncovered) AND breach.found");

/* The place of the notification e. */
#define NOTIFICATION_PLACE "coalesce('order ' || e.order_id || ', ', '') || 'notification ' || e.notification_id"

/* 6: a group has one notification when it is shipped; its dedupe_key names the group. */
CHECK_STATEMENT(notifications_and_shipments,
		  "SELECT CASE WHEN g.order_id IS NOT NULL THEN format('order %s, group %s', g.order_id, g.group_no)"
		  "    ELSE (SELECT " NOTIFICATION_PLACE " FROM backorder.notification e WHERE e.merchant_id = $1"
		  "      AND e.order_id IS NOT DISTINCT FROM n.order_id AND e.dedupe_key = n.dedupe_key) END,"
		  "  CASE WHEN g.order_id IS NOT NULL THEN format('the group is %s, but has no shipped notification', g.status)"
		  "    ELSE format('the shipped notification has the key %s, but no such group is shipped', n.dedupe_key) END"
		  " FROM ("
		  "  SELECT g.order_id, g.group_no, g.status, format('shipped:%s:%s', g.order_id, g.group_no) AS dedupe_key"
		  "  FROM backorder.shipment_group g WHERE g.merchant_id = $1 AND g.status IN ('shipped', 'delivered')"
		  " ) AS g"
		  " FULL JOIN ("
		  "  SELECT n.order_id, n.dedupe_key FROM backorder.notification n"
		  "  WHERE n.merchant_id = $1 AND starts_with(n.dedupe_key, 'shipped:')"
		  " ) AS n ON n.order_id = g.order_id AND n.dedupe_key = g.dedupe_key"
		  " WHERE g.order_id IS NULL OR n.order_id IS NULL");

/*
 * 6: each notification has a known type, and the audience, the subject and the dedupe_key of that
 * type.
 */
CHECK_STATEMENT(notification_types,
		  "SELECT " NOTIFICATION_PLACE ","
		  "  CASE"
		  "    WHEN t.type IS NULL THEN format('there is no notification type %s', e.type)"
		  "    WHEN e.audience <> t.audience THEN format('the %s notification is for the %s', e.type, e.audience)"
		  "    WHEN (e.order_id IS NULL) <> (t.about IN ('subscription', 'sku'))"
		  "      THEN format('the %s notification has %s order', e.type, CASE WHEN e.order_id IS NULL THEN 'no' ELSE 'an' END)"
		  "    ELSE format('the %s notification has the key %s', e.type, e.dedupe_key) END"
		  " FROM backorder.notification e"
		  " LEFT JOIN backorder.notification_types() AS t ON t.type = e.type"
		  " WHERE e.merchant_id = $1"
		  "  AND CASE"
		  "    WHEN t.type IS NULL OR e.audience <> t.audience THEN true"
		  "    WHEN (e.order_id IS NULL) <> (t.about IN ('subscription', 'sku')) THEN true"
		  "    WHEN t.about = 'sku' THEN NOT starts_with(e.dedupe_key, e.type || ':')"
		  "    WHEN t.about = 'subscription' THEN e.dedupe_key !~ ('^' || e.type || ':[0-9]+:[0-9]+$')"
		  "    WHEN t.once THEN e.dedupe_key <> e.type || ':' || e.order_id"
		  "    ELSE e.dedupe_key <> e.type || ':' || e.order_id || ':' || split_part(e.dedupe_key, ':', 3)"
		  "      OR split_part(e.dedupe_key, ':', 3) !~ '^[0-9]+$' END");

/*
 * 6: the last notification that states dates and is not withdrawn states the present dates. Units
 * that were allocated and wait again until the same date are no news, so it may not list them.
 */
CHECK_STATEMENT(notifications_and_promises,
		  "WITH last AS ("
		  "  SELECT DISTINCT ON (n.order_id) n.order_id, n.notification_id, n.payload -> 'waiting' AS waiting"
		  "  FROM backorder.notification n"
		  "  JOIN backorder.sales_order o ON o.merchant_id = $1 AND o.order_id = n.order_id AND o.status = 'open'"
		  "  LEFT JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = n.notification_id"
		  "  WHERE n.merchant_id = $1 AND n.type IN (SELECT type FROM backorder.notification_types() WHERE replaceable)"
		  "    AND d.status IS DISTINCT FROM 'withdrawn'"
		  "  ORDER BY n.order_id, n.notification_id DESC"
		  "), dates AS ("
		  "  SELECT last.order_id, w.line_no, w.promised_at, w.quantity AS told, 0 AS waiting, 0 AS known"
		  "  FROM last"
		  "  CROSS JOIN LATERAL jsonb_to_recordset("
		  "    CASE jsonb_typeof(last.waiting) WHEN 'array' THEN last.waiting ELSE '[]' END)"
		  "    AS w (line_no integer, quantity bigint, promised_at timestamptz)"
		  "  UNION ALL"
		  "  SELECT p.order_id, p.line_no, p.promised_at, 0, p.quantity,"
		  "    CASE WHEN p.promised_at = p.first_promised_at AND NOT p.short_at_order THEN p.quantity ELSE 0 END"
		  "  FROM backorder.order_line_part p"
		  "  JOIN backorder.sales_order o ON o.merchant_id = $1 AND o.order_id = p.order_id AND o.status = 'open'"
		  "  WHERE p.merchant_id = $1 AND p.status = 'backordered'"
		  ")"
		  " SELECT format('order %s, line %s', order_id, line_no),"
		  "  format('units that wait until %s: %s, the last notification states: %s',"
		  "    coalesce(promised_at::text, 'an unknown date'), sum(waiting), sum(told))"
		  " FROM dates GROUP BY order_id, line_no, promised_at HAVING sum(told) NOT BETWEEN sum(waiting) - sum(known) AND sum(waiting)");

/* 6: each notification has a delivery, each delivery a notification. */
CHECK_STATEMENT(notifications_and_deliveries,
		  "SELECT format('notification %s', notification_id),"
		  "  CASE WHEN n.notification_id IS NULL THEN 'there is a delivery of it, but no such notification'"
		  "    ELSE 'the notification has no delivery' END"
		  " FROM ("
		  "  SELECT n.notification_id FROM backorder.notification n WHERE n.merchant_id = $1"
		  " ) AS n"
		  " FULL JOIN ("
		  "  SELECT d.notification_id FROM backorder.delivery d WHERE d.merchant_id = $1"
		  " ) AS d USING (notification_id)"
		  " WHERE n.notification_id IS NULL OR d.notification_id IS NULL");

/* 7: the movements of the ledger sum up to what is on hand. */
CHECK_STATEMENT(movements_and_stock,
		  "SELECT format('SKU %s, location %s', sku, location_id),"
		  "  format('the movements sum up to %s, stock has %s', coalesce(m.quantity, 0), coalesce(s.on_hand, 0))"
		  " FROM ("
		  "  SELECT m.sku, m.location_id, sum(m.quantity) AS quantity FROM backorder.stock_movement m"
		  "  WHERE m.merchant_id = $1 GROUP BY m.sku, m.location_id"
		  " ) AS m"
		  " FULL JOIN ("
		  "  SELECT s.sku, s.location_id, s.on_hand FROM backorder.stock s WHERE s.merchant_id = $1"
		  " ) AS s USING (sku, location_id)"
		  " WHERE coalesce(m.quantity, 0) <> coalesce(s.on_hand, 0)");

/* 8: a subscription that is told has its notification, and one that waits has none. */
CHECK_STATEMENT(subscriptions_and_notifications,
		  "SELECT format('SKU %s, subscription %s', s.sku, s.subscription_id), breach.problem"
		  " FROM backorder.subscription s"
		  " LEFT JOIN backorder.notification n ON n.merchant_id = $1 AND n.notification_id = s.notification_id"
		  " LEFT JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = s.notification_id"
		  " CROSS JOIN LATERAL (VALUES"
		  "  (s.status = 'waiting' AND s.notification_id IS NOT NULL,"
		  "    'the subscription waits, but has a notification'),"
		  "  (s.status = 'told' AND n.notification_id IS NULL,"
		  "    'the subscription is told, but has no notification'),"
		  "  (n.type <> 'back_in_stock' OR n.payload ->> 'sku' <> s.sku OR n.payload ->> 'contact' <> s.contact,"
		  "    format('notification %s is not for this subscription', n.notification_id)),"
		  "  (s.status = 'told' AND s.told_at <> n.created_at,"
		  "    format('told_at is %s, but the notification was written at %s', s.told_at, n.created_at)),"
		  "  (s.status = 'told' AND d.status = 'withdrawn',"
		  "    'the subscription is told, but its notification is withdrawn'),"
		  "  (d.status = 'pending' AND NOT s.back_in_stock_pending,"
		  "    format('the notification of the %s subscription is pending, but not marked back_in_stock_pending', s.status))"
		  " ) AS breach (found, problem)"
		  " WHERE s.merchant_id = $1 AND breach.found");

/*
 * 8: if the notification of a subscription may be pending, the inventory record of its SKU says so.
 */
CHECK_STATEMENT(back_in_stock_and_inventory,
		  "SELECT format('SKU %s', s.sku), format('availability is not marked back_in_stock_pending, but subscription %s is',"
		  "  min(s.subscription_id))"
		  " FROM backorder.subscription s"
		  " LEFT JOIN backorder.availability a ON a.merchant_id = $1 AND a.sku = s.sku"
		  " WHERE s.merchant_id = $1 AND s.back_in_stock_pending AND a.back_in_stock_pending IS NOT TRUE GROUP BY s.sku");

/* 8: if a subscription waits, the inventory record of its SKU says so. */
CHECK_STATEMENT(waiting_and_inventory,
		  "SELECT format('SKU %s', s.sku), format('availability is not marked subscribers_wait, but subscription %s waits',"
		  "  min(s.subscription_id))"
		  " FROM backorder.subscription s"
		  " LEFT JOIN backorder.availability a ON a.merchant_id = $1 AND a.sku = s.sku"
		  " WHERE s.merchant_id = $1 AND s.status = 'waiting' AND a.subscribers_wait IS NOT TRUE GROUP BY s.sku");

/*
 * 8: nobody waits for units that are there, beyond those of which others were told. A contact that was
 * told of the SKU before is not judged: the throttle may hold for it.
 */
CHECK_STATEMENT(waiting_and_available,
		  "WITH stock AS ("
		  "  SELECT a.sku, CASE WHEN a.backordered > 0 THEN 0 ELSE greatest("
		  "    coalesce(sum(greatest(shelf.on_hand - shelf.allocated, 0)) FILTER (WHERE l.active IS NOT FALSE), 0)"
		  "    - i.safety_stock, 0) END AS available"
		  FROM_STOCK
		  "  WHERE a.merchant_id = $1 AND i.tracked"
		  "    AND a.sku IN (SELECT s.sku FROM backorder.subscription s WHERE s.merchant_id = $1 AND s.status = 'waiting')"
		  "  GROUP BY a.sku, a.backordered, i.safety_stock"
		  "), told AS ("
		  "  SELECT stock.sku, floor(stock.available * coalesce(m.back_in_stock_factor, 1)) - a.told_units"
		  "    - coalesce((SELECT sum(s.quantity) FROM backorder.subscription s"
		  "      JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = s.notification_id"
		  "        AND d.status IN ('pending', 'leased', 'sent')"
		  "      WHERE s.merchant_id = $1 AND s.sku = stock.sku AND s.back_in_stock_pending), 0) AS units"
		  "  FROM stock"
		  "  JOIN backorder.availability a ON a.merchant_id = $1 AND a.sku = stock.sku"
		  "  LEFT JOIN backorder.merchant m ON m.merchant_id = $1"
		  ")"
		  " SELECT format('SKU %s, subscription %s', s.sku, s.subscription_id),"
		  "  format('the subscription waits for %s units, but there are %s of which nobody was told', s.quantity, told.units)"
		  " FROM told JOIN backorder.subscription s ON s.merchant_id = $1 AND s.sku = told.sku"
		  " WHERE s.status = 'waiting' AND s.told_at IS NULL AND s.quantity <= told.units");

/* 8: each pending back_in_stock notification belongs to a subscription. */
CHECK_STATEMENT(notifications_and_subscriptions,
		  "SELECT format('notification %s', n.notification_id),"
		  "  'the back_in_stock notification is pending, but belongs to no subscription'"
		  " FROM backorder.notification n"
		  " JOIN backorder.delivery d ON d.merchant_id = $1 AND d.notification_id = n.notification_id AND d.status = 'pending'"
		  " LEFT JOIN backorder.subscription s ON s.merchant_id = $1 AND s.sku = n.payload ->> 'sku'"
		  "  AND s.contact = n.payload ->> 'contact' AND s.notification_id = n.notification_id"
		  " WHERE n.merchant_id = $1 AND n.type = 'back_in_stock' AND s.sku IS NULL");

/* 8: each row of stock_warning has a notification of its time. */
CHECK_STATEMENT(warnings_and_notifications,
		  "SELECT format('SKU %s', w.sku), format('%s has told_at %s, but there is no such notification', w.kind, w.told_at)"
		  " FROM (SELECT w.sku, w.kind, w.told_at FROM backorder.stock_warning w WHERE w.merchant_id = $1) AS w"
		  " FULL JOIN ("
		  "  SELECT DISTINCT n.type, n.payload ->> 'sku' AS sku, n.created_at FROM backorder.notification n"
		  "  WHERE n.merchant_id = $1 AND n.order_id IS NULL AND n.audience = 'merchant'"
		  " ) AS n ON n.type = w.kind AND n.sku = w.sku AND n.created_at = w.told_at"
		  " WHERE n.type IS NULL");

/*
 * 9: no part waits of an order that refused to, and an order with consent states what the customer
 * was shown.
 */
CHECK_STATEMENT(consent_and_parts,
		  "SELECT format('order %s, line %s, part %s', o.order_id, p.line_no, p.part_no),"
		  "  format('the customer refused to wait, but %s of %s were short when they were ordered', p.quantity, p.sku)"
		  " FROM backorder.sales_order o"
		  " JOIN backorder.order_line_part p ON p.merchant_id = $1 AND p.order_id = o.order_id AND p.short_at_order"
		  " WHERE o.merchant_id = $1 AND NOT o.accept_backorder"
		  " UNION ALL"
		  " SELECT format('order %s', o.order_id),"
		  "  'the order states what the customer agreed to, but not what the customer was shown'"
		  " FROM backorder.sales_order o"
		  " WHERE o.merchant_id = $1 AND o.unknown_shown IS NULL"
		  "  AND (o.accept_backorder IS NOT NULL OR o.accept_split IS NOT NULL OR o.max_wait IS NOT NULL)");

/* 10: the shares of a budget add up to what is used, and to what is left of the budget. */
CHECK_STATEMENT(budgets_and_grants,
		  "SELECT format('incentive %s', incentive_id), breach.problem"
		  " FROM ("
		  "  SELECT s.incentive_id, sum(s.grants_left) AS grants_left, sum(s.value_left) AS value_left,"
		  "    sum(s.grants_used) AS grants_used, sum(s.value_used) AS value_used,"
		  "    least(min(s.grants_left), min(s.value_left), min(s.grants_used), min(s.value_used)) AS least"
		  "  FROM backorder.incentive_budget s WHERE s.merchant_id = $1 GROUP BY s.incentive_id"
		  " ) AS s"
		  " FULL JOIN ("
		  "  SELECT i.incentive_id, i.max_grants, i.max_value FROM backorder.incentive i WHERE i.merchant_id = $1"
		  " ) AS i USING (incentive_id)"
		  " LEFT JOIN ("
		  "  SELECT o.incentive_id, count(*) AS grants, sum(o.value) AS value FROM backorder.order_incentive o"
		  "  WHERE o.merchant_id = $1 AND o.status = 'granted' AND o.budgeted GROUP BY o.incentive_id"
		  " ) AS o USING (incentive_id)"
		  " CROSS JOIN LATERAL (VALUES"
		  "  (s.least < 0,"
		  "    format('a share of the budget is negative: %s', s.least)),"
		  "  (s.least IS NULL AND (i.max_grants IS NOT NULL OR i.max_value IS NOT NULL),"
		  "    'there is a budget, but it has no shares'),"
		  "  (s.least IS NOT NULL AND (s.grants_used, s.value_used)"
		  "      IS DISTINCT FROM (coalesce(o.grants, 0)::numeric, coalesce(o.value, 0)),"
		  "    format('used are %s grants of %s, orders have %s of %s', s.grants_used, s.value_used,"
		  "      coalesce(o.grants, 0), coalesce(o.value, 0))),"
		  "  (s.least IS NOT NULL AND s.grants_left IS DISTINCT FROM"
		  "      CASE WHEN i.max_grants IS NOT NULL THEN greatest(i.max_grants - s.grants_used, 0) END,"
		  "    format('of %s grants %s are used and %s left', i.max_grants, s.grants_used, s.grants_left)),"
		  "  (s.least IS NOT NULL AND s.value_left IS DISTINCT FROM"
		  "      CASE WHEN i.max_value IS NOT NULL THEN greatest(i.max_value - s.value_used, 0) END,"
		  "    format('of a value of %s %s is used and %s left', i.max_value, s.value_used, s.value_left))"
		  " ) AS breach (found, problem)"
		  " WHERE breach.found");

/*
 * 10: a grant belongs to an order that is not canceled, unless it is spent; a gift is a line at price
 * 0 with a part that is neither canceled nor returned.
 */
CHECK_STATEMENT(grants_and_orders,
		  "SELECT format('order %s, incentive %s', g.order_id, g.incentive_id), breach.problem"
		  " FROM backorder.order_incentive g"
		  " LEFT JOIN backorder.sales_order o ON o.merchant_id = $1 AND o.order_id = g.order_id"
		  " CROSS JOIN LATERAL ("
		  "  SELECT count(*) AS parts, count(*) FILTER (WHERE p.status NOT IN ('canceled', 'returned')) AS kept,"
		  "    count(*) FILTER (WHERE p.unit_price IS DISTINCT FROM 0) AS priced"
		  "  FROM backorder.order_line_part p"
		  "  WHERE p.merchant_id = $1 AND p.order_id = g.order_id AND p.line_no = g.line_no"
		  " ) AS p"
		  " CROSS JOIN LATERAL (VALUES"
		  "  (o.status IS NULL, 'there is no such order'),"
		  "  (g.status = 'granted' AND (g.spent = 0 OR g.value > g.spent) AND o.status = 'canceled', 'it is granted, but the order is canceled'),"
		  "  (g.line_no IS NOT NULL AND p.parts = 0, format('the gift is line %s, which does not exist', g.line_no)),"
		  "  (p.priced > 0, format('the gift is line %s, which has a price', g.line_no)),"
		  "  (g.line_no IS NOT NULL AND p.parts > 0 AND (g.status = 'granted') <> (p.kept > 0),"
		  "    format('it is %s, but of the gift, line %s, %s parts are left', g.status, g.line_no, p.kept))"
		  " ) AS breach (found, problem)"
		  " WHERE g.merchant_id = $1 AND breach.found");

/* 10: a grant is no more than its order, which is not canceled, earns by the terms under which it was granted. */
CHECK_STATEMENT(grants_and_terms,
		  "SELECT format('order %s, incentive %s', g.order_id, g.incentive_id), breach.problem" FROM_MISJUDGED_GRANTS);

static const Check checks[] = {
	{1, &orders_and_parts},
	{1, &parts_and_groups},
	{1, &waiting_groups},
	{1, &held_groups},
	{1, &expired_parts},
	{1, &parts_and_items},
	{2, &inventory_and_stock},
	{2, &inventory_and_allocated_parts},
	{2, &inventory_and_waiting_parts},
	{2, &inventory_and_slots},
	{3, &allocated_and_stock},
	{4, &idle_stock},
	{5, &promises_and_supply},
	{5, &promises_and_time},
	{5, &slots_and_supply},
	{6, &notifications_and_orders},
	{6, &notifications_and_shipments},
	{6, &notification_types},
	{6, &notifications_and_promises},
	{6, &notifications_and_deliveries},
	{7, &movements_and_stock},
	{8, &subscriptions_and_notifications},
	{8, &back_in_stock_and_inventory},
	{8, &waiting_and_inventory},
	{8, &waiting_and_available},
	{8, &notifications_and_subscriptions},
	{8, &warnings_and_notifications},
	{9, &consent_and_parts},
	{10, &budgets_and_grants},
	{10, &grants_and_orders},
	{10, &grants_and_terms},
};

/* Returns a row for each breach that one check finds. */
static void
run_check(const Check *check, int32 merchant_id, FunctionCallInfo fcinfo)
{
	Datum		values[] = {Int32GetDatum(merchant_id)};
	Rows		rows = query(check->statement, true, values, NULL);

	for (uint64 i = 0; i < rows.count; i++)
	{
		ResultRow	row = {0};

		result_int32(&row, check->invariant);
		result_value(&row, row_datum(&rows, i, BREACH_PLACE));
		result_value(&row, row_datum(&rows, i, BREACH_PROBLEM));
		return_row(&row, fcinfo);
	}
	free_rows(&rows);
}

PG_FUNCTION_INFO_V1(backorder_verify);

/*
 * verify(merchant_id): returns a row for each breach of an invariant; a sound database returns
 * none.
 */
Datum
backorder_verify(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 0);
	Caller		caller;

	enter_function(fcinfo, &caller, merchant_id, ACCESS_REPORT);
	for (int i = 0; i < lengthof(checks); i++)
		run_check(&checks[i], merchant_id, fcinfo);
	return leave_function(&caller);
}
