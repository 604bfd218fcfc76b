-- Views: one query on each, on a day in the shop.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.location (merchant_id, location_id, name, active)
SELECT m, l.* FROM (VALUES (1), (2)) AS m (m), (VALUES (1, 'Store', true), (2, 'Annex', true), (9, 'Attic', false)) AS l;
INSERT INTO backorder.item (merchant_id, sku, name, policy, safety_stock, unit_price, weight, tracked, available_from)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'Green tea', 'allow', 1, 4.50, 0.25, true, NULL::timestamptz), ('MUG', 'Blue mug', 'allow', 0, 7, 0.4, true, NULL),
	('POT', 'Tea pot', 'allow', 0, NULL, NULL, true, NULL), ('BOOK', 'Book of tea', 'preorder', 0, 30, 1.1, true, '2026-06-01 00:00+00'),
	('WRAP', 'Gift wrap', 'deny', 0, 2, NULL, false, NULL)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 6), ('TEA', 2, 2), ('TEA', 9, 40), ('MUG', 1, 3), ('BOOK', 1, 1), ('CUP', 2, 8)) AS s;
INSERT INTO backorder.supply (merchant_id, supply_id, sku, location_id, quantity, expected_at)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	(101, 'MUG', 1, 4, '2026-03-10 12:00+00'::timestamptz), (102, 'MUG', 1, 6, '2026-03-20 12:00+00'), (103, 'MUG', 1, 5, NULL), (104, 'POT', 1, 3, NULL)) AS s;

SELECT count(*) AS parts FROM backorder.place_order('{"reference": "anna", "customer": "Anna", "lines": [{"sku": "TEA", "quantity": 6}, {"sku": "MUG", "quantity": 2}, {"sku": "WRAP", "quantity": 1}]}');
SET backorder.clock = '2026-03-03 09:00+00';
SELECT count(*) AS parts FROM backorder.place_order('{"reference": "ben", "customer": "Ben", "lines": [{"sku": "MUG", "quantity": 4}, {"sku": "POT", "quantity": 1}, {"sku": "TEA", "quantity": 1}]}');
SELECT count(*) AS parts FROM backorder.place_order('{"reference": "cleo", "customer": "Cleo", "priority": 1, "ship_policy": "complete_order", "lines": [{"sku": "MUG", "quantity": 3, "unit_price": 6}, {"sku": "BOOK", "quantity": 1}]}');
SELECT count(*) AS parts FROM backorder.place_order('{"reference": "dora", "hold": "P2D", "lines": [{"sku": "BOOK", "quantity": 1}]}');
SELECT count(*) AS parts FROM backorder.place_order('{"reference": "anna", "customer": "Anne", "lines": [{"sku": "MUG", "quantity": 5}]}', 2);
SELECT status FROM backorder.ship_group(id('anna'), 1, '{"tracking": "1Z999"}');
SELECT status FROM backorder.release_group(id('ben'), 1);
SELECT count(*) AS parts FROM backorder.return_items(id('anna'), 1, 1, 2, false);
SELECT count(*) AS parts FROM backorder.change_quantity(id('ben'), 1, 3);
SET backorder.clock = '2026-03-04 21:00+00';

-- order_line: an order line with all its parts. The columns of units add up. The status is that of
-- the least advanced units.
SELECT reference, line_no, sku, quantity, allocated, backordered, shipped, canceled, returned, status
FROM backorder.order_line WHERE merchant_id = 1 ORDER BY reference, line_no;
SELECT reference, line_no, promised_at, unit_price, value, short_at_order, customer, placed_at
FROM backorder.order_line WHERE merchant_id = 1 ORDER BY reference, line_no;

-- stock_level: location stock, with the values of the SKU over all locations.
SELECT sku, item_name, location_id, location_name, location_active AS active, on_hand, allocated
FROM backorder.stock_level WHERE merchant_id = 1 ORDER BY sku, location_id;
SELECT DISTINCT sku, available, backordered, incoming, next_arrival, safety_stock
FROM backorder.stock_level WHERE merchant_id = 1 ORDER BY sku;

-- open_backorder: the queue, with age in days, promise and value.
SELECT sku, position, units_ahead, quantity, reference, line_no, part_no, priority, queued_at, age_days
FROM backorder.open_backorder WHERE merchant_id = 1 ORDER BY sku, position;
SELECT sku, position, customer, order_status, first_promised_at, promised_at, promise_basis, unit_price, value, item_name
FROM backorder.open_backorder WHERE merchant_id = 1 ORDER BY sku, position;

-- order_overview: an order.
SELECT reference, customer, status, ship_policy, priority, placed_at, hold_until, lines, units
FROM backorder.order_overview WHERE merchant_id = 1 ORDER BY reference;
SELECT reference, allocated, backordered, shipped, canceled, returned, value, backordered_value, promised_at, shipments, shipments_shipped, last_shipped_at
FROM backorder.order_overview WHERE merchant_id = 1 ORDER BY reference;

-- shipment_board: a shipment group, and whether it may ship now.
SELECT reference, group_no, status, shippable, location_id, location_name, lines, units, backordered, value, weight, not_before
FROM backorder.shipment_board WHERE merchant_id = 1 ORDER BY reference, group_no;
SELECT reference, group_no, customer, order_status, priority, promised_at, released_at, shipped_at, tracking
FROM backorder.shipment_board WHERE merchant_id = 1 ORDER BY reference, group_no;

-- Every view shows all merchants of the caller. The order of the other merchant is another order.
SELECT merchant_id, reference, status, units, backordered, promised_at FROM backorder.order_overview WHERE reference = 'anna' ORDER BY merchant_id;
SELECT merchant_id, sku, sum(quantity) AS waiting, max(position) AS parts FROM backorder.open_backorder GROUP BY merchant_id, sku ORDER BY merchant_id, sku;

-- No view is updatable.
CALL refused($$ UPDATE backorder.order_overview SET status = 'complete' $$);
CALL refused($$ UPDATE backorder.stock_level SET on_hand = 100 $$);

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
