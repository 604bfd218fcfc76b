-- Plays the sales, cancellations and restocks of a real shop through the extension. demo/replay
-- runs it, sets the variables and sends the output of demo/read-orders on standard input.
--
-- The file has sales and cancellations, but no stock. Opening stocks and restocks follow from a
-- reorder policy. A day begins with arrivals. Orders and cancellations follow at their original
-- times. Then everything that is ready ships, products that run low are reordered, and the e-mails
-- of the day are sent. Some products are not sold on backorder. A customer who wants more units of
-- one than are available orders those, and subscribes to the rest. The subscriber is notified when
-- the product is back, and may order again. Every step is one call of the extension in its own
-- transaction, as an application makes it. Two runs with the same settings give the same result.

\set SHOW_CONTEXT never

-- ===== setup: a role with the rights of an application, and the clock =====

SELECT to_regrole('replay_shop') IS NULL AS is_new \gset
\if :is_new
	CREATE ROLE replay_shop LOGIN;
\endif
SELECT backorder.grant_access('replay_shop', 'app') AS done \gset
GRANT SET ON PARAMETER backorder.clock TO replay_shop;

-- Months pass in minutes here. Autovacuum has to run as often as it does in months of real time.
ALTER SYSTEM SET autovacuum_naptime = '2s';
SELECT pg_reload_conf() AS done \gset

DROP SCHEMA IF EXISTS replay CASCADE;
CREATE SCHEMA replay AUTHORIZATION replay_shop;

-- Plays the part of the workers that send e-mail: marks due notifications, of all types or of one,
-- as sent. Returns SKU and contact of those of type back_in_stock.
CREATE FUNCTION replay.send_mail(only_type text DEFAULT NULL) RETURNS TABLE (sku text, contact text) LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH sent AS (
		UPDATE backorder.delivery d SET status = 'sent'
		FROM backorder.notification n
		WHERE d.merchant_id = 1 AND d.status = 'pending' AND d.deliver_after <= backorder.clock_time()
			AND n.merchant_id = 1 AND n.notification_id = d.notification_id AND n.type = coalesce(only_type, n.type)
		RETURNING n.type, n.payload
	)
	SELECT payload ->> 'sku', payload ->> 'contact' FROM sent WHERE type = 'back_in_stock';
END;
SET SESSION AUTHORIZATION replay_shop;
SET search_path = replay;
SET timezone = 'Europe/London';
SET datestyle = 'ISO, MDY';

-- ===== the input =====

CREATE TABLE replay.setting (
	from_day      date NOT NULL,
	to_day        date NOT NULL,
	days          integer,
	lead_time     interval NOT NULL,
	reorder_weeks numeric NOT NULL,
	upto_weeks    numeric NOT NULL,
	recent_weeks  integer NOT NULL,
	late_percent  integer NOT NULL,
	deny_percent  integer NOT NULL,
	back_percent  integer NOT NULL,
	budget        numeric NOT NULL,
	seed          integer NOT NULL
);
INSERT INTO replay.setting VALUES (
	coalesce(nullif(:'from', ''), '-infinity')::date, coalesce(nullif(:'to', ''), 'infinity')::date,
	nullif(:'days', '')::integer, :'lead' * interval '1 day',
	:'reorder', :'upto', :'recent', :'late', :'deny', :'back', :'budget', :'seed');

-- A pseudo-random number from 0 to 16 million, the same in each run.
CREATE FUNCTION replay.dice(VARIADIC faces text[]) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT ('x' || md5(seed || array_to_string(faces, '/')))::bit(24)::integer FROM replay.setting);

CREATE TABLE replay.invoice_line (
	pos         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	invoice_no  text NOT NULL,
	stock_code  text NOT NULL,
	description text,
	quantity    bigint NOT NULL,
	invoice_ts  timestamptz NOT NULL,
	unit_price  numeric NOT NULL,
	customer_id text,
	country     text
);
\copy replay.invoice_line (invoice_no, stock_code, description, quantity, invoice_ts, unit_price, customer_id, country) FROM pstdin WITH (FORMAT csv, HEADER)

