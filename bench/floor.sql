-- The floor, made after seed.sql: exactly the rows that a checkout of ours writes, by plain multi-row statements with no logic: h lines
-- allocated in a ready group, the others backordered in a waiting one, every line's book updated.
CREATE SCHEMA floor;
CREATE FUNCTION floor.place_order(reference text, skus text[], h integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	id bigint := backorder.next_id();
	n integer := cardinality(skus);
	t timestamptz := clock_timestamp();
	notice bigint;
BEGIN
	UPDATE backorder.availability a
	SET locations = a.locations, on_hand = a.on_hand, allocated = a.allocated, backordered = a.backordered, relay = a.relay
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
	VALUES (1, notice, 'placed', 'customer', id, 'placed:' || id, (SELECT payload FROM floor.payload WHERE lines = n), t);
	INSERT INTO backorder.delivery (merchant_id, notification_id, deliver_after) VALUES (1, notice, t);
	RETURN id;
END $$;

-- The notices: real ones, of orders that are rolled back.
CREATE TABLE floor.payload (lines integer PRIMARY KEY, payload jsonb NOT NULL);
BEGIN;
SELECT count(*) FROM unnest(ARRAY[1, 5, 10]) AS lines, backorder.place_order('r123456789012345' || lines % 10,
	ARRAY(SELECT 'SKU-' || 2 * i + 5000 - CASE WHEN 2 * i <= lines + 1 THEN 1 ELSE 0 END FROM generate_series(1, lines) AS i),
	ARRAY(SELECT 1::bigint FROM generate_series(1, lines)), '{}');
SELECT jsonb_object_agg(jsonb_array_length(payload -> 'lines'), payload) AS payloads
FROM backorder.notification WHERE type = 'placed'
\gset
ROLLBACK;
INSERT INTO floor.payload SELECT lines::integer, payload FROM jsonb_each(:'payloads') AS p (lines, payload);
