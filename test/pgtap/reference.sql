-- The documents are correct. doc/reference.md is compared with the catalogue and the sources, in both directions, and its
-- examples with real notifications. The statements and the session in README.md are played. The guides name every object.
\set readme `cat README.md`
\set reference `cat doc/reference.md`
\set concepts `cat doc/concepts.md`
\set operations `cat doc/operations.md`
\set started `awk 'BEGIN {print "BEGIN;"} /^## / {here = /Five statements/} /^\140/ {code = here && /sql/; next} code; END {print "ROLLBACK;"}' README.md | psql -X -q -d :'DBNAME' 2>&1`
\set played `awk '/^(=>|->) / {print substr($0, 4)}' README.md | psql -X -a -d :'DBNAME' 2>&1`
\set conditions `cat src/*/*.c | grep -o 'errcode(ERRCODE_[A-Z_]*' | sort -u`
\set own_conditions `grep MAKE_SQLSTATE src/base/errors.h`
BEGIN;
SELECT no_plan();

-- ===== the lines of the page, with their headings =====

CREATE TEMP TABLE page (n bigint, line text, h2 text, h3 text, h4 text);
INSERT INTO page (n, line)
SELECT n, line FROM regexp_split_to_table(:'reference', '\n') WITH ORDINALITY AS l (line, n);
UPDATE page p SET
	h2 = (SELECT substr(line, 4) FROM page h WHERE h.n <= p.n AND h.line LIKE '## %' ORDER BY h.n DESC LIMIT 1),
	h3 = (SELECT regexp_replace(line, '^#+ ', '') FROM page h WHERE h.n <= p.n AND h.line ~ '^##?#? ' ORDER BY h.n DESC LIMIT 1),
	h4 = (SELECT substr(line, 6) FROM page h WHERE h.n <= p.n AND h.line LIKE '#### %' ORDER BY h.n DESC LIMIT 1);

-- The table rows whose first cell is code: the code, and the other cells.
CREATE TEMP VIEW cells AS
SELECT n, h2, h3, h4, btrim(cell[1], '`') AS name, cell[2] AS second, cell[3] AS third, cell[4] AS fourth
FROM page, regexp_split_to_array(regexp_replace(line, '^\| | \|$', '', 'g'), ' \| ') AS cell
WHERE line LIKE '| `%';

