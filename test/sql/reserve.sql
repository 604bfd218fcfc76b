-- Reserve: which location serves which line.
\set ECHO none
\i test/sql/setup.psql

-- Four locations; the lower rank is preferred, and location 4 is closed. Location 5 has no row: it
-- is active, and its id is its rank. The other merchant has the same locations, all without a row.
INSERT INTO backorder.location (location_id, name, rank, active) VALUES
	(1, 'Store', 20, true), (2, 'Warehouse', 10, true), (3, 'Outlet', 20, true), (4, 'Closed', 1, false);
INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, sku, 'allow'
FROM (VALUES (1), (2)) AS m (m), (VALUES ('A'), ('B'), ('C'), ('D'), ('E'), ('F'), ('G'), ('H'), ('WRAP')) AS s (sku);
UPDATE backorder.item SET tracked = false WHERE sku = 'WRAP';
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('A', 1, 5), ('A', 2, 5), ('A', 3, 5), ('A', 4, 5),
	('B', 1, 2), ('B', 2, 9),
	('C', 1, 2), ('C', 3, 2),
	('D', 1, 3), ('D', 2, 2), ('D', 3, 4),
	('E', 1, 3), ('E', 3, 3),
	('F', 1, -4), ('F', 2, 2), ('F', 4, 9),
	('G', 5, 6),
	('H', 1, 4), ('H', 2, 4)) AS s;

-- One location serves what it can serve whole. The best rank decides between locations that can.
SELECT sku, quantity, status, location_id, group_no FROM backorder.place_order('rank', '{A}', '{4}') ORDER BY part_no;
-- With equal ranks, the lowest id decides.
SELECT sku, quantity, status, location_id, group_no FROM backorder.place_order('id', '{E}', '{2}') ORDER BY part_no;
-- For the merchant without rows, the id is the rank. Location 4 is open like any other there.
SELECT sku, quantity, status, location_id, group_no FROM backorder.place_order('rank', '{A}', '{4}', merchant_id => 2) ORDER BY part_no;

-- Before rank: the location that completes most lines. The store has all of B and C, the warehouse
-- only B.
SELECT line_no, sku, quantity, status, location_id, group_no
FROM backorder.place_order('lines', '{B,C}', '{2,2}') ORDER BY line_no, part_no;

-- Before rank, again: with equally many completed lines (none), the location that gives most units.
-- 9 of D are at three locations: first the outlet with 4, then the store with 3, then the warehouse
-- with 2. Each location ships its own group.
SELECT sku, quantity, status, location_id, group_no FROM backorder.place_order('units', '{D}', '{9}') ORDER BY part_no;

-- A location that completes lines serves only those. Here the warehouse completes B and one line of
-- H. The other line of H comes whole from the store.
SELECT line_no, sku, quantity, status, location_id, group_no
FROM backorder.place_order('whole', '{B,H,H}', '{5,4,3}') ORDER BY line_no, part_no;

-- A closed location serves nothing, and one with negative stock has nothing: there are 2 of F, not
-- 7.
SELECT sku, quantity, status, location_id, group_no FROM backorder.place_order('closed', '{F}', '{3}') ORDER BY part_no;
SELECT location_id, location_active AS active, on_hand, allocated, available, backordered
FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'F' ORDER BY location_id;

-- A location without a row serves like any other.
SELECT sku, quantity, status, location_id FROM backorder.place_order('no-row', '{G}', '{2}') ORDER BY part_no;

-- Lines of one SKU never share a unit. There are 5 of A in the store, 1 in the warehouse, 5 in the
-- outlet. The store completes most units. Then the warehouse, which has the better rank, completes
-- its line, and the outlet has the rest.
SELECT line_no, sku, quantity, status, location_id, group_no
FROM backorder.place_order('lines-of-one', '{A,A,A}', '{5,1,5}') ORDER BY line_no, part_no;

-- Services go with the goods, in the first ready group. Alone, they leave from the best active
-- location by rank.
SELECT line_no, sku, quantity, status, location_id, group_no
FROM backorder.place_order('service', '{WRAP,E}', '{1,3}') ORDER BY line_no, part_no;
SELECT line_no, sku, quantity, status, location_id, group_no
FROM backorder.place_order('service-alone', '{WRAP}', '{1}') ORDER BY line_no, part_no;

-- Safety stock counts over all locations: of 5 at two locations, 4 may go, from any of them.
UPDATE backorder.item SET safety_stock = 1 WHERE merchant_id = 1 AND sku = 'C';
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('C', 2, 3);
SELECT location_id, on_hand, allocated, available FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'C' ORDER BY location_id;
SELECT sku, quantity, status, location_id, group_no FROM backorder.place_order('safety', '{C}', '{5}') ORDER BY part_no;

-- A fill has other rules, part by part: first the location from which the order ships already, even
-- with a worse rank ...
SELECT line_no, sku, quantity, status, location_id, group_no
FROM backorder.place_order('near', '{H,G,F}', '{1,1,2}') ORDER BY line_no, part_no;
SELECT sku, location_id, change, allocated FROM backorder.set_stock('{F,F}', '{2,5}', '{9,9}') ORDER BY location_id;
SELECT reference, line_no, part_no, sku, quantity, status, location_id, group_no
FROM part WHERE merchant_id = 1 AND sku = 'F' ORDER BY reference, line_no, part_no;
-- ... then a location that covers the whole part, then the best rank.
SELECT sku, quantity, status FROM backorder.place_order('wait-1', '{D}', '{4}') ORDER BY part_no;
SELECT sku, quantity, status FROM backorder.place_order('wait-2', '{D}', '{3}') ORDER BY part_no;
SELECT sku, location_id, change FROM backorder.set_stock('{D,D,D}', '{1,2,3}', '{8,5,10}') ORDER BY location_id;
SELECT reference, part_no, sku, quantity, status, location_id
FROM part WHERE merchant_id = 1 AND reference LIKE 'wait-%' ORDER BY reference, part_no;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
