-- Notify: one row per event, in the transaction that caused it; merged per order while it is
-- unsent.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, name, policy, lead_time, unit_price)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'Green tea', 'allow', NULL::interval, 4.50), ('MUG', 'Blue mug', 'allow', '10 days', 7), ('POT', 'Tea pot', 'allow', NULL, NULL)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 3), ('MUG', 1, 1)) AS s;

-- What a worker does with a notification.
CREATE FUNCTION send(reference text, merchant_id integer DEFAULT 1) RETURNS bigint LANGUAGE sql AS $$
	WITH sent AS (
		UPDATE backorder.delivery d SET status = 'sent'
		FROM event e
		WHERE e.merchant_id = d.merchant_id AND e.notification_id = d.notification_id AND d.status = 'pending'
			AND e.merchant_id = send.merchant_id AND e.reference = send.reference
		RETURNING 1)
	SELECT count(*) FROM sent
$$;

-- === placed ===

-- Which items ship now, which later, and when: enough to write the e-mail without another query.
SELECT count(*) AS parts FROM backorder.place_order('{"reference": "web-1", "customer": "c42", "lines": [{"sku": "TEA", "quantity": 2}, {"sku": "MUG", "quantity": 3}]}');
SELECT type, audience, created_at, delivery, (payload ->> 'order_id')::bigint = id('web-1') AS order_id_is_there,
	replace(dedupe_key, id('web-1')::text, '<web-1>') AS dedupe_key, jsonb_pretty(payload - 'order_id') AS payload
FROM event WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY notification_id;
-- A client that lost the answer places the order again: no second notification.
SELECT count(*) AS parts FROM backorder.place_order('{"reference": "web-1", "customer": "c42", "lines": [{"sku": "TEA", "quantity": 2}, {"sku": "MUG", "quantity": 3}]}');
SELECT count(*) AS events FROM event WHERE merchant_id = 1 AND reference = 'web-1';

-- === backorder_filled ===

-- The first notification is sent. A new event has its own.
SELECT send('web-1');
SET backorder.clock = '2026-03-03 09:00+00';
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT type, delivery, jsonb_pretty(payload - 'order_id' - 'lines') AS payload
FROM event WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY notification_id DESC LIMIT 1;
-- More arrives before that one was sent: one notification covers both, and the other is withdrawn.
-- It has the units of both.
UPDATE backorder.stock SET on_hand = 3 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT type, delivery, payload -> 'covers' AS covers, payload -> 'filled' AS filled, payload -> 'waiting' AS waiting
FROM event WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY notification_id;
-- One statement that fills several lines of an order is one event.
SELECT count(*) AS parts FROM backorder.place_order('web-2', '{TEA,MUG,TEA}', '{2,2,1}');
SELECT send('web-2');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 2, 2), ('MUG', 2, 2);
SELECT type, delivery, payload -> 'filled' AS filled FROM event WHERE merchant_id = 1 AND reference = 'web-2' ORDER BY notification_id;

-- === shipped ===

-- Each shipped group has a notification, whatever else is unsent. It covers nothing, and nothing
-- covers it.
SELECT status FROM backorder.ship_group(id('web-1'), 1, '{"tracking": "1Z999"}');
SELECT type, delivery, replace(dedupe_key, id('web-1')::text, '<web-1>') AS dedupe_key FROM event WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY notification_id;
SELECT jsonb_pretty(payload - 'order_id' - 'lines') AS payload FROM event WHERE merchant_id = 1 AND reference = 'web-1' AND type = 'shipped';
-- Delivery is no event.
SELECT status FROM backorder.deliver_group(id('web-1'), 1);
SELECT count(*) AS events FROM event WHERE merchant_id = 1 AND reference = 'web-1';

-- === promise_changed ===

SET backorder.clock = '2026-03-04 09:00+00';
SELECT line_no, quantity, status, promised_at FROM backorder.place_order('web-3', '{POT,MUG}', '{4,1}') ORDER BY line_no, part_no;
SELECT send('web-3');
-- From unknown to the 10th, the 12th and the 20th, all unsent: the customer is notified of one
-- move, from the known date to the present one.
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (101, 'POT', 1, 9, '2026-03-10 12:00+00');
UPDATE backorder.supply SET expected_at = '2026-03-12 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
UPDATE backorder.supply SET expected_at = '2026-03-20 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT type, delivery, payload -> 'moved' AS moved FROM event WHERE merchant_id = 1 AND reference = 'web-3' ORDER BY notification_id;
-- The next move starts where the sent one ended. Two lines that move in one statement are one
-- event.
SELECT send('web-3');
UPDATE backorder.supply SET expected_at = '2026-03-25 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT type, delivery, payload -> 'moved' AS moved FROM event WHERE merchant_id = 1 AND reference = 'web-3' AND delivery = 'pending';
-- A move back to the known date is no move: the notification that covers the others does not
-- contain it.
UPDATE backorder.supply SET expected_at = '2026-03-20 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT type, delivery, payload -> 'moved' AS moved FROM event WHERE merchant_id = 1 AND reference = 'web-3' AND delivery = 'pending';
UPDATE backorder.supply SET expected_at = '2026-03-15 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT type, delivery, payload -> 'moved' AS moved FROM event WHERE merchant_id = 1 AND reference = 'web-3' AND delivery = 'pending';
-- Units that were announced as ready and are deallocated are announced with their present date.
SELECT line_no, quantity, status FROM backorder.place_order('web-4', '{TEA}', '{1}');
UPDATE backorder.stock SET on_hand = on_hand + 1 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 2;
SELECT reference, type, delivery, payload -> 'covers' AS covers, payload -> 'filled' AS filled FROM event WHERE merchant_id = 1 AND reference = 'web-4' ORDER BY notification_id;
SELECT send('web-4');
UPDATE backorder.stock SET on_hand = on_hand - 1 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 2;
SELECT reference, type, delivery, payload -> 'covers' AS covers, payload -> 'filled' AS filled, payload -> 'moved' AS moved, payload -> 'waiting' AS waiting
FROM event WHERE merchant_id = 1 AND reference = 'web-4' ORDER BY notification_id;
-- More units of a line are news about dates, too, and have this type.
SELECT quantity, status FROM backorder.change_quantity(id('web-4'), 1, 3) ORDER BY part_no;
SELECT type, delivery, payload -> 'moved' AS moved, payload -> 'waiting' AS waiting FROM event WHERE merchant_id = 1 AND reference = 'web-4' AND delivery = 'pending';

