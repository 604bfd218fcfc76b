-- A call with an idempotency key is booked once, however often it is sent.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('TEA', 'allow', 10), ('MUG', 'allow', 5);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 5), ('MUG', 1, 5);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (1, 'TEA', 1, 10, '2026-03-10 12:00+00');

-- === A refund step that is sent twice ===
SELECT count(*) FROM backorder.place_order('web-1', '{TEA,MUG}', '{5,2}');
SELECT group_no, status, tracking, shipped_at FROM backorder.ship_group(id('web-1'), 1, '{"key": "parcel 1", "tracking": "1Z"}');
SELECT line_no, part_no, status, quantity FROM backorder.return_items(id('web-1'), 1, 1, 1, options => '{"key": "refund 7"}') ORDER BY 1, 2;
SELECT line_no, part_no, status, quantity FROM backorder.return_items(id('web-1'), 1, 1, 1, options => '{"key": "refund 7"}') ORDER BY 1, 2;
SELECT on_hand FROM backorder.stock WHERE merchant_id = 1 AND sku = 'TEA';
-- Another key is another refund.
SELECT count(*) FROM backorder.return_items(id('web-1'), 1, 1, 1, options => '{"key": "refund 8"}');
SELECT on_hand FROM backorder.stock WHERE merchant_id = 1 AND sku = 'TEA';

-- === The answer of the first call ===
-- It is returned as it was, whatever has happened since, and in any time zone.
SELECT * FROM backorder.receive_supply(1, 4, '{"key": "delivery note 1"}');
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{40}');
SET TIME ZONE 'Asia/Tokyo';
SET datestyle = 'SQL, DMY';
SELECT * FROM backorder.receive_supply(1, 4, '{"key": "delivery note 1"}');
SELECT group_no, status, tracking, shipped_at FROM backorder.ship_group(id('web-1'), 1, '{"tracking": "1Z", "key": "parcel 1"}');
SET TIME ZONE 'UTC';
SET datestyle = 'ISO, MDY';
SELECT received FROM backorder.supply WHERE supply_id = 1;
-- An answer of two rows.
SELECT * FROM backorder.transfer_stock('MUG', 1, 2, 1, '{"key": "move"}');
SELECT * FROM backorder.transfer_stock('MUG', 1, 2, 1, '{"key": "move"}');

-- === Every function that moves something ===
SELECT count(*) FROM backorder.place_order('web-2', '{TEA,MUG}', '{5,2}', '{"hold": "P1D"}');
CREATE VIEW everything AS
SELECT (SELECT sum(hashtext(p::text)::bigint) FROM backorder.order_line_part p) AS parts, (SELECT sum(hashtext(s::text)::bigint) FROM backorder.stock s) AS stock,
	(SELECT count(*) FROM backorder.stock_movement) AS movements, (SELECT count(*) FROM backorder.notification) AS notifications,
	(SELECT sum(hashtext(g::text)::bigint) FROM backorder.shipment_group g) AS groups;
CREATE PROCEDURE twice(call text) LANGUAGE plpgsql AS $$
DECLARE
	first jsonb;
	again jsonb;
	before everything;
	after everything;
BEGIN
	EXECUTE 'SELECT jsonb_agg(to_jsonb(c)) FROM ' || call || ' c' INTO first;
	SELECT * INTO before FROM everything;
	EXECUTE 'SELECT jsonb_agg(to_jsonb(c)) FROM ' || call || ' c' INTO again;
	SELECT * INTO after FROM everything;
	RAISE INFO '% -> % rows, the same: %, nothing changed: %', call, jsonb_array_length(first), first = again, before = after;
END $$;
CALL twice($$backorder.confirm_order(id('web-2'), '{"key": "k1"}')$$);
CALL twice($$backorder.change_quantity(id('web-2'), 1, 6, '{"key": "k2"}')$$);
CALL twice($$backorder.release_group(id('web-2'), 1, '{"key": "k3"}')$$);
CALL twice($$backorder.unrelease_group(id('web-2'), 1, '{"key": "k4"}')$$);
CALL twice($$backorder.cancel_line(id('web-2'), 2, 'not wanted', '{"key": "k5"}')$$);
CALL twice($$backorder.ship_group(id('web-2'), 1, '{"key": "k6"}')$$);
CALL twice($$backorder.deliver_group(id('web-2'), 1, '{"key": "k7"}')$$);
CALL twice($$backorder.count_stock('MUG', 1, 1, 2, '{"key": "k8"}')$$);
CALL twice($$backorder.set_stock('{MUG,TEA}', '{1,1}', '{7,8}', '{"key": "k9"}')$$);
CALL twice($$backorder.transfer_stock('MUG', 1, 2, 3, '{"key": "k10"}')$$);
SELECT count(*) FROM backorder.place_order('web-3', '{TEA,MUG}', '{5,2}');
CALL twice($$backorder.cancel_order(id('web-3'), NULL, '{"key": "k11"}')$$);

