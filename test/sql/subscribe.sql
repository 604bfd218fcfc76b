-- Back in stock: subscribers are notified when a SKU is available again, the oldest first, and no
-- more than there is stock for.
\set ECHO none
\i test/sql/setup.psql

CREATE VIEW subscriber AS
SELECT s.merchant_id AS m, s.sku, s.contact, s.quantity, s.status, s.told_at, d.status AS notice, d.deliver_after, s.subscription_id
FROM backorder.subscription s
LEFT JOIN backorder.delivery d ON d.merchant_id = s.merchant_id AND d.notification_id = s.notification_id;
CREATE VIEW waiting AS
SELECT m, sku, contact, quantity, status, told_at, notice FROM subscriber ORDER BY m, sku, subscription_id;
CREATE FUNCTION send(merchant integer DEFAULT 1) RETURNS bigint LANGUAGE sql AS $$
	WITH s AS (UPDATE backorder.delivery d SET status = 'sent' WHERE d.merchant_id = merchant AND d.status IN ('pending', 'leased') RETURNING 1)
	SELECT count(*) FROM s
$$;

INSERT INTO backorder.item (merchant_id, sku, name, policy, tracked)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('MUG', 'Blue mug', 'deny', true), ('TEA', 'Green tea', 'allow', true), ('WRAP', 'Gift wrap', 'deny', false)) AS i;

-- === subscribe: a place in the order of subscriptions, kept when the quantity changes ===
SELECT sku, contact, customer, quantity, status, created_at, told_at, detail FROM backorder.subscribe('MUG', 'anna@example.org', 2, 'Anna');
SELECT contact, quantity, status FROM backorder.subscribe('MUG', 'ben@example.org');
SELECT contact, quantity, status FROM backorder.subscribe('MUG', 'cleo@example.org', 9);
SELECT contact, quantity, status FROM backorder.subscribe('MUG', 'dora@example.org', 3);
SELECT contact, quantity, status FROM backorder.subscribe('MUG', 'anna@example.org', 1, merchant_id => 2);
SET backorder.clock = '2026-03-02 10:00+00';
SELECT contact, customer, quantity, status, created_at FROM backorder.subscribe('MUG', 'anna@example.org', 3);
TABLE waiting;

-- === Back in stock: the oldest first, as many as the stock can serve ===
-- 5 mugs: 3 for Anna, 1 for Ben. Cleo wants more than there is, and Dora more than is left. Both
-- keep their places.
UPDATE backorder.stock SET on_hand = 5 WHERE merchant_id = 1 AND sku = 'MUG';
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('MUG', 1, 5);
TABLE waiting;
SELECT type, audience, order_id, dedupe_key ~ '^back_in_stock:\d+:\d+$' AS named, delivery, created_at, deliver_after, jsonb_pretty(payload) AS payload
FROM event JOIN subscriber ON subscriber.contact = payload ->> 'contact' AND m = merchant_id AND told_at IS NOT NULL
WHERE type = 'back_in_stock' ORDER BY notification_id LIMIT 1;
-- Some units fewer, but enough for both: nothing happens. More units, but not enough for Dora: no new
-- notification.
SELECT count(*) FROM backorder.place_order('walk-in', '{MUG}', '{1}');
UPDATE backorder.stock SET on_hand = 6 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT contact, status, notice FROM waiting WHERE m = 1;

-- === Withdrawn before it is sent: the last ones first, and they keep their places ===
SELECT count(*) FROM backorder.place_order('walk-in 2', '{MUG}', '{2}');
SELECT contact, status, told_at, notice FROM waiting WHERE m = 1;
SELECT count(*) FROM backorder.place_order('walk-in 3', '{MUG}', '{3}');
SELECT contact, status, told_at, notice FROM waiting WHERE m = 1;
-- Back within minutes: notified again, once. A withdrawn notification does not count for the
-- throttle.
SET backorder.clock = '2026-03-02 10:02+00';
SELECT status FROM backorder.cancel_order(id('walk-in 3'));
SELECT contact, status, told_at, notice, deliver_after FROM subscriber WHERE m = 1 ORDER BY subscription_id;
SELECT type, delivery, count(*) FROM event WHERE type = 'back_in_stock' GROUP BY type, delivery ORDER BY delivery;
-- A notification that a worker has taken or sent stays.
UPDATE backorder.delivery d SET status = 'leased' FROM backorder.subscription s WHERE s.notification_id = d.notification_id AND contact LIKE 'anna%';
SELECT count(*) FROM backorder.place_order('walk-in 4', '{MUG}', '{3}');
SELECT contact, status, notice FROM waiting WHERE m = 1;
SELECT send();
SELECT contact, status, notice, back_in_stock_pending FROM waiting JOIN backorder.subscription USING (sku, contact, status) WHERE m = 1 AND merchant_id = 1 AND status = 'told';
SELECT status FROM backorder.cancel_order(id('walk-in 4'));
SELECT contact, status, notice, back_in_stock_pending FROM waiting JOIN backorder.subscription USING (sku, contact, status) WHERE m = 1 AND merchant_id = 1 AND status = 'told';

