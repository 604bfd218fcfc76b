-- Before the order: what a product page shows of an item, and a cart page of its parcels.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, name, policy, available_from, backorder_limit, lead_time, tracked, safety_stock, unit_price)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA',  'Green tea',  'allow',    NULL::timestamptz,     NULL::bigint, '10 days'::interval, true,  1, 4.50),
	('MUG',  'Mug',        'allow',    NULL,                  20,           NULL,                true,  0, 9.00),
	('LAMP', 'Lamp',       'allow',    NULL,                  NULL,         NULL,                true,  0, 80.00),
	('POT',  'Pot',        'deny',     NULL,                  NULL,         NULL,                true,  0, 25.00),
	('VASE', NULL,         'allow',    NULL,                  0,            NULL,                true,  0, NULL),
	('BOOK', 'New book',   'preorder', '2026-06-01 00:00+00', 100,          NULL,                true,  0, 20.00),
	('OLD',  'Old book',   'preorder', '2026-01-01 00:00+00', NULL,         NULL,                true,  0, 20.00),
	('WRAP', 'Wrapping',   'deny',     NULL,                  NULL,         NULL,                false, 0, 2.00)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 3), ('TEA', 2, 2), ('MUG', 1, 2), ('BOOK', 2, 4)) AS s;
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('MUG', 1, 3, '2026-03-05 12:00+00'::timestamptz), ('MUG', 1, 5, '2026-03-12 12:00+00'), ('POT', 1, 9, '2026-03-06 12:00+00')) AS s;
-- Merchant 1 has a handling time of one day. 4 of its mugs are sold, and 2 of them wait.
UPDATE backorder.merchant SET handling_time = '1 day' WHERE merchant_id = 1;
SELECT status, quantity, promised_at FROM backorder.place_order('web-1', '{MUG}', '{4}', '{}') ORDER BY part_no;

-- === item_availability: every kind of item, each SKU once, in the order asked ===

SELECT sku, status, available, backordered, promised_at, wait_days
FROM backorder.item_availability('{TEA,MUG,TEA,LAMP,POT,VASE,BOOK,OLD,WRAP,SPOON}');

-- More for the page: the name, the price, what the date rests on, how many units may still be sold
-- on backorder, or why the item cannot be ordered.
SELECT sku, detail FROM backorder.item_availability('{TEA,MUG,LAMP,POT,VASE,BOOK,OLD,WRAP,SPOON}') ORDER BY sku;

-- The other merchant has sold nothing.
SELECT sku, status, available, backordered, promised_at, wait_days
FROM backorder.item_availability('{TEA,MUG,SPOON}', 2);

-- A row says what an order of one unit would get. preview_order() says the same.
SELECT a.sku, a.status, p.status AS of_order
FROM backorder.item_availability('{TEA,MUG,LAMP,POT,VASE,BOOK,OLD,WRAP}') AS a,
LATERAL backorder.preview_order(ARRAY[a.sku], '{1}', '{}') AS p
WHERE (a.status, a.promised_at, a.wait_days) IS DISTINCT FROM (p.status, p.promised_at, p.wait_days);

-- Malformed arguments are refused.
CALL refused($$ SELECT backorder.item_availability('{}') $$);
CALL refused($$ SELECT backorder.item_availability('{TEA,NULL}') $$);
CALL refused($$ SELECT backorder.item_availability(NULL) $$);
CALL refused($$ SELECT backorder.item_availability(ARRAY['TEA', '']) $$);
CALL refused($$ SELECT backorder.item_availability('{{TEA},{MUG}}') $$);

-- === preview_shipments: the parcels of a cart ===

-- 3 mugs and a lamp. The date of the lamp is unknown. The vase cannot be ordered: it is reported,
-- and left out.
SELECT ship_policy, chosen, group_no, status, location_id, units, lines, ships_at, wait_days, value
FROM backorder.preview_shipments('{TEA,MUG,LAMP,VASE}', '{2,3,1,1}', '{}');
SELECT group_no, status, jsonb_pretty(detail) AS detail
FROM backorder.preview_shipments('{TEA,MUG,LAMP,VASE}', '{2,3,1,1}', '{}');

-- The customer may choose: all four policies.
SELECT ship_policy, chosen, group_no, status, location_id, units, lines, ships_at, wait_days, value
FROM backorder.preview_shipments('{TEA,MUG,MUG,WRAP}', '{2,1,4,1}', '{"compare_policies": true, "ship_policy": "complete_line"}');
-- The same as a cart page shows it.
SELECT ship_policy, count(*) || ' parcels: ' || string_agg(to_char(ships_at, 'DD Mon'), ', ' ORDER BY ships_at) AS parcels
FROM backorder.preview_shipments('{"lines": [{"sku": "TEA", "quantity": 2}, {"sku": "MUG", "quantity": 1}, {"sku": "MUG", "quantity": 4}],
	"compare_policies": true}')
GROUP BY ship_policy ORDER BY ship_policy;

-- A preorder that is in stock does not leave before its day. In one parcel, the other units wait
-- for it.
SELECT ship_policy, group_no, status, location_id, units, ships_at, wait_days, detail -> 'not_before' AS not_before
FROM backorder.preview_shipments('{BOOK,TEA}', '{2,1}', '{"compare_policies": true}');

-- The other merchant.
SELECT ship_policy, chosen, group_no, status, units, ships_at
FROM backorder.preview_shipments('{"lines": [{"sku": "MUG", "quantity": 4}]}', 2);

-- Only preview_shipments() accepts compare_policies; other functions refuse the key by name.
CALL refused($$ SELECT backorder.place_order('web-2', '{TEA}', '{1}', '{"compare_policies": true}') $$);
CALL refused($$ SELECT backorder.preview_order('{"lines": [{"sku": "TEA", "quantity": 1}], "compare_policies": true}') $$);
CALL refused($$ SELECT backorder.preview_shipments('{TEA}', '{1}', '{"compare_policies": "yes"}') $$);
CALL refused($$ SELECT backorder.preview_shipments('{"lines": [{"sku": "TEA", "quantity": 1}], "compare": true}') $$);
CALL refused($$ SELECT backorder.preview_shipments('{TEA,SPOON}', '{1,1}', '{}') $$);
CALL refused($$ SELECT backorder.preview_shipments('{TEA}', '{1,1}', '{}') $$);

-- The parcels of the order are those that the preview showed.
SELECT units, status, ships_at FROM backorder.preview_shipments('{TEA,MUG,LAMP}', '{2,3,1}', '{"ship_policy": "backorders_together"}');
SELECT status, quantity, group_no, promised_at
FROM backorder.place_order('web-2', '{TEA,MUG,LAMP}', '{2,3,1}', '{"ship_policy": "backorders_together"}') ORDER BY line_no, part_no;

-- The preview takes no locks and writes nothing: it works in a read-only transaction.
BEGIN READ ONLY;
SELECT sku, status, available FROM backorder.item_availability('{TEA,MUG}');
SELECT status, units FROM backorder.preview_shipments('{TEA}', '{9}', '{"compare_policies": true}');
COMMIT;
SELECT reference FROM backorder.sales_order ORDER BY reference;
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
