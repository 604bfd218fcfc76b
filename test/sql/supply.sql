-- Supply: what is on its way is promised to those who wait.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, lead_time)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', NULL::interval), ('MUG', 'allow', '10 days'), ('POT', 'allow', NULL)) AS i;
-- Supplies have names of their own here; next_id() gives one to those that have none.
INSERT INTO backorder.supply (merchant_id, supply_id, sku, location_id, quantity, expected_at, reference)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	(101, 'TEA', 1, 5, '2026-03-10 12:00+00'::timestamptz, 'PO-1'),
	(102, 'TEA', 1, 5, '2026-03-20 12:00+00', 'PO-2'),
	(103, 'TEA', 1, 5, NULL, 'PO-3')) AS s;
INSERT INTO backorder.supply (sku, location_id, quantity) VALUES ('POT', 1, 1) RETURNING supply_id > 0 AS given, received, status;

-- The queue lies over the supply in order of its arrival. 4 have a date by the first, 4 more by the second, since of the
-- first only one is left; then 3 have none, because the third supply has none.
SELECT quantity, status, promised_at FROM backorder.place_order('first', '{TEA}', '{4}');
SELECT quantity, status, promised_at FROM backorder.place_order('second', '{TEA}', '{4}');
SELECT quantity, status, promised_at FROM backorder.place_order('third', '{TEA}', '{3}');
SELECT position, reference, units_ahead, quantity, promised_at, promise_basis
FROM backorder.open_backorder WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
-- Without supply the lead time counts from now; without either nothing is promised.
SELECT quantity, promised_at, detail ->> 'promise_basis' AS basis FROM backorder.place_order('mug', '{MUG}', '{1}');
SELECT quantity, promised_at, detail ->> 'promise_basis' AS basis FROM backorder.place_order('pot', '{POT}', '{1}');

-- === A supply changes ===

-- Each statement lays the promises of the queue anew. A third date becomes known.
UPDATE backorder.supply SET expected_at = '2026-04-01 12:00+00' WHERE merchant_id = 1 AND supply_id = 103;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- The first is late: by three days, for all whom it serves.
UPDATE backorder.supply SET expected_at = '2026-03-13 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, first_promised_at, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- It comes a day earlier than that: nobody is bothered with no more than the merchant's tolerance, which is a day.
UPDATE backorder.supply SET expected_at = '2026-03-12 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- Earlier still: that is worth telling.
UPDATE backorder.supply SET expected_at = '2026-03-12 11:59+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- It brings less; the second serves what it does not.
UPDATE backorder.supply SET quantity = 3 WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- It is canceled, and called back; moved to another SKU, and back; deleted.
UPDATE backorder.supply SET status = 'canceled' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
UPDATE backorder.supply SET status = 'open', quantity = 5 WHERE merchant_id = 1 AND supply_id = 101;
UPDATE backorder.supply SET sku = 'POT' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, sku, promised_at FROM part WHERE merchant_id = 1 AND sku IN ('POT', 'TEA') ORDER BY sku, queued_at, order_id;
UPDATE backorder.supply SET sku = 'TEA' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, sku, promised_at FROM part WHERE merchant_id = 1 AND sku IN ('POT', 'TEA') ORDER BY sku, queued_at, order_id;
BEGIN;
DELETE FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
ROLLBACK;
-- What is expected at a location that is closed serves nobody.
BEGIN;
INSERT INTO backorder.location (location_id, active) VALUES (9, false);
UPDATE backorder.supply SET location_id = 9 WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
ROLLBACK;
-- A supply for a SKU with a lead time takes its place, where it is better.
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (201, 'MUG', 1, 5, '2026-03-06 12:00+00');
SELECT reference, promised_at, promise_basis FROM part WHERE merchant_id = 1 AND sku = 'MUG';
CALL refused($$ TRUNCATE backorder.supply $$);

-- The goods need a while from the shelf to the van; that is promised too.
UPDATE backorder.merchant SET handling_time = '2 days' WHERE merchant_id = 2;
SELECT quantity, promised_at FROM backorder.place_order('first', '{TEA}', '{4}', merchant_id => 2);
SELECT quantity, promised_at FROM backorder.place_order('mug', '{MUG}', '{4}', merchant_id => 2);

