-- Short words for the scenarios of peers: a SKU is made for each, for two merchants, and the second merchant's, which
-- nobody touches, must be as it was at the end.

CREATE TEMP TABLE made (sku text COLLATE "C" PRIMARY KEY);

-- A SKU with so much on hand at locations 1, 2, ...; on backorder unless fields says otherwise.
CREATE FUNCTION pg_temp.item(sku text, on_hand bigint[] DEFAULT '{}', fields jsonb DEFAULT '{}') RETURNS void
	LANGUAGE plpgsql AS $$
DECLARE
	i backorder.item;
BEGIN
	FOR m IN 1 .. 2 LOOP
		i := jsonb_populate_record(NULL::backorder.item,
			'{"policy": "allow", "tracked": true, "safety_stock": 0}' || fields);
		i.merchant_id := m;
		i.sku := sku;
		INSERT INTO backorder.item SELECT i.*;
	END LOOP;
	INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) SELECT 2, item.sku, 1, 1000;
	INSERT INTO backorder.stock (sku, location_id, on_hand)
	SELECT item.sku, s.n, s.units FROM unnest(on_hand) WITH ORDINALITY AS s (units, n);
	INSERT INTO made VALUES (sku);
END;
$$;

-- So many more, or fewer, on a shelf, by plain SQL.
CREATE FUNCTION pg_temp.arrive(sku text, units bigint, location_id integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES (arrive.sku, arrive.location_id, units)
	ON CONFLICT (merchant_id, sku, location_id) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand
$$;

-- So many on a shelf, whatever there were.
CREATE FUNCTION pg_temp.count(sku text, units bigint, location_id integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	SELECT FROM backorder.set_stock(ARRAY[count.sku], ARRAY[count.location_id], ARRAY[units])
$$;

CREATE FUNCTION pg_temp.id(reference text) RETURNS bigint LANGUAGE sql AS $$
	SELECT o.order_id FROM backorder.sales_order o WHERE o.merchant_id = 1 AND o.reference = id.reference
$$;

-- How an order stands, line by line: "covered+backordered", of what is not shipped, canceled or returned.
CREATE FUNCTION pg_temp.stands(reference text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(l.allocated || '+' || l.backordered, ', ' ORDER BY l.line_no)
	FROM backorder.order_line l WHERE l.merchant_id = 1 AND l.reference = stands.reference
$$;

-- Orders, and says how the order stands.
CREATE FUNCTION pg_temp.buy_all(reference text, skus text[], units bigint[], options jsonb DEFAULT '{}') RETURNS text
	LANGUAGE plpgsql AS $$
BEGIN
	PERFORM backorder.place_order(reference, skus, units, options);
	RETURN pg_temp.stands(reference);
END;
$$;
CREATE FUNCTION pg_temp.buy(reference text, sku text, units bigint, options jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.buy_all(reference, ARRAY[sku], ARRAY[units], options)
$$;

-- What is refused with this SQLSTATE must leave no order and an unchanged book.
CREATE FUNCTION pg_temp.refuses_all(reference text, skus text[], units bigint[], code text, name text, options jsonb DEFAULT '{}')
	RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	before CONSTANT text := (SELECT array_agg(a ORDER BY a.sku)::text FROM backorder.availability a WHERE a.sku = ANY (skus));
BEGIN
	RETURN NEXT throws_ok(format('SELECT pg_temp.buy_all(%L, %L, %L, %L)', reference, skus, units, options), code, NULL, name);
	IF pg_temp.id(reference) IS NOT NULL
		OR before IS DISTINCT FROM (SELECT array_agg(a ORDER BY a.sku)::text FROM backorder.availability a WHERE a.sku = ANY (skus))
	THEN
		RETURN NEXT fail(name || ': something was written');
	END IF;
END;
$$;
CREATE FUNCTION pg_temp.refuses(reference text, sku text, units bigint, code text, name text, options jsonb DEFAULT '{}')
	RETURNS SETOF text LANGUAGE sql AS $$
	SELECT pg_temp.refuses_all(reference, ARRAY[sku], ARRAY[units], code, name, options)
$$;

-- The lines that an error's DETAIL names, "line: available", or the SQLSTATE if there is none.
CREATE FUNCTION pg_temp.short_lines(skus text[], units bigint[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM backorder.place_order('short', skus, units);
	RETURN 'not refused';
EXCEPTION WHEN SQLSTATE 'OB001' OR SQLSTATE 'OB003' THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN (SELECT string_agg(format('%s: %s', l ->> 'line_no', l ->> 'available'), ', ') FROM jsonb_array_elements(detail::jsonb) AS l);
END;
$$;

-- The book of a SKU over all locations: "on hand, covered, backordered".
CREATE FUNCTION pg_temp.book(sku text) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s, %s, %s', (SELECT coalesce(sum(x), 0) FROM unnest(a.on_hand) x), (SELECT coalesce(sum(x), 0) FROM unnest(a.allocated) x), a.backordered)
	FROM backorder.availability a WHERE a.merchant_id = 1 AND a.sku = book.sku
$$;

-- The peers' signed count: what is on hand less all that is promised.
CREATE FUNCTION pg_temp.free(sku text) RETURNS numeric LANGUAGE sql AS $$
	SELECT (SELECT coalesce(sum(x), 0) FROM unnest(a.on_hand) x) - (SELECT coalesce(sum(x), 0) FROM unnest(a.allocated) x) - a.backordered
	FROM backorder.availability a WHERE a.merchant_id = 1 AND a.sku = free.sku
$$;

-- What a checkout may have at once.
CREATE FUNCTION pg_temp.available(sku text) RETURNS bigint LANGUAGE sql AS $$
	SELECT max(s.available) FROM backorder.stock_level s WHERE s.merchant_id = 1 AND s.sku = available.sku
$$;

-- From where an order's units come: "location: units".
CREATE FUNCTION pg_temp.sources(reference text, sku text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(location_id || ': ' || units, ', ' ORDER BY location_id)
	FROM (
		SELECT p.location_id, sum(p.quantity) AS units FROM backorder.order_line_part p
		WHERE p.merchant_id = 1 AND p.order_id = pg_temp.id(reference) AND p.status = 'allocated'
			AND (sources.sku IS NULL OR p.sku = sources.sku)
		GROUP BY p.location_id) AS t
$$;

-- An order's shipment groups: "state units", by number.
CREATE FUNCTION pg_temp.parcels(reference text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(b.status || ' ' || b.units, ', ' ORDER BY b.group_no)
	FROM backorder.shipment_board b WHERE b.merchant_id = 1 AND b.reference = parcels.reference
$$;

-- Ships all of an order that is ready.
CREATE FUNCTION pg_temp.ship(reference text) RETURNS void LANGUAGE sql AS $$
	SELECT FROM backorder.shipment_board b CROSS JOIN LATERAL backorder.ship_group(b.order_id, b.group_no) AS g
	WHERE b.merchant_id = 1 AND b.reference = ship.reference AND b.status = 'ready' AND g.status = 'shipped'
$$;

-- The ledger of a SKU: its quantities in order.
CREATE FUNCTION pg_temp.ledger(sku text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(m.quantity::text, ', ' ORDER BY m.movement_id) FROM backorder.stock_movement m WHERE m.merchant_id = 1 AND m.sku = ledger.sku
$$;

-- The dates of the waiting parts of an order, by line and part.
CREATE FUNCTION pg_temp.dates(reference text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(to_char(p.promised_at, 'MM-DD'), 'unknown'), ', ' ORDER BY p.line_no, p.part_no)
	FROM backorder.order_line_part p WHERE p.merchant_id = 1 AND p.order_id = pg_temp.id(reference) AND p.status = 'backordered'
$$;

-- How many events of a type an order has had.
CREATE FUNCTION pg_temp.told(reference text, type text) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM backorder.notification n WHERE n.merchant_id = 1 AND n.order_id = pg_temp.id(reference) AND n.type = told.type
$$;

-- The end of every file: the books are right, and the other merchant's stock is where it was.
CREATE FUNCTION pg_temp.all_is_well() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN NEXT is_empty('SELECT * FROM backorder.verify()', 'verify() finds nothing after all of them');
	RETURN NEXT is_empty('SELECT m.sku FROM made m LEFT JOIN backorder.availability a ON a.merchant_id = 2 AND a.sku = m.sku
		AND a.on_hand = ''{1000}'' AND a.allocated = ''{0}'' AND a.backordered = 0 WHERE a.sku IS NULL',
		'the same SKUs of the other merchant were not touched');
END;
$$;

SET LOCAL timezone = 'UTC';
SET LOCAL backorder.clock = '2026-03-02 09:00+00';
INSERT INTO backorder.merchant (merchant_id) VALUES (1), (2);
