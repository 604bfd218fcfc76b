-- Late: money arrives after the end of a hold.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, tracked, unit_price)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m),
	(VALUES ('TEA', 'allow', true, 4), ('MUG', 'deny', true, 8), ('WRAP', 'deny', false, 1)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 5), ('MUG', 1, 2)) AS s;

-- A hold of 15 minutes that nobody has expired yet: the order has its units, so it opens.
SELECT sku, quantity, status FROM backorder.place_order('slow', '{TEA,WRAP}', '{1,1}', '{"hold": "PT15M"}') ORDER BY line_no;
SET backorder.clock = '2026-03-02 09:20+00';
SELECT sku, status, group_status, detail ->> 'order_status' AS order_status FROM backorder.confirm_order(id('slow')) ORDER BY line_no;

-- An expired one whose units are still there: it has them again.
SELECT line_no, sku, quantity, status, unit_price
FROM backorder.place_order('late', '{TEA,MUG,WRAP}', '{3,2,1}', '{"hold": "PT15M"}') ORDER BY line_no;
SELECT quantity, status FROM backorder.change_quantity(id('late'), 1, 2) WHERE sku = 'TEA';
UPDATE backorder.item SET unit_price = 9 WHERE merchant_id = 1 AND sku = 'TEA';
SET backorder.clock = '2026-03-02 10:00+00';
SELECT reference, hold_until FROM backorder.expire_holds();
SELECT sku, locations, on_hand, allocated FROM backorder.availability WHERE merchant_id = 1 ORDER BY sku;
SELECT line_no, part_no FROM backorder.expired_part WHERE order_id = id('late') ORDER BY 1, 2;
-- The unit that the customer gave up before stays canceled. The price is that of the order.
SELECT line_no, part_no, sku, quantity, status, group_no, group_status, location_id, unit_price, detail ->> 'order_status' AS order_status
FROM backorder.confirm_order(id('late')) ORDER BY line_no, part_no;
SELECT status, units, hold_until, revision FROM backorder.sales_order WHERE order_id = id('late');
SELECT count(*) AS expired FROM backorder.expired_part;
-- The customer heard nothing of the expiry, and now hears that the order is placed, once.
SELECT reference, type FROM event WHERE reference = 'late' ORDER BY notification_id;
SELECT count(*) AS parts FROM backorder.confirm_order(id('late'));
-- A line of it can be raised.
SELECT part_no, quantity, status FROM backorder.change_quantity(id('late'), 1, 3) WHERE sku = 'TEA';
SELECT part_no, quantity, status FROM backorder.change_quantity(id('late'), 1, 2) WHERE sku = 'TEA';
SELECT reference, type FROM event WHERE reference = 'late' ORDER BY notification_id;
SELECT count(*) AS breaches FROM backorder.verify();

-- Where the units are gone, merchant.late_payment decides. By default the rest waits at the end of the queue, if the policy of
-- the item allows that.
SELECT sku, quantity, status FROM backorder.place_order('queued', '{TEA}', '{2}', '{"hold": "PT15M"}');
SET backorder.clock = '2026-03-02 10:30+00';
SELECT reference FROM backorder.expire_holds();
SELECT quantity, status FROM backorder.place_order('quick', '{TEA}', '{3}') ORDER BY part_no;
SET backorder.clock = '2026-03-02 10:31+00';
SELECT part_no, quantity, status, group_status, promised_at, detail ->> 'short_at_order' AS short FROM backorder.confirm_order(id('queued')) ORDER BY part_no;
SELECT reference, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'TEA' AND status = 'backordered' ORDER BY queued_at, order_id;
SELECT reference, type, payload -> 'waiting' -> 0 -> 'quantity' AS waiting FROM event WHERE reference = 'queued';
-- An item that is not sold on backorder: the payment is refused, with the line.
SELECT quantity, status FROM backorder.change_quantity(id('late'), 2, 0) WHERE sku = 'MUG';
SELECT sku, quantity, status FROM backorder.place_order('denied', '{MUG,WRAP}', '{2,1}', '{"hold": "PT15M"}') ORDER BY line_no;
SET backorder.clock = '2026-03-02 11:00+00';
SELECT reference FROM backorder.expire_holds();
SELECT sku, quantity, status FROM backorder.place_order('taken', '{MUG}', '{1}');
CALL refused($$ SELECT backorder.confirm_order(id('denied')) $$);
-- The shop may try again when a unit has come.
UPDATE backorder.stock SET on_hand = 3 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT sku, quantity, status FROM backorder.confirm_order(id('denied')) ORDER BY line_no;
-- A customer who does not wait is not queued.
INSERT INTO backorder.item (sku, policy) VALUES ('CUP', 'allow');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('CUP', 1, 2);
SELECT quantity, status FROM backorder.place_order('now', '{CUP}', '{1}', '{"hold": "PT15M", "accept_backorder": false}');
SELECT quantity, status FROM backorder.place_order('soon', '{CUP}', '{1}', '{"hold": "PT15M", "max_wait": "P3D"}');
SET backorder.clock = '2026-03-02 11:30+00';
SELECT reference FROM backorder.expire_holds() ORDER BY reference;
SELECT quantity, status FROM backorder.place_order('first', '{CUP}', '{2}');
CALL refused($$ SELECT backorder.confirm_order(id('now')) $$);
CALL refused($$ SELECT backorder.confirm_order(id('soon')) $$);
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('CUP', 1, 5, '2026-03-04 09:00+00');
SELECT quantity, status, promised_at FROM backorder.confirm_order(id('soon'));

