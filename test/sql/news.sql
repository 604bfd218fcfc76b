-- A notification compares with what the customer was last told. What was taken back before a worker
-- took the notification is no news.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('TEA', 'allow', 100), ('MUG', 'allow', 10), ('CUP', 'allow', 5);

-- What a worker would take: the pending notifications to customers.
CREATE VIEW pending AS
SELECT reference, type, payload -> 'covers' AS covers, payload -> 'moved' AS moved, payload -> 'filled' AS filled
FROM event WHERE audience = 'customer' AND delivery = 'pending' ORDER BY notification_id;
-- A worker takes and sends all of them.
CREATE PROCEDURE send_all() LANGUAGE sql AS $$ UPDATE backorder.delivery SET status = 'sent' WHERE status = 'pending' $$;

-- === A typo in the stock, put right ===
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{3}');
SELECT count(*) FROM backorder.place_order('a', '{TEA}', '{1}');
SELECT count(*) FROM backorder.place_order('b', '{TEA}', '{2}');
SELECT count(*) FROM backorder.place_order('c', '{TEA}', '{1}');
CALL send_all();
SET backorder.clock = '2026-03-02 10:00+00';
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{0}');
SELECT * FROM pending;
SET backorder.clock = '2026-03-02 10:05+00';
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{3}');
SELECT * FROM pending;
-- The units have the dates that the customers know.
SELECT reference, quantity, status, promised_at FROM part ORDER BY reference;
SELECT * FROM backorder.verify();

-- The same the other way round: a delivery that was none. Nobody hears of it.
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{4}');
SELECT reference, type, filled FROM pending;
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{3}');
SELECT * FROM pending;
SELECT * FROM backorder.verify();

-- If a worker was quicker, the customer knows of the typo, and hears that it is put right.
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{2}');
CALL send_all();
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{3}');
SELECT * FROM pending;
CALL send_all();
-- If the typo is found the next day, the date that the customer knows cannot be met. There is
-- news of the new one, and of no wait.
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{1}');
SET backorder.clock = '2026-03-04 09:00+00';
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{3}');
SELECT * FROM pending;
CALL send_all();

-- === A date that moves to and fro ===
SET backorder.clock = '2026-03-02 09:00+00';
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (1, 'MUG', 1, 10, '2026-03-10 12:00+00');
SELECT promised_at FROM backorder.place_order('mug', '{MUG,CUP}', '{2,1}');
CALL send_all();
UPDATE backorder.supply SET expected_at = '2026-03-20 12:00+00' WHERE supply_id = 1;
SELECT * FROM pending;
UPDATE backorder.supply SET expected_at = '2026-03-10 12:00+00' WHERE supply_id = 1;
SELECT * FROM pending;
-- Two moves are told as one, from the date that the customer knows.
UPDATE backorder.supply SET expected_at = '2026-03-20 12:00+00' WHERE supply_id = 1;
UPDATE backorder.supply SET expected_at = '2026-03-30 12:00+00' WHERE supply_id = 1;
SELECT * FROM pending;
SELECT * FROM backorder.verify();

-- A cancellation stays news, whatever is taken back.
SELECT count(*) FROM backorder.cancel_line(id('mug'), 2, 'too long');
UPDATE backorder.supply SET expected_at = '2026-03-10 12:00+00' WHERE supply_id = 1;
SELECT type, covers, moved, filled FROM pending;
SELECT payload -> 'canceled' AS canceled FROM event WHERE delivery = 'pending' AND audience = 'customer';
CALL send_all();

-- === A confirmation that was not sent ===
-- It is replaced, because it says how the order stood. What was filled since is told with it.
SELECT count(*) FROM backorder.place_order('cup', '{CUP}', '{2}');
SELECT count(*) FROM backorder.set_stock('{CUP}', '{1}', '{2}');
SELECT * FROM pending;
SELECT count(*) FROM backorder.set_stock('{CUP}', '{1}', '{0}');
SELECT * FROM pending;

SELECT * FROM backorder.verify();

-- === A fill that is lost ===
-- The customer was told that the goods are there. They were not: the wait goes on, until the same date.
INSERT INTO backorder.item (sku, policy) VALUES ('POT', 'allow');
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (2, 'POT', 1, 5, '2026-03-20 12:00+00');
SELECT promised_at FROM backorder.place_order('pot', '{POT}', '{1}');
SELECT count(*) FROM backorder.receive_supply(2, 5);
CALL send_all();
SELECT count(*) FROM backorder.reverse_receipt(2, 5);
SELECT * FROM pending WHERE reference = 'pot';
SELECT * FROM backorder.verify();
