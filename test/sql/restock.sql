-- Restock: every change of stock fills the queue, in the same statement.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, sku, 'allow'
FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA'), ('MUG'), ('POT')) AS s (sku);

-- Stock may arrive before its item exists, and before an order needs it.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('CUP', 1, 5);
SELECT sku, locations, on_hand, allocated FROM backorder.availability WHERE merchant_id = 1 ORDER BY sku;
INSERT INTO backorder.item (sku) VALUES ('CUP');
SELECT sku, quantity, status FROM backorder.place_order('cup', '{CUP}', '{2}');

-- === In order ===

-- The first is served first. Priority goes before time, time before the order number.
SELECT status FROM backorder.place_order('first', '{TEA}', '{2}');
SET backorder.clock = '2026-03-02 10:00+00';
SELECT status FROM backorder.place_order('second', '{TEA}', '{3}');
SELECT status FROM backorder.place_order('third', '{TEA,TEA}', '{1,2}') ORDER BY line_no;
SET backorder.clock = '2026-03-02 11:00+00';
SELECT status FROM backorder.place_order('urgent', '{TEA}', '{2}', '{"priority": 9}');
SELECT status FROM backorder.place_order('patient', '{TEA}', '{1}', '{"priority": -1}');
SELECT status FROM backorder.place_order('first', '{TEA}', '{4}', merchant_id => 2);
SELECT position, reference, line_no, quantity, priority, queued_at
FROM backorder.open_backorder WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;

-- INSERT: 3 arrive. The urgent order gets its two, the first order gets a part of its units.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 3);
SELECT reference, line_no, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY priority DESC, queued_at, order_id, line_no, part_no;
-- UPDATE: 4 more.
UPDATE backorder.stock SET on_hand = on_hand + 4 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT reference, line_no, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY priority DESC, queued_at, order_id, line_no, part_no;
-- A split part keeps its place, its price and its first promise. The sum of an order's parts never
-- changes.
SELECT reference, units, sum(quantity) AS in_parts FROM part JOIN backorder.sales_order USING (merchant_id, order_id, reference)
WHERE merchant_id = 1 AND sku = 'TEA' GROUP BY reference, units ORDER BY reference;
-- An upsert for both merchants at once, with one new row and one existing row.
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (1, 'TEA', 1, 8), (2, 'TEA', 1, 2), (1, 'TEA', 2, 1)
ON CONFLICT (merchant_id, sku, location_id) DO UPDATE SET on_hand = EXCLUDED.on_hand;
SELECT merchant_id, sku, locations, on_hand, allocated, backordered FROM backorder.availability WHERE sku = 'TEA' ORDER BY merchant_id;
SELECT merchant_id, reference, line_no, part_no, quantity, status, location_id
FROM part WHERE sku = 'TEA' AND reference IN ('first', 'third') ORDER BY merchant_id, reference, line_no, part_no;
-- A statement without a difference changes nothing: it does not even touch the first waiting order.
SELECT revision FROM backorder.sales_order WHERE merchant_id = 2 AND reference = 'first' \gset
UPDATE backorder.stock SET on_hand = on_hand;
SELECT revision - :revision AS changes FROM backorder.sales_order WHERE merchant_id = 2 AND reference = 'first';

-- Rows may be renamed, and moved to another merchant: units that leave one SKU come to the other.
SELECT status FROM backorder.place_order('mug', '{MUG}', '{3}');
SELECT status FROM backorder.place_order('mug', '{MUG}', '{3}', merchant_id => 2);
UPDATE backorder.stock SET sku = 'MUG', on_hand = 3 WHERE merchant_id = 1 AND sku = 'CUP';
SELECT merchant_id, sku, on_hand, allocated, backordered FROM backorder.availability WHERE sku IN ('CUP', 'MUG') ORDER BY merchant_id, sku;
UPDATE backorder.stock SET merchant_id = 2 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT merchant_id, sku, on_hand, allocated, backordered FROM backorder.availability WHERE sku IN ('CUP', 'MUG') ORDER BY merchant_id, sku;
SELECT merchant_id, reference, sku, quantity, status FROM part WHERE sku IN ('CUP', 'MUG') ORDER BY merchant_id, reference;

-- MERGE, which inserts, updates and deletes in one statement.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('POT', 3, 1);
SELECT quantity, status, location_id FROM backorder.place_order('pot', '{POT}', '{4}') ORDER BY part_no;
MERGE INTO backorder.stock s
USING (VALUES (1, 'CUP', 1, 2), (1, 'POT', 1, 2), (1, 'POT', 3, NULL)) AS n (merchant_id, sku, location_id, on_hand)
ON s.merchant_id = n.merchant_id AND s.sku = n.sku AND s.location_id = n.location_id
WHEN MATCHED AND n.on_hand IS NULL THEN DELETE
WHEN MATCHED THEN UPDATE SET on_hand = n.on_hand
WHEN NOT MATCHED THEN INSERT VALUES (n.merchant_id, n.sku, n.location_id, n.on_hand);
SELECT reference, part_no, quantity, status, location_id FROM part WHERE merchant_id = 1 AND sku IN ('CUP', 'POT') ORDER BY reference, part_no;

-- === Negative stock ===

