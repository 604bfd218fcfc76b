\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.1.0 to 0.2.0. What stands on tables that are there already is idempotent DDL inside DO ... EXECUTE, so that
-- it also runs where these tables are distributed; no rows are changed. New objects are the text of the install
-- script's parts.
SELECT pg_catalog.set_config('citus.enable_unsafe_triggers', 'on', true);

-- ===== availability slots =====

-- ===== before the order, and consent =====

-- ===== incentives =====

-- ===== back in stock, and warnings =====

-- ===== rights =====

SELECT backorder.regrant();
