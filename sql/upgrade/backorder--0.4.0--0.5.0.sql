\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.4.0 to 0.5.0: the functions are those of this version's module. Idempotent DDL, no rows are changed.

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

-- for rows that are written from now on
ALTER TABLE backorder.sales_order SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

COMMENT ON FUNCTION backorder.verify(integer) IS
'A row for each breach of an invariant (1 to 10, see doc/architecture.md): which one, where, and what is wrong. A sound database returns none. Reads one snapshot and locks nothing; needs level report.';

SELECT backorder.regrant();
