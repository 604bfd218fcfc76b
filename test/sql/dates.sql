-- One line that several supplies serve: each unit is promised from the supply that reaches it.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('TEA', 'allow', 10), ('MUG', 'allow', 5);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at)
VALUES (1, 'TEA', 1, 100, '2026-03-10 12:00+00'), (2, 'TEA', 1, 100, '2026-03-20 12:00+00');

-- Waiting parts in queue order, with their dates.
CREATE VIEW waiting AS
SELECT reference, part_no, quantity, promised_at, promise_basis, first_promised_at
FROM part WHERE merchant_id = 1 AND status = 'backordered' ORDER BY sku, priority DESC, queued_at, order_id, line_no, part_no;

-- === Before the order ===
SELECT sku, backordered, promised_at, wait_days, detail -> 'parts' AS parts FROM backorder.preview_order('{TEA}', '{150}', '{}');
-- Each date is a parcel, if the order is sent as it becomes available.
SELECT ship_policy, group_no, units, ships_at FROM backorder.preview_shipments('{TEA}', '{150}', '{"compare_policies": true}')
WHERE ship_policy IN ('as_available', 'complete_order') ORDER BY ship_policy, ships_at;
-- The last unit decides whether the customer has to wait too long.
CALL refused($$ SELECT backorder.place_order('impatient', '{TEA}', '{150}', '{"max_wait": "P10D"}') $$);
SELECT sku, status, promised_at FROM backorder.preview_order('{TEA}', '{100}', '{"max_wait": "P10D"}');

-- === The order ===
SELECT part_no, quantity, status, group_no, promised_at FROM backorder.place_order('big', '{TEA}', '{150}') ORDER BY part_no;
SELECT payload -> 'waiting' AS waiting FROM event WHERE reference = 'big' AND type = 'placed';
-- Units that no supply reaches do not hide the dates of the others.
SELECT part_no, quantity, promised_at FROM backorder.place_order('later', '{TEA}', '{80}') ORDER BY part_no;
SELECT * FROM backorder.verify();

-- === Changes ===
UPDATE backorder.delivery SET status = 'sent' WHERE merchant_id = 1;
-- The first supply is smaller than announced: units move to the next part of their line.
UPDATE backorder.supply SET quantity = 60 WHERE supply_id = 1;
SELECT * FROM waiting;
SELECT reference, type, payload -> 'moved' AS moved FROM event WHERE delivery = 'pending' AND audience = 'customer' ORDER BY notification_id;
SELECT * FROM backorder.verify();
-- It is as announced after all: they move back, and nobody hears of anything.
UPDATE backorder.supply SET quantity = 100 WHERE supply_id = 1;
SELECT * FROM waiting;
SELECT reference, type, payload -> 'moved' AS moved FROM event WHERE delivery = 'pending' AND audience = 'customer' ORDER BY notification_id;

-- The first supply comes. What it serves is filled, the rest waits for the second one.
SELECT count(*) FROM backorder.receive_supply(1, 100);
SELECT reference, part_no, quantity, status, promised_at FROM part WHERE sku = 'TEA' AND reference IN ('big', 'later') ORDER BY reference, part_no;
SELECT reference, type, payload -> 'filled' AS filled, payload -> 'moved' AS moved
FROM event WHERE delivery = 'pending' AND audience = 'customer' ORDER BY notification_id;
SELECT * FROM backorder.verify();

-- === Many dates ===
-- A line has at most eight dates; its last units share the last one.
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at)
SELECT 'MUG', 1, 1, timestamptz '2026-04-01 00:00+00' + n * interval '1 day' FROM generate_series(1, 20) AS n;
SELECT part_no, quantity, promised_at FROM backorder.place_order('mugs', '{MUG}', '{20}') ORDER BY part_no;
DELETE FROM backorder.supply WHERE sku = 'MUG' AND expected_at < '2026-04-11';
SELECT part_no, quantity, promised_at FROM waiting WHERE reference = 'mugs';
SELECT * FROM backorder.verify();
