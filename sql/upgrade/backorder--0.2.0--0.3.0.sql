\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.2.0 to 0.3.0: how tables are stored and vacuumed. Idempotent DDL, no rows are changed.

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

SELECT backorder.regrant();
