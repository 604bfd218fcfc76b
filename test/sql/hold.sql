-- Hold: an unpaid order keeps its place and its units, until it is confirmed or its hold ends.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, tracked)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 'allow', true), ('MUG', 'allow', true), ('WRAP', 'deny', false)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 10), ('MUG', 1, 1)) AS s;

-- A hold for 15 minutes, or until a given time. A held order is allocated and queued like any
-- other.
SELECT sku, quantity, status, group_status, detail ->> 'order_status' AS order_status
FROM backorder.place_order('minutes', '{TEA,MUG}', '{6,2}', '{"hold": "PT15M"}') ORDER BY line_no, part_no;
SELECT sku, quantity, status, group_status FROM backorder.place_order('until', '{TEA,WRAP}', '{4,1}', '{"hold": "2026-03-02T12:00:00+01:00"}') ORDER BY line_no, part_no;
SELECT sku, quantity, status FROM backorder.place_order('waits', '{TEA,MUG}', '{5,1}') ORDER BY line_no, part_no;
SELECT sku, quantity, status FROM backorder.place_order('minutes', '{TEA,MUG}', '{6,2}', '{"hold": "PT15M"}', 2) ORDER BY line_no, part_no;
SELECT merchant_id, reference, status, hold_until FROM backorder.sales_order ORDER BY merchant_id, reference;

-- It causes no notification and ships nothing. Arriving units fill it like any other order.
SELECT merchant_id, reference, type FROM event WHERE audience = 'customer' ORDER BY merchant_id, notification_id;
SELECT reference, group_no, status, order_status, shippable FROM backorder.shipment_board WHERE merchant_id = 1 ORDER BY reference, group_no;
CALL refused($$ SELECT backorder.ship_group(id('minutes'), 1) $$);
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT reference, sku, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'MUG' ORDER BY queued_at, order_id, part_no;
SELECT count(*) AS events FROM event WHERE reference = 'minutes';
-- It can be changed while it is held, without a notification.
SELECT sku, quantity, status FROM backorder.change_quantity(id('minutes'), 1, 5) ORDER BY line_no, part_no;
SELECT count(*) AS events FROM event WHERE reference = 'minutes';
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 AND reference = 'waits' AND sku = 'TEA' ORDER BY part_no;

-- Once it is confirmed, it is an order like any other. The customer is notified of its present
-- state.
SET backorder.clock = '2026-03-02 09:10+00';
SELECT sku, part_no, quantity, status, group_status, detail ->> 'order_status' AS order_status FROM backorder.confirm_order(id('minutes')) ORDER BY line_no, part_no;
SELECT reference, status, hold_until FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'minutes';
SELECT reference, type, payload -> 'waiting' AS waiting FROM event WHERE merchant_id = 1 AND reference = 'minutes';
-- A second confirmation changes nothing.
SELECT DISTINCT detail ->> 'order_status' AS order_status FROM backorder.confirm_order(id('minutes'));
SELECT count(*) AS events FROM event WHERE merchant_id = 1 AND reference = 'minutes';
SELECT status, units FROM backorder.ship_group(id('minutes'), 1);

-- When its hold has ended, these merchants do not take the payment any more, whether the order is expired or not. (Test "late" has
-- those who do.)
UPDATE backorder.merchant SET late_payment = 'refuse';
SET backorder.clock = '2026-03-02 10:59:59+00';
SELECT reference, hold_until FROM backorder.expire_holds();
SET backorder.clock = '2026-03-02 11:00+00';
CALL refused($$ SELECT backorder.confirm_order(id('until')) $$);
CALL refused($$ SELECT backorder.confirm_order(id('minutes', 2), merchant_id => 2) $$);
-- Expiry cancels without a notification, and the units fill the queue.
SELECT reference, hold_until, detail FROM backorder.expire_holds();
SELECT reference, line_no, sku, part_no, quantity, status, group_status FROM part WHERE merchant_id = 1 AND reference IN ('until', 'waits') ORDER BY reference, line_no, part_no;
SELECT reference, type FROM event WHERE merchant_id = 1 AND audience = 'customer' ORDER BY notification_id;
CALL refused($$ SELECT backorder.confirm_order(id('until')) $$);
SELECT count(*) AS expired FROM backorder.expire_holds();
-- The holds of the other merchant stay.
SELECT merchant_id, reference, status FROM backorder.sales_order ORDER BY merchant_id, reference;

-- As of another time: all holds that end until then.
SELECT sku, status FROM backorder.place_order('later-1', '{TEA}', '{1}', '{"hold": "PT1H"}') ORDER BY line_no;
SELECT sku, status FROM backorder.place_order('later-2', '{TEA}', '{1}', '{"hold": "PT2H"}') ORDER BY line_no;
SELECT sku, status FROM backorder.place_order('later-3', '{WRAP}', '{1}', '{"hold": "PT3H"}') ORDER BY line_no;
SELECT reference, hold_until FROM backorder.expire_holds('2026-03-02 13:00+00') ORDER BY reference;
-- An order that is canceled while it is held causes no notification, because its customer was not
-- notified before.
SELECT status FROM backorder.cancel_order(id('later-3'), 'not paid');
SELECT count(*) AS events FROM event WHERE reference LIKE 'later-%';
CALL refused($$ SELECT backorder.confirm_order(id('later-3')) $$);
-- An order that was never held is returned as it is. A finished order is refused.
SELECT status FROM backorder.ship_group(id('waits'), 2);
SELECT detail ->> 'order_status' AS order_status FROM backorder.confirm_order(id('waits')) LIMIT 1;
SELECT status FROM backorder.cancel_order(id('waits')) ORDER BY line_no, part_no;
CALL refused($$ SELECT backorder.confirm_order(id('waits')) $$);

-- The hold of the other merchant has ended, too.
SELECT reference FROM backorder.expire_holds(merchant_id => 2);

-- A preview with the reference of a held order shows what the order has, and not what is left for others.
INSERT INTO backorder.item (sku, policy) VALUES ('LAST', 'deny');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('LAST', 1, 1);
SELECT sku, quantity, status FROM backorder.place_order('{"reference": "own", "hold": "PT15M", "lines": [{"sku": "LAST", "quantity": 1}]}');
SELECT sku, quantity, status, available, backordered
FROM backorder.preview_order('{"reference": "own", "hold": "PT15M", "lines": [{"sku": "LAST", "quantity": 1}]}');
SELECT ship_policy, chosen, status, units, lines
FROM backorder.preview_shipments('{"reference": "own", "hold": "PT15M", "compare_policies": true, "lines": [{"sku": "LAST", "quantity": 1}]}');
-- Without the reference, or with another one, the unit is gone.
SELECT sku, quantity, status, available, backordered
FROM backorder.preview_order('{"reference": "other", "lines": [{"sku": "LAST", "quantity": 1}]}');
-- Other content under the reference is refused, as place_order() refuses it.
CALL refused($$ SELECT backorder.preview_order('{"reference": "own", "lines": [{"sku": "LAST", "quantity": 2}]}') $$);
-- A canceled order has nothing.
SELECT c.status FROM backorder.cancel_order(id('own')) AS c;
SELECT sku, quantity, status, available, detail
FROM backorder.preview_order('{"reference": "own", "hold": "PT15M", "lines": [{"sku": "LAST", "quantity": 1}]}');

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
