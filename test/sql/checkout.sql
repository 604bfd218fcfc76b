-- Checkout: an order gets the available units, and waits for the others.
\set ECHO none
\i test/sql/setup.psql

-- Both merchants sell the same items, each at its own prices.
INSERT INTO backorder.item (merchant_id, sku, name, policy, unit_price)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'Green tea', 'allow', 4.50),
	('MUG', 'Blue mug', 'allow', 7),
	('POT', 'Tea pot', 'deny', NULL)) AS i (sku, name, policy, unit_price);
UPDATE backorder.item SET unit_price = 9 WHERE merchant_id = 2 AND sku = 'MUG';
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 10), ('MUG', 1, 3), ('POT', 1, 2)) AS s;

-- The first entry point: one JSON object. Available units are allocated in a group that is ready to
-- ship. The others wait in another group. The result has everything that a confirmation page needs.
SELECT line_no, part_no, sku, quantity, status, group_no, group_status, location_id, promised_at, unit_price
FROM backorder.place_order('{
	"reference": "web-1", "customer": "c42",
	"lines": [{"sku": "TEA", "quantity": 2}, {"sku": "MUG", "quantity": 5, "unit_price": 6.5}]}')
ORDER BY line_no, part_no;

-- The last column, detail, takes later additions.
SELECT line_no, part_no, detail
FROM backorder.place_order('{
	"reference": "web-1", "customer": "c42",
	"lines": [{"sku": "TEA", "quantity": 2}, {"sku": "MUG", "quantity": 5, "unit_price": 6.5}]}')
ORDER BY line_no, part_no;

-- The second entry point, which is faster: arrays and options. The other merchant has its own
-- prices.
SELECT line_no, part_no, sku, quantity, status, group_no, group_status, location_id, promised_at, unit_price
FROM backorder.place_order('web-1', '{TEA,MUG}', '{2,5}', '{"customer": "c42"}', merchant_id => 2)
ORDER BY line_no, part_no;

-- The rows that were written.
SELECT merchant_id, reference, customer, status, ship_policy, priority, placed_at, units
FROM backorder.sales_order ORDER BY merchant_id, reference;
SELECT merchant_id, sku, locations, on_hand, allocated, backordered
FROM backorder.availability ORDER BY merchant_id, sku;
SELECT merchant_id, type, audience, reference, payload ->> 'sku' AS sku FROM event ORDER BY merchant_id, notification_id;

-- === All or nothing ===

-- Lines of one SKU are checked together, in line order: there are 2 pots, and 3 are wanted.
CALL refused($$ SELECT backorder.place_order('web-2', '{POT,TEA,POT}', '{1,1,2}') $$);
-- One error names all short lines, and nothing is written.
CALL refused($$ SELECT backorder.place_order('web-2', '{POT,TEA,MUG}', '{3,20,1}', '{"accept_backorder": false}') $$);
-- One error names all unknown SKUs. A SKU of another merchant is unknown, too.
INSERT INTO backorder.item (merchant_id, sku) VALUES (2, 'CUP');
CALL refused($$ SELECT backorder.place_order('web-2', '{TEA,CUP,SPOON,CUP}', '{1,1,1,1}') $$);
SELECT count(*) AS orders_of_merchant_1 FROM backorder.sales_order WHERE merchant_id = 1;

-- An order for exactly the available units is not too much.
SELECT line_no, part_no, sku, quantity, status, group_no
FROM backorder.place_order('web-2', '{POT,TEA,POT}', '{1,8,1}')
ORDER BY line_no, part_no;
-- Of two lines of one SKU, the first is served first.
UPDATE backorder.stock SET on_hand = on_hand + 3 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT line_no, part_no, sku, quantity, status, group_no
FROM backorder.place_order('web-3', '{TEA,TEA}', '{2,2}')
ORDER BY line_no, part_no;

-- === The same reference ===