-- A type or default as the page writes it.
CREATE FUNCTION pg_temp.short(definition text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT regexp_replace(regexp_replace(replace(replace(definition, 'backorder.', ''), 'timestamp with time zone', 'timestamptz'),
		'::(text|jsonb|interval|timestamptz|integer|bigint)', '', 'g'), '^TABLE\((.*)\)$', '\1')
$$;

-- ===== functions =====

CREATE TEMP TABLE routine AS
SELECT p.oid, p.proname::text COLLATE "default" AS name,
	p.proname::text COLLATE "default" ||
		format('(%s)', replace(replace(pg_temp.short(pg_get_function_arguments(p.oid)), ' integer DEFAULT current_merchant()', ''), 'IN ', '')) AS signature,
	pg_temp.short(pg_get_function_result(p.oid)) AS result,
	obj_description(p.oid, 'pg_proc') AS comment
FROM pg_proc p
WHERE p.pronamespace = 'backorder'::regnamespace AND p.prorettype <> 'trigger'::regtype;

CREATE TEMP TABLE page_result AS
SELECT substr(h3, 9) AS name, string_agg(name || ' ' || second, ', ' ORDER BY n) AS columns
FROM cells WHERE h3 LIKE 'Result: %' GROUP BY h3;

CREATE TEMP TABLE page_routine AS
SELECT h4 AS heading, part[1] AS signature, part[2] AS result
FROM page, regexp_match(line, '^(\w+\(.*\)) → (\w+)$') AS part
WHERE h2 = 'Functions' AND part IS NOT NULL;

SELECT set_eq('SELECT signature FROM page_routine', 'SELECT signature FROM routine', 'every function has its signature in the reference');
SELECT is_empty($$ SELECT heading, signature FROM page_routine WHERE signature NOT LIKE heading || '(%' $$,
	'every signature is under the heading of its function');
SELECT results_eq(
	$$ SELECT r.signature, coalesce(t.columns, r.result) FROM page_routine r LEFT JOIN page_result t ON t.name = r.result ORDER BY 1 $$,
	'SELECT signature, coalesce(result, ''nothing'') FROM routine ORDER BY 1',
	'its result has the columns in the reference');
SELECT is_empty('SELECT name FROM page_result EXCEPT SELECT result FROM page_routine', 'every result in the reference belongs to a function');

-- ===== tables and views =====

CREATE TEMP TABLE relation AS
SELECT c.oid, c.relname::text COLLATE "default" AS name, c.relkind = 'v' AS is_view
FROM pg_class c
WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm');

SELECT set_eq($$ SELECT h3, h2 = 'Views' FROM page WHERE line LIKE '### %' AND h2 IN ('Tables of the application', 'Tables of the engine', 'Views') $$,
	'SELECT name, is_view FROM relation',
	'every table and view is in the reference');
SELECT results_eq(
	$$ SELECT h3, row_number() OVER (PARTITION BY h3 ORDER BY n), name, second FROM cells
		WHERE h2 IN ('Tables of the application', 'Tables of the engine', 'Views') ORDER BY 1, 2 $$,
	$$ SELECT r.name, row_number() OVER (PARTITION BY r.name ORDER BY a.attnum), a.attname::text COLLATE "default", pg_temp.short(format_type(a.atttypid, a.atttypmod))
		FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2 $$,
	'with all its columns and their types');
SELECT is_empty(
	$$ SELECT r.name, c.name, c.meaning, d.description
		FROM (SELECT h3, name, coalesce(fourth, third) AS meaning FROM cells) c JOIN relation r ON r.name = c.h3
		JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = c.name
		CROSS JOIN col_description(r.oid, a.attnum) AS d (description)
		WHERE c.meaning IS DISTINCT FROM d.description $$,
	'which mean what their comments say');
SELECT is_empty(
	$$ SELECT r.name, c.name, c.third, d.shown
		FROM cells c JOIN relation r ON r.name = c.h3
		JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = c.name
		LEFT JOIN pg_attrdef f ON f.adrelid = r.oid AND f.adnum = a.attnum
		CROSS JOIN LATERAL (SELECT CASE WHEN f.oid IS NOT NULL THEN '`' || pg_temp.short(pg_get_expr(f.adbin, f.adrelid)) || '`'
			WHEN a.attnotnull THEN 'required' ELSE 'null' END) AS d (shown)
		WHERE c.h2 = 'Tables of the application' AND c.third IS DISTINCT FROM d.shown $$,
	'and the defaults in the reference');
SELECT set_eq($$ SELECT h3, line FROM page WHERE line LIKE 'Key: %' $$,
	$$ SELECT r.name, 'Key: ' || string_agg('`' || a.attname || '`', ', ' ORDER BY k.n) || '.' FROM relation r
		JOIN pg_constraint c ON c.conrelid = r.oid AND c.contype = 'p' CROSS JOIN unnest(c.conkey) WITH ORDINALITY k (attnum, n)
		JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum GROUP BY r.name $$,
	'every key is in the reference');

-- ===== values =====

SELECT set_eq(
	$$ SELECT name, value[1] FROM cells, regexp_matches(second, '`([^`]+)`', 'g') AS value WHERE h2 = 'Values' $$,
	$$ SELECT r.name || '.' || a.attname, value[1] FROM relation r
		JOIN pg_constraint c ON c.conrelid = r.oid AND c.conname LIKE '%\_known'
		JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.conkey[1]
		CROSS JOIN regexp_matches(pg_get_constraintdef(c.oid), '''(\w+)''', 'g') AS value $$,
	'every status and type is in the reference');

-- ===== errors =====

-- The SQLSTATE of a condition, as PL/pgSQL knows it.
CREATE FUNCTION pg_temp.sqlstate_of(condition text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('DO $do$ BEGIN RAISE %I; END $do$', condition);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;

CREATE TEMP TABLE own_condition AS
SELECT lower(part[1]) AS name, replace(part[2], ''',''', '') AS code
FROM regexp_matches(:'own_conditions', 'ERRCODE_(\w+)\s+MAKE_SQLSTATE\(''([^)]*)''\)', 'g') AS part;

CREATE TEMP TABLE raised AS
SELECT coalesce(o.code, pg_temp.sqlstate_of(c.name)) AS code, c.name
FROM (SELECT regexp_replace(lower(part[1]), '^(t_r|e_r_i_e)_', '') AS name
	FROM regexp_matches(:'conditions', 'ERRCODE_(\w+)', 'g') AS part) AS c
LEFT JOIN own_condition o USING (name);

SELECT set_eq($$ SELECT name, second FROM cells WHERE h2 = 'Errors' $$, 'SELECT code, name FROM raised',
	'every SQLSTATE that the sources raise is in the reference');
SELECT set_eq($$ SELECT code FROM own_condition $$, $$ SELECT name FROM cells WHERE h2 = 'Errors' AND name LIKE 'OB%' $$,
	'every SQLSTATE of the extension is raised');

CREATE TEMP TABLE page_error AS
SELECT DISTINCT h4 AS routine, code[1] AS code
FROM (SELECT h4, string_agg(line, E'\n' ORDER BY n) AS text FROM page WHERE h2 = 'Functions' GROUP BY h4) AS section,
	regexp_matches(substring(text FROM '\mErrors: (.*?)(?:\n\n|$)'), '\m(OB\d{3}|[0-9A-Z]{5})\M', 'g') AS code
WHERE code[1] ~ '\d';

-- The errors that every function may raise: the page lists them above the first function.
CREATE TEMP TABLE general_error AS
SELECT code[1] AS code FROM page, regexp_matches(line, '`(OB\d{3}|\d[0-9A-Z]{4})`', 'g') AS code
WHERE h2 = 'Functions' AND h4 IS NULL;

SELECT set_eq('SELECT code FROM general_error', '{22004,42501,OB006}'::text[], 'the page lists the errors that every function may raise');
SELECT is_empty($$ SELECT DISTINCT r.name, code[1] FROM routine r, regexp_matches(r.comment, '\m(OB\d{3}|\d[0-9A-Z]{4}|P0002)\M', 'g') AS code
		WHERE code[1] NOT IN (SELECT code FROM general_error) EXCEPT SELECT routine, code FROM page_error $$,
	'the errors in the comment of a function are in the reference');
SELECT is_empty($$ SELECT e.routine, e.code FROM page_error e
		WHERE NOT EXISTS (SELECT FROM page WHERE h2 = 'Errors' AND line LIKE '%`' || e.code || '`%') $$,
	'every SQLSTATE of a function is explained');

-- ===== notifications =====

-- The events of the examples, for another merchant than that of the session in README.md.
INSERT INTO backorder.merchant (merchant_id) VALUES (2);
SET LOCAL backorder.merchant_id = 2;
SET LOCAL timezone = 'UTC';
SET LOCAL backorder.clock = '2026-03-02 09:00+00';
INSERT INTO backorder.item (sku, name, policy, unit_price) VALUES ('TEA', 'Darjeeling, 100 g', 'allow', 4.50);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 3);
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('TEA', 1, 20, '2026-03-06 08:00+00');
CREATE FUNCTION pg_temp.order_of(wanted text) RETURNS bigint LANGUAGE sql AS
	'SELECT order_id FROM backorder.sales_order WHERE merchant_id = 2 AND reference = wanted';
DO $$
BEGIN
	PERFORM backorder.place_order('web-1', '{TEA}', '{5}', '{"customer": "Anna"}');
	UPDATE backorder.delivery SET status = 'sent' WHERE merchant_id = 2;
	UPDATE backorder.supply SET expected_at = '2026-03-09 08:00+00' WHERE merchant_id = 2;
	UPDATE backorder.delivery SET status = 'sent' WHERE merchant_id = 2;
	PERFORM backorder.set_stock('{TEA}', '{1}', '{4}');
	PERFORM backorder.release_group(pg_temp.order_of('web-1'), 1);
	PERFORM backorder.set_stock('{TEA}', '{1}', '{2}');
	PERFORM backorder.set_stock('{TEA}', '{1}', '{4}');
	PERFORM backorder.ship_group(pg_temp.order_of('web-1'), 1, '{"tracking": "1Z999"}');
	PERFORM backorder.change_quantity(pg_temp.order_of('web-1'), 1, 4);
	INSERT INTO backorder.incentive (incentive_id, name, kind, value) VALUES (7, 'Free shipping', 'free_shipping', 4.90);
	PERFORM backorder.place_order('web-2', '{TEA}', '{2}', '{"customer": "Ben"}');
	PERFORM backorder.cancel_order(pg_temp.order_of('web-2'), 'changed my mind');
	INSERT INTO backorder.item (sku, name, low_stock) VALUES ('CUP', 'Tea cup', 1);
	PERFORM backorder.subscribe('CUP', 'cleo@example.org', 2, 'Cleo');
	PERFORM backorder.set_stock('{CUP}', '{1}', '{3}');
	PERFORM backorder.place_order('web-3', '{CUP}', '{2}');
	INSERT INTO backorder.item (sku, name, policy, unit_price) VALUES ('POT', 'Tea pot', 'allow', 30);
	INSERT INTO backorder.incentive (incentive_id, name, kind, amount, skus) VALUES (8, 'Ten percent off', 'percent_off', 10, '{POT}');
	UPDATE backorder.incentive SET active = false WHERE incentive_id = 7;
	PERFORM backorder.place_order('web-4', '{POT}', '{2}', '{"customer": "Dora"}');
	PERFORM backorder.set_stock('{POT}', '{1}', '{2}');
	PERFORM backorder.ship_group(pg_temp.order_of('web-4'), 1);
	UPDATE backorder.delivery SET status = 'sent' WHERE merchant_id = 2;
	PERFORM backorder.return_items(pg_temp.order_of('web-4'), 1, 1, 1);
END
$$;

CREATE TEMP TABLE example AS
SELECT h3 AS type, (example[1]::jsonb) - 'order_id' AS payload
FROM (SELECT h3, string_agg(line, E'\n' ORDER BY n) AS text FROM page WHERE h2 = 'Notifications' GROUP BY h3) AS section,
	regexp_matches(text, '```json\n(.*?)```', 'g') AS example;
CREATE TEMP TABLE told AS
SELECT DISTINCT ON (type) type, payload - 'order_id' AS payload
FROM backorder.notification WHERE merchant_id = 2 ORDER BY type, notification_id;

SELECT results_eq('SELECT type, payload FROM example ORDER BY type', 'SELECT type, payload FROM told ORDER BY type',
	'the payloads in the reference are those that are written');
SELECT set_eq('SELECT type FROM example', 'SELECT type FROM backorder.notification_types()',
	'every type of notification has an example');
SELECT set_eq($$ SELECT name, replace(second, '`', '') FROM cells WHERE h3 = 'Notifications' AND third LIKE '`' || name || ':%' $$,
	'SELECT type, description FROM backorder.notification_types()', 'the reference says when each type is written');
SELECT set_eq($$ SELECT jsonb_object_keys(payload) FROM backorder.notification WHERE merchant_id = 2 $$,
	$$ SELECT key[1] FROM page, regexp_matches(split_part(line, ' | ', 1), '`(\w+)`', 'g') AS key
		WHERE h3 = 'Notifications' AND line LIKE '| `%' AND n > (SELECT n FROM page WHERE line LIKE '| key | in |%') $$,
	'every key of a payload is explained');
SELECT is_empty('SELECT * FROM backorder.verify()', 'verify() finds nothing after it');

-- ===== settings, which exist once the module is loaded =====

SELECT set_eq($$ SELECT name, coalesce(nullif(btrim(second, '`'), 'empty'), ''), third FROM cells WHERE h2 = 'Settings' $$,
	$$ SELECT name, boot_val, context FROM pg_settings WHERE name LIKE 'backorder.%' $$,
	'every setting is in the reference, with its default and who may set it');

-- ===== README.md =====

CREATE FUNCTION pg_temp.without_blanks(text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT rtrim(line) FROM regexp_split_to_table($1, '\n') WITH ORDINALITY AS l (line, n) WHERE line !~ '^\s*$' ORDER BY n
$$;

-- Its blocks of code, with the heading under which each stands: SQL to copy has its language, what psql prints has none.
CREATE TEMP TABLE block AS
SELECT split_part(section, E'\n', 1) AS h2, n, fence[1] AS language, fence[2] AS text
FROM regexp_split_to_table(:'readme', '\n## ') AS section,
	regexp_matches(section, '\n```([a-z]*?)\n(.*?)\n```', 'g') WITH ORDINALITY AS f (fence, n);
CREATE FUNCTION pg_temp.shown(heading text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(text, E'\n' ORDER BY n) FROM block WHERE h2 = heading AND language = ''
$$;
CREATE TEMP TABLE output AS
SELECT :'started'::text AS started, :'played'::text AS played;

SELECT is((SELECT array_length(regexp_split_to_array(rtrim(text, ';'), ';'), 1) FROM block
		WHERE h2 = 'Five statements' AND language = 'sql'),
	5, 'README.md begins with five statements');
SELECT results_eq($$ SELECT pg_temp.without_blanks(pg_temp.shown('Five statements')) $$,
	'SELECT pg_temp.without_blanks(started) FROM output',
	'which print what it says');
SELECT isnt(pg_temp.shown('A session'), NULL, 'README.md shows a session');
SELECT results_eq($$ SELECT pg_temp.without_blanks(regexp_replace(pg_temp.shown('A session'), '^(=>|->) ', '', 'gn')) $$,
	'SELECT pg_temp.without_blanks(played) FROM output',
	'which prints what it says');

-- ===== doc/concepts.md and doc/operations.md =====

-- The names in the tables of these pages, by heading: all of a row under "Tables", else those of its first cell.
CREATE TEMP TABLE guide AS
SELECT page, n, line, h2[1] AS h2
FROM (VALUES ('concepts', :'concepts'::text), ('operations', :'operations')) AS p (page, text),
	regexp_split_to_table(text, '\n## ') AS section,
	regexp_match(section, '^[^\n]*') AS h2,
	regexp_split_to_table(section, '\n') WITH ORDINALITY AS l (line, n);
CREATE TEMP VIEW guide_names AS
SELECT page, h2, word[1] AS name
FROM guide, regexp_matches(CASE WHEN h2 = 'Tables' THEN line ELSE split_part(line, ' | ', 1) END, '`([\w.]+)`', 'g') AS word
WHERE line LIKE '|%';

SELECT set_eq($$ SELECT name FROM guide_names WHERE page = 'concepts' AND h2 = 'Functions' $$, 'SELECT name FROM routine',
	'doc/concepts.md names every function');
SELECT is_empty($$ SELECT name FROM relation EXCEPT SELECT name FROM guide_names WHERE page = 'concepts' AND h2 = 'Tables' $$,
	'doc/concepts.md names every table and view');
SELECT is_empty($$ SELECT code FROM own_condition EXCEPT SELECT name FROM guide_names WHERE page = 'concepts' AND h2 = 'Errors' $$,
	'doc/concepts.md names every SQLSTATE of its own');
SELECT set_eq($$ SELECT name FROM guide_names WHERE page = 'operations' AND h2 = 'Settings' $$,
	$$ SELECT name FROM pg_settings WHERE name LIKE 'backorder.%' $$,
	'doc/operations.md names every setting');

SELECT * FROM finish();
ROLLBACK;
