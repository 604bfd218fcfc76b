-- Rows that are read and written without plans follow the same rules as SQL.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, 'TEA', 'allow' FROM generate_series(1, 2) AS m;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) SELECT m, 'TEA', 1, 10 FROM generate_series(1, 2) AS m;
SELECT order_id FROM backorder.place_order('one', '{TEA}', '{2}') \gset

-- === A transaction that only reads ===

BEGIN READ ONLY;
SELECT status, available FROM backorder.preview_order('{TEA}', '{2}'::bigint[]);
SELECT * FROM backorder.release_group(:order_id, 1);
ROLLBACK;
BEGIN READ ONLY;
SELECT * FROM backorder.place_order('no', '{TEA}', '{2}');
ROLLBACK;
SELECT status FROM backorder.shipment_group;

-- === Added columns ===

-- They get their defaults, as by any INSERT.
ALTER TABLE backorder.sales_order ADD COLUMN channel text NOT NULL DEFAULT 'web';
ALTER TABLE backorder.order_line_part ADD COLUMN dozens numeric GENERATED ALWAYS AS (round(quantity / 12.0, 2)) STORED,
	ADD COLUMN serial integer GENERATED ALWAYS AS IDENTITY;
SELECT quantity FROM backorder.place_order('two', '{TEA}', '{3}', merchant_id => 2);
SELECT quantity, status FROM backorder.place_order('three', '{TEA}', '{12}', merchant_id => 2) ORDER BY part_no;
UPDATE backorder.stock SET on_hand = 20 WHERE merchant_id = 2;
SELECT o.reference, o.channel, p.part_no, p.quantity, p.dozens, p.serial > 0 AS serial
FROM backorder.sales_order o JOIN backorder.order_line_part p USING (merchant_id, order_id) ORDER BY 1, 3;
-- A column that is dropped and added again has another place in the row.
ALTER TABLE backorder.sales_order DROP COLUMN channel, DROP COLUMN customer_group;
ALTER TABLE backorder.sales_order ADD COLUMN customer_group text;
SELECT quantity FROM backorder.place_order('four', '{TEA}', '{1}', '{"customer_group": "trade"}', merchant_id => 2);
SELECT reference, customer_group FROM backorder.sales_order WHERE customer_group IS NOT NULL;

-- === Added and dropped constraints ===

ALTER TABLE backorder.sales_order ADD CONSTRAINT no_bulk CHECK (units < 5) NOT VALID;
CALL refused($$ SELECT * FROM backorder.place_order('bulk', '{TEA}', '{5}') $$);
ALTER TABLE backorder.sales_order DROP CONSTRAINT no_bulk;
SELECT quantity FROM backorder.place_order('bulk', '{TEA}', '{5}');

