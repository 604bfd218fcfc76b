-- test/t/seed.sql - a shop with a history, for the merchant of the variable
-- "merchant".  Called for two merchants, it gives both the same keys.
--
-- Every table is to have rows afterwards: what a dump loses must be seen.

SET client_min_messages = warning;
SET backorder.merchant_id = :merchant;

-- catalogue
INSERT INTO backorder.merchant (merchant_id, name, handling_time)
VALUES (:merchant, 'Shop ' || :merchant, '2 hours');
SELECT format('CREATE ROLE shop_%s', :merchant)
WHERE to_regrole(format('shop_%s', :merchant)) IS NULL \gexec
SELECT backorder.grant_access(format('shop_%s', :merchant)::name, 'app');

INSERT INTO backorder.location (location_id, name, rank, active)
VALUES (1, 'north', 1, true), (2, 'south', 2, true), (3, 'closed', 3, false);

INSERT INTO backorder.item (sku, name, policy, tracked, unit_price, lead_time, safety_stock, backorder_limit, available_from, slots)
VALUES
	('TEA',  'Green tea', 'allow',    true,  4.50,  '10 days', 0, NULL, NULL, NULL),
	('CUP',  'Cup',       'allow',    true,  9.90,  NULL,      1, 1000000, NULL, NULL),
	('BOX',  'Box',       'deny',     true,  1.20,  NULL,      0, NULL, NULL, 3),
	('WRAP', 'Wrapping',  'deny',     false, 2.00,  NULL,      0, NULL, NULL, NULL),
	('BOOK', 'New book',  'preorder', true,  20.00, NULL,      0, NULL, now() + interval '90 days', NULL);

-- goods, here and on their way
INSERT INTO backorder.stock (sku, location_id, on_hand)
VALUES ('TEA', 1, 10), ('TEA', 2, 3), ('CUP', 1, 2), ('BOX', 1, 6), ('CUP', 3, 5);
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at, reference)
VALUES
	('TEA', 1, 20, now() + interval '7 days', 'PO-1'),
	('CUP', 1, 5, now() + interval '9 days', 'PO-2');

-- orders: shipped, partly short, waiting for all of it, on hold, services and preorders, canceled
SELECT count(*) FROM backorder.place_order('web-1', ARRAY['TEA', 'BOX'], ARRAY[4, 1]::bigint[], '{"customer": "c1"}');
SELECT count(*) FROM backorder.place_order('web-2', ARRAY['TEA', 'CUP'], ARRAY[12, 3]::bigint[], '{"customer": "c2"}');
SELECT count(*) FROM backorder.place_order('web-3', ARRAY['CUP', 'BOX'], ARRAY[5, 2]::bigint[], '{"ship_policy": "complete_order"}');
SELECT count(*) FROM backorder.place_order('{"reference": "web-4", "customer": "c4", "hold": "P1D", "lines": [{"sku": "TEA", "quantity": 1}]}'::jsonb);
SELECT count(*) FROM backorder.place_order('web-5', ARRAY['WRAP', 'BOOK'], ARRAY[1, 2]::bigint[], '{}');
SELECT count(*) FROM backorder.place_order('web-6', ARRAY['TEA'], ARRAY[2]::bigint[], '{"priority": 5}');
SELECT count(*) FROM backorder.place_order('web-7', ARRAY['TEA'], ARRAY[1]::bigint[], '{"accept_backorder": true, "accept_split": false, "max_wait": "P30D"}');

SELECT max(order_id) FILTER (WHERE reference = 'web-1') AS one,
	max(order_id) FILTER (WHERE reference = 'web-2') AS two,
	max(order_id) FILTER (WHERE reference = 'web-6') AS six
FROM backorder.sales_order
WHERE merchant_id = :merchant \gset
SELECT min(group_no) AS ready
FROM backorder.shipment_group
WHERE merchant_id = :merchant AND order_id = :one AND status = 'ready' \gset
SELECT min(supply_id) AS tea
FROM backorder.supply
WHERE merchant_id = :merchant AND reference = 'PO-1' \gset

-- what happens to them
SELECT count(*) FROM backorder.ship_group(:one, :ready, '{"tracking": "T-1"}');
SELECT count(*) FROM backorder.return_items(:one, 1, 1, 1, true);
SELECT count(*) FROM backorder.cancel_order(:six, 'changed his mind');
SELECT count(*) FROM backorder.receive_supply(:tea, 3, '{}');
SELECT count(*) FROM backorder.change_quantity(:two, 2, 2);
SELECT count(*) FROM backorder.count_stock('BOX', 1, 1, 5);
UPDATE backorder.supply SET expected_at = expected_at + interval '5 days'
WHERE merchant_id = :merchant AND reference = 'PO-2';

-- who wants to hear that it is back, one told, one that waits; low stock of what they want
INSERT INTO backorder.item (sku, name, policy, low_stock) VALUES ('MAT', 'Tea mat', 'deny', 1);
SELECT count(*) FROM backorder.subscribe('MAT', 'c1@example.org', 1, 'c1');
SELECT count(*) FROM backorder.subscribe('MAT', 'c2@example.org', 9, 'c2');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('MAT', 1, 2);
SELECT count(*) FROM backorder.place_order('web-11', ARRAY['MAT'], ARRAY[1]::bigint[], '{}');

-- who waits is thanked: with a gift, by a budget, and again when it gets later
INSERT INTO backorder.incentive (name, kind, gift_sku, gift_quantity, skus)
VALUES ('A box for waiting', 'gift', 'BOX', 1, '{CUP}');
INSERT INTO backorder.incentive (name, kind, amount, rank, max_grants, max_value)
VALUES ('Five percent', 'percent_off', 5, 1, 10, 100);
INSERT INTO backorder.incentive (name, kind, amount, slip_days, max_steps)
VALUES ('Sorry', 'amount_off', 1, 7, 3);
SELECT count(*) FROM backorder.set_stock('{BOX}', '{1}', '{9}');
SELECT count(*) FROM backorder.place_order('web-8', ARRAY['CUP'], ARRAY[2]::bigint[], '{"customer_group": "vip"}');
SELECT count(*) FROM backorder.place_order('web-9', ARRAY['TEA'], ARRAY[100]::bigint[], '{}');
SELECT count(*) FROM backorder.place_order('web-10', ARRAY['TEA'], ARRAY[100]::bigint[], '{}');
SELECT count(*) FROM backorder.cancel_order((SELECT order_id FROM backorder.sales_order WHERE merchant_id = :merchant AND reference = 'web-10'));
UPDATE backorder.supply SET expected_at = expected_at + interval '15 days'
WHERE merchant_id = :merchant AND reference = 'PO-2';

-- who did not pay in time
SELECT count(*) FROM backorder.place_order('web-12', ARRAY['TEA', 'WRAP'], ARRAY[1, 1]::bigint[], '{"hold": "PT1H"}');
SELECT count(*) FROM backorder.expire_holds(backorder.clock_time() + interval '2 hours');
