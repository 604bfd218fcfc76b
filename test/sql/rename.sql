-- A renamed item takes all its rows along.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (sku, name, policy, unit_price) VALUES ('TEE', 'Tee', 'allow', 10), ('MUG', 'Mug', 'allow', 5), ('HOT', 'Hot', 'allow', 1);
UPDATE backorder.item SET slots = 2 WHERE merchant_id = 1 AND sku = 'HOT';
INSERT INTO backorder.item (sku, policy, tracked) VALUES ('WRAP', 'deny', false);
INSERT INTO backorder.item (merchant_id, sku, policy) VALUES (2, 'TEE', 'allow');
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (1, 'TEE', 1, 10, '2026-03-10 12:00+00');
INSERT INTO backorder.incentive (name, kind, gift_sku, gift_quantity, skus) VALUES ('A cup', 'gift', 'MUG', 1, '{TEE}');
SELECT count(*) FROM backorder.set_stock('{TEE,TEE,MUG,HOT}', '{1,2,1,1}', '{3,1,2,9}');
SELECT count(*) FROM backorder.place_order('web-1', '{TEE,MUG,WRAP}', '{6,1,1}');
SELECT count(*) FROM backorder.place_order('web-2', '{TEE,HOT}', '{2,1}');
SELECT status FROM backorder.ship_group(id('web-1'), 1);
SELECT status FROM backorder.subscribe('TEE', 'anna');
CREATE TEMP TABLE before AS
SELECT (SELECT count(*) FROM backorder.notification) AS notifications, (SELECT count(*) FROM backorder.stock_movement) AS movements,
	(SELECT count(*) FROM backorder.promise_change) AS promises;

SELECT * FROM backorder.rename_item('TEE', 'TEA');
SELECT * FROM backorder.rename_item('WRAP', 'GIFT WRAP');
SELECT count(*) AS tables FROM backorder.rename_item('HOT', 'HOTTER');
SELECT before = (SELECT x FROM (SELECT (SELECT count(*) FROM backorder.notification), (SELECT count(*) FROM backorder.stock_movement),
	(SELECT count(*) FROM backorder.promise_change)) AS x) AS nothing_else FROM before;
SELECT reference, sku, quantity, status, promised_at FROM part WHERE merchant_id = 1 ORDER BY reference, line_no, part_no;
SELECT sku, location_id, on_hand, allocated, backordered, incoming FROM backorder.stock_level WHERE merchant_id = 1 ORDER BY 1, 2;
SELECT gift_sku, skus FROM backorder.incentive;
SELECT sku, contact, status FROM backorder.subscription;
-- The other merchant's item keeps its name.
SELECT merchant_id, sku FROM backorder.item ORDER BY 1, 2;
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);

-- Business goes on under the new name.
SELECT count(*) FROM backorder.receive_supply(1, 10);
SELECT reference, sku, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY reference, line_no, part_no;
SELECT sku, quantity, status FROM backorder.place_order('web-3', '{TEA,HOTTER}', '{1,1}');
SELECT line_no, status, quantity FROM backorder.return_items(id('web-1'), 1, 1, 1) ORDER BY 1, 2;
-- Back again.
SELECT count(*) FROM backorder.rename_item('TEA', 'TEE');
SELECT count(*) FROM backorder.rename_item('TEE', 'TEE');
SELECT * FROM backorder.verify();

-- === What is refused ===
CALL refused($$ SELECT backorder.rename_item('TEA', 'COFFEE') $$);
CALL refused($$ SELECT backorder.rename_item('TEE', 'MUG') $$);
INSERT INTO backorder.supply (sku, location_id, quantity) VALUES ('CUP', 1, 5);
CALL refused($$ SELECT backorder.rename_item('TEE', 'CUP') $$);
CALL refused($$ SELECT backorder.rename_item('TEE', '') $$);
CALL refused($$ SELECT backorder.rename_item('TEE', NULL) $$);
CALL refused($$ SELECT backorder.rename_item('TEE', 'TEA', '{"force": true}') $$);
-- A plain UPDATE, while orders are open.
CALL refused($$ UPDATE backorder.item SET sku = 'TEA' WHERE merchant_id = 1 AND sku = 'TEE' $$);
SELECT * FROM backorder.verify();
