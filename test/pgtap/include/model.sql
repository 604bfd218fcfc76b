-- A slow, plain model of the engine, and a machine that plays random histories against both.
--
-- The model knows lots: units of one order line with one place in the queue and one status. It replays each operation
-- on them by the rules of the design, and never looks at what the engine decided before it has decided itself. After
-- every step model.check_*() compare; what the design leaves open (from which location a fill takes, how units are
-- cut into parts) is then taken over from the engine.
--
-- Every operation is one SQL text, logged in model.log with its clock. CALL model.play(seed, steps) plays a history;
-- model.script(seed) prints it as a script that repeats it on an empty database.

CREATE SCHEMA model;

-- ===== the model's state =====

CREATE TABLE model.lot (
	id bigint GENERATED ALWAYS AS IDENTITY,
	m integer, order_id bigint, line_no integer, part_no integer, sku text COLLATE "C", tracked boolean,
	quantity bigint, status text,
	standing text,              -- of open lots: waiting, ready, released
	location_id integer,        -- of allocated lots; null = the model leaves open where
	group_no integer,
	not_before timestamptz,     -- its own preorder date, which is not always its group's; on a pick list the group's
	priority integer, queued_at timestamptz,
	expired boolean NOT NULL DEFAULT false);    -- canceled because a hold ended: the order may ask for it again

CREATE TABLE model.ord (
	m integer, order_id bigint, reference text COLLATE "C", status text, ship_policy text, priority integer,
	hold_until timestamptz, request jsonb, PRIMARY KEY (m, order_id));

CREATE TABLE model.shelf (
	m integer, sku text COLLATE "C", location_id integer, on_hand bigint, PRIMARY KEY (m, sku, location_id));

CREATE TABLE model.supply (
	m integer, supply_id bigint, received bigint, status text, PRIMARY KEY (m, supply_id));

-- Lines that must be refused, of the order that is being placed.
CREATE TABLE model.refused (line_no integer);

-- Lots that a location has lost in this step.
CREATE TABLE model.lost (lot_id bigint);

-- SKUs whose promises this step has to re-lay (must), or may.
CREATE TABLE model.relaid (m integer, sku text COLLATE "C", must boolean, lead_time_moved boolean);

-- ===== what the engine showed after the last step =====

CREATE VIEW model.engine_part AS
SELECT p.merchant_id AS m, p.order_id, p.line_no, p.part_no, p.sku, coalesce(i.tracked, true) AS tracked, p.quantity,
	p.status, p.status IN ('allocated', 'backordered') AS open,
	CASE WHEN p.status IN ('allocated', 'backordered') THEN g.status END AS standing,
	p.location_id, p.group_no, g.not_before, p.priority, p.queued_at, p.promised_at, p.first_promised_at,
	p.promise_basis, p.short_at_order, g.status AS group_status,
	CASE WHEN g.status = 'waiting' AND o.ship_policy <> 'as_available' THEN g.promised_at
		WHEN p.status = 'allocated' THEN greatest(p.promised_at, g.not_before) ELSE p.promised_at END AS leaves_at
FROM backorder.order_line_part p
JOIN backorder.sales_order o USING (merchant_id, order_id)
JOIN backorder.shipment_group g USING (merchant_id, order_id, group_no)
LEFT JOIN backorder.item i USING (merchant_id, sku);

CREATE TABLE model.part AS SELECT * FROM model.engine_part;
CREATE TABLE model.grp AS SELECT * FROM backorder.shipment_group;
CREATE TABLE model.sent AS
	SELECT n.merchant_id AS m, n.notification_id, n.order_id, n.type, n.payload, d.status
	FROM backorder.notification n JOIN backorder.delivery d USING (merchant_id, notification_id);
CREATE INDEX ON model.sent (m, order_id);
-- What the customer of an order knows of its open units: how they stood when no notification of the order was pending.
CREATE TABLE model.known AS SELECT m, order_id, line_no, status, quantity, promised_at FROM model.engine_part;
CREATE INDEX ON model.known (m, order_id);
CREATE TABLE model.book (m integer, sku text COLLATE "C", backordered bigint, promises_stale boolean, discrepancy bigint, PRIMARY KEY (m, sku));
CREATE TABLE model.was_ord (m integer, order_id bigint, status text, revision integer, PRIMARY KEY (m, order_id));
CREATE TABLE model.used (m integer, order_id bigint, used integer, PRIMARY KEY (m, order_id));
CREATE TABLE model.changes (m integer, changes bigint, PRIMARY KEY (m));
CREATE TABLE model.changed (order_id bigint);
CREATE TABLE model.digest (m integer PRIMARY KEY, digest text);

CREATE TABLE model.log (seed integer, step integer, kind text, clock timestamptz, sql text, got text);
CREATE TABLE model.result (seed integer, steps integer, problem text);

-- ===== small tools =====

CREATE FUNCTION model.clock() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT current_setting('backorder.clock')::timestamptz $$;

-- A whole number from low to high.
CREATE FUNCTION model.roll(low integer, high integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
	SELECT low + floor(random() * (high - low + 1))::integer $$;

CREATE FUNCTION model.chance(percent integer) RETURNS boolean LANGUAGE sql VOLATILE AS $$
	SELECT random() * 100 < percent $$;

CREATE FUNCTION model.pick(choices anyarray) RETURNS anyelement LANGUAGE sql VOLATILE AS $$
	SELECT choices[1 + floor(random() * cardinality(choices))::integer] $$;

CREATE FUNCTION model.is_active(m integer, location integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce((SELECT l.active FROM backorder.location l WHERE l.merchant_id = m AND l.location_id = location), true));
END $$;

CREATE FUNCTION model.safety(m integer, wanted text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce((SELECT i.safety_stock FROM backorder.item i WHERE i.merchant_id = m AND i.sku = wanted), 0));
END $$;

CREATE FUNCTION model.handling(m integer) RETURNS interval LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce((SELECT x.handling_time FROM backorder.merchant x WHERE x.merchant_id = m), '0'));
END $$;

CREATE FUNCTION model.tolerance(m integer) RETURNS interval LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce((SELECT x.promise_tolerance FROM backorder.merchant x WHERE x.merchant_id = m), '1 day'));
END $$;

-- The date before which an order for the item placed now may not ship; null = none.
CREATE FUNCTION model.preorder_date(m integer, wanted text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT i.available_from FROM backorder.item i
	WHERE i.merchant_id = m AND i.sku = wanted AND i.policy = 'preorder' AND i.available_from > model.clock());
END $$;

-- Shelves of a SKU: on hand, and what lots have there.
CREATE FUNCTION model.shelves(of_m integer, of_sku text) RETURNS TABLE (location_id integer, on_hand bigint, allocated bigint)
LANGUAGE sql STABLE AS $$
	SELECT x.location_id, sum(x.on_hand)::bigint, sum(x.allocated)::bigint
	FROM (
		SELECT s.location_id, s.on_hand, 0 AS allocated FROM model.shelf s WHERE s.m = of_m AND s.sku = of_sku
		UNION ALL
		SELECT l.location_id, 0, l.quantity FROM model.lot l
		WHERE l.m = of_m AND l.sku = of_sku AND l.status = 'allocated' AND l.tracked AND l.location_id IS NOT NULL) AS x
	GROUP BY x.location_id $$;

CREATE FUNCTION model.free(of_m integer, of_sku text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(sum(greatest(s.on_hand - s.allocated, 0)), 0)::bigint
	FROM model.shelves(of_m, of_sku) s WHERE model.is_active(of_m, s.location_id));
END $$;

CREATE FUNCTION model.waiting(of_m integer, of_sku text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(sum(l.quantity), 0)::bigint FROM model.lot l
	WHERE l.m = of_m AND l.sku = of_sku AND l.status = 'backordered');
END $$;

CREATE FUNCTION model.available(of_m integer, of_sku text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT CASE WHEN model.waiting(of_m, of_sku) > 0 THEN 0
		ELSE greatest(model.free(of_m, of_sku) - model.safety(of_m, of_sku), 0) END);
END $$;

CREATE FUNCTION model.discrepancy(of_m integer, of_sku text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(sum(greatest(s.allocated - greatest(s.on_hand, 0), 0)), 0)::bigint FROM model.shelves(of_m, of_sku) s);
END $$;

-- What supply must bring before the first of the queue is served.
CREATE FUNCTION model.gap(of_m integer, of_sku text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT greatest(model.safety(of_m, of_sku) - model.free(of_m, of_sku), 0)
		+ coalesce((SELECT sum(greatest(s.allocated - s.on_hand, 0)) FROM model.shelves(of_m, of_sku) s
			WHERE model.is_active(of_m, s.location_id)), 0)::bigint);
END $$;

-- ===== the moves of the model =====

