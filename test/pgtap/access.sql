-- Who may do what: no row, no merchant; report reads, app works, admin mends; nobody writes what the engine decides.
BEGIN;
SELECT no_plan();

-- A merchant beside the first, with the same keys, and roles for both.
INSERT INTO backorder.merchant (merchant_id, name) VALUES (2, 'two');
CREATE ROLE access_nobody;
CREATE ROLE access_report;
CREATE ROLE access_app;
CREATE ROLE access_app2;
CREATE ROLE access_admin;
CREATE ROLE access_mixed;
CREATE ROLE access_heir IN ROLE access_app;
CREATE ROLE access_no_heir NOINHERIT IN ROLE access_app;
CREATE ROLE "access ""odd";
CREATE ROLE access_gone;
SELECT backorder.grant_access('access_report', 'report');
SELECT backorder.grant_access('access_app', 'app');
SELECT backorder.grant_access('access_app2', 'app', 2);
SELECT backorder.grant_access('access_admin', 'admin');
SELECT backorder.grant_access('access_mixed', 'app');
SELECT backorder.grant_access('access_mixed', 'report', 2);

INSERT INTO backorder.item (merchant_id, sku, policy) VALUES (1, 'TEA', 'allow'), (2, 'TEA', 'allow');
INSERT INTO backorder.location (merchant_id, location_id) VALUES (1, 1), (2, 1);
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (1, 'TEA', 1, 10), (2, 'TEA', 1, 20);
SELECT count(*) FROM backorder.place_order('first', '{TEA}', '{3}', '{}', 1);
SELECT count(*) FROM backorder.place_order('first', '{TEA}', '{4}', '{}', 2);

CREATE TEMP VIEW relations AS
SELECT c.oid, c.relname::text AS name, c.relkind, c.relrowsecurity, c.relowner, c.relacl
FROM pg_class c
WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S');

CREATE TEMP VIEW routines AS
SELECT p.oid, p.proname::text AS name, p.prorettype = 'trigger'::regtype AS is_trigger
FROM pg_proc p
WHERE p.pronamespace = 'backorder'::regnamespace;

CREATE TEMP TABLE engine_tables (name text);
INSERT INTO engine_tables VALUES
	('merchant_access'), ('availability'), ('availability_slot'), ('sales_order'), ('shipment_group'), ('order_line_part'),
	('notification'), ('delivery'), ('stock_movement'), ('promise_change'), ('expired_part'), ('subscription'), ('stock_warning'),
	('incentive_budget'), ('order_incentive'), ('call_key');

CREATE TEMP TABLE application_tables (name text);
INSERT INTO application_tables VALUES ('location'), ('item'), ('stock'), ('supply'), ('incentive');

-- All rights that a role has by name in the schema.
CREATE FUNCTION pg_temp.rights_of(role name) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s', a.privilege_type, o.name)
	FROM (
		SELECT name, relacl AS acl FROM relations
		UNION ALL SELECT p.oid::regprocedure::text, p.proacl FROM pg_proc p WHERE p.pronamespace = 'backorder'::regnamespace
		UNION ALL SELECT 'schema', n.nspacl FROM pg_namespace n WHERE n.nspname = 'backorder'
	) o, aclexplode(o.acl) a
	WHERE a.grantee = (SELECT r.oid FROM pg_roles r WHERE r.rolname = role)
$$;

-- ===== what holds whoever asks =====

SELECT is_empty($$ SELECT name FROM relations WHERE relkind IN ('r', 'p') AND NOT relrowsecurity $$,
	'every table has row security');
SELECT is_empty($$ SELECT name FROM relations r WHERE relkind IN ('r', 'p')
	AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND p.polcmd = 'r') $$,
	'every table has a policy for reading');
SELECT is_empty($$ SELECT name FROM relations r JOIN engine_tables USING (name)
	WHERE EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND p.polcmd <> 'r') $$,
	'no policy lets anyone write what the engine writes');
