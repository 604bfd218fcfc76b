-- The functions that change stock: set, count, transfer. They do what a statement on the table
-- does, and return the result.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, tracked) SELECT m, s.*
FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 'allow', true), ('MUG', 'allow', true), ('WRAP', 'deny', false)) AS s;
INSERT INTO backorder.location (merchant_id, location_id, active) VALUES (1, 9, false), (2, 9, false);

-- === set_stock ===

-- Many SKUs and locations at once, whatever was there before. change is the difference. on_hand and
-- allocated are of the location; available and backordered are of the SKU over all locations. All
-- are the values after the call.
SELECT sku, quantity, status FROM backorder.place_order('web-1', '{TEA}', '{4}');
SELECT sku, location_id, change, on_hand, allocated, available, backordered, detail
FROM backorder.set_stock('{TEA,TEA,MUG}', '{1,2,1}', '{3,5,7}') ORDER BY sku, location_id;
SELECT sku, location_id, on_hand FROM backorder.stock WHERE merchant_id = 1 ORDER BY sku, location_id;
-- The same call again changes nothing, and says so.
SELECT sku, location_id, change, on_hand, allocated, available
FROM backorder.set_stock('{TEA,TEA,MUG}', '{1,2,1}', '{3,5,7}') ORDER BY sku, location_id;
-- Fewer units, none, and a negative number.
SELECT sku, location_id, change, on_hand, allocated, available, backordered
FROM backorder.set_stock('{TEA,TEA,MUG}', '{1,2,1}', '{1,0,-2}') ORDER BY sku, location_id;
SELECT reference, part_no, quantity, status, location_id FROM part WHERE merchant_id = 1 ORDER BY reference, part_no;
-- A closed location may have stock, which serves no order.
SELECT sku, location_id, change, on_hand, allocated, available, backordered
FROM backorder.set_stock('{TEA}', '{9}', '{50}');
-- The other merchant has stock of the same SKU at the same location.
SELECT sku, location_id, change, on_hand, available FROM backorder.set_stock('{TEA}', '{1}', '{6}', merchant_id => 2);
SELECT merchant_id, sku, location_id, on_hand FROM backorder.stock ORDER BY merchant_id, sku, location_id;

-- === count_stock ===

-- A count is booked if on hand still is what the counter saw, so that units sold or received
-- meanwhile are not lost.
SELECT change, on_hand, allocated, available FROM backorder.count_stock('TEA', 1, 5, 6, merchant_id => 2);
CALL refused($$ SELECT backorder.count_stock('TEA', 1, 4, 6, merchant_id => 2) $$);
-- A SKU and location without a row has 0 on hand.
SELECT change, on_hand FROM backorder.count_stock('MUG', 1, 2, 0, merchant_id => 2);
CALL refused($$ SELECT backorder.count_stock('MUG', 2, 2, 1, merchant_id => 2) $$);
-- A count that matches changes nothing.
SELECT change, on_hand FROM backorder.count_stock('MUG', 1, 2, 2, merchant_id => 2);
-- Units that the count finds fill the queue. Missing units are deallocated.
SELECT change, on_hand, allocated, backordered FROM backorder.count_stock('TEA', 1, 4, 1);
SELECT change, on_hand, allocated, backordered FROM backorder.count_stock('TEA', 1, 2, 4);
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 ORDER BY reference, part_no;

-- === transfer_stock ===

-- Free units move. Allocated units do not.
SELECT sku, location_id, change, on_hand, allocated, available
FROM backorder.transfer_stock('TEA', 1, 2, 3, merchant_id => 2) ORDER BY location_id;
SELECT quantity, location_id FROM backorder.place_order('web-1', '{TEA}', '{2}', merchant_id => 2);
CALL refused($$ SELECT backorder.transfer_stock('TEA', 1, 2, 3, merchant_id => 2) $$);
CALL refused($$ SELECT backorder.transfer_stock('TEA', 1, 2, 1, merchant_id => 2) $$);
CALL refused($$ SELECT backorder.transfer_stock('TEA', 7, 1, 1, merchant_id => 2) $$);
-- Units from a closed location fill the queue. Units moved to a closed location are not available.
SELECT location_id, change, on_hand, allocated, available, backordered
FROM backorder.transfer_stock('TEA', 9, 2, 10) ORDER BY location_id;
SELECT location_id, change, on_hand, allocated, available, backordered
FROM backorder.transfer_stock('TEA', 2, 9, 8) ORDER BY location_id;
SELECT reference, part_no, quantity, status, location_id FROM part WHERE merchant_id = 1 ORDER BY reference, part_no;

-- === Stock of a service ===

-- It is recorded. Orders ignore it.
SELECT change, on_hand, allocated FROM backorder.set_stock('{WRAP}', '{1}', '{5}');
SELECT quantity, status, location_id FROM backorder.place_order('wrap', '{WRAP}', '{7}');
UPDATE backorder.stock SET on_hand = 4 WHERE merchant_id = 1 AND sku = 'WRAP';
SELECT s.on_hand, a.on_hand AS in_the_book, a.allocated FROM backorder.stock s JOIN backorder.availability a USING (merchant_id, sku) WHERE sku = 'WRAP';

-- === All together ===

-- Each call wrote one row to the ledger for each SKU and location that changed.
SELECT merchant_id, sku, location_id, kind, quantity, cause FROM backorder.stock_movement
ORDER BY merchant_id, sku, location_id, movement_id;

-- An error in the middle of a call, once caught, leaves the transaction as it was.
DO $$
BEGIN
	BEGIN
		PERFORM backorder.set_stock('{MUG,TEA}', '{1,1}', '{100,9007199254740993}');
	EXCEPTION WHEN numeric_value_out_of_range THEN
		RAISE INFO 'caught: %', SQLERRM;
	END;
	PERFORM backorder.set_stock('{MUG}', '{1}', '{1}');
END;
$$;
SELECT sku, location_id, on_hand FROM backorder.stock WHERE merchant_id = 1 ORDER BY sku, location_id;
SHOW search_path;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
