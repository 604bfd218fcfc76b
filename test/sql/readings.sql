-- A stock reading from outside can be old. set_stock() takes what the caller saw, or when.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (sku, policy) VALUES ('TEA', 'deny'), ('MUG', 'allow'), ('CUP', 'deny');
SELECT count(*) FROM backorder.set_stock('{TEA,MUG,CUP}', '{1,1,1}', '{4,4,4}');

-- === When it was read ===
-- The ERP counts four at ten. The four are sold and shipped, then its reading arrives.
SET backorder.clock = '2026-03-02 10:30+00';
SELECT count(*) FROM backorder.place_order('web-1', '{TEA}', '{4}');
SELECT status FROM backorder.ship_group(id('web-1'), 1);
SET backorder.clock = '2026-03-02 11:00+00';
SELECT sku, change, on_hand, available FROM backorder.set_stock('{TEA,CUP}', '{1,1}', '{4,5}', '{"as_of": "2026-03-02T10:00:00Z"}');
SELECT sku, available FROM backorder.item_availability('{TEA,CUP}');
-- It found a fifth unit.
SELECT sku, change, on_hand FROM backorder.set_stock('{TEA}', '{1}', '{5}', '{"as_of": "2026-03-02T10:00:00Z"}');
-- Sent again, it changes nothing. The ledger records the difference for the time of the reading.
SELECT sku, change, on_hand FROM backorder.set_stock('{TEA}', '{1}', '{5}', '{"as_of": "2026-03-02T10:00:00Z"}');
SELECT kind, sku, quantity, moved_at FROM backorder.stock_movement WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY movement_id;
-- An older reading does not hide a newer one.
SELECT sku, change, on_hand FROM backorder.set_stock('{TEA}', '{1}', '{4}', '{"as_of": "2026-03-02T09:30:00Z"}');
SELECT sku, on_hand FROM backorder.stock WHERE merchant_id = 1 ORDER BY sku;

-- === What the caller saw ===
-- Only rows that still are as the caller saw them are set; null expects nothing.
SELECT sku, change, on_hand, detail FROM backorder.set_stock('{TEA,MUG,CUP}', '{1,1,1}', '{9,8,7}', '{"expected": [4, 4, null]}');
SELECT kind, cause, sku, quantity FROM backorder.stock_movement WHERE merchant_id = 1 AND moved_at > '2026-03-02 09:30+00' ORDER BY movement_id;

-- === What is refused ===
CALL refused($$ SELECT backorder.set_stock('{TEA}', '{1}', '{9}', '{"expected": [1, 2]}') $$);
CALL refused($$ SELECT backorder.set_stock('{TEA}', '{1}', '{9}', '{"expected": "1"}') $$);
CALL refused($$ SELECT backorder.set_stock('{TEA}', '{1}', '{9}', '{"expected": [1.5]}') $$);
CALL refused($$ SELECT backorder.set_stock('{TEA}', '{1}', '{9}', '{"as_of": "2026-03-03T10:00:00Z"}') $$);
CALL refused($$ SELECT backorder.set_stock('{TEA}', '{1}', '{9}', '{"as_of": "yesterday"}') $$);
CALL refused($$ SELECT backorder.set_stock('{TEA}', '{1}', '{9}', '{"expected": [1], "as_of": "2026-03-02T10:00:00Z"}') $$);

SELECT * FROM backorder.verify();