SELECT is_empty($$ SELECT name FROM relations WHERE relkind IN ('r', 'p')
	EXCEPT (TABLE engine_tables UNION TABLE application_tables UNION VALUES ('merchant')) $$,
	'every table is known to this test as written by the engine or by the application');
SELECT results_eq(
	$$ SELECT oid::regprocedure::text FROM routines WHERE has_function_privilege('public', oid, 'EXECUTE') ORDER BY 1 $$,
	$$ VALUES ('backorder.clock_time()'), ('backorder.current_merchant()') $$,
	'PUBLIC may call the setting and the clock, no more');
SELECT is_empty($$ SELECT r.name, a.privilege_type FROM relations r, aclexplode(r.relacl) a
	WHERE a.grantee <> r.relowner AND (a.grantee = 0 OR a.is_grantable
		OR a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')) $$,
	'nobody has TRIGGER, TRUNCATE or REFERENCES, PUBLIC has nothing, and nothing can be passed on');
SELECT is_empty($$ SELECT a.* FROM pg_namespace n, aclexplode(n.nspacl) a
	WHERE n.nspname = 'backorder' AND a.grantee <> n.nspowner AND (a.grantee = 0 OR a.privilege_type <> 'USAGE' OR a.is_grantable) $$,
	'nobody has CREATE in the schema, and PUBLIC not even USAGE');
SELECT is_empty($$ SELECT r.rolname, t.name, p.p
	FROM pg_roles r, engine_tables t, unnest('{INSERT,UPDATE,DELETE,TRUNCATE,TRIGGER}'::text[]) AS p (p)
	WHERE r.rolname LIKE 'access%' AND has_table_privilege(r.oid, 'backorder.' || t.name, p.p) $$,
	'nobody may write what the engine writes');
SELECT is_empty($$ SELECT r.rolname, s.name FROM pg_roles r, relations s
	WHERE s.relkind = 'S' AND r.rolname LIKE 'access%' AND has_sequence_privilege(r.oid, s.oid, 'USAGE, SELECT, UPDATE') $$,
	'nobody may touch the sequence but by next_id()');
SELECT is_empty($$ SELECT r.rolname, f.name FROM pg_roles r, routines f
	WHERE r.rolname LIKE 'access%' AND f.name IN ('grant_access', 'revoke_access', 'regrant', 'access_rules')
	AND has_function_privilege(r.oid, f.oid, 'EXECUTE') $$,
	'only the owner may say who has access');
SELECT is_empty($$ SELECT name FROM routines WHERE NOT is_trigger
	AND name NOT IN ('current_merchant', 'clock_time', 'grant_access', 'revoke_access', 'regrant', 'access_rules')
	AND NOT has_function_privilege('access_admin', oid, 'EXECUTE') $$,
	'admin may call all that is not the owner''s alone');
SELECT is_empty($$ SELECT name FROM routines WHERE NOT is_trigger
	AND name NOT IN ('current_merchant', 'clock_time', 'grant_access', 'revoke_access', 'regrant', 'access_rules', 'repair')
	AND NOT has_function_privilege('access_app', oid, 'EXECUTE') $$,
	'app may call all that admin may, but repair()');
SELECT is_empty($$ SELECT f.name FROM routines f JOIN pg_proc p USING (oid) WHERE p.provolatile = 'v'
	AND has_function_privilege('access_report', f.oid, 'EXECUTE') $$,
	'report may call nothing that writes');
SELECT is_empty($$ SELECT name FROM relations WHERE relkind <> 'S' AND NOT has_table_privilege('access_report', oid, 'SELECT') $$,
	'report may read every table and view');

-- ===== a role without a row =====

SET ROLE access_nobody;
SELECT throws_ok('SELECT * FROM backorder.stock', '42501', NULL, 'without a row: no table');
SELECT throws_ok('SELECT * FROM backorder.order_line', '42501', NULL, 'without a row: no view');
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}') $$, '42501', NULL, 'without a row: no function');
RESET ROLE;

