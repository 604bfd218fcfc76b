-- Dispatch: a group is put on a pick list, ships, and arrives.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, available_from, tracked)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', NULL::timestamptz, true), ('MUG', 'allow', NULL, true),
	('BOOK', 'preorder', '2026-06-01 00:00+00', true), ('WRAP', 'deny', NULL, false)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 10), ('MUG', 1, 3), ('BOOK', 1, 1)) AS s;
SELECT count(*) AS parts FROM (VALUES (1), (2)) AS m (m), LATERAL backorder.place_order('web-1', '{TEA,MUG,WRAP}', '{2,4,1}', merchant_id => m);
SELECT group_no, status, location_id FROM shipment WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY group_no;

-- === The usual way ===

SET backorder.clock = '2026-03-02 10:00+00';
SELECT group_no, status, location_id, units, released_at, shipped_at, detail FROM backorder.release_group(id('web-1'), 1);
-- It is on the pick list already.
SET backorder.clock = '2026-03-02 11:00+00';
SELECT group_no, status, released_at FROM backorder.release_group(id('web-1'), 1);
SELECT group_no, status, units, tracking, released_at, shipped_at FROM backorder.ship_group(id('web-1'), 1, '{"tracking": "1Z999"}');
SELECT sku, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 1 ORDER BY sku;
SELECT sku, on_hand FROM backorder.stock WHERE merchant_id = 1 ORDER BY sku;
SELECT sku, kind, quantity, replace(cause, id('web-1')::text, 'web-1') AS cause FROM backorder.stock_movement WHERE merchant_id = 1 AND kind = 'shipped' ORDER BY sku;
-- It has shipped already. The options of this call are ignored.
SELECT group_no, status, tracking, shipped_at FROM backorder.ship_group(id('web-1'), 1, '{"tracking": "other"}');
SET backorder.clock = '2026-03-04 15:00+00';
SELECT group_no, status, shipped_at, delivered_at FROM backorder.deliver_group(id('web-1'), 1, '{"delivered_at": "2026-03-04T11:30:00+01:00"}');
SELECT group_no, status, delivered_at FROM backorder.deliver_group(id('web-1'), 1);
-- The order is open until everything has shipped, then complete.
SELECT status FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'web-1';
UPDATE backorder.stock SET on_hand = 1 WHERE merchant_id = 1 AND sku = 'MUG';
-- A ready group can ship without a pick list: the call releases it, too.
SELECT group_no, status, units, released_at, shipped_at, detail FROM backorder.ship_group(id('web-1'), 2);
SELECT group_no, status, delivered_at FROM backorder.deliver_group(id('web-1'), 2);
SELECT status FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'web-1';

-- === On a pick list ===

-- Nothing is added to a released group, and nothing is taken from it. Units that arrive for the
-- order form a new group. Missing stock is taken from other orders.
SELECT sku, quantity, status, group_no FROM backorder.place_order('pick', '{TEA,MUG}', '{3,2}') ORDER BY line_no, part_no;
SELECT status FROM backorder.release_group(id('pick'), 1);
UPDATE backorder.stock SET on_hand = 1 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT sku, part_no, quantity, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'pick' ORDER BY line_no, part_no;
-- The group is off the pick list: the two ready groups of one location become one when the order is
-- grouped again.
SELECT group_no, status, released_at FROM backorder.unrelease_group(id('pick'), 1);
SELECT sku, part_no, quantity, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'pick' ORDER BY line_no, part_no;

-- === Refused calls (OB005) ===

