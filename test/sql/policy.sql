-- Policy: what may be ordered when stock is short.
\set ECHO none
\i test/sql/setup.psql

-- The same items for both merchants. Each has 3 on hand, except the service.
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

-- Deny: the available units are sold, and no more.
SELECT sku, quantity, status FROM backorder.place_order('deny-1', '{DENY}', '{2}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('deny-2', '{DENY}', '{2}') $$);
SELECT sku, quantity, status FROM backorder.place_order('deny-3', '{DENY}', '{1}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('deny-4', '{DENY}', '{1}') $$);

-- Allow: the rest waits, unless the customer does not accept waiting.
CALL refused($$ SELECT backorder.place_order('allow-1', '{ALLOW}', '{4}', '{"accept_backorder": false}') $$);
SELECT sku, quantity, status FROM backorder.place_order('allow-2', '{ALLOW}', '{3}', '{"accept_backorder": false}') ORDER BY part_no;
SELECT sku, quantity, status FROM backorder.place_order('allow-3', '{ALLOW}', '{4}') ORDER BY part_no;

-- A limit counts all waiting units, at all locations, and the lines of one order together.
SELECT sku, quantity, status FROM backorder.place_order('limit-1', '{LIMIT}', '{6}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('limit-2', '{LIMIT,LIMIT}', '{2,1}') $$);
SELECT sku, quantity, status FROM backorder.place_order('limit-2', '{LIMIT,LIMIT}', '{1,1}') ORDER BY line_no, part_no;
CALL refused($$ SELECT backorder.place_order('limit-3', '{LIMIT}', '{1}') $$);
-- One error names a line that is out of stock and one that is over its limit. It has the code of
-- the first.
CALL refused($$ SELECT backorder.place_order('limit-3', '{LIMIT,DENY}', '{1,1}') $$);
-- A limit that is lowered later cancels nothing. A limit that is raised lets more orders wait.
UPDATE backorder.item SET backorder_limit = 2 WHERE merchant_id = 1 AND sku = 'LIMIT';
SELECT sku, backordered FROM backorder.availability WHERE merchant_id = 1 AND sku = 'LIMIT';
UPDATE backorder.item SET backorder_limit = 6 WHERE merchant_id = 1 AND sku = 'LIMIT';
SELECT sku, quantity, status FROM backorder.place_order('limit-3', '{LIMIT}', '{1}') ORDER BY part_no;
-- A limit of 0 works like deny, with another code.
UPDATE backorder.item SET backorder_limit = 0 WHERE merchant_id = 1 AND sku = 'ALLOW';
CALL refused($$ SELECT backorder.place_order('limit-4', '{ALLOW}', '{1}') $$);
UPDATE backorder.item SET backorder_limit = NULL WHERE merchant_id = 1 AND sku = 'ALLOW';

-- Safety stock is never promised to a new order, which then waits or is refused ...
SELECT sku, quantity, status FROM backorder.place_order('safe-1', '{SAFE}', '{2}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('safe-2', '{SAFEDENY}', '{2}') $$);
SELECT sku, quantity, status FROM backorder.place_order('safe-2', '{SAFEDENY}', '{1}') ORDER BY part_no;
-- ... and never fills the queue: of two more units, one goes to the queue, and the other stays in
-- stock.
UPDATE backorder.stock SET on_hand = 5 WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT reference, line_no, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'SAFE' ORDER BY 1, 2, 3;
SELECT sku, on_hand, allocated, available, backordered, safety_stock
FROM backorder.stock_level WHERE merchant_id = 1 AND sku LIKE 'SAFE%' ORDER BY sku;

-- Preorder: sold before its date. Available units do not leave before it.
SELECT sku, quantity, status, group_no, group_status, promised_at
FROM backorder.place_order('soon-1', '{SOON}', '{5}') ORDER BY part_no;
SELECT group_no, status, not_before FROM shipment WHERE merchant_id = 1 AND reference = 'soon-1' ORDER BY group_no;
-- After its date, the item is denied when it runs out.
SELECT sku, quantity, status FROM backorder.place_order('out-1', '{OUT}', '{3}') ORDER BY part_no;
CALL refused($$ SELECT backorder.place_order('out-2', '{OUT}', '{1}') $$);
CALL refused($$ SELECT backorder.place_order('soon-2', '{SOON}', '{1}', '{"accept_backorder": false}') $$);

-- Services are never short: nothing is counted, and no stock is touched.
SELECT sku, quantity, status, group_status, location_id
FROM backorder.place_order('wrap-1', '{WRAP}', '{1000000}') ORDER BY part_no;
SELECT count(*) AS in_the_book FROM backorder.availability WHERE sku = 'WRAP';

-- The queue is served first. While units wait, nothing is available, whatever is in stock ...
SELECT sku, quantity, status FROM backorder.place_order('safe-3', '{SAFE}', '{3}') ORDER BY part_no;
SELECT sku, on_hand, allocated, available, backordered FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT sku, quantity, status FROM backorder.place_order('safe-4', '{SAFE}', '{1}') ORDER BY part_no;
-- ... and units of a lower safety stock go to the first part in the queue.
UPDATE backorder.item SET safety_stock = 1 WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'SAFE' AND reference > 'safe-2' ORDER BY 1, 2;
-- A higher safety stock deallocates nothing.
UPDATE backorder.item SET safety_stock = 100 WHERE merchant_id = 1 AND sku = 'SAFE';
SELECT sku, on_hand, allocated, available, backordered FROM backorder.stock_level WHERE merchant_id = 1 AND sku = 'SAFE';

-- The policy counts when the order is placed: waiting parts still wait after a change to deny.
UPDATE backorder.item SET policy = 'deny' WHERE merchant_id = 1 AND sku = 'ALLOW';
CALL refused($$ SELECT backorder.place_order('allow-4', '{ALLOW}', '{1}') $$);
UPDATE backorder.stock SET on_hand = 5 WHERE merchant_id = 1 AND sku = 'ALLOW';
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 AND sku = 'ALLOW' ORDER BY 1, 2;

-- Nothing of the other merchant was sold.
SELECT sku, on_hand, allocated, available, backordered FROM backorder.stock_level WHERE merchant_id = 2 ORDER BY sku;

-- === A preorder without a date ===
-- It is sold, and its date is unknown until it is announced.
INSERT INTO backorder.item (sku, policy) VALUES ('SECRET', 'preorder');
SELECT sku, status, backordered, promised_at FROM backorder.preview_order('{SECRET}', '{2}', '{}');
SELECT sku, quantity, status, promised_at FROM backorder.place_order('secret', '{SECRET}', '{2}');
UPDATE backorder.item SET available_from = '2026-09-01 00:00+00' WHERE merchant_id = 1 AND sku = 'SECRET';
SELECT reference, sku, quantity, status, promised_at FROM part WHERE merchant_id = 1 AND sku = 'SECRET';
-- The declared day is within what the customer is willing to wait, or not.
SELECT sku, promised_at FROM backorder.place_order('patient', '{SECRET}', '{1}', '{"max_wait": "P200D"}');
CALL refused($$ SELECT backorder.place_order('impatient', '{SECRET}', '{1}', '{"max_wait": "P100D"}') $$);

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
