-- The story of `make demo`: a tea shop runs out of teapots. demo/run plays it.
--
-- The output shows the calls of the shop's application (place_order, receive_supply, ...), and
-- views of the schema demo. These have fewer columns and plainer names than the extension's own
-- views. The story sets the time: backorder.clock.

SET client_min_messages = warning;
SET timezone = 'UTC';

-- ===== setup: a role for the application, and views for readers =====

DROP SCHEMA IF EXISTS demo CASCADE;
SELECT to_regrole('demo_shop') IS NULL AS is_new \gset
\if :is_new
	CREATE ROLE demo_shop LOGIN;
\endif
SELECT backorder.grant_access('demo_shop', 'app') AS done \gset
GRANT SET ON PARAMETER backorder.clock TO demo_shop;
CREATE SCHEMA demo;
GRANT USAGE, CREATE ON SCHEMA demo TO demo_shop;

-- Plays the part of the worker that sends e-mail: marks due deliveries as sent and returns their
-- notifications.
CREATE FUNCTION demo.take_mail() RETURNS SETOF backorder.notification LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH sent AS (
		UPDATE backorder.delivery SET status = 'sent'
		WHERE status = 'pending' AND deliver_after <= backorder.clock_time() AND merchant_id = 1
		RETURNING notification_id
	)
	SELECT n.* FROM backorder.notification n JOIN sent USING (notification_id) WHERE n.merchant_id = 1;
END;

SET SESSION AUTHORIZATION demo_shop;

-- A date for readers: '12 March'.
CREATE FUNCTION demo.day(t timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN
	CASE
		WHEN t::date = backorder.clock_time()::date THEN 'today'
		ELSE coalesce(to_char(t, 'FMDD FMMonth'), 'not known yet')
	END;

CREATE FUNCTION demo.order_id(reference text) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT o.order_id FROM backorder.sales_order o WHERE o.reference = order_id.reference);

CREATE VIEW demo.stock AS
SELECT i.name AS "Item", i.policy AS "When it runs out",
	coalesce(s.on_hand, 0) AS "On hand", coalesce(s.allocated, 0) AS "Allocated", coalesce(s.available, 0) AS "Available",
	coalesce(s.backordered, 0) AS "Backordered", coalesce(s.incoming, 0) AS "On order",
	to_char(s.next_arrival, 'FMDD FMMonth') AS "Due"
FROM backorder.item i
LEFT JOIN backorder.stock_level s USING (merchant_id, sku)
ORDER BY i.name;

CREATE VIEW demo.queue AS
SELECT item_name AS "Item", position AS "Place", customer AS "Customer", quantity AS "Pieces",
	demo.day(queued_at) AS "Ordered", demo.day(first_promised_at) AS "First promise", demo.day(promised_at) AS "Promise now"
FROM backorder.open_backorder
ORDER BY item_name, position;

-- Tries to place an order, and returns the lines that are refused, as a shop shows them: DETAIL of
-- the error names them.
CREATE FUNCTION demo.try_order(request jsonb)
	RETURNS TABLE ("Item" text, "Wanted" bigint, "Available" bigint, "Reason" text, "Would leave" text)
	LANGUAGE plpgsql AS $$
DECLARE
	refused text;
BEGIN
	PERFORM backorder.place_order(request);
EXCEPTION WHEN SQLSTATE 'OB001' THEN
	GET STACKED DIAGNOSTICS refused = PG_EXCEPTION_DETAIL;
	RETURN QUERY
	SELECT i.name, l.quantity, l.available, l.reason, CASE WHEN l.promised_at IS NOT NULL THEN demo.day(l.promised_at) END
	FROM jsonb_to_recordset(refused::jsonb)
		AS l (sku text, quantity bigint, available bigint, reason text, promised_at timestamptz)
	JOIN backorder.item i USING (sku);
END;
$$;

-- The units in a list of a notification: '3 Red teapot, 2 Green tea'.
CREATE FUNCTION demo.pieces(list jsonb) RETURNS text LANGUAGE sql STABLE
RETURN (
	SELECT string_agg(p.quantity || ' ' || i.name, ', ' ORDER BY p.line_no)
	FROM (
		SELECT e ->> 'sku' AS sku, min((e ->> 'line_no')::integer) AS line_no, sum((e ->> 'quantity')::bigint) AS quantity
		FROM jsonb_array_elements(list) AS e GROUP BY e ->> 'sku'
	) AS p
	JOIN backorder.item i USING (sku));

