-- Time: an overdue supply is not believed, days are counted in the merchant's time zone, and
-- maintain() does what is due.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('TEA', 'allow', 100), ('MUG', 'allow', 10), ('CUP', 'allow', 5);
UPDATE backorder.item SET lead_time = '10 days' WHERE sku = 'MUG';

-- === A supply does not arrive ===
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at)
VALUES (1, 'TEA', 1, 10, '2026-03-10 12:00+00'), (2, 'MUG', 1, 10, '2026-03-10 12:00+00');
INSERT INTO backorder.incentive (name, kind, amount, slip_days, max_steps) VALUES ('Sorry', 'amount_off', 3, 7, 3);
SELECT sku, quantity, status, promised_at FROM backorder.place_order('tea', '{TEA}', '{1}');
SELECT sku, quantity, status, promised_at FROM backorder.place_order('mug', '{MUG}', '{1}');
UPDATE backorder.delivery SET status = 'sent' WHERE merchant_id = 1;

-- On its day it is still believed. A later hour of the same day is no news, however often the
-- promises are recalculated.
SET backorder.clock = '2026-03-10 18:00+00';
CALL backorder.maintain();
CALL backorder.maintain();
SELECT sku, promised_at, wait_days FROM backorder.item_availability('{TEA,MUG}');

-- When the day is over it is not believed any more: the promise is unknown, or rests on the lead
-- time. Each customer is told once.
SET backorder.clock = '2026-03-11 00:00+00';
CALL backorder.maintain();
CALL backorder.maintain();
SELECT reference, status, promised_at FROM part WHERE merchant_id = 1 ORDER BY reference;
SELECT reference, type, count(*) FROM event WHERE type = 'promise_changed' GROUP BY 1, 2 ORDER BY 1;
SELECT sku, promised_at, wait_days FROM backorder.item_availability('{TEA,MUG}');
-- Nobody who refuses to wait is served from it.
CALL refused($$ SELECT backorder.place_order('now', '{TEA}', '{1}', '{"max_wait": "P1D"}') $$);
SELECT * FROM backorder.verify();

-- The supplier gives a new date. Three weeks after the first promise, the slip incentive is granted.
UPDATE backorder.supply SET expected_at = '2026-03-31 12:00+00' WHERE supply_id = 1;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA';
SELECT o.reference, i.step, i.value FROM backorder.order_incentive i JOIN backorder.sales_order o USING (merchant_id, order_id) ORDER BY i.step;

-- === The merchant's rule ===
-- A grace, and a delay by which an overdue supply is believed to come later, again and again.
UPDATE backorder.merchant SET overdue_grace = '1 day', overdue_delay = '3 days' WHERE merchant_id = 1;
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (3, 'CUP', 1, 10, '2026-03-12 12:00+00');
SELECT promised_at FROM backorder.place_order('cup', '{CUP}', '{1}');
SET backorder.clock = '2026-03-13 23:59+00';
SELECT sku, promised_at FROM backorder.item_availability('{CUP}');
SET backorder.clock = '2026-03-14 00:00+00';
SELECT sku, promised_at FROM backorder.item_availability('{CUP}');
CALL backorder.maintain();
SET backorder.clock = '2026-03-17 00:00+00';
CALL backorder.maintain();
CALL backorder.maintain();
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'CUP';
-- An overdue supply that comes later than another one serves the queue after it.
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (4, 'CUP', 1, 1, '2026-03-16 12:00+00');
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'CUP';
SELECT * FROM backorder.verify();

-- === Days ===
-- Two days of handling in Berlin over the change to summer time: the same promise in every session.
UPDATE backorder.merchant SET handling_time = '2 days', time_zone = 'Europe/Berlin' WHERE merchant_id = 2;
INSERT INTO backorder.item (merchant_id, sku, policy) VALUES (2, 'TEA', 'allow'), (2, 'MUG', 'allow');
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
VALUES (2, 'TEA', 1, 9, '2026-03-28 10:00+00'), (2, 'MUG', 1, 9, '2026-10-24 10:00+00');
SET timezone = 'UTC';
SELECT sku, promised_at AT TIME ZONE 'Europe/Berlin' AS in_berlin, wait_days FROM backorder.item_availability('{TEA,MUG}', 2);
SET timezone = 'Europe/Berlin';
SELECT sku, promised_at AT TIME ZONE 'Europe/Berlin' AS in_berlin, wait_days FROM backorder.item_availability('{TEA,MUG}', 2);
SET timezone = 'America/New_York';
SELECT sku, promised_at AT TIME ZONE 'Europe/Berlin' AS in_berlin, wait_days FROM backorder.item_availability('{TEA,MUG}', 2);
SET timezone = 'UTC';
-- A supply is overdue when its day is over in Berlin.
SET backorder.clock = '2026-03-28 22:59+00';
SELECT sku, promised_at AT TIME ZONE 'Europe/Berlin' AS in_berlin FROM backorder.item_availability('{TEA}', 2);
SET backorder.clock = '2026-03-28 23:00+00';
SELECT sku, promised_at AT TIME ZONE 'Europe/Berlin' AS in_berlin FROM backorder.item_availability('{TEA}', 2);
-- A zone that does not exist is refused.
CALL refused($$ UPDATE backorder.merchant SET time_zone = 'Mars/Olympus' WHERE merchant_id = 2 $$);

-- === Holds ===
SELECT count(*) FROM backorder.place_order('held', '{TEA}', '{1}', '{"hold": "PT15M"}');
SET backorder.clock = '2026-03-29 08:00+00';
CALL backorder.maintain();
SELECT reference, status FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'held';

SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
