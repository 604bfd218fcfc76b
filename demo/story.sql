-- The story of `make demo`: a tea shop runs out of teapots. Run by demo/run.
--
-- What is shown is what the shop's application sends (place_order, receive_supply, ...), and tables of a schema demo,
-- which give the extension's own views fewer columns and plainer names. Time is set by hand: backorder.clock.

SET client_min_messages = warning;
SET timezone = 'UTC';

-- ===== behind the stage: an application's role, and tables for people =====

DROP SCHEMA IF EXISTS demo CASCADE;
SELECT to_regrole('demo_shop') IS NULL AS is_new \gset
\if :is_new
	CREATE ROLE demo_shop LOGIN;
\endif
SELECT backorder.grant_access('demo_shop', 'app') AS done \gset
GRANT SET ON PARAMETER backorder.clock TO demo_shop;
INSERT INTO backorder.merchant (merchant_id, name, handling_time) VALUES (1, 'Leaf and Kettle', '1 day');
CREATE SCHEMA demo;
GRANT USAGE, CREATE ON SCHEMA demo TO demo_shop;

-- Stands for the program that sends e-mail: what it took is sent, and is not taken back any more.
CREATE FUNCTION demo.take_mail() RETURNS SETOF backorder.notification LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH sent AS (
		UPDATE backorder.delivery SET status = 'sent' WHERE status = 'pending' AND merchant_id = 1 RETURNING notification_id
	)
	SELECT n.* FROM backorder.notification n JOIN sent USING (notification_id) WHERE n.merchant_id = 1;
END;

SET SESSION AUTHORIZATION demo_shop;

-- '10 March', for people.
CREATE FUNCTION demo.day(t timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN coalesce(to_char(t, 'FMDD FMMonth'), 'not known yet');

CREATE FUNCTION demo.order_id(reference text) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT o.order_id FROM backorder.sales_order o WHERE o.reference = order_id.reference);

CREATE VIEW demo.shelf AS
SELECT item_name AS "Item", on_hand AS "On the shelf", allocated AS "of it sold", available AS "to sell",
	backordered AS "Waited for", incoming AS "On the way", to_char(next_arrival, 'FMDD FMMonth') AS "due"
FROM backorder.stock_level
ORDER BY item_name;

CREATE VIEW demo.queue AS
SELECT item_name AS "Item", position AS "Place", customer AS "Customer", quantity AS "Pieces",
	demo.day(queued_at) AS "Ordered", demo.day(first_promised_at) AS "Promised first", demo.day(promised_at) AS "Promised now"
FROM backorder.open_backorder
ORDER BY item_name, position;

-- What a confirmation page shows.
CREATE FUNCTION demo.confirmation(reference text)
	RETURNS TABLE ("Item" text, "Pieces" bigint, "Leaves" text, "In parcel" integer) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT i.name, p.quantity, demo.day(g.promised_at), p.group_no
	FROM backorder.order_line_part p
	JOIN backorder.shipment_group g USING (merchant_id, order_id, group_no)
	JOIN backorder.item i USING (merchant_id, sku)
	WHERE p.order_id = demo.order_id(confirmation.reference)
	ORDER BY p.line_no, p.part_no;
END;

-- A basket that is refused, as a shop would put it to the customer.
CREATE FUNCTION demo.try_order(request jsonb) RETURNS TABLE ("Item" text, "Wanted" bigint, "There are" bigint, "Why not" text)
	LANGUAGE plpgsql AS $$
DECLARE
	short_lines text;
BEGIN
	PERFORM backorder.place_order(request);
EXCEPTION WHEN SQLSTATE 'OB001' THEN
	GET STACKED DIAGNOSTICS short_lines = PG_EXCEPTION_DETAIL;
	RETURN QUERY
	SELECT i.name, l.quantity, l.available, l.reason
	FROM jsonb_to_recordset(short_lines::jsonb) AS l (sku text, quantity bigint, available bigint, reason text)
	JOIN backorder.item i USING (sku);
END;
$$;

