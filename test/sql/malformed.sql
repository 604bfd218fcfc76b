-- Malformed requests are refused by name, before anything is locked or written.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, sku, 'allow' FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA'), ('MUG')) AS s (sku);
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (1, 'TEA', 1, 10), (2, 'TEA', 1, 10);
SELECT sku, status FROM backorder.place_order('web-1', '{TEA}', '{1}');

-- The number of rows in all tables. Nothing below may change it.
CREATE FUNCTION rows_in_all_tables() RETURNS bigint LANGUAGE sql AS $$
	SELECT sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', c.oid::regclass), false, true, '')))[1]::text::bigint)
	FROM pg_class c WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'r'
$$;
SELECT rows_in_all_tables() AS before \gset

-- === The request as one JSON object ===

-- preview_order() says the same of each. It only ignores the reference.
CREATE TABLE request (no serial, request jsonb);
INSERT INTO request (request) VALUES
	('null'),
	('4711'),
	('[]'),
	(to_jsonb(to_jsonb('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}]}'::text)::text)),	-- encoded three times
	('{}'),
	('{"lines": [{"sku": "TEA", "quantity": 1}]}'),
	('{"reference": null, "lines": [{"sku": "TEA", "quantity": 1}]}'),
	('{"reference": "", "lines": [{"sku": "TEA", "quantity": 1}]}'),
	('{"reference": 4711, "lines": [{"sku": "TEA", "quantity": 1}]}'),
	('{"Reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "unit_prices": [1]}'),
	('{"reference": "web-2", "lines": null}'),
	('{"reference": "web-2", "lines": []}'),
	('{"reference": "web-2", "lines": {}}'),
	('{"reference": "web-2", "lines": "TEA"}'),
	('{"reference": "web-2", "lines": ["TEA"]}'),
	('{"reference": "web-2", "lines": [["TEA", 1]]}'),
	('{"reference": "web-2", "lines": [{}]}'),
	('{"reference": "web-2", "lines": [{"quantity": 1}]}'),
	('{"reference": "web-2", "lines": [{"sku": null, "quantity": 1}]}'),
	('{"reference": "web-2", "lines": [{"sku": "", "quantity": 1}]}'),
	('{"reference": "web-2", "lines": [{"sku": 4711, "quantity": 1}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1, "size": "XL"}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA"}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": null}]}'),
	('{"reference": "web-2", "lines": [{"sku": "MUG", "quantity": 1}, {"sku": "TEA", "quantity": 0}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": -1}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1.5}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 9007199254740993}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1e30}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": "2"}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": true}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": [2]}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 9007199254740992}, {"sku": "MUG", "quantity": 1}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1, "unit_price": -0.01}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1, "unit_price": "4.50"}]}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "customer": 42}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "customer": ""}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "ship_policy": "whenever"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "ship_policy": 1}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "priority": "high"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "priority": 0.5}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "priority": 2147483648}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "accept_backorder": "no"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "accept_backorder": 0}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": 15}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": true}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": "tomorrow"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": "PT0S"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": "P-1D"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": "2026-03-02T08:00:00Z"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": "2026-03-03T08:00:00"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "hold": "infinity"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "placed_at": 1772442000}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "placed_at": "2026-03-01"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "placed_at": "2026-03-01T12:00:00"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "placed_at": "-infinity"}'),
	('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "placed_at": "2026-03-03T12:00:00Z"}');
-- (A valid reference and a valid line are not shown.)
SELECT CASE jsonb_typeof(q.request) WHEN 'object' THEN q.request
		- CASE q.request -> 'reference' WHEN '"web-2"' THEN 'reference' ELSE '' END
		- CASE q.request -> 'lines' WHEN '[{"sku": "TEA", "quantity": 1}]' THEN 'lines' ELSE '' END
	ELSE q.request END AS request,
	r.state, replace(r.message, 'malformed request: ', '') AS message, p.message <> r.message AS preview_differs
FROM request q
CROSS JOIN LATERAL refusal(format('SELECT backorder.place_order(%L::jsonb)', q.request)) AS r
CROSS JOIN LATERAL refusal(format('SELECT backorder.preview_order(%L::jsonb)', q.request)) AS p
ORDER BY q.no;

-- Unreadable JSON keeps the SQLSTATE of the server.
CALL refused($$ SELECT backorder.place_order('{"reference": "web-2"') $$);
CALL refused($$ SELECT backorder.place_order('"web-2"'::jsonb) $$);
CALL refused($$ SELECT backorder.place_order('web-2', '{TEA}', '{1}', '{"hold": "P1Q"}') $$);
CALL refused($$ SELECT backorder.place_order('web-2', '{TEA}', '{1}', '{"placed_at": "2026-02-30T12:00:00Z"}') $$);

