-- Preview: what place_order() would do, without doing it.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, available_from, backorder_limit, lead_time, tracked)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA',  'allow',    NULL::timestamptz,     NULL::bigint, '10 days'::interval, true),
	('MUG',  'allow',    NULL,                  NULL,         NULL,                true),
	('POT',  'deny',     NULL,                  NULL,         NULL,                true),
	('CUP',  'allow',    NULL,                  2,            NULL,                true),
	('BOOK', 'preorder', '2026-06-01 00:00+00', NULL,         '5 days',            true),
	('WRAP', 'deny',     NULL,                  NULL,         NULL,                false)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 4), ('MUG', 1, 2), ('POT', 1, 1)) AS s;
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('MUG', 1, 3, '2026-03-05 12:00+00'::timestamptz), ('MUG', 1, 5, '2026-03-20 12:00+00'), ('MUG', 1, 9, NULL)) AS s;
-- Merchant 1 has a handling time of one day, merchant 2 has none.
UPDATE backorder.merchant SET handling_time = '1 day' WHERE merchant_id = 1;

-- Every status of a line. available is what ships now, and backordered is what waits. promised_at
-- is the dispatch date of the last unit, and wait_days is the number of days until then.
SELECT line_no, sku, quantity, status, available, backordered, promised_at, wait_days
FROM backorder.preview_order('{TEA,MUG,MUG,POT,CUP,BOOK,WRAP}', '{4,3,5,2,3,1,1}', '{}')
ORDER BY line_no;

-- The parts, or the reason of a refusal.
SELECT line_no, sku, jsonb_pretty(detail) AS detail
FROM backorder.preview_order('{MUG,POT}', '{3,2}', '{}')
ORDER BY line_no;

-- If all supply with a date is promised, and no lead time is known, no date is promised.
SELECT line_no, sku, quantity, status, available, backordered, promised_at, wait_days
FROM backorder.preview_order('{"lines": [{"sku": "MUG", "quantity": 10}, {"sku": "MUG", "quantity": 1}]}')
ORDER BY line_no;

-- Refused lines are reported line by line, and not by an error: a cart page shows all of them. The
-- other lines are as they would be without these.
SELECT line_no, sku, quantity, status, available, backordered, detail ->> 'reason' AS reason
FROM backorder.preview_order('{CUP,CUP,POT,TEA}', '{2,1,1,5}', '{}')
ORDER BY line_no;
SELECT line_no, sku, quantity, status, available, backordered, detail ->> 'reason' AS reason
FROM backorder.preview_order('{TEA,MUG}', '{5,2}', '{"accept_backorder": false}')
ORDER BY line_no;
-- Malformed and unknown arguments are errors.
CALL refused($$ SELECT backorder.preview_order('{TEA,SPOON}', '{1,1}', '{}') $$);

-- The other merchant has the same goods, and ships at once.
SELECT line_no, sku, status, available, backordered, promised_at, wait_days
FROM backorder.preview_order('{"lines": [{"sku": "TEA", "quantity": 5}, {"sku": "MUG", "quantity": 3}]}', merchant_id => 2)
ORDER BY line_no;

-- The preview takes no locks and writes nothing: it works in a read-only transaction.
BEGIN READ ONLY;
SELECT line_no, sku, status FROM backorder.preview_order('{MUG}', '{1}', '{}');
COMMIT;
SELECT (SELECT count(*) FROM backorder.sales_order) AS orders, (SELECT count(*) FROM backorder.notification) AS notifications,
	(SELECT sum(backordered) FROM backorder.availability) AS backordered;

-- === What preview says is what place_order does ===

-- The parts in a preview and those of the order. Rows would be differences.
CREATE FUNCTION differences(reference text, skus text[], quantities bigint[], options jsonb)
	RETURNS TABLE (difference text, line_no integer, quantity bigint, status text, group_no integer, promised_at timestamptz)
	LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMPORARY TABLE told ON COMMIT DROP AS
	SELECT p.line_no, d.quantity, d.status, d.group_no, d.promised_at
	FROM backorder.preview_order(skus, quantities, options) AS p,
		jsonb_to_recordset(p.detail -> 'parts') AS d (quantity bigint, status text, group_no integer, promised_at timestamptz);
	CREATE TEMPORARY TABLE done ON COMMIT DROP AS
	SELECT p.line_no, p.quantity, p.status, p.group_no, p.promised_at
	FROM backorder.place_order(reference, skus, quantities, options) AS p;
	RETURN QUERY (SELECT 'told', * FROM told EXCEPT ALL SELECT 'told', * FROM done)
		UNION ALL (SELECT 'done', * FROM done EXCEPT ALL SELECT 'done', * FROM told);
	DROP TABLE told, done;
END;
$$;
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 2, 5), ('BOOK', 2, 1), ('MUG', 3, 4);
SELECT w.no, d.*
FROM (VALUES
	(1, '{TEA,MUG}', '{3,4}', '{}'),
	(2, '{TEA,MUG,WRAP}', '{8,4,1}', '{"ship_policy": "complete_order"}'),
	(3, '{MUG,BOOK,TEA,MUG}', '{1,2,1,1}', '{"ship_policy": "backorders_together"}'),
	(4, '{MUG,BOOK,WRAP,TEA}', '{2,2,5,1}', '{"ship_policy": "complete_line"}'),
	(5, '{MUG}', '{1}', '{"priority": 5}'),
	(6, '{MUG}', '{1}', '{"placed_at": "2026-03-01T08:00:00Z"}'),
	(7, '{MUG,CUP}', '{2,2}', '{"hold": "PT1H"}')
) AS w (no, skus, quantities, options),
LATERAL differences('web-' || w.no, w.skus::text[], w.quantities::bigint[], w.options::jsonb) AS d
ORDER BY w.no;
SELECT reference, line_no, part_no, sku, quantity, status, group_no, location_id, promised_at
FROM part WHERE merchant_id = 1 ORDER BY reference, line_no, part_no;

-- In one parcel, every line has the date of the parcel. A line may wait for itself alone. Otherwise
-- each unit goes when it can.
INSERT INTO backorder.item (sku, policy, lead_time) VALUES ('LAMP', 'allow', '20 days'), ('VASE', 'deny', NULL);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('LAMP', 2, 1), ('VASE', 2, 5);
SELECT policy, line_no, sku, status, available, backordered, promised_at, wait_days
FROM unnest('{as_available,complete_line,complete_order}'::text[]) WITH ORDINALITY AS p (policy, n),
LATERAL backorder.preview_order('{LAMP,VASE}'::text[], '{2,1}'::bigint[], jsonb_build_object('ship_policy', policy))
ORDER BY n, line_no;
SELECT sku, part_no, status, promised_at FROM backorder.place_order('lamps', '{LAMP,VASE}', '{2,1}', '{"ship_policy": "complete_order"}')
ORDER BY line_no, part_no;
SELECT sku, allocated, backordered, promised_at FROM backorder.order_line WHERE reference = 'lamps' ORDER BY line_no;

-- An order with a higher priority, or with an earlier date, is promised by its place in the queue.
SELECT q.position, q.reference, q.quantity, q.promised_at
FROM backorder.open_backorder q WHERE q.merchant_id = 1 AND q.sku = 'MUG' ORDER BY q.position;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
DROP FUNCTION differences(text, text[], bigint[], jsonb);
