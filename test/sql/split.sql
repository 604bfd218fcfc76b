-- Split: which parts of an order ship together.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, available_from, tracked)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', NULL::timestamptz, true), ('MUG', 'allow', NULL, true), ('POT', 'allow', NULL, true),
	('BOOK', 'preorder', '2026-06-01 00:00+00', true), ('FILM', 'preorder', '2026-07-01 00:00+00', true),
	('WRAP', 'deny', NULL, false)) AS i;

-- Both merchants have the same order under each policy: 2 TEA, 5 MUG, 1 POT, wrapped. 10 TEA and 2
-- MUG are in stock for it. Each order has its own SKUs, TEA-a, TEA-b and so on, so that each policy
-- is seen alone.
INSERT INTO backorder.item (merchant_id, sku, policy)
SELECT m, sku || '-' || p, 'allow'
FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA'), ('MUG'), ('POT')) AS s (sku), (VALUES ('a'), ('b'), ('l'), ('o')) AS p (p);
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.sku || '-' || p, 1, s.on_hand
FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 10), ('MUG', 2)) AS s (sku, on_hand), (VALUES ('a'), ('b'), ('l'), ('o')) AS p (p);
CREATE FUNCTION place(reference text, letter text, merchant_id integer) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM backorder.place_order(reference,
		ARRAY['TEA-' || letter, 'MUG-' || letter, 'POT-' || letter, 'WRAP'], '{2,5,1,1}',
		jsonb_build_object('ship_policy', reference), merchant_id)
$$;
SELECT p AS reference, m AS merchant, place(p, l, m) AS parts
FROM (VALUES (1), (2)) AS m (m), (VALUES ('as_available', 'a'), ('backorders_together', 'b'), ('complete_line', 'l'), ('complete_order', 'o')) AS p (p, l)
ORDER BY m, l;

-- as_available: available units ship now, the rest as it arrives.
-- backorders_together: available units ship now, the rest when all of it is covered.
-- complete_line: no line ships before all of it is covered. Each short line waits in its own group.
-- complete_order: nothing ships before everything is covered.
SELECT reference, group_no, group_status,
	string_agg(quantity || ' ' || split_part(sku, '-', 1) || ' ' || status, ', ' ORDER BY line_no, part_no) AS parts
FROM part WHERE merchant_id = 1 GROUP BY reference, group_no, group_status ORDER BY reference, group_no;

-- The mugs arrive: three for each order. The units of one fill join the ready group of the order,
-- unless that is on a pick list.
UPDATE backorder.stock SET on_hand = on_hand + 3 WHERE merchant_id = 1 AND sku LIKE 'MUG-%';
SELECT reference, group_no, group_status,
	string_agg(quantity || ' ' || split_part(sku, '-', 1) || ' ' || status, ', ' ORDER BY line_no, part_no) AS parts
FROM part WHERE merchant_id = 1 GROUP BY reference, group_no, group_status ORDER BY reference, group_no;

-- What is ready ships, and then the pot arrives: now everything is covered, and the rest becomes
-- ready. A waiting group that has no other parts becomes the ready one, and keeps its number.
SELECT s.reference, g.group_no, g.status, g.units
FROM shipment s, LATERAL backorder.ship_group(s.order_id, s.group_no) AS g
WHERE s.merchant_id = 1 AND s.status = 'ready' ORDER BY s.reference, s.group_no;
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('POT-a', 1, 1), ('POT-b', 1, 1), ('POT-l', 1, 1), ('POT-o', 1, 1);
SELECT reference, group_no, group_status, location_id,
	string_agg(quantity || ' ' || split_part(sku, '-', 1) || ' ' || status, ', ' ORDER BY line_no, part_no) AS parts
FROM part WHERE merchant_id = 1 GROUP BY reference, group_no, group_status, location_id ORDER BY reference, group_no;

-- The parts of the other merchant still wait.
SELECT reference, group_no, status FROM shipment WHERE merchant_id = 2 ORDER BY reference, group_no;

-- === One fill makes few groups ===