SELECT count(*) AS parts FROM backorder.place_order('wait', '{MUG}', '{1}');
SELECT count(*) AS parts FROM backorder.place_order('held', '{TEA}', '{1}', '{"hold": "P30D"}');
SELECT count(*) AS parts FROM backorder.place_order('book', '{BOOK}', '{1}');
SELECT count(*) AS parts FROM backorder.place_order('gone', '{TEA}', '{1}');
SELECT status FROM backorder.cancel_order(id('gone'));
-- A group that waits.
CALL refused($$ SELECT backorder.release_group(id('wait'), 1) $$);
CALL refused($$ SELECT backorder.ship_group(id('wait'), 1) $$);
CALL refused($$ SELECT backorder.unrelease_group(id('wait'), 1) $$);
CALL refused($$ SELECT backorder.deliver_group(id('wait'), 1) $$);
CALL refused($$ SELECT backorder.ship_group(id('wait'), 1, '{"carrier": "DHL"}') $$);
-- A group that is only ready, or has shipped.
CALL refused($$ SELECT backorder.unrelease_group(id('pick'), 1) $$);
CALL refused($$ SELECT backorder.deliver_group(id('pick'), 1) $$);
CALL refused($$ SELECT backorder.release_group(id('web-1'), 1) $$);
CALL refused($$ SELECT backorder.unrelease_group(id('web-1'), 2) $$);
-- An order that is held, or canceled.
CALL refused($$ SELECT backorder.release_group(id('held'), 1) $$);
CALL refused($$ SELECT backorder.ship_group(id('held'), 1) $$);
CALL refused($$ SELECT backorder.ship_group(id('gone'), 1) $$);
-- A preorder before its day. It may be picked before.
SELECT group_no, status, not_before FROM backorder.release_group(id('book'), 1);
CALL refused($$ SELECT backorder.ship_group(id('book'), 1) $$);
SET backorder.clock = '2026-06-01 00:00+00';
SELECT group_no, status FROM backorder.ship_group(id('book'), 1);
SET backorder.clock = '2026-03-05 09:00+00';
-- Units that are not on hand: they were removed after the group was put on the pick list. Nothing
-- ships.
SELECT status FROM backorder.release_group(id('pick'), 1);
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'TEA';
CALL refused($$ SELECT backorder.ship_group(id('pick'), 1) $$);
SELECT sku, part_no, quantity, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'pick' ORDER BY line_no, part_no;
SELECT type, payload ->> 'sku' AS sku, payload -> 'shelves' AS shelves FROM event WHERE merchant_id = 1 AND type = 'shelf_discrepancy' ORDER BY notification_id;
-- A count finds them after all. Or the group comes off the pick list, and the units that are there
-- ship.
SELECT change, on_hand, allocated FROM backorder.count_stock('TEA', 1, 2, 2);
SELECT group_no, status, units FROM backorder.unrelease_group(id('pick'), 1);
SELECT sku, part_no, quantity, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'pick' ORDER BY line_no, part_no;
SELECT group_no, status, units FROM backorder.ship_group(id('pick'), 1);

-- A group that waits for its ship set again when it comes off the list.
SELECT quantity, status, group_no FROM backorder.place_order('whole', '{TEA,WRAP}', '{5,1}', '{"ship_policy": "complete_order"}', 2) ORDER BY line_no;
SELECT status FROM backorder.release_group(id('whole', 2), 1, merchant_id => 2);
UPDATE backorder.stock SET on_hand = 3 WHERE merchant_id = 2 AND sku = 'TEA';
SELECT group_no, status, location_id, units FROM backorder.unrelease_group(id('whole', 2), 1, merchant_id => 2);
SELECT line_no, part_no, sku, quantity, status, location_id, group_no, group_status FROM part WHERE merchant_id = 2 AND reference = 'whole' ORDER BY line_no, part_no;

-- === Services ===

SELECT sku, status, location_id FROM backorder.place_order('service', '{WRAP}', '{3}', merchant_id => 2);
SELECT group_no, status, units FROM backorder.ship_group(id('service', 2), 1, '{}', 2);
SELECT reference, status FROM backorder.sales_order WHERE merchant_id = 2 ORDER BY reference;
SELECT count(*) AS movements FROM backorder.stock_movement WHERE sku = 'WRAP';

-- Each shipped group has one notification, with its content and what is still to come.
SELECT merchant_id, reference, payload ->> 'group_no' AS group_no, payload ->> 'tracking' AS tracking, payload -> 'shipped' AS shipped, payload -> 'waiting' AS waiting
FROM event WHERE type = 'shipped' ORDER BY merchant_id, notification_id;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
