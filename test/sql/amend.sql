-- Amend: cancel, change, return. Units that become free fill the queue in the same transaction.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, backorder_limit, tracked, unit_price)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', NULL::bigint, true, 4.5), ('MUG', 'allow', 5, true, 7), ('POT', 'deny', NULL, true, 20), ('WRAP', 'deny', NULL, false, 2)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 10), ('MUG', 1, 3), ('POT', 1, 2)) AS s;

-- === Cancel an order ===

SELECT sku, quantity, status FROM backorder.place_order('first', '{TEA,MUG}', '{8,3}') ORDER BY line_no, part_no;
SELECT sku, quantity, status FROM backorder.place_order('second', '{TEA,MUG}', '{4,2}') ORDER BY line_no, part_no;
SELECT sku, quantity, status FROM backorder.place_order('third', '{TEA,MUG}', '{5,2}') ORDER BY line_no, part_no;
SELECT count(*) AS parts FROM backorder.place_order('first', '{TEA,MUG}', '{8,3}', merchant_id => 2);
-- All units of the first order go to the second and the third.
SELECT line_no, sku, quantity, status, group_no, group_status, location_id, promised_at, detail ->> 'order_status' AS order_status
FROM backorder.cancel_order(id('first'), 'changed my mind') ORDER BY line_no;
SELECT reference, sku, part_no, quantity, status FROM part WHERE merchant_id = 1 AND reference IN ('second', 'third') ORDER BY reference, line_no, part_no;
SELECT sku, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 1 ORDER BY sku;
SELECT reference, status, units FROM backorder.sales_order WHERE merchant_id = 1 ORDER BY reference;
-- A second call changes nothing.
SELECT line_no, status FROM backorder.cancel_order(id('first'), 'again') ORDER BY line_no;
SELECT type, payload ->> 'reason' AS reason FROM event WHERE merchant_id = 1 AND reference = 'first' ORDER BY notification_id;

-- If something has shipped, the rest is canceled and the order is complete.
SELECT status FROM backorder.ship_group(id('third'), 2);
SELECT part_no, quantity, status, group_no, group_status, detail ->> 'order_status' AS order_status FROM backorder.cancel_order(id('third')) ORDER BY part_no;
-- If everything has shipped, there is nothing to cancel. Parts on a pick list must come off it
-- first.
SELECT status FROM backorder.release_group(id('second'), 1);
CALL refused($$ SELECT backorder.cancel_order(id('second')) $$);
SELECT status, units FROM backorder.ship_group(id('second'), 1);
CALL refused($$ SELECT backorder.cancel_order(id('second')) $$);
CALL refused($$ SELECT backorder.cancel_line(id('second'), 2) $$);

-- === Cancel a line ===

SELECT line_no, sku, quantity, status, group_no FROM backorder.place_order('lines', '{TEA,MUG,WRAP}', '{1,2,1}', '{"ship_policy": "complete_order"}') ORDER BY line_no, part_no;
-- The missing mugs are canceled, and nothing keeps the rest from shipping.
SELECT line_no, sku, quantity, status, group_no, group_status, location_id FROM backorder.cancel_line(id('lines'), 2, 'too late') ORDER BY line_no, part_no;
SELECT type, delivery, payload ->> 'reason' AS reason, payload -> 'canceled' AS canceled FROM event WHERE merchant_id = 1 AND reference = 'lines' ORDER BY notification_id;
SELECT line_no, sku, quantity, status, group_no, group_status FROM backorder.cancel_line(id('lines'), 3) ORDER BY line_no, part_no;
-- Canceling the last line cancels the order.
SELECT line_no, status, group_status, detail ->> 'order_status' AS order_status FROM backorder.cancel_line(id('lines'), 1) ORDER BY line_no, part_no;
SELECT type, delivery, payload -> 'canceled' AS canceled FROM event WHERE merchant_id = 1 AND reference = 'lines' ORDER BY notification_id;

-- === Change a quantity ===

