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
				WHEN p.proname IN ('access_rules', 'grant_access', 'revoke_access', 'regrant') THEN NULL
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
'Puts tables of this schema under row security that are not yet, and lays the rights of PUBLIC and of every role in merchant_access anew, as access_rules() says. The install script and every update script end with it; call it after a dump was restored into a newer version. For superusers and the schema''s owner.';

SELECT backorder.regrant();