-- The error says what a key must be.
CALL refused($$ SELECT backorder.place_order('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1}], "express": true}') $$);
CALL refused($$ SELECT backorder.place_order('{"reference": "web-2", "lines": [{"sku": "TEA", "quantity": 1, "size": "XL"}]}') $$);

-- Of a key that is given twice, JSON keeps the last.
SELECT sku, quantity FROM backorder.preview_order('{"lines": [{"sku": "MUG", "quantity": 1, "quantity": 2}]}');

-- === The request as arrays and options ===

SELECT w.arguments, r.state, r.message
FROM (VALUES
	(1, $$ NULL, '{TEA}', '{1}' $$),
	(2, $$ '', '{TEA}', '{1}' $$),
	(3, $$ 'web-2', NULL, '{1}' $$),
	(4, $$ 'web-2', '{TEA}', NULL $$),
	(5, $$ 'web-2', '{}', '{}' $$),
	(6, $$ 'web-2', '{TEA,MUG}', '{1}' $$),
	(7, $$ 'web-2', '{TEA,NULL}', '{1,1}' $$),
	(8, $$ 'web-2', '{TEA,MUG}', '{1,NULL}' $$),
	(9, $$ 'web-2', '{{TEA,MUG}}', '{1,1}' $$),
	(10, $$ 'web-2', '{TEA,MUG}', '{{1},{1}}' $$),
	(11, $$ 'web-2', '{""}', '{1}' $$),
	(12, $$ 'web-2', '{TEA}', '{0}' $$),
	(13, $$ 'web-2', '{TEA}', '{-1}' $$),
	(14, $$ 'web-2', '{TEA}', '{9007199254740993}' $$),
	(15, $$ 'web-2', '{TEA,MUG}', '{9007199254740992,1}' $$),
	(16, $$ 'web-2', '{TEA}', '{1}', '[]' $$),
	(17, $$ 'web-2', '{TEA}', '{1}', '"none"' $$),
	(18, $$ 'web-2', '{TEA}', '{1}', '{"reference": "web-3"}' $$),
	(19, $$ 'web-2', '{TEA}', '{1}', '{"lines": []}' $$),
	(20, $$ 'web-2', '{TEA}', '{1}', '{"unit_prices": 4.5}' $$),
	(21, $$ 'web-2', '{TEA}', '{1}', '{"unit_prices": [4.5, 6]}' $$),
	(22, $$ 'web-2', '{TEA,MUG}', '{1,1}', '{"unit_prices": [4.5, "6"]}' $$),
	(23, $$ 'web-2', '{TEA,MUG}', '{1,1}', '{"unit_prices": [4.5, -6]}' $$),
	(24, $$ 'web-2', '{TEA}', '{1}', merchant_id => NULL $$),
	(25, $$ 'web-2', '{TEA}', '{1}', merchant_id => 0 $$),
	(26, $$ 'web-2', '{TEA}', '{1}', merchant_id => -1 $$),
	(27, $$ 'web-2', '{TEA}', '{1}', merchant_id => 3 $$)
) AS w (no, arguments), LATERAL refusal(format('SELECT backorder.place_order(%s)', w.arguments)) AS r
ORDER BY w.no;

-- Empty options are valid, and so is an array that counts from 0.
SELECT status FROM backorder.preview_order('{TEA}', '{1}', NULL);
SELECT sku, quantity FROM backorder.preview_order('[0:1]={TEA,MUG}', '[-1:0]={1,2}', '{}') ORDER BY line_no;

-- An order has at most 10,000 lines.
SELECT r.state, r.message
FROM refusal($$ SELECT backorder.place_order('web-2', array_fill('TEA'::text, '{10001}'), array_fill(1::bigint, '{10001}')) $$) AS r;
SELECT r.state, r.message
FROM refusal($$ SELECT backorder.place_order(jsonb_build_object('reference', 'web-2', 'lines', (SELECT jsonb_agg('{"sku": "TEA", "quantity": 1}'::jsonb) FROM generate_series(1, 10001)))) $$) AS r;
SELECT count(*) AS lines, sum(available) AS now, sum(backordered) AS later
FROM backorder.preview_order(array_fill('TEA'::text, '{10000}'), array_fill(1::bigint, '{10000}'));

-- === Keys ===

