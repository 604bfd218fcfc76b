-- From where: the choice of locations by checkout and by fill, against the rule written out slowly.
-- Every case is a merchant of its own, with random locations and shelves. PROPERTY_CASES asks for more of them.
\set cases 400
\getenv cases PROPERTY_CASES
BEGIN;
SELECT plan(4);
SELECT setseed(0.5);
SET LOCAL backorder.clock = '2026-01-05 08:00+00';

CREATE FUNCTION pg_temp.roll(low integer, high integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
	SELECT low + floor(random() * (high - low + 1))::integer $$;

-- What is still to be had, and what is still wanted.
CREATE TEMP TABLE shelf (location_id integer, sku text, free bigint);
CREATE TEMP TABLE place (location_id integer, rank integer);
CREATE TEMP TABLE want (line_no integer, sku text, units bigint);
CREATE TEMP TABLE chosen (line_no integer, location_id integer, units bigint);
CREATE TEMP TABLE arrival (sku text, location_id integer, on_hand bigint);
CREATE TEMP TABLE wrong (case_no integer, what text, model text, engine text);

CREATE FUNCTION pg_temp.look_at(m integer) RETURNS void LANGUAGE sql AS $$
	DELETE FROM place;
	INSERT INTO place SELECT l.location_id, coalesce(l.rank, l.location_id) FROM backorder.location l WHERE l.merchant_id = m AND l.active;
	DELETE FROM shelf;
	INSERT INTO shelf
	SELECT s.location_id, s.sku, s.on_hand - coalesce((SELECT sum(p.quantity) FROM backorder.order_line_part p
		WHERE p.merchant_id = m AND p.sku = s.sku AND p.location_id = s.location_id AND p.status = 'allocated'), 0)
	FROM backorder.stock s JOIN place USING (location_id) WHERE s.merchant_id = m;
	DELETE FROM chosen $$;

-- Takes units of a line from a location.
CREATE FUNCTION pg_temp.take(line integer, location integer, wanted bigint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO chosen VALUES (line, location, wanted);
	UPDATE shelf SET free = free - wanted WHERE location_id = location AND sku = (SELECT w.sku FROM want w WHERE w.line_no = line);
	UPDATE want SET units = units - wanted WHERE line_no = line $$;

-- Checkout: of the units that are there, again and again the location that completes most lines, then gives most units, then by rank and id; one
-- that completes lines gives these whole, only where none completes a line are lines cut.
CREATE FUNCTION pg_temp.source() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	best record;
	w record;
BEGIN
	LOOP
		SELECT p.location_id, count(*) FILTER (WHERE s.free >= t.units) AS completes,
			coalesce(sum(t.units) FILTER (WHERE s.free >= t.units), sum(s.free)) AS units INTO best
		FROM place p JOIN shelf s USING (location_id) JOIN want t USING (sku)
		WHERE t.units > 0 AND s.free > 0
		GROUP BY p.location_id, p.rank ORDER BY completes DESC, units DESC, p.rank, p.location_id LIMIT 1;
		EXIT WHEN NOT FOUND;
		FOR w IN SELECT t.line_no, least(s.free, t.units) AS units FROM want t JOIN shelf s USING (sku)
			WHERE s.location_id = best.location_id AND t.units > 0 AND s.free > 0 AND (best.completes = 0 OR s.free >= t.units)
		LOOP
			PERFORM pg_temp.take(w.line_no, best.location_id, w.units);
		END LOOP;
	END LOOP;
END $$;

-- Fill: line by line (here the queue order), first where the order ships from already, then one that covers all that
-- waits of the line, then by rank and id.
CREATE FUNCTION pg_temp.fill(ships_from integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	w record;
	place_now integer;
	given bigint;
BEGIN
	FOR w IN SELECT * FROM want WHERE units > 0 ORDER BY line_no LOOP
		LOOP
			SELECT p.location_id, least(s.free, t.units) INTO place_now, given
			FROM want t JOIN shelf s USING (sku) JOIN place p USING (location_id)
			WHERE t.line_no = w.line_no AND t.units > 0 AND s.free > 0
			ORDER BY p.location_id = ANY (ships_from) DESC, s.free >= t.units DESC, p.rank, p.location_id LIMIT 1;
			EXIT WHEN NOT FOUND;
			PERFORM pg_temp.take(w.line_no, place_now, given);
			ships_from := ships_from || place_now;
		END LOOP;
	END LOOP;
END $$;

CREATE FUNCTION pg_temp.shown() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('line %s: %s from %s', line_no, units, location_id), ', ' ORDER BY line_no, location_id)
	FROM (SELECT line_no, location_id, sum(units) AS units FROM chosen GROUP BY line_no, location_id) c $$;

CREATE FUNCTION pg_temp.of_engine(m integer) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('line %s: %s from %s', line_no, units, location_id), ', ' ORDER BY line_no, location_id)
	FROM (SELECT p.line_no, p.location_id, sum(p.quantity) AS units FROM backorder.order_line_part p
		WHERE p.merchant_id = m AND p.status = 'allocated' GROUP BY p.line_no, p.location_id) c $$;

-- One case: an order over up to four SKUs and five locations, then an arrival of all that is still short, and more.
CREATE FUNCTION pg_temp.play(m integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	asked bigint[];
	before text;
BEGIN
	INSERT INTO backorder.merchant (merchant_id) VALUES (m);
	INSERT INTO backorder.location (merchant_id, location_id, rank, active)
	SELECT m, l, nullif(pg_temp.roll(0, 3), 0), random() < 0.85 FROM generate_series(1, 5) l;
	INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, format('S%s', s), 'allow' FROM generate_series(1, 4) s;
	INSERT INTO backorder.stock
	SELECT m, format('S%s', s), l, pg_temp.roll(-1, 6) FROM generate_series(1, 4) s, generate_series(1, 5) l WHERE random() < 0.6;

	DELETE FROM want;
	INSERT INTO want SELECT s, format('S%s', s), pg_temp.roll(1, 9) FROM generate_series(1, pg_temp.roll(1, 4)) s;
	asked := ARRAY(SELECT units FROM want ORDER BY line_no);
	PERFORM pg_temp.look_at(m);
	UPDATE shelf SET free = 0 WHERE free < 0;
	UPDATE want w SET units = least(units, coalesce((SELECT sum(s.free) FROM shelf s WHERE s.sku = w.sku), 0));
	PERFORM pg_temp.source();
	PERFORM backorder.place_order('o', ARRAY(SELECT sku FROM want ORDER BY line_no), asked, '{}', m);
	IF pg_temp.shown() IS DISTINCT FROM pg_temp.of_engine(m) THEN
		INSERT INTO wrong VALUES (m, 'checkout', pg_temp.shown(), pg_temp.of_engine(m));
	END IF;

	before := pg_temp.of_engine(m);
	DELETE FROM arrival;
	INSERT INTO arrival
	SELECT format('S%s', s) AS sku, l AS location_id, coalesce((SELECT greatest(k.on_hand, 0) FROM backorder.stock k
		WHERE (k.merchant_id, k.sku, k.location_id) = (m, format('S%s', s), l)), 0) + pg_temp.roll(0, 4) AS on_hand
	FROM generate_series(1, 4) s, generate_series(1, 5) l WHERE random() < 0.7;
	PERFORM pg_temp.look_at(m);
	UPDATE shelf s SET free = greatest(a.on_hand - coalesce((SELECT sum(p.quantity) FROM backorder.order_line_part p
		WHERE p.merchant_id = m AND p.sku = s.sku AND p.location_id = s.location_id AND p.status = 'allocated'), 0), 0)
	FROM arrival a WHERE a.sku = s.sku AND a.location_id = s.location_id;
	INSERT INTO shelf SELECT a.location_id, a.sku, a.on_hand FROM arrival a JOIN place USING (location_id)
	WHERE NOT EXISTS (SELECT FROM shelf s WHERE s.sku = a.sku AND s.location_id = a.location_id);
	UPDATE shelf SET free = 0 WHERE free < 0;
	INSERT INTO chosen SELECT p.line_no, p.location_id, p.quantity FROM backorder.order_line_part p WHERE p.merchant_id = m AND p.status = 'allocated';
	UPDATE want w SET units = asked[w.line_no] - coalesce((SELECT sum(c.units) FROM chosen c WHERE c.line_no = w.line_no), 0);
	PERFORM pg_temp.fill(ARRAY(SELECT location_id FROM chosen));
	PERFORM backorder.set_stock(ARRAY(SELECT sku FROM arrival), ARRAY(SELECT location_id FROM arrival), ARRAY(SELECT on_hand::bigint FROM arrival), merchant_id => m);
	IF pg_temp.shown() IS DISTINCT FROM pg_temp.of_engine(m) THEN
		INSERT INTO wrong VALUES (m, 'fill', format('%s, before: %s', pg_temp.shown(), before), pg_temp.of_engine(m));
	END IF;
END $$;

SELECT count(pg_temp.play(m)) AS played FROM generate_series(1001, 1000 + :cases) m
\gset
SELECT is((SELECT count(*) FROM wrong WHERE what = 'checkout'), 0::bigint, 'checkout takes from where the rule says');
SELECT is((SELECT count(*) FROM wrong WHERE what = 'fill'), 0::bigint, 'fill covers from where the rule says');
SELECT diag(format('case %s, %s: model %s; engine %s', case_no, what, model, engine)) FROM wrong ORDER BY case_no LIMIT 10;
SELECT is_empty(format('SELECT * FROM generate_series(1001, %s) m, backorder.verify(m)', 1000 + :cases), 'and all is sound');
SELECT cmp_ok((SELECT count(*) FROM (SELECT FROM backorder.order_line_part p WHERE p.status = 'allocated'
	GROUP BY p.merchant_id, p.line_no HAVING count(DISTINCT p.location_id) > 1) cut), '>', 100::bigint, 'many a line was cut over locations');

SELECT * FROM finish();
ROLLBACK;