-- A supply that is overdue still counts, as if it came now. Only a re-lay moves the dates that rest on it.
SET backorder.clock = '2026-03-11 00:00+00';
SELECT quantity, promised_at FROM backorder.place_order('second', '{TEA}', '{1}', merchant_id => 2);
SELECT reference, promised_at FROM part WHERE merchant_id = 2 AND sku = 'TEA' ORDER BY queued_at, order_id;
SELECT line_no, old_promised_at, new_promised_at FROM backorder.repromise('{TEA}', 2);

-- === A supply comes ===

SET backorder.clock = '2026-03-12 12:00+00';
-- In part: the supply stays open for the rest, and the dates of those who still wait need not move.
SELECT sku, location_id, change, on_hand, allocated, backordered FROM backorder.receive_supply(101, 2);
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, part_no, quantity, status, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id, part_no;
-- The rest.
SELECT change, on_hand, allocated, backordered FROM backorder.receive_supply(101, 3);
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 101;
CALL refused($$ SELECT backorder.receive_supply(101, 1) $$);
-- Less, and no more of it will come: those who rested on it have new dates.
SELECT change, on_hand, allocated, backordered FROM backorder.receive_supply(102, 1, '{"close": true}');
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 102;
SELECT reference, part_no, quantity, status, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id, part_no;
-- More than was ordered, and at another location than was expected.
SELECT location_id, change, on_hand, allocated, available, backordered FROM backorder.receive_supply(103, 8, '{"location_id": 2}');
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 103;
SELECT reference, status, location_id, sum(quantity) AS units FROM part WHERE merchant_id = 1 AND sku = 'TEA' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- What is canceled cannot be received.
UPDATE backorder.supply SET status = 'canceled' WHERE merchant_id = 1 AND supply_id = 201;
CALL refused($$ SELECT backorder.receive_supply(201, 5) $$);
SELECT sku, location_id, kind, quantity, cause FROM backorder.stock_movement WHERE merchant_id = 1 ORDER BY movement_id;

-- The other merchant's supplies of the same names are still to come.
SELECT supply_id, sku, received, status FROM backorder.supply WHERE merchant_id = 2 ORDER BY supply_id;

-- Any change lays the promises anew, of a supply that has come too: a day that has passed by now moves.
INSERT INTO backorder.item (sku, policy, lead_time) VALUES ('LAMP', 'allow', '1 day');
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity) VALUES (301, 'LAMP', 1, 1);
SELECT quantity, status, promised_at > backorder.clock_time() AS later FROM backorder.place_order('lamp', '{LAMP}', '{2}');
SELECT available, backordered FROM backorder.receive_supply(301, 1);
SET backorder.clock = '2026-05-01 12:00+00';
UPDATE backorder.supply SET status = 'canceled' WHERE merchant_id = 1 AND supply_id = 301;
SELECT quantity, status, promised_at FROM part WHERE merchant_id = 1 AND reference = 'lamp' AND status = 'backordered';

-- === What an application may not write ===

CREATE ROLE regress_backorder_app;
SELECT backorder.grant_access('regress_backorder_app', 'app');
SET ROLE regress_backorder_app;
CALL refused($$ UPDATE backorder.supply SET received = 5 WHERE supply_id = 201 $$);
CALL refused($$ UPDATE backorder.supply SET status = 'received' WHERE supply_id = 201 $$);
CALL refused($$ INSERT INTO backorder.supply (sku, location_id, quantity, received) VALUES ('TEA', 1, 1, 1) $$);
CALL refused($$ INSERT INTO backorder.supply (sku, location_id, quantity, status) VALUES ('TEA', 1, 1, 'received') $$);
-- What was received, it may neither take back; but it may write what it knows: another date, a reference, a cancellation.
CALL refused($$ UPDATE backorder.supply SET received = 0 WHERE supply_id = 103 $$);
UPDATE backorder.supply SET status = 'open', expected_at = '2026-04-05 12:00+00', reference = 'PO-9' WHERE supply_id = 201;
UPDATE backorder.supply SET status = 'canceled' WHERE supply_id = 201;
RESET ROLE;
SELECT supply_id, expected_at, reference, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 201;
SELECT backorder.revoke_access('regress_backorder_app');
DROP ROLE regress_backorder_app;

-- Nothing is wrong with either.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