-- Stock may be negative if more was sold elsewhere than there was. Then nothing is covered there
-- until it is positive again.
SELECT status FROM backorder.place_order('late', '{MUG}', '{2}', merchant_id => 2);
UPDATE backorder.stock SET on_hand = -2 WHERE merchant_id = 2 AND sku = 'MUG';
SELECT sku, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 2 AND sku = 'MUG';
UPDATE backorder.stock SET on_hand = on_hand + 2 WHERE merchant_id = 2 AND sku = 'MUG';
UPDATE backorder.stock SET on_hand = on_hand + 4 WHERE merchant_id = 2 AND sku = 'MUG';
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 2 AND sku = 'MUG' ORDER BY queued_at, order_id, part_no;
-- Units that lack at one location are not taken from another.
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (2, 'POT', 1, -5), (2, 'POT', 2, 3);
SELECT quantity, status, location_id FROM backorder.place_order('pot', '{POT}', '{4}', merchant_id => 2) ORDER BY part_no;

-- === All or nothing ===

-- A rolled back statement has filled nothing.
BEGIN;
UPDATE backorder.stock SET on_hand = 100 WHERE merchant_id = 2 AND sku = 'POT' AND location_id = 2;
SELECT sum(quantity) AS allocated FROM part WHERE merchant_id = 2 AND reference = 'pot' AND status = 'allocated';
ROLLBACK;
SELECT sum(quantity) AS allocated FROM part WHERE merchant_id = 2 AND reference = 'pot' AND status = 'allocated';

-- === At any size ===

-- A thousand SKUs, and three customers of each merchant who want all of them. Then one statement
-- brings one merchant two of each.
INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, 'S' || n, 'allow' FROM generate_series(1, 2) AS m, generate_series(1, 1000) AS n;
SELECT count(*) AS parts
FROM generate_series(1, 2) AS m, generate_series(1, 3) AS c,
	LATERAL backorder.place_order('c' || c, ARRAY(SELECT 'S' || n FROM generate_series(1, 1000) AS n), ARRAY(SELECT 1::bigint FROM generate_series(1, 1000)), merchant_id => m);
INSERT INTO backorder.stock (sku, location_id, on_hand) SELECT 'S' || n, 1, 2 FROM generate_series(1, 1000) AS n;
SELECT merchant_id, reference, status, count(*) AS parts FROM part WHERE reference ~ '^c[123]$' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- Each customer gets one notification.
SELECT merchant_id, reference, type, count(*) FROM event WHERE reference ~ '^c[123]$' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- One statement removes all of them.
DELETE FROM backorder.stock WHERE merchant_id = 1 AND sku LIKE 'S%';
SELECT merchant_id, reference, status, count(*) AS parts FROM part WHERE reference ~ '^c[123]$' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- A queue of 1,500 customers who each want one of two items. One statement brings 1,400 of the
-- first and 1,450 of the second. The engine works on such large plans in portions of orders. The
-- queue order holds, and each customer gets one notification.
INSERT INTO backorder.item (merchant_id, sku, policy) SELECT 2, s, 'allow' FROM unnest(ARRAY['BALL', 'BAT']) AS s;
SELECT count(*) AS parts FROM generate_series(1, 1500) AS c, LATERAL backorder.place_order('q' || c, '{BALL,BAT}', '{1,1}', merchant_id => 2);
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (2, 'BALL', 1, 1000), (2, 'BALL', 2, 400), (2, 'BAT', 1, 1450);
SELECT sku, status, location_id, group_status, count(*) AS parts, min(substr(reference, 2)::integer) AS first, max(substr(reference, 2)::integer) AS last
FROM part WHERE reference ~ '^q' GROUP BY 1, 2, 3, 4 ORDER BY 1, 6;
SELECT type, delivery, count(*) AS events, count(DISTINCT reference) AS orders FROM event WHERE reference ~ '^q' GROUP BY 1, 2 ORDER BY 1, 2;
-- Of 1,500 orders, the notifications are sent, except every hundredth: these are covered by the new
-- ones. The memory of the statement does not grow with the portions.
INSERT INTO backorder.item (merchant_id, sku, policy) VALUES (2, 'NET', 'allow');
SELECT count(*) AS parts FROM generate_series(1, 1500) AS c, LATERAL backorder.place_order('n' || c, '{NET}', '{1}', merchant_id => 2);
UPDATE backorder.delivery d SET status = 'sent' FROM backorder.notification n JOIN backorder.sales_order o USING (merchant_id, order_id)
WHERE (d.merchant_id, d.notification_id) = (2, n.notification_id) AND n.merchant_id = 2 AND o.reference ~ '^n' AND o.reference !~ '00$';
CREATE TABLE memory (portion integer GENERATED ALWAYS AS IDENTITY, bytes bigint);
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO public.memory (bytes) SELECT sum(used_bytes) FROM pg_backend_memory_contexts;
	RETURN NULL;
END $$;
CREATE TRIGGER look AFTER INSERT ON backorder.notification EXECUTE FUNCTION look();
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (2, 'NET', 1, 1500);
DROP TRIGGER look ON backorder.notification;
SELECT type, delivery, count(*) AS events, count(*) FILTER (WHERE reference ~ '00$') AS hundredths, count(*) FILTER (WHERE payload ->> 'covers' = '["placed"]') AS covering
FROM event WHERE reference ~ '^n' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT max(bytes) - min(bytes) < 1000000 AS bounded FROM memory WHERE portion <= 3;

-- === Refused ===

CALL refused($$ TRUNCATE backorder.stock $$);

-- === The ledger ===

-- It has every change of on hand, with its cause.
SELECT sku, location_id, kind, quantity, cause FROM backorder.stock_movement
WHERE merchant_id = 1 AND sku IN ('CUP', 'MUG', 'TEA') ORDER BY sku, movement_id;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
