-- Views of the present state for reporting tools. Every view has merchant_id, and none is
-- updatable.

CREATE VIEW backorder.order_line WITH (security_invoker = true) AS
SELECT
	o.merchant_id,
	o.order_id,
	p.line_no,
	p.sku,
	sum(p.quantity)::bigint AS quantity,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'allocated'), 0)::bigint AS allocated,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'shipped'), 0)::bigint AS shipped,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'canceled'), 0)::bigint AS canceled,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'returned'), 0)::bigint AS returned,
	CASE
		WHEN bool_or(p.status = 'backordered') THEN 'backordered'
		WHEN bool_or(p.status = 'allocated') THEN 'allocated'
		WHEN bool_or(p.status = 'shipped') THEN 'shipped'
		WHEN bool_or(p.status = 'returned') THEN 'returned'
		ELSE 'canceled'
	END AS status,
	CASE
		WHEN NOT bool_or(p.status IN ('allocated', 'backordered') AND leaves.at IS NULL)
		THEN max(leaves.at) FILTER (WHERE p.status IN ('allocated', 'backordered'))
	END AS promised_at,
	max(p.unit_price) AS unit_price,
	sum(p.quantity * p.unit_price) FILTER (WHERE p.status NOT IN ('canceled', 'returned')) AS value,
	coalesce(sum(p.quantity) FILTER (WHERE p.short_at_order), 0)::bigint AS short_at_order,
	o.reference,
	o.customer,
	o.placed_at
FROM backorder.sales_order o
JOIN backorder.order_line_part p ON p.merchant_id = o.merchant_id AND p.order_id = o.order_id
JOIN backorder.shipment_group g ON g.merchant_id = p.merchant_id AND g.order_id = p.order_id AND g.group_no = p.group_no
CROSS JOIN LATERAL (
	SELECT CASE
		WHEN g.status = 'waiting' AND o.ship_policy <> 'as_available' THEN g.promised_at
		WHEN p.status = 'allocated' THEN greatest(p.promised_at, g.not_before)
		ELSE p.promised_at
	END
) AS leaves (at)
GROUP BY o.merchant_id, o.order_id, p.line_no, p.sku;
COMMENT ON VIEW backorder.order_line IS
'One row per line of an order. Fast when filtered by merchant_id and order_id, reference or placed_at.';
COMMENT ON COLUMN backorder.order_line.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_line.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_line.line_no IS 'Line within the order, from 1.';
COMMENT ON COLUMN backorder.order_line.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.order_line.quantity IS 'Units ordered: the sum of the five columns that follow, canceled units included.';
COMMENT ON COLUMN backorder.order_line.allocated IS 'Units allocated to this line and not shipped.';
COMMENT ON COLUMN backorder.order_line.backordered IS 'Units that wait for stock.';
COMMENT ON COLUMN backorder.order_line.shipped IS 'Units shipped and not returned.';
COMMENT ON COLUMN backorder.order_line.canceled IS 'Units canceled.';
COMMENT ON COLUMN backorder.order_line.returned IS 'Units shipped and returned.';
COMMENT ON COLUMN backorder.order_line.status IS 'Status of the least advanced units, the first of: backordered, allocated, shipped, returned, canceled.';
COMMENT ON COLUMN backorder.order_line.promised_at IS 'Dispatch date of the last open unit; null = unknown, or nothing is open.';
COMMENT ON COLUMN backorder.order_line.unit_price IS 'Price of one unit when it was ordered; null = no price.';
COMMENT ON COLUMN backorder.order_line.value IS 'Price of the units that are not canceled or returned; null = no price, or no such units.';
COMMENT ON COLUMN backorder.order_line.short_at_order IS 'Units that were short when they were ordered, whatever their status is now.';
COMMENT ON COLUMN backorder.order_line.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.order_line.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.order_line.placed_at IS 'When the order was placed.';

CREATE VIEW backorder.availability_total WITH (security_invoker = true) AS
SELECT
	a.merchant_id,
	a.sku,
	a.locations,
	a.on_hand,
	CASE WHEN a.slots = 0 THEN a.allocated ELSE ARRAY(
		SELECT a.allocated[n] + coalesce(sum(s.allocated[n]), 0)::bigint
		FROM generate_subscripts(a.allocated, 1) AS n
		LEFT JOIN backorder.availability_slot s ON s.merchant_id = a.merchant_id AND s.sku = a.sku
		GROUP BY n ORDER BY n) END AS allocated,
	a.backordered + counted.backordered AS backordered,
	a.promises_stale,
	a.slots