-- available: only if what was in stock when the order was placed still is. Units that waited then may wait now.
UPDATE backorder.merchant SET late_payment = 'available' WHERE merchant_id = 1;
INSERT INTO backorder.item (sku, policy) VALUES ('PEN', 'allow');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('PEN', 1, 2);
SELECT quantity, status FROM backorder.place_order('pens', '{PEN}', '{3}', '{"hold": "PT15M"}') ORDER BY part_no;
SET backorder.clock = '2026-03-02 12:00+00';
SELECT reference FROM backorder.expire_holds();
SELECT quantity, status FROM backorder.place_order('pen', '{PEN}', '{1}', '{"hold": "PT15M"}');
CALL refused($$ SELECT backorder.confirm_order(id('pens')) $$);
SET backorder.clock = '2026-03-02 12:20+00';
SELECT reference FROM backorder.expire_holds();
SELECT quantity, status FROM backorder.confirm_order(id('pens')) ORDER BY part_no;

-- refuse: an order whose hold has ended is not confirmed, expired or not.
UPDATE backorder.merchant SET late_payment = 'refuse' WHERE merchant_id = 1;
SELECT sku, status FROM backorder.place_order('refused', '{WRAP}', '{1}', '{"hold": "PT15M"}');
SET backorder.clock = '2026-03-02 12:40+00';
CALL refused($$ SELECT backorder.confirm_order(id('refused')) $$);
SELECT reference FROM backorder.expire_holds();
CALL refused($$ SELECT backorder.confirm_order(id('refused')) $$);
SELECT state, message FROM refusal($$ UPDATE backorder.merchant SET late_payment = 'never' WHERE merchant_id = 1 $$);
UPDATE backorder.merchant SET late_payment = DEFAULT WHERE merchant_id = 1;

-- A hold can be made longer, also after its end, as long as it is not expired.
SELECT sku, status FROM backorder.place_order('longer', '{TEA}', '{1}', '{"hold": "PT15M"}');
SELECT reference, hold_until, detail FROM backorder.extend_hold(id('longer'), 'PT30M');
-- A repeated call changes nothing. Neither does one that asks for less.
SELECT hold_until FROM backorder.extend_hold(id('longer'), 'PT30M');
SELECT hold_until FROM backorder.extend_hold(id('longer'), 'PT5M');
SELECT revision FROM backorder.sales_order WHERE order_id = id('longer');
SET backorder.clock = '2026-03-02 13:30+00';
SELECT hold_until FROM backorder.extend_hold(id('longer'), '2026-03-02T15:00:00+01:00');
SELECT count(*) AS expired FROM backorder.expire_holds();
-- The time that an earlier call asked for is past now, and the hold lasts longer.
SELECT hold_until FROM backorder.extend_hold(id('longer'), '2026-03-02T13:00:00Z');
SET backorder.clock = '2026-03-02 14:05+00';
-- What it refuses.
CALL refused($$ SELECT backorder.extend_hold(id('longer'), '2026-03-02T14:01:00Z') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), 'soon') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), '-PT5M') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), '') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), 'infinity') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), 'P999999Y') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), 'PT5M', '{"until": 1}') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), 'PT5M', '[]') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), NULL) $$);
CALL refused($$ SELECT backorder.extend_hold(NULL, 'PT5M') $$);
CALL refused($$ SELECT backorder.extend_hold(424242, 'PT5M') $$);
CALL refused($$ SELECT backorder.extend_hold(id('longer'), 'PT5M', merchant_id => 2) $$);
CALL refused($$ SELECT backorder.extend_hold(id('slow'), 'PT5M') $$);
SELECT reference FROM backorder.expire_holds();
CALL refused($$ SELECT backorder.extend_hold(id('longer'), 'PT5M') $$);