-- A SKU and a reference have 1 to 200 characters of any kind.
CALL refused($$ SELECT backorder.preview_order(ARRAY[repeat('茶', 201)], '{1}') $$);
CALL refused($$ SELECT backorder.place_order(repeat('☂', 201), '{TEA}', '{1}') $$);
CALL refused($$ SELECT backorder.set_stock(ARRAY[repeat('茶', 201)], '{1}', '{1}') $$);
BEGIN;
INSERT INTO backorder.item (sku, policy) VALUES (repeat('茶', 200), 'allow');
SELECT char_length(sku) AS characters, octet_length(sku) AS bytes, quantity, status
FROM backorder.place_order(repeat('☂', 200), ARRAY[repeat('茶', 200)], '{2}');
SELECT left(sku, 3) AS sku, change, on_hand, allocated, backordered FROM backorder.set_stock(ARRAY[repeat('茶', 200)], '{1}', '{1}');
ROLLBACK;

-- === Sums ===

-- 2^53 units are valid, in an order and in stock.
BEGIN;
SELECT quantity, status FROM backorder.place_order('web-2', '{MUG}', '{9007199254740992}');
SELECT change, on_hand, allocated, backordered FROM backorder.set_stock('{MUG}', '{1}', '{9007199254740992}');
CALL refused($$ SELECT backorder.change_quantity(id('web-2'), 1, 9007199254740993) $$);
CALL refused($$ SELECT backorder.set_stock('{MUG}', '{1}', '{9007199254740993}') $$);
CALL refused($$ UPDATE backorder.stock SET on_hand = on_hand + 1 WHERE sku = 'MUG' $$);
ROLLBACK;
-- Many orders of so many units are valid, too. The sum of waiting units has 63 bits.
BEGIN;
SELECT count(*) AS orders FROM generate_series(1, 1023) AS n, LATERAL backorder.place_order('big-' || n, '{MUG}', '{9007199254740992}');
CALL refused($$ SELECT backorder.place_order('big-1024', '{MUG}', '{9007199254740992}') $$);
SELECT sku, backordered FROM backorder.availability WHERE merchant_id = 1 AND sku = 'MUG';
SELECT * FROM backorder.verify();
ROLLBACK;

-- === The other functions ===

INSERT INTO backorder.supply (supply_id, sku, location_id, quantity) VALUES (77, 'TEA', 1, 5);
SELECT rows_in_all_tables() AS before \gset
SELECT w.call, r.state, r.message
FROM (VALUES
	(1, 'confirm_order(NULL)'),
	(2, 'confirm_order(0)'),
	(3, $$cancel_order(NULL)$$),
	(4, $$cancel_order(0)$$),
	(5, $$cancel_line(id('web-1'), NULL)$$),
	(6, $$cancel_line(id('web-1'), 0)$$),
	(7, $$cancel_line(id('web-1'), 2)$$),
	(8, $$change_quantity(id('web-1'), 1, NULL)$$),
	(9, $$change_quantity(id('web-1'), 1, -1)$$),
	(10, $$change_quantity(id('web-1'), 2, 1)$$),
	(11, $$change_quantity(0, 1, 1)$$),
	(12, $$release_group(NULL, 1)$$),
	(13, $$release_group(id('web-1'), NULL)$$),
	(14, $$release_group(id('web-1'), 2)$$),
	(15, $$release_group(0, 1)$$),
	(16, $$unrelease_group(id('web-1'), 2)$$),
	(17, $$ship_group(id('web-1'), 0)$$),
	(18, $$ship_group(id('web-1'), 1, '[]')$$),
	(19, $$ship_group(id('web-1'), 1, '{"carrier": "DHL"}')$$),
	(20, $$ship_group(id('web-1'), 1, '{"tracking": 4711}')$$),
	(21, $$deliver_group(id('web-1'), 1, '{"delivered_at": "yesterday"}')$$),
	(22, $$deliver_group(id('web-1'), 1, '{"at": "2026-03-01T12:00:00Z"}')$$),
	(23, $$return_items(id('web-1'), 1, 0, 1)$$),
	(24, $$return_items(id('web-1'), 1, NULL, 1)$$),
	(25, $$return_items(id('web-1'), 1, 1, 0)$$),
	(26, $$return_items(id('web-1'), 1, 1, NULL)$$),
	(27, $$return_items(id('web-1'), -1, 1, 1)$$),
	(28, $$return_items(id('web-1'), 2, 1, 1)$$),
	(29, $$expire_holds(merchant_id => 0)$$),
	(30, $$set_stock('{TEA,MUG}', '{1}', '{1}')$$),
	(31, $$set_stock('{TEA,TEA}', '{1,1}', '{1,2}')$$),
	(32, $$set_stock('{TEA}', '{0}', '{1}')$$),
	(33, $$set_stock('{TEA}', '{NULL}', '{1}')$$),
	(34, $$set_stock('{TEA}', '{1}', '{NULL}')$$),
	(35, $$set_stock('{}', '{}', '{}')$$),
	(36, $$set_stock('{{TEA},{MUG}}', '{1,1}', '{1,1}')$$),
	(37, $$set_stock('{TEA}', '{1}', '{-9007199254740993}')$$),
	(38, $$set_stock(array_fill('TEA'::text, '{100001}'), array_fill(1, '{100001}'), array_fill(1::bigint, '{100001}'))$$),
	(39, $$count_stock(NULL, 1, 1, 1)$$),
	(40, $$count_stock('', 1, 1, 1)$$),
	(41, $$count_stock('TEA', 0, 1, 1)$$),
	(42, $$count_stock('TEA', 1, -1, 10)$$),
	(43, $$count_stock('TEA', 1, 9, NULL)$$),
	(44, $$transfer_stock('TEA', 1, 1, 1)$$),
	(45, $$transfer_stock('TEA', 1, 0, 1)$$),
	(46, $$transfer_stock('TEA', 1, 2, 0)$$),
	(47, $$transfer_stock('TEA', 1, 2, -1)$$),
	(48, $$receive_supply(NULL, 1)$$),
	(49, $$receive_supply(0, 1)$$),
	(50, $$receive_supply(77, 0)$$),
	(51, $$receive_supply(77, 9007199254740993)$$),
	(52, $$receive_supply(77, 1, '{"location": 2}')$$),
	(53, $$receive_supply(77, 1, '{"location_id": 0}')$$),
	(54, $$receive_supply(77, 1, '{"location_id": "2"}')$$),
	(55, $$receive_supply(77, 1, '{"close": "yes"}')$$),
	(56, $$receive_supply(77, 1, merchant_id => 2)$$),
	(57, $$repromise(NULL)$$),
	(58, $$repromise('{}')$$),
	(59, $$repromise('{NULL}')$$),
	(60, $$verify(NULL)$$),
	(61, $$verify(0)$$),
	(62, $$verify(3)$$),
	(63, $$cancel_order(id('web-1'), merchant_id => 2)$$)
) AS w (no, call), LATERAL refusal('SELECT backorder.' || w.call) AS r
ORDER BY w.no;