-- Two lines wait. Both arrive in one statement at the same location: one group.
SELECT line_no, sku, status, group_no FROM backorder.place_order('one-fill', '{TEA,MUG}', '{1,1}') ORDER BY line_no;
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 1), ('MUG', 1, 1);
SELECT line_no, sku, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'one-fill' ORDER BY line_no;
-- They arrive one after the other: still one group, as long as it is not on a pick list.
SELECT line_no, sku, status, group_no FROM backorder.place_order('two-fills', '{TEA,MUG,POT}', '{1,1,1}') ORDER BY line_no;
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'TEA';
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'MUG';
SELECT line_no, sku, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'two-fills' ORDER BY line_no;
SELECT group_no, status FROM backorder.release_group(id('two-fills'), 2);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('POT', 1, 1);
SELECT line_no, sku, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'two-fills' ORDER BY line_no;
-- At two locations: two groups.
SELECT line_no, sku, status, group_no FROM backorder.place_order('two-places', '{TEA,MUG}', '{1,1}') ORDER BY line_no;
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 2, 1), ('MUG', 3, 1);
SELECT line_no, sku, status, group_no, group_status, location_id FROM part WHERE merchant_id = 1 AND reference = 'two-places' ORDER BY line_no;

-- A complete_order that is covered at two locations leaves in two groups.
SELECT line_no, sku, status, group_no, group_status
FROM backorder.place_order('whole', '{TEA,MUG}', '{1,1}', '{"ship_policy": "complete_order"}') ORDER BY line_no;
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 2;
SELECT line_no, sku, status, location_id, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'whole' ORDER BY line_no;
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 3;
SELECT line_no, sku, status, location_id, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'whole' ORDER BY line_no;

-- === Preorders ===

-- Units that ship on different days are in different groups. Each ships no earlier than its date.
SELECT line_no, sku, status, group_no, group_status
FROM backorder.place_order('pre', '{TEA,BOOK,FILM,BOOK}', '{1,1,1,1}') ORDER BY line_no;
SELECT group_no, status, not_before FROM shipment WHERE merchant_id = 1 AND reference = 'pre' ORDER BY group_no;
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('BOOK', 1, 1), ('FILM', 1, 1);
UPDATE backorder.stock SET on_hand = 3 WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 1;
SELECT line_no, sku, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference = 'pre' ORDER BY line_no;
SELECT group_no, status, location_id, not_before FROM shipment WHERE merchant_id = 1 AND reference = 'pre' ORDER BY group_no;
-- A complete order waits for the latest date.
SELECT line_no, sku, status, group_no
FROM backorder.place_order('pre-whole', '{TEA,BOOK,FILM}', '{1,1,1}', '{"ship_policy": "complete_order"}') ORDER BY line_no;
SELECT group_no, status, not_before FROM shipment WHERE merchant_id = 1 AND reference = 'pre-whole' ORDER BY group_no;

-- === Services ===

-- A service goes with the first goods that ship. In a complete order it waits like all other parts.
SELECT line_no, sku, status, group_no, group_status, location_id
FROM backorder.place_order('wrapped', '{MUG,WRAP}', '{1,1}') ORDER BY line_no;
SELECT line_no, sku, status, group_no, group_status, location_id
FROM backorder.place_order('wrapped-whole', '{MUG,WRAP}', '{1,1}', '{"ship_policy": "complete_order"}') ORDER BY line_no;
UPDATE backorder.stock SET on_hand = 4 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 3;
SELECT reference, line_no, sku, status, group_no, group_status, location_id
FROM part WHERE merchant_id = 1 AND reference LIKE 'wrapped%' ORDER BY reference, line_no;

-- === Numbers ===

-- The number of a group that lost all its parts is never used again: here group 2 is gone, and
-- group 3 follows.
SELECT line_no, part_no, quantity, status, group_no FROM backorder.place_order('numbers', '{POT-a,TEA-a}', '{1,1}') ORDER BY line_no, part_no;
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'POT-a';
SELECT group_no, status FROM shipment WHERE merchant_id = 1 AND reference = 'numbers' ORDER BY group_no;
SELECT line_no, part_no, quantity, status, group_no FROM backorder.change_quantity(id('numbers'), 1, 2) ORDER BY line_no, part_no;
SELECT group_no, status FROM shipment WHERE merchant_id = 1 AND reference = 'numbers' ORDER BY group_no;

-- An order that names no policy has the merchant's.
UPDATE backorder.merchant SET ship_policy = 'complete_order' WHERE merchant_id = 2;
SELECT line_no, part_no, quantity, status, group_no, group_status
FROM backorder.place_order('numbers', '{POT-a,TEA-a}', '{1,1}', merchant_id => 2) ORDER BY line_no, part_no;
SELECT merchant_id, ship_policy FROM backorder.sales_order WHERE reference = 'numbers' ORDER BY merchant_id;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
DROP FUNCTION place(text, text, integer);