-- '3 Red teapot, 2 Green tea' of a part of a notification.
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
	demo.day(b.promised_at) AS "Leaves by", to_char(b.shipped_at, 'FMDD FMMonth') AS "Left"
FROM backorder.shipment_board b
ORDER BY b.reference, b.group_no;

-- The same with the date of each.
CREATE FUNCTION demo.dated_pieces(list jsonb) RETURNS text LANGUAGE sql STABLE
RETURN (
	SELECT string_agg((e ->> 'quantity') || ' ' || i.name || ', ' || demo.day((e ->> 'promised_at')::timestamptz), '; '
		ORDER BY (e ->> 'line_no')::integer)
	FROM jsonb_array_elements(list) AS e
	JOIN backorder.item i ON i.sku = e ->> 'sku');

-- The words of a notification: all that is needed stands in its payload.
CREATE FUNCTION demo.words(type text, payload jsonb) RETURNS text LANGUAGE sql STABLE
RETURN
	CASE type
		WHEN 'placed' THEN 'Thank you for your order.'
		WHEN 'backorder_filled' THEN 'It has come in for you: ' || demo.pieces(payload -> 'filled') || '.'
		WHEN 'promise_changed' THEN 'We are sorry, the date has changed.'
		WHEN 'shipped' THEN 'On its way: ' || demo.pieces(payload -> 'shipped') || '.'
		WHEN 'canceled' THEN 'Your order is canceled: ' || demo.pieces(payload -> 'canceled') || '.'
		WHEN 'line_canceled' THEN 'This is canceled: ' || demo.pieces(payload -> 'canceled') || '.'
		WHEN 'sku_negative' THEN (payload ->> 'name') || ': sold out, ' || (payload ->> 'backordered') || ' waited for.'
	END;

CREATE FUNCTION demo.send_mail() RETURNS TABLE ("To" text, "Order" text, "They read" text, "Still to come" text) LANGUAGE sql
BEGIN ATOMIC
	SELECT coalesce(n.payload ->> 'customer', 'the shop'), n.payload ->> 'reference', demo.words(n.type, n.payload), demo.dated_pieces(n.payload -> 'waiting')
	FROM demo.take_mail() n
	ORDER BY n.notification_id;
END;

-- ===== the story =====

\set ECHO queries
\echo
\echo 'A tea shop sells more teapots than it has. What its database does about it, in a dozen steps.'
\echo 'What you see is what the shop''s application sends to the database, and what comes back.'
\echo
\echo '---- 1. Monday, 2 March, nine o''clock: what is on the shelves, and what is on its way ----'
\echo
SET backorder.clock = '2026-03-02 09:00';

INSERT INTO backorder.location (location_id, name) VALUES (1, 'Storeroom');

INSERT INTO backorder.item (sku, name, policy, available_from, unit_price) VALUES
	('CUP',   'Tea cup',      'deny',     NULL,         6.00),
	('POT',   'Red teapot',   'allow',    NULL,         30.00),
	('TEA',   'Green tea',    'allow',    NULL,         4.50),
	('WHISK', 'Bamboo whisk', 'preorder', '2026-04-01', 18.00);

INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('CUP', 1, 1), ('POT', 1, 3), ('TEA', 1, 40);

INSERT INTO backorder.supply (sku, location_id, quantity, expected_at, supply_id) VALUES
	('POT', 1, 12, '2026-03-09', 501), ('WHISK', 1, 30, '2026-03-25', 502);

TABLE demo.shelf;
\ir pause.psql

\echo '---- 2. Ada looks at five teapots. The product page asks, and nothing is written yet ----'
\echo
SELECT available AS "Now", backordered AS "Later", demo.day(promised_at) AS "All of it on"
FROM backorder.preview_order(ARRAY['POT'], ARRAY[5]);

\echo 'Three now, two on 10 March: the delivery is due on the 9th, and the shop needs a day to pack.'
\echo
\ir pause.psql