-- Fewer: waiting units are canceled first, from the end of the queue; then allocated units, the
-- last ones first.
UPDATE backorder.stock SET on_hand = 4 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT part_no, quantity, status, unit_price FROM backorder.place_order('change', '{TEA}', '{6}', '{"unit_prices": [4]}') ORDER BY part_no;
SET backorder.clock = '2026-03-02 10:00+00';
SELECT quantity, status FROM backorder.place_order('behind', '{TEA}', '{1}');
SELECT part_no, quantity, status FROM backorder.change_quantity(id('change'), 1, 5) ORDER BY part_no;
SELECT part_no, quantity, status FROM backorder.change_quantity(id('change'), 1, 3) ORDER BY part_no;
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 AND reference = 'behind';
-- More: free stock first, the rest at the end of the queue, at the line's price, under the rules of
-- checkout.
UPDATE backorder.stock SET on_hand = 6 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT part_no, quantity, status, unit_price, detail ->> 'short_at_order' AS short FROM backorder.change_quantity(id('change'), 1, 7) ORDER BY part_no;
SELECT reference, units FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'change';
SELECT reference, quantity, canceled, allocated, backordered, value FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'change';
-- The same quantity changes nothing.
SELECT sum(quantity) AS units FROM backorder.change_quantity(id('change'), 1, 7) WHERE status <> 'canceled';
-- The rules: the limit and the policy.
SELECT sku, quantity, status FROM backorder.place_order('rules', '{MUG,POT}', '{1,2}') ORDER BY line_no, part_no;
CALL refused($$ SELECT backorder.change_quantity(id('rules'), 1, 7) $$);
CALL refused($$ SELECT backorder.change_quantity(id('rules'), 2, 3) $$);
SELECT sku, quantity, status FROM backorder.change_quantity(id('rules'), 1, 3) ORDER BY line_no, part_no;
-- Shipped units count. The quantity cannot fall below them, or below the units on a pick list.
SELECT status, units FROM backorder.ship_group(id('change'), (SELECT group_no FROM shipment WHERE merchant_id = 1 AND reference = 'change' AND status = 'ready'));
CALL refused($$ SELECT backorder.change_quantity(id('change'), 1, 4) $$);
SELECT part_no, quantity, status FROM backorder.change_quantity(id('change'), 1, 5) ORDER BY part_no;
SELECT status FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'change';
CALL refused($$ SELECT backorder.change_quantity(id('change'), 1, 6) $$);
SELECT status FROM backorder.release_group(id('rules'), 1);
CALL refused($$ SELECT backorder.change_quantity(id('rules'), 2, 1) $$);
SELECT status FROM backorder.unrelease_group(id('rules'), 1);
SELECT line_no, quantity, status FROM backorder.change_quantity(id('rules'), 2, 1) ORDER BY line_no, part_no;
-- Quantity 0: the line is canceled.
SELECT line_no, quantity, status FROM backorder.change_quantity(id('rules'), 2, 0) ORDER BY line_no, part_no;
-- A higher quantity restores a canceled line, but not a line of a finished order.
SELECT line_no, quantity, status FROM backorder.change_quantity(id('rules'), 2, 2) ORDER BY line_no, part_no;
CALL refused($$ SELECT backorder.change_quantity(id('first'), 1, 2) $$);
-- Services.
SELECT quantity, status FROM backorder.place_order('wrap', '{WRAP}', '{3}');
SELECT part_no, quantity, status FROM backorder.change_quantity(id('wrap'), 1, 5) ORDER BY part_no;
SELECT part_no, quantity, status FROM backorder.change_quantity(id('wrap'), 1, 1) ORDER BY part_no;

-- === Return ===

-- Of eight shipped units, two come back to stock, and one of them fills a waiting part. One more is
-- broken and does not go to stock.
SELECT count(*) AS parts FROM backorder.place_order('eight', '{TEA}', '{8}', merchant_id => 2);
SELECT quantity, status FROM backorder.change_quantity(id('first', 2), 1, 2, merchant_id => 2) WHERE line_no = 1 ORDER BY part_no;
SELECT status, units FROM backorder.ship_group(id('eight', 2), 1, '{}', 2);
SELECT quantity, status FROM backorder.place_order('next', '{TEA}', '{1}', merchant_id => 2);
SELECT part_no, quantity, status, location_id, group_no, group_status, detail ->> 'order_status' AS order_status
FROM backorder.return_items(id('eight', 2), 1, 2, 5, merchant_id => 2) ORDER BY part_no;
SELECT reference, quantity, status, location_id FROM part WHERE merchant_id = 2 AND reference = 'next';
SELECT part_no, quantity, status FROM backorder.return_items(id('eight', 2), 1, 1, 5, false, merchant_id => 2) ORDER BY part_no;
SELECT sku, location_id, on_hand FROM backorder.stock WHERE merchant_id = 2 AND sku = 'TEA' ORDER BY location_id;
-- No more units come back than are shipped and not returned.
CALL refused($$ SELECT backorder.return_items(id('eight', 2), 1, 6, 5, merchant_id => 2) $$);
SELECT part_no, quantity, status FROM backorder.return_items(id('eight', 2), 1, 5, 1, merchant_id => 2) ORDER BY part_no;
CALL refused($$ SELECT backorder.return_items(id('eight', 2), 1, 1, 5, merchant_id => 2) $$);
CALL refused($$ SELECT backorder.return_items(id('next', 2), 1, 1, 5, merchant_id => 2) $$);
-- A return causes no notification, and does not change the shipped groups.
SELECT type FROM event WHERE merchant_id = 2 AND reference = 'eight' ORDER BY notification_id;
SELECT status, ordered.shipped, ordered.returned FROM backorder.sales_order JOIN backorder.order_overview ordered USING (merchant_id, order_id, status) WHERE merchant_id = 2 AND sales_order.reference = 'eight';
SELECT sku, location_id, kind, quantity FROM backorder.stock_movement WHERE merchant_id = 2 AND kind IN ('shipped', 'returned') ORDER BY movement_id;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