FROM backorder.availability a
CROSS JOIN LATERAL (
	SELECT coalesce(sum(s.backordered), 0)::bigint AS backordered
	FROM backorder.availability_slot s
	WHERE a.slots > 0 AND s.merchant_id = a.merchant_id AND s.sku = a.sku
) AS counted;
COMMENT ON VIEW backorder.availability_total IS
'One row per SKU: its inventory record, slots included. Fast when filtered by merchant_id and sku.';
COMMENT ON COLUMN backorder.availability_total.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability_total.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability_total.locations IS 'Locations that have location stock of the SKU. on_hand and allocated have one element for each, in the same order.';
COMMENT ON COLUMN backorder.availability_total.on_hand IS 'Units on hand per location, as in stock.';
COMMENT ON COLUMN backorder.availability_total.allocated IS 'Units per location that are allocated and have not shipped, slots included.';
COMMENT ON COLUMN backorder.availability_total.backordered IS 'Units that wait for stock, slots included.';
COMMENT ON COLUMN backorder.availability_total.promises_stale IS 'True while promise dates of the queue may be wrong.';
COMMENT ON COLUMN backorder.availability_total.slots IS 'Number of slots over which the inventory record is spread; 0 = none.';

CREATE VIEW backorder.stock_level WITH (security_invoker = true) AS
SELECT
	a.merchant_id,
	a.sku,
	i.name AS item_name,
	shelf.location_id,
	l.name AS location_name,
	CASE WHEN shelf.location_id IS NOT NULL THEN coalesce(l.active, true) END AS location_active,
	coalesce(shelf.on_hand, 0) AS on_hand,
	coalesce(shelf.allocated, 0) AS allocated,
	CASE
		WHEN a.backordered > 0 THEN 0
		ELSE greatest(book.free - coalesce(i.safety_stock, 0), 0)
	END AS available,
	a.backordered,
	coalesce(coming.units, 0) AS incoming,
	coming.next_arrival,
	coalesce(i.safety_stock, 0) AS safety_stock
FROM backorder.availability_total a
CROSS JOIN LATERAL (
	SELECT coalesce(sum(greatest(s.on_hand - s.allocated, 0)), 0)::bigint AS free
	FROM unnest(a.locations, a.on_hand, a.allocated) AS s (location_id, on_hand, allocated)
	LEFT JOIN backorder.location sl ON sl.merchant_id = a.merchant_id AND sl.location_id = s.location_id
	WHERE coalesce(sl.active, true)
) AS book
CROSS JOIN LATERAL (
	SELECT sum(u.quantity - u.received)::bigint AS units, min(u.expected_at) AS next_arrival
	FROM backorder.supply u
	WHERE u.merchant_id = a.merchant_id AND u.sku = a.sku
		AND u.status = 'open' AND u.quantity > u.received
) AS coming
LEFT JOIN LATERAL unnest(a.locations, a.on_hand, a.allocated)
	AS shelf (location_id, on_hand, allocated) ON true
LEFT JOIN backorder.item i ON i.merchant_id = a.merchant_id AND i.sku = a.sku
LEFT JOIN backorder.location l ON l.merchant_id = a.merchant_id AND l.location_id = shelf.location_id;
COMMENT ON VIEW backorder.stock_level IS
'One row per SKU and location with location stock. A SKU without location stock has one row without a location. A SKU that was never stocked or ordered has no row. on_hand and allocated are per location. available, backordered, incoming, next_arrival and safety_stock are per SKU over all locations and repeat on each row: do not add them up. Fast when filtered by merchant_id and sku.';
COMMENT ON COLUMN backorder.stock_level.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock_level.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock_level.item_name IS 'Name of the item; null = no name, or not in the catalogue.';
COMMENT ON COLUMN backorder.stock_level.location_id IS 'The location; null = no location stock.';
COMMENT ON COLUMN backorder.stock_level.location_name IS 'Name of the location.';
COMMENT ON COLUMN backorder.stock_level.location_active IS 'Whether units may be allocated at this location.';
COMMENT ON COLUMN backorder.stock_level.on_hand IS 'Units on hand at this location; may be negative.';
COMMENT ON COLUMN backorder.stock_level.allocated IS 'Units at this location that are allocated and not shipped.';
COMMENT ON COLUMN backorder.stock_level.available IS 'Per SKU: units that the next checkout may allocate, over all active locations, without safety stock; 0 while any units wait.';
COMMENT ON COLUMN backorder.stock_level.backordered IS 'Per SKU: units that wait for stock.';
COMMENT ON COLUMN backorder.stock_level.incoming IS 'Per SKU: units of open supply that have not arrived, at all locations and dates.';
COMMENT ON COLUMN backorder.stock_level.next_arrival IS 'Per SKU: when the first open supply is expected, possibly in the past; null = no date is known.';
COMMENT ON COLUMN backorder.stock_level.safety_stock IS 'Per SKU: free units that are never promised to new orders and never fill the queue.';

