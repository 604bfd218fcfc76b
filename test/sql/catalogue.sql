-- Catalogue: changed rules of items and locations fill the queue or recalculate promises.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.location (merchant_id, location_id, name, active)
SELECT m, l.* FROM (VALUES (1), (2)) AS m (m), (VALUES (1, 'Store', true), (2, 'Annex', false)) AS l;
INSERT INTO backorder.item (merchant_id, sku, name, policy, safety_stock, tracked)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'Green tea', 'allow', 2, true), ('MUG', 'Blue mug', 'allow', 0, true), ('WRAP', 'Gift wrap', 'deny', 0, false)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 5), ('TEA', 2, 4), ('MUG', 2, 3)) AS s;
SELECT m AS merchant, sku, quantity, status, location_id
FROM (VALUES (1), (2)) AS m (m), LATERAL backorder.place_order('web-1', '{TEA,MUG}', '{8,2}', merchant_id => m)
ORDER BY m, line_no, part_no;

-- === Items ===

-- Units of a lower safety stock fill the queue.
UPDATE backorder.item SET safety_stock = 1 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT sku, part_no, quantity, status, location_id FROM part WHERE merchant_id = 1 ORDER BY line_no, part_no;
SELECT sku, locations, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 1 ORDER BY sku;
-- A new name, price, weight or limit changes no order.
SELECT revision FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'web-1' \gset
UPDATE backorder.item SET name = 'Green tea, loose', unit_price = 5, weight = 0.1, backorder_limit = 50 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT revision - :revision AS changes FROM backorder.sales_order WHERE merchant_id = 1 AND reference = 'web-1';
-- An upsert of the whole catalogue, as a nightly import runs it.
INSERT INTO backorder.item (sku, name, policy, safety_stock) VALUES ('TEA', 'Green tea', 'allow', 0), ('POT', 'Tea pot', 'deny', 0)
ON CONFLICT (merchant_id, sku) DO UPDATE SET name = EXCLUDED.name, policy = EXCLUDED.policy, safety_stock = EXCLUDED.safety_stock;
SELECT sku, part_no, quantity, status, location_id FROM part WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY line_no, part_no;

-- An item with open parts cannot be deleted, renamed, or become a service.
CALL refused($$ DELETE FROM backorder.item WHERE merchant_id = 1 AND sku = 'TEA' $$);
CALL refused($$ DELETE FROM backorder.item WHERE merchant_id = 1 $$);
CALL refused($$ UPDATE backorder.item SET sku = 'TEE' WHERE merchant_id = 1 AND sku = 'TEA' $$);
CALL refused($$ UPDATE backorder.item SET merchant_id = 2, sku = 'TEE' WHERE merchant_id = 1 AND sku = 'TEA' $$);
CALL refused($$ UPDATE backorder.item SET tracked = false WHERE merchant_id = 1 AND sku = 'TEA' $$);
CALL refused($$ TRUNCATE backorder.item $$);
-- An item without open parts can, even if it has stock.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('POT', 1, 6);
UPDATE backorder.item SET sku = 'TEAPOT' WHERE merchant_id = 1 AND sku = 'POT';
DELETE FROM backorder.item WHERE merchant_id = 1 AND sku = 'TEAPOT';
CALL refused($$ SELECT backorder.place_order('web-2', '{POT}', '{1}') $$);
SELECT sku, on_hand FROM backorder.stock WHERE merchant_id = 1 AND sku = 'POT';

-- A service with open parts cannot become tracked. Once it has shipped it can, and a tracked item
-- can become a service.
SELECT sku, status FROM backorder.place_order('wrap-1', '{WRAP}', '{2}');
CALL refused($$ UPDATE backorder.item SET tracked = true, policy = 'allow' WHERE merchant_id = 1 AND sku = 'WRAP' $$);
SELECT status FROM backorder.ship_group(id('wrap-1'), 1);
UPDATE backorder.item SET tracked = true, policy = 'allow' WHERE merchant_id = 1 AND sku = 'WRAP';
SELECT sku, quantity, status FROM backorder.place_order('wrap-2', '{WRAP}', '{2}');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('WRAP', 1, 5);
SELECT sku, quantity, status, location_id FROM part WHERE merchant_id = 1 AND reference = 'wrap-2';
SELECT status FROM backorder.ship_group(id('wrap-2'), 1);
UPDATE backorder.item SET tracked = false WHERE merchant_id = 1 AND sku = 'WRAP';
SELECT sku, quantity, status FROM backorder.place_order('wrap-3', '{WRAP}', '{9}');
SELECT on_hand, allocated FROM backorder.availability WHERE merchant_id = 1 AND sku = 'WRAP';
-- Units that shipped as a service do not go to stock when they are returned.
SELECT status FROM backorder.ship_group(id('wrap-3'), 1);
SELECT quantity, status FROM backorder.return_items(id('wrap-3'), 1, 4, 1) ORDER BY part_no;
SELECT sku, location_id, on_hand FROM backorder.stock WHERE merchant_id = 1 AND sku = 'WRAP';

