\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.1.0 to 0.2.0. What stands on tables that are there already is idempotent DDL inside DO ... EXECUTE, so that
-- it also runs where these tables are distributed; no rows are changed. New objects are the text of the install
-- script's parts.
SELECT pg_catalog.set_config('citus.enable_unsafe_triggers', 'on', true);

-- ===== availability slots =====

DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.item ADD COLUMN IF NOT EXISTS slots integer';
	EXECUTE 'ALTER TABLE backorder.item DROP CONSTRAINT IF EXISTS item_slots_in_range';
	EXECUTE 'ALTER TABLE backorder.item ADD CONSTRAINT item_slots_in_range CHECK (slots BETWEEN 2 AND 128)';
	EXECUTE 'ALTER TABLE backorder.availability ADD COLUMN IF NOT EXISTS slots integer NOT NULL DEFAULT 0';
	EXECUTE 'ALTER TABLE backorder.availability DROP CONSTRAINT IF EXISTS availability_slots_not_negative';
	EXECUTE 'ALTER TABLE backorder.availability ADD CONSTRAINT availability_slots_not_negative CHECK (slots >= 0)';
END $do$;
COMMENT ON COLUMN backorder.item.slots IS 'For a hot item (a flash sale): over so many rows the book is spread, so that as many checkouts work at once; null = one row, checkouts take turns.';
COMMENT ON COLUMN backorder.availability.slots IS 'Rows of availability_slot over which the book is spread: what they count is to be added to allocated and backordered, see availability_total. 0 = none.';