-- Whether a code is a product, not postage, a fee, a discount or a voucher: five digits and
-- optional letters, or one of two families of other codes.
CREATE FUNCTION replay.is_goods(sku text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN sku ~ '^([0-9]{5}[A-Z]*|DCGS.*|PADS)$';

-- The lines of sales, with their number within the order (null if refused) and the units canceled
-- or returned later.
CREATE TABLE replay.sale_line AS
SELECT l.invoice_no, (row_number() OVER (PARTITION BY l.invoice_no ORDER BY l.pos))::integer AS line_no,
	upper(l.stock_code) AS sku, l.quantity, l.unit_price, l.description,
	coalesce(l.customer_id, 'guest') AS customer, min(l.invoice_ts) OVER (PARTITION BY l.invoice_no) AS sold_at,
	0::bigint AS taken_back
FROM replay.invoice_line l
CROSS JOIN replay.setting s
WHERE l.invoice_no !~ '^[A-Z]' AND l.quantity > 0 AND l.unit_price > 0 AND replay.is_goods(upper(l.stock_code))
	AND l.invoice_ts::date BETWEEN s.from_day AND s.to_day;
CREATE INDEX ON replay.sale_line (customer, sku);
CREATE INDEX ON replay.sale_line (invoice_no);

-- The events of the shop: an order, or one line of a cancellation. Orders of notified subscribers
-- are added later.
CREATE TABLE replay.event AS
SELECT 'sale' AS kind, l.sold_at AS happens_at, l.invoice_no, 1 AS seq, min(l.customer) AS customer,
	array_agg(l.sku ORDER BY l.line_no) AS skus, array_agg(l.quantity ORDER BY l.line_no) AS quantities,
	jsonb_agg(l.unit_price ORDER BY l.line_no) AS unit_prices
FROM replay.sale_line l
GROUP BY l.invoice_no, l.sold_at
UNION ALL
SELECT 'taken back', l.invoice_ts, l.invoice_no, row_number() OVER (PARTITION BY l.invoice_no ORDER BY l.pos),
	l.customer_id, ARRAY[upper(l.stock_code)], ARRAY[-l.quantity], NULL
FROM replay.invoice_line l
CROSS JOIN replay.setting s
WHERE l.invoice_no ~ '^C' AND l.quantity < 0 AND l.customer_id IS NOT NULL AND replay.is_goods(upper(l.stock_code))
	AND l.invoice_ts::date BETWEEN s.from_day AND s.to_day;

DO $$ BEGIN
	IF NOT EXISTS (SELECT FROM replay.event WHERE kind = 'sale') THEN
		RAISE EXCEPTION 'the file has no sale, or none in the period'
			USING HINT = 'A stock code is five digits and optional letters, an invoice starts with a digit; see the head of demo/replay.';
	END IF;
END $$;

CREATE TABLE replay.trading_day AS
SELECT happens_at::date AS day, NULL::timestamptz AS started_at, NULL::timestamptz AS ended_at
FROM replay.event GROUP BY 1 ORDER BY 1 LIMIT (SELECT days FROM replay.setting);
DELETE FROM replay.event WHERE happens_at::date NOT IN (SELECT day FROM replay.trading_day);
CREATE INDEX ON replay.event (happens_at);

-- The data for reordering: sales per day, without lines of more than 1,000 units, for which a buyer
-- does not reorder. For the first weeks of a product it is an estimate, taken from the sales of
-- these weeks.
CREATE TABLE replay.demand AS
SELECT sold_at::date AS day, sku, sum(quantity) AS units FROM replay.sale_line WHERE quantity <= 1000 GROUP BY 1, 2;
CREATE INDEX ON replay.demand (day);
CREATE TABLE replay.product AS
SELECT l.sku, mode() WITHIN GROUP (ORDER BY l.description) AS name, mode() WITHIN GROUP (ORDER BY l.unit_price) AS unit_price,
	min(l.sold_at)::date AS first_day, 0::numeric AS weekly_at_first,
	CASE WHEN replay.dice('deny', l.sku) % 100 < (SELECT deny_percent FROM replay.setting) THEN 'deny' ELSE 'allow' END AS policy
FROM replay.sale_line l
WHERE l.sold_at::date IN (SELECT day FROM replay.trading_day)
GROUP BY l.sku;
UPDATE replay.product p
SET weekly_at_first = d.units / 4
FROM (
	SELECT d.sku, sum(d.units) AS units
	FROM replay.demand d
	JOIN replay.product q USING (sku)
	WHERE d.day < q.first_day + 28
	GROUP BY d.sku
) AS d
WHERE d.sku = p.sku;

-- ===== the records of the replay =====

CREATE TABLE replay.placed (invoice_no text PRIMARY KEY, order_id bigint NOT NULL);
CREATE TABLE replay.arrival (supply_id bigint PRIMARY KEY, quantity bigint NOT NULL, expected_on date NOT NULL, arrives_on date NOT NULL, is_in boolean NOT NULL DEFAULT false);
CREATE TABLE replay.asked (
	sku        text NOT NULL,
	contact    text NOT NULL,
	customer   text NOT NULL,
	quantity   bigint NOT NULL,
	unit_price jsonb NOT NULL,
	invoice_no text NOT NULL,
	PRIMARY KEY (sku, contact)
);
CREATE TABLE replay.refused (
	invoice_no  text NOT NULL,
	whole_lines bigint NOT NULL,
	cut_lines   bigint NOT NULL,
	units       numeric NOT NULL
);
CREATE TABLE replay.came_back (reference text PRIMARY KEY, ordered boolean NOT NULL);
CREATE TABLE replay.called (what text NOT NULL, lines integer NOT NULL, ms double precision NOT NULL);
CREATE TABLE replay.not_matched (lines bigint NOT NULL);
ANALYZE replay.sale_line, replay.event, replay.demand, replay.product;

-- ===== the shop =====

-- Commits, so that every call is its own transaction, and sets the time.
CREATE PROCEDURE replay.at(happens_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
	COMMIT;
	PERFORM set_config('backorder.clock', to_json(happens_at) #>> '{}', false);
END;
$$;

-- Records the time that a call took.
CREATE FUNCTION replay.note(what text, lines integer, since timestamptz) RETURNS void LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO replay.called VALUES (what, lines, extract(epoch FROM clock_timestamp() - since) * 1000);
END;

-- New products get an opening stock, as much as a reorder fills up to.
CREATE PROCEDURE replay.introduce(today date) LANGUAGE plpgsql AS $$
DECLARE
	new_skus text[];
	units bigint[];
	since timestamptz;
BEGIN
	SELECT array_agg(p.sku ORDER BY p.sku), array_agg(ceil(s.upto_weeks * p.weekly_at_first)::bigint ORDER BY p.sku)
	INTO new_skus, units
	FROM replay.product p CROSS JOIN replay.setting s
	WHERE p.first_day = today;
	IF new_skus IS NOT NULL THEN
		since := clock_timestamp();
		PERFORM backorder.set_stock(new_skus, array_fill(1, ARRAY[cardinality(new_skus)]), units);
		PERFORM replay.note('set_stock', cardinality(new_skus), since);
	END IF;
END;
$$;

-- Supplies arrive in the morning. The expected date of late supplies is updated.
CREATE PROCEDURE replay.receive(today date) LANGUAGE plpgsql AS $$
DECLARE
	a record;
	since timestamptz;
BEGIN
	since := clock_timestamp();
	UPDATE backorder.supply s
	SET expected_at = late.arrives_on::timestamptz
	FROM replay.arrival late
	WHERE late.supply_id = s.supply_id AND NOT late.is_in AND late.expected_on <= today AND late.arrives_on > today
		AND s.expected_at <> late.arrives_on::timestamptz;
	PERFORM replay.note('UPDATE supply', 1, since);
	FOR a IN SELECT * FROM replay.arrival WHERE NOT is_in AND arrives_on <= today ORDER BY supply_id LOOP
		CALL replay.at(today + time '07:00');
		since := clock_timestamp();
		PERFORM backorder.receive_supply(a.supply_id, a.quantity);
		PERFORM replay.note('receive_supply', 1, since);
		UPDATE replay.arrival SET is_in = true WHERE supply_id = a.supply_id;
	END LOOP;
END;
$$;

-- Places an order, or returns the refused lines, as DETAIL of the error names them.
CREATE FUNCTION replay.try_to_order(e replay.event) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz := clock_timestamp();
	id bigint;
	refused text;
BEGIN
	SELECT min(o.order_id) INTO STRICT id
	FROM backorder.place_order(e.invoice_no, e.skus, e.quantities,
		jsonb_build_object('customer', e.customer, 'unit_prices', e.unit_prices)) o;
	PERFORM replay.note('place_order', cardinality(e.skus), since);
	INSERT INTO replay.placed VALUES (e.invoice_no, id);
	RETURN NULL;
EXCEPTION WHEN SQLSTATE 'OB001' THEN
	GET STACKED DIAGNOSTICS refused = PG_EXCEPTION_DETAIL;
	PERFORM replay.note('place_order, refused', cardinality(e.skus), since);
	RETURN refused;
END;
$$;

-- The lines of a refused order: for each the available and the missing units.
CREATE FUNCTION replay.lines_of(e replay.event, refused jsonb)
	RETURNS TABLE (line_no bigint, sku text, quantity bigint, missing bigint, unit_price jsonb) LANGUAGE sql
BEGIN ATOMIC
	SELECT l.line_no, l.sku, coalesce(r.available, l.quantity), l.quantity - coalesce(r.available, l.quantity), l.unit_price
	FROM ROWS FROM (unnest(e.skus), unnest(e.quantities), jsonb_array_elements(e.unit_prices))
		WITH ORDINALITY AS l (sku, quantity, unit_price, line_no)
	LEFT JOIN jsonb_to_recordset(refused) AS r (line_no bigint, available bigint) USING (line_no);
END;

-- The customer subscribes to the missing units.
CREATE PROCEDURE replay.ask(e replay.event, refused jsonb) LANGUAGE plpgsql AS $$
DECLARE
	address CONSTANT text := CASE e.customer WHEN 'guest' THEN 'guest-' || e.invoice_no ELSE e.customer END || '@example.org';
	l record;
	since timestamptz;
BEGIN
	FOR l IN SELECT sku, sum(missing)::bigint AS quantity, min(unit_price::text)::jsonb AS unit_price
		FROM replay.lines_of(e, refused) WHERE missing > 0 GROUP BY sku ORDER BY sku
	LOOP
		CALL replay.at(e.happens_at);
		since := clock_timestamp();
		PERFORM backorder.subscribe(l.sku, address, l.quantity, e.customer);
		PERFORM replay.note('subscribe', 1, since);
		INSERT INTO replay.asked VALUES (l.sku, address, e.customer, l.quantity, l.unit_price, e.invoice_no)
		ON CONFLICT (sku, contact) DO UPDATE
		SET quantity = excluded.quantity, unit_price = excluded.unit_price, invoice_no = excluded.invoice_no;
	END LOOP;
END;
$$;

-- A customer orders. If lines are refused, the customer orders the available units and subscribes
-- to the rest.
CREATE PROCEDURE replay.sell(e replay.event) LANGUAGE plpgsql AS $$
DECLARE
	refused CONSTANT jsonb := replay.try_to_order(e);
	had replay.event := e;
BEGIN
	IF refused IS NULL THEN
		RETURN;
	END IF;
	UPDATE replay.sale_line s SET line_no = l.new_no, quantity = l.quantity
	FROM (
		SELECT line_no, quantity,
			CASE WHEN quantity > 0 THEN count(*) FILTER (WHERE quantity > 0) OVER (ORDER BY line_no) END AS new_no
		FROM replay.lines_of(e, refused)
	) AS l
	WHERE s.invoice_no = e.invoice_no AND s.line_no = l.line_no;
	INSERT INTO replay.refused
	SELECT e.invoice_no, count(*) FILTER (WHERE quantity = 0), count(*) FILTER (WHERE quantity > 0 AND missing > 0), sum(missing)
	FROM replay.lines_of(e, refused);
	SELECT array_agg(sku ORDER BY line_no), array_agg(quantity ORDER BY line_no), jsonb_agg(unit_price ORDER BY line_no)
	INTO had.skus, had.quantities, had.unit_prices
	FROM replay.lines_of(e, refused) WHERE quantity > 0;
	IF had.skus IS NOT NULL THEN
		CALL replay.at(e.happens_at);
		ASSERT replay.try_to_order(had) IS NULL, 'the available units can be ordered';
	END IF;
	CALL replay.ask(e, refused);
END;
$$;

-- A notified subscriber orders.
CREATE PROCEDURE replay.come_back(e replay.event) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO replay.came_back VALUES (e.invoice_no, replay.try_to_order(e) IS NULL);
END;
$$;

-- E-mails are sent. Some of the subscribers that are notified order on the given day, each at its
-- own time.
CREATE PROCEDURE replay.mail(only_type text, comes_on date) LANGUAGE plpgsql AS $$
DECLARE
	told record;
BEGIN
	FOR told IN SELECT sku, contact FROM replay.send_mail(only_type) LOOP
		INSERT INTO replay.event (kind, happens_at, invoice_no, seq, customer, skus, quantities, unit_prices)
		SELECT 'comes back', comes_on + time '08:00' + dice / 100 % 540 * interval '1 minute',
			'back-' || a.invoice_no || '-' || a.sku, 1, a.customer, ARRAY[a.sku], ARRAY[a.quantity], jsonb_build_array(a.unit_price)
		FROM replay.asked a
		CROSS JOIN replay.dice('back', a.sku, a.contact, a.invoice_no)
		CROSS JOIN replay.setting s
		WHERE a.sku = told.sku AND a.contact = told.contact AND dice % 100 < s.back_percent AND comes_on IS NOT NULL;
	END LOOP;
END;
$$;

-- A customer cancels or returns units. The file does not name the order. The procedure takes the
-- customer's last line of the product with the same quantity, else the last one with a larger
-- quantity. Units that have not shipped are canceled, the rest is returned.
CREATE PROCEDURE replay.take_back(e replay.event) LANGUAGE plpgsql AS $$
DECLARE
	wanted CONSTANT bigint := e.quantities[1];
	l record;
	unsent bigint;
	since timestamptz;
BEGIN
	SELECT s.invoice_no, s.line_no, s.quantity - s.taken_back AS quantity, p.order_id INTO l
	FROM replay.sale_line s
	JOIN replay.placed p USING (invoice_no)
	WHERE s.customer = e.customer AND s.sku = e.skus[1] AND s.quantity - s.taken_back >= wanted AND s.line_no IS NOT NULL
	ORDER BY (s.quantity - s.taken_back = wanted) DESC, s.sold_at DESC, s.invoice_no, s.line_no
	LIMIT 1;
	IF NOT FOUND THEN
		INSERT INTO replay.not_matched VALUES (1);
		RETURN;
	END IF;
	SELECT least(o.allocated + o.backordered, wanted) INTO STRICT unsent
	FROM backorder.order_line o WHERE o.order_id = l.order_id AND o.line_no = l.line_no;
	since := clock_timestamp();
	IF unsent = l.quantity THEN
		PERFORM backorder.cancel_line(l.order_id, l.line_no);
		PERFORM replay.note('cancel_line', 1, since);
	ELSIF unsent > 0 THEN
		PERFORM backorder.change_quantity(l.order_id, l.line_no, l.quantity - unsent);
		PERFORM replay.note('change_quantity', 1, since);
	END IF;
	since := clock_timestamp();
	IF wanted > unsent THEN
		PERFORM backorder.return_items(l.order_id, l.line_no, wanted - unsent, 1);
		PERFORM replay.note('return_items', 1, since);
	END IF;
	UPDATE replay.sale_line SET taken_back = taken_back + wanted
	WHERE customer = e.customer AND sku = e.skus[1] AND invoice_no = l.invoice_no AND line_no = l.line_no;
END;
$$;

-- In the evening everything that is ready ships.
CREATE PROCEDURE replay.dispatch(evening timestamptz) LANGUAGE plpgsql AS $$
DECLARE
	g record;
	since timestamptz := clock_timestamp();
BEGIN
	CALL replay.at(evening);
	FOR g IN SELECT order_id, group_no, lines FROM backorder.shipment_board
		WHERE status = 'ready' AND location_id = 1 AND shippable ORDER BY order_id, group_no
	LOOP
		IF since IS NOT NULL THEN
			PERFORM replay.note('SELECT shipment_board', 1, since);
		END IF;
		CALL replay.at(evening);
		since := clock_timestamp();
		PERFORM backorder.ship_group(g.order_id, g.group_no);
		PERFORM replay.note('ship_group', g.lines::integer, since);
		since := NULL;
	END LOOP;
END;
$$;

-- Then one statement reorders all products that run low.
CREATE PROCEDURE replay.reorder(today date) LANGUAGE plpgsql AS $$
DECLARE
	s replay.setting;
	since timestamptz := clock_timestamp();
BEGIN
	SELECT * INTO s FROM replay.setting;
	WITH level AS (
		SELECT sku, sum(on_hand - allocated) - max(backordered) + max(incoming) AS units
		FROM backorder.stock_level GROUP BY sku
	), recent AS (
		SELECT sku, sum(units) / s.recent_weeks AS weekly FROM replay.demand
		WHERE day > today - 7 * s.recent_weeks AND day <= today GROUP BY sku
	), need AS (
		SELECT p.sku, l.units,
			CASE WHEN p.first_day > today - 7 * s.recent_weeks THEN p.weekly_at_first ELSE coalesce(r.weekly, 0) END AS weekly
		FROM replay.product p JOIN level l USING (sku) LEFT JOIN recent r USING (sku)
	), bought AS (
		INSERT INTO backorder.supply (sku, location_id, quantity, expected_at, reference)
		SELECT sku, 1, ceil(weekly * s.upto_weeks - units)::bigint, today + s.lead_time, 'PO ' || today
		FROM need
		WHERE units <= weekly * s.reorder_weeks AND ceil(weekly * s.upto_weeks - units) > 0
		ORDER BY sku
		RETURNING supply_id, sku, quantity, expected_at::date AS expected_on
	), dice AS (
		SELECT *, replay.dice('late', sku, today::text) AS roll FROM bought
	)
	INSERT INTO replay.arrival (supply_id, quantity, expected_on, arrives_on)
	SELECT supply_id, quantity, expected_on,
		expected_on + CASE WHEN roll % 100 < s.late_percent THEN 1 + roll / 100 % 10 ELSE 0 END
	FROM dice;
	PERFORM replay.note('INSERT supply', 1, since);
END;
$$;

-- Prints one line of progress on the first day of each week and on the last day.
CREATE PROCEDURE replay.report(today date) LANGUAGE plpgsql AS $$
DECLARE
	p record;
BEGIN
	IF EXISTS (SELECT FROM replay.trading_day WHERE day < today AND day >= date_trunc('week', today))
		AND EXISTS (SELECT FROM replay.trading_day WHERE day > today)
	THEN
		RETURN;
	END IF;
	SELECT count(*) AS orders, coalesce(sum(lines), 0) AS lines INTO p
	FROM replay.called WHERE what = 'place_order';
	RAISE INFO '% % orders % lines % units wait % s', to_char(today, 'Dy YYYY-MM-DD'),
		to_char(p.orders, '999,990'), to_char(p.lines, '9,999,990'),
		to_char((SELECT coalesce(sum(backordered), 0) FROM backorder.availability), '999,990'),
		to_char((SELECT extract(epoch FROM clock_timestamp() - min(started_at)) FROM replay.trading_day), '9990');
END;
$$;

CREATE PROCEDURE replay.play(today date) LANGUAGE plpgsql AS $$
DECLARE
	next_day CONSTANT date := (SELECT min(day) FROM replay.trading_day WHERE day > today);
	e replay.event;
BEGIN
	UPDATE replay.trading_day SET started_at = clock_timestamp() WHERE day = today;
	CALL replay.at(today + time '06:00');
	CALL replay.introduce(today);
	CALL replay.receive(today);
	CALL replay.at(today + time '07:10');
	CALL replay.mail('back_in_stock', today);
	FOR e IN SELECT * FROM replay.event WHERE happens_at >= today AND happens_at < today + 1
		ORDER BY happens_at, kind, invoice_no, seq
	LOOP
		CALL replay.at(e.happens_at);
		CASE e.kind
			WHEN 'sale' THEN CALL replay.sell(e);
			WHEN 'comes back' THEN CALL replay.come_back(e);
			ELSE CALL replay.take_back(e);
		END CASE;
	END LOOP;
	CALL replay.dispatch(greatest(e.happens_at, today + time '18:00'));
	CALL replay.reorder(today);
	CALL replay.mail(NULL, next_day);
	UPDATE replay.trading_day SET ended_at = clock_timestamp() WHERE day = today;
	CALL replay.report(today);
END;
$$;

INSERT INTO backorder.location (location_id, name) VALUES (1, 'Warehouse');
INSERT INTO backorder.item (sku, name, policy, lead_time, unit_price)
SELECT p.sku, p.name, p.policy, s.lead_time, p.unit_price FROM replay.product p CROSS JOIN replay.setting s ORDER BY p.sku;

-- Orders that wait a week or more get an incentive while the budget lasts. Orders whose promise
-- slips get one, too.
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, min_wait, max_value, slip_days, max_steps)
SELECT i.*
FROM replay.setting s CROSS JOIN LATERAL (VALUES
	(1, 'Thank you for waiting, 5.00 off', 'amount_off', 5, interval '7 days', s.budget, NULL, NULL),
	(2, 'Sorry, 2.00 off per 3 days late', 'amount_off', 2, NULL, NULL, 3, 3)) AS i;

-- One statement per day, because a session reports its statistics, which autovacuum uses, at the
-- end of a statement.
SELECT format('CALL replay.play(%L)', day) FROM replay.trading_day ORDER BY day
\gexec

-- ===== the report =====

CREATE TABLE replay.line_result AS
SELECT l.order_id, l.line_no, l.quantity, l.short_at_order, l.backordered + l.allocated AS still_open,
	CASE WHEN l.short_at_order > 0 THEN (
		SELECT extract(epoch FROM max(g.shipped_at) - l.placed_at) / 86400
		FROM backorder.order_line_part p
		JOIN backorder.shipment_group g USING (merchant_id, order_id, group_no)
		WHERE p.order_id = l.order_id AND p.line_no = l.line_no AND p.short_at_order
			AND g.status = 'shipped'
	) END AS waited
FROM backorder.order_line l;

CREATE FUNCTION replay.number(n numeric) RETURNS text LANGUAGE sql
RETURN trim(to_char(n, '999,999,990'));

CREATE FUNCTION replay.percent(part numeric, of_all numeric) RETURNS text LANGUAGE sql
RETURN trim(to_char(100 * part / nullif(of_all, 0), '990.0')) || ' %';

\pset border 2
\pset linestyle unicode
\echo
\echo 'Orders and waits'
WITH line AS (
	SELECT count(*) AS lines, sum(quantity) AS units, count(*) FILTER (WHERE short_at_order > 0) AS short_lines,
		sum(short_at_order) AS short_units, count(*) FILTER (WHERE short_at_order > 0 AND still_open > 0) AS open_lines,
		avg(waited) AS mean_wait, percentile_cont(0.95) WITHIN GROUP (ORDER BY waited) AS long_wait
	FROM replay.line_result
), counted AS (
	SELECT count(*) AS orders, count(*) FILTER (WHERE shipments_shipped > 1) AS split_orders, min(placed_at)::date AS first_day,
		max(placed_at)::date AS last_day, count(*) FILTER (WHERE status = 'open') AS open_orders
	FROM backorder.order_overview
), refused AS (
	SELECT coalesce(sum(whole_lines), 0) AS whole_lines, coalesce(sum(cut_lines), 0) AS cut_lines, coalesce(sum(units), 0) AS units
	FROM replay.refused
), short_order AS (
	SELECT count(DISTINCT order_id) AS orders FROM replay.line_result WHERE short_at_order > 0
)
SELECT t.what AS "what", t.value AS "how much"
FROM line l CROSS JOIN counted c CROSS JOIN refused r CROSS JOIN short_order o CROSS JOIN LATERAL (VALUES
	(1, 'from', c.first_day::text), (2, 'to', c.last_day::text),
	(3, 'orders', replay.number(c.orders)), (4, 'lines', replay.number(l.lines)), (5, 'units', replay.number(l.units)),
	(6, 'orders with a backordered line', replay.percent(o.orders, c.orders)),
	(7, 'lines backordered', replay.percent(l.short_lines, l.lines)),
	(8, 'units backordered', replay.percent(l.short_units, l.units)),
	(9, 'line fill rate, refused lines included', replay.percent(l.lines - l.short_lines - r.cut_lines, l.lines + r.whole_lines)),
	(10, 'unit fill rate, refused units included', replay.percent(l.units - l.short_units, l.units + r.units)),
	(11, 'wait of a backordered line, mean', round(l.mean_wait, 1) || ' days'),
	(12, 'wait of a backordered line, 95th percentile', round(l.long_wait::numeric, 1) || ' days'),
	(13, 'orders shipped in more than one shipment', replay.percent(c.split_orders, c.orders)),
	(14, 'orders open at the end', replay.number(c.open_orders)),
	(15, 'backordered lines not shipped at the end', replay.number(l.open_lines))) AS t (n, what, value)
ORDER BY t.n;

\echo 'Cancellations and returns'
SELECT t.what, replay.number(t.n) AS "how many"
FROM (
	SELECT 1, 'lines canceled before shipping', count(*) FILTER (WHERE canceled > 0) FROM backorder.order_line
	UNION ALL
	SELECT 2, 'lines returned after shipping', count(*) FILTER (WHERE returned > 0) FROM backorder.order_line
	UNION ALL
	SELECT 3, 'cancellations in the file that match no order', count(*) FROM replay.not_matched
) AS t (pos, what, n)
ORDER BY t.pos;

\echo 'Products that are not sold on backorder'
SELECT t.what, replay.number(t.n) AS "how many"
FROM (
	SELECT 1, 'products', count(*) FROM replay.product WHERE policy = 'deny'
	UNION ALL
	SELECT 2, 'orders with refused units', count(*) FROM replay.refused
	UNION ALL
	SELECT 3, 'lines refused, wholly or in part', coalesce(sum(whole_lines + cut_lines), 0) FROM replay.refused
	UNION ALL
	SELECT 4, 'calls of subscribe()', count(*) FROM replay.called WHERE what = 'subscribe'
	UNION ALL
	SELECT 5, 'subscribers notified', count(*) FILTER (WHERE d.status = 'sent')
	FROM backorder.notification n JOIN backorder.delivery d USING (merchant_id, notification_id) WHERE n.type = 'back_in_stock'
	UNION ALL
	SELECT 6, 'of these ordered', count(*) FILTER (WHERE ordered) FROM replay.came_back
	UNION ALL
	SELECT 7, 'of these came too late', count(*) FILTER (WHERE NOT ordered) FROM replay.came_back
	UNION ALL
	SELECT 8, 'subscriptions that wait at the end', coalesce(sum(waiting), 0) FROM backorder.subscription_demand
) AS t (pos, what, n)
ORDER BY t.pos;

\echo 'Incentives granted'
SELECT name, replay.number(orders) AS orders, replay.number(grants) AS grants, replay.number(withdrawn) AS withdrawn,
	round(value, 2) AS cost, round(value_left, 2) AS "left of the budget"
FROM backorder.incentive_cost
ORDER BY incentive_id;

\echo 'Orders that waited, by incentive (the customers of the file knew of none: these figures do not show its effect)'
SELECT coalesce(name, 'none') AS name, replay.number(orders) AS orders, replay.number(canceled) AS canceled,
	replay.number(filled) AS filled, replay.number(waiting) AS "still waiting", round(waited_days, 1) AS "days waited",
	round(canceled_percent, 1) AS "% canceled"
FROM backorder.incentive_effect
ORDER BY incentive_id NULLS LAST;

\echo 'Notifications'
SELECT n.type AS notification, n.audience AS "to", replay.number(count(*)) AS number,
	replay.number(count(*) FILTER (WHERE d.status = 'sent')) AS sent,
	replay.number(count(*) FILTER (WHERE d.status = 'withdrawn')) AS withdrawn
FROM backorder.notification n
JOIN backorder.delivery d USING (merchant_id, notification_id)
GROUP BY n.type, n.audience
ORDER BY count(*) DESC;

\echo 'Time per call'
SELECT what AS call, replay.number(count(*)) AS calls, replay.number(sum(lines)) AS lines,
	round(sum(ms)::numeric / 1000, 1) AS seconds, round(avg(ms)::numeric, 2) AS "ms, mean",
	round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)::numeric, 2) AS "ms, 95th percentile",
	round(max(ms)::numeric, 1) AS "ms, longest", round(count(*) * 1000 / sum(ms)::numeric) AS "calls/s",
	round(sum(lines) * 1000 / sum(ms)::numeric) AS "lines/s"
FROM replay.called
GROUP BY what
ORDER BY sum(ms) DESC;

SELECT round(s) AS seconds, round(orders / s) AS orders, replay.number(lines / s) AS lines
FROM (
	SELECT extract(epoch FROM max(ended_at) - min(started_at)) AS s,
		(SELECT count(*) FROM replay.placed) AS orders, (SELECT count(*) FROM replay.line_result) AS lines
	FROM replay.trading_day
) AS t \gset played_
\echo Played in :played_seconds s: :played_orders orders/s, :played_lines lines/s, with arrivals, dispatch and reordering,
\echo in one session, with one commit per call.
SELECT count(*) AS breaches, count(*) > 0 AS breached, round(extract(epoch FROM clock_timestamp() - statement_timestamp())::numeric, 1) AS seconds
FROM backorder.verify() \gset verify_
\if :verify_breached
	SELECT * FROM backorder.verify() LIMIT 20;
	\echo verify() finds :verify_breaches breaches.
	DO 'BEGIN RAISE EXCEPTION ''verify() finds breaches''; END';
\endif
\echo verify() finds nothing: every invariant holds (:verify_seconds s).
