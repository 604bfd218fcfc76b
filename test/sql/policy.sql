-- Policy: what may be ordered when there is not enough.
\set ECHO none
\i test/sql/setup.psql

-- The same items for both merchants: each has 3 on hand, but the service.
INSERT INTO backorder.item (merchant_id, sku, policy, available_from, backorder_limit, safety_stock, tracked)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('DENY',    'deny',     NULL::timestamptz,     NULL::bigint, 0, true),
	('ALLOW',   'allow',    NULL,                  NULL,         0, true),
	('LIMIT',   'allow',    NULL,                  5,            0, true),
	('SAFE',    'allow',    NULL,                  NULL,         2, true),
	('SAFEDENY','deny',     NULL,                  NULL,         2, true),
	('SOON',    'preorder', '2026-06-01 00:00+00', NULL,         0, true),
	('OUT',     'preorder', '2026-03-01 00:00+00', NULL,         0, true),
	('WRAP',    'deny',     NULL,                  0,            0, false)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT merchant_id, sku, 1, 3 FROM backorder.item WHERE tracked;

-- Deny: what is there is sold, and no more.
SELECT sku, quantity, status FROM backorder.place_order('deny-1', '{DENY}', '{2}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('deny-2', '{DENY}', '{2}') $$);
SELECT sku, quantity, status FROM backorder.place_order('deny-3', '{DENY}', '{1}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('deny-4', '{DENY}', '{1}') $$);

-- Allow: the rest waits, unless the customer does not want to.
CALL refused($$ SELECT backorder.place_order('allow-1', '{ALLOW}', '{4}', '{"accept_backorder": false}') $$);
SELECT sku, quantity, status FROM backorder.place_order('allow-2', '{ALLOW}', '{3}', '{"accept_backorder": false}') ORDER BY part_no;
SELECT sku, quantity, status FROM backorder.place_order('allow-3', '{ALLOW}', '{4}') ORDER BY part_no;

-- A limit holds for all that wait, at all locations, the lines of one order together.
SELECT sku, quantity, status FROM backorder.place_order('limit-1', '{LIMIT}', '{6}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('limit-2', '{LIMIT,LIMIT}', '{2,1}') $$);
SELECT sku, quantity, status FROM backorder.place_order('limit-2', '{LIMIT,LIMIT}', '{1,1}') ORDER BY line_no, part_no;
CALL refused($$ SELECT backorder.place_order('limit-3', '{LIMIT}', '{1}') $$);
-- A line that is out of stock and one that is over its limit are told in one error, which has the code of the first.
CALL refused($$ SELECT backorder.place_order('limit-3', '{LIMIT,DENY}', '{1,1}') $$);
-- A limit that is lowered later takes nothing from those who wait; one that is raised lets others in.
UPDATE backorder.item SET backorder_limit = 2 WHERE merchant_id = 1 AND sku = 'LIMIT';
SELECT sku, backordered FROM backorder.availability WHERE merchant_id = 1 AND sku = 'LIMIT';
UPDATE backorder.item SET backorder_limit = 6 WHERE merchant_id = 1 AND sku = 'LIMIT';
SELECT sku, quantity, status FROM backorder.place_order('limit-3', '{LIMIT}', '{1}') ORDER BY part_no;
-- A limit of 0 is as good as deny, under another code.
UPDATE backorder.item SET backorder_limit = 0 WHERE merchant_id = 1 AND sku = 'ALLOW';
CALL refused($$ SELECT backorder.place_order('limit-4', '{ALLOW}', '{1}') $$);
UPDATE backorder.item SET backorder_limit = NULL WHERE merchant_id = 1 AND sku = 'ALLOW';

-- Safety stock is never promised to a new order, whether it waits then or is refused ...
SELECT sku, quantity, status FROM backorder.place_order('safe-1', '{SAFE}', '{2}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('safe-2', '{SAFEDENY}', '{2}') $$);
SELECT sku, quantity, status FROM backorder.place_order('safe-2', '{SAFEDENY}', '{1}') ORDER BY part_no;
-- ... nor used to fill: of two more that come one is for the queue, the rest stays on the shelf.
UPDATE backorder.stock SET on_hand = 5 WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT reference, line_no, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'SAFE' ORDER BY 1, 2, 3;
SELECT sku, on_hand, allocated, available, backordered, safety_stock
FROM backorder.stock_level WHERE merchant_id = 1 AND sku LIKE 'SAFE%' ORDER BY sku;

-- Preorder: sold ahead of its date, and what is there already does not leave before it.
SELECT sku, quantity, status, group_no, group_status, promised_at
FROM backorder.place_order('soon-1', '{SOON}', '{5}') ORDER BY part_no;
SELECT group_no, status, not_before FROM shipment WHERE merchant_id = 1 AND reference = 'soon-1' ORDER BY group_no;
-- After its date it is denied when it runs out.
SELECT sku, quantity, status FROM backorder.place_order('out-1', '{OUT}', '{3}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('out-2', '{OUT}', '{1}') $$);
CALL refused($$ SELECT backorder.place_order('soon-2', '{SOON}', '{1}', '{"accept_backorder": false}') $$);

-- Services are never short: nothing is counted, no shelf is touched.
SELECT sku, quantity, status, group_status, location_id
FROM backorder.place_order('wrap-1', '{WRAP}', '{1000000}') ORDER BY part_no;
SELECT count(*) AS in_the_book FROM backorder.availability WHERE sku = 'WRAP';

-- Whoever waits goes first. As long as anyone waits nothing is for sale, whatever lies on the shelf ...
SELECT sku, quantity, status FROM backorder.place_order('safe-3', '{SAFE}', '{3}') ORDER BY part_no;
SELECT sku, on_hand, allocated, available, backordered FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT sku, quantity, status FROM backorder.place_order('safe-4', '{SAFE}', '{1}') ORDER BY part_no;
-- ... and what is freed of the safety stock is for the first who waits.
UPDATE backorder.item SET safety_stock = 1 WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'SAFE' AND reference > 'safe-2' ORDER BY 1, 2;
-- More safety stock takes nothing from anyone.
UPDATE backorder.item SET safety_stock = 100 WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT sku, on_hand, allocated, available, backordered FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'SAFE';

-- A policy counts when the order is placed: who waits goes on waiting after it has changed to deny.
UPDATE backorder.item SET policy = 'deny' WHERE merchant_id = 1 AND sku = 'ALLOW';
CALL refused($$ SELECT backorder.place_order('allow-4', '{ALLOW}', '{1}') $$);
UPDATE backorder.stock SET on_hand = 5 WHERE merchant_id = 1 AND sku = 'ALLOW';
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'ALLOW' ORDER BY 1, 2;

-- Of the other merchant's goods nothing was sold.
SELECT sku, on_hand, allocated, available, backordered FROM backorder.stock_level WHERE merchant_id = 2 ORDER BY sku;

-- Nothing is wrong with either.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
