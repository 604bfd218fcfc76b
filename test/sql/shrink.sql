-- Shrink: less is on hand than is allocated.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, sku, 'allow'
FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA'), ('MUG')) AS s (sku);
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 10), ('TEA', 2, 4), ('MUG', 1, 5)) AS s;

-- Three orders share the ten units at location 1. The second order is urgent.
SELECT quantity, location_id FROM backorder.place_order('first', '{TEA}', '{3}');
SET backorder.clock = '2026-03-02 10:00+00';
SELECT quantity, location_id FROM backorder.place_order('urgent', '{TEA}', '{4}', '{"priority": 1}');
SET backorder.clock = '2026-03-02 11:00+00';
SELECT line_no, quantity, location_id FROM backorder.place_order('last', '{TEA,MUG}', '{3,2}') ORDER BY line_no;
SELECT line_no, quantity, location_id FROM backorder.place_order('last', '{TEA,MUG}', '{3,2}', merchant_id => 2) ORDER BY line_no;
SET backorder.clock = '2026-03-02 12:00+00';

-- Two units are broken. They are deallocated from the end of the queue order. There are four at
-- location 2, which fill the queue at once: nothing waits.
UPDATE backorder.stock SET on_hand = 8 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 1;
SELECT reference, line_no, part_no, sku, quantity, status, location_id, group_no, group_status
FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY priority DESC, queued_at, order_id, line_no, part_no;
-- The customer was only notified that everything is ready. There is no news.
SELECT reference, type, delivery FROM event WHERE merchant_id = 1 AND order_id IS NOT NULL ORDER BY notification_id;

-- Five more: the last and the first order lose all units there, and the urgent order loses one.
-- Location 2 still has two units, and the last order has two there. It is behind the others, so they
-- get all four.
UPDATE backorder.stock SET on_hand = 3 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 1;
SELECT reference, line_no, part_no, sku, quantity, status, location_id, group_no, group_status, queued_at
FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY priority DESC, queued_at, order_id, line_no, part_no;
SELECT sku, locations, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 1 AND sku = 'TEA';
-- Now there is news for the customers, and for the merchant: units of the SKU wait.
SELECT reference, type, payload -> 'waiting' AS waiting, delivery FROM event
WHERE merchant_id = 1 AND type IN ('promise_changed', 'sku_negative') ORDER BY reference NULLS LAST;

-- Deallocated parts keep their place: they are served before those that came later.
SELECT quantity, status FROM backorder.place_order('late', '{TEA}', '{2}');
UPDATE backorder.stock SET on_hand = 5 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 1;
SELECT reference, part_no, quantity, status, location_id
FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY priority DESC, queued_at, order_id, line_no, part_no;

-- Units that waited only for their ship set wait again: a complete order that was ready is not
-- ready any more.
SELECT line_no, sku, status, group_no, group_status
FROM backorder.place_order('whole', '{MUG,MUG}', '{1,2}', '{"ship_policy": "complete_order"}') ORDER BY line_no;
UPDATE backorder.stock SET on_hand = 4 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT line_no, part_no, sku, quantity, status, location_id, group_no, group_status
FROM part WHERE merchant_id = 1 AND reference = 'whole' ORDER BY line_no, part_no;
SELECT group_no, status, location_id FROM shipment WHERE merchant_id = 1 AND reference = 'whole' ORDER BY group_no;

-- Units on a pick list are not deallocated. Other orders lose units instead, even earlier ones. The
-- remaining discrepancy is reported.
SELECT group_no, status, units FROM backorder.release_group(id('last', 2), 1, merchant_id => 2);
SELECT quantity, location_id FROM backorder.place_order('other', '{TEA}', '{6}', '{"priority": 5}', merchant_id => 2) ORDER BY part_no;
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 2 AND sku = 'TEA' AND location_id = 1;
SELECT reference, line_no, part_no, sku, quantity, status, location_id, group_status
FROM part WHERE merchant_id = 2 ORDER BY reference, line_no, part_no;
SELECT sku, locations, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 2 ORDER BY sku;
SELECT type, payload - 'version' AS payload FROM event WHERE merchant_id = 2 AND audience = 'merchant' ORDER BY notification_id;
-- It is reported again only if it grows.
UPDATE backorder.stock SET on_hand = 1 WHERE merchant_id = 2 AND sku = 'TEA' AND location_id = 1;
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 2 AND sku = 'TEA' AND location_id = 1;
SELECT type, count(*) FROM event WHERE merchant_id = 2 AND audience = 'merchant' GROUP BY type ORDER BY type;
-- Off the pick list, the units are deallocated like all others.
SELECT group_no, status, location_id, units FROM backorder.unrelease_group(id('last', 2), 1, merchant_id => 2);
SELECT reference, line_no, part_no, sku, quantity, status, location_id, group_no, group_status
FROM part WHERE merchant_id = 2 ORDER BY reference, line_no, part_no;

-- A deleted row means that nothing is on hand.
DELETE FROM backorder.stock WHERE sku = 'TEA';
SELECT merchant_id, sku, locations, on_hand, allocated, backordered FROM backorder.availability ORDER BY merchant_id, sku;
SELECT merchant_id, reference, status, sum(quantity) AS units FROM part WHERE sku = 'TEA' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
