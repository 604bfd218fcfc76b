-- Rules for all objects of the extension. A failed test names the new object that breaks a rule.
BEGIN;
SELECT no_plan();

CREATE TEMP VIEW members AS
SELECT d.classid, d.objid
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'backorder';

CREATE TEMP VIEW relations AS
SELECT c.oid, c.relname::text AS name, c.relkind, c.reloptions
FROM pg_class c
JOIN members m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;

CREATE TEMP VIEW columns AS
SELECT r.oid, r.name, r.relkind, a.attnum, a.attname::text AS attname, a.attidentity, a.atttypid
FROM relations r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE r.relkind IN ('r', 'p', 'v', 'm');

CREATE TEMP VIEW routines AS
SELECT p.*, p.prorettype = 'trigger'::regtype AS is_trigger, pg_get_function_arguments(p.oid) AS arguments
FROM pg_proc p
JOIN members m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;

CREATE TEMP VIEW constraints AS
SELECT r.name AS table_name, c.*,
	(SELECT string_agg(a.attname, '_' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k (attnum, n)
		JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS columns
FROM relations r
JOIN pg_constraint c ON c.conrelid = r.oid
WHERE c.contype <> 'n';

-- The functions that applications call for a merchant, and the number of functions with that name.
CREATE TEMP TABLE public_functions (name text, overloads bigint, volatility "char");
INSERT INTO public_functions VALUES
	('item_availability', 1, 's'), ('preview_order', 2, 's'), ('preview_shipments', 2, 's'), ('place_order', 2, 'v'),
	('confirm_order', 1, 'v'), ('extend_hold', 1, 'v'), ('cancel_order', 1, 'v'), ('cancel_line', 1, 'v'), ('change_quantity', 1, 'v'),
	('release_group', 1, 'v'), ('unrelease_group', 1, 'v'), ('ship_group', 1, 'v'), ('deliver_group', 1, 'v'),
	('return_items', 1, 'v'), ('spend_grant', 1, 'v'),
	('set_stock', 1, 'v'), ('count_stock', 1, 'v'), ('transfer_stock', 1, 'v'), ('receive_supply', 1, 'v'),
	('expire_holds', 1, 'v'), ('forget_keys', 1, 'v'), ('rename_item', 1, 'v'), ('reverse_receipt', 1, 'v'), ('repromise', 1, 'v'), ('supply_arrival', 1, 's'),
	('subscribe', 1, 'v'), ('unsubscribe', 1, 'v'),
	('verify', 1, 's'), ('repair', 1, 'v'),
	('grant_access', 1, 'v'), ('revoke_access', 1, 'v');

-- The functions that belong to no merchant.
CREATE TEMP TABLE other_functions (name text, volatility "char");
INSERT INTO other_functions VALUES
	('current_merchant', 's'), ('clock_time', 's'), ('next_id', 'v'), ('regrant', 'v'), ('access_rules', 's'),
	('notification_types', 's'),
	('direct_access_obstacles', 's');

-- ===== the extension =====

SELECT is_empty($$ SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'backorder'::regnamespace
	AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND c.oid NOT IN (SELECT oid FROM relations)
	UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'backorder'::regnamespace
	AND p.oid NOT IN (SELECT oid FROM routines) $$,
	'every object in the schema belongs to the extension');
SELECT is_empty($$ SELECT oid::regclass::text FROM relations WHERE oid NOT IN (SELECT oid FROM pg_class WHERE relnamespace = 'backorder'::regnamespace)
	UNION ALL SELECT oid::regprocedure::text FROM routines WHERE pronamespace <> 'backorder'::regnamespace $$,
	'every object of the extension is in the schema');
SELECT is((SELECT extrelocatable FROM pg_extension WHERE extname = 'backorder'), false, 'it cannot be moved to another schema');

SAVEPOINT installed;
DROP EXTENSION backorder;
CREATE ROLE contract_owner;
SELECT lives_ok(format('GRANT CREATE ON DATABASE %I TO contract_owner', current_database()), 'an owner may create in the database');
SET LOCAL ROLE contract_owner;
SELECT throws_ok('CREATE EXTENSION backorder', '42501', NULL, 'but only a superuser can install the extension');
RESET ROLE;
ROLLBACK TO SAVEPOINT installed;

-- ===== comments =====

SELECT isnt(obj_description('backorder'::regnamespace, 'pg_namespace'), NULL, 'the schema has a comment');
SELECT is_empty($$ SELECT name FROM relations WHERE coalesce(obj_description(oid, 'pg_class'), '') = '' $$,
	'every table, view and sequence has a comment');
SELECT is_empty($$ SELECT name, attname FROM columns WHERE coalesce(col_description(oid, attnum), '') = '' $$,
	'every column of a table or view has a comment');
SELECT is_empty($$ SELECT oid::regprocedure FROM routines WHERE coalesce(obj_description(oid, 'pg_proc'), '') = '' $$,
	'every function has a comment');
SELECT is_empty($$ SELECT t.typname FROM pg_type t JOIN members m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
	WHERE t.typrelid = 0 AND t.typelem = 0 AND coalesce(obj_description(t.oid, 'pg_type'), '') = '' $$,
	'every type has a comment');
SELECT is_empty($$ SELECT p.oid::regprocedure, argument FROM routines p, unnest(p.proargnames[:p.pronargs]) AS argument
	WHERE obj_description(p.oid, 'pg_proc') !~ ('\m' || argument || '\M') $$,
	'the comment of a function names all its arguments');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM routines p
	WHERE obj_description(p.oid, 'pg_proc') !~ '\mReturns\M' OR obj_description(p.oid, 'pg_proc') !~ '\m(E|e)rrors: ' $$,
	'it says what the function returns, and which errors it raises');
SELECT is_empty($$ SELECT name, line FROM (
		SELECT p.oid::regprocedure::text AS name, obj_description(p.oid, 'pg_proc') AS comment FROM routines p) AS c,
		regexp_split_to_table(comment, '\n') AS line
	WHERE char_length(line) > 100 $$,
	'its lines fit on a terminal');
SELECT is_empty($$ SELECT r.name, p.polname FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
	WHERE coalesce(obj_description(p.oid, 'pg_policy'), '') = '' $$,
	'every policy has a comment');

-- ===== dumps =====

SELECT is_empty($$ SELECT name FROM relations WHERE relkind IN ('r', 'p', 'S')
	AND oid <> ALL (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'backorder') $$,
	'the rows of every table and the state of every sequence are dumped');
SELECT is_empty($$ SELECT c FROM pg_extension, unnest(extcondition) c WHERE extname = 'backorder' AND c <> '' $$,
	'they are dumped without a condition');
SELECT is_empty($$ SELECT r.name FROM relations r, LATERAL query_to_xml(format('SELECT FROM backorder.%I LIMIT 1', r.name), false, true, '') x
	WHERE r.relkind IN ('r', 'p') AND x::text <> '' $$,
	'a new database has no rows, so no row of the script is dumped');

-- ===== keys =====

SELECT is_empty($$ SELECT table_name, conname FROM constraints WHERE contype IN ('p', 'u', 'f', 'x') AND columns !~ '^merchant_id(_|$)' $$,
	'merchant_id is first in every primary, unique and foreign key');
SELECT is_empty($$ SELECT c.relname FROM pg_index i JOIN relations r ON r.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
	JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE a.attname <> 'merchant_id'
	UNION ALL SELECT c.relname FROM pg_index i JOIN relations r ON r.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indkey[0] = 0 $$,
	'merchant_id is first in every index');
SELECT is_empty($$ SELECT name FROM relations r WHERE relkind IN ('r', 'p')
	AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = r.oid AND i.indisprimary) $$,
	'every table has a primary key');