CREATE VIEW backorder.open_backorder WITH (security_invoker = true) AS
SELECT
	q.merchant_id,
	q.sku,
	q.position,
	q.units_ahead,
	q.quantity,
	q.order_id,
	q.line_no,
	q.part_no,
	o.reference,
	o.customer,
	o.status AS order_status,
	q.priority,
	q.queued_at,
	round(extract(epoch FROM backorder.clock_time() - q.queued_at) / 86400, 2) AS age_days,
	q.promised_at,
	q.first_promised_at,
	q.promise_basis,
	q.unit_price,
	q.quantity * q.unit_price AS value,
	i.name AS item_name
FROM (
	SELECT
		p.*,
		row_number() OVER queue AS position,
		(sum(p.quantity) OVER queue - p.quantity)::bigint AS units_ahead
	FROM backorder.order_line_part p
	WHERE p.status = 'backordered'
	WINDOW queue AS (
		PARTITION BY p.merchant_id, p.sku
		ORDER BY p.priority DESC, p.queued_at, p.order_id, p.line_no, p.part_no
		ROWS UNBOUNDED PRECEDING
	)
) AS q
JOIN backorder.sales_order o ON o.merchant_id = q.merchant_id AND o.order_id = q.order_id
LEFT JOIN backorder.item i ON i.merchant_id = q.merchant_id AND i.sku = q.sku;
COMMENT ON VIEW backorder.open_backorder IS
'One row per part that waits, with its place in the queue of its SKU. Fast when filtered by merchant_id and sku. Without a SKU, the view numbers all waiting parts of the merchant first.';
COMMENT ON COLUMN backorder.open_backorder.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.open_backorder.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.open_backorder.position IS 'Place in the queue of the SKU, from 1. Place 1 is served first.';
COMMENT ON COLUMN backorder.open_backorder.units_ahead IS 'Units of the SKU that are served before this part.';
COMMENT ON COLUMN backorder.open_backorder.quantity IS 'Units of this part.';
COMMENT ON COLUMN backorder.open_backorder.order_id IS 'The order.';
COMMENT ON COLUMN backorder.open_backorder.line_no IS 'Line within the order.';
COMMENT ON COLUMN backorder.open_backorder.part_no IS 'Part within the line.';
COMMENT ON COLUMN backorder.open_backorder.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.open_backorder.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.open_backorder.order_status IS 'held (not confirmed yet) or open.';
COMMENT ON COLUMN backorder.open_backorder.priority IS 'Higher is served first; the default is 0.';
COMMENT ON COLUMN backorder.open_backorder.queued_at IS 'When the part joined the queue.';
COMMENT ON COLUMN backorder.open_backorder.age_days IS 'Days since queued_at, by clock_time().';
COMMENT ON COLUMN backorder.open_backorder.promised_at IS 'Present dispatch date; null = unknown.';
COMMENT ON COLUMN backorder.open_backorder.first_promised_at IS 'First dispatch date that the customer was given; null = none.';
COMMENT ON COLUMN backorder.open_backorder.promise_basis IS 'What promised_at rests on: supply, lead_time or preorder; null = unknown.';
COMMENT ON COLUMN backorder.open_backorder.unit_price IS 'Price of one unit when it was ordered; null = no price.';
COMMENT ON COLUMN backorder.open_backorder.value IS 'Price of this part: quantity times unit_price.';
COMMENT ON COLUMN backorder.open_backorder.item_name IS 'Name of the item.';