CREATE TABLE backorder.availability_slot (
	merchant_id integer NOT NULL,
	sku         text COLLATE "C" NOT NULL,
	slot_no     integer NOT NULL,
	share       bigint[] NOT NULL DEFAULT '{}',
	allocated   bigint[] NOT NULL DEFAULT '{}',
	queue_share bigint NOT NULL DEFAULT 0,
	backordered bigint NOT NULL DEFAULT 0,
	CONSTRAINT availability_slot_pkey PRIMARY KEY (merchant_id, sku, slot_no),
	CONSTRAINT availability_slot_side_by_side CHECK (cardinality(share) = cardinality(allocated)),
	CONSTRAINT availability_slot_share_not_negative CHECK (0 <= ALL (share)),
	CONSTRAINT availability_slot_allocated_not_negative CHECK (0 <= ALL (allocated)),
	CONSTRAINT availability_slot_queue_share_not_negative CHECK (queue_share >= 0),
	CONSTRAINT availability_slot_backordered_not_negative CHECK (backordered >= 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE backorder.availability_slot IS
'Parts of the book of a hot SKU, as many as the item wants. A checkout for which one slot suffices locks that row instead of the one in availability. Shares are dealt out by who holds the row and all its slots. Written by the engine only.';
COMMENT ON COLUMN backorder.availability_slot.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability_slot.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability_slot.slot_no IS 'Number of the slot, from 1.';
COMMENT ON COLUMN backorder.availability_slot.share IS 'Units that may still be allocated from this slot, side by side with availability.locations.';
COMMENT ON COLUMN backorder.availability_slot.allocated IS 'Units allocated from this slot that availability.allocated does not count yet, side by side with availability.locations.';
COMMENT ON COLUMN backorder.availability_slot.queue_share IS 'Units that may still join the queue by this slot; 0 unless the SKU is sold out and no supply is on its way.';
COMMENT ON COLUMN backorder.availability_slot.backordered IS 'Units that joined the queue by this slot and that availability.backordered does not count yet.';

SELECT pg_catalog.pg_extension_config_dump('backorder.availability_slot', '');

CREATE VIEW backorder.availability_total WITH (security_invoker = true) AS
SELECT
	a.merchant_id,
	a.sku,
	a.locations,
	a.on_hand,
	CASE WHEN a.slots = 0 THEN a.allocated ELSE ARRAY(
		SELECT a.allocated[n] + coalesce(sum(s.allocated[n]), 0)::bigint
		FROM generate_subscripts(a.allocated, 1) AS n
		LEFT JOIN backorder.availability_slot s ON s.merchant_id = a.merchant_id AND s.sku = a.sku
		GROUP BY n ORDER BY n) END AS allocated,
	a.backordered + counted.backordered AS backordered,
	a.relay,
	a.slots
FROM backorder.availability a
CROSS JOIN LATERAL (
	SELECT coalesce(sum(s.backordered), 0)::bigint AS backordered
	FROM backorder.availability_slot s
	WHERE a.slots > 0 AND s.merchant_id = a.merchant_id AND s.sku = a.sku
) AS counted;
COMMENT ON VIEW backorder.availability_total IS
'One row per SKU: its book, with what its slots have counted. Quick by merchant_id and sku.';
COMMENT ON COLUMN backorder.availability_total.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability_total.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability_total.locations IS 'The locations that have a shelf for it; on_hand and allocated stand side by side with it.';
COMMENT ON COLUMN backorder.availability_total.on_hand IS 'Units on hand per location, as in stock.';
COMMENT ON COLUMN backorder.availability_total.allocated IS 'Units per location that belong to allocated parts, not yet shipped.';
COMMENT ON COLUMN backorder.availability_total.backordered IS 'Units that wait.';
COMMENT ON COLUMN backorder.availability_total.relay IS 'True while promise dates of the queue may be wrong.';
COMMENT ON COLUMN backorder.availability_total.slots IS 'Over how many slots the book is spread; 0 = none.';

CREATE OR REPLACE VIEW backorder.stock_level WITH (security_invoker = true) AS
SELECT
	a.merchant_id,
	a.sku,
	i.name AS item_name,
	shelf.location_id,
	l.name AS location_name,
	CASE WHEN shelf.location_id IS NOT NULL THEN coalesce(l.active, true) END AS location_active,
	coalesce(shelf.on_hand, 0) AS on_hand,
	coalesce(shelf.allocated, 0) AS allocated,
	CASE
		WHEN a.backordered > 0 THEN 0
		ELSE greatest(book.free - coalesce(i.safety_stock, 0), 0)
	END AS available,
	a.backordered,
	coalesce(coming.units, 0) AS incoming,
	coming.next_arrival,
	coalesce(i.safety_stock, 0) AS safety_stock
FROM backorder.availability_total a
CROSS JOIN LATERAL (
	SELECT coalesce(sum(greatest(s.on_hand - s.allocated, 0)), 0)::bigint AS free
	FROM unnest(a.locations, a.on_hand, a.allocated) AS s (location_id, on_hand, allocated)
	LEFT JOIN backorder.location sl ON sl.merchant_id = a.merchant_id AND sl.location_id = s.location_id
	WHERE coalesce(sl.active, true)
) AS book
CROSS JOIN LATERAL (
	SELECT sum(u.quantity - u.received)::bigint AS units, min(u.expected_at) AS next_arrival
	FROM backorder.supply u
	WHERE u.merchant_id = a.merchant_id AND u.sku = a.sku
		AND u.status = 'open' AND u.quantity > u.received
) AS coming
LEFT JOIN LATERAL unnest(a.locations, a.on_hand, a.allocated)
	AS shelf (location_id, on_hand, allocated) ON true
LEFT JOIN backorder.item i ON i.merchant_id = a.merchant_id AND i.sku = a.sku
LEFT JOIN backorder.location l ON l.merchant_id = a.merchant_id AND l.location_id = shelf.location_id;

-- ===== before the order, and consent =====

-- ===== incentives =====

-- ===== back in stock, and warnings =====

-- ===== rights =====

COMMENT ON FUNCTION backorder.regrant() IS
'Puts tables of this schema under row security that are not yet, and lays the rights of PUBLIC and of every role in merchant_access anew, as access_rules() says. The install script and every update script end with it; call it after a dump was restored into a newer version. For superusers and the schema''s owner.';

SELECT backorder.regrant();
