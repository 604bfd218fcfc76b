-- direct_access_obstacles() knows which tables the sources read and write by direct access, and what keeps it from them.
\set statements `grep -ho 'DIRECTLY(DIRECT_[A-Z_]*, "[a-z_]*"' src/*/*.c | sort -u`
BEGIN;
SELECT no_plan();

CREATE TEMP TABLE direct AS
SELECT part[1] AS kind, part[2] AS table_name
FROM regexp_matches(:'statements', 'DIRECTLY\(DIRECT_(\w+), "(\w+)"', 'g') AS part;

CREATE FUNCTION pg_temp.on_every_table(command text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	t regclass;
BEGIN
	FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'backorder'::regnamespace AND relkind = 'r' LOOP
		EXECUTE format(command, t);
	END LOOP;
END $$;

SELECT is_empty('SELECT * FROM backorder.direct_access_obstacles()', 'a new database has no obstacle');

SELECT pg_temp.on_every_table('ALTER TABLE %s FORCE ROW LEVEL SECURITY');
SELECT set_eq('SELECT table_name, statements, obstacle FROM backorder.direct_access_obstacles()',
	$$ SELECT DISTINCT table_name, 'all' AS statements, 'forced row security' AS obstacle FROM direct $$,
	'every table with a direct statement is known');
SELECT pg_temp.on_every_table('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY');

CREATE FUNCTION pg_temp.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT pg_temp.on_every_table('CREATE TRIGGER nothing AFTER DELETE ON %s FOR EACH ROW EXECUTE FUNCTION pg_temp.nothing()');
SELECT set_eq('SELECT table_name, statements, obstacle, name FROM backorder.direct_access_obstacles()',
	$$ SELECT DISTINCT table_name, 'write' AS statements, 'trigger' AS obstacle, 'nothing' AS name FROM direct WHERE kind ~ '^(INSERT|UPDATE)' $$,
	'so is every table with a direct statement that writes');
SELECT pg_temp.on_every_table('DROP TRIGGER nothing ON %s');

SELECT pg_temp.on_every_table('ALTER TABLE %s ADD COLUMN added integer DEFAULT 1');
SELECT set_eq('SELECT table_name, statements, obstacle, name FROM backorder.direct_access_obstacles()',
	$$ SELECT DISTINCT table_name, 'insert' AS statements, 'column default' AS obstacle, 'added' AS name FROM direct WHERE kind ~ '^INSERT' $$,
	'so is every table with a direct statement that inserts');
SELECT pg_temp.on_every_table('ALTER TABLE %s DROP COLUMN added');
SELECT is_empty('SELECT * FROM backorder.direct_access_obstacles()', 'obstacles that are removed are gone');

SELECT * FROM finish();
ROLLBACK;