-- === Refused by the tables ===

SELECT w.statement, r.state, substring(r.message FROM 'constraint "(.*)"') AS constraint
FROM (VALUES
	(1, $$INSERT INTO backorder.merchant (merchant_id) VALUES (0)$$),
	(2, $$INSERT INTO backorder.merchant (merchant_id, ship_policy) VALUES (3, 'whenever')$$),
	(3, $$INSERT INTO backorder.merchant (merchant_id, handling_time) VALUES (3, '-1 hour')$$),
	(4, $$INSERT INTO backorder.location (location_id) VALUES (0)$$),
	(5, $$INSERT INTO backorder.item (sku, policy) VALUES ('X', 'maybe')$$),
	(7, $$INSERT INTO backorder.item (sku, policy, available_from) VALUES ('X', 'preorder', 'infinity')$$),
	(8, $$INSERT INTO backorder.item (sku, backorder_limit) VALUES ('X', -1)$$),
	(9, $$INSERT INTO backorder.item (sku, safety_stock) VALUES ('X', 9007199254740993)$$),
	(10, $$INSERT INTO backorder.item (sku, lead_time) VALUES ('X', '-1 day')$$),
	(11, $$INSERT INTO backorder.item (sku, unit_price) VALUES ('X', 'Infinity')$$),
	(12, $$INSERT INTO backorder.item (sku, unit_price) VALUES ('X', 'NaN')$$),
	(13, $$INSERT INTO backorder.item (sku, weight) VALUES ('X', -1)$$),
	(14, $$INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('X', 0, 1)$$),
	(15, $$INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('X', 1, NULL)$$),
	(16, $$INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('X', 1, 9007199254740993)$$),
	(17, $$INSERT INTO backorder.supply (sku, location_id, quantity) VALUES ('X', 1, 0)$$),
	(18, $$INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('X', 1, 1, 'infinity')$$),
	(19, $$INSERT INTO backorder.supply (sku, location_id, quantity, status) VALUES ('X', 1, 1, 'lost')$$),
	(20, $$INSERT INTO backorder.item (sku) VALUES ('')$$),
	(21, $$INSERT INTO backorder.item (sku) VALUES (repeat('茶', 201))$$),
	(22, $$INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES (repeat('茶', 201), 1, 1)$$),
	(23, $$INSERT INTO backorder.supply (sku, location_id, quantity) VALUES (repeat('茶', 201), 1, 1)$$)
) AS w (no, statement), LATERAL refusal(w.statement) AS r
ORDER BY w.no;

-- None of these calls wrote anything.
SELECT rows_in_all_tables() - :before AS rows_written;
SELECT merchant_id, sku, on_hand, allocated, backordered FROM backorder.availability ORDER BY merchant_id, sku;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
DROP FUNCTION rows_in_all_tables();
DROP TABLE request;