CREATE VIEW demo.parcel AS
SELECT b.reference AS "Order", b.customer AS "Customer", b.group_no AS "Parcel", b.status AS "State",
	(SELECT demo.pieces(jsonb_agg(to_jsonb(p))) FROM backorder.order_line_part p
		WHERE p.order_id = b.order_id AND p.group_no = b.group_no) AS "In it",
	CASE
		WHEN b.shipped_at IS NOT NULL THEN 'left ' || demo.day(b.shipped_at)
		WHEN b.status <> 'canceled' THEN demo.day(b.promised_at)
	END AS "Leaves"
FROM backorder.shipment_board b
ORDER BY b.reference, b.group_no;

-- The same with the dispatch date of each.
CREATE FUNCTION demo.dated_pieces(list jsonb) RETURNS text LANGUAGE sql STABLE
RETURN (
	SELECT string_agg((e ->> 'quantity') || ' ' || i.name || ', ' || demo.day((e ->> 'leaves_at')::timestamptz), '; '
		ORDER BY (e ->> 'line_no')::integer)
	FROM jsonb_array_elements(list) AS e
	JOIN backorder.item i ON i.sku = e ->> 'sku');

-- The incentives that an order was granted, at checkout or for a delay.
CREATE FUNCTION demo.thanks(incentives jsonb, for_delay boolean) RETURNS text LANGUAGE sql STABLE
RETURN (
	SELECT string_agg(e ->> 'name', ', ' ORDER BY e ->> 'name')
	FROM jsonb_array_elements(incentives) AS e
	WHERE e ->> 'status' = 'granted' AND ((e ->> 'step')::integer > 0) = for_delay);

-- The text of an e-mail. The payload of the notification has everything that it needs.
CREATE FUNCTION demo.words(type text, payload jsonb) RETURNS text LANGUAGE sql STABLE
RETURN
	CASE type
		WHEN 'placed' THEN coalesce('Thank you. For waiting: ' || demo.thanks(payload -> 'incentives', false) || '.',
			'Thank you for your order.')
		WHEN 'backorder_filled' THEN 'Ready for you: ' || demo.pieces(payload -> 'filled') || '.'
		WHEN 'promise_changed' THEN 'We are sorry for the delay' ||
			coalesce(' and give you ' || demo.thanks(payload -> 'incentives', true), '') || '.'
		WHEN 'shipped' THEN 'On its way: ' || demo.pieces(payload -> 'shipped') || '.'
		WHEN 'canceled' THEN 'Your order is canceled: ' || demo.pieces(payload -> 'canceled') || '.'
		WHEN 'line_canceled' THEN 'Canceled: ' || demo.pieces(payload -> 'canceled') || '.'
		WHEN 'back_in_stock' THEN (payload ->> 'name') || ': back in stock, while supplies last.'
		WHEN 'low_stock' THEN (payload ->> 'name') || ': low stock, ' || (payload ->> 'available') || ' left.'
		WHEN 'sku_negative' THEN (payload ->> 'name') || ': sold out, ' || (payload ->> 'backordered') || ' on backorder.'
		WHEN 'sku_recovered' THEN (payload ->> 'name') || ': no more backorders, ' || (payload ->> 'available') || ' available.'
	END;

CREATE FUNCTION demo.send_mail() RETURNS TABLE ("To" text, "Order" text, "Message" text, "Still to come" text) LANGUAGE sql
BEGIN ATOMIC
	SELECT coalesce(n.payload ->> 'customer', 'the shop'), n.payload ->> 'reference',
		demo.words(n.type, n.payload), demo.dated_pieces(n.payload -> 'waiting')
	FROM demo.take_mail() n
	ORDER BY n.notification_id;
END;

-- ===== the story =====

\set ECHO queries
\echo
\echo 'A tea shop sells more teapots than it has. This story shows what its database does, from the product page to the parcel.'
\echo 'You see the calls of the shop''s application, and their results. The helpers in the schema demo only make the results'
\echo 'easy to read. The schema backorder makes all decisions.'
\echo
\echo '---- 1. Monday, 2 March, 9:00: the items, the stock, and the open supply ----'
\echo
SET backorder.clock = '2026-03-02 09:00+00';

INSERT INTO backorder.item (sku, name, policy, available_from, low_stock, unit_price) VALUES
	('CUP',   'Tea cup',      'deny',     NULL,         1,    6.00),
	('POT',   'Red teapot',   'allow',    NULL,         NULL, 30.00),
	('TEA',   'Green tea',    'allow',    NULL,         NULL, 4.50),
	('WHISK', 'Bamboo whisk', 'preorder', '2026-04-01', NULL, 18.00);

INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('CUP', 1, 0), ('POT', 1, 3), ('TEA', 1, 40);

INSERT INTO backorder.supply (sku, location_id, quantity, expected_at, supply_id) VALUES
	('POT', 1, 12, '2026-03-12', 501), ('WHISK', 1, 30, '2026-03-25', 502);