CREATE VIEW backorder.order_overview WITH (security_invoker = true) AS
SELECT
	o.merchant_id,
	o.order_id,
	o.reference,
	o.customer,
	o.status,
	o.ship_policy,
	o.priority,
	o.placed_at,
	o.hold_until,
	count(DISTINCT p.line_no) AS lines,
	o.units,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'allocated'), 0)::bigint AS allocated,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'shipped'), 0)::bigint AS shipped,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'canceled'), 0)::bigint AS canceled,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'returned'), 0)::bigint AS returned,
	sum(p.quantity * p.unit_price) FILTER (WHERE p.status NOT IN ('canceled', 'returned')) AS value,
	sum(p.quantity * p.unit_price) FILTER (WHERE p.status = 'backordered') AS backordered_value,
	CASE
		WHEN NOT bool_or(p.status IN ('allocated', 'backordered') AND p.promised_at IS NULL)
		THEN max(p.promised_at) FILTER (WHERE p.status IN ('allocated', 'backordered'))
	END AS promised_at,
	count(DISTINCT p.group_no) FILTER (WHERE g.status <> 'canceled') AS shipments,
	count(DISTINCT p.group_no) FILTER (WHERE g.status IN ('shipped', 'delivered')) AS shipments_shipped,
	max(g.shipped_at) AS last_shipped_at,
	o.accept_backorder,
	o.accept_split,
	o.max_wait,
	o.promise_shown,
	o.unknown_shown
FROM backorder.sales_order o
JOIN backorder.order_line_part p ON p.merchant_id = o.merchant_id AND p.order_id = o.order_id
JOIN backorder.shipment_group g ON g.merchant_id = p.merchant_id AND g.order_id = p.order_id
	AND g.group_no = p.group_no
GROUP BY o.merchant_id, o.order_id;
COMMENT ON VIEW backorder.order_overview IS
'One row per order. Fast when filtered by merchant_id and order_id, reference or placed_at.';
COMMENT ON COLUMN backorder.order_overview.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_overview.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_overview.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.order_overview.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.order_overview.status IS 'held (not confirmed yet), open, complete (nothing left to ship) or canceled.';
COMMENT ON COLUMN backorder.order_overview.ship_policy IS 'as_available, backorders_together, complete_line or complete_order.';
COMMENT ON COLUMN backorder.order_overview.priority IS 'Higher is served first; the default is 0.';
COMMENT ON COLUMN backorder.order_overview.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN backorder.order_overview.hold_until IS 'When a held order expires; null = never.';
COMMENT ON COLUMN backorder.order_overview.lines IS 'Lines of the order, canceled lines included.';
COMMENT ON COLUMN backorder.order_overview.units IS 'Units ordered: the sum of the five columns that follow, canceled units included.';
COMMENT ON COLUMN backorder.order_overview.allocated IS 'Units allocated to this order and not shipped.';
COMMENT ON COLUMN backorder.order_overview.backordered IS 'Units that wait for stock.';
COMMENT ON COLUMN backorder.order_overview.shipped IS 'Units shipped and not returned.';
COMMENT ON COLUMN backorder.order_overview.canceled IS 'Units canceled.';
COMMENT ON COLUMN backorder.order_overview.returned IS 'Units shipped and returned.';
COMMENT ON COLUMN backorder.order_overview.value IS 'Price of the units that are not canceled or returned. Units without a price count 0.';
COMMENT ON COLUMN backorder.order_overview.backordered_value IS 'Price of the units that wait; null = none wait, or no price.';
COMMENT ON COLUMN backorder.order_overview.promised_at IS 'Dispatch date of the last open unit; null = unknown, or nothing is open.';
COMMENT ON COLUMN backorder.order_overview.shipments IS 'Shipment groups that are not canceled.';
COMMENT ON COLUMN backorder.order_overview.shipments_shipped IS 'Shipment groups that are shipped or delivered.';
COMMENT ON COLUMN backorder.order_overview.last_shipped_at IS 'When a group was last dispatched; null = never.';
COMMENT ON COLUMN backorder.order_overview.accept_backorder IS 'Whether the customer agreed that units may wait; null = the request did not say, and they may.';
COMMENT ON COLUMN backorder.order_overview.accept_split IS 'Whether the customer agreed to split delivery; null = the request did not say.';
COMMENT ON COLUMN backorder.order_overview.max_wait IS 'The longest wait for dispatch that the customer accepts; null = the request did not say.';
COMMENT ON COLUMN backorder.order_overview.promise_shown IS 'Dispatch date of the last unit, as the customer saw it at checkout; null = nothing had to wait, or a date was unknown.';
COMMENT ON COLUMN backorder.order_overview.unknown_shown IS 'Whether the customer saw at checkout that a date was unknown; null = ordered before version 0.2.0.';

