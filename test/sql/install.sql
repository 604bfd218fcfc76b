-- Install: the objects of the extension at a glance.
\set ECHO none
\i test/sql/setup.psql

-- One schema, which belongs to the extension.
SELECT e.extname, n.nspname AS schema, pg_get_userbyid(n.nspowner) = current_user AS mine
FROM pg_extension e
JOIN pg_depend d ON d.refobjid = e.oid AND d.classid = 'pg_namespace'::regclass AND d.deptype = 'e'
JOIN pg_namespace n ON n.oid = d.objid
WHERE e.extname = 'backorder';

-- Its tables: which of them pg_dump dumps, and that row security decides what a role may read.
SELECT c.relname AS "table", c.oid = ANY (e.extconfig) AS dumped, c.relrowsecurity AS row_security,
	left(obj_description(c.oid), strpos(obj_description(c.oid), '.')) AS is
FROM pg_class c
JOIN pg_extension e ON e.extname = 'backorder'
WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'r'
ORDER BY c.relname;

-- Its views.
SELECT c.relname AS "view", left(obj_description(c.oid), strpos(obj_description(c.oid), '.')) AS is
FROM pg_class c
WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'v'
ORDER BY c.relname;

-- Its functions, without those of triggers.
SELECT p.proname AS function, pg_get_function_identity_arguments(p.oid) AS arguments
FROM pg_proc p
WHERE p.pronamespace = 'backorder'::regnamespace AND p.prorettype <> 'trigger'::regtype
ORDER BY p.proname, arguments;

-- Its settings.
SELECT s.name, s.setting, s.context, s.short_desc
FROM pg_settings s
WHERE s.name LIKE 'backorder.%'
ORDER BY s.name;

-- Other names are not taken for a setting.
CALL refused($$ SET backorder.merchant = 2 $$);
CALL refused($$ SET backorder.merchant_id = 0 $$);
CALL refused($$ SET backorder.clock = 'tomorrow-ish' $$);

-- A fresh install has no rows except those of this test: merchants 1 and 2.
SELECT table_name, row_count
FROM (
	SELECT c.relname AS table_name,
		(xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', c.oid::regclass), false, true, '')))[1]::text::bigint AS row_count
	FROM pg_class c
	WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind = 'r') AS t
WHERE row_count > 0
ORDER BY table_name;

-- The default merchant, the clock, and an id: below 2^53, and never repeated.
SHOW backorder.merchant_id;
SELECT backorder.current_merchant(), backorder.clock_time();
SET backorder.merchant_id = 2;
SELECT backorder.current_merchant();
RESET backorder.merchant_id;
SELECT a.id < b.id AS ascending, b.id < 9007199254740992 AS exact_in_json
FROM (SELECT backorder.next_id() AS id) AS a, LATERAL (SELECT backorder.next_id() + 0 * a.id AS id) AS b;

-- Without the setting, a session has the real time.
RESET backorder.clock;
SELECT backorder.clock_time() = statement_timestamp() AS real_time;
SET backorder.clock = '2026-03-02 09:00+00';

-- An order, so that every statement of this backend has a plan ...
INSERT INTO backorder.item (sku, policy) VALUES ('TEA', 'allow');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 3);
SELECT line_no, part_no, sku, quantity, status FROM backorder.place_order('web-1', '{TEA}', '{5}') ORDER BY line_no, part_no;

-- ... then the extension is dropped with all its data, and created again in the same backend. The
-- plans are invalid and are prepared again.
SET client_min_messages = warning;
DROP EXTENSION backorder CASCADE;
RESET client_min_messages;
SELECT to_regnamespace('backorder') AS schema;
CREATE EXTENSION backorder;
INSERT INTO backorder.item (sku, policy) VALUES ('TEA', 'allow');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 4);
SELECT line_no, part_no, sku, quantity, status FROM backorder.place_order('web-1', '{TEA}', '{5}') ORDER BY line_no, part_no;

-- A merchant other than 1 needs a row, and the two are independent.
CALL refused($$ SELECT backorder.place_order('web-1', '{TEA}', '{5}', merchant_id => 2) $$);
INSERT INTO backorder.merchant (merchant_id, name) VALUES (2, 'The other shop');
CALL refused($$ SELECT backorder.place_order('web-1', '{TEA}', '{5}', merchant_id => 2) $$);
INSERT INTO backorder.item (merchant_id, sku, policy) VALUES (2, 'TEA', 'allow');
SELECT line_no, part_no, sku, quantity, status
FROM backorder.place_order('web-1', '{TEA}', '{5}', merchant_id => 2) ORDER BY line_no, part_no;
SELECT merchant_id, sku, on_hand, allocated, backordered FROM backorder.availability ORDER BY merchant_id, sku;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