GRANT USAGE ON SCHEMA backorder TO access_nobody;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA backorder TO access_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA backorder TO access_nobody;
SET ROLE access_nobody;
SELECT is_empty('TABLE backorder.stock', 'with rights by hand but without a row: no stock');
SELECT is_empty('TABLE backorder.order_line', 'with rights by hand but without a row: no order');
SELECT is_empty('TABLE backorder.merchant_access', 'with rights by hand but without a row: nobody else''s rows');
SELECT throws_ok($$ INSERT INTO backorder.item (sku) VALUES ('x') $$, '42501', NULL, 'with rights by hand but without a row: no item');
SELECT throws_ok($$ INSERT INTO backorder.merchant_access VALUES (1, 'access_nobody', 'admin') $$, '42501', NULL,
	'with rights by hand but without a row: none can be made');
SELECT throws_ok($$ INSERT INTO backorder.availability VALUES (1, 'x') $$, '42501', NULL,
	'with rights by hand but without a row: engine tables stay closed');
SELECT lives_ok('UPDATE backorder.availability SET backordered = 5', 'with rights by hand but without a row: an update finds nothing');
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}') $$, '42501', 'no access to merchant 1',
	'with rights by hand but without a row: place_order() looks itself');
SELECT throws_ok('SELECT * FROM backorder.verify()', '42501', 'no access to merchant 1',
	'with rights by hand but without a row: verify() looks itself');
SELECT throws_ok($$ SELECT backorder.grant_access('access_nobody', 'admin') $$, '42501',
	'only the owner of schema backorder may grant or revoke access', 'grant_access() looks itself');
SELECT throws_ok($$ SELECT backorder.revoke_access('access_app') $$, '42501',
	'only the owner of schema backorder may grant or revoke access', 'revoke_access() looks itself');
SELECT throws_ok('SELECT backorder.regrant()', '42501',
	'only the owner of schema backorder may grant or revoke access', 'regrant() looks itself');
RESET ROLE;
SELECT is_empty('SELECT * FROM backorder.availability WHERE backordered = 5', 'that update changed nothing');
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA backorder FROM access_nobody;
REVOKE ALL ON ALL TABLES IN SCHEMA backorder FROM access_nobody;
REVOKE ALL ON SCHEMA backorder FROM access_nobody;

-- ===== report =====

SET ROLE access_report;
SELECT results_eq('SELECT merchant_id, on_hand FROM backorder.stock', 'VALUES (1, 10::bigint)', 'report: sees its merchant''s rows');
SELECT results_eq('SELECT merchant_id, quantity FROM backorder.order_line', 'VALUES (1, 3::bigint)', 'report: views show its merchant''s rows');
SELECT results_eq('SELECT role_name FROM backorder.merchant_access', $$ VALUES ('access_report'::name) $$, 'report: sees its own row of access');
SELECT throws_ok('UPDATE backorder.stock SET on_hand = 1', '42501', NULL, 'report: writes no stock');
SELECT throws_ok($$ INSERT INTO backorder.item (sku) VALUES ('x') $$, '42501', NULL, 'report: writes no item');
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}') $$, '42501', NULL, 'report: places no order');
SELECT lives_ok($$ SELECT * FROM backorder.preview_order('{TEA}', '{1}', '{}') $$, 'report: may ask for a preview');
SELECT lives_ok('SELECT * FROM backorder.verify()', 'report: may verify');
SELECT throws_ok('SELECT * FROM backorder.verify(2)', '42501', 'no access to merchant 2', 'report: not another merchant');
SELECT throws_ok('SELECT backorder.next_id()', '42501', NULL, 'report: draws no ids');
RESET ROLE;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA backorder TO access_report;
SET ROLE access_report;
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}') $$, '42501', 'no access to merchant 1',
	'report with EXECUTE by hand: place_order() looks itself');
RESET ROLE;
SELECT backorder.regrant();
SELECT ok(NOT has_function_privilege('access_report', 'backorder.next_id()', 'EXECUTE'), 'regrant() takes away what was granted by hand');

-- ===== app =====