-- === One notification per subscription; a new subscription waits at the end, and not within a day
-- of the last one ===
SELECT send();
SELECT contact, quantity, status, told_at, detail FROM backorder.subscribe('MUG', 'anna@example.org', 1);
SELECT contact, status, told_at, notice FROM waiting WHERE m = 1;
UPDATE backorder.stock SET on_hand = 0 WHERE merchant_id = 1 AND sku = 'MUG';
SET backorder.clock = '2026-03-03 10:01+00';
UPDATE backorder.stock SET on_hand = 20 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT contact, quantity, status, told_at, notice FROM waiting WHERE m = 1;
UPDATE backorder.stock SET on_hand = 0 WHERE merchant_id = 1 AND sku = 'MUG';
SET backorder.clock = '2026-03-03 10:02+00';
UPDATE backorder.stock SET on_hand = 20 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT contact, quantity, status, told_at, notice FROM waiting WHERE m = 1;

-- === unsubscribe: no notification any more, if it is not sent yet ===
SELECT contact, status, told_at, detail FROM backorder.unsubscribe('MUG', 'cleo@example.org');
SELECT contact, status, told_at FROM backorder.unsubscribe('MUG', 'cleo@example.org');
UPDATE backorder.delivery d SET status = 'leased' FROM backorder.subscription s WHERE s.notification_id = d.notification_id AND contact LIKE 'dora%';
SELECT contact, status, told_at FROM backorder.unsubscribe('MUG', 'dora@example.org');
SELECT contact, status, told_at, notice FROM waiting WHERE m = 1;
-- The worker fails to send it: it is withdrawn when the stock of the SKU changes the next time.
UPDATE backorder.delivery d SET status = 'pending' WHERE d.status = 'leased';
UPDATE backorder.stock SET on_hand = 21 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT contact, status, told_at, notice FROM waiting WHERE m = 1;
-- She may subscribe again. Units are there of which nobody was told, so she is notified at once.
SELECT contact, quantity, status FROM backorder.subscribe('MUG', 'dora@example.org', 1);

-- === After the queue ===
-- The backorder queue is served first. Only what it leaves is news for subscribers.
SELECT status FROM backorder.place_order('tea', '{TEA}', '{4}');
SELECT contact, status, detail FROM backorder.subscribe('TEA', 'ben@example.org');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 4);
SELECT contact, status FROM waiting WHERE sku = 'TEA';
UPDATE backorder.stock SET on_hand = 5 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT contact, status FROM waiting WHERE sku = 'TEA';

-- A lower safety stock, or a location that opens: new orders can have units again, so the SKU is
-- back.
UPDATE backorder.item SET safety_stock = 1 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT contact, status FROM waiting WHERE sku = 'TEA';
UPDATE backorder.item SET safety_stock = 0 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT contact, status FROM waiting WHERE sku = 'TEA';
INSERT INTO backorder.location (merchant_id, location_id, active) VALUES (1, 1, false);
SELECT contact, status FROM waiting WHERE sku = 'TEA';
UPDATE backorder.location SET active = true WHERE merchant_id = 1 AND location_id = 1;
SELECT contact, status FROM waiting WHERE sku = 'TEA';

-- === The merchant's rules ===
UPDATE backorder.merchant SET back_in_stock_factor = 2.5, back_in_stock_delay = '1 hour', back_in_stock_throttle = '0' WHERE merchant_id = 1;
UPDATE backorder.stock SET on_hand = 0 WHERE merchant_id = 1;
SELECT count(*) FROM generate_series(1, 4) AS n, backorder.subscribe('MUG', format('reader %s', n));
SELECT contact, told_at FROM backorder.subscribe('MUG', 'anna@example.org');
UPDATE backorder.stock SET on_hand = 4 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT contact, quantity, status, notice, deliver_after FROM subscriber WHERE m = 1 AND sku = 'MUG' ORDER BY subscription_id;
-- 0 notifies none.
UPDATE backorder.stock SET on_hand = 0 WHERE merchant_id = 1 AND sku = 'MUG';
UPDATE backorder.merchant SET back_in_stock_factor = 0 WHERE merchant_id = 1;
UPDATE backorder.stock SET on_hand = 4 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT status, count(*) FROM waiting WHERE m = 1 AND sku = 'MUG' GROUP BY status ORDER BY status;