SELECT is_empty($$ SELECT name FROM relations r WHERE relkind IN ('r', 'p', 'v', 'm')
	AND NOT EXISTS (SELECT FROM columns c WHERE c.oid = r.oid AND c.attname = 'merchant_id' AND c.atttypid = 'integer'::regtype) $$,
	'every table and view has merchant_id integer');
SELECT is_empty($$ SELECT name FROM columns WHERE relkind IN ('r', 'p') AND attname = 'merchant_id' AND attnum <> 1 $$,
	'merchant_id is the first column of every table');
SELECT is_empty($$ SELECT table_name, conname FROM constraints WHERE contype = 'f' AND (confdeltype NOT IN ('a', 'r', 'c') OR confupdtype <> 'a') $$,
	'no foreign key sets a column to null or acts on an update');

-- ===== features that are not used =====

SELECT is_empty($$ SELECT name, attname FROM columns WHERE attidentity <> '' $$, 'no identity columns');
SELECT is_empty($$ SELECT r.name FROM relations r JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid
	WHERE r.relkind = 'S' AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') $$,
	'no serial columns');
SELECT is_empty($$ SELECT t.typname FROM pg_type t JOIN members m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
	WHERE t.typrelid = 0 AND t.typelem = 0 AND t.typtype IN ('e', 'c') $$,
	'no enums, no composite types');
