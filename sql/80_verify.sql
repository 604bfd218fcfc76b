-- Proof: what the tables say must hold together.

CREATE FUNCTION backorder.verify(merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (invariant integer, place text, problem text)
	LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_verify';
COMMENT ON FUNCTION backorder.verify(integer) IS
'A row for each breach of an invariant (1 to 10, see doc/architecture.md): which one, where, and what is wrong. A sound database returns none. Reads one snapshot and locks nothing; needs level report.';
