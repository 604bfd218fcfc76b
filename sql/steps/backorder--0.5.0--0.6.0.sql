\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.5.0 to 0.6.0: columns that only the engine reads get other names. Idempotent DDL, no rows are changed.

DO $do$
DECLARE
	renamed record;
BEGIN
	FOR renamed IN
		SELECT c.*
		FROM (VALUES
			('backorder.availability'::regclass, 'relay', 'promises_stale'),
			('backorder.availability'::regclass, 'retractable', 'back_in_stock_pending'),
			('backorder.subscription'::regclass, 'retractable', 'back_in_stock_pending'),
			('backorder.availability_total'::regclass, 'relay', 'promises_stale')) AS c (relation, old_name, new_name)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.relation AND a.attname = c.old_name
	LOOP
		EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', renamed.relation, renamed.old_name, renamed.new_name);
	END LOOP;
	IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = 'backorder.subscription'::regclass
			AND conname = 'subscription_waiting_is_not_retractable') THEN
		EXECUTE 'ALTER TABLE backorder.subscription'
			' RENAME CONSTRAINT subscription_waiting_is_not_retractable TO subscription_waiting_is_not_pending';
	END IF;
END $do$;

ALTER INDEX IF EXISTS backorder.subscription_retractable RENAME TO subscription_back_in_stock_pending;

-- The types of notifications are declared in C; notification_types() lists them, and verify() checks the rows.
ALTER TABLE backorder.notification DROP CONSTRAINT IF EXISTS notification_type_known;
ALTER TABLE backorder.stock_warning DROP CONSTRAINT IF EXISTS stock_warning_kind_known;