SET ROLE access_app;
SELECT lives_ok($$ INSERT INTO backorder.item (sku) VALUES ('MUG') $$, 'app: writes items');
SELECT lives_ok($$ INSERT INTO backorder.location (location_id) VALUES (2) $$, 'app: writes locations');
SELECT lives_ok($$ INSERT INTO backorder.supply (sku, location_id, quantity) VALUES ('TEA', 1, 5) $$, 'app: writes supply, ids and merchant by default');
SELECT lives_ok($$ INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 12)
	ON CONFLICT (merchant_id, sku, location_id) DO UPDATE SET on_hand = EXCLUDED.on_hand $$, 'app: upserts stock');
SELECT lives_ok('UPDATE backorder.stock SET on_hand = on_hand + 1', 'app: an update without a filter is harmless');
SELECT results_eq('SELECT merchant_id, on_hand FROM backorder.stock', 'VALUES (1, 13::bigint)', 'app: it met its own merchant''s rows');
SELECT lives_ok($$ DELETE FROM backorder.location WHERE location_id = 2 $$, 'app: deletes');
SELECT throws_ok($$ INSERT INTO backorder.item (merchant_id, sku) VALUES (2, 'MUG') $$, '42501', NULL, 'app: no row for another merchant');
SELECT throws_ok($$ UPDATE backorder.item SET merchant_id = 2 WHERE sku = 'MUG' $$, '42501', NULL, 'app: no row moves to another merchant');
SELECT throws_ok($$ INSERT INTO backorder.merchant (name) VALUES ('one') $$, '42501', NULL, 'app: writes no merchant');
SELECT lives_ok($$ SELECT * FROM backorder.place_order('second', '{TEA}', '{1}', '{}') $$, 'app: places orders');
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}', 2) $$, '42501', 'no access to merchant 2', 'app: not for another merchant');
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}', 99) $$, '42501', 'no access to merchant 99', 'app: an absent merchant is answered alike');
SELECT is(current_user::text, 'access_app', 'after an error one is who one was');
SELECT is(current_setting('search_path'), '"$user", public', 'after an error the search path is what it was');
SELECT throws_ok($$ UPDATE backorder.sales_order SET priority = 9 $$, '42501', NULL, 'app: engine tables are closed: orders');
SELECT throws_ok($$ UPDATE backorder.availability SET backordered = 0 $$, '42501', NULL, 'app: engine tables are closed: availability');
SELECT throws_ok($$ DELETE FROM backorder.notification $$, '42501', NULL, 'app: engine tables are closed: notifications');
SELECT throws_ok($$ INSERT INTO backorder.merchant_access VALUES (2, 'access_app', 'admin') $$, '42501', NULL, 'app: engine tables are closed: access');
SELECT throws_ok('TRUNCATE backorder.stock', '42501', NULL, 'app: no TRUNCATE');
SELECT throws_ok($$ SELECT nextval('backorder.id_sequence') $$, '42501', NULL, 'app: no sequence');
SELECT throws_ok('CREATE TRIGGER t AFTER INSERT ON backorder.stock EXECUTE FUNCTION suppress_redundant_updates_trigger()', '42501', NULL, 'app: no trigger');
SELECT throws_ok('CREATE TABLE backorder.t ()', '42501', NULL, 'app: no table in the schema');
RESET ROLE;
SELECT is((SELECT on_hand FROM backorder.stock WHERE merchant_id = 2), 20::bigint, 'the other merchant''s stock is untouched');
SELECT is((SELECT count(*) FROM backorder.sales_order WHERE merchant_id = 2), 1::bigint, 'the other merchant''s orders are untouched');

SET ROLE access_app2;
SELECT results_eq('SELECT merchant_id, on_hand FROM backorder.stock', 'VALUES (2, 20::bigint)', 'the same keys, another merchant: its own stock');
SELECT results_eq('SELECT merchant_id, quantity FROM backorder.order_line', 'VALUES (2, 4::bigint)',
	'the same keys, another merchant: its own order');
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}') $$, '42501', 'no access to merchant 1',
	'the setting names a merchant, it gives no right to it');
