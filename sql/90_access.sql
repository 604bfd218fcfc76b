-- Who may do what. The last part: it goes over what the parts before it have made.

-- A role's rights in the schema follow from its rows in merchant_access by this function and nothing else. It goes
-- over the catalog, so a new table or function has its level without being named. Public are only the setting and
-- the clock, which tell nothing that is anyone's and stand in views and column defaults.
CREATE FUNCTION backorder.access_rules()
	RETURNS TABLE (level text, privileges text, kind text, object text)
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT 'report', 'USAGE', 'SCHEMA', 'backorder'
	UNION ALL
	SELECT 'report', 'SELECT', 'TABLE', format('%I.%I', n.nspname, c.relname)
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'backorder' AND c.relkind IN ('r', 'p', 'v', 'm')
	UNION ALL
	SELECT w.level, 'INSERT, UPDATE, DELETE', 'TABLE', w.object
	FROM (VALUES
		('app', 'backorder.location'),
		('app', 'backorder.item'),
		('app', 'backorder.stock'),
		('app', 'backorder.supply'),
		('app', 'backorder.incentive'),
		('admin', 'backorder.merchant')) AS w (level, object)
	UNION ALL
	SELECT f.level, 'EXECUTE', 'ROUTINE', f.object
	FROM (
		SELECT CASE
				WHEN p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) THEN NULL
				WHEN p.proname IN ('current_merchant', 'clock_time') THEN 'public'
				WHEN p.proname IN ('access_rules', 'grant_access', 'revoke_access', 'regrant', 'lay_policies') THEN NULL
				WHEN p.proname = 'repair' THEN 'admin'
				WHEN p.provolatile <> 'v' THEN 'report'
				ELSE 'app'
			END AS level,
			p.oid::regprocedure::text AS object
		FROM pg_proc p
		JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = 'backorder') f
	WHERE f.level IS NOT NULL;
END;
COMMENT ON FUNCTION backorder.access_rules() IS
'The rights in this schema and the lowest level (public, report, app, admin) that has them. Every level reads all tables, under row security; what only reads may be called by report, what writes by app. What is not listed is the owner''s alone.';

CREATE FUNCTION backorder.grant_access(
	role_name name, level text, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_grant_access';
COMMENT ON FUNCTION backorder.grant_access(name, text, integer) IS
'Gives a role a level (report, app or admin) for a merchant, in place of the one it had, and the rights in this schema that go with it. For superusers and the schema''s owner.';

CREATE FUNCTION backorder.revoke_access(
	role_name name, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_revoke_access';
COMMENT ON FUNCTION backorder.revoke_access(name, integer) IS
'Takes a role''s level for a merchant away, and those rights in this schema that no other merchant gives it. For superusers and the schema''s owner.';

CREATE FUNCTION backorder.regrant() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_regrant';
COMMENT ON FUNCTION backorder.regrant() IS
'Lays the rights in this schema of PUBLIC and of every role in merchant_access anew, as access_rules() says. The install script and every update script end with it; call it after a dump was restored into a newer version. For superusers and the schema''s owner.';

-- Row security. Each subselect runs once per query, and its array is an index condition: a role with one merchant
-- need not name it to be served by an index that starts with merchant_id.
CREATE FUNCTION backorder.lay_policies() RETURNS void
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
	my_roles CONSTANT text := $q$role_name IN (SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, 'USAGE'))$q$;
	my_merchants CONSTANT text := 'merchant_id = ANY (ARRAY(SELECT merchant_id FROM backorder.merchant_access WHERE ' || my_roles || '))';
	writable text;
	levels text;
	t record;
BEGIN
	FOR t IN
		SELECT c.relname, c.relname = 'merchant_access' AS is_access, r.level AS writer
		FROM pg_class c
		LEFT JOIN backorder.access_rules() r
			ON r.kind = 'TABLE' AND r.privileges LIKE '%INSERT%' AND r.object = format('%I.%I', 'backorder', c.relname)
		WHERE c.relnamespace = 'backorder'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
		ORDER BY c.relname
	LOOP
		EXECUTE format('ALTER TABLE backorder.%I ENABLE ROW LEVEL SECURITY', t.relname);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR SELECT USING (%s)',
			t.relname || '_read', t.relname, CASE WHEN t.is_access THEN my_roles ELSE my_merchants END);
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L',
			t.relname || '_read', t.relname,
			CASE WHEN t.is_access THEN 'Rows of the roles whose rights one has.' ELSE 'Rows of merchants for which one has any level.' END);
		CONTINUE WHEN t.writer IS NULL;
		levels := CASE t.writer WHEN 'app' THEN $q$'app', 'admin'$q$ ELSE $q$'admin'$q$ END;
		writable := format('merchant_id = ANY (ARRAY(SELECT merchant_id FROM backorder.merchant_access WHERE level IN (%s) AND %s))', levels, my_roles);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR INSERT WITH CHECK (%s)', t.relname || '_insert', t.relname, writable);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR UPDATE USING (%s)', t.relname || '_update', t.relname, writable);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR DELETE USING (%s)', t.relname || '_delete', t.relname, writable);
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.relname || '_insert', t.relname, 'New rows for merchants for which one has level ' || levels || '.');
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.relname || '_update', t.relname, 'Rows of merchants for which one has level ' || levels || ', before and after.');
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.relname || '_delete', t.relname, 'Rows of merchants for which one has level ' || levels || '.');
	END LOOP;
END;
$fn$;
COMMENT ON FUNCTION backorder.lay_policies() IS
'Puts the tables of this schema that have no row security yet under it, as access_rules() says. The install script and every update script call it. For the schema''s owner.';

SELECT backorder.lay_policies();
SELECT backorder.regrant();