CREATE VIEW backorder.shipment_board WITH (security_invoker = true) AS
SELECT
	g.merchant_id,
	g.order_id,
	g.group_no,
	g.location_id,
	l.name AS location_name,
	g.status,
	g.status IN ('ready', 'released') AND o.status = 'open'
		AND coalesce(g.not_before <= backorder.clock_time(), true) AS shippable,
	c.lines,
	c.units,
	c.backordered,
	c.value,
	c.weight,
	o.reference,
	o.customer,
	o.status AS order_status,
	o.priority,
	o.placed_at,
	g.promised_at,
	g.not_before,
	g.released_at,
	g.shipped_at,
	g.delivered_at,
	g.tracking
FROM backorder.shipment_group g
JOIN backorder.sales_order o ON o.merchant_id = g.merchant_id AND o.order_id = g.order_id
-- LATERAL computes the content only of the groups that are returned, so that a LIMIT is fast.
CROSS JOIN LATERAL (
	SELECT
		count(DISTINCT p.line_no) FILTER (WHERE p.status <> 'canceled') AS lines,
		coalesce(sum(p.quantity) FILTER (WHERE p.status <> 'canceled'), 0)::bigint AS units,
		coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
		sum(p.quantity * p.unit_price) FILTER (WHERE p.status <> 'canceled') AS value,
		sum(p.quantity * i.weight) FILTER (WHERE p.status <> 'canceled') AS weight
	FROM backorder.order_line_part p
	LEFT JOIN backorder.item i ON i.merchant_id = p.merchant_id AND i.sku = p.sku
	WHERE p.merchant_id = g.merchant_id AND p.order_id = g.order_id AND p.group_no = g.group_no
) AS c
LEFT JOIN backorder.location l ON l.merchant_id = g.merchant_id AND l.location_id = g.location_id;
COMMENT ON VIEW backorder.shipment_board IS
'One row per shipment group. Fast when filtered by merchant_id and order_id, or, for ready and released groups, by merchant_id, location_id and status.';
COMMENT ON COLUMN backorder.shipment_board.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.shipment_board.order_id IS 'The order.';
COMMENT ON COLUMN backorder.shipment_board.group_no IS 'Number of the group within the order.';
COMMENT ON COLUMN backorder.shipment_board.location_id IS 'The location that ships it; null while it waits.';
COMMENT ON COLUMN backorder.shipment_board.location_name IS 'Name of the location.';
COMMENT ON COLUMN backorder.shipment_board.status IS 'waiting, ready, released (on a pick list), shipped, delivered or canceled.';
COMMENT ON COLUMN backorder.shipment_board.shippable IS 'Whether ship_group() may dispatch it now: it is ready or released, its order is open, and not_before is past.';
COMMENT ON COLUMN backorder.shipment_board.lines IS 'Order lines in it, canceled lines excluded.';
COMMENT ON COLUMN backorder.shipment_board.units IS 'Units in it, canceled units excluded.';
COMMENT ON COLUMN backorder.shipment_board.backordered IS 'Units in it that wait for stock.';
COMMENT ON COLUMN backorder.shipment_board.value IS 'Price of the units in it, canceled units excluded. Units without a price count 0.';
COMMENT ON COLUMN backorder.shipment_board.weight IS 'Weight of the units in it, canceled units excluded, in the merchant''s unit. Items without a weight count 0.';
COMMENT ON COLUMN backorder.shipment_board.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.shipment_board.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.shipment_board.order_status IS 'Status of the order. A held order ships nothing.';
COMMENT ON COLUMN backorder.shipment_board.priority IS 'Priority of the order. Higher is served first.';
COMMENT ON COLUMN backorder.shipment_board.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN backorder.shipment_board.promised_at IS 'Dispatch date of the whole group; null = unknown.';
COMMENT ON COLUMN backorder.shipment_board.not_before IS 'Earliest time of dispatch (preorder); null = any time.';
COMMENT ON COLUMN backorder.shipment_board.released_at IS 'When it was put on a pick list, or dispatched without one.';
COMMENT ON COLUMN backorder.shipment_board.shipped_at IS 'When it was dispatched.';
COMMENT ON COLUMN backorder.shipment_board.delivered_at IS 'When it reached the customer.';
COMMENT ON COLUMN backorder.shipment_board.tracking IS 'The carrier''s tracking number.';