TABLE demo.stock;
\echo 'deny: not sold. allow: sold on backorder. preorder: sold before the day on which it comes out, here 1 April.'
\echo
\ir pause.psql

\echo '---- 2. The product page: one call for all its items. It takes no locks and writes nothing ----'
\echo
SELECT sku, status, available, demo.day(promised_at) AS leaves, wait_days
FROM backorder.item_availability(ARRAY['TEA', 'POT', 'WHISK', 'CUP']);

\echo 'Cups are sold out, and no supply is open. Cleo and Eve want two each, and subscribe with their addresses.'
\echo
SELECT contact, quantity, status FROM backorder.subscribe('CUP', 'cleo@example.org', 2, 'Cleo');
SELECT contact, quantity, status FROM backorder.subscribe('CUP', 'eve@example.org', 2, 'Eve');
\ir pause.psql

\echo '---- 3. Incentives for a wait of a week or more: biscuits, at most twice, then free shipping. Money for a delay ----'
\echo
INSERT INTO backorder.item (sku, name, unit_price) VALUES ('BISC', 'Biscuits', 3.00);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('BISC', 1, 10);

INSERT INTO backorder.incentive (rank, name, kind, gift_sku, gift_quantity, value, min_wait, max_grants) VALUES
	(1, 'Biscuits',      'gift',          'BISC', 1,    3.00, '7 days', 2),
	(2, 'free shipping', 'free_shipping', NULL,   NULL, 4.90, '7 days', NULL);

INSERT INTO backorder.incentive (name, kind, amount, slip_days, max_steps) VALUES ('3.00 off', 'amount_off', 3, 3, 2);

\echo 'The last one: 3.00 off when a promise moves by three days, and again at six. Notifications name what a customer gets.'
\echo
\ir pause.psql

\echo '---- 4. The cart page: Ada wants five teapots and two tea. What is available, and when does the rest leave? ----'
\echo
SELECT sku, quantity, status, available AS now, backordered AS later, demo.day(promised_at) AS "all leaves",
	demo.thanks(detail -> 'incentives', false) AS "for waiting"
FROM backorder.preview_order(ARRAY['POT', 'TEA'], ARRAY[5, 2]);

\echo 'Several parcels, or one later? The same cart under each ship policy. The biscuits are in the first parcel.'
\echo
SELECT ship_policy, count(*) AS parcels,
	string_agg(units || ' pieces ' || demo.day(ships_at), ', ' ORDER BY ships_at) AS "they leave"
FROM backorder.preview_shipments(ARRAY['POT', 'TEA'], ARRAY[5, 2], '{"compare_policies": true}')
GROUP BY ship_policy ORDER BY ship_policy;
\ir pause.psql

\echo '---- 5. Checkout: Ada accepts the wait and two parcels. Available units are allocated, the others promised ----'
\echo
SELECT sku, quantity, status, group_no AS parcel, demo.day(promised_at) AS leaves FROM backorder.place_order(
	'{"reference": "web-1", "customer": "Ada", "accept_backorder": true, "accept_split": true,
	  "lines": [{"sku": "POT", "quantity": 5}, {"sku": "TEA", "quantity": 2}]}');

\echo 'The order records the consent, and the date that Ada saw.'
\echo
SELECT reference, accept_backorder, accept_split, demo.day(promise_shown) AS "date shown"
FROM backorder.order_overview;
\ir pause.psql

\echo '---- 6. Ben does not accept split delivery: one parcel, and the tea waits for the teapots ----'
\echo
SELECT sku, quantity, status, group_no AS parcel FROM backorder.place_order(
	'{"reference": "web-2", "customer": "Ben", "accept_split": false,
	  "lines": [{"sku": "POT", "quantity": 4}, {"sku": "TEA", "quantity": 1}]}');

\echo 'Dan accepts a wait of at most a week. The order is refused, and nothing is written.'
\echo
SELECT * FROM demo.try_order(
	'{"reference": "web-3", "customer": "Dan", "max_wait": "P7D", "lines": [{"sku": "POT", "quantity": 3}]}');

\echo 'Dan reads the date, accepts a month, and adds a whisk, which comes out in April.'
\echo
SELECT sku, quantity, status, group_no AS parcel, demo.day(promised_at) AS leaves FROM backorder.place_order(
	'{"reference": "web-4", "customer": "Dan", "max_wait": "P30D",
	  "lines": [{"sku": "POT", "quantity": 3}, {"sku": "WHISK", "quantity": 1}]}');
\ir pause.psql

\echo '---- 7. E-mails are sent: one per order, and a warning to the shop ----'
\echo
SELECT * FROM demo.send_mail();
\ir pause.psql