SET LOCAL backorder.merchant_id = 2;
SELECT lives_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}') $$, 'with the setting it need not be named');
RESET backorder.merchant_id;
RESET ROLE;

-- ===== admin, and levels that differ by merchant =====

SET ROLE access_admin;
SELECT lives_ok($$ INSERT INTO backorder.merchant (name) VALUES ('one') $$, 'admin: writes the merchant''s row');
SELECT throws_ok($$ INSERT INTO backorder.merchant (merchant_id) VALUES (3) $$, '42501', NULL, 'admin: makes no other merchant');
SELECT lives_ok($$ UPDATE backorder.merchant SET name = 'first' $$, 'admin: changes it');
SELECT results_eq('SELECT merchant_id, name FROM backorder.merchant', $$ VALUES (1, 'first'::text) $$, 'admin: sees its own alone');
SELECT throws_ok($$ SELECT backorder.grant_access('access_nobody', 'report') $$, '42501', NULL, 'admin: gives no access');
RESET ROLE;

SET ROLE access_mixed;
SELECT set_eq('SELECT merchant_id FROM backorder.stock', 'VALUES (1), (2)', 'app here, report there: reads both');
SELECT lives_ok('UPDATE backorder.stock SET on_hand = on_hand + 1', 'app here, report there: an update without a filter');
SELECT results_eq('SELECT merchant_id, on_hand FROM backorder.stock ORDER BY 1', 'VALUES (1, 14::bigint), (2, 20::bigint)',
	'app here, report there: it wrote only here');
SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}', 2) $$, '42501', 'no access to merchant 2',
	'app here, report there: orders only here');
RESET ROLE;