-- The same request again returns the same order as it is now: one of the two has arrived and has
-- shipped.
UPDATE backorder.stock SET on_hand = on_hand + 1 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT group_no, status, units FROM backorder.ship_group(id('web-3'), 1);
SELECT line_no, part_no, sku, quantity, status, group_no, group_status
FROM backorder.place_order('web-3', '{TEA,TEA}', '{2,2}')
ORDER BY line_no, part_no;

-- Each of these requests has the same content. They use the other entry point, explicit defaults, other
-- spellings of numbers, another order of keys, nulls, and another date. One is a JSON string that
-- contains the object, because some drivers encode twice.
SELECT w.what, count(DISTINCT p.order_id) = 1 AND bool_and(p.order_id = id('web-3')) AS same_order
FROM (VALUES
	(1, 'the other entry point', '{"reference": "web-3", "lines": [{"sku": "TEA", "quantity": 2}, {"sku": "TEA", "quantity": 2}]}'::jsonb),
	(2, 'defaults written out', '{"reference": "web-3", "priority": 0, "accept_backorder": true, "lines": [{"sku": "TEA", "quantity": 2}, {"sku": "TEA", "quantity": 2}]}'),
	(3, 'numbers otherwise written', '{"reference": "web-3", "priority": 0.0, "lines": [{"sku": "TEA", "quantity": 2.00}, {"sku": "TEA", "quantity": 20e-1}]}'),
	(4, 'a JSON string', to_jsonb('{"reference": "web-3", "lines": [{"sku": "TEA", "quantity": 2}, {"sku": "TEA", "quantity": 2}]}'::text)),
	(5, 'nulls', '{"reference": "web-3", "customer": null, "hold": null, "lines": [{"quantity": 2, "sku": "TEA", "unit_price": null}, {"sku": "TEA", "quantity": 2}]}'),
	(6, 'another date', '{"reference": "web-3", "placed_at": "2026-02-01T12:00:00Z", "lines": [{"sku": "TEA", "quantity": 2}, {"sku": "TEA", "quantity": 2}]}')
) AS w (no, what, request), LATERAL backorder.place_order(w.request) AS p
GROUP BY w.no, w.what ORDER BY w.no;

-- Each of these requests has other content, even if the result is the same: the request counts. A
-- default that the item or the merchant may change (a price, a ship policy) is not filled in.
SELECT w.what, r.state, r.message
FROM (VALUES
	(1, 'another quantity', $$ '{TEA,TEA}', '{2,1}' $$),
	(2, 'the lines summed up', $$ '{TEA}', '{4}' $$),
	(3, 'another customer', $$ '{TEA,TEA}', '{2,2}', '{"customer": "c42"}' $$),
	(4, 'the price written out', $$ '{TEA,TEA}', '{2,2}', '{"unit_prices": [4.5, 4.5]}' $$),
	(5, 'the ship policy written out', $$ '{TEA,TEA}', '{2,2}', '{"ship_policy": "as_available"}' $$),
	(6, 'another priority', $$ '{TEA,TEA}', '{2,2}', '{"priority": 1}' $$),
	(7, 'no backorder', $$ '{TEA,TEA}', '{2,2}', '{"accept_backorder": false}' $$),
	(8, 'a hold', $$ '{TEA,TEA}', '{2,2}', '{"hold": "PT15M"}' $$)
) AS w (no, what, request), LATERAL refusal(format('SELECT backorder.place_order(%L, %s)', 'web-3', w.request)) AS r
ORDER BY w.no;
CALL refused($$ SELECT backorder.place_order('web-3', '{MUG,TEA}', '{1,1}') $$);

-- The order of lines counts. The spelling of prices does not.
SELECT line_no, sku, quantity, status, unit_price
FROM backorder.place_order('web-4', '{MUG,TEA}', '{1,1}', '{"unit_prices": [6.50, null]}')
ORDER BY line_no;
SELECT count(*) AS parts FROM backorder.place_order('web-4', '{MUG,TEA}', '{1,1}', '{"unit_prices": [6.5, null]}');
CALL refused($$ SELECT backorder.place_order('web-4', '{TEA,MUG}', '{1,1}', '{"unit_prices": [null, 6.5]}') $$);

