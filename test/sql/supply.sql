-- Supply: open supply is promised to the queue.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, lead_time)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', NULL::interval), ('MUG', 'allow', '10 days'), ('POT', 'allow', NULL)) AS i;
-- The supplies here have chosen ids. next_id() gives one to a supply without an id.
INSERT INTO backorder.supply (merchant_id, supply_id, sku, location_id, quantity, expected_at, reference)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	(101, 'TEA', 1, 5, '2026-03-10 12:00+00'::timestamptz, 'PO-1'),
	(102, 'TEA', 1, 5, '2026-03-20 12:00+00', 'PO-2'),
	(103, 'TEA', 1, 5, NULL, 'PO-3')) AS s;
INSERT INTO backorder.supply (sku, location_id, quantity) VALUES ('POT', 1, 1) RETURNING supply_id > 0 AS given, received, status;

-- The queue is promised from the supply in the order of its arrival. 4 units have a date from the first
-- supply. The next 4 have a date from the second, because the first has only one unit left. The last 3
-- have no date, because the third supply has none.
SELECT quantity, status, promised_at FROM backorder.place_order('first', '{TEA}', '{4}');
SELECT quantity, status, promised_at FROM backorder.place_order('second', '{TEA}', '{4}');
SELECT quantity, status, promised_at FROM backorder.place_order('third', '{TEA}', '{3}');
SELECT position, reference, units_ahead, quantity, promised_at, promise_basis
FROM backorder.open_backorder WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
-- Without supply, the lead time counts from now. Without both, nothing is promised.
SELECT quantity, promised_at, detail ->> 'promise_basis' AS basis FROM backorder.place_order('mug', '{MUG}', '{1}');
SELECT quantity, promised_at, detail ->> 'promise_basis' AS basis FROM backorder.place_order('pot', '{POT}', '{1}');

-- === A supply changes ===

-- Each statement recalculates the promises of the queue. A third date becomes known.
UPDATE backorder.supply SET expected_at = '2026-04-01 12:00+00' WHERE merchant_id = 1 AND supply_id = 103;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- The first is late: by three days, for all orders that it serves.
UPDATE backorder.supply SET expected_at = '2026-03-13 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, first_promised_at, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- It arrives a day earlier than that: a change within the merchant's tolerance, one day, is not
-- reported.
UPDATE backorder.supply SET expected_at = '2026-03-12 12:00+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- Earlier still: this change is reported.
UPDATE backorder.supply SET expected_at = '2026-03-12 11:59+00' WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- It brings fewer units. The second supply serves the rest.
UPDATE backorder.supply SET quantity = 3 WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
-- It is canceled and reopened; moved to another SKU and back; deleted.
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
-- Supply for a closed location serves nothing.
BEGIN;
INSERT INTO backorder.location (location_id, active) VALUES (9, false);
UPDATE backorder.supply SET location_id = 9 WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id;
ROLLBACK;
-- For a SKU with a lead time, a supply is used if it is better.
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (201, 'MUG', 1, 5, '2026-03-06 12:00+00');
SELECT reference, promised_at, promise_basis FROM part WHERE merchant_id = 1 AND sku = 'MUG';
CALL refused($$ TRUNCATE backorder.supply $$);

-- The handling time is part of the promise.
UPDATE backorder.merchant SET handling_time = '2 days' WHERE merchant_id = 2;
SELECT quantity, promised_at FROM backorder.place_order('first', '{TEA}', '{4}', merchant_id => 2);
SELECT quantity, promised_at FROM backorder.place_order('mug', '{MUG}', '{4}', merchant_id => 2);

-- An overdue supply is not believed: whoever orders now is promised the next one. A recalculation
-- moves the dates that rest on it.
SET backorder.clock = '2026-03-11 00:00+00';
SELECT quantity, promised_at FROM backorder.place_order('second', '{TEA}', '{1}', merchant_id => 2);
SELECT reference, promised_at FROM part WHERE merchant_id = 2 AND sku = 'TEA' ORDER BY queued_at, order_id;
SELECT line_no, old_promised_at, new_promised_at FROM backorder.repromise('{TEA}', merchant_id => 2);

-- === A supply arrives ===

SET backorder.clock = '2026-03-12 12:00+00';
-- In part: the supply stays open for the rest, and the dates of the waiting parts need not move.
SELECT sku, location_id, change, on_hand, allocated, backordered FROM backorder.receive_supply(101, 2);
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 101;
SELECT reference, part_no, quantity, status, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id, part_no;
-- The rest.
SELECT change, on_hand, allocated, backordered FROM backorder.receive_supply(101, 3);
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 101;
CALL refused($$ SELECT backorder.receive_supply(101, 1) $$);
-- Fewer units, and no more will arrive: the parts that rested on it have new dates.
SELECT change, on_hand, allocated, backordered FROM backorder.receive_supply(102, 1, '{"close": true}');
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 102;
SELECT reference, part_no, quantity, status, promised_at FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY queued_at, order_id, part_no;
-- More units than ordered, and at another location than expected.
SELECT location_id, change, on_hand, allocated, available, backordered FROM backorder.receive_supply(103, 8, '{"location_id": 2}');
SELECT supply_id, quantity, received, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 103;
SELECT reference, status, location_id, sum(quantity) AS units FROM part WHERE merchant_id = 1 AND sku = 'TEA' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- A canceled supply cannot be received.
UPDATE backorder.supply SET status = 'canceled' WHERE merchant_id = 1 AND supply_id = 201;
CALL refused($$ SELECT backorder.receive_supply(201, 5) $$);
SELECT sku, location_id, kind, quantity, cause FROM backorder.stock_movement WHERE merchant_id = 1 ORDER BY movement_id;

-- The other merchant's supplies with the same ids are still open.
SELECT supply_id, sku, received, status FROM backorder.supply WHERE merchant_id = 2 ORDER BY supply_id;

-- Any change recalculates the promises, also a change of a received supply: a date that has passed
-- moves.
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
-- It cannot reset received either. But it may write what it knows: another date, a reference, a
-- cancellation.
CALL refused($$ UPDATE backorder.supply SET received = 0 WHERE supply_id = 103 $$);
UPDATE backorder.supply SET status = 'open', expected_at = '2026-04-05 12:00+00', reference = 'PO-9' WHERE supply_id = 201;
UPDATE backorder.supply SET status = 'canceled' WHERE supply_id = 201;
RESET ROLE;
SELECT supply_id, expected_at, reference, status FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 201;
SELECT backorder.revoke_access('regress_backorder_app');
DROP ROLE regress_backorder_app;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