\echo '---- 8. In the evening the shop reads its shipment board and ships what is ready ----'
\echo
SET backorder.clock = '2026-03-02 18:00+00';

TABLE demo.parcel;

SELECT status AS "State", units AS "Pieces"
FROM backorder.ship_group(demo.order_id('web-1'), 1, '{"tracking": "RM 4471 GB"}');

SELECT * FROM demo.send_mail();
\ir pause.psql

\echo '---- 9. Thursday: the potter is four days late. One UPDATE moves the promises, with one e-mail per order ----'
\echo
SET backorder.clock = '2026-03-05 10:00+00';

UPDATE backorder.supply SET expected_at = '2026-03-16' WHERE supply_id = 501;

SELECT * FROM demo.send_mail();

TABLE demo.queue;
\ir pause.psql

\echo '---- 10. Friday, 13 March: three cups are found. The first subscriber is notified; no more than there are cups ----'
\echo
SET backorder.clock = '2026-03-13 09:00+00';

SELECT sku, change, available FROM backorder.set_stock(ARRAY['CUP'], ARRAY[1], ARRAY[3]);

\echo 'The notification waits five minutes, in case the cups are gone by then. Then it is sent.'
\echo
SET backorder.clock = '2026-03-13 09:05+00';

SELECT * FROM demo.send_mail();

\echo 'Cleo orders at once. One cup is left, and the shop gets a warning. Eve wants two, and keeps the place.'
\echo
SELECT sku, quantity, status FROM backorder.place_order('web-5', '{CUP}', '{2}', '{"customer": "Cleo"}');

SELECT * FROM demo.send_mail();

SELECT item_name, waiting, units_wanted, demo.day(waiting_since) AS since, value_wanted
FROM backorder.subscription_demand;
\ir pause.psql

\echo '---- 11. Monday, 16 March: seven of the twelve teapots arrive. The queue is served in order ----'
\echo
SET backorder.clock = '2026-03-16 08:00+00';

SELECT change AS "Arrived", allocated AS "Allocated", backordered AS "Backordered"
FROM backorder.receive_supply(501, 7);

SELECT * FROM demo.send_mail();

TABLE demo.queue;
\ir pause.psql

\echo '---- 12. Ben cancels. The teapots go to the next order in the queue at once, the biscuits back to stock ----'
\echo
SET backorder.clock = '2026-03-16 11:00+00';

SELECT sku, quantity, status FROM backorder.cancel_order(demo.order_id('web-2'), 'too late for the birthday');

SELECT * FROM demo.send_mail();
\ir pause.psql

\echo '---- 13. The shop ships everything that is ready ----'
\echo
SET backorder.clock = '2026-03-16 17:00+00';

SELECT b.customer AS "Customer", g.units AS "Pieces", g.status AS "State"
FROM backorder.shipment_board b CROSS JOIN LATERAL backorder.ship_group(b.order_id, b.group_no) g
WHERE b.shippable
ORDER BY b.reference;

SELECT * FROM demo.send_mail();

TABLE demo.parcel;
\ir pause.psql

\echo '---- 14. Ada returns one teapot. It is on hand and available again ----'
\echo
SET backorder.clock = '2026-03-20 09:00+00';

SELECT sku, quantity, status FROM backorder.return_items(demo.order_id('web-1'), 1, 1, 1);

TABLE demo.stock;
\ir pause.psql

\echo '---- 15. What did the incentives cost, and what became of the orders? ----'
\echo
SELECT name, kind, orders, grants, withdrawn, value, grants_left FROM backorder.incentive_cost ORDER BY name;

SELECT name, orders, canceled, filled, waiting, waited_days FROM backorder.incentive_effect ORDER BY name;

\echo 'Orders that waited without an incentive would have a row of their own, for comparison. Here there are none.'
\echo
\ir pause.psql

\echo '---- 16. A flash sale: eight tins of first flush. Slots spread the inventory record: checkouts need not take turns ----'
\echo
INSERT INTO backorder.item (sku, name, slots, unit_price) VALUES ('FLUSH', 'First flush', 4, 24.00);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('FLUSH', 1, 8);

\echo 'Ten customers want one each. Eight get one. These two are refused: no ninth tin is sold.'
\echo
SELECT "Item", "Wanted", "Available", "Reason" FROM generate_series(1, 10) AS n CROSS JOIN LATERAL demo.try_order(
	jsonb_build_object('reference', 'flash-' || n, 'lines', '[{"sku": "FLUSH", "quantity": 1}]'::jsonb));

SELECT * FROM demo.stock WHERE "Item" = 'First flush';
\ir pause.psql

\echo '---- Does everything add up? verify() names every number that does not ----'
\echo
SELECT count(*) AS "Breaches found by verify()" FROM backorder.verify();