-- Gives some units of a lot another status; returns the lot that has it.
CREATE FUNCTION model.move(lot_id bigint, units bigint, to_status text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	l model.lot;
	moved bigint := lot_id;
BEGIN
	SELECT * INTO l FROM model.lot WHERE id = lot_id;
	IF units < l.quantity THEN
		INSERT INTO model.lot (m, order_id, line_no, part_no, sku, tracked, quantity, status, standing, location_id,
			group_no, not_before, priority, queued_at)
		VALUES (l.m, l.order_id, l.line_no, l.part_no, l.sku, l.tracked, units, l.status, l.standing, l.location_id,
			l.group_no, l.not_before, l.priority, l.queued_at)
		RETURNING id INTO moved;
		UPDATE model.lot SET quantity = quantity - units WHERE id = lot_id;
	END IF;
	UPDATE model.lot
	SET status = to_status, location_id = CASE WHEN to_status = 'shipped' THEN location_id END,
		standing = CASE WHEN to_status IN ('allocated', 'backordered') THEN standing END
	WHERE id = moved;
	RETURN moved;
END $$;

-- Takes back, from the end of the queue order, what a shelf does not cover any more; pick lists are left alone.
CREATE FUNCTION model.shrink(of_m integer, of_sku text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s record;
	l record;
	missing bigint;
	units bigint;
BEGIN
	FOR s IN SELECT * FROM model.shelves(of_m, of_sku) x WHERE x.allocated > greatest(x.on_hand, 0) ORDER BY location_id LOOP
		missing := s.allocated - greatest(s.on_hand, 0);
		FOR l IN
			SELECT id, quantity FROM model.lot
			WHERE m = of_m AND sku = of_sku AND status = 'allocated' AND location_id = s.location_id
				AND tracked AND standing <> 'released'
			ORDER BY priority, queued_at DESC, order_id DESC, line_no DESC, part_no DESC
		LOOP
			EXIT WHEN missing = 0;
			units := least(missing, l.quantity);
			INSERT INTO model.lost VALUES (model.move(l.id, units, 'backordered'));
			INSERT INTO model.relaid VALUES (of_m, of_sku, true, false);
			missing := missing - units;
		END LOOP;
	END LOOP;
END $$;

-- Covers from the front of the queue what is free beyond the safety stock, wherever it lies.
CREATE FUNCTION model.fill(of_m integer, of_sku text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	l record;
	spare bigint := greatest(model.free(of_m, of_sku) - model.safety(of_m, of_sku), 0);
	units bigint;
BEGIN
	FOR l IN
		SELECT id, quantity FROM model.lot
		WHERE m = of_m AND sku = of_sku AND status = 'backordered'
		ORDER BY priority DESC, queued_at, order_id, line_no, part_no
	LOOP
		EXIT WHEN spare = 0;
		units := least(spare, l.quantity);
		PERFORM model.move(l.id, units, 'allocated');
		spare := spare - units;
	END LOOP;
END $$;

-- What a location has lost is given up by the last of the whole queue, unit by unit, wherever it lies: not by those on a pick
-- list, nor at a closed location, where units serve nobody else.
CREATE FUNCTION model.exchange(of_m integer, of_sku text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	loser model.lot;
	holder model.lot;
BEGIN
	LOOP
		SELECT l.* INTO loser FROM model.lot l JOIN model.lost ON lot_id = l.id
		WHERE m = of_m AND sku = of_sku AND status = 'backordered'
		ORDER BY priority DESC, queued_at, order_id, line_no, part_no LIMIT 1;
		SELECT * INTO holder FROM model.lot
		WHERE m = of_m AND sku = of_sku AND status = 'allocated' AND tracked AND standing <> 'released'
			AND (location_id IS NULL OR model.is_active(of_m, location_id))
		ORDER BY priority, queued_at DESC, order_id DESC, line_no DESC, part_no DESC LIMIT 1;
		EXIT WHEN ((-loser.priority, loser.queued_at, loser.order_id, loser.line_no)
			< (-holder.priority, holder.queued_at, holder.order_id, holder.line_no)) IS NOT TRUE;
		PERFORM model.move(loser.id, 1, 'allocated'), model.move(holder.id, 1, 'backordered');
	END LOOP;
END $$;

-- Judges anew who may leave, and when: see "Splitting" in the design. What is not on a pick list has the date of its
-- item; one that is past stays.
CREATE FUNCTION model.judge(of_m integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE model.lot l SET not_before = d.date
	FROM (SELECT id, model.preorder_date(m, sku) AS date FROM model.lot WHERE m = of_m AND standing IN ('waiting', 'ready')) d
	WHERE l.id = d.id AND l.not_before IS DISTINCT FROM d.date AND (d.date IS NOT NULL OR l.not_before > model.clock());
	WITH loose AS (
		SELECT l.id, l.order_id, l.line_no, l.not_before, l.status, l.standing, o.ship_policy
		FROM model.lot l JOIN model.ord o USING (m, order_id)
		WHERE l.m = of_m AND l.status IN ('allocated', 'backordered') AND l.standing <> 'released'
	), judged AS (
		SELECT a.id, CASE
			WHEN a.status = 'backordered' THEN 'waiting'
			WHEN a.ship_policy = 'as_available' THEN 'ready'
			WHEN NOT EXISTS (SELECT FROM loose b WHERE b.order_id = a.order_id AND b.status = 'backordered'
				AND CASE a.ship_policy WHEN 'complete_order' THEN true WHEN 'complete_line' THEN b.line_no = a.line_no
					ELSE b.not_before IS NOT DISTINCT FROM a.not_before END) THEN 'ready'
			WHEN a.ship_policy = 'backorders_together' THEN a.standing
			ELSE 'waiting' END AS standing
		FROM loose a
	)
	UPDATE model.lot l SET standing = j.standing FROM judged j WHERE l.id = j.id AND l.standing <> j.standing;
	UPDATE model.ord o
	SET status = CASE WHEN EXISTS (SELECT FROM model.lot l WHERE l.m = o.m AND l.order_id = o.order_id
		AND l.status IN ('shipped', 'returned')) THEN 'complete' ELSE 'canceled' END
	WHERE o.m = of_m AND o.status IN ('open', 'held') AND NOT EXISTS (SELECT FROM model.lot l
		WHERE l.m = o.m AND l.order_id = o.order_id AND l.status IN ('allocated', 'backordered'));
END $$;

CREATE FUNCTION model.settle(of_m integer, skus text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s text;
BEGIN
	FOREACH s IN ARRAY ARRAY(SELECT DISTINCT u FROM unnest(skus) u ORDER BY u) LOOP
		PERFORM model.shrink(of_m, s);
		PERFORM model.fill(of_m, s);
		PERFORM model.exchange(of_m, s);
	END LOOP;
	PERFORM model.judge(of_m);
END $$;

CREATE FUNCTION model.put(of_m integer, of_sku text, location integer, units bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO model.shelf VALUES (of_m, of_sku, location, units)
	ON CONFLICT (m, sku, location_id) DO UPDATE SET on_hand = shelf.on_hand + EXCLUDED.on_hand;
END $$;

CREATE FUNCTION model.on_hand(of_m integer, of_sku text, location integer) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce((SELECT s.on_hand FROM model.shelf s WHERE s.m = of_m AND s.sku = of_sku AND s.location_id = location), 0));
END $$;

-- ===== the operations: each returns the SQLSTATEs of which the design wants one, and moves the model =====

CREATE FUNCTION model.line_of(request jsonb) RETURNS TABLE (line_no integer, sku text, units bigint) LANGUAGE sql STABLE AS $$
	SELECT l.n::integer, l.line ->> 'sku', (l.line ->> 'quantity')::bigint
	FROM jsonb_array_elements(request -> 'lines') WITH ORDINALITY l (line, n) $$;

-- What each line gets now and later, and whether it is refused, by which error.
-- Whether anything can be sent: a location is open; one without a row is.
CREATE FUNCTION model.is_open(of_m integer) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM backorder.location l WHERE l.merchant_id = of_m AND l.active) OR model.is_active(of_m, 1) $$;

CREATE FUNCTION model.divide(of_m integer, lines jsonb, accept boolean)
RETURNS TABLE (line_no integer, sku text, units bigint, now bigint, later bigint, refusal text) LANGUAGE sql STABLE AS $$
	WITH line AS (
		SELECT l.line_no, l.sku, l.units, i.sku IS NOT NULL AS known, i.tracked, i.policy, i.backorder_limit,
			model.available(of_m, l.sku) AS available,
			coalesce(sum(l.units) OVER (PARTITION BY l.sku ORDER BY l.line_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
		FROM model.line_of(lines) l
		LEFT JOIN backorder.item i ON i.merchant_id = of_m AND i.sku = l.sku
	), divided AS (
		SELECT *, CASE WHEN tracked THEN least(units, greatest(available - before, 0)) ELSE units END AS now FROM line
	), summed AS (
		SELECT *, units - now AS later, sum(units - now) OVER (PARTITION BY sku) AS later_of_sku FROM divided
	)
	SELECT line_no, sku, units, now::bigint, later::bigint, CASE
		WHEN NOT known THEN 'OB002'
		WHEN NOT tracked AND NOT model.is_open(of_m) THEN 'OB001'
		WHEN later = 0 THEN NULL
		WHEN NOT accept OR policy = 'deny' OR (policy = 'preorder' AND model.preorder_date(of_m, sku) IS NULL) THEN 'OB001'
		WHEN model.waiting(of_m, sku) + later_of_sku > backorder_limit THEN 'OB003' END
	FROM summed ORDER BY line_no $$;

CREATE FUNCTION model.hold_until(hold text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN hold LIKE 'P%' THEN model.clock() + hold::interval ELSE hold::timestamptz END $$;

-- Whether the customer agreed to delivery in instalments.
CREATE FUNCTION model.split_agreed(of_m integer, request jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT coalesce((request ->> 'accept_split')::boolean, NOT (SELECT x.split_needs_consent FROM backorder.merchant x WHERE x.merchant_id = of_m), true) $$;

CREATE FUNCTION model.is_expired(of_m integer, of_order bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM model.lot l WHERE l.m = of_m AND l.order_id = of_order AND l.expired) $$;

-- An expired order asks again for what it lost, under the rules of checkout and at the end of the queue. With may_wait, no
-- more units of a line than these wait. hold: until when it is held; null = it opens.
CREATE FUNCTION model.revive(of_m integer, of_order bigint, hold timestamptz, may_wait jsonb, late boolean) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	o model.ord;
	lines jsonb;
	errors text[] := '{}';
	d record;
BEGIN
	SELECT * INTO o FROM model.ord WHERE m = of_m AND order_id = of_order;
	SELECT jsonb_agg(jsonb_build_object('sku', x.sku, 'quantity', x.units, 'line_no', x.line_no) ORDER BY x.line_no) INTO lines
	FROM (SELECT l.line_no, l.sku, sum(l.quantity) AS units FROM model.lot l
		WHERE l.m = of_m AND l.order_id = of_order AND l.expired GROUP BY 1, 2) x;
	IF hold <= model.clock() THEN
		errors := '{OB006}';
	END IF;
	IF late THEN
		errors := array_append(errors, 'OB001');
	END IF;
	FOR d IN SELECT x.*, (lines -> (x.line_no - 1) ->> 'line_no')::integer AS real_line
		FROM model.divide(of_m, jsonb_build_object('lines', lines), coalesce((o.request ->> 'accept_backorder')::boolean, true)) x LOOP
		IF d.refusal IS NOT NULL THEN
			errors := array_append(errors, d.refusal);
		ELSIF d.later > (may_wait ->> d.real_line::text)::bigint THEN
			errors := array_append(errors, 'OB001');
		END IF;
	END LOOP;
	IF cardinality(errors) > 0 THEN
		RETURN errors;
	END IF;
	FOR d IN SELECT x.*, (lines -> (x.line_no - 1) ->> 'line_no')::integer AS real_line
		FROM model.divide(of_m, jsonb_build_object('lines', lines), true) x LOOP
		DELETE FROM model.lot l WHERE l.m = of_m AND l.order_id = of_order AND l.line_no = d.real_line AND l.expired;
		INSERT INTO model.lot (m, order_id, line_no, part_no, sku, tracked, quantity, status, standing, not_before, priority, queued_at)
		SELECT of_m, of_order, d.real_line, x.part_no, d.sku, i.tracked, x.units, x.status, x.standing,
			model.preorder_date(of_m, d.sku), o.priority, model.clock()
		FROM backorder.item i,
			(VALUES (1001, d.now, 'allocated', 'ready'), (1002, d.later, 'backordered', 'waiting')) x (part_no, units, status, standing)
		WHERE i.merchant_id = of_m AND i.sku = d.sku AND x.units > 0;
	END LOOP;
	UPDATE model.ord SET status = CASE WHEN hold IS NULL THEN 'open' ELSE 'held' END, hold_until = hold
	WHERE m = of_m AND order_id = of_order;
	PERFORM model.judge(of_m);
	RETURN '{00000}';
END $$;

-- late: whether a line would leave later than the customer waits.
CREATE FUNCTION model.place(of_m integer, request jsonb, result jsonb, late boolean) RETURNS text[] LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
	old model.ord;
	errors text[];
	new_id bigint := (result -> 0 ->> 'order_id')::bigint;
	prio integer := coalesce((request ->> 'priority')::integer, 0);
	place timestamptz := coalesce((request ->> 'placed_at')::timestamptz, model.clock());
	d record;
BEGIN
	SELECT * INTO old FROM model.ord WHERE m = of_m AND reference = request ->> 'reference';
	IF FOUND AND old.request - 'placed_at' <> request - 'placed_at' THEN
		RETURN '{OB004}';
	ELSIF FOUND AND model.is_expired(of_m, old.order_id) THEN
		RETURN model.revive(of_m, old.order_id, model.hold_until(request ->> 'hold'), NULL, late);
	ELSIF FOUND THEN
		RETURN '{00000}';
	END IF;
	IF (request ->> 'placed_at')::timestamptz > model.clock() OR model.hold_until(request ->> 'hold') <= model.clock() THEN
		errors := '{OB006}';
	END IF;
	IF NOT model.split_agreed(of_m, request) AND request ->> 'ship_policy' <> 'complete_order' THEN
		errors := array_append(errors, 'OB006');
	END IF;
	IF late THEN
		errors := array_append(errors, 'OB001');
	END IF;
	errors := errors || ARRAY(SELECT DISTINCT refusal
		FROM model.divide(of_m, request, coalesce((request ->> 'accept_backorder')::boolean, true)) WHERE refusal IS NOT NULL);
	IF cardinality(errors) > 0 THEN
		RETURN errors;
	END IF;
	FOR d IN SELECT * FROM model.divide(of_m, request, true) LOOP
		INSERT INTO model.lot (m, order_id, line_no, part_no, sku, tracked, quantity, status, standing, not_before, priority, queued_at)
		SELECT of_m, new_id, d.line_no, x.part_no, d.sku, i.tracked, x.units, x.status, x.standing,
			model.preorder_date(of_m, d.sku), prio, place
		FROM backorder.item i,
			(VALUES (1, d.now, 'allocated', 'ready'), (2, d.later, 'backordered', 'waiting')) x (part_no, units, status, standing)
		WHERE i.merchant_id = of_m AND i.sku = d.sku AND x.units > 0;
	END LOOP;
	INSERT INTO model.ord
	SELECT of_m, new_id, request ->> 'reference', CASE WHEN request ? 'hold' THEN 'held' ELSE 'open' END,
		CASE WHEN model.split_agreed(of_m, request)
			THEN coalesce(request ->> 'ship_policy', (SELECT x.ship_policy FROM backorder.merchant x WHERE x.merchant_id = of_m), 'as_available')
			ELSE 'complete_order' END,
		prio, model.hold_until(request ->> 'hold'), request;
	PERFORM model.judge(of_m);
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.confirm(of_m integer, of_order bigint, late boolean) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	o model.ord;
	late_payment text := (SELECT coalesce((SELECT x.late_payment FROM backorder.merchant x WHERE x.merchant_id = of_m), 'queue'));
	may_wait jsonb;
BEGIN
	SELECT * INTO o FROM model.ord WHERE m = of_m AND order_id = of_order;
	IF NOT FOUND THEN
		RETURN '{P0002}';
	ELSIF late_payment = 'refuse' AND o.status IN ('held', 'canceled') AND o.hold_until <= model.clock() THEN
		RETURN '{OB005}';
	ELSIF o.status = 'canceled' AND model.is_expired(of_m, of_order) AND late_payment <> 'refuse' THEN
		IF late_payment = 'available' THEN
			SELECT jsonb_object_agg(x.line_no, x.short) INTO may_wait
			FROM (SELECT l.line_no, coalesce(sum(l.quantity) FILTER (WHERE p.short_at_order), 0) AS short
				FROM model.lot l JOIN model.part p USING (m, order_id, line_no, part_no)
				WHERE l.m = of_m AND l.order_id = of_order AND l.expired GROUP BY 1) x;
		END IF;
		RETURN model.revive(of_m, of_order, NULL, may_wait, late);
	ELSIF o.status NOT IN ('held', 'open') THEN
		RETURN '{OB005}';
	END IF;
	UPDATE model.ord SET status = 'open', hold_until = NULL WHERE m = of_m AND order_id = of_order;
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.extend(of_m integer, of_order bigint, until timestamptz) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	o model.ord;
BEGIN
	SELECT * INTO o FROM model.ord WHERE m = of_m AND order_id = of_order;
	IF NOT FOUND THEN
		RETURN '{P0002}';
	ELSIF o.status <> 'held' THEN
		RETURN '{OB005}';
	ELSIF until > o.hold_until AND until <= model.clock() THEN
		RETURN '{OB006}';
	END IF;
	UPDATE model.ord SET hold_until = greatest(hold_until, until) WHERE m = of_m AND order_id = of_order;
	RETURN '{00000}';
END $$;

-- Whether a revived order would leave later than its customer waits: found out as for raises_late().
CREATE FUNCTION model.revives_late(of_m integer, of_order bigint, sql text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	o model.ord;
	id record;
	late boolean := false;
BEGIN
	SELECT * INTO o FROM model.ord WHERE m = of_m AND order_id = of_order;
	IF o.request ->> 'max_wait' IS NULL OR NOT model.is_expired(of_m, of_order) THEN
		RETURN false;
	END IF;
	SELECT last_value, is_called INTO id FROM backorder.id_sequence;
	BEGIN
		UPDATE backorder.sales_order SET max_wait = NULL WHERE merchant_id = of_m AND order_id = of_order;
		PERFORM model.run(sql);
		late := EXISTS (SELECT FROM model.engine_part n WHERE n.m = of_m AND n.order_id = of_order AND n.open
			AND coalesce(n.leaves_at, 'infinity') > model.clock() + (o.request ->> 'max_wait')::interval);
		RAISE SQLSTATE 'RB000';
	EXCEPTION WHEN SQLSTATE 'RB000' THEN
		PERFORM setval('backorder.id_sequence', id.last_value, id.is_called);
	END;
	RETURN late;
END $$;

-- Cancels open lots of an order, or of a line, and lets others have the units.
CREATE FUNCTION model.cancel_open(of_m integer, of_order bigint, of_line integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	skus text[];
BEGIN
	WITH gone AS (
		UPDATE model.lot SET status = 'canceled', standing = NULL, location_id = NULL
		WHERE m = of_m AND order_id = of_order AND (of_line IS NULL OR line_no = of_line)
			AND status IN ('allocated', 'backordered')
		RETURNING sku)
	SELECT array_agg(sku) INTO skus FROM gone;
	PERFORM model.settle(of_m, coalesce(skus, '{}'));
END $$;

CREATE FUNCTION model.cancel(of_m integer, of_order bigint, of_line integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	f record;
BEGIN
	SELECT count(*) AS lots, count(*) FILTER (WHERE standing = 'released') AS released,
		count(*) FILTER (WHERE status IN ('allocated', 'backordered')) AS open,
		count(*) FILTER (WHERE status IN ('shipped', 'returned')) AS shipped,
		count(*) FILTER (WHERE status = 'canceled') AS canceled
	INTO f FROM model.lot WHERE m = of_m AND order_id = of_order AND (of_line IS NULL OR line_no = of_line);
	IF f.lots = 0 THEN
		RETURN '{P0002}';
	ELSIF f.released > 0 OR (f.open = 0 AND f.canceled = 0 AND f.shipped > 0) THEN
		RETURN '{OB005}';
	END IF;
	UPDATE model.lot SET expired = false
	WHERE m = of_m AND order_id = of_order AND (of_line IS NULL OR line_no = of_line);
	PERFORM model.cancel_open(of_m, of_order, of_line);
	RETURN '{00000}';
END $$;

-- Whether the units that raise a line would leave later than the customer waits: found out with an order that has no
-- such wish, and taken back, ids included. What the engine then says of dates is checked in other steps.
CREATE FUNCTION model.raises_late(of_m integer, of_order bigint, of_line integer, wanted bigint, sql text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	o model.ord;
	id record;
	late boolean := false;
BEGIN
	SELECT * INTO o FROM model.ord WHERE m = of_m AND order_id = of_order;
	IF o.request ->> 'max_wait' IS NULL OR wanted <= (SELECT coalesce(sum(quantity) FILTER (WHERE status <> 'canceled'), 0)
		FROM model.lot WHERE m = of_m AND order_id = of_order AND line_no = of_line) THEN
		RETURN false;
	END IF;
	SELECT last_value, is_called INTO id FROM backorder.id_sequence;
	BEGIN
		UPDATE backorder.sales_order SET max_wait = NULL WHERE merchant_id = of_m AND order_id = of_order;
		PERFORM model.run(sql);
		late := EXISTS (SELECT FROM model.engine_part n
			WHERE n.m = of_m AND n.order_id = of_order AND n.line_no = of_line
				AND coalesce(n.leaves_at, 'infinity') > model.clock() + (o.request ->> 'max_wait')::interval
				AND NOT EXISTS (SELECT FROM model.part w WHERE (w.m, w.order_id, w.line_no, w.part_no) = (n.m, n.order_id, n.line_no, n.part_no)));
		RAISE SQLSTATE 'RB000';
	EXCEPTION WHEN SQLSTATE 'RB000' THEN
		PERFORM setval('backorder.id_sequence', id.last_value, id.is_called);
	END;
	RETURN late;
END $$;

CREATE FUNCTION model.change(of_m integer, of_order bigint, of_line integer, wanted bigint, late boolean) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	o model.ord;
	has bigint;
	first model.lot;
	d record;
	l record;
	turn text;
	less bigint;
	units bigint;
BEGIN
	SELECT * INTO o FROM model.ord WHERE m = of_m AND order_id = of_order;
	SELECT * INTO first FROM model.lot WHERE m = of_m AND order_id = of_order AND line_no = of_line LIMIT 1;
	IF first.order_id IS NULL THEN
		RETURN '{P0002}';
	END IF;
	SELECT coalesce(sum(quantity) FILTER (WHERE status <> 'canceled'), 0) INTO has
	FROM model.lot WHERE m = of_m AND order_id = of_order AND line_no = of_line;
	IF wanted > has THEN
		IF o.status NOT IN ('open', 'held') THEN
			RETURN '{OB005}';
		END IF;
		SELECT * INTO d FROM model.divide(of_m, jsonb_build_object('lines',
			jsonb_build_array(jsonb_build_object('sku', first.sku, 'quantity', wanted - has))), coalesce((o.request ->> 'accept_backorder')::boolean, true));
		IF d.refusal IS NOT NULL THEN
			RETURN ARRAY[d.refusal];
		ELSIF late THEN
			RETURN '{OB001}';
		END IF;
		INSERT INTO model.lot (m, order_id, line_no, part_no, sku, tracked, quantity, status, standing, not_before, priority, queued_at)
		SELECT of_m, of_order, of_line, x.part_no, d.sku, i.tracked, x.units, x.status, x.standing,
			model.preorder_date(of_m, d.sku), o.priority, model.clock()
		FROM backorder.item i,
			(VALUES (1001, d.now, 'allocated', 'ready'), (1002, d.later, 'backordered', 'waiting')) x (part_no, units, status, standing)
		WHERE i.merchant_id = of_m AND i.sku = d.sku AND x.units > 0;
		PERFORM model.judge(of_m);
	ELSIF wanted < has THEN
		less := has - wanted;
		IF less > (SELECT coalesce(sum(quantity), 0) FROM model.lot WHERE m = of_m AND order_id = of_order
			AND line_no = of_line AND status IN ('allocated', 'backordered') AND standing <> 'released') THEN
			RETURN '{OB005}';
		END IF;
		FOREACH turn IN ARRAY '{backordered,allocated}'::text[] LOOP
			FOR l IN
				SELECT id, quantity FROM model.lot
				WHERE m = of_m AND order_id = of_order AND line_no = of_line AND status = turn AND standing <> 'released'
				ORDER BY queued_at DESC, part_no DESC
			LOOP
				EXIT WHEN less = 0;
				units := least(less, l.quantity);
				PERFORM model.move(l.id, units, 'canceled');
				less := less - units;
			END LOOP;
		END LOOP;
		PERFORM model.settle(of_m, ARRAY[first.sku]);
	END IF;
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.group_state(of_m integer, of_order bigint, of_group integer) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT g.status FROM model.grp g WHERE g.merchant_id = of_m AND g.order_id = of_order AND g.group_no = of_group $$;

CREATE FUNCTION model.release(of_m integer, of_order bigint, of_group integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	state text := model.group_state(of_m, of_order, of_group);
BEGIN
	IF state IS NULL THEN
		RETURN '{P0002}';
	ELSIF state = 'released' THEN
		RETURN '{00000}';
	ELSIF state <> 'ready' OR 'open' <> (SELECT status FROM model.ord WHERE m = of_m AND order_id = of_order) THEN
		RETURN '{OB005}';
	END IF;
	UPDATE model.lot SET standing = 'released'
	WHERE m = of_m AND order_id = of_order AND group_no = of_group AND status = 'allocated';
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.unrelease(of_m integer, of_order bigint, of_group integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	state text := model.group_state(of_m, of_order, of_group);
	skus text[];
BEGIN
	IF state IS NULL THEN
		RETURN '{P0002}';
	ELSIF state <> 'released' THEN
		RETURN '{OB005}';
	END IF;
	WITH loose AS (
		UPDATE model.lot SET standing = 'ready'
		WHERE m = of_m AND order_id = of_order AND group_no = of_group AND status = 'allocated' RETURNING sku)
	SELECT array_agg(sku) INTO skus FROM loose;
	PERFORM model.settle(of_m, skus);
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.ship(of_m integer, of_order bigint, of_group integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	g model.grp;
	l record;
BEGIN
	SELECT * INTO g FROM model.grp WHERE merchant_id = of_m AND order_id = of_order AND group_no = of_group;
	IF NOT FOUND THEN
		RETURN '{P0002}';
	ELSIF g.status IN ('shipped', 'delivered') THEN
		RETURN '{00000}';
	ELSIF g.status NOT IN ('ready', 'released') OR g.not_before > model.clock()
		OR 'open' <> (SELECT status FROM model.ord WHERE m = of_m AND order_id = of_order) THEN
		RETURN '{OB005}';
	ELSIF EXISTS (SELECT FROM model.lot WHERE m = of_m AND order_id = of_order AND group_no = of_group
		AND status = 'allocated' AND tracked GROUP BY sku HAVING sum(quantity) > model.on_hand(of_m, sku, g.location_id)) THEN
		RETURN '{OB005}';
	END IF;
	FOR l IN SELECT * FROM model.lot WHERE m = of_m AND order_id = of_order AND group_no = of_group AND status = 'allocated' LOOP
		PERFORM model.move(l.id, l.quantity, 'shipped');
		IF l.tracked THEN
			PERFORM model.put(of_m, l.sku, g.location_id, -l.quantity);
		END IF;
	END LOOP;
	PERFORM model.judge(of_m);
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.deliver(of_m integer, of_order bigint, of_group integer) RETURNS text[] LANGUAGE sql AS $$
	SELECT CASE model.group_state(of_m, of_order, of_group)
		WHEN 'shipped' THEN '{00000}'::text[] WHEN 'delivered' THEN '{00000}' WHEN NULL THEN NULL ELSE '{OB005}' END
	WHERE model.group_state(of_m, of_order, of_group) IS NOT NULL
	UNION ALL
	SELECT '{P0002}' WHERE model.group_state(of_m, of_order, of_group) IS NULL $$;

CREATE FUNCTION model.return(of_m integer, of_order bigint, of_line integer, wanted bigint, location integer, restock boolean)
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	f record;
	l record;
	units bigint;
	back bigint := wanted;
BEGIN
	SELECT count(*) AS lots, min(sku) AS sku, coalesce(sum(quantity) FILTER (WHERE status = 'shipped'), 0) AS shipped
	INTO f FROM model.lot WHERE m = of_m AND order_id = of_order AND line_no = of_line;
	IF f.lots = 0 THEN
		RETURN '{P0002}';
	ELSIF f.shipped < wanted THEN
		RETURN '{OB005}';
	END IF;
	FOR l IN SELECT id, quantity FROM model.lot WHERE m = of_m AND order_id = of_order AND line_no = of_line
		AND status = 'shipped' ORDER BY part_no LOOP
		EXIT WHEN back = 0;
		units := least(back, l.quantity);
		PERFORM model.move(l.id, units, 'returned');
		back := back - units;
	END LOOP;
	IF restock AND coalesce((SELECT tracked FROM backorder.item WHERE merchant_id = of_m AND sku = f.sku), true) THEN
		PERFORM model.put(of_m, f.sku, location, wanted);
		PERFORM model.settle(of_m, ARRAY[f.sku]);
	END IF;
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.expire(of_m integer, as_of timestamptz) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	skus text[];
BEGIN
	WITH gone AS (
		UPDATE model.lot l SET status = 'canceled', standing = NULL, location_id = NULL, expired = true
		FROM model.ord o
		WHERE o.m = of_m AND o.status = 'held' AND o.hold_until <= as_of
			AND l.m = of_m AND l.order_id = o.order_id AND l.status IN ('allocated', 'backordered')
		RETURNING l.sku)
	SELECT array_agg(sku) INTO skus FROM gone;
	PERFORM model.settle(of_m, coalesce(skus, '{}'));
	RETURN '{00000}';
END $$;

-- The application wrote stock itself: the model takes over what it wrote and settles.
CREATE FUNCTION model.restock(of_m integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	skus text[];
BEGIN
	SELECT array_agg(DISTINCT sku) INTO skus
	FROM (SELECT sku, location_id, on_hand FROM model.shelf WHERE m = of_m) a
	FULL JOIN (SELECT sku, location_id, on_hand FROM backorder.stock WHERE merchant_id = of_m) b USING (sku, location_id)
	WHERE coalesce(a.on_hand, 0) <> coalesce(b.on_hand, 0);
	DELETE FROM model.shelf WHERE m = of_m AND sku = ANY (skus);
	INSERT INTO model.shelf SELECT merchant_id, sku, location_id, on_hand FROM backorder.stock
	WHERE merchant_id = of_m AND sku = ANY (skus);
	PERFORM model.settle(of_m, coalesce(skus, '{}'));
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.count(of_m integer, of_sku text, location integer, counted bigint, expected bigint) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
	IF model.on_hand(of_m, of_sku, location) <> expected THEN
		RETURN '{OB005}';
	END IF;
	PERFORM model.put(of_m, of_sku, location, counted - expected);
	PERFORM model.settle(of_m, ARRAY[of_sku]);
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.transfer(of_m integer, of_sku text, source integer, target integer, units bigint) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
	IF units > coalesce((SELECT greatest(s.on_hand - s.allocated, 0) FROM model.shelves(of_m, of_sku) s WHERE s.location_id = source), 0) THEN
		RETURN '{OB005}';
	END IF;
	PERFORM model.put(of_m, of_sku, source, -units);
	PERFORM model.put(of_m, of_sku, target, units);
	PERFORM model.settle(of_m, ARRAY[of_sku]);
	RETURN '{00000}';
END $$;

CREATE FUNCTION model.receive(of_m integer, of_supply bigint, units bigint, location integer, close boolean) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	s model.supply;
	u backorder.supply;
BEGIN
	SELECT * INTO s FROM model.supply WHERE m = of_m AND supply_id = of_supply;
	IF NOT FOUND THEN
		RETURN '{P0002}';
	ELSIF s.status <> 'open' THEN
		RETURN '{OB005}';
	END IF;
	SELECT * INTO u FROM backorder.supply WHERE merchant_id = of_m AND supply_id = of_supply;
	UPDATE model.supply SET received = received + units,
		status = CASE WHEN close OR received + units >= u.quantity THEN 'received' ELSE 'open' END
	WHERE m = of_m AND supply_id = of_supply;
	PERFORM model.put(of_m, u.sku, coalesce(location, u.location_id), units);
	PERFORM model.settle(of_m, ARRAY[u.sku]);
	INSERT INTO model.relaid VALUES (of_m, u.sku, close AND s.received + units < u.quantity, false);
	RETURN '{00000}';
END $$;

-- ===== comparing: each returns a line per difference =====

-- Who has what: orders, lots, shelves, supplies. Lots of one line and place are interchangeable.
CREATE FUNCTION model.check_state(of_m integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('order %s: model %s, engine %s', coalesce(o.order_id, s.order_id),
		row(o.reference, o.status, o.ship_policy, o.priority, o.hold_until)::text,
		row(s.reference, s.status, s.ship_policy, s.priority, s.hold_until)::text)
	FROM (SELECT * FROM model.ord WHERE m = of_m) o
	FULL JOIN (SELECT * FROM backorder.sales_order WHERE merchant_id = of_m) s USING (order_id)
	WHERE (o.reference, o.status, o.ship_policy, o.priority, o.hold_until)
		IS DISTINCT FROM (s.reference, s.status, s.ship_policy, s.priority, s.hold_until)
	UNION ALL
	SELECT format('order %s: asked %s, recorded %s', o.order_id, o.request, row(s.accept_backorder, s.accept_split, s.max_wait)::text)
	FROM model.ord o JOIN backorder.sales_order s ON s.merchant_id = of_m AND s.order_id = o.order_id
	WHERE o.m = of_m AND (s.accept_backorder, s.accept_split, s.max_wait) IS DISTINCT FROM
		((o.request ->> 'accept_backorder')::boolean, (o.request ->> 'accept_split')::boolean, (o.request ->> 'max_wait')::interval)
	UNION ALL
	SELECT format('order %s, line %s (%s), place %s, %s%s at %s: model %s, engine %s', order_id, line_no, sku, queued_at,
		status, ' ' || standing, location_id, sum(units) FILTER (WHERE side = 1), -sum(units) FILTER (WHERE side = 2))
	FROM (
		SELECT 1 AS side, order_id, line_no, sku, CASE WHEN standing IS NOT NULL THEN queued_at END AS queued_at, status,
			standing, NULL::integer AS location_id, quantity AS units
		FROM model.lot WHERE m = of_m
		UNION ALL
		SELECT 2, order_id, line_no, sku, CASE WHEN open THEN queued_at END, status, standing, NULL, -quantity
		FROM model.engine_part WHERE m = of_m) x
	GROUP BY order_id, line_no, sku, queued_at, status, standing, location_id HAVING sum(units) <> 0
	UNION ALL
	SELECT format('order %s, line %s: model %s units expired, engine %s', order_id, line_no, l.units, e.units)
	FROM (SELECT order_id, line_no, sum(quantity) AS units FROM model.lot WHERE m = of_m AND expired GROUP BY 1, 2) l
	FULL JOIN (SELECT order_id, line_no, sum(quantity) AS units
		FROM backorder.expired_part x JOIN backorder.order_line_part p USING (merchant_id, order_id, line_no, part_no)
		WHERE merchant_id = of_m GROUP BY 1, 2) e USING (order_id, line_no)
	WHERE l.units IS DISTINCT FROM e.units
	UNION ALL
	SELECT format('SKU %s at %s: on hand model %s, engine %s', sku, location_id, a.on_hand, b.on_hand)
	FROM (SELECT * FROM model.shelf WHERE m = of_m) a
	FULL JOIN (SELECT * FROM backorder.stock WHERE merchant_id = of_m) b USING (sku, location_id)
	WHERE coalesce(a.on_hand, 0) <> coalesce(b.on_hand, 0)
	UNION ALL
	SELECT format('supply %s: model %s, engine %s', supply_id, row(a.received, a.status)::text, row(b.received, b.status)::text)
	FROM (SELECT * FROM model.supply WHERE m = of_m) a
	FULL JOIN (SELECT * FROM backorder.supply WHERE merchant_id = of_m) b USING (supply_id)
	WHERE (a.received, a.status) IS DISTINCT FROM (b.received, b.status) $$;

-- Where it lies: what was allocated has not moved, and what is new is at an open location.
CREATE FUNCTION model.check_places(of_m integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('order %s, line %s, place %s: %s units at location %s by the model, %s by the engine%s', order_id, line_no,
		queued_at, sum(units) FILTER (WHERE side = 1), location_id, sum(units) FILTER (WHERE side = 2),
		CASE WHEN NOT model.is_active(of_m, location_id) THEN ', which is closed' END)
	FROM (
		SELECT 1 AS side, order_id, line_no, queued_at, location_id, quantity AS units
		FROM model.lot WHERE m = of_m AND status = 'allocated' AND tracked AND location_id IS NOT NULL
		UNION ALL
		SELECT 2, order_id, line_no, queued_at, location_id, quantity
		FROM model.engine_part WHERE m = of_m AND status = 'allocated' AND tracked) x
	GROUP BY order_id, line_no, queued_at, location_id
	HAVING coalesce(sum(units) FILTER (WHERE side = 1), 0) > coalesce(sum(units) FILTER (WHERE side = 2), 0)
		OR (coalesce(sum(units) FILTER (WHERE side = 2), 0) > coalesce(sum(units) FILTER (WHERE side = 1), 0)
			AND NOT model.is_active(of_m, location_id)) $$;

-- The date of a dispatch of what arrives at a time.
CREATE FUNCTION model.dispatch(m integer, sku text, arrival timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT greatest(greatest(arrival, model.clock()) + model.handling(m), model.preorder_date(m, sku)) $$;

-- Whether a supply is expected to come: when its day is over, it is not.
CREATE FUNCTION model.is_believed(expected_at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT coalesce(date_trunc('day', expected_at) + '1 day' > model.clock(), false) $$;

-- The notifications of an order that no worker has taken, and that a later one replaces.
CREATE FUNCTION model.pending(of_m integer, of_order bigint) RETURNS SETOF model.sent LANGUAGE sql STABLE AS $$
	SELECT * FROM model.sent s WHERE s.m = of_m AND s.order_id = of_order AND s.status = 'pending'
		AND s.type IN ('placed', 'backorder_filled', 'promise_changed', 'line_canceled') $$;
CREATE FUNCTION model.has_pending(of_m integer, of_order bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM model.pending(of_m, of_order)) $$;

-- What a waiting part may be promised: supply, in order of arrival, lies under the queue.
-- first_date and first_basis are for its first unit, the others for its last one.
CREATE FUNCTION model.promises(of_m integer)
RETURNS TABLE (order_id bigint, line_no integer, part_no integer, basis text, date timestamptz, first_basis text, first_date timestamptz, parts bigint)
LANGUAGE sql STABLE AS $$
	WITH waiting AS (
		SELECT p.*, sum(p.quantity) OVER (PARTITION BY p.sku
			ORDER BY p.priority DESC, p.queued_at, p.order_id, p.line_no, p.part_no) AS upto
		FROM model.engine_part p WHERE p.m = of_m AND p.status = 'backordered'
	), gap AS (
		SELECT s.sku, model.gap(of_m, s.sku) AS units FROM (SELECT DISTINCT sku FROM waiting) s
	), coming AS (
		SELECT u.sku, u.expected_at, sum(u.quantity - u.received) OVER (PARTITION BY u.sku ORDER BY u.expected_at, u.supply_id) AS upto
		FROM backorder.supply u
		WHERE u.merchant_id = of_m AND u.status = 'open' AND u.quantity > u.received AND u.expected_at IS NOT NULL
			AND model.is_active(of_m, u.location_id)
			AND model.is_believed(u.expected_at)
	), reached AS (
		SELECT w.*, arrival.at AS arrival, first.at AS first_arrival, i.lead_time, model.clock() + i.lead_time AS lead_date
		FROM waiting w JOIN gap g USING (sku) LEFT JOIN backorder.item i ON i.merchant_id = of_m AND i.sku = w.sku
		CROSS JOIN LATERAL (SELECT min(c.expected_at) AS at FROM coming c WHERE c.sku = w.sku AND c.upto >= w.upto + g.units) arrival
		CROSS JOIN LATERAL (SELECT min(c.expected_at) AS at FROM coming c WHERE c.sku = w.sku
			AND c.upto >= w.upto - w.quantity + 1 + g.units) first
	)
	SELECT order_id, line_no, part_no,
		CASE WHEN arrival IS NOT NULL THEN 'supply' ELSE no_supply.basis END,
		CASE WHEN arrival IS NOT NULL THEN model.dispatch(of_m, sku, arrival) ELSE no_supply.date END,
		CASE WHEN first_arrival IS NOT NULL THEN 'supply' ELSE no_supply.basis END,
		CASE WHEN first_arrival IS NOT NULL THEN model.dispatch(of_m, sku, first_arrival) ELSE no_supply.date END,
		count(*) OVER (PARTITION BY order_id, line_no, queued_at)
	FROM reached
	CROSS JOIN LATERAL (
		SELECT CASE WHEN lead_time IS NOT NULL THEN 'lead_time' WHEN model.preorder_date(of_m, sku) IS NOT NULL THEN 'preorder' END AS basis,
			CASE WHEN lead_time IS NOT NULL THEN model.dispatch(of_m, sku, lead_date) ELSE model.preorder_date(of_m, sku) END AS date) no_supply $$;

-- A present date stays if it can be met and is not later than need be by more than the tolerance.
CREATE FUNCTION model.renewed(m integer, of_sku text, present timestamptz, present_basis text, date timestamptz, basis text, lead_time_moved boolean)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN present IS NULL OR date IS NULL OR present - model.tolerance(m) > date THEN date
		WHEN basis = 'lead_time' AND present_basis = 'lead_time' AND NOT lead_time_moved    -- time alone moves no date
			THEN CASE WHEN present >= greatest(model.clock(), model.preorder_date(m, of_sku)) THEN present ELSE date END
		WHEN present >= date THEN present
		WHEN date <= model.clock() + model.handling(m) AND date_trunc('day', present) = date_trunc('day', date)
			THEN present    -- a later hour of the day is no news
		ELSE date END $$;

-- Dates: of new units by the formula, of others kept, or renewed where the queue was re-laid.
CREATE FUNCTION model.check_promises(of_m integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	WITH touched AS (
		SELECT sku, bool_or(must) AS must, bool_or(lead_time_moved) AS lead_time_moved FROM model.relaid WHERE m = of_m GROUP BY sku
	), now AS (
		SELECT n.*, t.must, coalesce(t.lead_time_moved, false) AS lead_time_moved, t.sku IS NOT NULL AS relaid, d.date, d.basis,
			d.first_date, d.first_basis, d.parts
		FROM model.engine_part n
		LEFT JOIN model.promises(of_m) d USING (order_id, line_no, part_no)
		LEFT JOIN touched t USING (sku)
		WHERE n.m = of_m AND n.open
	), was AS (
		SELECT * FROM model.part WHERE m = of_m AND open
	), origin AS (      -- the parts from which its units may come
		SELECT n.order_id, n.line_no, n.part_no, w.promised_at, w.first_promised_at, w.promise_basis
		FROM now n JOIN was w USING (order_id, line_no, part_no)
		UNION ALL
		SELECT n.order_id, n.line_no, n.part_no, w.promised_at, w.first_promised_at, w.promise_basis
		FROM now n JOIN was w USING (order_id, line_no, queued_at)
		WHERE NOT EXISTS (SELECT FROM was v WHERE (v.order_id, v.line_no, v.part_no) = (n.order_id, n.line_no, n.part_no))
		UNION ALL
		SELECT n.order_id, n.line_no, n.part_no, NULL, NULL, 'fresh'
		FROM now n
		WHERE NOT EXISTS (SELECT FROM was v WHERE (v.order_id, v.line_no, v.part_no) = (n.order_id, n.line_no, n.part_no)
			OR ((v.order_id, v.line_no, v.queued_at) = (n.order_id, n.line_no, n.queued_at) AND n.queued_at <> model.clock()))
	), allowed AS (
		SELECT n.order_id, n.line_no, n.part_no, x.promised_at, coalesce(o.first_promised_at, x.promised_at) AS first_promised_at
		FROM now n JOIN origin o USING (order_id, line_no, part_no)
		CROSS JOIN LATERAL (
			SELECT greatest(coalesce(o.promised_at, model.clock() + model.handling(of_m)),
				CASE WHEN n.standing <> 'released' THEN model.preorder_date(of_m, n.sku) END) AS promised_at
			WHERE n.status = 'allocated' AND o.promise_basis IS DISTINCT FROM 'fresh'
			UNION ALL
			SELECT greatest(model.clock() + model.handling(of_m), model.preorder_date(of_m, n.sku))
			WHERE n.status = 'allocated' AND o.promise_basis = 'fresh'
			UNION ALL
			SELECT x.date      -- a filled part has the date that the customer knows, or the first that can be met
			FROM (SELECT k.promised_at FROM model.known k WHERE (k.m, k.order_id, k.line_no) = (of_m, n.order_id, n.line_no)
				UNION SELECT greatest(model.clock() + model.handling(of_m), model.preorder_date(of_m, n.sku))) x (date)
			WHERE n.status = 'allocated' AND model.has_pending(of_m, n.order_id)
			UNION ALL
			SELECT n.date WHERE n.status = 'backordered' AND o.promise_basis = 'fresh'
			UNION ALL
			SELECT model.renewed(of_m, n.sku, o.promised_at, o.promise_basis, n.date, n.basis, n.lead_time_moved)
			WHERE n.status = 'backordered' AND n.relaid AND o.promise_basis IS DISTINCT FROM 'fresh'
			UNION ALL
			SELECT o.promised_at
			WHERE n.status = 'backordered' AND n.must IS NOT TRUE AND o.promise_basis IS DISTINCT FROM 'fresh') x
	)
	SELECT format('order %s, line %s, part %s (%s, %s %s): promised %s, first %s; allowed %s; gap %s, re-lay %s', n.order_id, n.line_no, n.part_no,
		n.sku, n.quantity, n.status, n.promised_at, n.first_promised_at,
		(SELECT string_agg(DISTINCT row(a.promised_at, a.first_promised_at)::text, ' or ') FROM allowed a
			WHERE (a.order_id, a.line_no, a.part_no) = (n.order_id, n.line_no, n.part_no)),
		model.gap(of_m, n.sku), CASE WHEN n.must THEN 'demanded' WHEN n.relaid THEN 'allowed' ELSE 'not allowed' END)
	FROM now n
	WHERE NOT EXISTS (SELECT FROM allowed a WHERE (a.order_id, a.line_no, a.part_no) = (n.order_id, n.line_no, n.part_no)
		AND a.promised_at IS NOT DISTINCT FROM n.promised_at AND a.first_promised_at IS NOT DISTINCT FROM n.first_promised_at)
	UNION ALL
	SELECT format('order %s, line %s, part %s: the first promise was %s, is %s', n.order_id, n.line_no, n.part_no, w.first_promised_at, n.first_promised_at)
	FROM model.engine_part n JOIN model.part w USING (m, order_id, line_no, part_no)
	WHERE n.m = of_m AND w.first_promised_at IS DISTINCT FROM n.first_promised_at AND w.first_promised_at IS NOT NULL
		AND NOT (w.status = 'canceled' AND n.open)      -- its order was revived
	UNION ALL      -- where several supplies reach a part, it is divided by date
	SELECT format('order %s, line %s, part %s (%s, %s): promised %s, but its first unit could have %s', n.order_id, n.line_no, n.part_no,
		n.sku, n.quantity, n.promised_at, n.first_date)
	FROM now n
	CROSS JOIN LATERAL (
		SELECT bool_or(o.promise_basis = 'fresh') AS fresh, bool_or(CASE WHEN o.promise_basis = 'fresh' THEN n.first_date
			ELSE model.renewed(of_m, n.sku, o.promised_at, o.promise_basis, n.first_date, n.first_basis, n.lead_time_moved) END
			IS NOT DISTINCT FROM n.promised_at) AS right
		FROM origin o WHERE (o.order_id, o.line_no, o.part_no) = (n.order_id, n.line_no, n.part_no)) o
	WHERE n.status = 'backordered' AND n.parts < 8 AND (o.fresh OR n.must) AND NOT o.right
	UNION ALL
	SELECT format('SKU %s was to be re-laid and is marked promises_stale', a.sku)
	FROM backorder.availability_total a JOIN touched t USING (sku)
	WHERE a.merchant_id = of_m AND a.promises_stale AND t.must $$;

-- The history of dates: a row for each date of a waiting part that is new, with what was before.
CREATE FUNCTION model.check_history(of_m integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('order %s, line %s, part %s: date %s, was %s, but the history has %s', n.order_id, n.line_no, n.part_no,
		n.promised_at, w.promised_at, h.changes)
	FROM model.engine_part n
	LEFT JOIN model.part w USING (m, order_id, line_no, part_no)
	CROSS JOIN LATERAL (
		SELECT count(*) AS changes, max(c.new_promised_at) AS date,
			count(*) FILTER (WHERE c.old_promised_at IS DISTINCT FROM w.promised_at AND w.m IS NOT NULL) AS wrong
		FROM backorder.promise_change c
		WHERE c.merchant_id = of_m AND (c.order_id, c.line_no, c.part_no) = (n.order_id, n.line_no, n.part_no)
			AND c.change_id > coalesce((SELECT x.changes FROM model.changes x WHERE x.m = of_m), 0)) h
	WHERE n.m = of_m AND n.status = 'backordered' AND w.m IS NOT NULL
		AND (h.changes <> (n.promised_at IS DISTINCT FROM w.promised_at)::integer OR h.wrong > 0
			OR (h.changes = 1 AND h.date IS DISTINCT FROM n.promised_at)) $$;

-- Whether the SKU is marked: a place in the queue before others, with supply on its way to them, moves their dates without a
-- re-lay.
CREATE FUNCTION model.check_relay(of_m integer, new_place boolean) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('SKU %s: promises_stale was %s, is %s, somebody jumped the queue of a supply: %s', a.sku, coalesce(b.promises_stale, false), a.promises_stale, j.jumped)
	FROM backorder.availability_total a
	LEFT JOIN model.book b ON b.m = of_m AND b.sku = a.sku
	CROSS JOIN LATERAL (
		SELECT EXISTS (
			SELECT FROM model.engine_part n
			WHERE n.m = of_m AND n.sku = a.sku AND n.status = 'backordered'
				AND NOT EXISTS (SELECT FROM model.part w WHERE (w.m, w.order_id, w.line_no, w.queued_at) = (of_m, n.order_id, n.line_no, n.queued_at))
				AND EXISTS (SELECT FROM model.part w WHERE w.m = of_m AND w.sku = a.sku AND w.status = 'backordered'
					AND (-n.priority, n.queued_at, n.order_id, n.line_no) < (-w.priority, w.queued_at, w.order_id, w.line_no)))
			AND EXISTS (SELECT FROM backorder.supply u WHERE u.merchant_id = of_m AND u.sku = a.sku AND u.status = 'open'
				AND u.quantity > u.received AND model.is_believed(u.expected_at) AND model.is_active(of_m, u.location_id)) AS jumped) j
	WHERE a.merchant_id = of_m AND new_place AND a.promises_stale <> (coalesce(b.promises_stale, false) OR j.jumped) $$;

-- Groups: numbers are not used twice, pick lists are left alone, companies have one waiting group.
CREATE FUNCTION model.check_groups(of_m integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	WITH now AS (SELECT * FROM backorder.shipment_group WHERE merchant_id = of_m),
	was AS (SELECT * FROM model.grp WHERE merchant_id = of_m),
	part AS (SELECT p.*, o.ship_policy FROM model.engine_part p JOIN backorder.sales_order o ON o.merchant_id = of_m AND o.order_id = p.order_id WHERE p.m = of_m)
	SELECT format('order %s, group %s: is %s at %s, another is too', n.order_id, n.group_no, n.status, n.location_id)
	FROM now n WHERE n.status = 'ready' AND EXISTS (SELECT FROM now x WHERE x.order_id = n.order_id AND x.group_no <> n.group_no
		AND x.status = 'ready' AND x.location_id = n.location_id AND x.not_before IS NOT DISTINCT FROM n.not_before)
	UNION ALL
	SELECT format('order %s: %s waiting groups of one company', order_id, count(DISTINCT group_no))
	FROM part WHERE standing = 'waiting'
	GROUP BY order_id, CASE ship_policy WHEN 'complete_line' THEN line_no END,
		CASE WHEN ship_policy IN ('as_available', 'backorders_together') THEN not_before END
	HAVING count(DISTINCT group_no) > 1
	UNION ALL
	SELECT format('order %s, group %s: two lines wait together', order_id, group_no)
	FROM part WHERE standing = 'waiting' AND ship_policy = 'complete_line' GROUP BY order_id, group_no HAVING count(DISTINCT line_no) > 1
	UNION ALL
	SELECT format('order %s, group %s: number used again, or its finished group changed: was %s, is %s', n.order_id, n.group_no, w.status, n.status)
	FROM now n JOIN was w USING (order_id, group_no)
	WHERE (w.status IN ('shipped', 'delivered', 'canceled') AND n.status NOT IN ('shipped', 'delivered', 'canceled'))
		OR (w.status IN ('shipped', 'delivered') AND (n.location_id, n.shipped_at) IS DISTINCT FROM (w.location_id, w.shipped_at))
	UNION ALL
	SELECT format('order %s, group %s: a new group with an old number, %s were used', n.order_id, n.group_no, u.used)
	FROM now n JOIN model.used u ON u.m = of_m AND u.order_id = n.order_id
	WHERE n.group_no <= u.used AND NOT EXISTS (SELECT FROM was w WHERE (w.order_id, w.group_no) = (n.order_id, n.group_no))
	UNION ALL
	SELECT format('order %s, group %s: a released group changed from %s to %s', order_id, group_no, w.content, n.content)
	FROM (SELECT order_id, group_no, array_agg(row(line_no, part_no, quantity, location_id, promised_at, not_before)::text ORDER BY line_no, part_no) AS content
		FROM model.part WHERE m = of_m AND standing = 'released' GROUP BY order_id, group_no) w
	JOIN (SELECT order_id, group_no, array_agg(row(line_no, part_no, quantity, location_id, promised_at, not_before)::text ORDER BY line_no, part_no) AS content
		FROM part WHERE standing = 'released' GROUP BY order_id, group_no) n USING (order_id, group_no)
	WHERE w.content <> n.content
	UNION ALL
	SELECT format('order %s, group %s (%s): promised %s, its parts %s', n.order_id, n.group_no, n.status, n.promised_at, p.date)
	FROM now n JOIN (
		SELECT order_id, group_no, CASE WHEN bool_and(promised_at IS NOT NULL) THEN max(promised_at) END AS date
		FROM part WHERE standing IN ('waiting', 'ready') GROUP BY order_id, group_no) p USING (order_id, group_no)
	WHERE n.promised_at IS DISTINCT FROM p.date
	UNION ALL
	SELECT format('order %s, group %s (%s): not before %s, the model says %s', p.order_id, p.group_no, p.standing, p.not_before, l.not_before)
	FROM (SELECT DISTINCT order_id, line_no, queued_at, group_no, standing, ship_policy, not_before FROM part WHERE standing IN ('waiting', 'ready')) p
	CROSS JOIN LATERAL (
		SELECT max(l.not_before) AS not_before, bool_or(l.not_before IS NOT DISTINCT FROM p.not_before) AS agrees FROM model.lot l
		WHERE l.m = of_m AND l.order_id = p.order_id AND l.standing IN ('waiting', 'ready') AND CASE p.ship_policy WHEN 'complete_order' THEN true
			WHEN 'complete_line' THEN l.line_no = p.line_no ELSE l.line_no = p.line_no AND l.queued_at = p.queued_at END) l
	WHERE CASE WHEN p.ship_policy LIKE 'complete%'      -- a date that is past keeps nobody
		THEN CASE WHEN p.not_before > model.clock() THEN p.not_before END IS DISTINCT FROM CASE WHEN l.not_before > model.clock() THEN l.not_before END
		ELSE l.agrees IS NOT TRUE END $$;

-- Whether the merchant may be warned of this now: his interval has passed since the last time before this step.
CREATE FUNCTION model.due(of_m integer, of_sku text, kind text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (SELECT FROM backorder.notification n
		WHERE n.merchant_id = of_m AND n.type = kind AND n.payload ->> 'sku' = of_sku
			AND n.notification_id <= (SELECT max(s.notification_id) FROM model.sent s WHERE s.m = of_m)
			AND n.created_at + coalesce((SELECT warning_interval FROM backorder.merchant WHERE merchant_id = of_m), '1 day') > model.clock()) $$;

-- Whether the customer of an order does not know how its open units stand. Units that wait again until the known date are no
-- news, unless they were short when they were ordered: then the customer knows that their wait was over.
CREATE FUNCTION model.is_news(of_m integer, of_order bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (
		SELECT FROM (
			SELECT line_no, promised_at, sum(quantity) FILTER (WHERE status = 'allocated') AS has, sum(quantity) AS units,
				sum(quantity) FILTER (WHERE status = 'backordered' AND short_at_order) AS waits
			FROM model.engine_part WHERE m = of_m AND order_id = of_order AND open GROUP BY line_no, promised_at) now
		LEFT JOIN (
			SELECT line_no, promised_at, sum(quantity) FILTER (WHERE status = 'allocated') AS has, sum(quantity) AS units
			FROM model.known WHERE m = of_m AND order_id = of_order GROUP BY line_no, promised_at) known
			ON known.line_no = now.line_no AND known.promised_at IS NOT DISTINCT FROM now.promised_at
		WHERE now.units > coalesce(known.units, 0) OR coalesce(now.has, 0) > coalesce(known.has, 0)
			OR coalesce(now.waits, 0) > coalesce(known.units - coalesce(known.has, 0), 0)) $$;

-- Who is told: one event per order and step where something is to be told, none where nothing is.
CREATE FUNCTION model.check_events(of_m integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	WITH was AS (SELECT * FROM model.part WHERE m = of_m), now AS (SELECT * FROM model.engine_part WHERE m = of_m),
	place AS (
		SELECT order_id, line_no, queued_at, sum(b) FILTER (WHERE side = 1) AS waited, sum(b) FILTER (WHERE side = 2) AS waits,
			sum(c) FILTER (WHERE side = 1) AS had_canceled, sum(c) FILTER (WHERE side = 2) AS canceled,
			sum(q) FILTER (WHERE side = 1) AS had, sum(q) FILTER (WHERE side = 2) AS has
		FROM (
			SELECT 1 AS side, order_id, line_no, queued_at, quantity AS q, CASE WHEN status = 'backordered' THEN quantity ELSE 0 END AS b,
				CASE WHEN status = 'canceled' THEN quantity ELSE 0 END AS c FROM was
			UNION ALL
			SELECT 2, order_id, line_no, queued_at, quantity, CASE WHEN status = 'backordered' THEN quantity ELSE 0 END,
				CASE WHEN status = 'canceled' THEN quantity ELSE 0 END FROM now) x
		GROUP BY order_id, line_no, queued_at
	), placed AS (
		SELECT order_id, sum(canceled) - sum(coalesce(had_canceled, 0)) AS canceled, bool_or(has > coalesce(had, 0)) AS raised,
			bool_or(coalesce(waits, 0) > coalesce(waited, 0)) AS taken, bool_or(coalesce(waits, 0) < coalesce(waited, 0)) AS filled,
			sum(greatest(coalesce(waited, 0) - coalesce(waits, 0), 0)) AS filled_units
		FROM place GROUP BY order_id
	), moved AS (
		SELECT n.order_id, bool_or((n.status = 'backordered' AND w.status = 'allocated')
				OR (n.open AND n.status = w.status AND w.promised_at IS DISTINCT FROM n.promised_at)) AS moved,
			bool_or((n.status, n.quantity, n.promised_at) IS DISTINCT FROM (w.status, w.quantity, w.promised_at)) AS changed
		FROM now n LEFT JOIN was w USING (order_id, line_no, part_no)
		WHERE w.order_id IS NOT NULL OR n.open GROUP BY n.order_id
	), ord AS (
		SELECT o.order_id, o.status, w.status AS was_status, p.canceled, p.raised, p.taken, p.filled, p.filled_units,
			coalesce(m.moved, false) AS moved, coalesce(m.changed, false) AS changed
		FROM backorder.sales_order o
		LEFT JOIN model.was_ord w ON w.m = of_m AND w.order_id = o.order_id
		LEFT JOIN placed p ON p.order_id = o.order_id LEFT JOIN moved m ON m.order_id = o.order_id
		WHERE o.merchant_id = of_m
	), expected AS (
		SELECT *, (SELECT count(*) FROM model.pending(of_m, order_id)) AS pending,
			NOT EXISTS (SELECT FROM model.pending(of_m, order_id) d
				WHERE d.type = 'placed' OR d.payload -> 'covers' ? 'placed' OR d.payload -> 'canceled' <> '[]')
				AND (moved OR taken OR raised OR filled) AND canceled = 0 AND NOT model.is_news(of_m, order_id) AS taken_back,
		CASE
			WHEN status = 'held' THEN '{}'
			WHEN was_status IS NULL OR (was_status IN ('held', 'canceled') AND status = 'open') THEN '{placed}'
			WHEN was_status = 'held' THEN '{}'
			WHEN canceled > 0 AND status = 'canceled' THEN '{canceled}'
			WHEN canceled > 0 THEN '{line_canceled}'
			WHEN filled AND NOT changed THEN '{impossible}'
			WHEN (moved OR taken OR raised OR filled) AND NOT model.is_news(of_m, order_id)
				AND EXISTS (SELECT FROM model.pending(of_m, order_id) d WHERE d.payload -> 'canceled' <> '[]') THEN '{line_canceled}'
			WHEN (moved OR taken OR raised) AND NOT model.has_pending(of_m, order_id) THEN '{promise_changed,none}'
			WHEN moved OR taken OR raised OR filled THEN '{backorder_filled,promise_changed}'
			WHEN NOT changed THEN '{}'
			ELSE '{backorder_filled,promise_changed,none}' END::text[] AS types
		FROM ord
	), event AS (
		SELECT n.order_id, array_agg(n.type) AS types, max(n.payload::text)::jsonb AS payload
		FROM backorder.notification n
		WHERE n.merchant_id = of_m AND n.audience = 'customer' AND n.type <> 'shipped'
			AND n.notification_id > coalesce((SELECT max(s.notification_id) FROM model.sent s WHERE s.m = of_m), 0)
		GROUP BY n.order_id
	), carried AS (
		SELECT s.order_id,
			(SELECT coalesce(sum((f ->> 'quantity')::bigint), 0) FROM model.sent t, jsonb_array_elements(t.payload -> 'filled') f
				WHERE t.m = of_m AND t.order_id = s.order_id AND t.status = 'pending' AND t.type IN ('placed', 'backorder_filled', 'promise_changed', 'line_canceled')) AS filled,
			(SELECT coalesce(sum((f ->> 'quantity')::bigint), 0) FROM model.sent t, jsonb_array_elements(t.payload -> 'canceled') f
				WHERE t.m = of_m AND t.order_id = s.order_id AND t.status = 'pending' AND t.type IN ('placed', 'backorder_filled', 'promise_changed', 'line_canceled')) AS canceled
		FROM (SELECT DISTINCT order_id FROM event) s
	)
	SELECT format('order %s (was %s, is %s): events %s, expected %s', e.order_id, e.was_status, e.status, v.types, e.types)
	FROM expected e LEFT JOIN event v USING (order_id)
	WHERE CASE WHEN e.taken_back THEN v.types IS NOT NULL
		WHEN v.types IS NULL THEN cardinality(e.types) > 0 AND NOT 'none' = ANY (e.types)
		ELSE cardinality(v.types) <> 1 OR v.types[1] <> ALL (e.types) END
	UNION ALL
	SELECT format('order %s: the event tells of %s units filled and %s canceled; since the last one sent %s + %s were filled, %s + %s canceled',
		e.order_id, told.filled, told.canceled, c.filled, e.filled_units, c.canceled, e.canceled)
	FROM expected e JOIN event v USING (order_id) JOIN carried c USING (order_id)
	CROSS JOIN LATERAL (
		SELECT (SELECT coalesce(sum((f ->> 'quantity')::bigint), 0) FROM jsonb_array_elements(v.payload -> 'filled') f) AS filled,
			(SELECT coalesce(sum((f ->> 'quantity')::bigint), 0) FROM jsonb_array_elements(v.payload -> 'canceled') f) AS canceled) told
	WHERE v.types <> '{placed}' AND (told.canceled <> c.canceled + e.canceled
		OR (NOT e.taken AND NOT e.moved AND e.canceled = 0 AND e.pending = 0 AND told.filled <> e.filled_units))
	UNION ALL
	SELECT format('notification %s (%s of order %s): delivery was %s, is %s', s.notification_id, s.type, s.order_id, s.status, d.status)
	FROM model.sent s
	LEFT JOIN backorder.delivery d ON d.merchant_id = of_m AND d.notification_id = s.notification_id
	LEFT JOIN event v USING (order_id)
	LEFT JOIN expected e USING (order_id)
	WHERE s.m = of_m AND d.status IS DISTINCT FROM CASE WHEN s.status = 'pending' AND (v.order_id IS NOT NULL OR e.taken_back)
		AND s.type IN ('placed', 'backorder_filled', 'promise_changed', 'line_canceled') THEN 'withdrawn' ELSE s.status END
	UNION ALL
	SELECT format('SKU %s: backordered %s to %s, discrepancy %s to %s; merchant events %s', a.sku, b.backordered, a.backordered,
		b.discrepancy, model.discrepancy(of_m, a.sku), n.types)
	FROM backorder.availability_total a
	LEFT JOIN model.book b ON b.m = of_m AND b.sku = a.sku
	CROSS JOIN LATERAL (
		SELECT coalesce(array_agg(n.type ORDER BY n.type), '{}') AS types FROM backorder.notification n
		WHERE n.merchant_id = of_m AND n.audience = 'merchant' AND n.payload ->> 'sku' = a.sku
			AND n.notification_id > coalesce((SELECT max(s.notification_id) FROM model.sent s WHERE s.m = of_m), 0)) n
	WHERE a.merchant_id = of_m AND n.types <> (
		array_remove(ARRAY[CASE WHEN model.discrepancy(of_m, a.sku) > coalesce(b.discrepancy, 0) THEN 'shelf_discrepancy' END,
			CASE WHEN coalesce(b.backordered, 0) = 0 AND a.backordered > 0 AND model.due(of_m, a.sku, 'sku_negative') THEN 'sku_negative' END,
			CASE WHEN b.backordered > 0 AND a.backordered = 0 AND model.due(of_m, a.sku, 'sku_recovered') THEN 'sku_recovered' END], NULL)) $$;

-- What preview said and what place_order then did, line by line.
CREATE FUNCTION model.check_preview(of_m integer, request jsonb, code text, detail text, preview_code text, preview jsonb) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
	SELECT format('preview ended with %s, place_order with %s', preview_code, code)
	WHERE CASE WHEN code IN ('00000', 'OB001', 'OB003') THEN preview_code <> '00000' ELSE preview_code <> code END
	UNION ALL
	SELECT format('refused lines: preview %s, place_order %s, model %s', p.refused, d.refused, m.refused)
	FROM (SELECT array_agg((l ->> 'line_no')::integer ORDER BY 1) AS refused FROM jsonb_array_elements(preview) l WHERE l ->> 'status' = 'out_of_stock') p,
		(SELECT array_agg((l ->> 'line_no')::integer ORDER BY 1) AS refused FROM jsonb_array_elements(CASE WHEN code IN ('OB001', 'OB003') THEN detail::jsonb ELSE '[]' END) l) d,
		(SELECT array_agg(line_no ORDER BY 1) AS refused FROM model.refused) m
	WHERE preview_code = '00000' AND code IN ('00000', 'OB001', 'OB003')
		AND (p.refused IS DISTINCT FROM d.refused OR p.refused IS DISTINCT FROM m.refused)
	UNION ALL
	SELECT format('line %s: preview says %s, the order has %s now, %s later, until %s', l.line_no, p.line, e.now, e.later, e.promised_at)
	FROM model.line_of(request) l
	JOIN LATERAL (SELECT line FROM jsonb_array_elements(preview) line WHERE (line ->> 'line_no')::integer = l.line_no) p ON true
	JOIN backorder.item i ON i.merchant_id = of_m AND i.sku = l.sku
	CROSS JOIN LATERAL (
		SELECT coalesce(sum(p.quantity) FILTER (WHERE p.status = 'allocated'), 0) AS now, coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0) AS later,
			CASE WHEN bool_and(p.leaves_at IS NOT NULL) THEN max(p.leaves_at) END AS promised_at
		FROM model.engine_part p JOIN backorder.sales_order o ON o.merchant_id = p.m AND o.order_id = p.order_id
		WHERE p.m = of_m AND o.reference = request ->> 'reference' AND p.line_no = l.line_no) e
	WHERE code = '00000' AND (p.line ->> 'sku', p.line -> 'quantity', p.line -> 'available', p.line -> 'backordered',
			(p.line ->> 'promised_at')::timestamptz, p.line ->> 'status', (p.line ->> 'wait_days')::integer)
		IS DISTINCT FROM (l.sku, to_jsonb(l.units), to_jsonb(e.now), to_jsonb(e.later), e.promised_at,
			CASE WHEN NOT i.tracked THEN 'untracked' WHEN model.preorder_date(of_m, l.sku) IS NOT NULL THEN 'preorder'
				WHEN e.later = 0 THEN 'in_stock' WHEN e.now = 0 THEN 'backorder' ELSE 'partial' END,
			CASE WHEN e.promised_at IS NOT NULL THEN greatest(ceil(extract(epoch FROM e.promised_at - model.clock()) / 86400), 0)::integer END) $$;

-- What a function returned of an order is what the order is now.
CREATE FUNCTION model.check_parts(of_m integer, of_order bigint, result jsonb) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('returned %s, the order has %s', r.parts, e.parts)
	FROM (SELECT jsonb_agg(x - '{order_id,unit_price,detail}'::text[]) AS parts FROM jsonb_array_elements(result) x) r,
		(SELECT jsonb_agg(to_jsonb(p) ORDER BY p.line_no, p.part_no) AS parts FROM (
			SELECT line_no, part_no, sku, quantity, status, group_no, group_status, location_id, leaves_at AS promised_at
			FROM model.engine_part WHERE m = of_m AND order_id = of_order) p) e
	WHERE r.parts IS DISTINCT FROM e.parts $$;

-- What a stock door returned is what the shelf is now.
CREATE FUNCTION model.check_shelves(of_m integer, result jsonb) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('returned %s, but %s on hand, %s allocated, %s available, %s backordered', x, s.on_hand, s.allocated,
		model.available(of_m, x ->> 'sku'), model.waiting(of_m, x ->> 'sku'))
	FROM jsonb_array_elements(result) x
	LEFT JOIN LATERAL (SELECT * FROM model.shelves(of_m, x ->> 'sku') y WHERE y.location_id = (x ->> 'location_id')::integer) s ON true
	WHERE ((x ->> 'on_hand')::bigint, (x ->> 'allocated')::bigint, (x ->> 'available')::bigint, (x ->> 'backordered')::bigint)
		IS DISTINCT FROM (coalesce(s.on_hand, 0), coalesce(s.allocated, 0), model.available(of_m, x ->> 'sku'), model.waiting(of_m, x ->> 'sku')) $$;

-- Judging an order again changes nothing: policies that are no preorder's say nothing of open parts, but a new one has
-- all their orders judged. It is undone.
CREATE FUNCTION model.check_level(of_m integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	sequence record;
	shown CONSTANT text := 'SELECT array_agg(format(''order %s, line %s: %s %s at %s in group %s (%s), not before %s'', order_id, line_no,'
		' quantity, status, location_id, group_no, group_status, not_before))'
		' FROM (SELECT order_id, line_no, sum(quantity) AS quantity, status, location_id, group_no, group_status, not_before'
		'  FROM model.engine_part WHERE m = $1 GROUP BY order_id, line_no, status, location_id, group_no, group_status, not_before) p';
	was text[];
	now text[];
BEGIN
	SELECT last_value, is_called INTO sequence FROM backorder.id_sequence;
	EXECUTE shown INTO was USING of_m;
	BEGIN
		UPDATE backorder.item SET policy = CASE policy WHEN 'allow' THEN 'deny' ELSE 'allow' END
		WHERE merchant_id = of_m AND (policy <> 'preorder' OR available_from <= model.clock());
		EXECUTE shown INTO now USING of_m;
		RAISE EXCEPTION SQLSTATE 'ZZ000';
	EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
		PERFORM setval('backorder.id_sequence', sequence.last_value, sequence.is_called);
	END;
	RETURN QUERY SELECT 'was ' || x FROM unnest(was) x WHERE x <> ALL (now)
		UNION ALL SELECT 'is ' || x FROM unnest(now) x WHERE x <> ALL (was);
END $$;

-- A number that stands for all rows of a merchant.
CREATE FUNCTION model.digest_of(m integer) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	t text;
	part text;
	digest text := '';
BEGIN
	FOREACH t IN ARRAY '{location,item,stock,supply,availability,availability_slot,sales_order,order_line_part,shipment_group,notification,delivery,stock_movement,promise_change,expired_part}'::text[] LOOP
		EXECUTE format('SELECT concat(count(*), '':'', sum(hashtextextended(t::text, 0))) FROM backorder.%I t WHERE merchant_id = $1', t)
			INTO part USING m;
		digest := digest || t || ' ' || part || ' ';
	END LOOP;
	RETURN digest;
END $$;

-- Takes over what the engine shows, for the next step.
CREATE FUNCTION model.adopt_lots(of_m integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	WITH changed AS (
		SELECT s.order_id FROM backorder.sales_order s LEFT JOIN model.was_ord w ON w.m = of_m AND w.order_id = s.order_id
		WHERE s.merchant_id = of_m AND s.revision IS DISTINCT FROM w.revision
		UNION
		SELECT order_id FROM model.lot WHERE m = of_m AND status = 'allocated' AND tracked AND location_id IS NULL
	), gone AS (
		DELETE FROM model.lot WHERE m = of_m AND order_id IN (SELECT order_id FROM changed)
	)
	INSERT INTO model.lot (m, order_id, line_no, part_no, sku, tracked, quantity, status, standing, location_id, group_no, not_before, priority, queued_at, expired)
	SELECT p.m, p.order_id, p.line_no, p.part_no, p.sku, p.tracked, p.quantity, p.status, p.standing, p.location_id, p.group_no,
		CASE WHEN p.standing = 'released' THEN p.not_before
			ELSE coalesce(model.preorder_date(p.m, p.sku), CASE WHEN p.not_before <= model.clock() THEN p.not_before END) END,
		p.priority, p.queued_at,
		EXISTS (SELECT FROM backorder.expired_part e WHERE (e.merchant_id, e.order_id, e.line_no, e.part_no) = (p.m, p.order_id, p.line_no, p.part_no))
	FROM model.engine_part p
	WHERE p.m = of_m AND p.order_id IN (SELECT order_id FROM changed);
END $$;

CREATE FUNCTION model.adopt(of_m integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM model.changed;
	INSERT INTO model.changed
	SELECT s.order_id FROM backorder.sales_order s LEFT JOIN model.was_ord w ON w.m = of_m AND w.order_id = s.order_id
	WHERE s.merchant_id = of_m AND s.revision IS DISTINCT FROM w.revision;
	DELETE FROM model.part WHERE m = of_m AND order_id IN (SELECT order_id FROM model.changed);
	INSERT INTO model.part SELECT * FROM model.engine_part WHERE m = of_m AND order_id IN (SELECT order_id FROM model.changed);
	DELETE FROM model.grp WHERE merchant_id = of_m AND order_id IN (SELECT order_id FROM model.changed);
	INSERT INTO model.grp SELECT * FROM backorder.shipment_group WHERE merchant_id = of_m AND order_id IN (SELECT order_id FROM model.changed);
	INSERT INTO model.used
	SELECT of_m, order_id, max(group_no) FROM backorder.shipment_group
	WHERE merchant_id = of_m AND order_id IN (SELECT order_id FROM model.changed) GROUP BY order_id
	ON CONFLICT (m, order_id) DO UPDATE SET used = greatest(used.used, EXCLUDED.used);
	INSERT INTO model.was_ord SELECT of_m, order_id, status, revision FROM backorder.sales_order
	WHERE merchant_id = of_m AND order_id IN (SELECT order_id FROM model.changed)
	ON CONFLICT (m, order_id) DO UPDATE SET status = EXCLUDED.status, revision = EXCLUDED.revision;
	UPDATE model.sent s SET status = d.status FROM backorder.delivery d
	WHERE s.m = of_m AND d.merchant_id = of_m AND d.notification_id = s.notification_id AND d.status <> s.status;
	INSERT INTO model.sent
	SELECT of_m, n.notification_id, n.order_id, n.type, n.payload, d.status
	FROM backorder.notification n JOIN backorder.delivery d USING (merchant_id, notification_id)
	WHERE n.merchant_id = of_m AND n.notification_id > coalesce((SELECT max(s.notification_id) FROM model.sent s WHERE s.m = of_m), 0);
	DELETE FROM model.known k WHERE k.m = of_m AND NOT model.has_pending(of_m, k.order_id);
	INSERT INTO model.known
	SELECT of_m, p.order_id, p.line_no, p.status, p.quantity, p.promised_at FROM model.part p
	WHERE p.m = of_m AND p.open AND NOT EXISTS (SELECT FROM model.known k WHERE k.m = of_m AND k.order_id = p.order_id);
	INSERT INTO model.book
	SELECT of_m, sku, backordered, promises_stale, model.discrepancy(of_m, sku) FROM backorder.availability_total WHERE merchant_id = of_m
	ON CONFLICT (m, sku) DO UPDATE SET backordered = EXCLUDED.backordered, promises_stale = EXCLUDED.promises_stale, discrepancy = EXCLUDED.discrepancy
	WHERE (book.backordered, book.promises_stale, book.discrepancy) IS DISTINCT FROM (EXCLUDED.backordered, EXCLUDED.promises_stale, EXCLUDED.discrepancy);
	INSERT INTO model.changes SELECT of_m, max(change_id) FROM backorder.promise_change WHERE merchant_id = of_m HAVING count(*) > 0
	ON CONFLICT (m) DO UPDATE SET changes = EXCLUDED.changes;
	INSERT INTO model.digest VALUES (of_m, model.digest_of(of_m)) ON CONFLICT (m) DO UPDATE SET digest = EXCLUDED.digest;
END $$;

-- The queue and the holders of the SKUs of a merchant, for a report.
CREATE FUNCTION model.picture(of_m integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('model:  %s order %s line %s %s %s%s at %s, place %s/%s', l.sku, l.order_id, l.line_no, l.quantity, l.status, ' ' || l.standing,
		l.location_id, l.priority, l.queued_at)
	FROM model.lot l WHERE l.m = of_m AND l.standing IS NOT NULL
	UNION ALL
	SELECT format('engine: %s order %s line %s.%s %s %s %s at %s, place %s/%s, promised %s', p.sku, p.order_id, p.line_no, p.part_no, p.quantity, p.status,
		p.standing, p.location_id, p.priority, p.queued_at, p.promised_at)
	FROM model.engine_part p WHERE p.m = of_m AND p.open
	UNION ALL
	SELECT format('before: %s order %s line %s.%s %s %s %s at %s, place %s/%s, promised %s', p.sku, p.order_id, p.line_no, p.part_no, p.quantity, p.status,
		p.standing, p.location_id, p.priority, p.queued_at, p.promised_at)
	FROM model.part p WHERE p.m = of_m AND p.open
	UNION ALL
	SELECT format('shelf:  %s at %s: %s on hand', sku, location_id, on_hand) FROM backorder.stock WHERE merchant_id = of_m
	UNION ALL
	SELECT format('supply: %s %s/%s at %s on %s, %s', sku, received, quantity, location_id, expected_at, status) FROM backorder.supply WHERE merchant_id = of_m $$;

-- ===== a random history =====

-- Runs one SQL text, as a client would who goes on after an error.
CREATE FUNCTION model.run(sql text, OUT code text, OUT result jsonb, OUT detail text, OUT message text) LANGUAGE plpgsql AS $$
BEGIN
	IF starts_with(sql, 'SELECT') THEN
		EXECUTE 'SELECT coalesce(jsonb_agg(to_jsonb(r)), ''[]'') FROM (' || sql || ') r' INTO result;
	ELSE
		EXECUTE sql;
	END IF;
	code := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL, message = MESSAGE_TEXT;
END $$;

CREATE FUNCTION model.some_order(of_m integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	ids bigint[];
BEGIN
	IF model.chance(3) THEN
		RETURN 424242;
	ELSIF model.chance(80) THEN
		ids := ARRAY(SELECT order_id FROM model.ord WHERE m = of_m AND status IN ('open', 'held') ORDER BY order_id);
	ELSE
		ids := ARRAY(SELECT order_id FROM model.ord WHERE m = of_m ORDER BY order_id);
	END IF;
	RETURN coalesce(model.pick(ids), 424242);
END $$;

CREATE FUNCTION model.some_line(of_m integer, of_order bigint) RETURNS integer LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN model.chance(2) THEN 99 ELSE coalesce(model.roll(1, (SELECT max(line_no) FROM model.lot WHERE m = of_m AND order_id = of_order)), 1) END $$;

-- A shipment group, mostly one in the wanted status.
CREATE FUNCTION model.some_group(of_m integer, wanted text[], OUT order_id bigint, OUT group_no integer) LANGUAGE plpgsql AS $$
DECLARE
	g text[];
	good boolean := model.chance(85);
BEGIN
	g := ARRAY(SELECT concat(x.order_id, ' ', x.group_no) FROM model.grp x
		WHERE x.merchant_id = of_m AND (NOT good OR x.status = ANY (wanted)) ORDER BY x.order_id, x.group_no);
	IF cardinality(g) = 0 OR model.chance(2) THEN
		g := '{"424242 1"}';
	END IF;
	g := string_to_array(model.pick(g), ' ');
	order_id := g[1];
	group_no := g[2];
END $$;

CREATE FUNCTION model.some_time() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
	SELECT model.clock() + make_interval(hours => model.roll(-48, 240)) $$;

CREATE FUNCTION model.some_sku() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN model.chance(2) THEN 'GHOST' ELSE model.pick('{ALLOW,ALLOW,LIMIT,LIMIT,DENY,PRE,PRE,LEAD,LEAD,SAFE,SAFE,SERVICE}'::text[]) END $$;

CREATE FUNCTION model.some_request(of_m integer, step integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	old jsonb[];
	request jsonb;
	lines jsonb := '[]';
	line jsonb;
	few text[] := ARRAY[model.some_sku(), model.some_sku(), model.some_sku()];
BEGIN
	IF model.chance(6) THEN
		old := ARRAY(SELECT o.request FROM model.ord o WHERE o.m = of_m AND model.is_expired(of_m, o.order_id) ORDER BY o.order_id);
		IF cardinality(old) = 0 OR model.chance(60) THEN
			old := ARRAY(SELECT o.request FROM model.ord o WHERE o.m = of_m ORDER BY o.order_id);
		END IF;
		IF cardinality(old) > 0 THEN
			request := model.pick(old);
			IF model.chance(30) THEN
				request := jsonb_set(request, '{lines,0,quantity}', to_jsonb((request #>> '{lines,0,quantity}')::integer + 1));
			END IF;
			RETURN request;
		END IF;
	END IF;
	FOR i IN 1..model.roll(1, 4) LOOP
		line := jsonb_build_object('sku', model.pick(few), 'quantity', model.roll(1, 6));
		IF model.chance(20) THEN
			line := line || '{"unit_price": 4.5}';
		END IF;
		lines := lines || line;
	END LOOP;
	request := jsonb_build_object('reference', format('r%s', step), 'lines', lines);
	IF model.chance(75) THEN
		request := request || jsonb_build_object('ship_policy', model.pick('{as_available,backorders_together,complete_line,complete_order}'::text[]));
	END IF;
	IF model.chance(25) THEN
		request := request || jsonb_build_object('priority', model.roll(-1, 2));
	END IF;
	IF model.chance(10) THEN
		request := request || jsonb_build_object('accept_backorder', model.chance(30));
	END IF;
	IF model.chance(15) THEN
		request := request || jsonb_build_object('accept_split', model.chance(70));
	END IF;
	IF model.chance(15) THEN
		request := request || jsonb_build_object('max_wait', model.pick('{PT0S,P1D,P2D,"3 days",P6D,P12D}'::text[]));
	END IF;
	IF model.chance(20) THEN
		request := request || jsonb_build_object('hold', model.pick(ARRAY['PT1H', 'P1D', 'P3D', (model.clock() + interval '5 hours')::text]));
	ELSIF model.chance(1) THEN
		request := request || jsonb_build_object('hold', (model.clock() - interval '5 hours')::text);
	END IF;
	IF model.chance(8) THEN
		request := request || jsonb_build_object('placed_at', (model.clock() - make_interval(hours => model.roll(-1, 72)))::text);
	END IF;
	RETURN request;
END $$;

-- The call of place_order, or preview_order, by one of its two doors.
CREATE FUNCTION model.door(function text, request jsonb, of_m integer, arrays boolean) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN arrays
		THEN format('SELECT * FROM backorder.%s(%s%L::text[], %L::bigint[], %L::jsonb, %s)', function,
			CASE WHEN function = 'place_order' THEN format('%L, ', request ->> 'reference') END,
			ARRAY(SELECT sku FROM model.line_of(request) ORDER BY line_no), ARRAY(SELECT units FROM model.line_of(request) ORDER BY line_no),
			(request - '{reference,lines}'::text[]) || CASE WHEN request::text LIKE '%unit_price%'
				THEN jsonb_build_object('unit_prices', (SELECT jsonb_agg(l -> 'unit_price') FROM jsonb_array_elements(request -> 'lines') l))
				ELSE '{}' END, of_m)
		ELSE format('SELECT * FROM backorder.%s(%L::jsonb, %s)', function, request, of_m) END $$;

-- Shelves that a statement on stock names, as a VALUES list: (merchant, sku, location, quantity).
CREATE FUNCTION model.some_shelves(ms integer[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	keys text[] := '{}';
	key text;
BEGIN
	FOR i IN 1..model.roll(1, 5) LOOP
		key := format('%s, %L, %s', model.pick(ms), CASE WHEN model.chance(3) THEN 'GHOST' ELSE model.pick('{ALLOW,LIMIT,DENY,PRE,LEAD,SAFE,SERVICE}'::text[]) END, model.roll(1, 4));
		IF key <> ALL (keys) THEN
			keys := keys || key;
		END IF;
	END LOOP;
	RETURN (SELECT string_agg(format('(%s, %s)', k, CASE WHEN q < 10 THEN -2 ELSE q / 10 END), ', ')
		FROM (SELECT k, model.roll(0, 120) AS q FROM unnest(keys) k) x);
END $$;

-- One random step: returns what is wrong, or null.
CREATE FUNCTION model.step(seed integer, step integer) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_variable
<<this>>
DECLARE
	m integer := model.roll(1, 2);
	ms integer[] := ARRAY[m];
	kind text := model.pick('{place,place,place,place,place,place,place,place,place,place,place,place,place,place,place,confirm,confirm,confirm,extend,cancel,cancel_line,change,change,change,
		release,release,unrelease,ship,ship,ship,deliver,return,return,expire,expire,stock,stock,stock,stock,set,set,count,transfer,transfer,
		supply,supply,supply_change,supply_change,receive,receive,receive,repromise,item,item,item,location,location,deliveries}'::text[]);
	sql text;
	extra text;
	sku text;
	skus text[];
	id bigint;
	n integer;
	n2 integer;
	q bigint;
	flag boolean;
	request jsonb;
	known boolean;
	preview_code text;
	preview_result jsonb;
	got text;
	got_result jsonb;
	got_detail text;
	got_message text;
	expected text[] := '{00000}';
	old_row text;
	old_leads jsonb;
	late boolean := false;
	problems text[] := '{}';
	other integer;
BEGIN
	DELETE FROM model.relaid;
	DELETE FROM model.lost;
	DELETE FROM model.refused;
	IF model.chance(80) THEN
		PERFORM set_config('backorder.clock', (model.clock() + make_interval(mins => model.pick('{1,5,20,60,240,1200}'::integer[])))::text, false);
	END IF;
	sku := model.some_sku();

	-- what is to be done
	CASE kind
	WHEN 'place' THEN
		request := model.some_request(m, step);
		known := EXISTS (SELECT FROM model.ord o WHERE o.m = this.m AND o.reference = request ->> 'reference');
		flag := model.chance(50);
		INSERT INTO model.refused SELECT line_no FROM model.divide(m, request, coalesce((request ->> 'accept_backorder')::boolean, true))
		WHERE refusal IN ('OB001', 'OB003');
		late := false;
		IF request ? 'max_wait' THEN
			INSERT INTO model.refused
			SELECT (l ->> 'line_no')::integer
			FROM model.run(model.door('preview_order', request - 'max_wait', m, flag)) x, jsonb_array_elements(x.result) l
			WHERE l ->> 'status' <> 'out_of_stock'
				AND coalesce((l ->> 'promised_at')::timestamptz, 'infinity') > model.clock() + (request ->> 'max_wait')::interval;
			late := FOUND;
		END IF;
		SELECT x.code, x.result INTO preview_code, preview_result FROM model.run(model.door('preview_order', request, m, NOT flag)) x;
		sql := model.door('place_order', request, m, flag);
		IF known THEN
			late := late OR model.revives_late(m, (SELECT o.order_id FROM model.ord o WHERE o.m = this.m AND o.reference = request ->> 'reference'), sql);
		END IF;
	WHEN 'confirm' THEN
		id := model.some_order(m);
		IF model.chance(70) THEN
			flag := model.chance(75);
			id := coalesce(model.pick(ARRAY(SELECT order_id FROM model.ord o
				WHERE o.m = this.m AND CASE WHEN flag THEN model.is_expired(this.m, order_id) ELSE status = 'held' END ORDER BY order_id)), id);
		END IF;
		sql := format('SELECT * FROM backorder.confirm_order(%s, merchant_id => %s)', id, m);
		late := model.revives_late(m, id, sql);
	WHEN 'extend' THEN
		id := model.some_order(m);
		IF model.chance(70) THEN
			id := coalesce(model.pick(ARRAY(SELECT order_id FROM model.ord o WHERE o.m = this.m AND status = 'held' ORDER BY order_id)), id);
		END IF;
		extra := model.pick(ARRAY['PT1H', 'P2D', (model.clock() + make_interval(hours => model.roll(-10, 30)))::text]);
		sql := format('SELECT * FROM backorder.extend_hold(%s, %L, ''{}'', %s)', id, extra, m);
	WHEN 'cancel' THEN
		id := model.some_order(m);
		sql := format('SELECT * FROM backorder.cancel_order(%s, %L, merchant_id => %s)', id, 'why not', m);
	WHEN 'cancel_line' THEN
		id := model.some_order(m);
		n := model.some_line(m, id);
		sql := format('SELECT * FROM backorder.cancel_line(%s, %s, NULL, merchant_id => %s)', id, n, m);
	WHEN 'change' THEN
		id := model.some_order(m);
		n := model.some_line(m, id);
		IF model.chance(40) THEN            -- one of which some is there and some waits
			SELECT split_part(l, ' ', 1), split_part(l, ' ', 2) INTO id, n
			FROM coalesce(model.pick(ARRAY(SELECT DISTINCT concat(a.order_id, ' ', a.line_no) FROM model.lot a JOIN model.lot b USING (m, order_id, line_no)
				WHERE a.m = this.m AND a.status = 'allocated' AND b.status = 'backordered' ORDER BY 1)), concat(id, ' ', n)) l;
		END IF;
		q := model.roll(0, 9);
		sql := format('SELECT * FROM backorder.change_quantity(%s, %s, %s, merchant_id => %s)', id, n, q, m);
		late := model.raises_late(m, id, n, q, sql);
	WHEN 'release', 'unrelease', 'ship', 'deliver' THEN
		SELECT order_id, group_no INTO id, n FROM model.some_group(m,
			CASE kind WHEN 'release' THEN '{ready}' WHEN 'unrelease' THEN '{released}' WHEN 'ship' THEN '{ready,released}' ELSE '{shipped}' END::text[]);
		sql := format('SELECT * FROM backorder.%s_group(%s, %s, %s%s)', kind, id, n,
			CASE kind WHEN 'ship' THEN '''{"tracking": "T1"}'', ' ELSE '''{}'', ' END, m);
	WHEN 'return' THEN
		id := model.some_order(m);
		n := model.some_line(m, id);
		IF model.chance(85) THEN
			id := coalesce(model.pick(ARRAY(SELECT DISTINCT order_id FROM model.lot l WHERE l.m = this.m AND status = 'shipped' ORDER BY order_id)), id);
		END IF;
		n := coalesce((SELECT min(line_no) FROM model.lot l WHERE l.m = this.m AND order_id = id AND status = 'shipped'), n);
		q := model.roll(1, 4);
		n2 := model.roll(1, 5);
		flag := model.chance(70);
		sql := format('SELECT * FROM backorder.return_items(%s, %s, %s, %s, %L, merchant_id => %s)', id, n, q, n2, flag, m);
	WHEN 'expire' THEN
		extra := CASE WHEN model.chance(70) THEN NULL ELSE (model.clock() + make_interval(hours => model.roll(-20, 20)))::text END;
		sql := format('SELECT * FROM backorder.expire_holds(%L, merchant_id => %s)', extra, m);
	WHEN 'stock' THEN
		IF model.chance(30) THEN
			ms := '{1,2}';
		END IF;
		extra := model.some_shelves(ms);
		sku := model.pick('{ALLOW,LIMIT,DENY,PRE,LEAD,SAFE,SERVICE}'::text[]);
		n := model.roll(-3, 4);
		CASE model.roll(1, 7)
		WHEN 1, 2 THEN
			sql := format('INSERT INTO backorder.stock VALUES %s ON CONFLICT (merchant_id, sku, location_id) DO UPDATE SET on_hand = EXCLUDED.on_hand', extra);
		WHEN 3 THEN
			sql := format('INSERT INTO backorder.stock VALUES %s ON CONFLICT DO NOTHING', extra);
		WHEN 4 THEN
			sql := format('UPDATE backorder.stock SET on_hand = on_hand + %s WHERE merchant_id = ANY (%L) AND sku = %L', n, ms, sku);
		WHEN 5 THEN
			sql := format('UPDATE backorder.stock SET on_hand = on_hand - 2 WHERE merchant_id = ANY (%L) AND location_id = %s AND on_hand > 2', ms, model.roll(1, 4));
		WHEN 6 THEN
			sql := format('DELETE FROM backorder.stock s USING (VALUES %s) x (m, sku, location_id, n) WHERE (s.merchant_id, s.sku, s.location_id) = (x.m, x.sku, x.location_id)', extra);
		ELSE
			n := model.roll(1, 4);
			n2 := model.roll(1, 4);
			sql := format('UPDATE backorder.stock s SET location_id = %s WHERE merchant_id = ANY (%L) AND sku = %L AND location_id = %s'
				' AND NOT EXISTS (SELECT FROM backorder.stock t WHERE (t.merchant_id, t.sku, t.location_id) = (s.merchant_id, s.sku, %s))', n, ms, sku, n2, n);
		END CASE;
	WHEN 'set' THEN
		extra := model.some_shelves(ms);
		EXECUTE format('SELECT jsonb_build_object(''s'', array_agg(s), ''l'', array_agg(l), ''q'', array_agg(q)) FROM (VALUES %s) x (m, s, l, q)', extra) INTO request;
		sql := format('SELECT * FROM backorder.set_stock(%L, %L, %L, merchant_id => %s)', translate(request ->> 's', '[]', '{}'), translate(request ->> 'l', '[]', '{}'), translate(request ->> 'q', '[]', '{}'), m);
	WHEN 'count' THEN
		sku := model.pick('{ALLOW,LIMIT,DENY,PRE,LEAD,SAFE,SERVICE}'::text[]);
		n := model.roll(1, 4);
		q := model.on_hand(m, sku, n) + CASE WHEN model.chance(15) THEN 1 ELSE 0 END;
		n2 := greatest(q + model.roll(-3, 2), 0);
		sql := format('SELECT * FROM backorder.count_stock(%L, %s, %s, %s, merchant_id => %s)', sku, n, n2, q, m);
	WHEN 'transfer' THEN
		sku := model.pick('{ALLOW,LIMIT,DENY,PRE,LEAD,SAFE,SERVICE}'::text[]);
		flag := model.chance(20);
		n := coalesce(model.pick(ARRAY(SELECT s.location_id FROM model.shelves(m, sku) s
			WHERE s.on_hand > s.allocated OR flag ORDER BY s.location_id)), 1);
		n2 := 1 + (n + model.roll(0, 2)) % 4;
		q := CASE WHEN model.chance(80) THEN greatest((SELECT s.on_hand - s.allocated FROM model.shelves(m, sku) s WHERE s.location_id = n), 1) ELSE model.roll(1, 5) END;
		q := coalesce(q, 1);
		sql := format('SELECT * FROM backorder.transfer_stock(%L, %s, %s, %s, merchant_id => %s)', sku, n, n2, q, m);
	WHEN 'supply' THEN
		skus := ARRAY[model.pick('{ALLOW,LIMIT,PRE,LEAD,SAFE}'::text[]), model.pick('{ALLOW,LIMIT,PRE,LEAD,SAFE}'::text[])];
		sql := format('INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at) VALUES (%s, %L, %s, %s, %L), (%s, %L, %s, %s, %L)',
			m, skus[1], model.roll(1, 4), model.roll(1, 12), CASE WHEN model.chance(85) THEN model.some_time() END,
			m, skus[2], model.roll(1, 4), model.roll(1, 12), CASE WHEN model.chance(85) THEN model.some_time() END);
	WHEN 'supply_change' THEN
		flag := model.chance(10);
		id := model.pick(ARRAY(SELECT supply_id FROM model.supply s WHERE s.m = this.m AND (status = 'open' OR flag) ORDER BY supply_id));
		skus := ARRAY(SELECT s.sku FROM backorder.supply s WHERE s.merchant_id = this.m AND s.supply_id = id);
		sku := model.pick('{ALLOW,LIMIT,PRE,LEAD,SAFE}'::text[]);
		CASE model.roll(1, 6)
		WHEN 1, 2 THEN
			extra := format('expected_at = %L', CASE WHEN model.chance(85) THEN model.some_time() END);
		WHEN 3 THEN
			extra := format('quantity = %s', model.roll(1, 12));
		WHEN 4 THEN
			extra := format('location_id = %s', model.roll(1, 4));
		WHEN 5 THEN
			extra := 'status = ''canceled''';
		ELSE
			extra := NULL;
		END CASE;
		sql := CASE WHEN extra IS NULL THEN format('DELETE FROM backorder.supply WHERE merchant_id = %s AND supply_id = %s', m, coalesce(id, 0))
			ELSE format('UPDATE backorder.supply SET %s WHERE merchant_id = %s AND supply_id = %s', extra, m, coalesce(id, 0)) END;
	WHEN 'receive' THEN
		flag := model.chance(5);
		id := coalesce(model.pick(ARRAY(SELECT supply_id FROM model.supply s WHERE s.m = this.m AND (status = 'open' OR flag) ORDER BY supply_id)), 424242);
		q := model.roll(1, 12);
		n := CASE WHEN model.chance(15) THEN model.roll(1, 5) END;
		flag := model.chance(15);
		sql := format('SELECT * FROM backorder.receive_supply(%s, %s, %L, %s)', id, q,
			jsonb_strip_nulls(jsonb_build_object('location_id', n, 'close', CASE WHEN flag THEN true END)), m);
	WHEN 'repromise' THEN
		skus := ARRAY[model.some_sku(), 'ALLOW'];
		sql := format('SELECT * FROM backorder.repromise(%L, merchant_id => %s)', skus, m);
	WHEN 'item' THEN
		IF model.chance(15) THEN
			ms := '{1,2}';
		END IF;
		sku := CASE WHEN model.chance(25) THEN 'PRE' ELSE sku END;
		extra := CASE model.roll(1, 9)
			WHEN 1 THEN format('policy = %L', model.pick('{deny,allow,allow}'::text[]))
			WHEN 2 THEN format('policy = ''preorder'', available_from = %L', model.clock() + make_interval(hours => model.roll(-24, 200)))
			WHEN 3 THEN format('available_from = %L', model.clock() + make_interval(hours => model.roll(-24, 200)))
			WHEN 4 THEN format('backorder_limit = %L', model.pick('{NULL,0,3,10}'::integer[]))
			WHEN 5 THEN format('safety_stock = %s', model.roll(0, 4))
			WHEN 6 THEN format('safety_stock = %s', model.roll(0, 1))
			WHEN 7 THEN format('lead_time = %L', model.pick('{NULL,1 day,3 days}'::interval[]))
			WHEN 8 THEN format('tracked = %L', model.chance(50))
			END;
		sql := format('UPDATE backorder.item SET %s WHERE merchant_id = ANY (%L) AND sku = %L', extra, ms, sku);
		IF extra LIKE 'tracked%' AND EXISTS (SELECT FROM model.lot l JOIN backorder.item i ON i.merchant_id = l.m AND i.sku = l.sku
			WHERE l.m = ANY (ms) AND l.sku = this.sku AND l.standing IS NOT NULL AND i.tracked <> (extra LIKE '%''t''')) THEN
			expected := '{OB005}';
		ELSIF extra IS NULL AND EXISTS (SELECT FROM backorder.item i WHERE i.merchant_id = m AND i.sku = this.sku) THEN
			ms := ARRAY[m];
			sql := format('DELETE FROM backorder.item WHERE merchant_id = %s AND sku = %L', m, sku);
			IF EXISTS (SELECT FROM model.lot l WHERE l.m = this.m AND l.sku = this.sku AND l.standing IS NOT NULL) THEN
				expected := '{OB005}';
			END IF;
		ELSIF extra IS NULL THEN
			ms := ARRAY[m];
			sql := format('INSERT INTO backorder.item (merchant_id, sku, policy, safety_stock) VALUES (%s, %L, ''allow'', 1)', m, sku);
		END IF;
	WHEN 'location' THEN
		n := model.roll(1, 4);
		sql := CASE model.roll(1, 5)
			WHEN 1 THEN format('INSERT INTO backorder.location (merchant_id, location_id, rank, active) VALUES (%s, %s, %s, %L) ON CONFLICT DO NOTHING', m, n, model.roll(1, 5), model.chance(50))
			WHEN 2 THEN format('DELETE FROM backorder.location WHERE merchant_id = %s AND location_id = %s', m, n)
			WHEN 3 THEN format('UPDATE backorder.location SET rank = %s WHERE merchant_id = %s', model.roll(1, 3), m)
			ELSE format('UPDATE backorder.location SET active = %L WHERE merchant_id = %s AND location_id IN (%s, %s)', model.chance(70), m, n, model.roll(1, 4)) END;
	WHEN 'deliveries' THEN
		sql := format('UPDATE backorder.delivery SET status = %L WHERE merchant_id = %s AND status = ''pending'' AND notification_id %% %s = 0',
			model.pick('{sent,sent,leased}'::text[]), m, model.roll(1, 3));
	END CASE;

	old_row := (SELECT s::text FROM backorder.supply s WHERE s.merchant_id = m AND s.supply_id = id);
	old_leads := (SELECT jsonb_object_agg(i.merchant_id, i.lead_time) FROM backorder.item i WHERE i.sku = this.sku);

	-- the engine does it
	SELECT x.code, x.result, x.detail, x.message INTO got, got_result, got_detail, got_message FROM model.run(sql) x;

	-- the model does it
	expected := CASE kind
		WHEN 'place' THEN model.place(m, request, got_result, late)
		WHEN 'confirm' THEN model.confirm(m, id, late)
		WHEN 'extend' THEN model.extend(m, id, model.hold_until(extra))
		WHEN 'cancel' THEN model.cancel(m, id, NULL)
		WHEN 'cancel_line' THEN model.cancel(m, id, n)
		WHEN 'change' THEN model.change(m, id, n, q, late)
		WHEN 'release' THEN model.release(m, id, n)
		WHEN 'unrelease' THEN model.unrelease(m, id, n)
		WHEN 'ship' THEN model.ship(m, id, n)
		WHEN 'deliver' THEN model.deliver(m, id, n)
		WHEN 'return' THEN model.return(m, id, n, q, n2, flag)
		WHEN 'expire' THEN model.expire(m, coalesce(extra::timestamptz, model.clock()))
		WHEN 'set' THEN model.restock(m)
		WHEN 'count' THEN model.count(m, sku, n, n2, q)
		WHEN 'transfer' THEN model.transfer(m, sku, n, n2, q)
		WHEN 'receive' THEN model.receive(m, id, q, n, flag)
		ELSE expected END;
	INSERT INTO model.log VALUES (seed, step, kind, model.clock(), sql, got);
	IF got <> ALL (expected) THEN
		problems := problems || format('ended with %s (%s %s), the model says %s', got, got_message, got_detail, expected);
	END IF;
	FOREACH other IN ARRAY '{1,2}'::integer[] LOOP
		IF (other <> ALL (ms) OR got <> '00000') AND model.digest_of(other) <> (SELECT digest FROM model.digest d WHERE d.m = other) THEN
			problems := problems || format('merchant %s has changed: was %s, is %s', other, (SELECT digest FROM model.digest d WHERE d.m = other), model.digest_of(other));
		END IF;
	END LOOP;
	IF got = '00000' AND problems = '{}' THEN
		FOREACH other IN ARRAY ms LOOP
			CASE kind
			WHEN 'stock' THEN
				PERFORM model.restock(other);
			WHEN 'supply', 'supply_change' THEN
				IF old_row = (SELECT s::text FROM backorder.supply s WHERE s.merchant_id = m AND s.supply_id = id) THEN
					skus := '{}';
				END IF;
				DELETE FROM model.supply s WHERE s.m = other;
				INSERT INTO model.supply SELECT other, s.supply_id, s.received, s.status FROM backorder.supply s WHERE s.merchant_id = other;
				INSERT INTO model.relaid SELECT other, s, true, false FROM unnest(skus) s;
			WHEN 'repromise' THEN
				INSERT INTO model.relaid SELECT other, s, true, false FROM unnest(skus) s;
			WHEN 'item' THEN
				UPDATE model.lot l SET tracked = i.tracked FROM backorder.item i
				WHERE l.m = other AND l.sku = this.sku AND i.merchant_id = other AND i.sku = l.sku AND l.tracked <> i.tracked;
				flag := EXISTS (SELECT FROM backorder.item i WHERE i.merchant_id = other AND i.sku = this.sku AND extra LIKE 'lead_time%'
					AND to_jsonb(i.lead_time) IS DISTINCT FROM nullif(old_leads -> other::text, 'null'));
				INSERT INTO model.relaid VALUES (other, sku, flag, flag);
				PERFORM model.settle(other, ARRAY[sku]);
			WHEN 'location' THEN
				skus := ARRAY(SELECT DISTINCT a.sku FROM backorder.availability_total a WHERE a.merchant_id = other ORDER BY 1);
				INSERT INTO model.relaid SELECT other, s, false, false FROM unnest(skus) s;
				PERFORM model.settle(other, skus);
			WHEN 'deliveries' THEN
				UPDATE model.sent s SET status = d.status FROM backorder.delivery d
				WHERE s.m = other AND d.merchant_id = other AND d.notification_id = s.notification_id;
			ELSE
				NULL;
			END CASE;
			problems := problems || ARRAY(SELECT format('state: %s', x) FROM model.check_state(other) x);
		END LOOP;
	END IF;

	-- who is right?
	IF got = '00000' AND problems = '{}' THEN
		FOREACH other IN ARRAY ms LOOP
			problems := problems || ARRAY(SELECT format('places: %s', x) FROM model.check_places(other) x);
			problems := problems || ARRAY(SELECT format('groups: %s', x) FROM model.check_groups(other) x);
			PERFORM model.adopt_lots(other);
			problems := problems || ARRAY(SELECT format('promises: %s', x) FROM model.check_promises(other) x);
			problems := problems || ARRAY(SELECT format('history: %s', x) FROM model.check_history(other) x);
			problems := problems || ARRAY(SELECT format('events: %s', x) FROM model.check_events(other) x);
			problems := problems || ARRAY(SELECT format('promises_stale: %s', x) FROM model.check_relay(other, kind = 'place') x);
			IF step % 5 = 0 THEN
				problems := problems || ARRAY(SELECT format('judged again: %s', x) FROM model.check_level(other) x);
			END IF;
		END LOOP;
		CASE
		WHEN kind IN ('place', 'confirm', 'cancel', 'cancel_line', 'change', 'return') THEN
			problems := problems || ARRAY(SELECT format('result: %s', x) FROM model.check_parts(m, (got_result -> 0 ->> 'order_id')::bigint, got_result) x);
		WHEN kind IN ('set', 'count', 'transfer', 'receive') THEN
			problems := problems || ARRAY(SELECT format('result: %s', x) FROM model.check_shelves(m, got_result) x);
		ELSE
			NULL;
		END CASE;
	END IF;
	IF kind = 'place' AND NOT known AND cardinality(expected) = 1 THEN
		problems := problems || ARRAY(SELECT format('preview: %s', x)
			FROM model.check_preview(m, request, got, got_detail, preview_code, preview_result) x);
	END IF;
	problems := problems || ARRAY(SELECT format('verify(%s): %s %s: %s', x, v.invariant, v.place, v.problem)
		FROM unnest('{1,2}'::integer[]) x, backorder.verify(x) v);
	IF problems <> '{}' THEN
		RETURN format(E'seed %s, step %s, clock %s\n%s\n\n%s\n\n%s\nagain: PROPERTY_FIRST=%s PROPERTY_SEEDS=1; as a script: SELECT model.script(%1$s)', seed, step, model.clock(), sql,
			array_to_string(problems, E'\n'),
			(SELECT string_agg(x, E'\n' ORDER BY split_part(x, ' ', 3), x) FROM unnest(ms) y, model.picture(y) x), seed);
	END IF;
	FOREACH other IN ARRAY ms LOOP
		IF got = '00000' THEN
			PERFORM model.adopt(other);
		END IF;
	END LOOP;
	RETURN NULL;
END $$;

-- An empty database, and a random catalogue for both merchants.
CREATE PROCEDURE model.reset(seed integer) LANGUAGE plpgsql AS $$
DECLARE
	s text;
	i text;
BEGIN
	SET LOCAL session_replication_role = replica;
	TRUNCATE backorder.merchant, backorder.location, backorder.item, backorder.stock, backorder.supply, backorder.availability,
		backorder.availability_slot,
		backorder.sales_order, backorder.shipment_group, backorder.order_line_part, backorder.notification, backorder.delivery,
		backorder.stock_movement, backorder.promise_change, backorder.subscription, backorder.stock_warning, backorder.expired_part;
	SET LOCAL session_replication_role = origin;
	TRUNCATE model.lot, model.ord, model.shelf, model.supply, model.relaid, model.refused, model.part, model.grp, model.sent, model.book,
		model.changes, model.digest, model.was_ord, model.used;
	ALTER SEQUENCE backorder.id_sequence RESTART;
	PERFORM setseed(seed / 100000.0);
	PERFORM set_config('backorder.clock', '2026-01-05 08:00:00+00', false);
	FOREACH s IN ARRAY ARRAY[
		CASE WHEN model.chance(50) THEN format('INSERT INTO backorder.merchant (merchant_id, ship_policy, handling_time, promise_tolerance, split_needs_consent) VALUES (1, %L, %L, %L, %L)',
			model.pick('{as_available,complete_order}'::text[]), model.pick('{0,1 day}'::interval[]), model.pick('{0,1 day,3 days}'::interval[]), model.chance(25)) END,
		format('INSERT INTO backorder.merchant (merchant_id, ship_policy, handling_time, promise_tolerance, split_needs_consent, warning_interval, late_payment) VALUES (2, %L, %L, %L, %L, %L, %L)',
			model.pick('{as_available,complete_order}'::text[]), model.pick('{0,1 day}'::interval[]), model.pick('{0,1 day,3 days}'::interval[]), model.chance(25),
			model.pick('{0,2 hours,3 days}'::interval[]), model.pick('{queue,available,available,refuse}'::text[])),
		format('INSERT INTO backorder.location (merchant_id, location_id, rank, active) VALUES (1, 2, 1, true), (1, 4, 2, false), (2, 3, 1, true)'),
		format('INSERT INTO backorder.item (merchant_id, sku, policy, tracked, backorder_limit, safety_stock, lead_time, available_from) SELECT m, i.* FROM generate_series(1, 2) m,'
			' (VALUES (''ALLOW'', ''allow'', true, NULL::bigint, 0, NULL::interval, NULL::timestamptz), (''LIMIT'', ''allow'', true, %s, 0, NULL, NULL), (''DENY'', ''deny'', true, NULL, %s, NULL, NULL),'
			' (''PRE'', ''preorder'', true, NULL, 0, NULL, ''2026-01-20''), (''LEAD'', ''allow'', true, NULL, 0, ''2 days'', NULL), (''SAFE'', ''allow'', true, 20, 2, NULL, NULL),'
			' (''SERVICE'', ''deny'', false, NULL, 0, NULL, NULL)) i (sku, policy, tracked, backorder_limit, safety_stock, lead_time, available_from)', model.roll(4, 12), model.roll(0, 1)),
		-- in every second history most books are spread over slots, which must change nothing
		CASE WHEN seed % 2 = 0 THEN 'UPDATE backorder.item SET slots = length(sku) - 1 WHERE tracked' END,
		format('INSERT INTO backorder.stock VALUES %s', model.some_shelves('{1,2}'))]
	LOOP
		IF s IS NOT NULL THEN
			EXECUTE s;
			INSERT INTO model.log VALUES (seed, 0, 'catalogue', model.clock(), s, '00000');
		END IF;
	END LOOP;
	INSERT INTO model.shelf SELECT * FROM backorder.stock;
	PERFORM model.adopt(x) FROM generate_series(1, 2) x;
END $$;

-- Plays one history and notes in model.result what came of it.
CREATE PROCEDURE model.play(seed integer, steps integer) LANGUAGE plpgsql AS $$
DECLARE
	problem text;
	played integer := 0;
BEGIN
	CALL model.reset(seed);
	COMMIT;
	WHILE played < steps AND problem IS NULL LOOP
		played := played + 1;
		problem := model.step(seed, played);
		COMMIT;
	END LOOP;
	INSERT INTO model.result VALUES (seed, played, problem);
	COMMIT;
END $$;

-- A history as a script for psql: on an empty database with the extension it does the same again.
CREATE FUNCTION model.script(of_seed integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT x.line FROM (
		SELECT l.step, l.sql, CASE WHEN l.clock IS DISTINCT FROM lag(l.clock) OVER w THEN format('SET backorder.clock = %L;', l.clock) END AS clock
		FROM model.log l WHERE l.seed = of_seed WINDOW w AS (ORDER BY l.step, l.ctid)) y
	CROSS JOIN LATERAL (VALUES (1, y.clock), (2, y.sql || ';')) x (n, line)
	WHERE x.line IS NOT NULL ORDER BY y.step, x.n $$;