-- === Cancellations need no key ===
-- Some units have shipped, and the rest is canceled. A repeat answers as the first time.
SELECT count(*) FROM backorder.place_order('web-4', '{TEA,MUG}', '{30,1}');
SELECT group_no, status FROM backorder.ship_group(id('web-4'), 1);
SELECT line_no, quantity, status FROM backorder.cancel_order(id('web-4'), 'too long') ORDER BY 1, 2;
SELECT line_no, quantity, status FROM backorder.cancel_order(id('web-4'), 'too long') ORDER BY 1, 2;
SELECT line_no, quantity, status FROM backorder.cancel_line(id('web-4'), 1) ORDER BY 1, 2;
-- All of line 2 has shipped.
CALL refused($$ SELECT backorder.cancel_line(id('web-4'), 2) $$);

-- === A wrong receipt ===
-- Six units of supply 2 are booked, four have arrived. The order that loses its units waits for the supply again.
INSERT INTO backorder.item (sku, policy) VALUES ('POT', 'allow');
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (2, 'POT', 1, 6, '2026-03-10 12:00+00');
SELECT quantity, status FROM backorder.place_order('pots', '{POT}', '{5}');
SELECT change, on_hand, backordered FROM backorder.receive_supply(2, 6);
SELECT change, on_hand, allocated, backordered FROM backorder.reverse_receipt(2, 2, '{"key": "correction 1"}');
SELECT change, on_hand, allocated, backordered FROM backorder.reverse_receipt(2, 2, '{"key": "correction 1"}');
SELECT part_no, quantity, status, promised_at FROM part WHERE reference = 'pots' ORDER BY part_no;
SELECT quantity, received, status FROM backorder.supply WHERE supply_id = 2;
SELECT kind, quantity, cause FROM backorder.stock_movement WHERE sku = 'POT' ORDER BY movement_id;
CALL refused($$ SELECT backorder.reverse_receipt(2, 5) $$);
SELECT change, on_hand, backordered FROM backorder.receive_supply(2, 2);

-- === What is refused ===
-- The key of another call.
CALL refused($$ SELECT backorder.return_items(id('web-1'), 1, 2, 1, options => '{"key": "refund 7"}') $$);
CALL refused($$ SELECT backorder.return_items(id('web-1'), 1, 1, 1, false, '{"key": "refund 7"}') $$);
CALL refused($$ SELECT backorder.receive_supply(1, 4, '{"key": "delivery note 1", "close": true}') $$);
CALL refused($$ SELECT backorder.receive_supply(1, 1, '{"key": "refund 7"}') $$);
-- A call that failed is not booked, so its key is free.
CALL refused($$ SELECT backorder.receive_supply(1, 7, '{"key": "delivery note 2", "location": 1}') $$);
SELECT change, on_hand FROM backorder.receive_supply(1, 6, '{"key": "delivery note 2"}');
CALL refused($$ SELECT backorder.receive_supply(1, 1, '{"key": ""}') $$);
CALL refused($$ SELECT backorder.receive_supply(1, 1, '{"key": 7}') $$);
CALL refused($$ SELECT backorder.receive_supply(1, 1, jsonb_build_object('key', repeat('x', 201))) $$);
CALL refused($$ SELECT backorder.subscribe('TEA', 'anna', options => '{"key": "a"}') $$);

-- The other merchant has keys of its own.
INSERT INTO backorder.item (merchant_id, sku) VALUES (2, 'TEA');
SELECT sku, change FROM backorder.set_stock('{TEA}', '{1}', '{3}', '{"key": "refund 7"}', 2);

-- === Old keys ===
UPDATE backorder.merchant SET key_retention = '2 days' WHERE merchant_id = 1;
SET backorder.clock = '2026-03-04 10:00+00';
SELECT merchant_id, count(*) > 0 AS has_keys FROM backorder.call_key GROUP BY 1 ORDER BY 1;
CALL backorder.maintain();
SELECT merchant_id, count(*) > 0 AS has_keys FROM backorder.call_key GROUP BY 1 ORDER BY 1;

SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
