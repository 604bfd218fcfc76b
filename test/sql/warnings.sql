-- Stock warnings: the merchant is warned when a SKU runs low, when units of it start to wait, and
-- when none wait any more.
\set ECHO none
\i test/sql/setup.psql

CREATE VIEW warning AS
SELECT merchant_id AS m, payload ->> 'sku' AS sku, type, created_at, payload ->> 'available' AS available,
	payload ->> 'backordered' AS backordered, notification_id
FROM event WHERE audience = 'merchant';

INSERT INTO backorder.item (merchant_id, sku, name, policy, low_stock, safety_stock)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'Green tea', 'allow', 5, 0), ('MUG', 'Blue mug', 'allow', NULL, 0), ('POT', 'Tea pot', 'deny', 0, 2)) AS i;
SELECT count(*) FROM backorder.set_stock('{TEA,MUG,POT}', '{1,1,1}', '{8,3,4}', merchant_id => 1);
SELECT count(*) FROM backorder.set_stock('{TEA,MUG,POT}', '{1,1,1}', '{8,3,4}', merchant_id => 2);
-- Stock that arrives where there was none causes no warning.
SELECT * FROM warning;

-- === Low stock: when the available units fall to the item's threshold, or below it ===
SELECT count(*) FROM backorder.place_order('a', '{TEA}', '{2}');
SELECT * FROM warning;
SELECT count(*) FROM backorder.place_order('b', '{TEA}', '{1}');
SELECT type, audience, dedupe_key LIKE 'low\_stock:TEA:%' AS named, delivery, jsonb_pretty(payload) AS payload FROM event WHERE type = 'low_stock';
-- A further fall is no news. A threshold of 0 warns when the last available unit is sold. MUG has
-- no threshold.
SELECT count(*) FROM backorder.place_order('c', '{TEA,POT,MUG}', '{1,1,3}');
SELECT count(*) FROM backorder.place_order('d', '{POT}', '{1}');
SELECT m, sku, type, available FROM warning ORDER BY notification_id;

-- === Gone negative, and recovered: units start to wait where none did, and no units wait any more
-- ===
SET backorder.clock = '2026-03-02 12:00+00';
SELECT quantity, status FROM backorder.place_order('e', '{TEA}', '{6}') ORDER BY part_no;
SELECT count(*) FROM backorder.place_order('f', '{TEA}', '{1}');
UPDATE backorder.stock SET on_hand = on_hand + 2 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT m, sku, type, available, backordered FROM warning WHERE sku = 'TEA' ORDER BY notification_id;
SELECT status FROM backorder.cancel_order(id('f')) ORDER BY part_no;
SELECT jsonb_pretty(payload) AS payload FROM event WHERE type = 'sku_recovered';

-- === At most once a day for each SKU and kind ===
SELECT count(*) FROM backorder.place_order('g', '{TEA,MUG}', '{1,1}');
SELECT status FROM backorder.cancel_order(id('g')) ORDER BY line_no, part_no;
SELECT sku, type, created_at, backordered FROM warning ORDER BY notification_id;
SELECT merchant_id, sku, kind, told_at FROM backorder.stock_warning ORDER BY merchant_id, sku, kind;
SET backorder.clock = '2026-03-03 11:59:59.999999+00';
SELECT count(*) FROM backorder.place_order('h', '{TEA}', '{1}');
SELECT status FROM backorder.cancel_order(id('h'));
SELECT count(*) FROM warning WHERE created_at = backorder.clock_time();
SET backorder.clock = '2026-03-03 12:00+00';
SELECT count(*) FROM backorder.place_order('i', '{TEA}', '{1}');
SELECT status FROM backorder.cancel_order(id('i'));
SELECT sku, type FROM warning WHERE created_at = backorder.clock_time() ORDER BY notification_id;

-- The merchant's choice: every time, or once a week. The other merchant has its own interval.
UPDATE backorder.merchant SET warning_interval = '0' WHERE merchant_id = 1;
SELECT count(*) FROM backorder.place_order('j', '{TEA}', '{1}');
SELECT status FROM backorder.cancel_order(id('j'));
SELECT count(*) FROM backorder.place_order('k', '{TEA}', '{1}');
SELECT sku, type, count(*) FROM warning WHERE created_at = backorder.clock_time() GROUP BY sku, type ORDER BY type;
UPDATE backorder.merchant SET warning_interval = '7 days' WHERE merchant_id = 1;
SELECT status FROM backorder.cancel_order(id('k'));
SET backorder.clock = '2026-03-10 11:00+00';
SELECT count(*) FROM backorder.place_order('l', '{TEA}', '{1}');
SELECT count(*) FROM backorder.place_order('a', '{TEA}', '{9}', merchant_id => 2);
SELECT m, sku, type FROM warning WHERE created_at = backorder.clock_time() ORDER BY notification_id;

-- === One statement, many SKUs: one warning each, and shelf discrepancies as always ===
UPDATE backorder.merchant SET warning_interval = '0' WHERE merchant_id = 1;
SELECT status FROM backorder.release_group(id('a'), 1);
SELECT count(*) FROM backorder.set_stock('{TEA,MUG,POT}', '{1,1,1}', '{1,1,3}');
SELECT sku, type, available, backordered FROM warning WHERE m = 1 AND created_at = backorder.clock_time() ORDER BY notification_id;

-- Values that an item refuses.
SELECT message FROM refusal($$ UPDATE backorder.item SET low_stock = -1 $$);
SELECT message FROM refusal($$ UPDATE backorder.merchant SET warning_interval = '-1 day' $$);

SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