-- === Locations ===

-- Opening a location fills the queue from its stock.
UPDATE backorder.location SET active = true WHERE merchant_id = 1 AND location_id = 2;
SELECT sku, part_no, quantity, status, location_id, group_no FROM part WHERE merchant_id = 1 AND reference = 'web-1' ORDER BY line_no, part_no;
-- Closing a location keeps its allocated units, which still ship. Nothing new is allocated there.
UPDATE backorder.location SET active = false WHERE merchant_id = 1 AND location_id = 2;
SELECT location_id, location_active AS active, on_hand, allocated, available FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY location_id;
SELECT sku, quantity, status FROM backorder.place_order('web-2', '{TEA}', '{1}') ORDER BY part_no;
SELECT group_no, status, location_id, units FROM backorder.ship_group(id('web-1'), (SELECT group_no FROM shipment WHERE merchant_id = 1 AND reference = 'web-1' AND location_id = 2));
-- A location without a row is open, also after its row was deleted.
DELETE FROM backorder.location WHERE merchant_id = 1 AND location_id = 2;
SELECT reference, quantity, status, location_id FROM part WHERE merchant_id = 1 AND reference = 'web-2' ORDER BY part_no;
-- Closing a location that has no row yet, and opening it under another number.
SELECT sku, quantity, status FROM backorder.place_order('web-3', '{TEA}', '{1}') ORDER BY part_no;
INSERT INTO backorder.location (location_id, name, active) VALUES (3, 'Cellar', false);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 3, 7);
SELECT sku, quantity, status FROM part WHERE merchant_id = 1 AND reference = 'web-3' ORDER BY part_no;
UPDATE backorder.location SET location_id = 4 WHERE merchant_id = 1 AND location_id = 3;
SELECT sku, quantity, status, location_id FROM part WHERE merchant_id = 1 AND reference = 'web-3' ORDER BY part_no;
-- Supply that would arrive at a closed location is no longer promised.
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (101, 'MUG', 3, 50, '2026-03-10 12:00+00');
SELECT quantity, status, promised_at FROM backorder.place_order('web-4', '{MUG}', '{5}') ORDER BY part_no;
INSERT INTO backorder.location (location_id, active) VALUES (3, false);
SELECT quantity, status, promised_at FROM part WHERE merchant_id = 1 AND reference = 'web-4' ORDER BY part_no;
UPDATE backorder.location SET active = true WHERE merchant_id = 1 AND location_id = 3;
SELECT quantity, status, promised_at FROM part WHERE merchant_id = 1 AND reference = 'web-4' ORDER BY part_no;
-- A rank decides the source of the next order, and moves no allocated units.
UPDATE backorder.location SET rank = 0 WHERE merchant_id = 1 AND location_id = 3;
SELECT sku, quantity, location_id FROM backorder.place_order('web-5', '{TEA}', '{1}');
CALL refused($$ TRUNCATE backorder.location $$);

-- === Merchants ===

-- The other merchant has the same catalogue, and nothing of it has changed.
SELECT sku, part_no, quantity, status, location_id FROM part WHERE merchant_id = 2 ORDER BY line_no, part_no;
SELECT sku, locations, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 2 ORDER BY sku;
-- One statement that opens the annexes of both merchants.
INSERT INTO backorder.location (location_id, active) VALUES (2, false);
UPDATE backorder.location SET active = true WHERE location_id = 2;
SELECT merchant_id, reference, sku, quantity, status, location_id FROM part WHERE merchant_id = 2 ORDER BY line_no, part_no;

-- === Preorders ===

-- A postponed preorder keeps its parcels back, covered or not, and the customer is notified. A
-- preorder that moves earlier may leave earlier.
INSERT INTO backorder.item (merchant_id, sku, policy, available_from) SELECT m, 'BOOK', 'preorder', '2026-06-01 00:00+00' FROM (VALUES (1), (2)) AS m (m);
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) SELECT m, 'BOOK', 1, 1 FROM (VALUES (1), (2)) AS m (m);
SELECT m AS merchant, quantity, status, group_no, promised_at
FROM (VALUES (1), (2)) AS m (m), LATERAL backorder.place_order('novel', '{BOOK}', '{2}', merchant_id => m) ORDER BY m, part_no;
UPDATE backorder.item SET available_from = '2026-06-15 00:00+00' WHERE merchant_id = 1 AND sku = 'BOOK';
SELECT p.merchant_id, p.quantity, p.status, p.promised_at, g.group_no, g.status AS group_status, g.not_before
FROM part p JOIN backorder.shipment_group g USING (merchant_id, order_id, group_no)
WHERE p.reference = 'novel' ORDER BY p.merchant_id, p.part_no;
SELECT type, payload -> 'moved' AS moved FROM event WHERE merchant_id = 1 AND reference = 'novel' AND delivery = 'pending';
SET backorder.clock = '2026-06-02 00:00+00';
CALL refused($$ SELECT backorder.ship_group(id('novel'), (SELECT max(group_no) FROM backorder.shipment_group
	WHERE merchant_id = 1 AND order_id = id('novel') AND status = 'ready')) $$);
