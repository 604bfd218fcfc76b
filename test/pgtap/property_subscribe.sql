-- Who must have been told: random stock changes, checkouts, subscriptions, workers and rules, against a plain reckoning.
-- After every step the subscriptions, their notices and the warnings of both merchants are what the reckoning says.
-- PROPERTY_STEPS asks for more steps, PROPERTY_FIRST for other ones.
\set steps 1000
\set first 2
\getenv steps PROPERTY_STEPS
\getenv first PROPERTY_FIRST
BEGIN;
SELECT no_plan();
SELECT setseed(:first / 1000.0);
SET LOCAL timezone = 'UTC';
SET LOCAL backorder.clock = '2026-01-05 08:00+00';

CREATE FUNCTION pg_temp.roll(low integer, high integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
	SELECT low + floor(random() * (high - low + 1))::integer $$;
CREATE FUNCTION pg_temp.pick(choices text[]) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT choices[pg_temp.roll(1, cardinality(choices))] $$;

-- What the reckoning knows: the books as they were, who subscribed, and when the merchant was warned.
CREATE TEMP TABLE book (m integer, sku text, available bigint, backordered bigint, PRIMARY KEY (m, sku));
CREATE TEMP TABLE sub (m integer, sku text, contact text, place integer, quantity bigint, status text, told_at timestamptz, notice text,
	counted boolean DEFAULT false, PRIMARY KEY (m, sku, contact));
-- Units of which subscribers were told by notices that were sent, and that may be there yet.
CREATE TEMP TABLE told (m integer, sku text, units bigint, PRIMARY KEY (m, sku));
CREATE TEMP TABLE warned (m integer, sku text, type text, told_at timestamptz, PRIMARY KEY (m, sku, type));
CREATE TEMP TABLE expected (m integer, sku text, type text);
CREATE TEMP TABLE seen (notification_id bigint);
CREATE TEMP TABLE done (step integer, what text, state text);
CREATE TEMP TABLE happened (what text);
CREATE TEMP TABLE wrong (step integer, what text, problem text);
CREATE SEQUENCE pg_temp.place;

INSERT INTO backorder.merchant (merchant_id, back_in_stock_factor, back_in_stock_throttle, back_in_stock_delay, warning_interval)
VALUES (1, 1, '4 days', '10 minutes', '3 hours'), (2, 1.5, '0', '0', '0');
INSERT INTO backorder.location (merchant_id, location_id) SELECT m, l FROM generate_series(1, 2) m, generate_series(1, 2) l;
INSERT INTO backorder.item (merchant_id, sku, policy, low_stock, safety_stock)
SELECT m, i.* FROM generate_series(1, 2) m, (VALUES ('ALLOW', 'allow', 2, 0), ('DENY', 'deny', 0, 1), ('BOTH', 'allow', NULL::bigint, 0)) i;

-- The book by plain SQL.
CREATE FUNCTION pg_temp.book_now() RETURNS SETOF book LANGUAGE sql AS $$
	SELECT a.merchant_id, a.sku,
		CASE WHEN a.backordered > 0 THEN 0 ELSE greatest((
			SELECT coalesce(sum(greatest(x.on_hand - x.allocated, 0)), 0) FROM unnest(a.locations, a.on_hand, a.allocated) x (location_id, on_hand, allocated)
			JOIN backorder.location l ON l.merchant_id = a.merchant_id AND l.location_id = x.location_id AND l.active) - i.safety_stock, 0) END::bigint,
		a.backordered
	FROM backorder.availability a JOIN backorder.item i USING (merchant_id, sku) $$;

-- A warning, unless the merchant was warned of the same within his interval.
CREATE FUNCTION pg_temp.warn(of_m integer, of_sku text, kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM warned JOIN backorder.merchant r ON r.merchant_id = m
		WHERE m = of_m AND sku = of_sku AND type = kind AND told_at + r.warning_interval > backorder.clock_time())
	THEN
		INSERT INTO happened VALUES ('not warned again: ' || kind);
		RETURN;
	END IF;
	INSERT INTO expected VALUES (of_m, of_sku, kind);
	INSERT INTO warned VALUES (of_m, of_sku, kind, backorder.clock_time())
	ON CONFLICT (m, sku, type) DO UPDATE SET told_at = EXCLUDED.told_at;
	INSERT INTO happened VALUES (kind);
END $$;

-- What a call must have done to the subscribers of a SKU, from the book before and after it.
CREATE FUNCTION pg_temp.reckon(of_m integer, of_sku text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	rules backorder.merchant := (SELECT r FROM backorder.merchant r WHERE r.merchant_id = of_m);
	threshold bigint := (SELECT low_stock FROM backorder.item WHERE merchant_id = of_m AND sku = of_sku);
	was book := (SELECT b FROM book b WHERE m = of_m AND sku = of_sku);
	now book := (SELECT b FROM pg_temp.book_now() b WHERE m = of_m AND sku = of_sku);
	served bigint := floor(coalesce((now).available, 0) * rules.back_in_stock_factor);
	lowest bigint := least(served, floor(coalesce((was).available, 0) * rules.back_in_stock_factor));
	pending bigint := 0;
	told_units bigint := coalesce((SELECT units FROM told WHERE m = of_m AND sku = of_sku), 0);
	s sub;
BEGIN
	IF coalesce(was.backordered, 0) = 0 AND now.backordered > 0 THEN PERFORM pg_temp.warn(of_m, of_sku, 'sku_negative'); END IF;
	IF was.backordered > 0 AND now.backordered = 0 THEN PERFORM pg_temp.warn(of_m, of_sku, 'sku_recovered'); END IF;
	IF was.available > threshold AND now.available <= threshold THEN PERFORM pg_temp.warn(of_m, of_sku, 'low_stock'); END IF;
	UPDATE sub SET notice = NULL, told_at = NULL WHERE m = of_m AND sku = of_sku AND status = 'ended' AND notice = 'pending';
	told_units := told_units + (SELECT coalesce(sum(quantity), 0) FROM sub WHERE m = of_m AND sku = of_sku AND notice = 'sent' AND NOT counted);
	UPDATE sub SET counted = true WHERE m = of_m AND sku = of_sku AND notice IN ('sent', 'dead');
	FOR s IN SELECT * FROM sub WHERE m = of_m AND sku = of_sku AND notice IN ('pending', 'leased') ORDER BY place LOOP
		IF s.notice = 'pending' AND s.quantity > served - pending THEN
			UPDATE sub SET status = 'waiting', notice = NULL, told_at = NULL WHERE m = of_m AND sku = of_sku AND contact = s.contact;
			INSERT INTO happened VALUES ('withdrawn');
		ELSE
			pending := pending + s.quantity;
		END IF;
	END LOOP;
	told_units := least(told_units, greatest(lowest - pending, 0));
	INSERT INTO told VALUES (of_m, of_sku, told_units) ON CONFLICT (m, sku) DO UPDATE SET units = EXCLUDED.units;
	served := served - told_units - pending;
	FOR s IN SELECT * FROM sub WHERE m = of_m AND sku = of_sku AND status = 'waiting' ORDER BY place LOOP
		IF s.told_at + rules.back_in_stock_throttle > backorder.clock_time() THEN
			INSERT INTO happened VALUES ('throttled');
		ELSIF s.quantity > served THEN
			INSERT INTO happened VALUES ('passed over');
		ELSE
			served := served - s.quantity;
			UPDATE sub SET status = 'told', notice = 'pending', counted = false, told_at = backorder.clock_time()
			WHERE m = of_m AND sku = of_sku AND contact = s.contact;
			INSERT INTO happened VALUES ('told'), (CASE WHEN was.available > 0 THEN 'told beside others' ELSE 'told of the first units' END);
		END IF;
	END LOOP;
END $$;

-- Does a random thing, to the engine and to what the reckoning knows, and returns what it was and the SKUs that it touched.
CREATE FUNCTION pg_temp.act(of_m integer, OUT what text, OUT skus text[]) LANGUAGE plpgsql AS $$
DECLARE
	one text := pg_temp.pick('{ALLOW,DENY,BOTH}');
	who text := 'c' || pg_temp.roll(1, 5);
	units bigint := pg_temp.roll(1, 4);
	shelf integer := pg_temp.roll(1, 2);
	id bigint;
	s sub;
BEGIN
	what := pg_temp.pick('{stock,stock,stock,set,order,order,order,cancel,cancel,subscribe,subscribe,subscribe,unsubscribe,work,work,work,clock,clock,item,location}');
	skus := ARRAY[one];
	s := (SELECT x FROM sub x WHERE m = of_m AND sku = one AND contact = who);
	CASE what
	WHEN 'stock' THEN
		units := pg_temp.roll(0, 1) * pg_temp.roll(0, 7);
		IF coalesce((SELECT on_hand FROM backorder.stock WHERE merchant_id = of_m AND sku = one AND location_id = shelf), 0) = units THEN
			skus := '{}';
		END IF;
		INSERT INTO backorder.stock VALUES (of_m, one, shelf, units) ON CONFLICT (merchant_id, sku, location_id) DO UPDATE SET on_hand = EXCLUDED.on_hand;
	WHEN 'set' THEN
		skus := '{ALLOW,BOTH,DENY}';
		PERFORM backorder.set_stock(skus, ARRAY[shelf, shelf, shelf], ARRAY[pg_temp.roll(0, 3), pg_temp.roll(0, 5), pg_temp.roll(0, 3)]::bigint[], merchant_id => of_m);
	WHEN 'order' THEN
		skus := CASE WHEN one <> 'BOTH' THEN ARRAY[one, 'BOTH'] ELSE ARRAY[one] END;
		PERFORM backorder.place_order(gen_random_uuid()::text, skus, (ARRAY[units, pg_temp.roll(1, 3)])[:cardinality(skus)], '{}', of_m);
	WHEN 'cancel' THEN
		SELECT o.order_id INTO id FROM backorder.sales_order o WHERE o.merchant_id = of_m AND o.status = 'open' ORDER BY random() LIMIT 1;
		skus := ARRAY(SELECT DISTINCT p.sku FROM backorder.order_line_part p WHERE p.merchant_id = of_m AND p.order_id = id);
		IF id IS NOT NULL THEN
			PERFORM backorder.cancel_order(id, merchant_id => of_m);
		END IF;
	WHEN 'subscribe' THEN
		PERFORM backorder.subscribe(one, who, units, merchant_id => of_m);
		IF s.status = 'waiting' OR (s.status = 'told' AND s.notice IN ('pending', 'leased')) THEN
			UPDATE sub SET quantity = units WHERE m = of_m AND sku = one AND contact = who;
		ELSE
			IF s.notice = 'sent' AND NOT s.counted THEN
				INSERT INTO told VALUES (of_m, one, s.quantity) ON CONFLICT (m, sku) DO UPDATE SET units = told.units + EXCLUDED.units;
			END IF;
			INSERT INTO sub VALUES (of_m, one, who, nextval('pg_temp.place'), units, 'waiting')
			ON CONFLICT (m, sku, contact) DO UPDATE SET place = EXCLUDED.place, quantity = units, status = 'waiting', notice = NULL;
		END IF;
	WHEN 'unsubscribe' THEN
		PERFORM backorder.unsubscribe(one, who, merchant_id => of_m);
		UPDATE sub SET status = 'ended', told_at = CASE WHEN notice = 'pending' THEN NULL ELSE told_at END, notice = CASE WHEN notice <> 'pending' THEN notice END
		WHERE m = of_m AND sku = one AND contact = who;
	WHEN 'work' THEN
		skus := '{}';
		SELECT x.* INTO s FROM sub x WHERE m = of_m AND notice IN ('pending', 'leased') ORDER BY random() LIMIT 1;
		UPDATE sub SET notice = CASE WHEN notice = 'pending' THEN 'leased' ELSE pg_temp.pick('{sent,sent,pending,dead}') END
		WHERE m = s.m AND sku = s.sku AND contact = s.contact RETURNING notice INTO s.notice;
		UPDATE backorder.delivery d SET status = s.notice FROM backorder.subscription b
		WHERE b.merchant_id = s.m AND b.sku = s.sku AND b.contact = s.contact AND d.merchant_id = s.m AND d.notification_id = b.notification_id;
	WHEN 'clock' THEN
		skus := '{}';
		PERFORM set_config('backorder.clock', (backorder.clock_time() + make_interval(mins => pg_temp.roll(1, 150)))::text, true);
	WHEN 'item' THEN
		units := pg_temp.roll(0, 2);
		IF (SELECT safety_stock FROM backorder.item WHERE merchant_id = of_m AND sku = one) = units THEN
			skus := '{}';
		END IF;
		UPDATE backorder.item SET safety_stock = units WHERE merchant_id = of_m AND sku = one;
	WHEN 'location' THEN
		skus := ARRAY(SELECT a.sku FROM backorder.availability a WHERE a.merchant_id = of_m
			AND (shelf = ANY (a.locations) OR EXISTS (SELECT FROM backorder.stock t WHERE t.merchant_id = of_m AND t.sku = a.sku AND t.location_id = shelf)));
		UPDATE backorder.location SET active = NOT active WHERE merchant_id = of_m AND location_id = shelf;
	END CASE;
END $$;

-- Where engine and reckoning differ.
CREATE FUNCTION pg_temp.differences() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('subscription: %s of merchant %s, %s', side, t.m, t)
	FROM (
		(SELECT 'engine' AS side, e.* FROM (SELECT s.merchant_id AS m, s.sku, s.contact, s.quantity, s.status, s.told_at, d.status AS notice,
				rank() OVER (ORDER BY s.subscription_id) AS place
			FROM backorder.subscription s LEFT JOIN backorder.delivery d ON d.merchant_id = s.merchant_id AND d.notification_id = s.notification_id) e
		EXCEPT SELECT 'engine', r.m, r.sku, r.contact, r.quantity, r.status, r.told_at, r.notice, rank() OVER (ORDER BY r.place) FROM sub r)
		UNION ALL
		(SELECT 'reckoning', r.m, r.sku, r.contact, r.quantity, r.status, r.told_at, r.notice, rank() OVER (ORDER BY r.place) FROM sub r
		EXCEPT SELECT 'reckoning', e.* FROM (SELECT s.merchant_id AS m, s.sku, s.contact, s.quantity, s.status, s.told_at, d.status,
				rank() OVER (ORDER BY s.subscription_id)
			FROM backorder.subscription s LEFT JOIN backorder.delivery d ON d.merchant_id = s.merchant_id AND d.notification_id = s.notification_id) e)
	) t
	UNION ALL
	SELECT format('warning: %s', t) FROM (
		(SELECT 'engine', n.merchant_id, n.payload ->> 'sku', n.type FROM backorder.notification n
			WHERE n.audience = 'merchant' AND n.type <> 'shelf_discrepancy' AND n.notification_id > (SELECT coalesce(max(notification_id), 0) FROM seen)
		EXCEPT ALL SELECT 'engine', * FROM expected)
		UNION ALL
		(SELECT 'reckoning', * FROM expected
		EXCEPT ALL SELECT 'reckoning', n.merchant_id, n.payload ->> 'sku', n.type FROM backorder.notification n
			WHERE n.audience = 'merchant' AND n.notification_id > (SELECT coalesce(max(notification_id), 0) FROM seen))
	) t
	UNION ALL
	SELECT format('verify(%s): %s %s: %s', m, v.invariant, v.place, v.problem) FROM generate_series(1, 2) m, backorder.verify(m) v $$;

SELECT set_config('property.steps', :'steps', true);
DO $do$
DECLARE
	act record;
	problems text;
	of_m integer;
	state text;
	touched text;
BEGIN
	FOR step IN 1 .. current_setting('property.steps')::integer LOOP
		of_m := pg_temp.roll(1, 2);
		DELETE FROM seen;
		INSERT INTO seen SELECT max(notification_id) FROM backorder.notification;
		DELETE FROM book;
		INSERT INTO book SELECT * FROM pg_temp.book_now();
		DELETE FROM expected;
		state := '00000';
		BEGIN
			SELECT * INTO act FROM pg_temp.act(of_m);
			FOREACH touched IN ARRAY act.skus LOOP
				PERFORM pg_temp.reckon(of_m, touched);
			END LOOP;
		EXCEPTION WHEN SQLSTATE 'OB001' OR SQLSTATE 'P0002' THEN
			state := SQLSTATE;
			act.what := NULL;
		END;
		INSERT INTO done VALUES (step, act.what, state);
		SELECT string_agg(d, E'\n') INTO problems FROM pg_temp.differences() d;
		IF problems IS NOT NULL THEN
			INSERT INTO wrong VALUES (step, format('%s by merchant %s, SKUs %s, before it %s', act.what, of_m, act.skus, (SELECT array_agg(b) FROM book b WHERE m = of_m)), problems);
			EXIT;
		END IF;
	END LOOP;
END $do$;

SELECT is_empty('TABLE wrong', 'after every step, who was told and warned is who must have been');
SELECT is((SELECT count(*) FROM done), :steps::bigint, 'all steps were taken');
SELECT is_empty($$ SELECT unnest('{stock,set,order,cancel,subscribe,unsubscribe,work,clock,item,location}'::text[]) EXCEPT SELECT what FROM done $$,
	'everything was done');
SELECT is_empty($$ SELECT unnest('{OB001,P0002}'::text[]) EXCEPT SELECT state FROM done $$, 'and refused for every reason');
SELECT is_empty($$ SELECT unnest('{told,told beside others,told of the first units,withdrawn,passed over,throttled,low_stock,sku_negative,sku_recovered,not warned again: sku_negative}'::text[])
	EXCEPT SELECT what FROM happened $$, 'everything happened that may');
SELECT is_empty($$ SELECT n.notification_id FROM backorder.notification n JOIN backorder.delivery d USING (merchant_id, notification_id)
	JOIN backorder.merchant r USING (merchant_id)
	WHERE n.type = 'back_in_stock' AND d.deliver_after <> n.created_at + r.back_in_stock_delay $$, 'every notice waits as long as the merchant wants');
SELECT is_empty($$ SELECT payload FROM backorder.notification WHERE type = 'back_in_stock' AND (payload ->> 'available')::bigint < 1 $$,
	'and tells of goods that were there');
SELECT * FROM finish();
ROLLBACK;
