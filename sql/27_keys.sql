-- Idempotency keys: calls that were booked, so that a repeat books nothing.

CREATE TABLE backorder.call_key (
	merchant_id integer NOT NULL,
	key         text COLLATE "C" NOT NULL,
	function    text NOT NULL,
	fingerprint bytea NOT NULL,
	answer      jsonb,
	called_at   timestamptz NOT NULL,
	CONSTRAINT call_key_pkey PRIMARY KEY (merchant_id, key),
	CONSTRAINT call_key_length CHECK (char_length(key) BETWEEN 1 AND 200)
);
CREATE INDEX call_key_called_at ON backorder.call_key (merchant_id, called_at);
COMMENT ON TABLE backorder.call_key IS
'Calls with an idempotency key, one row per key. A repeat with the same key and arguments changes nothing and returns the answer again. Written by the engine only. forget_keys() deletes rows that are older than merchant.key_retention.';
COMMENT ON COLUMN backorder.call_key.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.call_key.key IS 'The key: 1 to 200 characters, compared byte by byte.';
COMMENT ON COLUMN backorder.call_key.function IS 'The function that was called.';
COMMENT ON COLUMN backorder.call_key.fingerprint IS 'SHA-256 of the function and its arguments.';
COMMENT ON COLUMN backorder.call_key.answer IS 'The rows that the call returned; null only while it runs.';
COMMENT ON COLUMN backorder.call_key.called_at IS 'When it was called, by the clock of the engine.';

SELECT pg_catalog.pg_extension_config_dump('backorder.call_key', '');

CREATE FUNCTION backorder.forget_keys(options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_forget_keys';
COMMENT ON FUNCTION backorder.forget_keys(jsonb, integer) IS
'Deletes up to 10,000 rows of call_key that are older than merchant.key_retention. maintain() calls
it. A call that is repeated later with such a key is booked again.
Arguments: options = none; merchant_id = the merchant.
Returns the number of rows.
Errors: OB006 malformed argument; 42501 no access.
Level: app.';
