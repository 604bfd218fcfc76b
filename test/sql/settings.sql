-- Settings: what each one accepts, and that a parallel worker has it too.
\set ECHO none
\i test/sql/setup.psql

-- === The clock: an ISO 8601 time with "Z" or a numeric offset ===

-- What the setting says to a value: the time by the clock, or the SQLSTATE.
CREATE FUNCTION try_clock(value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('backorder.clock', value, true);
	RETURN to_json(backorder.clock_time() AT TIME ZONE 'UTC') #>> '{}';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE TABLE accepted AS
SELECT * FROM (VALUES
	(1, '2026-03-02T09:00:00Z'),
	(2, '2026-03-02 09:00+00'),
	(3, '2026-03-02T09:00Z'),
	(4, '2026-03-02T09:00:00.5Z'),
	(5, '2026-03-02T09:00:00.123456789Z'),
	(6, '2026-03-02T23:59:59.9999999Z'),
	(7, '2026-03-02T09:00:00+05:30'),
	(8, '2026-03-02T09:00:00-0330'),
	(9, '1890-03-02 09:00:00+00:53:28'),
	(10, '2026-03-02T09:00:00+15:59:59'),
	(11, '2024-02-29T00:00:00Z'),
	(12, '2000-02-29T00:00:00Z'),
	(13, '0001-01-01T00:00:00Z'),
	(14, '9999-12-31T23:59:59.999999-15:59'),
	-- the end of a day, and a leap second, are the first moment of what follows
	(15, '2026-12-31T24:00:00Z'),
	(16, '2026-12-31T24:00Z'),
	(17, '2016-12-31T23:59:60Z'),
	(18, '2016-12-31T23:59:60+00')) AS v (n, value);
SELECT value, try_clock(value) AS time_in_utc FROM accepted ORDER BY n;

-- Nothing else is a time.
CREATE TABLE refused AS
SELECT * FROM unnest(ARRAY[
	-- parts are missing
	'2026-03-02', '2026-03-02Z', '2026-03-02T09Z', '2026-03-02T09+00', '2026-03-02T09:00:00', '2026-03-02 09:00',
	'2026-03-02T09:00:00.Z', '2026-03-02T09:00:00+', '2026-03-02T09:00:00+01:', '2026-03-02T09:00:00+01:30:',
	-- too many or too few digits
	'2026-3-2T09:00:00Z', '2026-03-02T9:00:00Z', '02026-03-02T09:00:00Z', '12026-03-02T09:00:00Z',
	'2026-03-02T09:00:00+1', '2026-03-02T09:00:00+010', '2026-03-02T09:00:00+01:0', '2026-03-02T09:00:00+010000',
	'2026-03-02T09:00:00+99999999999999999999', '999999999999999999-01-01T00:00:00Z',
	-- blanks, other separators, other letters, other digits
	' ', ' 2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z ', E'2026-03-02T09:00:00Z\n', '2026-03-02  09:00Z',
	'2026-03-02T09:00:00 +00', '2026-03-02_09:00:00Z', '20260302T090000Z', '02/03/2026 09:00Z', '2026-03-02T09:00.5Z',
	'2026-03-02T09:00:00,5Z', '2026-03-02T09:00:00.5.5Z', '2026-03-02T09:00:00.-5Z', '2026-03-02t09:00:00Z',
	'2026-03-02T09:00:00z', '2026-Mar-02T09:00:00Z', '２０２６-03-02T09:00:00Z',
	-- other calendars, and eras
	'2026-W10-1T09:00:00Z', '2026-061T09:00:00Z', 'J2461102', '+2026-03-02T09:00:00Z', '-2026-03-02T09:00:00Z',
	'0000-01-01T09:00:00Z', '0044-03-15T12:00:00Z BC', '2026-03-02T09:00:00Z AD', '294277-01-01T00:00:00Z',
	-- days and times that do not exist
	'2026-00-02T09:00:00Z', '2026-13-02T09:00:00Z', '2026-03-00T09:00:00Z', '2026-03-32T09:00:00Z',
	'2026-04-31T09:00:00Z', '2026-02-29T09:00:00Z', '1900-02-29T09:00:00Z', '2026-03-02T25:00:00Z',
	'2026-03-02T24:00:01Z', '2026-03-02T24:01:00Z', '2026-03-02T24:00:00.1Z', '2026-03-02T09:60:00Z',
	'2026-03-02T09:00:61Z', '2026-03-02T23:59:60.5Z', '2026-03-02T09:00:00+16', '2026-03-02T09:00:00+01:60',
	'2026-03-02T09:00:00+01:00:60', '2026-03-02T09:00:00+01:00:00:00',
	-- names of zones
	'2026-03-02T09:00:00UTC', '2026-03-02T09:00:00 UTC', '2026-03-02T09:00:00 CET', '2026-03-02 09:00 Europe/Berlin',
	'2026-03-02T09:00:00ZZ', '2026-03-02T09:00:00Z+01',
	-- words
	'infinity', '-infinity', 'now', 'today', 'yesterday 09:00Z', 'tomorrow', 'epoch', 'allballs', 'null']) AS value;
SELECT count(*) AS refused FROM refused;
SELECT value, try_clock(value) AS instead_of_22023 FROM refused WHERE try_clock(value) <> '22023';

-- What it accepts, it reads as PostgreSQL reads it, in any session; and it accepts what JSON has for a time.
SELECT value FROM accepted
WHERE try_clock(value)::timestamp IS DISTINCT FROM value::timestamptz AT TIME ZONE 'UTC';
SET TIME ZONE 'Africa/Monrovia';	-- its offset had seconds until 1972
CREATE TABLE sample AS
SELECT to_json(timestamptz '1960-01-01 00:00:00+00' + i * interval '37 days 13:11:17.654321') #>> '{}' AS value
FROM generate_series(0, 999) AS i;
SET datestyle = 'German, DMY';
SET TIME ZONE 'America/New_York';
SET timezone_abbreviations = 'India';
SELECT value FROM (TABLE sample UNION ALL SELECT value FROM accepted) AS v
WHERE try_clock(value)::timestamp IS DISTINCT FROM value::timestamptz AT TIME ZONE 'UTC';
RESET datestyle;
RESET timezone;
RESET timezone_abbreviations;

-- A transaction that rolls back sets the clock back too.
SET backorder.clock = '2026-03-02T09:00:00Z';
BEGIN;
SET LOCAL backorder.clock = '2026-03-03T09:00:00Z';
SAVEPOINT later;
SET LOCAL backorder.clock = '2026-03-04T09:00:00Z';
SELECT backorder.clock_time() AT TIME ZONE 'UTC' AS time_in_utc;
ROLLBACK TO later;
SELECT backorder.clock_time() AT TIME ZONE 'UTC' AS time_in_utc;
ROLLBACK;
SELECT backorder.clock_time() AT TIME ZONE 'UTC' AS time_in_utc;
CALL refused($$ SET backorder.clock = 'tomorrow' $$);
SELECT backorder.clock_time() AT TIME ZONE 'UTC' AS time_in_utc;

-- === Parallel workers ===

-- How many workers ran for a statement.
CREATE FUNCTION workers(statement text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || statement INTO plan;
	RETURN plan->0->'Plan'->>'Workers Launched';
END $$;

SELECT set_config(CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'debug_parallel_query'
	ELSE 'force_parallel_mode' END, 'on', false) AS workers;

-- A worker has every setting, in whatever form the clock was set.
SET TIME ZONE 'Asia/Kathmandu';
SET timezone_abbreviations = 'Australia';
SET datestyle = 'SQL, DMY';
SET backorder.merchant_id = 2;
SET backorder.clock = '2026-03-02T09:00:00Z';
SELECT workers('SELECT backorder.clock_time()');
SELECT backorder.current_merchant(), backorder.clock_time() = '2026-03-02 09:00+00' AS same_time;
SET backorder.clock = '2026-03-02 09:00:00.25-03:30';
SELECT backorder.current_merchant(), backorder.clock_time() = '2026-03-02 12:30:00.25+00' AS same_time;
SET backorder.clock = '';
SELECT backorder.current_merchant(), backorder.clock_time() = statement_timestamp() AS same_time;
SET backorder.direct_access = off;
SELECT name, setting FROM pg_settings WHERE name LIKE 'backorder.%' ORDER BY name;
RESET backorder.direct_access;
RESET timezone;
RESET timezone_abbreviations;
RESET datestyle;
RESET backorder.merchant_id;

-- So have the functions that only read, whose statements may use workers as well.
SET backorder.clock = '2026-03-02T09:00:00Z';
INSERT INTO backorder.item (sku, policy, lead_time) VALUES ('TEA', 'allow', '3 days');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 3);
SELECT sku, quantity, status, promised_at AT TIME ZONE 'UTC' AS promised_at FROM backorder.place_order('web-1', '{TEA}', '{5}') ORDER BY part_no;
SELECT sku, status, promised_at AT TIME ZONE 'UTC' AS promised_at FROM backorder.item_availability('{TEA}');
SELECT status, available, promised_at AT TIME ZONE 'UTC' AS promised_at FROM backorder.preview_order('{TEA}', '{2}'::bigint[]);
SELECT reference, sku, quantity, age_days FROM backorder.open_backorder;
SELECT * FROM backorder.verify();

-- === A merchant in every call ===
-- If it is required, the setting of the session is not used: calls and rows must name their merchant.
SET backorder.merchant_id = 2;
SET backorder.require_merchant = on;
CALL refused($$ SELECT backorder.set_stock('{TEA}', '{1}', '{1}') $$);
CALL refused($$ INSERT INTO backorder.item (sku) VALUES ('TEA') $$);
INSERT INTO backorder.item (merchant_id, sku) VALUES (1, 'NEW');
SELECT sku, change FROM backorder.set_stock('{NEW}', '{1}', '{1}', merchant_id => 1);
RESET backorder.require_merchant;
RESET backorder.merchant_id;
