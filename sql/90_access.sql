-- Access rights. This part runs last, because regrant() covers all objects of the parts before it.

-- This function alone turns the rows of a role in merchant_access into rights in the schema. It
-- reads the system catalogs, so a new table or function gets its level without being named here.
-- Only current_merchant() and clock_time() are public: they reveal no data, and views and column
-- defaults use them.
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
'Returns the rights in this schema, one row each: level (the lowest of public, report, app and
  admin that has it), privileges, kind and object as in GRANT. Every level reads all tables, under
  row security. report may call functions that only read, app also those that write. Rights that
  are not listed belong to the owner only.
Errors: none. For superusers and the owner of the schema.';

CREATE FUNCTION backorder.grant_access(
	role_name name, level text, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_grant_access';
COMMENT ON FUNCTION backorder.grant_access(name, text, integer) IS
'Gives a role a level for a merchant, in place of its present one, with the rights in this schema
that belong to it.
Arguments: role_name = the role; level = report, app or admin; merchant_id = the merchant.
Returns nothing.
Errors: OB006 unknown level; 42704 no such role; 22004 null argument; 42501 not the owner. For
  superusers and the owner of the schema.';

CREATE FUNCTION backorder.revoke_access(
	role_name name, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_revoke_access';
COMMENT ON FUNCTION backorder.revoke_access(name, integer) IS
'Removes the level of a role for a merchant, and the rights in this schema that no other merchant
gives it.
Arguments: role_name = the role, also one that was renamed or dropped; merchant_id = the merchant.
Returns nothing.
Errors: 42704 no such role, and no row of that name; 22004 null argument; 42501 not the owner. For
  superusers and the owner of the schema.';

CREATE FUNCTION backorder.regrant() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_regrant';
COMMENT ON FUNCTION backorder.regrant() IS
'Enables row security on tables of this schema that do not have it, and sets the rights of PUBLIC
and of every role in merchant_access as access_rules() says. The install script and every update
script end with it. Call it after a dump was restored into a newer version.
Returns nothing.
Errors: 42501 not the owner. For superusers and the owner of the schema.';

SELECT backorder.regrant();
