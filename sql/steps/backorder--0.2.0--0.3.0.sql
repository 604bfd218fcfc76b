\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.2.0 to 0.3.0: a mark of books whose slots have nothing, how tables are stored and vacuumed, and a quicker view.
-- Idempotent DDL, no rows are changed.

DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.availability ADD COLUMN IF NOT EXISTS slots_idle boolean NOT NULL DEFAULT false';
END $do$;
COMMENT ON COLUMN backorder.availability.slots_idle IS 'True while no slot has a share or has counted anything: then this row is the whole book.';

DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.sales_order SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)';
	EXECUTE 'ALTER TABLE backorder.shipment_group SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)';
	EXECUTE 'ALTER TABLE backorder.order_line_part SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)';
	EXECUTE 'ALTER TABLE backorder.delivery SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)';
END $do$;

DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.notification ALTER COLUMN payload SET COMPRESSION lz4';
EXCEPTION WHEN feature_not_supported THEN
	NULL;
END $do$;

CREATE OR REPLACE VIEW backorder.shipment_board WITH (security_invoker = true) AS
SELECT
	g.merchant_id,
	g.order_id,
	g.group_no,
	g.location_id,
	l.name AS location_name,
	g.status,
	g.status IN ('ready', 'released') AND o.status = 'open'
		AND coalesce(g.not_before <= backorder.clock_time(), true) AS shippable,
	c.lines,
	c.units,
	c.backordered,
	c.value,
	c.weight,
	o.reference,
	o.customer,
	o.status AS order_status,
	o.priority,
	o.placed_at,
	g.promised_at,
	g.not_before,
	g.released_at,
	g.shipped_at,
	g.delivered_at,
	g.tracking
FROM backorder.shipment_group g
JOIN backorder.sales_order o ON o.merchant_id = g.merchant_id AND o.order_id = g.order_id
-- the content of each group that is shown, not of all that might be: the first fifty are quick
CROSS JOIN LATERAL (
	SELECT
		count(DISTINCT p.line_no) FILTER (WHERE p.status <> 'canceled') AS lines,
		coalesce(sum(p.quantity) FILTER (WHERE p.status <> 'canceled'), 0)::bigint AS units,
		coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
		sum(p.quantity * p.unit_price) FILTER (WHERE p.status <> 'canceled') AS value,
		sum(p.quantity * i.weight) FILTER (WHERE p.status <> 'canceled') AS weight
	FROM backorder.order_line_part p
	LEFT JOIN backorder.item i ON i.merchant_id = p.merchant_id AND i.sku = p.sku
	WHERE p.merchant_id = g.merchant_id AND p.order_id = g.order_id AND p.group_no = g.group_no
) AS c
LEFT JOIN backorder.location l ON l.merchant_id = g.merchant_id AND l.location_id = g.location_id;