-- The values are the tables that statements with a direct form read or write, and the columns with a
-- default that these statements set.
CREATE FUNCTION backorder.direct_access_obstacles()
	RETURNS TABLE (table_name text, statements text, obstacle text, name text)
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT t.table_name, o.statements, o.obstacle, o.name
	FROM (VALUES
		('availability', true, false, '{}'::text[]),
		('availability_slot', true, false, '{}'),
		('delivery', true, true, '{status,attempts}'),
		('incentive', false, false, '{}'),
		('incentive_budget', false, false, '{}'),
		('item', false, false, '{}'),
		('location', false, false, '{}'),
		('merchant', false, false, '{}'),
		('merchant_access', false, false, '{}'),
		('notification', true, true, '{}'),
		('order_incentive', false, false, '{}'),
		('order_line_part', true, true, '{deallocated}'),
		('promise_change', true, true, '{}'),
		('sales_order', true, true, '{revision,groups_used}'),
		('shipment_group', true, true, '{}'),
		('stock', false, false, '{}'),
		('stock_movement', true, true, '{}'),
		('stock_warning', true, true, '{}'),
		('supply', false, false, '{}')) AS t (table_name, is_written, is_inserted, columns_set)
	JOIN pg_class c ON c.relname = t.table_name AND c.relnamespace = 'backorder'::regnamespace
	CROSS JOIN LATERAL (
		SELECT 'all', 'setting', 'backorder.direct_access'
		WHERE NOT nullif(current_setting('backorder.direct_access', true), '')::boolean
		UNION ALL
		SELECT 'all', 'citus', NULL
		WHERE to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL
		UNION ALL
		SELECT 'all', 'partitioning', NULL
		WHERE c.relkind <> 'r' OR c.relispartition
		UNION ALL
		SELECT 'all', 'inheritance', NULL
		WHERE c.relkind = 'r' AND c.relhassubclass
		UNION ALL
		SELECT 'all', 'rule', r.rulename::text
		FROM pg_rewrite r WHERE r.ev_class = c.oid
		UNION ALL
		SELECT 'all', 'forced row security', NULL
		WHERE c.relforcerowsecurity
		UNION ALL
		SELECT 'write', 'trigger', g.tgname::text
		FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND t.is_written
		UNION ALL
		SELECT DISTINCT 'write', CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'deferrable constraint' END,
			format('%s on %s', k.conname, k.conrelid::regclass)
		FROM pg_trigger g JOIN pg_constraint k ON k.oid = g.tgconstraint
		WHERE g.tgrelid = c.oid AND g.tgisinternal AND t.is_written
		UNION ALL
		SELECT 'write', 'generated column', a.attname::text
		FROM pg_attribute a
		WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attgenerated <> '' AND t.is_written
		UNION ALL
		SELECT 'insert', 'column default', a.attname::text
		FROM pg_attribute a
		WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attgenerated = ''
			AND (a.atthasdef OR a.attidentity <> '')
			AND t.is_inserted AND a.attname <> 'merchant_id' AND a.attname <> ALL (t.columns_set)
	) AS o (statements, obstacle, name)
	ORDER BY t.table_name, o.obstacle, o.name;
END;
COMMENT ON FUNCTION backorder.direct_access_obstacles() IS
'Returns a row for each reason why the engine runs statements on one of its tables by plan, and not
  by direct access, which is faster. The results are the same. Most reasons are what an application
  has attached to the table, such as a trigger or a foreign key.
Returns: statements (all; write: inserts and updates; insert), obstacle, and name, the name of the
  trigger, rule, column, setting or constraint; otherwise null.
Errors: none.';