-- === line_canceled, canceled ===

SELECT send('web-3');
SELECT line_no, quantity, status FROM backorder.cancel_line(id('web-3'), 2, 'not needed') ORDER BY line_no, part_no;
SELECT line_no, quantity, status FROM backorder.change_quantity(id('web-3'), 1, 3) ORDER BY line_no, part_no;
SELECT type, delivery, payload -> 'covers' AS covers, payload -> 'canceled' AS canceled, payload -> 'waiting' AS waiting FROM event WHERE merchant_id = 1 AND reference = 'web-3' AND type = 'line_canceled' ORDER BY notification_id;
SELECT DISTINCT status FROM backorder.cancel_order(id('web-3'), 'no more tea for me');
SELECT type, delivery, replace(dedupe_key, id('web-3')::text, '<web-3>') AS dedupe_key, jsonb_pretty(payload - 'order_id' - 'lines') AS payload
FROM event WHERE merchant_id = 1 AND reference = 'web-3' ORDER BY notification_id DESC LIMIT 1;
-- An order that is placed and canceled before a notification was sent: one notification, caused by
-- both.
SELECT count(*) AS parts FROM backorder.place_order('web-5', '{TEA}', '{1}');
SELECT status FROM backorder.cancel_order(id('web-5'));
SELECT type, delivery, payload -> 'covers' AS covers FROM event WHERE merchant_id = 1 AND reference = 'web-5' ORDER BY notification_id;

-- === Held orders ===

SELECT status FROM backorder.place_order('held', '{TEA}', '{1}', '{"hold": "PT1H"}');
UPDATE backorder.stock SET on_hand = 99 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 2;
SELECT count(*) AS events FROM event WHERE merchant_id = 1 AND reference = 'held';
SELECT status FROM backorder.confirm_order(id('held'));
SELECT type, payload ->> 'order_status' AS order_status FROM event WHERE merchant_id = 1 AND reference = 'held';

-- Units that arrived and were removed before a notification was sent are no news: filled lists only
-- units that are still covered.
INSERT INTO backorder.item (sku, policy) VALUES ('JAR', 'allow');
SELECT status FROM backorder.place_order('jars', '{JAR}', '{3}');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('JAR', 1, 2);
UPDATE backorder.stock SET on_hand = 1 WHERE merchant_id = 1 AND sku = 'JAR';
SELECT type, payload -> 'covers' AS covers, payload -> 'filled' AS filled FROM event
WHERE reference = 'jars' AND delivery = 'pending';

-- === For the merchant ===

-- A SKU is reported when its first units start to wait; again only after none waited, and a day
-- later.
SELECT type, audience, dedupe_key LIKE 'sku_negative:MUG:%' AS named, jsonb_pretty(payload) AS payload
FROM event WHERE merchant_id = 1 AND type = 'sku_negative' AND payload ->> 'sku' = 'MUG' ORDER BY notification_id LIMIT 1;
SELECT payload ->> 'sku' AS sku, created_at, payload ->> 'backordered' AS backordered FROM event WHERE merchant_id = 1 AND type = 'sku_negative' ORDER BY notification_id;

-- === All together ===

-- Nothing happened to the orders of the other merchant, so there is no notification. Then there is.
SELECT count(*) AS events FROM backorder.notification WHERE merchant_id = 2;
SELECT count(*) AS parts FROM backorder.place_order('web-1', '{TEA}', '{1}', merchant_id => 2);
SELECT merchant_id, type, reference FROM event WHERE reference = 'web-1' AND type = 'placed' ORDER BY merchant_id;

-- No event has two notifications: their keys are unique. Of the unsent ones of an order, at most
-- one is pending.
SELECT count(*) AS events, count(DISTINCT (merchant_id, dedupe_key)) AS names FROM backorder.notification;
SELECT merchant_id, reference, count(*) FROM event
WHERE delivery = 'pending' AND audience = 'customer' AND type <> 'shipped'
GROUP BY merchant_id, reference HAVING count(*) > 1;
-- A rolled back event has no notification.
BEGIN;
SELECT count(*) AS parts FROM backorder.place_order('undone', '{TEA}', '{1}');
ROLLBACK;
SELECT count(*) AS events FROM backorder.notification WHERE payload ->> 'reference' = 'undone';

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
DROP FUNCTION send(text, integer);
