-- Random shops, a merchant each, with random incentives: what a preview says is what an immediate order gets; budgets are kept, gifts are
-- there, one incentive comes alone or in company; a grant is no more than a plain model allows, and never grows; and after every
-- step verify() has nothing to say.
-- A shop that fails says its seed; PROPERTY_SEEDS, PROPERTY_STEPS and PROPERTY_FIRST ask for more.
\set seeds 24
\set steps 80
\set first 1
\getenv seeds PROPERTY_SEEDS
\getenv steps PROPERTY_STEPS
\getenv first PROPERTY_FIRST
SET client_min_messages = warning;
SET timezone = 'UTC';

SELECT no_plan();

CREATE SCHEMA shop;

-- How often each thing happened, so that nothing is proved about what never did.
CREATE TABLE shop.seen (what text PRIMARY KEY, times integer NOT NULL);
CREATE FUNCTION shop.saw(what text, times integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	INSERT INTO shop.seen VALUES (what, coalesce(times, 0)) ON CONFLICT (what) DO UPDATE SET times = seen.times + excluded.times
$$;
CREATE FUNCTION shop.any(low integer, high integer) RETURNS integer LANGUAGE sql VOLATILE AS $$ SELECT low + floor(random() * (high - low + 1))::integer $$;
CREATE FUNCTION shop.maybe(chance float8) RETURNS boolean LANGUAGE sql VOLATILE AS $$ SELECT random() < chance $$;
CREATE FUNCTION shop.sku(low integer DEFAULT 1, high integer DEFAULT 6) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT 'S' || shop.any(low, high) $$;

-- A shop of six items, the last two of which are given away as well, the sixth a service now and then. Some have slots, the
-- fourth is sold ahead now and then.
CREATE FUNCTION shop.open(m integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO backorder.item (merchant_id, sku, policy, available_from, tracked, unit_price, lead_time, safety_stock, tags, slots, low_stock)
	SELECT m, 'S' || n, CASE WHEN n = 6 THEN 'deny' WHEN p.date IS NOT NULL THEN 'preorder' ELSE 'allow' END, p.date, n < 6 OR shop.maybe(0.7),
		CASE WHEN shop.maybe(0.9) THEN shop.any(0, 40) * 0.25 END, CASE WHEN shop.maybe(0.3) THEN '20 days'::interval END, CASE WHEN shop.maybe(0.2) THEN 1 ELSE 0 END,
		CASE WHEN n % 2 = 0 THEN '{even}'::text[] END, CASE WHEN shop.maybe(0.3) THEN shop.any(2, 4) END, CASE WHEN shop.maybe(0.3) THEN shop.any(0, 2) END
	FROM generate_series(1, 6) n
	CROSS JOIN LATERAL (SELECT CASE WHEN n = 4 AND shop.maybe(0.4) THEN backorder.clock_time() + shop.any(1, 30) * interval '1 day' END AS date) p;
	INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
	SELECT m, 'S' || n, l, shop.any(0, CASE WHEN n > 4 THEN 12 ELSE 3 END) FROM generate_series(1, 6) n, generate_series(1, 2) l;
	INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
	SELECT m, 'S' || n, 1, shop.any(5, 40), backorder.clock_time() + shop.any(1, 30) * interval '1 day' FROM generate_series(1, 5) n WHERE shop.maybe(0.7);
END
$$;

CREATE FUNCTION shop.add_incentive(m integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	kind text := (ARRAY['free_shipping', 'gift', 'percent_off', 'amount_off'])[shop.any(1, 4)];
	slip boolean := kind <> 'gift' AND shop.maybe(0.3);
BEGIN
	INSERT INTO backorder.incentive (merchant_id, name, kind, amount, gift_sku, gift_quantity, value, skus, tag, min_wait, min_order_value,
		min_backordered_value, customer_group, valid, max_grants, max_value, rank, combines, slip_days, max_steps, on_change)
	VALUES (m, kind, kind, CASE WHEN kind LIKE '%off' THEN shop.any(1, 100) * 0.5 END, CASE WHEN kind = 'gift' THEN shop.sku(5, 7) END,
		CASE WHEN kind = 'gift' THEN shop.any(1, 3) END, CASE WHEN kind NOT LIKE '%off' AND shop.maybe(0.5) THEN shop.any(0, 5) END,
		CASE WHEN shop.maybe(0.2) THEN ARRAY[shop.sku(), shop.sku()] END, CASE WHEN shop.maybe(0.2) THEN 'even' END,
		CASE WHEN shop.maybe(0.2) THEN shop.any(1, 20) * interval '1 day' END, CASE WHEN shop.maybe(0.2) THEN shop.any(0, 30) END,
		CASE WHEN shop.maybe(0.2) THEN shop.any(0, 20) END, CASE WHEN shop.maybe(0.2) THEN 'club' END,
		CASE WHEN shop.maybe(0.1) THEN tstzrange(NULL, backorder.clock_time() - interval '1 day' + shop.any(0, 2) * interval '1 day') END,
		CASE WHEN shop.maybe(0.6) THEN shop.any(0, 6) END, CASE WHEN shop.maybe(0.4) THEN shop.any(0, 60) END,
		shop.any(1, 3), shop.maybe(0.5), CASE WHEN slip THEN shop.any(1, 10) END, CASE WHEN slip THEN shop.any(1, 4) END,
		CASE WHEN shop.maybe(0.4) THEN (ARRAY['keep', 'lower', 'withdraw'])[shop.any(1, 3)] END);
END
$$;

-- Places an order and compares it with the preview made just before; returns what is wrong.
CREATE FUNCTION shop.place(m integer, reference text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n integer := shop.any(1, 3);
	skus text[] := ARRAY(SELECT shop.sku() FROM generate_series(1, n));
	quantities bigint[] := ARRAY(SELECT shop.any(1, 5) FROM generate_series(1, n));
	options jsonb := jsonb_strip_nulls(jsonb_build_object(
		'customer_group', CASE WHEN shop.maybe(0.4) THEN 'club' END,
		'ship_policy', (ARRAY['as_available', 'backorders_together', 'complete_line', 'complete_order'])[shop.any(1, 4)],
		'max_wait', CASE WHEN shop.maybe(0.1) THEN 'P' || shop.any(5, 25) || 'D' END,
		'hold', CASE WHEN shop.maybe(0.1) THEN 'PT1H' END));
	foreseen jsonb;
	granted jsonb;
	id bigint;
BEGIN
	SELECT (array_agg(detail -> 'incentives'))[1] INTO foreseen FROM backorder.preview_order(skus, quantities, options, m);
	SELECT (array_agg(detail -> 'incentives'))[1], min(order_id) INTO granted, id FROM backorder.place_order(reference, skus, quantities, options, m);
	PERFORM shop.saw('order without incentive', (granted IS NULL)::integer), shop.saw('order with one', (jsonb_array_length(granted) = 1)::integer),
		shop.saw('order with several', (jsonb_array_length(granted) > 1)::integer);
	IF foreseen IS DISTINCT FROM granted THEN
		RETURN format('%s of %s, %s: foreseen %s, granted %s', quantities, skus, options, foreseen, granted);
	END IF;
	IF granted IS NOT NULL AND NOT EXISTS (SELECT FROM backorder.order_line_part p WHERE p.merchant_id = m AND p.order_id = id AND p.status = 'backordered') THEN
		RETURN 'granted to an order that does not wait';
	END IF;
	IF jsonb_array_length(granted) > 1 AND EXISTS (SELECT FROM backorder.order_incentive g JOIN backorder.incentive i USING (merchant_id, incentive_id)
			WHERE g.merchant_id = m AND g.order_id = id AND NOT i.combines) THEN
		RETURN format('granted together: %s', granted);
	END IF;
	IF EXISTS (SELECT FROM backorder.order_incentive g JOIN backorder.incentive i USING (merchant_id, incentive_id)
			LEFT JOIN backorder.order_line_part p ON p.merchant_id = m AND p.order_id = id AND p.line_no = g.line_no
			WHERE g.merchant_id = m AND g.order_id = id AND g.kind = 'gift'
			GROUP BY g.incentive_id, i.gift_quantity, i.gift_sku
			HAVING coalesce(sum(p.quantity), 0) <> i.gift_quantity OR bool_or(p.status <> 'allocated' OR p.sku <> i.gift_sku OR p.unit_price <> 0 OR p.line_no <= n)) THEN
		RETURN 'a gift that is not there';
	END IF;
	IF (SELECT sum(g.value) > coalesce((SELECT sum(p.quantity * p.unit_price) FROM backorder.order_line_part p WHERE p.merchant_id = m AND p.order_id = id), 0)
			FROM backorder.order_incentive g WHERE g.merchant_id = m AND g.order_id = id AND g.kind LIKE '%off') THEN
		RETURN 'more off than the order is worth';
	END IF;
	RETURN NULL;
EXCEPTION WHEN SQLSTATE 'OB001' THEN
	RETURN NULL;
END
$$;

-- An order that may still change, and one of its lines.
CREATE FUNCTION shop.pick_line(m integer, OUT id bigint, OUT line integer, OUT units bigint) LANGUAGE sql VOLATILE AS $$
	SELECT p.order_id, p.line_no, sum(p.quantity) FILTER (WHERE p.status <> 'canceled')::bigint FROM backorder.order_line_part p
	JOIN backorder.sales_order o USING (merchant_id, order_id)
	WHERE p.merchant_id = m AND o.status IN ('open', 'held') GROUP BY 1, 2 HAVING bool_or(p.status IN ('allocated', 'backordered'))
	ORDER BY random() LIMIT 1
$$;

-- One random thing that happens in the shop; returns what is wrong with it.
CREATE FUNCTION shop.step(m integer, reference text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	dice integer := shop.any(1, 100);
	l record;
	g record;
BEGIN
	IF shop.maybe(0.15) THEN
		UPDATE backorder.delivery SET status = 'sent' WHERE merchant_id = m AND status = 'pending'
			AND notification_id IN (SELECT n.notification_id FROM backorder.notification n WHERE n.merchant_id = m AND n.type = 'promise_changed');
	END IF;
	SELECT * INTO l FROM shop.pick_line(m);
	IF dice <= 45 THEN
		RETURN shop.place(m, reference);
	ELSIF dice <= 55 AND l.id IS NOT NULL THEN
		PERFORM backorder.cancel_line(l.id, l.line, 'no more', merchant_id => m);
	ELSIF dice <= 60 AND l.id IS NOT NULL THEN
		PERFORM backorder.cancel_order(l.id, 'no more', merchant_id => m);
	ELSIF dice <= 68 AND l.id IS NOT NULL THEN
		PERFORM backorder.change_quantity(l.id, l.line, shop.any(0, l.units::integer), merchant_id => m);
	ELSIF dice <= 76 THEN
		UPDATE backorder.stock SET on_hand = greatest(on_hand + shop.any(-2, 4), 0) WHERE merchant_id = m AND sku = shop.sku() AND location_id = shop.any(1, 2);
	ELSIF dice <= 84 THEN
		UPDATE backorder.supply SET expected_at = expected_at + shop.any(-3, 14) * interval '1 day'
		WHERE merchant_id = m AND supply_id = (SELECT supply_id FROM backorder.supply WHERE merchant_id = m ORDER BY random() LIMIT 1);
	ELSIF dice <= 90 THEN
		SELECT s.order_id, s.group_no INTO g FROM backorder.shipment_board s WHERE s.merchant_id = m AND s.shippable ORDER BY random() LIMIT 1;
		IF g.order_id IS NULL THEN
			NULL;
		ELSIF shop.maybe(0.5) THEN
			PERFORM backorder.ship_group(g.order_id, g.group_no, '{}', m);
		ELSIF shop.maybe(0.7) THEN
			PERFORM backorder.release_group(g.order_id, g.group_no, merchant_id => m);
		ELSE
			PERFORM backorder.unrelease_group(g.order_id, g.group_no, merchant_id => m);
		END IF;
		IF shop.maybe(0.4) THEN
			SELECT p.order_id, p.line_no, p.quantity INTO g FROM backorder.order_line_part p
			WHERE p.merchant_id = m AND p.status = 'shipped' ORDER BY random() LIMIT 1;
			IF FOUND THEN
				PERFORM backorder.return_items(g.order_id, g.line_no, shop.any(1, g.quantity::integer), 1, shop.maybe(0.5), merchant_id => m);
			END IF;
		END IF;
		IF shop.maybe(0.3) THEN
			SELECT i.order_id, i.incentive_id, i.step, i.value INTO g FROM backorder.order_incentive i
			WHERE i.merchant_id = m AND i.status = 'granted' AND i.kind <> 'gift' AND i.value > 0 ORDER BY random() LIMIT 1;
			IF FOUND THEN
				PERFORM backorder.spend_grant(g.order_id, g.incentive_id, g.step, CASE WHEN shop.maybe(0.7) THEN round(g.value / 2, 2) END, merchant_id => m);
			END IF;
		END IF;
	ELSIF dice <= 91 THEN
		PERFORM backorder.expire_holds(backorder.clock_time() + interval '2 hours', merchant_id => m);
	ELSIF dice <= 92 THEN
		SELECT order_id INTO g FROM backorder.expired_part WHERE merchant_id = m ORDER BY random() LIMIT 1;
		IF FOUND THEN
			PERFORM backorder.confirm_order(g.order_id, merchant_id => m);
		END IF;
	ELSIF dice <= 94 THEN
		PERFORM shop.add_incentive(m);
	ELSIF dice <= 96 THEN
		DELETE FROM backorder.incentive WHERE merchant_id = m
			AND incentive_id = (SELECT incentive_id FROM backorder.incentive WHERE merchant_id = m ORDER BY random() LIMIT 1);
	ELSE
		UPDATE backorder.incentive SET max_grants = CASE WHEN shop.maybe(0.8) THEN shop.any(0, 8) END, max_value = CASE WHEN shop.maybe(0.4) THEN shop.any(0, 60) END
		WHERE merchant_id = m AND incentive_id IN (SELECT incentive_id FROM backorder.incentive WHERE merchant_id = m ORDER BY random() LIMIT 2);
	END IF;
	RETURN NULL;
EXCEPTION WHEN SQLSTATE 'OB005' OR SQLSTATE 'OB001' OR SQLSTATE 'OB003' THEN
	RETURN NULL;
END
$$;

-- A plain model of what a grant is worth, from the rows alone: by its own terms, in the order in which grants were given.
-- A grant of another kind than money off is returned only if the order does not earn it.
CREATE FUNCTION shop.judge(m integer) RETURNS TABLE (order_id bigint, incentive_id bigint, step integer, most numeric) LANGUAGE plpgsql AS $$
DECLARE
	g record;
	worth numeric;
	left_over numeric;
	waited numeric;
	earned boolean;
	kept boolean;
	last bigint;
BEGIN
	FOR g IN SELECT * FROM backorder.order_incentive i WHERE i.merchant_id = m AND i.status = 'granted' ORDER BY i.order_id, i.granted_at, i.step, i.incentive_id LOOP
		SELECT coalesce(sum(p.quantity * p.unit_price) FILTER (WHERE p.status NOT IN ('canceled', 'returned')), 0),
			coalesce(sum(p.quantity * p.unit_price) FILTER (WHERE p.status NOT IN ('canceled', 'returned') AND w.waited
				AND (g.waiting_lines IS NULL OR p.line_no = ANY (g.waiting_lines))), 0),
			coalesce(bool_or(p.status <> 'canceled' AND w.waited AND (g.earning_lines IS NULL OR p.line_no = ANY (g.earning_lines))
				AND (g.wait_until IS NULL OR p.first_promised_at IS NULL OR p.first_promised_at >= g.wait_until)), false),
			coalesce(bool_or(p.status <> 'canceled'), false)
		INTO worth, waited, earned, kept
		FROM backorder.order_line_part p, LATERAL (SELECT p.short_at_order OR p.deallocated OR p.status = 'backordered' AS waited) w
		WHERE p.merchant_id = m AND p.order_id = g.order_id
			AND NOT EXISTS (SELECT FROM backorder.order_incentive i WHERE i.merchant_id = m AND i.order_id = g.order_id AND i.line_no = p.line_no);
		IF g.order_id IS DISTINCT FROM last THEN
			last := g.order_id;
			left_over := worth;
		END IF;
		earned := CASE g.on_change WHEN 'keep' THEN kept ELSE earned AND worth >= coalesce(g.min_order_value, 0) AND waited >= coalesce(g.min_backordered_value, 0) END;
		order_id := g.order_id;
		incentive_id := g.incentive_id;
		step := g.step;
		most := CASE WHEN g.forfeited OR NOT earned THEN g.spent ELSE greatest(g.spent, least(left_over,
			CASE WHEN g.percent IS NOT NULL AND g.on_change <> 'keep' THEN round(worth * g.percent / 100, 2) END)) END;
		IF g.kind LIKE '%off' THEN
			left_over := greatest(left_over - g.value, 0);
			RETURN NEXT;
		ELSIF NOT g.forfeited AND NOT earned THEN
			most := -1;
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;

-- What the grants were before a step. They never grow again, and never come back.
CREATE TABLE shop.before (merchant_id integer, order_id bigint, incentive_id bigint, step integer, value numeric, spent numeric, status text, forfeited boolean, granted_at timestamptz);
CREATE FUNCTION shop.check_grants(m integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	problem text;
BEGIN
	SELECT format('order %s, incentive %s: worth %s, the model allows %s', i.order_id, i.incentive_id, i.value, j.most) INTO problem
	FROM shop.judge(m) j JOIN backorder.order_incentive i ON i.merchant_id = m AND (i.order_id, i.incentive_id, i.step) = (j.order_id, j.incentive_id, j.step)
	WHERE i.value > j.most LIMIT 1;
	IF FOUND THEN
		RETURN problem;
	END IF;
	SELECT format('order %s, incentive %s: from %s %s to %s %s', i.order_id, i.incentive_id, b.status, b.value, i.status, i.value) INTO problem
	FROM shop.before b JOIN backorder.order_incentive i USING (merchant_id, order_id, incentive_id, step, granted_at)
	WHERE merchant_id = m AND (i.value > b.value OR (b.status = 'withdrawn' AND i.status <> 'withdrawn') OR (b.forfeited AND i.status = 'granted' AND NOT i.forfeited)
		OR (i.status = 'granted' AND i.spent < b.spent)) LIMIT 1;
	IF FOUND THEN
		RETURN problem;
	END IF;
	PERFORM shop.saw('forgotten') FROM shop.before b JOIN backorder.sales_order o USING (merchant_id, order_id)
	WHERE merchant_id = m AND b.step > 0 AND b.status = 'granted' AND NOT EXISTS (
		SELECT FROM backorder.order_incentive i WHERE (i.merchant_id, i.order_id, i.incentive_id, i.step) = (m, b.order_id, b.incentive_id, b.step));
	PERFORM shop.saw('lowered', count(*)::integer) FROM shop.before b JOIN backorder.order_incentive i USING (merchant_id, order_id, incentive_id, step, granted_at)
	WHERE merchant_id = m AND i.value < b.value;
	PERFORM shop.saw('withdrawn with ' || i.on_change) FROM shop.before b JOIN backorder.order_incentive i USING (merchant_id, order_id, incentive_id, step, granted_at)
	WHERE merchant_id = m AND i.status <> b.status;
	PERFORM shop.saw('forfeited ' || i.kind) FROM shop.before b JOIN backorder.order_incentive i USING (merchant_id, order_id, incentive_id, step, granted_at)
	WHERE merchant_id = m AND i.forfeited AND NOT b.forfeited;
	DELETE FROM shop.before WHERE merchant_id = m;
	INSERT INTO shop.before SELECT i.merchant_id, i.order_id, i.incentive_id, i.step, i.value, i.spent, i.status, i.forfeited, i.granted_at FROM backorder.order_incentive i WHERE i.merchant_id = m;
	RETURN NULL;
END
$$;

-- Plays a shop of so many steps; returns what went wrong first.
CREATE FUNCTION shop.play(seed integer, steps integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	problem text;
	breach record;
	m CONSTANT integer := 100 + seed;
BEGIN
	PERFORM setseed(seed / 10000.0);
	PERFORM set_config('backorder.clock', '2026-03-02 09:00+00', true);
	INSERT INTO backorder.merchant (merchant_id) VALUES (m);
	PERFORM shop.open(m);
	PERFORM shop.add_incentive(m) FROM generate_series(1, 6);
	FOR n IN 1 .. steps LOOP
		PERFORM set_config('backorder.clock', (timestamptz '2026-03-02 09:00+00' + n * interval '1 hour')::text, true);
		problem := shop.step(m, 'web-' || n);
		IF problem IS NOT NULL THEN
			RETURN format('step %s: %s', n, problem);
		END IF;
		SELECT * INTO breach FROM backorder.verify(m);
		IF FOUND THEN
			RETURN format('step %s: %s', n, breach);
		END IF;
		problem := shop.check_grants(m);
		IF problem IS NOT NULL THEN
			RETURN format('step %s: %s', n, problem);
		END IF;
	END LOOP;
	PERFORM shop.saw(CASE WHEN g.step > 0 THEN 'slip ' ELSE 'checkout ' END || g.kind || ' ' || g.status) FROM backorder.order_incentive g WHERE merchant_id = m;
	RETURN NULL;
END
$$;

SELECT format('SELECT concat_ws(E''\n'', ok(problem IS NULL, ''seed %s: %s steps''), diag(problem)) FROM shop.play(%s, %s) problem', seed, :steps, seed, :steps)
FROM generate_series(:first, :first + :seeds - 1) seed
\gexec

-- A shop proves nothing about what never happened in it.
SELECT is_empty($$
	SELECT unnest(ARRAY['order without incentive', 'order with one', 'order with several', 'checkout gift granted', 'checkout gift withdrawn',
		'checkout percent_off granted', 'checkout percent_off withdrawn', 'checkout free_shipping granted', 'checkout amount_off granted',
		'slip amount_off granted', 'slip percent_off granted', 'slip free_shipping granted',
		'lowered', 'forgotten', 'withdrawn with keep', 'withdrawn with lower', 'withdrawn with withdraw', 'forfeited amount_off', 'forfeited percent_off', 'forfeited free_shipping'])
	EXCEPT SELECT what FROM shop.seen WHERE times > 0
	$$, 'every kind was granted, and withdrawn')
WHERE :seeds * :steps >= 1900;
SELECT is_empty('SELECT v FROM backorder.merchant, LATERAL backorder.verify(merchant_id) v', 'no shop has a breach');

SELECT * FROM finish();
