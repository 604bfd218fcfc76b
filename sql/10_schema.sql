-- The schema, the source of ids, and the three small functions that everything else leans on.

CREATE SCHEMA backorder;
COMMENT ON SCHEMA backorder IS
'Backorders of a shop: what is short is marked, what is there ships, what is missing is promised and filled on arrival in a fair order.';

CREATE SEQUENCE backorder.id_sequence AS bigint MAXVALUE 8796093022207 CACHE 1;
COMMENT ON SEQUENCE backorder.id_sequence IS
'The low 43 bits of every id that next_id() gives out.';
SELECT pg_catalog.pg_extension_config_dump('backorder.id_sequence', '');

CREATE FUNCTION backorder.next_id() RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_next_id';
COMMENT ON FUNCTION backorder.next_id() IS
'A new id: the sequence''s value in the low 43 bits, the setting backorder.node_id in the 10 bits above. Below 2^53, so exact in JSON clients. Ends with 2200H when the sequence is used up.';

CREATE FUNCTION backorder.current_merchant() RETURNS integer
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'backorder_current_merchant';
COMMENT ON FUNCTION backorder.current_merchant() IS
'The setting backorder.merchant_id (default 1): the merchant meant where none is named. It is a default, not a right: rights come from merchant_access.';

CREATE FUNCTION backorder.clock_time() RETURNS timestamptz
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'backorder_clock_time';
COMMENT ON FUNCTION backorder.clock_time() IS
'The time by which the views reckon: the setting backorder.clock when it is set (tests and replays), else the start of the statement.';