\echo '---- 3. She orders them, and some tea. What is there is hers, what is missing is promised ----'
\echo
SELECT sku, quantity, status, group_no AS parcel FROM backorder.place_order(
	'{"reference": "web-1", "customer": "Ada", "lines": [{"sku": "POT", "quantity": 5}, {"sku": "TEA", "quantity": 2}]}');

SELECT * FROM demo.confirmation('web-1');
\ir pause.psql

\echo '---- 4. Ben wants one parcel, not two: his tea waits for his teapots ----'
\echo
SELECT sku, quantity, status, group_no AS parcel FROM backorder.place_order(
	'{"reference": "web-2", "customer": "Ben", "ship_policy": "complete_order",
	  "lines": [{"sku": "POT", "quantity": 4}, {"sku": "TEA", "quantity": 1}]}');

SELECT * FROM demo.confirmation('web-2');
\ir pause.psql

\echo '---- 5. Cleo wants three cups. There is one, and cups are not sold on backorder ----'
\echo
SELECT * FROM demo.try_order('{"reference": "web-3", "customer": "Cleo", "lines": [{"sku": "CUP", "quantity": 3}]}');

\echo 'Nothing was written. Dan orders teapots too, and a whisk that comes out in April.'
\echo
SELECT sku, quantity, status, group_no AS parcel FROM backorder.place_order(
	'{"reference": "web-4", "customer": "Dan", "lines": [{"sku": "POT", "quantity": 3}, {"sku": "WHISK", "quantity": 1}]}');

SELECT * FROM demo.confirmation('web-4');
\ir pause.psql

\echo '---- 6. The mail goes out: one letter an order, and a note to the shop ----'
\echo
SELECT * FROM demo.send_mail();
\ir pause.psql

\echo '---- 7. In the evening the shop looks at its board and ships what is there ----'
\echo
SET backorder.clock = '2026-03-02 18:00';

TABLE demo.parcel;

SELECT status AS "State", units AS "Pieces"
FROM backorder.ship_group(demo.order_id('web-1'), 1, '{"tracking": "RM 4471 GB"}');

SELECT * FROM demo.send_mail();
\ir pause.psql

\echo '---- 8. Thursday: the potter is four days late. The shop notes it, and everybody who waits hears once ----'
\echo
SET backorder.clock = '2026-03-05 10:00';

UPDATE backorder.supply SET expected_at = '2026-03-13' WHERE supply_id = 501;

SELECT * FROM demo.send_mail();

TABLE demo.queue;
\ir pause.psql

\echo '---- 9. Friday, 13 March: seven of the twelve teapots come. Who ordered first is served first ----'
\echo
SET backorder.clock = '2026-03-13 08:00';

SELECT change AS "Came", allocated AS "Given out", backordered AS "Still waited for"
FROM backorder.receive_supply(501, 7);

SELECT * FROM demo.send_mail();

TABLE demo.queue;
\ir pause.psql

\echo '---- 10. Ben changes his mind. His four teapots go to the next in the queue at once ----'
\echo
SET backorder.clock = '2026-03-13 11:00';

SELECT sku, quantity, status FROM backorder.cancel_order(demo.order_id('web-2'), 'too late for the birthday');

SELECT * FROM demo.send_mail();
\ir pause.psql

\echo '---- 11. The shop ships all that is ready ----'
\echo
SET backorder.clock = '2026-03-13 17:00';

SELECT b.customer AS "Customer", g.units AS "Pieces", g.status AS "State"
FROM backorder.shipment_board b CROSS JOIN LATERAL backorder.ship_group(b.order_id, b.group_no) g
WHERE b.shippable;

SELECT * FROM demo.send_mail();

TABLE demo.parcel;
\ir pause.psql

\echo '---- 12. Ada sends one teapot back. What is on the shelf now is for sale, five more are on their way ----'
\echo
SET backorder.clock = '2026-03-20 09:00';

SELECT sku, quantity, status FROM backorder.return_items(demo.order_id('web-1'), 1, 1, 1);

TABLE demo.shelf;
\ir pause.psql

\echo '---- And does it all add up? verify() names every number that does not ----'
\echo
SELECT count(*) AS "Breaches found by verify()" FROM backorder.verify();