-- === By level ===
-- 100 wait. 10 units come, then 1,000: all of them are notified.
INSERT INTO backorder.merchant (merchant_id, back_in_stock_throttle) VALUES (4, '1 day');
INSERT INTO backorder.item (merchant_id, sku) VALUES (4, 'HAT');
SELECT count(*) FROM generate_series(1, 100) AS n, backorder.subscribe('HAT', 's' || n, merchant_id => 4);
SELECT count(*) FROM backorder.set_stock('{HAT}', '{1}', '{10}', merchant_id => 4);
SELECT status, count(*) FROM waiting WHERE m = 4 GROUP BY status;
SELECT send(4);
SELECT count(*) FROM backorder.set_stock('{HAT}', '{1}', '{60}', merchant_id => 4);
SELECT status, count(*) FROM waiting WHERE m = 4 GROUP BY status;
SELECT send(4);
-- 20 of the 60 are bought, and 20 others come: these are for the next ones.
SELECT count(*) FROM backorder.place_order('hats', '{HAT}', '{20}', merchant_id => 4);
SELECT count(*) FROM backorder.set_stock('{HAT}', '{1}', '{80}', merchant_id => 4);
SELECT status, count(*) FROM waiting WHERE m = 4 GROUP BY status;
SELECT count(*) FROM backorder.set_stock('{HAT}', '{1}', '{1000}', merchant_id => 4);
SELECT status, count(*) FROM waiting WHERE m = 4 GROUP BY status;
SELECT send(4);
-- One who was told today and asks again has to wait for the throttle. maintain() ends this wait.
SELECT status FROM backorder.subscribe('HAT', 's1', merchant_id => 4);
CALL backorder.maintain(4);
SELECT status FROM waiting WHERE m = 4 AND contact = 's1';
SET backorder.clock = '2026-03-04 10:03+00';
CALL backorder.maintain(4);
SELECT status FROM waiting WHERE m = 4 AND contact = 's1';
SELECT sku, available, told_units, subscribers_wait FROM backorder.availability JOIN backorder.stock_level USING (merchant_id, sku) WHERE merchant_id = 4;

-- === For the merchant ===
SELECT merchant_id, sku, item_name, waiting, units_wanted, waiting_since, being_told, told_30_days, last_told_at, value_wanted
FROM backorder.subscription_demand ORDER BY merchant_id, sku;

-- === What is refused ===
CALL refused($$ SELECT backorder.subscribe('NONE', 'x') $$);
CALL refused($$ SELECT backorder.subscribe('WRAP', 'x') $$);
CALL refused($$ SELECT backorder.subscribe('MUG', '') $$);
CALL refused($$ SELECT backorder.subscribe('MUG', repeat('x', 321)) $$);
CALL refused($$ SELECT backorder.subscribe('MUG', NULL) $$);
CALL refused($$ SELECT backorder.subscribe('', 'x') $$);
CALL refused($$ SELECT backorder.subscribe('MUG', 'x', 0) $$);
CALL refused($$ SELECT backorder.subscribe('MUG', 'x', NULL) $$);
CALL refused($$ SELECT backorder.subscribe('MUG', 'x', 9007199254740993) $$);
CALL refused($$ SELECT backorder.unsubscribe('MUG', 'Anna@example.org') $$);
CALL refused($$ SELECT backorder.unsubscribe('MUG', NULL) $$);
CALL refused($$ SELECT backorder.subscribe('MUG', 'x', merchant_id => 3) $$);
SELECT message FROM refusal($$ UPDATE backorder.merchant SET back_in_stock_factor = 'NaN' $$);
SELECT length(contact), status FROM backorder.subscribe('MUG', repeat('x', 320), 9007199254740992);

-- The sum of many large quantities can still be read.
SELECT count(*) AS subscribers FROM generate_series(1, 1030) n, backorder.subscribe('MUG', 'greedy-' || n, 9007199254740992);
SELECT waiting > 1024 AS many, units_wanted FROM backorder.subscription_demand WHERE merchant_id = 1 AND sku = 'MUG';

-- The other merchant's subscriber has no notification, and gets one when the goods arrive.
SELECT merchant_id, sku, kind FROM backorder.stock_warning ORDER BY merchant_id, sku, kind;
SELECT contact, status FROM waiting WHERE m = 2;
SELECT count(*) FROM backorder.set_stock('{MUG}', '{1}', '{1}', merchant_id => 2);
SELECT contact, status FROM waiting WHERE m = 2;
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