-- A constraint follows the functions that it calls, whether PostgreSQL inlines them, calls them, or calls them beforehand.
INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, 'CUP', 'allow' FROM generate_series(1, 2) AS m;
CREATE TABLE plain (reference text);
CREATE FUNCTION inner_rule(reference text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION outer_rule(reference text) RETURNS boolean LANGUAGE sql STRICT SECURITY DEFINER AS 'SELECT public.inner_rule(reference)';
CREATE FUNCTION no_argument() RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION follows(nth integer) RETURNS TABLE (order_refused boolean, plain_refused boolean) LANGUAGE sql AS $$
	SELECT (refusal(format('SELECT * FROM backorder.place_order(%L, ''{CUP}'', ''{1}'')', 'rule ' || nth))).state = '23514',
		(refusal(format('INSERT INTO plain VALUES (%L)', 'rule ' || nth))).state = '23514'
$$;
ALTER TABLE backorder.sales_order ADD CONSTRAINT inlined CHECK (inner_rule(reference)) NOT VALID;
ALTER TABLE plain ADD CONSTRAINT inlined CHECK (inner_rule(reference));
SELECT * FROM follows(1);
CREATE OR REPLACE FUNCTION inner_rule(reference text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
SELECT * FROM follows(2);
CREATE OR REPLACE FUNCTION inner_rule(reference text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
SELECT * FROM follows(3);
ALTER TABLE backorder.sales_order DROP CONSTRAINT inlined, ADD CONSTRAINT called CHECK (outer_rule(reference)) NOT VALID;
ALTER TABLE plain DROP CONSTRAINT inlined, ADD CONSTRAINT called CHECK (outer_rule(reference)) NOT VALID;
BEGIN;
SELECT * FROM follows(4);
CREATE OR REPLACE FUNCTION inner_rule(reference text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
SELECT * FROM follows(5);
COMMIT;
SELECT * FROM follows(6);
ALTER TABLE backorder.sales_order DROP CONSTRAINT called, ADD CONSTRAINT folded CHECK (no_argument()) NOT VALID;
ALTER TABLE plain DROP CONSTRAINT called, ADD CONSTRAINT folded CHECK (no_argument()) NOT VALID;
SELECT * FROM follows(7);
CREATE OR REPLACE FUNCTION no_argument() RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
SELECT * FROM follows(8);
ALTER TABLE backorder.sales_order DROP CONSTRAINT folded;
-- It follows a domain, too.
CREATE DOMAIN short_text AS text;
ALTER TABLE backorder.sales_order ADD CONSTRAINT cast_it CHECK (reference::short_text IS NOT NULL) NOT VALID;
ALTER TABLE plain DROP CONSTRAINT folded, ADD CONSTRAINT cast_it CHECK (reference::short_text IS NOT NULL) NOT VALID;
SELECT * FROM follows(9);
ALTER DOMAIN short_text ADD CONSTRAINT shorter CHECK (length(VALUE) < 5);
SELECT * FROM follows(10);
ALTER TABLE backorder.sales_order DROP CONSTRAINT cast_it;
DROP TABLE plain;

-- A constraint may call the engine, and change all tables in the catalogue. The other constraints still hold.
CREATE FUNCTION calls_back(reference text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	IF reference LIKE 'back%' THEN
		GRANT SELECT ON ALL TABLES IN SCHEMA backorder TO CURRENT_USER;
		PERFORM backorder.place_order('for ' || reference, '{CUP}', '{1}', merchant_id => 2);
	END IF;
	RETURN true;
END $$;
ALTER TABLE backorder.sales_order ADD CONSTRAINT a_first CHECK (calls_back(reference)) NOT VALID,
	ADD CONSTRAINT z_last CHECK (reference <> 'back 2') NOT VALID;
SELECT quantity FROM backorder.place_order('back 1', '{CUP}', '{1}');
SELECT state, message FROM refusal($$ SELECT * FROM backorder.place_order('back 2', '{CUP}', '{1}') $$);
SELECT quantity FROM backorder.place_order('back 3', '{CUP}', '{1}');
SELECT merchant_id, reference FROM backorder.sales_order WHERE reference LIKE '%back%' ORDER BY reference;
ALTER TABLE backorder.sales_order DROP CONSTRAINT a_first, DROP CONSTRAINT z_last;

-- === A trigger that calls back ===

-- During the order of one merchant, the trigger places it for the other, too.
CREATE FUNCTION repeat_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.merchant_id = 1 THEN
		PERFORM backorder.place_order('again ' || NEW.reference, '{TEA}', '{1}', merchant_id => 2);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER repeat_order AFTER INSERT ON backorder.sales_order FOR EACH ROW EXECUTE FUNCTION repeat_order();
SELECT quantity, status FROM backorder.place_order('five', '{TEA}', '{4}') ORDER BY part_no;
SELECT reference, quantity, status FROM part WHERE reference LIKE '%five' ORDER BY 1, part_no;
DROP TRIGGER repeat_order ON backorder.sales_order;
DROP FUNCTION repeat_order();

ALTER TABLE backorder.order_line_part DROP COLUMN dozens, DROP COLUMN serial;

-- === Statements by plan ===

-- The tables that this session has written by plan. Some rows are always inserted by plan.
CREATE VIEW written_by_plan AS
SELECT DISTINCT part[2] AS table_name
FROM pg_backend_memory_contexts, regexp_match(ident, '(INSERT INTO|UPDATE) backorder\.(\w+)') AS part
WHERE name = 'CachedPlanSource' AND part IS NOT NULL AND ident !~ 'INSERT INTO backorder\.(availability|item|stock)\M';
CREATE VIEW by_plan AS
SELECT count(*) > 0 AS by_plan FROM written_by_plan WHERE table_name = 'sales_order';
\c -
SET backorder.clock = '2026-03-02 09:00+00';
SELECT quantity FROM backorder.place_order('direct 1', '{TEA}', '{1}');
SELECT * FROM by_plan;
-- A setting of another extension changes nothing, and any user can make one.
SET citus.shard_count = 1;
SELECT quantity FROM backorder.place_order('direct 2', '{TEA}', '{1}');
SELECT * FROM by_plan;
-- If backorder.direct_access is off, all statements run by plan. Superusers set it.
SET backorder.direct_access = off;
SELECT quantity FROM backorder.place_order('by plan', '{TEA}', '{1}');
SELECT * FROM by_plan;
CREATE ROLE direct_user;
SET ROLE direct_user;
SET backorder.direct_access = on;
RESET ROLE;
DROP ROLE direct_user;
-- So they do in a database with Citus, whose tables only its planner can read.
\c -
SET backorder.clock = '2026-03-02 09:00+00';
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
SELECT quantity FROM backorder.place_order('distributed', '{TEA}', '{1}');
SELECT * FROM by_plan;
SELECT statements, obstacle, name, count(*) AS tables FROM backorder.direct_access_obstacles() GROUP BY 1, 2, 3;
DROP TABLE pg_catalog.pg_dist_partition;
RESET allow_system_table_mods;

-- === What keeps direct access from a table ===

-- Nothing, as long as the tables are as the extension makes them.
SELECT * FROM backorder.direct_access_obstacles();
SET backorder.direct_access = off;
SELECT statements, obstacle, name, count(*) AS tables FROM backorder.direct_access_obstacles() GROUP BY 1, 2, 3;
RESET backorder.direct_access;

-- What a shop attaches to a table. Most of it matters only when the table is written.
CREATE TABLE invoice (merchant_id integer, order_id bigint, FOREIGN KEY (merchant_id, order_id) REFERENCES backorder.sales_order);
CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER note_it AFTER INSERT ON backorder.delivery FOR EACH ROW EXECUTE FUNCTION note_it();
ALTER TABLE backorder.delivery DISABLE TRIGGER note_it;
CREATE RULE copy_it AS ON DELETE TO backorder.shipment_group DO ALSO NOTHING;
ALTER TABLE backorder.notification ADD COLUMN seen_at timestamptz DEFAULT now(), ADD COLUMN note text;
ALTER TABLE backorder.order_line_part ADD COLUMN halves bigint GENERATED ALWAYS AS (quantity * 2) STORED;
ALTER TABLE backorder.promise_change FORCE ROW LEVEL SECURITY;
CREATE TABLE old_availability () INHERITS (backorder.availability);
ALTER TABLE backorder.stock_warning ADD COLUMN label text,
	ADD CONSTRAINT stock_warning_labels UNIQUE (label) DEFERRABLE;
CREATE TABLE all_movements (LIKE backorder.stock_movement) PARTITION BY LIST (merchant_id);
ALTER TABLE all_movements ATTACH PARTITION backorder.stock_movement DEFAULT;
-- These do not matter: the engine always writes item by plan, and only reads location.
CREATE TRIGGER note_it AFTER INSERT ON backorder.item FOR EACH ROW EXECUTE FUNCTION note_it();
ALTER TABLE backorder.location ADD COLUMN phone text DEFAULT '';
SELECT * FROM backorder.direct_access_obstacles() ORDER BY table_name COLLATE "C", obstacle, name;
-- An order writes exactly these tables by plan.
\c -
SET backorder.clock = '2026-03-02 09:00+00';
UPDATE backorder.item SET lead_time = '3 days' WHERE sku = 'CUP';	-- so that there is a promise to write
SELECT quantity FROM backorder.place_order('attached', '{CUP}', '{1}');
SELECT table_name, w.table_name IS NOT NULL AS by_plan, o.table_name IS NOT NULL AS obstacle FROM written_by_plan w
FULL JOIN (SELECT DISTINCT table_name FROM backorder.direct_access_obstacles()) o USING (table_name)
WHERE table_name NOT IN ('stock_movement', 'stock_warning') ORDER BY table_name COLLATE "C";
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
DROP TABLE invoice, old_availability;
ALTER TABLE all_movements DETACH PARTITION backorder.stock_movement;
DROP TABLE all_movements;
DROP TRIGGER note_it ON backorder.delivery;
DROP TRIGGER note_it ON backorder.item;
DROP FUNCTION note_it();
DROP RULE copy_it ON backorder.shipment_group;
ALTER TABLE backorder.promise_change NO FORCE ROW LEVEL SECURITY;
ALTER TABLE backorder.notification DROP COLUMN seen_at, DROP COLUMN note;
ALTER TABLE backorder.order_line_part DROP COLUMN halves;
ALTER TABLE backorder.stock_warning DROP COLUMN label;
-- Without them, direct access is possible again; in the case of inheritance, after ANALYZE.
ANALYZE backorder.availability;
SELECT * FROM backorder.direct_access_obstacles();
\c -
SET backorder.clock = '2026-03-02 09:00+00';
SELECT quantity FROM backorder.place_order('detached', '{CUP}', '{1}');
SELECT * FROM written_by_plan;

SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
