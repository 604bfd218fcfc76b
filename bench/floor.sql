-- The floor: plain multi-row statements without logic that write exactly the rows that the
-- extension ("ours") writes. Runs after seed.sql.
CREATE SCHEMA floor;

-- A checkout: h lines are allocated in a ready group, the others are backordered in a waiting one.
-- Updates the inventory record of every line.
CREATE FUNCTION floor.place_order(reference text, skus text[], h integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	id bigint := backorder.next_id();
	n integer := cardinality(skus);
	t timestamptz := clock_timestamp();
	notice bigint;
BEGIN
	UPDATE backorder.availability a
	SET locations = a.locations, on_hand = a.on_hand, allocated = a.allocated, backordered = a.backordered, promises_stale = a.promises_stale
	WHERE a.merchant_id = 1 AND a.sku = ANY (skus);
	INSERT INTO backorder.sales_order (merchant_id, order_id, reference, request_hash, status, ship_policy, priority,
		placed_at, units, groups_used)
	VALUES (1, id, reference, sha256(reference::bytea), 'open', 'as_available', 0, t, n, 2);
	INSERT INTO backorder.shipment_group (merchant_id, order_id, group_no, location_id, status, promised_at)
	SELECT 1, id, g, CASE g WHEN 1 THEN 1 END, CASE g WHEN 1 THEN 'ready' ELSE 'waiting' END,
		CASE g WHEN 1 THEN t END
	FROM generate_series(1, CASE WHEN h < n THEN 2 ELSE 1 END) AS g;
	INSERT INTO backorder.order_line_part (merchant_id, order_id, line_no, part_no, sku, quantity, unit_price, status,
		group_no, location_id, priority, queued_at, short_at_order, first_promised_at, promised_at, promise_basis)
	SELECT 1, id, l, 1, s, 1, 10, CASE WHEN l <= h THEN 'allocated' ELSE 'backordered' END,
		CASE WHEN l <= h THEN 1 ELSE 2 END, CASE WHEN l <= h THEN 1 END, 0, t, l > h,
		CASE WHEN l <= h THEN t END, CASE WHEN l <= h THEN t END, CASE WHEN l <= h THEN 'shelf' END
	FROM unnest(skus) WITH ORDINALITY AS u(s, l);
	notice := backorder.next_id();
	INSERT INTO backorder.notification (merchant_id, notification_id, type, audience, order_id, dedupe_key, payload, created_at)
	VALUES (1, notice, 'placed', 'customer', id, 'placed:' || id, (SELECT payload FROM floor.payload WHERE name = n::text), t);
	INSERT INTO backorder.delivery (merchant_id, notification_id, deliver_after) VALUES (1, notice, t);
	RETURN id;
END $$;

-- A restock of one unit for each order that waits for one unit of these SKUs. The triggers on stock
-- belong to the extension, so the floor runs without them.
CREATE FUNCTION floor.fill(filled_skus text[], units bigint) RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE
	t timestamptz := clock_timestamp();
BEGIN
	UPDATE backorder.stock s SET on_hand = s.on_hand + units WHERE s.merchant_id = 1 AND s.sku = ANY (filled_skus);
	UPDATE backorder.availability a
	SET locations = '{1}', on_hand = ARRAY[units], allocated = ARRAY[units], backordered = a.backordered - units, promises_stale = a.promises_stale
	WHERE a.merchant_id = 1 AND a.sku = ANY (filled_skus);
	INSERT INTO backorder.stock_movement (merchant_id, movement_id, sku, location_id, kind, quantity, cause, actor, moved_at)
	SELECT 1, backorder.next_id(), s, 1, 'adjusted', units, 'stock changed', session_user, t FROM unnest(filled_skus) AS s;
	INSERT INTO backorder.stock_warning (merchant_id, sku, kind, told_at) SELECT 1, s, 'sku_recovered', t FROM unnest(filled_skus) AS s;
	WITH filled AS MATERIALIZED (
		SELECT p.order_id, backorder.next_id() AS change_id, backorder.next_id() AS notice FROM backorder.order_line_part p
		WHERE p.merchant_id = 1 AND p.sku = ANY (filled_skus) AND p.status = 'backordered' ORDER BY p.order_id
	), orders AS (
		UPDATE backorder.sales_order o SET revision = o.revision + 1 FROM filled f WHERE o.merchant_id = 1 AND o.order_id = f.order_id
	), groups AS (
		UPDATE backorder.shipment_group g SET location_id = 1, status = 'ready', promised_at = t FROM filled f
		WHERE g.merchant_id = 1 AND g.order_id = f.order_id AND g.group_no = 1
	), parts AS (
		UPDATE backorder.order_line_part p
		SET status = 'allocated', location_id = 1, first_promised_at = t, promised_at = t, promise_basis = 'shelf'
		FROM filled f WHERE p.merchant_id = 1 AND p.order_id = f.order_id AND p.line_no = 1 AND p.part_no = 1
	), dates AS (
		INSERT INTO backorder.promise_change (merchant_id, change_id, order_id, line_no, part_no, new_promised_at, cause, changed_at)
		SELECT 1, change_id, order_id, 1, 1, t, 'stock', t FROM filled
	), notices AS (
		SELECT notice, 'backorder_filled' AS type, 'customer' AS audience, order_id, 'backorder_filled:' || order_id || ':2' AS key,
			(SELECT payload FROM floor.payload WHERE name = 'backorder_filled') AS payload
		FROM filled
		UNION ALL
		SELECT backorder.next_id(), 'sku_recovered', 'merchant', NULL, 'sku_recovered:' || s || ':' || backorder.next_id(),
			(SELECT payload FROM floor.payload WHERE name = 'sku_recovered')
		FROM unnest(filled_skus) AS s
	), told AS (
		INSERT INTO backorder.notification (merchant_id, notification_id, type, audience, order_id, dedupe_key, payload, created_at)
		SELECT 1, notice, type, audience, order_id, key, payload, t FROM notices
		RETURNING notification_id
	)
	INSERT INTO backorder.delivery (merchant_id, notification_id, deliver_after) SELECT 1, notification_id, t FROM told;
END $$;

-- Payloads of real notifications, from orders that are rolled back. Those of checkouts are stored
-- by the number of lines.
CREATE TABLE floor.payload (name text PRIMARY KEY, payload jsonb NOT NULL);
BEGIN;
SELECT count(*) FROM unnest(ARRAY[1, 5, 10]) AS lines, backorder.place_order('r123456789012345' || lines % 10,
	ARRAY(SELECT 'SKU-' || 2 * i + 5000 - CASE WHEN 2 * i <= lines + 1 THEN 1 ELSE 0 END FROM generate_series(1, lines) AS i),
	ARRAY(SELECT 1::bigint FROM generate_series(1, lines)), '{}');
SELECT count(*) FROM backorder.place_order('q12345', ARRAY['SKU-1002'], ARRAY[1::bigint]);
UPDATE backorder.delivery SET status = 'sent';
UPDATE backorder.stock SET on_hand = 1 WHERE merchant_id = 1 AND sku = 'SKU-1002';
SELECT jsonb_object_agg(CASE type WHEN 'placed' THEN jsonb_array_length(payload -> 'lines')::text ELSE type END, payload) AS payloads
FROM backorder.notification WHERE payload ->> 'reference' IS DISTINCT FROM 'q12345' OR type <> 'placed'
\gset
ROLLBACK;
INSERT INTO floor.payload SELECT name, payload FROM jsonb_each(:'payloads') AS p (name, payload);
