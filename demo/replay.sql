-- Plays the sales, cancellations and restocks of a real shop through the extension. Run by demo/replay, which sets the
-- variables and sends the CSV file on standard input.
--
-- The file knows sales and cancellations, no stock: opening stocks and restocks follow from a reorder policy. A day
-- begins with what arrives, then orders and cancellations come at their own times, then all that is ready is shipped,
-- and what runs low is reordered. Every step is one call of the extension in a transaction of its own, as an app makes
-- it. Two runs with the same settings end the same.

\set SHOW_CONTEXT never

-- ===== who plays: a role with the rights of an application, and the clock =====

SELECT to_regrole('replay_shop') IS NULL AS is_new \gset
\if :is_new
	CREATE ROLE replay_shop LOGIN;
\endif
SELECT FROM backorder.grant_access('replay_shop', 'app');
GRANT SET ON PARAMETER backorder.clock TO replay_shop;
DROP SCHEMA IF EXISTS replay CASCADE;
CREATE SCHEMA replay AUTHORIZATION replay_shop;
SET SESSION AUTHORIZATION replay_shop;
SET search_path = replay;
SET timezone = 'Europe/London';

-- ===== what is read =====

CREATE TABLE replay.setting (
	from_day      date NOT NULL,
	to_day        date NOT NULL,
	days          integer,
	lead_time     interval NOT NULL,
	reorder_weeks numeric NOT NULL,
	upto_weeks    numeric NOT NULL,
	recent_weeks  integer NOT NULL,
	late_percent  integer NOT NULL,
	seed          integer NOT NULL
);
INSERT INTO replay.setting VALUES (
	coalesce(nullif(:'from', ''), '-infinity')::date, coalesce(nullif(:'to', ''), 'infinity')::date,
	nullif(:'days', '')::integer, :'lead' * interval '1 day',
	:'reorder', :'upto', :'recent', :'late', :'seed');

CREATE TABLE replay.invoice_line (
	pos         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	invoice_no  text NOT NULL,
	stock_code  text NOT NULL,
	description text,
	quantity    bigint NOT NULL,
	invoice_ts  timestamptz NOT NULL,
	unit_price  numeric NOT NULL,
	customer_id text,
	country     text
);
COPY replay.invoice_line (invoice_no, stock_code, description, quantity, invoice_ts, unit_price, customer_id, country)
	FROM STDIN (FORMAT csv, HEADER match);