-- The price is that of the request, or the item's price when the order was placed.
UPDATE backorder.item SET unit_price = 100 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT line_no, sku, unit_price
FROM backorder.place_order('web-4', '{MUG,TEA}', '{1,1}', '{"unit_prices": [6.50, null]}')
ORDER BY line_no;

-- A reference is never free again.
SELECT DISTINCT status FROM backorder.cancel_order(id('web-4'));
SELECT line_no, sku, status FROM backorder.place_order('web-4', '{MUG,TEA}', '{1,1}', '{"unit_prices": [6.5, null]}')
ORDER BY line_no;

-- The references of the two merchants are independent.
SELECT merchant_id, reference, units FROM backorder.sales_order WHERE reference IN ('web-1', 'web-2') ORDER BY 1, 2;

-- === When it was placed ===

-- An import gives the date. For an application it is only a date for reports: the order joins the
-- end of the queue.
CREATE ROLE regress_backorder_app;
CREATE ROLE regress_backorder_admin;
SELECT backorder.grant_access('regress_backorder_app', 'app'), backorder.grant_access('regress_backorder_admin', 'admin');
SET ROLE regress_backorder_app;
SELECT sku, quantity, status
FROM backorder.place_order('shop-1', '{MUG}', '{1}', '{"placed_at": "2026-02-20T08:30:00+01:00"}');
RESET ROLE;
-- For an admin it is also the place in the queue.
SET ROLE regress_backorder_admin;
SELECT sku, quantity, status
FROM backorder.place_order('shop-2', '{MUG}', '{1}', '{"placed_at": "2026-02-20T08:30:00+01:00"}');
RESET ROLE;
SELECT q.position, q.reference, q.quantity, o.placed_at, q.queued_at
FROM backorder.open_backorder q JOIN backorder.sales_order o USING (merchant_id, order_id)
WHERE q.merchant_id = 1 AND q.sku = 'MUG' ORDER BY q.position;
-- Without open supply, no date rests on a place. With supply, the orders that were overtaken have
-- stale promises.
SELECT sku, backordered, promises_stale FROM backorder.availability WHERE merchant_id = 1 AND sku = 'MUG';
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('MUG', 1, 3, '2026-03-20T00:00:00Z');
SET ROLE regress_backorder_admin;
SELECT sku, quantity, status
FROM backorder.place_order('shop-4', '{MUG}', '{1}', '{"placed_at": "2026-02-20T08:30:00+01:00"}');
RESET ROLE;
SELECT sku, backordered, promises_stale FROM backorder.availability WHERE merchant_id = 1 AND sku = 'MUG';
-- A date in the future is refused.
CALL refused($$ SELECT backorder.place_order('shop-3', '{MUG}', '{1}', '{"placed_at": "2026-03-02T09:00:01Z"}') $$);
SELECT sku, status FROM backorder.place_order('shop-3', '{MUG}', '{1}', '{"placed_at": "2026-03-02T09:00:00Z"}');

SELECT backorder.revoke_access('regress_backorder_app'), backorder.revoke_access('regress_backorder_admin');
DROP ROLE regress_backorder_app, regress_backorder_admin;

-- === Which merchant ===

-- Without merchant_id, the merchant is that of the setting.
SET backorder.merchant_id = 2;
SELECT sku, quantity, status, unit_price FROM backorder.place_order('web-5', '{MUG}', '{1}');
RESET backorder.merchant_id;
SELECT merchant_id, reference FROM backorder.sales_order WHERE reference = 'web-5';
CALL refused($$ SELECT backorder.place_order('web-6', '{MUG}', '{1}', merchant_id => 3) $$);

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