-- The reference of an expired order is not lost: the same request places it again, with a new hold. A preview says so.
INSERT INTO backorder.item (sku, policy) VALUES ('HAT', 'allow');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('HAT', 1, 2);
SELECT sku, quantity, status, promised_at FROM backorder.place_order('again', '{HAT}', '{2}', '{"hold": "PT15M"}');
SET backorder.clock = '2026-03-02 14:30+00';
SELECT reference FROM backorder.expire_holds();
SELECT quantity, status FROM backorder.place_order('hat', '{HAT}', '{1}');
SELECT sku, quantity, status, available, backordered
FROM backorder.preview_order('{"reference": "again", "hold": "PT15M", "lines": [{"sku": "HAT", "quantity": 2}]}');
SELECT order_id = id('again') AS same_order, part_no, quantity, status, detail ->> 'order_status' AS order_status
FROM backorder.place_order('again', '{HAT}', '{2}', '{"hold": "PT15M"}') ORDER BY part_no;
SELECT status, hold_until, units FROM backorder.sales_order WHERE order_id = id('again');
SELECT count(*) AS events FROM event WHERE reference = 'again';
-- It expires again, and is revived again. Other content is refused as before.
SET backorder.clock = '2026-03-02 15:00+00';
SELECT reference FROM backorder.expire_holds();
CALL refused($$ SELECT backorder.place_order('again', '{HAT}', '{1}', '{"hold": "PT15M"}') $$);
SELECT quantity, status FROM backorder.confirm_order(id('again')) ORDER BY part_no;

-- An order that its customer has canceled stays canceled, whether it was held, or expired before.
SELECT status FROM backorder.place_order('gone', '{WRAP}', '{1}', '{"hold": "PT15M"}');
SELECT status FROM backorder.cancel_order(id('gone'), 'not wanted');
CALL refused($$ SELECT backorder.confirm_order(id('gone')) $$);
SELECT status FROM backorder.place_order('gone', '{WRAP}', '{1}', '{"hold": "PT15M"}');
SELECT status FROM backorder.place_order('given up', '{WRAP,TEA}', '{1,1}', '{"hold": "PT15M"}') ORDER BY line_no;
SET backorder.clock = '2026-03-02 15:30+00';
SELECT reference FROM backorder.expire_holds();
SELECT line_no, status FROM backorder.cancel_line(id('given up'), 2) ORDER BY line_no;
SELECT line_no, sku, status FROM backorder.confirm_order(id('given up')) ORDER BY line_no;
SELECT status FROM backorder.place_order('not now', '{WRAP}', '{1}', '{"hold": "PT15M"}');
SET backorder.clock = '2026-03-02 16:00+00';
SELECT reference FROM backorder.expire_holds();
SELECT status FROM backorder.cancel_order(id('not now'));
CALL refused($$ SELECT backorder.confirm_order(id('not now')) $$);

-- Grants: an expired order loses them, and a revived one gets what an order placed now gets.
INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('GIFT', 'deny', 2), ('OUT', 'allow', 10);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('GIFT', 1, 1);
INSERT INTO backorder.incentive (name, kind, gift_sku, gift_quantity, max_grants, rank) VALUES ('gift', 'gift', 'GIFT', 1, 5, 1);
INSERT INTO backorder.incentive (name, kind, amount, max_grants, rank) VALUES ('money', 'amount_off', 3, 1, 2);
SELECT line_no, sku, quantity, status, detail -> 'incentives' -> 0 ->> 'name' AS incentive
FROM backorder.place_order('gifted', '{OUT}', '{1}', '{"hold": "PT15M"}') ORDER BY line_no;
SET backorder.clock = '2026-03-02 16:30+00';
SELECT reference FROM backorder.expire_holds();
SELECT line_no, sku, quantity, status, detail -> 'incentives' -> 0 ->> 'name' AS incentive
FROM backorder.place_order('gifted', '{OUT}', '{1}', '{"hold": "PT15M"}') ORDER BY line_no;
SET backorder.clock = '2026-03-02 17:00+00';
SELECT reference FROM backorder.expire_holds();
-- The gift is gone meanwhile: the next best incentive is granted.
SELECT sku, status FROM backorder.place_order('buyer', '{GIFT}', '{1}');
SELECT line_no, sku, quantity, status, detail -> 'incentives' -> 0 ->> 'name' AS incentive
FROM backorder.confirm_order(id('gifted')) ORDER BY line_no;
SELECT units FROM backorder.sales_order WHERE order_id = id('gifted');
SELECT i.name, sum(b.grants_used) AS used, sum(b.grants_left) AS left
FROM backorder.incentive_budget b JOIN backorder.incentive i USING (merchant_id, incentive_id) GROUP BY i.name ORDER BY 1;
SELECT payload -> 'incentives' -> 0 ->> 'name' AS incentive FROM event WHERE reference = 'gifted';

-- The other merchant has seen nothing of it.
SELECT sku, locations, on_hand, allocated FROM backorder.availability WHERE merchant_id = 2 ORDER BY sku;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