SELECT is_empty($$ SELECT p.oid::regprocedure, t.typname FROM routines p, unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) a (oid)
	JOIN pg_type t ON t.oid = a.oid LEFT JOIN pg_type e ON e.oid = t.typelem
	WHERE 'c' IN (t.typtype, coalesce(e.typtype, 'b')) $$,
	'no composite types in arguments and results');
SELECT is_empty($$ SELECT oid::regprocedure FROM routines p WHERE p.prosecdef $$, 'no SECURITY DEFINER');
SELECT is_empty($$ SELECT oid::regprocedure FROM routines p WHERE is_trigger AND p.proconfig IS NOT NULL $$,
	'no SET clause on a trigger function: it must see the search path of a restore');
SELECT is_empty($$ SELECT oid::regprocedure FROM routines p WHERE p.prokind = 'p' AND p.proconfig IS NOT NULL $$,
	'no SET clause on a procedure: it could not commit');

-- ===== names of constraints =====

SELECT is_empty($$ SELECT table_name, conname FROM constraints WHERE contype = 'c' AND conname ~ '_check[0-9]*$' $$,
	'every CHECK has a name that says what it requires');
SELECT is_empty($$ SELECT table_name, conname FROM constraints
	WHERE contype = 'f' AND left(conname, 63) = left(table_name || '_' || columns || '_fkey', 63)
	OR contype = 'u' AND left(conname, 63) = left(table_name || '_' || columns || '_key', 63) $$,
	'every key has its own name');
SELECT is_empty($$ SELECT table_name, conname FROM constraints WHERE conname NOT LIKE table_name || '\_%'
	AND conname NOT LIKE 'order\_line\_part\_%' $$,
	'every constraint''s name begins with its table''s');

-- ===== functions =====

SELECT set_eq(
	$$ SELECT p.proname::text, count(*) FROM routines p JOIN public_functions f ON f.name = p.proname GROUP BY 1 $$,
	'SELECT name, overloads FROM public_functions',
	'all public functions exist');
SELECT is_empty($$ SELECT DISTINCT proname FROM routines WHERE NOT is_trigger AND prokind <> 'p'
	AND proname NOT IN (SELECT name FROM public_functions UNION ALL SELECT name FROM other_functions) $$,
	'this test knows every function');
SELECT is_empty($$ SELECT p.oid::regprocedure, p.provolatile FROM routines p
	JOIN (SELECT name, volatility FROM public_functions UNION ALL TABLE other_functions) f ON f.name = p.proname
	WHERE p.provolatile <> f.volatility $$,
	'functions that only read are STABLE, the others VOLATILE');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM routines p WHERE p.provolatile = 'v' AND p.proparallel <> 'u' $$,
	'functions that write are PARALLEL UNSAFE');
SELECT is_empty($$ SELECT p.oid::regprocedure, p.arguments FROM routines p JOIN public_functions f ON f.name = p.proname
	WHERE p.arguments !~ '(^|, )merchant_id integer DEFAULT backorder\.current_merchant\(\)$' $$,
	'the last argument of every public function is the merchant, by default the setting');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM routines p JOIN pg_language l ON l.oid = p.prolang
	WHERE l.lanname <> 'c' AND p.proname NOT IN ('access_rules', 'direct_access_obstacles') AND p.prokind <> 'p' $$,
	'functions are in C');

-- ===== views =====

SELECT is_empty($$ SELECT name FROM relations WHERE relkind = 'v' AND NOT coalesce(reloptions @> '{security_invoker=true}', false) $$,
	'every view uses the rights of the caller');
SELECT is_empty($$ SELECT table_name FROM information_schema.views
	WHERE table_schema = 'backorder' AND 'YES' IN (is_updatable, is_insertable_into) $$,
	'no view is updatable');

-- ===== triggers =====

SELECT is_empty($$ SELECT r.name, t.tgname FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid
	WHERE NOT t.tgisinternal AND t.tgfoid NOT IN (SELECT oid FROM routines) $$,
	'triggers call functions of the extension');
SELECT is_empty($$ SELECT r.name, t.tgname FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid
	WHERE NOT t.tgisinternal AND t.tgenabled <> 'O' $$,
	'triggers are enabled, but not in replicas');

SELECT * FROM finish();
ROLLBACK;