CREATE FUNCTION pg_temp.detail_of(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE command;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END;
$$;
SET ROLE access_mixed;
SELECT is(pg_temp.detail_of($$ SELECT backorder.place_order('x', '{TEA}', '{1}', '{}', 2) $$),
	'This needs level app; role "access_mixed" has level report.', 'who has too low a level is told which is needed');
SELECT is(pg_temp.detail_of($$ SELECT backorder.place_order('x', '{TEA}', '{1}', '{}', 3) $$), '', 'who has none is told nothing');
RESET ROLE;

-- ===== membership =====

SET ROLE access_heir;
SELECT results_eq('SELECT DISTINCT merchant_id FROM backorder.stock', 'VALUES (1)', 'a member has the rows of the role it inherits from');
SELECT lives_ok($$ SELECT * FROM backorder.place_order('heir', '{TEA}', '{1}', '{}') $$, 'and its level');
RESET ROLE;
SET ROLE access_no_heir;
SELECT throws_ok('SELECT * FROM backorder.stock', '42501', NULL, 'a member that does not inherit has nothing');
RESET ROLE;

-- ===== the owner =====

SELECT throws_ok($$ SELECT * FROM backorder.place_order('x', '{TEA}', '{1}', '{}', 99) $$, '42501', 'no access to merchant 99',
	'even a superuser finds no merchant without a row');
DO $$ BEGIN
	EXECUTE format('CREATE ROLE access_owner_member IN ROLE %I', (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'backorder'));
END $$;
SET ROLE access_owner_member;
SELECT lives_ok($$ SELECT * FROM backorder.place_order('owner', '{TEA}', '{1}', '{}', 2) $$, 'a member of the owner needs no row');
SELECT set_eq('SELECT merchant_id FROM backorder.stock', 'VALUES (1), (2)', 'a member of the owner sees all');
SELECT lives_ok($$ SELECT backorder.grant_access('access_nobody', 'report') $$, 'a member of the owner gives access');
SELECT lives_ok($$ SELECT backorder.revoke_access('access_nobody') $$, 'a member of the owner takes it');
RESET ROLE;

-- ===== giving and taking =====

SELECT is_empty($$ SELECT pg_temp.rights_of('access_nobody') $$, 'access given and taken leaves no right');
SELECT throws_ok($$ SELECT backorder.grant_access('access_unknown', 'app') $$, '42704', NULL, 'an unknown role');
SELECT throws_ok($$ SELECT backorder.grant_access('public', 'app') $$, '42704', NULL, 'public is no role');
SELECT throws_ok($$ SELECT backorder.grant_access('access_app', 'boss') $$, 'OB006', NULL, 'an unknown level');
SELECT throws_ok($$ SELECT backorder.grant_access('access_app', NULL) $$, '22004', NULL, 'no level');
SELECT throws_ok($$ SELECT backorder.grant_access(NULL, 'app') $$, '22004', NULL, 'no role');
SELECT throws_ok($$ SELECT backorder.grant_access('access_app', 'app', NULL) $$, '22004', NULL, 'no merchant');
SELECT throws_ok($$ SELECT backorder.grant_access('access_app', 'app', 0) $$, 'OB006', NULL, 'a merchant that cannot be');
SELECT throws_ok($$ SELECT backorder.grant_access('access_app', 'app', 99) $$, '42501', 'no access to merchant 99', 'a merchant that is not');
SELECT throws_ok($$ SELECT backorder.revoke_access('access_unknown') $$, '42704', NULL, 'nothing to take from an unknown role');
SELECT lives_ok($$ SELECT backorder.revoke_access('access_nobody') $$, 'nothing to take is no error');

SELECT backorder.grant_access('access "odd', 'app');
SELECT ok(has_table_privilege('access "odd', 'backorder.stock', 'INSERT'), 'names are quoted');
SELECT backorder.grant_access('access "odd', 'report');
SELECT ok(NOT has_table_privilege('access "odd', 'backorder.stock', 'INSERT'), 'a lower level takes rights away');
SELECT set_eq($$ SELECT pg_temp.rights_of('access "odd') $$, $$ SELECT pg_temp.rights_of('access_report') $$, 'the same level, the same rights');
SELECT backorder.revoke_access('access "odd');
SELECT lives_ok($$ DROP ROLE "access ""odd" $$, 'a role without access can be dropped');

SELECT backorder.revoke_access('access_mixed', 1);
SELECT set_eq($$ SELECT pg_temp.rights_of('access_mixed') $$, $$ SELECT pg_temp.rights_of('access_report') $$,
	'what another merchant''s row still justifies, stays');
SELECT backorder.revoke_access('access_mixed', 2);
SELECT is_empty($$ SELECT pg_temp.rights_of('access_mixed') $$, 'the last row takes the last right');

-- ===== a role that was dropped while it had a row =====

SELECT backorder.grant_access('access_gone', 'app', 2);
DROP OWNED BY access_gone;
DROP ROLE access_gone;
SET ROLE access_app2;
SELECT lives_ok('TABLE backorder.stock', 'a row of a dropped role hinders no reader');
SELECT lives_ok($$ SELECT * FROM backorder.place_order('y', '{TEA}', '{1}', '{}', 2) $$, 'nor a writer');
RESET ROLE;
SELECT lives_ok('SELECT backorder.regrant()', 'nor regrant()');
SELECT lives_ok($$ SELECT backorder.revoke_access('access_gone', 2) $$, 'it can be taken away');
SELECT is_empty($$ SELECT * FROM backorder.merchant_access WHERE role_name = 'access_gone' $$, 'and is gone then');

-- ===== what an update brings =====

CREATE FUNCTION backorder.later(merchant_id integer) RETURNS void LANGUAGE sql AS '';
CREATE TABLE backorder.later (merchant_id integer);
SELECT backorder.regrant();
SELECT ok(NOT has_function_privilege('public', 'backorder.later(integer)', 'EXECUTE'), 'regrant() closes a new function to PUBLIC');
SELECT ok(has_function_privilege('access_app', 'backorder.later(integer)', 'EXECUTE'), 'and opens it to its level');
SELECT ok(NOT has_function_privilege('access_report', 'backorder.later(integer)', 'EXECUTE'), 'but to no lower one');
SELECT ok(has_table_privilege('access_report', 'backorder.later', 'SELECT'), 'regrant() opens a new table to readers');

SELECT * FROM finish();
ROLLBACK;
