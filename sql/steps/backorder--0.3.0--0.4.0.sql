\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.3.0 to 0.4.0: the functions are those of this version's module, which has a name of its own from now on.
-- Idempotent DDL, no rows are changed.

DO $do$
DECLARE
	routine record;
BEGIN
	FOR routine IN
		SELECT p.oid, p.probin
		FROM pg_catalog.pg_proc p
		JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
		JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = e.oid
		WHERE e.extname = 'backorder' AND p.probin IS NOT NULL
		ORDER BY p.oid
	LOOP
		EXECUTE replace(pg_get_functiondef(routine.oid), quote_literal(routine.probin), quote_literal('MODULE_PATHNAME'));
	END LOOP;
END $do$;

COMMENT ON COLUMN backorder.availability_slot.queue_share IS 'Units that may still join the queue by this slot; 0 unless the SKU is sold out. Over all slots no more than get the same date.';

COMMENT ON FUNCTION backorder.repair(text[], integer) IS
'Makes the availability of these SKUs anew from stock and open order line parts, brings the ledger to what is on hand, fills and re-lays promises, and returns a row for each thing mended (problem; detail: what it was and is). What the slots of a hot item may promise is dealt out anew without a row. For admin. What it does not mend, verify() goes on naming.';
