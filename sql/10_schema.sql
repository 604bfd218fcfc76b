-- The schema, the sequence of ids, and the three small functions that all other objects use.

CREATE SCHEMA backorder;
COMMENT ON SCHEMA backorder IS
'Backorders of a shop: checkout allocates available stock, queues and promises the rest, and arrivals fill the queue in order.';

CREATE SEQUENCE backorder.id_sequence AS bigint MAXVALUE 8796093022207 CACHE 1;
COMMENT ON SEQUENCE backorder.id_sequence IS
'The low 43 bits of every id that next_id() returns.';
SELECT pg_catalog.pg_extension_config_dump('backorder.id_sequence', '');

CREATE FUNCTION backorder.next_id() RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_next_id';
COMMENT ON FUNCTION backorder.next_id() IS
'Returns a new id: the next value of id_sequence in the low 43 bits, the setting backorder.node_id
  in the 10 bits above. Ids are below 2^53, so JSON clients read them exactly.
Errors: 2200H the sequence is used up; 42P01 the sequence does not exist.';

CREATE FUNCTION backorder.current_merchant() RETURNS integer
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'backorder_current_merchant';
COMMENT ON FUNCTION backorder.current_merchant() IS
'Returns the setting backorder.merchant_id (default 1): the merchant of every call and row that
  names none. It is a default, not a right. Rights come from merchant_access.
Errors: OB006 no merchant is named, if backorder.require_merchant is on.';

CREATE FUNCTION backorder.clock_time() RETURNS timestamptz
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'backorder_clock_time';
COMMENT ON FUNCTION backorder.clock_time() IS
'Returns the time that the views use: the setting backorder.clock if it is set (for tests and
  replays), otherwise the start of the statement.
Errors: none.';
