-- Incentives: what a customer is offered for waiting, within a budget, and what becomes of it.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, tracked, unit_price, tags)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', true, 10.00, '{drink,slow}'::text[]), ('MUG', 'allow', true, 4.00, NULL),
	('SPOON', 'deny', true, 1.50, NULL), ('WRAP', 'deny', false, 2.00, NULL)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 5), ('MUG', 1, 100), ('SPOON', 1, 2)) AS s;
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
SELECT m, 'TEA', 1, 1000, '2026-03-12 09:00+00' FROM (VALUES (1), (2)) AS m (m);

-- What the orders were granted, by reference.
CREATE VIEW granted AS
SELECT g.merchant_id, o.reference, g.name, g.kind, g.step, g.value, g.line_no, g.status, g.cause
FROM backorder.order_incentive g JOIN backorder.sales_order o USING (merchant_id, order_id)
ORDER BY g.merchant_id, o.order_id, g.name, g.step;

-- The best by rank is granted to an order that waits, and to no other; the other merchant has none.
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, rank) VALUES (1, 'Ten percent', 'percent_off', 10, 2);
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank) VALUES (2, 'Free shipping', 'free_shipping', 4.90, 3);
SELECT line_no, sku, status, detail -> 'incentives' AS incentives FROM backorder.preview_order('{MUG,TEA}'::text[], '{1,7}');
SELECT line_no, sku, status, unit_price, detail -> 'incentives' AS incentives FROM backorder.place_order('there', '{MUG,TEA}', '{1,4}') ORDER BY line_no, part_no;
SELECT line_no, sku, status, unit_price, detail -> 'incentives' AS incentives FROM backorder.place_order('waits', '{MUG,TEA}', '{1,7}') ORDER BY line_no, part_no;
SELECT sku, status, detail -> 'incentives' AS incentives FROM backorder.place_order('waits', '{MUG,TEA}', '{1,7}', merchant_id => 2) ORDER BY line_no, part_no;
TABLE granted;
SELECT type, payload -> 'incentives' AS incentives FROM event WHERE merchant_id = 1 AND reference = 'waits';
-- Nothing is wrong with either.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
