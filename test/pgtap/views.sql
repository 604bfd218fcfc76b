-- The views: their columns are a contract (new ones come last), and their values tell the truth about a small story.
BEGIN;
SELECT no_plan();

-- ===== contract =====

CREATE FUNCTION pg_temp.columns_of(view text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(a.attname || ' ' || a.atttypid::regtype, ', ' ORDER BY a.attnum)
	FROM pg_attribute a
	WHERE a.attrelid = ('backorder.' || view)::regclass AND a.attnum > 0
$$;

SELECT is(pg_temp.columns_of('order_line'),
	'merchant_id integer, order_id bigint, line_no integer, sku text, quantity bigint, allocated bigint,'
	' backordered bigint, shipped bigint, canceled bigint, returned bigint, status text,'
	' promised_at timestamp with time zone, unit_price numeric, value numeric, short_at_order bigint,'
	' reference text, customer text, placed_at timestamp with time zone', 'the columns of order_line');
SELECT is(pg_temp.columns_of('stock_level'),
	'merchant_id integer, sku text, item_name text, location_id integer, location_name text, location_active boolean,'
	' on_hand bigint, allocated bigint, available bigint, backordered bigint, incoming bigint,'
	' next_arrival timestamp with time zone, safety_stock bigint', 'the columns of stock_level');
SELECT is(pg_temp.columns_of('open_backorder'),
	'merchant_id integer, sku text, position bigint, units_ahead bigint, quantity bigint, order_id bigint,'
	' line_no integer, part_no integer, reference text, customer text, order_status text, priority integer,'
	' queued_at timestamp with time zone, age_days numeric, promised_at timestamp with time zone,'
	' first_promised_at timestamp with time zone, promise_basis text, unit_price numeric, value numeric,'
	' item_name text', 'the columns of open_backorder');
SELECT is(pg_temp.columns_of('order_overview'),
	'merchant_id integer, order_id bigint, reference text, customer text, status text, ship_policy text,'
	' priority integer, placed_at timestamp with time zone, hold_until timestamp with time zone, lines bigint,'
	' units bigint, allocated bigint, backordered bigint, shipped bigint, canceled bigint, returned bigint,'
	' value numeric, backordered_value numeric, promised_at timestamp with time zone, shipments bigint,'
	' shipments_shipped bigint, last_shipped_at timestamp with time zone,'
	' accept_backorder boolean, accept_split boolean, max_wait interval, promise_shown timestamp with time zone, unknown_shown boolean', 'the columns of order_overview');
SELECT is(pg_temp.columns_of('shipment_board'),
	'merchant_id integer, order_id bigint, group_no integer, location_id integer, location_name text, status text,'
	' shippable boolean, lines bigint, units bigint, backordered bigint, value numeric, weight numeric,'
	' reference text, customer text, order_status text, priority integer, placed_at timestamp with time zone,'
	' promised_at timestamp with time zone, not_before timestamp with time zone,'
	' released_at timestamp with time zone, shipped_at timestamp with time zone,'
	' delivered_at timestamp with time zone, tracking text', 'the columns of shipment_board');

SELECT is(pg_temp.columns_of('subscription_demand'),
	'merchant_id integer, sku text, item_name text, waiting bigint, units_wanted bigint, waiting_since timestamp with time zone,'
	' being_told bigint, told_30_days bigint, last_told_at timestamp with time zone, value_wanted numeric',
	'the columns of subscription_demand: no contact among them');

SELECT views_are('backorder', '{availability_total,order_line,stock_level,open_backorder,order_overview,shipment_board,subscription_demand,incentive_cost,incentive_effect}',
	'these are the views');
SELECT is_empty($$ SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'v'
	AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false) $$,
	'they use the rights of the caller');
SELECT is_empty($$ SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'v'
	AND pg_relation_is_updatable(c.oid, true) <> 0 $$,
	'they are not updatable');
SELECT is_empty($$ SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
	WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'v'
	AND a.atttypid IN ('json'::regtype, 'jsonb'::regtype) $$,
	'they have no JSON column');
SELECT is_empty($$ SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'v'
	AND obj_description(c.oid) !~ '^One row per ' $$,
	'each says what a row is');
