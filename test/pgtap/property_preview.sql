-- Before the order: what item_availability(), preview_order() and preview_shipments() say is what an immediate
-- place_order() does, over random states and random carts. Every case is a pair of merchants with the same catalogue and
-- keys, whose stock, supplies and queues differ; PROPERTY_CASES asks for more of them.
\set cases 120
\getenv cases PROPERTY_CASES
BEGIN;
SELECT no_plan();
SELECT setseed(0.25);
SET LOCAL timezone = 'UTC';
SET LOCAL backorder.clock = '2026-01-05 08:00+00';

CREATE FUNCTION pg_temp.roll(low integer, high integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
	SELECT low + floor(random() * (high - low + 1))::integer $$;
CREATE FUNCTION pg_temp.chance(percent integer) RETURNS boolean LANGUAGE sql VOLATILE AS $$ SELECT random() * 100 < percent $$;
CREATE FUNCTION pg_temp.pick(choices anyarray) RETURNS anyelement LANGUAGE sql VOLATILE AS $$
	SELECT choices[1 + floor(random() * cardinality(choices))::integer] $$;

CREATE TEMP TABLE wrong (case_no integer, what text, detail text);
CREATE TEMP TABLE seen (what text);

-- ===== random states and carts =====

CREATE FUNCTION pg_temp.open_shop(m integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO backorder.merchant (merchant_id, ship_policy, handling_time, split_needs_consent)
	VALUES (m, pg_temp.pick('{as_available,backorders_together,complete_line,complete_order}'::text[]),
		pg_temp.pick('{0,1 day}'::interval[]), pg_temp.chance(25));
	INSERT INTO backorder.location (merchant_id, location_id, rank, active)
	SELECT m, l, nullif(pg_temp.roll(0, 3), 0), pg_temp.chance(80) FROM generate_series(1, 4) l WHERE pg_temp.chance(80);
	INSERT INTO backorder.item (merchant_id, sku, policy, tracked, backorder_limit, safety_stock, lead_time, available_from, unit_price)
	SELECT m, i.sku, i.policy, i.tracked, CASE WHEN pg_temp.chance(30) THEN pg_temp.roll(0, 9) END, pg_temp.pick('{0,0,0,2}'::integer[]),
		CASE WHEN pg_temp.chance(40) THEN make_interval(days => pg_temp.roll(1, 20)) END, i.available_from, pg_temp.pick('{1.5,2.25,NULL}'::numeric[])
	FROM (VALUES ('ALLOW', 'allow', true, NULL::timestamptz), ('MORE', 'allow', true, NULL), ('DENY', 'deny', true, NULL),
		('PRE', 'preorder', true, '2026-01-05 08:00+00'::timestamptz + make_interval(days => pg_temp.roll(1, 30))),
		('PRE2', 'preorder', true, '2026-01-05 08:00+00'::timestamptz + make_interval(days => pg_temp.roll(1, 30))),
		('PAST', 'preorder', true, '2026-01-01'), ('SERVICE', 'deny', false, NULL)) i (sku, policy, tracked, available_from);
	INSERT INTO backorder.stock
	SELECT m, s, l, pg_temp.roll(-1, 5) FROM unnest('{ALLOW,MORE,DENY,PRE,PRE2,PAST}'::text[]) s, generate_series(1, 4) l WHERE pg_temp.chance(45);
	INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
	SELECT m, s, pg_temp.roll(1, 4), pg_temp.roll(1, 6), CASE WHEN pg_temp.chance(85) THEN backorder.clock_time() + make_interval(hours => pg_temp.roll(-48, 480)) END
	FROM unnest('{ALLOW,MORE,PRE,PRE2,DENY}'::text[]) s, generate_series(1, 3) WHERE pg_temp.chance(50);
END $$;

CREATE FUNCTION pg_temp.cart() RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	request jsonb := jsonb_build_object('lines', (SELECT jsonb_agg(jsonb_build_object('sku',
			pg_temp.pick('{ALLOW,ALLOW,ALLOW,MORE,MORE,MORE,DENY,PRE,PRE,PRE2,PRE2,PAST,SERVICE,SERVICE}'::text[]), 'quantity', pg_temp.roll(1, 6))
			|| CASE WHEN pg_temp.chance(20) THEN '{"unit_price": 3.75}'::jsonb ELSE '{}' END)
		FROM generate_series(1, pg_temp.pick('{1,1,2,3,4,6}'::integer[]))));
BEGIN
	IF pg_temp.chance(60) THEN
		request := request || jsonb_build_object('ship_policy', pg_temp.pick('{as_available,backorders_together,complete_line,complete_order}'::text[]));
	END IF;
	IF pg_temp.chance(20) THEN
		request := request || jsonb_build_object('priority', pg_temp.roll(-1, 1));
	END IF;
	IF pg_temp.chance(15) THEN
		request := request || jsonb_build_object('accept_backorder', pg_temp.chance(50));
	END IF;
	IF pg_temp.chance(30) THEN
		request := request || jsonb_build_object('accept_split', pg_temp.chance(50));
	END IF;
	IF pg_temp.chance(35) THEN
		request := request || jsonb_build_object('max_wait', format('P%sD', pg_temp.pick('{0,1,3,8,15,25}'::integer[])));
	END IF;
	IF pg_temp.chance(8) THEN
		request := request || '{"hold": "PT1H"}';
	END IF;
	IF pg_temp.chance(8) THEN
		request := request || jsonb_build_object('placed_at', backorder.clock_time() - make_interval(hours => pg_temp.roll(0, 50)));
	END IF;
	IF pg_temp.chance(2) THEN
		request := jsonb_set(request, '{lines,0,sku}', '"GHOST"');
	END IF;
	RETURN request;
END $$;

-- Runs a query as a client would who goes on after an error.
CREATE FUNCTION pg_temp.run(sql text, OUT code text, OUT rows jsonb, OUT detail text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT coalesce(jsonb_agg(to_jsonb(r)), ''[]'') FROM (' || sql || ') r' INTO rows;
	code := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
END $$;

-- ===== what is compared =====

-- The parcels of an order as they were told: units by group, date, place and line.
CREATE FUNCTION pg_temp.told_parcels(rows jsonb, policy text) RETURNS TABLE (
	group_no integer, status text, location_id integer, ships_at timestamptz, line_no integer, sku text, part text, quantity numeric)
	LANGUAGE sql AS $$
	SELECT r.group_no, r.status, r.location_id, r.ships_at, l.line_no, l.sku, l.status, sum(l.quantity)
	FROM jsonb_to_recordset(rows) AS r (ship_policy text, group_no integer, status text, location_id integer, ships_at timestamptz, detail jsonb),
		jsonb_to_recordset(r.detail -> 'lines') AS l (line_no integer, sku text, status text, quantity bigint)
	WHERE r.ship_policy = policy AND r.status <> 'refused'
	GROUP BY 1, 2, 3, 4, 5, 6, 7 $$;
CREATE FUNCTION pg_temp.real_parcels(rows jsonb) RETURNS TABLE (
	group_no integer, status text, location_id integer, ships_at timestamptz, line_no integer, sku text, part text, quantity numeric)
	LANGUAGE sql AS $$
	SELECT r.group_no, r.group_status, CASE WHEN r.group_status = 'ready' THEN r.location_id END, r.promised_at, r.line_no, r.sku, r.status, sum(r.quantity)
	FROM jsonb_to_recordset(rows) AS r (group_no integer, group_status text, location_id integer, promised_at timestamptz, line_no integer, sku text, status text, quantity bigint)
	GROUP BY 1, 2, 3, 4, 5, 6, 7 $$;

-- The columns of a parcel are what is in it.
CREATE FUNCTION pg_temp.bad_parcels(rows jsonb, request jsonb, m integer) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s: units %s, lines %s, value %s, wait %s', r.detail, r.units, r.lines, r.value, r.wait_days)
	FROM jsonb_to_recordset(rows) AS r (ship_policy text, group_no integer, status text, units bigint, lines integer, ships_at timestamptz, wait_days integer, value numeric, detail jsonb)
	CROSS JOIN LATERAL (
		SELECT sum(l.quantity) AS units, count(DISTINCT l.line_no) AS lines,
			sum(l.quantity * coalesce((request #>> ARRAY['lines', (l.line_no - 1)::text, 'unit_price'])::numeric, i.unit_price)) AS value
		FROM jsonb_to_recordset(r.detail -> 'lines') AS l (line_no integer, sku text, quantity bigint)
		JOIN backorder.item i ON i.merchant_id = m AND i.sku = l.sku) AS e
	WHERE (r.units, r.lines, r.wait_days) IS DISTINCT FROM (e.units, e.lines,
			CASE WHEN r.ships_at IS NOT NULL THEN greatest(ceil(extract(epoch FROM r.ships_at - backorder.clock_time()) / 86400), 0)::integer END)
		OR (r.status <> 'refused' AND r.value IS DISTINCT FROM e.value) $$;

-- The lines that are refused, with SQLSTATE and reason where they were told.
CREATE FUNCTION pg_temp.refused(lines jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s %s %s', l ->> 'line_no', l ->> 'available', l ->> 'reason', (l ->> 'promised_at')::timestamptz), '; ' ORDER BY (l ->> 'line_no')::integer)
	FROM jsonb_array_elements(lines) AS l $$;

-- One cart, asked about in every way and then ordered.
CREATE FUNCTION pg_temp.check_cart(m integer, reference text, request jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	lines record;
	patient record;
	parcels record;
	all_parcels record;
	done record;
	other record;
	named jsonb;
	codes text[];
	policy text;
	chosen text;
	before text := (SELECT array_agg(a ORDER BY a.sku)::text FROM backorder.availability a WHERE a.merchant_id = m);
BEGIN
	SELECT * INTO lines FROM pg_temp.run(format('SELECT * FROM backorder.preview_order(%L::jsonb, %s)', request, m));
	SELECT * INTO patient FROM pg_temp.run(format('SELECT * FROM backorder.preview_order(%L::jsonb, %s)', request - 'max_wait', m));
	SELECT * INTO parcels FROM pg_temp.run(format('SELECT * FROM backorder.preview_shipments(%L::jsonb, %s)', request, m));
	SELECT * INTO all_parcels FROM pg_temp.run(format('SELECT * FROM backorder.preview_shipments(%L::jsonb, %s)', request || '{"compare_policies": true}', m));
	IF before IS DISTINCT FROM (SELECT array_agg(a ORDER BY a.sku)::text FROM backorder.availability a WHERE a.merchant_id = m) THEN
		INSERT INTO wrong VALUES (m, 'asking has changed the book', request::text);
	END IF;
	-- what each policy would have come to, from the very same state, and taken back
	FOREACH policy IN ARRAY '{as_available,backorders_together,complete_line,complete_order}'::text[] LOOP
		CONTINUE WHEN all_parcels.code <> '00000';
		BEGIN
			SELECT * INTO other FROM pg_temp.run(format('SELECT * FROM backorder.place_order(%L::jsonb, %s)',
				request || jsonb_build_object('reference', 'trial', 'ship_policy', policy) || CASE WHEN policy = 'complete_order' THEN '{}'::jsonb ELSE '{"accept_split": true}' END, m));
			RAISE SQLSTATE 'RB000';
		EXCEPTION WHEN SQLSTATE 'RB000' THEN
			NULL;
		END;
		IF other.code = '00000' AND EXISTS ((SELECT * FROM pg_temp.told_parcels(all_parcels.rows, policy) EXCEPT SELECT * FROM pg_temp.real_parcels(other.rows))
			UNION ALL (SELECT * FROM pg_temp.real_parcels(other.rows) EXCEPT SELECT * FROM pg_temp.told_parcels(all_parcels.rows, policy))) THEN
			INSERT INTO wrong VALUES (m, 'compared with ' || policy, format('%s: %s; %s', request, all_parcels.rows, other.rows));
		END IF;
		IF pg_temp.refused(CASE WHEN other.code = '00000' THEN '[]' ELSE other.detail::jsonb END) IS DISTINCT FROM
			(SELECT pg_temp.refused(r -> 'detail' -> 'lines') FROM jsonb_array_elements(all_parcels.rows) AS r WHERE r ->> 'status' = 'refused' AND r ->> 'ship_policy' = policy) THEN
			INSERT INTO wrong VALUES (m, 'refused by ' || policy, format('%s: %s; %s', request, all_parcels.rows, other.detail));
		END IF;
		INSERT INTO seen VALUES (format('%s %s', policy, other.code));
	END LOOP;
	SELECT * INTO done FROM pg_temp.run(format('SELECT * FROM backorder.place_order(%L::jsonb, %s)', request || jsonb_build_object('reference', reference), m));
	INSERT INTO seen VALUES (done.code), (CASE WHEN done.detail LIKE '%max_wait%' THEN 'late' END), (CASE WHEN done.code = 'OB001' AND parcels.rows::text LIKE '%allocated%' THEN 'partly refused' END);

	-- the same errors, by all of them
	IF done.code IN ('00000', 'OB001', 'OB003') THEN
		IF NOT (lines.code = '00000' AND parcels.code = '00000' AND all_parcels.code = '00000') THEN
			INSERT INTO wrong VALUES (m, 'error', format('%s: place_order %s, preview_order %s, preview_shipments %s, %s', request, done.code, lines.code, parcels.code, all_parcels.code));
			RETURN;
		END IF;
	ELSE
		IF (lines.code, parcels.code, all_parcels.code) <> (done.code, done.code, done.code) THEN
			INSERT INTO wrong VALUES (m, 'error', format('%s: place_order %s, preview_order %s, preview_shipments %s, %s', request, done.code, lines.code, parcels.code, all_parcels.code));
		END IF;
		RETURN;
	END IF;

	-- refused lines: the same, for the same reasons, and the order with the SQLSTATE of the gravest
	named := CASE WHEN done.code = '00000' THEN '[]' ELSE done.detail::jsonb END;
	IF pg_temp.refused(named) IS DISTINCT FROM (SELECT string_agg(format('%s %s %s %s', l ->> 'line_no', l ->> 'available', l #>> '{detail,reason}', (l #>> '{detail,promised_at}')::timestamptz), '; ' ORDER BY (l ->> 'line_no')::integer)
			FROM jsonb_array_elements(lines.rows) AS l WHERE l ->> 'status' = 'out_of_stock')
		OR pg_temp.refused(named) IS DISTINCT FROM (SELECT pg_temp.refused(r -> 'detail' -> 'lines') FROM jsonb_array_elements(parcels.rows) AS r WHERE r ->> 'status' = 'refused') THEN
		INSERT INTO wrong VALUES (m, 'refused lines', format('%s: place_order %s; preview_order %s; preview_shipments %s', request, named, lines.rows, parcels.rows));
	END IF;
	-- too late are the lines, and those alone, that without the wish would leave later than that
	IF request ? 'max_wait' AND EXISTS (
		SELECT FROM jsonb_to_recordset(lines.rows) AS l (line_no integer, detail jsonb)
		JOIN jsonb_to_recordset(patient.rows) AS w (line_no integer, status text, promised_at timestamptz) USING (line_no)
		WHERE coalesce(l.detail ->> 'reason' LIKE '%max_wait', false)
			<> (w.status <> 'out_of_stock' AND coalesce(w.promised_at, 'infinity') > backorder.clock_time() + (request ->> 'max_wait')::interval)) THEN
		INSERT INTO wrong VALUES (m, 'late lines', format('%s: %s', request, lines.rows));
	END IF;
	codes := ARRAY(SELECT DISTINCT l #>> '{detail,sqlstate}' FROM jsonb_array_elements(lines.rows) AS l WHERE l ->> 'status' = 'out_of_stock' ORDER BY 1);
	IF coalesce(codes[1], '00000') <> done.code THEN
		INSERT INTO wrong VALUES (m, 'SQLSTATE', format('%s: place_order %s; preview_order %s', request, done.code, codes));
	END IF;

	-- the columns add up, whatever became of the order; the comparison has the chosen policy in it
	INSERT INTO wrong SELECT m, 'parcel', format('%s: %s', request, b) FROM pg_temp.bad_parcels(parcels.rows, request, m) b;
	INSERT INTO wrong SELECT m, 'parcel', format('%s: %s', request, b) FROM pg_temp.bad_parcels(all_parcels.rows, request, m) b;
	IF parcels.rows IS DISTINCT FROM (SELECT jsonb_agg(r ORDER BY n) FROM jsonb_array_elements(all_parcels.rows) WITH ORDINALITY AS x (r, n) WHERE (r -> 'chosen')::boolean) THEN
		INSERT INTO wrong VALUES (m, 'chosen', format('%s: %s; %s', request, parcels.rows, all_parcels.rows));
	END IF;
	IF done.code <> '00000' THEN
		RETURN;
	END IF;

	-- the lines and the parcels of the order
	IF EXISTS (SELECT l ->> 'line_no', l -> 'available', l -> 'backordered', (l ->> 'promised_at')::timestamptz FROM jsonb_array_elements(lines.rows) AS l
		EXCEPT
		SELECT r.line_no::text, to_jsonb(coalesce(sum(r.quantity) FILTER (WHERE r.status = 'allocated'), 0)), to_jsonb(coalesce(sum(r.quantity) FILTER (WHERE r.status = 'backordered'), 0)),
			CASE WHEN bool_and(r.promised_at IS NOT NULL) THEN max(r.promised_at) END
		FROM jsonb_to_recordset(done.rows) AS r (line_no integer, quantity bigint, status text, promised_at timestamptz) GROUP BY r.line_no) THEN
		INSERT INTO wrong VALUES (m, 'lines', format('%s: %s; %s', request, lines.rows, done.rows));
	END IF;
	SELECT o.ship_policy INTO chosen FROM backorder.sales_order o WHERE o.merchant_id = m AND o.reference = check_cart.reference;
	IF EXISTS ((SELECT * FROM pg_temp.told_parcels(parcels.rows, chosen) EXCEPT SELECT * FROM pg_temp.real_parcels(done.rows))
		UNION ALL (SELECT * FROM pg_temp.real_parcels(done.rows) EXCEPT SELECT * FROM pg_temp.told_parcels(parcels.rows, chosen))) THEN
		INSERT INTO wrong VALUES (m, 'parcels', format('%s: %s; %s', request, parcels.rows, done.rows));
	END IF;

	-- what the customer agreed to, and was shown
	INSERT INTO wrong
	SELECT m, 'consent', format('%s: %s; %s', request, o, done.rows)
	FROM backorder.sales_order o
	CROSS JOIN LATERAL (
		SELECT CASE WHEN bool_and(r.promised_at IS NOT NULL) AND bool_or(r.status = 'backordered' OR i.available_from > backorder.clock_time()) THEN max(r.promised_at) END AS promise_shown,
			bool_or(r.promised_at IS NULL) AS unknown_shown, coalesce(max(r.promised_at), 'infinity') AS last
		FROM jsonb_to_recordset(done.rows) AS r (sku text, status text, promised_at timestamptz)
		LEFT JOIN backorder.item i ON i.merchant_id = m AND i.sku = r.sku AND i.policy = 'preorder') AS e
	WHERE o.merchant_id = m AND o.reference = check_cart.reference
		AND ((o.accept_backorder, o.accept_split, o.max_wait, o.promise_shown, o.unknown_shown)
			IS DISTINCT FROM ((request -> 'accept_backorder')::boolean, (request -> 'accept_split')::boolean, (request ->> 'max_wait')::interval, e.promise_shown, e.unknown_shown)
			OR (o.max_wait IS NOT NULL AND (e.unknown_shown OR e.last > backorder.clock_time() + o.max_wait))
			OR (o.ship_policy <> 'complete_order' AND (o.accept_split IS FALSE OR (o.accept_split IS NULL
				AND (SELECT split_needs_consent FROM backorder.merchant x WHERE x.merchant_id = m)))));
END $$;

-- A page says of each SKU what an order of one unit would get, and what stands in the book.
CREATE FUNCTION pg_temp.check_page(m integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO wrong
	SELECT m, 'page', format('%s; %s', a, p)
	FROM backorder.item_availability('{SERVICE,ALLOW,MORE,DENY,PRE,PRE2,PAST,ALLOW}', m) AS a
	LEFT JOIN backorder.stock_level s ON s.merchant_id = m AND s.sku = a.sku AND s.location_id IS NOT NULL
	CROSS JOIN LATERAL backorder.preview_order(ARRAY[a.sku], '{1}', '{}', m) AS p
	WHERE (a.status, a.promised_at, a.wait_days, a.detail ->> 'reason', a.detail ->> 'sqlstate') IS DISTINCT FROM (p.status, p.promised_at, p.wait_days, p.detail ->> 'reason', p.detail ->> 'sqlstate')
		OR (a.sku <> 'SERVICE' AND (a.available > 0) IS DISTINCT FROM (p.available > 0))
		OR (s.sku IS NOT NULL AND a.sku <> 'SERVICE' AND (a.available, a.backordered) IS DISTINCT FROM (s.available, s.backordered)) $$;

CREATE FUNCTION pg_temp.play(m integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.open_shop(m), pg_temp.open_shop(m + 1);
	FOR i IN 1 .. 8 LOOP
		PERFORM pg_temp.check_cart(m + i % 2, 'o' || i / 2, pg_temp.cart());
		PERFORM pg_temp.check_page(m + i % 2);
		IF pg_temp.chance(30) THEN
			UPDATE backorder.stock SET on_hand = on_hand + pg_temp.roll(-2, 3) WHERE merchant_id = m + i % 2 AND pg_temp.chance(30);
		END IF;
	END LOOP;
END $$;

SELECT count(pg_temp.play(2 * c)) AS played FROM generate_series(501, 500 + :cases) c
\gset
SELECT is((SELECT count(*) FROM wrong), 0::bigint, 'what is said before the order is what the order does');
SELECT diag(format('%s times: %s; first merchant %s: %s', count(*), what, min(case_no), (array_agg(detail ORDER BY case_no))[1])) FROM wrong GROUP BY what;
SELECT is_empty(format('SELECT * FROM generate_series(1002, %s) m, backorder.verify(m)', 1001 + 2 * :cases), 'and all is sound');

-- A property proves nothing about what never happened in it.
SELECT is_empty($$ SELECT unnest('{00000,OB001,OB002,OB003,OB006,late,partly refused,as_available 00000,backorders_together 00000,complete_line 00000,complete_order 00000,complete_order OB001}'::text[])
	EXCEPT SELECT what FROM seen $$, 'orders were placed and refused for every reason');

SELECT * FROM finish();
ROLLBACK;