UPDATE backorder.item SET available_from = '2026-06-01 00:00+00' WHERE merchant_id = 1 AND sku = 'BOOK';
SELECT g.status, s.status AS shipped FROM backorder.shipment_group g,
	backorder.ship_group(g.order_id, g.group_no) s WHERE g.merchant_id = 1 AND g.order_id = id('novel') AND g.status = 'ready';

-- A group on a pick list keeps its preorder date. Waiting parts of the same line lose theirs once
-- the item is no preorder, and do not get it back when the order is grouped again.
INSERT INTO backorder.item (sku, policy, available_from) VALUES ('FILM', 'preorder', '2026-07-01 00:00+00');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('FILM', 1, 1);
SELECT quantity, status, group_no FROM backorder.place_order('cinema', '{FILM}', '{2}') ORDER BY part_no;
SELECT group_no, status, not_before FROM backorder.release_group(id('cinema'), 1);
UPDATE backorder.item SET policy = 'deny' WHERE merchant_id = 1 AND sku = 'FILM';
SELECT group_no, status, not_before, promised_at FROM shipment WHERE merchant_id = 1 AND reference = 'cinema' ORDER BY group_no;
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('FILM', 1, 1, '2026-06-10 00:00+00');
SELECT group_no, status, not_before, promised_at FROM shipment WHERE merchant_id = 1 AND reference = 'cinema' ORDER BY group_no;

-- A group that comes off its pick list follows its item again, under every ship policy, and the
-- customer is notified.
INSERT INTO backorder.item (sku, policy, available_from) VALUES ('GAME', 'preorder', '2026-07-01 00:00+00');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('GAME', 1, 4);
SELECT p AS policy, status, group_no, group_status, promised_at
FROM unnest('{as_available,backorders_together,complete_line,complete_order}'::text[]) AS p,
	LATERAL backorder.place_order(p, '{GAME}', '{1}', jsonb_build_object('ship_policy', p)) ORDER BY p;
SELECT g.status, count(*) FROM shipment s, LATERAL backorder.release_group(s.order_id, s.group_no) g
WHERE s.merchant_id = 1 AND s.reference ~ '_' GROUP BY 1;
UPDATE backorder.item SET available_from = '2026-07-15 00:00+00' WHERE merchant_id = 1 AND sku = 'GAME';
SELECT reference, status, not_before, promised_at FROM shipment WHERE merchant_id = 1 AND reference ~ '_' ORDER BY reference;
SELECT g.status, g.not_before, count(*) FROM shipment s, LATERAL backorder.unrelease_group(s.order_id, s.group_no) g
WHERE s.merchant_id = 1 AND s.reference ~ '_' GROUP BY 1, 2;
SELECT reference, status, not_before, promised_at FROM shipment WHERE merchant_id = 1 AND reference ~ '_' ORDER BY reference;
SELECT type, payload -> 'moved' AS moved FROM event WHERE merchant_id = 1 AND reference = 'as_available' AND delivery = 'pending';
-- Each part follows only its own item: the dice leave with the game, but were never promised for
-- its day.
INSERT INTO backorder.item (sku, policy) VALUES ('DICE', 'allow');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('DICE', 2, 1), ('GAME', 2, 1);
SELECT sku, status, group_no FROM backorder.place_order('evening', '{DICE,GAME}', '{1,1}', '{"ship_policy": "complete_order"}') ORDER BY line_no;
SELECT status, not_before FROM backorder.release_group(id('evening'), 1);
SET backorder.clock = '2026-07-16 00:00+00';
SELECT status, not_before FROM backorder.unrelease_group(id('evening'), 1);
SELECT sku, group_status, promised_at FROM part WHERE merchant_id = 1 AND reference = 'evening' ORDER BY line_no;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);

-- === Closed means closed ===
-- While all locations are closed, services cannot be sent either. They are refused until one opens.
INSERT INTO backorder.merchant (merchant_id) VALUES (7);
INSERT INTO backorder.item (merchant_id, sku, policy, tracked) VALUES (7, 'WRAP', 'deny', false), (7, 'TEA', 'allow', true);
INSERT INTO backorder.location (merchant_id, location_id, active) VALUES (7, 1, false), (7, 2, false);
SELECT sku, status, detail ->> 'reason' AS reason FROM backorder.item_availability('{WRAP,TEA}', 7);
CALL refused($$ SELECT backorder.place_order('closed', '{WRAP,TEA}', '{1,1}', '{}', 7) $$);
UPDATE backorder.location SET active = true WHERE merchant_id = 7 AND location_id = 2;
SELECT sku, status, location_id FROM backorder.place_order('open', '{WRAP}', '{1}', '{}', 7);
SELECT * FROM backorder.verify(7);