SELECT is_empty($$ SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'v'
	AND pg_get_viewdef(c.oid) ~* '\m(now|clock_timestamp|current_timestamp|current_date)\M' $$,
	'their only time is clock_time()');

-- ===== the story, for two merchants with the same keys =====

SET LOCAL backorder.clock = '2026-03-02 09:00+00';
INSERT INTO backorder.merchant (merchant_id, handling_time) VALUES (1, '1 day'), (2, '0');
INSERT INTO backorder.location (merchant_id, location_id, name, active)
SELECT m, l.* FROM generate_series(1, 2) AS m,
	(VALUES (1, 'north', true), (2, 'south', true), (3, 'closed', false)) AS l;
INSERT INTO backorder.item (merchant_id, sku, name, policy, safety_stock, unit_price, weight, available_from)
SELECT m, i.* FROM generate_series(1, 2) AS m, (VALUES
	('TEA', 'Green tea', 'allow', 2, 4.50, 0.1, NULL::timestamptz),
	('MUG', 'Mug', 'allow', 0, 8.00, 0.4, NULL),
	('POT', NULL, 'allow', 0, NULL, NULL, NULL),
	('NEW', 'Kettle', 'preorder', 0, 60.00, 1.5, '2026-04-01 00:00+00'),
	('NONE', 'Never seen', 'allow', 0, 1, 1, NULL)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM generate_series(1, 2) AS m,
	(VALUES ('TEA', 1, 10), ('TEA', 2, 3), ('TEA', 3, 50), ('MUG', 1, 4)) AS s;
INSERT INTO backorder.supply (sku, location_id, quantity, received, expected_at, status) VALUES
	('MUG', 1, 6, 0, '2026-03-09 00:00+00', 'open'),
	('MUG', 3, 10, 0, '2026-03-05 00:00+00', 'open'),
	('MUG', 1, 7, 0, NULL, 'open'),
	('MUG', 1, 8, 0, '2026-03-03 00:00+00', 'canceled');

SELECT backorder.place_order('{"reference": "web-1", "customer": "ann", "lines":
	[{"sku": "TEA", "quantity": 5}, {"sku": "MUG", "quantity": 6, "unit_price": 7.50}]}');
SELECT backorder.place_order('{"reference": "web-1", "lines": [{"sku": "MUG", "quantity": 1}]}', 2);
SET LOCAL backorder.clock = '2026-03-03 21:00+00';
SELECT backorder.place_order('{"reference": "web-2", "lines": [{"sku": "MUG", "quantity": 7}, {"sku": "POT", "quantity": 1}]}');
SELECT backorder.place_order('{"reference": "web-3", "customer": "bob", "priority": 5, "ship_policy": "complete_order", "lines":
	[{"sku": "TEA", "quantity": 1}, {"sku": "MUG", "quantity": 1}]}');
SELECT backorder.place_order('{"reference": "web-4", "hold": "P2D", "lines": [{"sku": "TEA", "quantity": 2}]}');
SELECT backorder.place_order('{"reference": "web-5", "lines": [{"sku": "NEW", "quantity": 1}]}');
SELECT backorder.set_stock('{NEW}', '{1}', '{1}');

CREATE FUNCTION pg_temp.id(reference text) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT o.order_id FROM backorder.sales_order o WHERE o.merchant_id = 1 AND o.reference = id.reference
$$;

SELECT results_eq($$ SELECT location_id, location_name, location_active, on_hand, allocated, available, backordered, incoming, safety_stock
	FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY location_id $$,
	$$ VALUES (1, 'north', true, 10::bigint, 8::bigint, 3::bigint, 0::bigint, 0::bigint, 2::bigint),
		(2, 'south', true, 3, 0, 3, 0, 0, 2), (3, 'closed', false, 50, 0, 3, 0, 0, 2) $$,
	'stock_level: a row per shelf; available leaves out closed locations and safety stock');
SELECT results_eq($$ SELECT location_id, on_hand, allocated, available, backordered, incoming, next_arrival
	FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'MUG' $$,
	$$ VALUES (1, 4::bigint, 4::bigint, 0::bigint, 10::bigint, 23::bigint, '2026-03-05 00:00+00'::timestamptz) $$,
	'stock_level: all that is on its way, and when the first of it is due');
SELECT results_eq($$ SELECT item_name, location_id, location_active, on_hand, allocated, available, backordered, incoming, next_arrival
	FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'POT' $$,
	$$ VALUES (NULL::text, NULL::integer, NULL::boolean, 0::bigint, 0::bigint, 0::bigint, 1::bigint, 0::bigint, NULL::timestamptz) $$,
	'stock_level: a SKU without a shelf for which somebody waits has one row');
SELECT is_empty($$ SELECT * FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'NONE' $$,
	'stock_level: a SKU never stocked nor ordered has none');

SELECT results_eq($$ SELECT position, units_ahead, quantity, reference, age_days, promised_at, promise_basis, value
	FROM backorder.open_backorder WHERE merchant_id = 1 AND sku = 'MUG' ORDER BY position $$,
	$$ VALUES (1::bigint, 0::bigint, 1::bigint, 'web-3' COLLATE "C", 0.00, '2026-03-10 00:00+00'::timestamptz, 'supply', 8.00),
		(2, 1, 2, 'web-1', 1.50, '2026-03-10 00:00+00', 'supply', 15.00),
		(3, 3, 4, 'web-2', 0.00, '2026-03-10 00:00+00', 'supply', 32.00),
		(4, 7, 3, 'web-2', 0.00, NULL, NULL, 24.00) $$,
	'open_backorder: the queue, by priority and then by age; a part has one date');
SELECT results_eq($$ SELECT position, units_ahead, customer, item_name, unit_price, value
	FROM backorder.open_backorder WHERE merchant_id = 1 AND sku = 'POT' $$,
	$$ VALUES (1::bigint, 0::bigint, NULL::text, NULL::text, NULL::numeric, NULL::numeric) $$,
	'open_backorder: what nobody knows is null');
SELECT results_eq($$ SELECT merchant_id, position FROM backorder.open_backorder WHERE sku = 'MUG' AND reference = 'web-1' ORDER BY 1 $$,
	'VALUES (1, 2::bigint)', 'open_backorder: a filter from outside numbers nobody anew');

SELECT results_eq($$ SELECT line_no, sku, quantity, allocated, backordered, status, promised_at, unit_price, value, short_at_order, customer
	FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY line_no $$,
	$$ VALUES (1, 'TEA' COLLATE "C", 5::bigint, 5::bigint, 0::bigint, 'allocated', '2026-03-03 09:00+00'::timestamptz, 4.50, 22.50, 0::bigint, 'ann'),
		(2, 'MUG', 6, 4, 2, 'backordered', '2026-03-10 00:00+00', 7.50, 45.00, 2, 'ann') $$,
	'order_line: the parts of a line as one row');
SELECT results_eq($$ SELECT line_no, promised_at FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'web-2' ORDER BY line_no $$,
	$$ VALUES (1, NULL::timestamptz), (2, NULL) $$, 'order_line: an unknown date is none');

SELECT results_eq($$ SELECT customer, status, lines, units, allocated, backordered, value, backordered_value, promised_at, shipments, shipments_shipped
	FROM backorder.order_overview WHERE merchant_id = 1 AND reference = 'web-1' $$,
	$$ VALUES ('ann', 'open', 2::bigint, 11::bigint, 9::bigint, 2::bigint, 67.50, 15.00, '2026-03-10 00:00+00'::timestamptz, 2::bigint, 0::bigint) $$,
	'order_overview: an order as one row');
SELECT results_eq($$ SELECT status, hold_until FROM backorder.order_overview WHERE merchant_id = 1 AND reference = 'web-4' $$,
	$$ VALUES ('held', '2026-03-05 21:00+00'::timestamptz) $$, 'order_overview: a held order');

SELECT results_eq($$ SELECT reference, location_id, location_name, status, shippable, lines, units, backordered, value, weight, order_status
	FROM backorder.shipment_board WHERE merchant_id = 1 ORDER BY order_id, group_no $$,
	$$ VALUES ('web-1' COLLATE "C", 1, 'north', 'ready', true, 2::bigint, 9::bigint, 0::bigint, 52.50, 2.1, 'open'),
		('web-1', NULL, NULL, 'waiting', false, 1, 2, 2, 15.00, 0.8, 'open'),
		('web-2', NULL, NULL, 'waiting', false, 2, 8, 8, 56.00, 2.8, 'open'),
		('web-3', NULL, NULL, 'waiting', false, 2, 2, 1, 12.50, 0.5, 'open'),
		('web-4', 1, 'north', 'ready', false, 1, 2, 0, 9.00, 0.2, 'held'),
		('web-5', 1, 'north', 'ready', false, 1, 1, 0, 60.00, 1.5, 'open') $$,
	'shipment_board: a row per group; what is held or before its date is not shippable');

-- ===== it goes on =====

SELECT backorder.ship_group(pg_temp.id('web-1'), 1, '{"tracking": "1Z999"}');
SELECT backorder.return_items(pg_temp.id('web-1'), 1, 2, 1, true);
SELECT backorder.cancel_line(pg_temp.id('web-1'), 2, 'no longer needed');
SELECT backorder.cancel_order(pg_temp.id('web-2'), 'too late');
SET LOCAL backorder.clock = '2026-04-01 00:00+00';

SELECT results_eq($$ SELECT line_no, quantity, allocated, backordered, shipped, canceled, returned, status, promised_at, value
	FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY line_no $$,
	$$ VALUES (1, 5::bigint, 0::bigint, 0::bigint, 3::bigint, 0::bigint, 2::bigint, 'shipped', NULL::timestamptz, 13.50),
		(2, 6, 0, 0, 4, 2, 0, 'shipped', NULL, 30.00) $$,
	'order_line: shipped, returned and canceled units');
SELECT results_eq($$ SELECT DISTINCT status, value FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'web-2' $$,
	$$ VALUES ('canceled', NULL::numeric) $$, 'order_line: a canceled line');
SELECT results_eq($$ SELECT reference, status, shipped, canceled, returned, value, backordered_value, shipments, shipments_shipped, last_shipped_at
	FROM backorder.order_overview WHERE merchant_id = 1 AND placed_at < '2026-03-03 22:00+00' AND reference < 'web-3' ORDER BY reference $$,
	$$ VALUES ('web-1' COLLATE "C", 'complete', 7::bigint, 2::bigint, 2::bigint, 43.50, NULL::numeric, 1::bigint, 1::bigint, '2026-03-03 21:00+00'::timestamptz),
		('web-2', 'canceled', 0, 8, 0, NULL, NULL, 0, 0, NULL) $$,
	'order_overview: a complete and a canceled order');
SELECT results_eq($$ SELECT status, lines, units, value, tracking, shipped_at FROM backorder.shipment_board
	WHERE merchant_id = 1 AND order_id = pg_temp.id('web-1') ORDER BY group_no $$,
	$$ VALUES ('shipped', 2::bigint, 9::bigint, 52.50, '1Z999', '2026-03-03 21:00+00'::timestamptz),
		('canceled', 0, 0, NULL, NULL, NULL) $$,
	'shipment_board: what left, returned or not, and a group of which nothing is left');
SELECT results_eq($$ SELECT reference FROM backorder.shipment_board WHERE merchant_id = 1 AND location_id = 1 AND status = 'ready' AND shippable $$,
	$$ VALUES ('web-5' COLLATE "C") $$, 'shipment_board: the preorder''s day has come');
SELECT results_eq($$ SELECT reference, age_days FROM backorder.open_backorder WHERE merchant_id = 1 $$,
	$$ VALUES ('web-3' COLLATE "C", 28.13) $$, 'open_backorder: who is left, by the clock');

-- ===== the other merchant, all along =====

SELECT results_eq($$ SELECT reference, quantity, status FROM backorder.order_line WHERE merchant_id = 2 $$,
	$$ VALUES ('web-1' COLLATE "C", 1::bigint, 'allocated') $$, 'the other merchant''s order of that reference is another');
SELECT results_eq($$ SELECT sku, available FROM backorder.stock_level WHERE merchant_id = 2 AND location_id = 1 ORDER BY sku $$,
	$$ VALUES ('MUG' COLLATE "C", 3::bigint), ('TEA', 11) $$, 'and so is its stock');

SELECT * FROM finish();
ROLLBACK;
