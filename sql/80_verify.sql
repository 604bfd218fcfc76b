-- verify(): checks the invariants of the tables.

CREATE FUNCTION backorder.verify(merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (invariant integer, place text, problem text)
	LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_verify';
COMMENT ON FUNCTION backorder.verify(integer) IS
'Checks the invariants 1 to 10 of doc/architecture.md. Reads one snapshot and takes no locks.
Arguments: merchant_id = the merchant.
Returns one row per breach: invariant (its number), place (where) and problem (what is wrong).
  Sound data returns no row.
Errors: 22004 null argument; 42501 no access.
Level: report.';
