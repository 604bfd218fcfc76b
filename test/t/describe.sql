-- test/t/describe.sql - everything that can be said about the objects of the
-- extension, one line for each fact: object, property, value.
--
-- Two databases whose lines are the same have the same extension, however each
-- came by it: by a fresh install, by an update, by a restore.  The list starts
-- from pg_depend, so an object that somebody forgot to make a member is missed
-- where it should be; "nothing else" at the end finds it.

SET search_path = '';

WITH member AS (
	SELECT d.classid, d.objid
	FROM pg_catalog.pg_depend d
	JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
	WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass
		AND d.deptype = 'e'
		AND e.extname = 'backorder'
),
relation AS (
	SELECT c.*, c.oid::regclass::text AS name
	FROM member m
	JOIN pg_catalog.pg_class c ON c.oid = m.objid
	WHERE m.classid = 'pg_catalog.pg_class'::regclass
),
routine AS (
	SELECT p.*, p.oid::regprocedure::text AS name
	FROM member m
	JOIN pg_catalog.pg_proc p ON p.oid = m.objid
	WHERE m.classid = 'pg_catalog.pg_proc'::regclass
),
type AS (
	SELECT t.*, t.oid::regtype::text AS name
	FROM member m
	JOIN pg_catalog.pg_type t ON t.oid = m.objid
	WHERE m.classid = 'pg_catalog.pg_type'::regclass
),
column_of AS (
	-- a column's place is counted among the living: dropped ones leave gaps
	SELECT r.name, a.*,
		row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS place
	FROM relation r
	JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
	WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind <> 'i'
),
-- rights: the default ones are spelled out, so that NULL equals them
acl AS (
	SELECT 'schema ' || n.nspname AS name, coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
	FROM member m
	JOIN pg_catalog.pg_namespace n ON n.oid = m.objid
	WHERE m.classid = 'pg_catalog.pg_namespace'::regclass
	UNION ALL
	SELECT name, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
	FROM relation
	UNION ALL
	SELECT name || '.' || attname, attacl FROM column_of
	UNION ALL
	SELECT name, coalesce(proacl, acldefault('f', proowner)) FROM routine
	UNION ALL
	SELECT name, coalesce(typacl, acldefault('T', typowner)) FROM type
),
comment AS (
	SELECT identity.identity AS name, d.objsubid, d.description
	FROM pg_catalog.pg_description d
	JOIN (
		SELECT classid, objid FROM member
		UNION SELECT e.tableoid::regclass, e.oid FROM pg_catalog.pg_extension e WHERE e.extname = 'backorder'
		UNION SELECT 'pg_catalog.pg_constraint'::regclass, k.oid
			FROM relation r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid
		UNION SELECT 'pg_catalog.pg_trigger'::regclass, t.oid
			FROM relation r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid
		UNION SELECT 'pg_catalog.pg_policy'::regclass, p.oid
			FROM relation r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
		UNION SELECT 'pg_catalog.pg_class'::regclass, i.indexrelid
			FROM relation r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
	) o ON o.classid = d.classoid AND o.objid = d.objoid
	CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) AS identity
),
fact (object, property, value) AS (
	SELECT pg_catalog.pg_describe_object(classid, objid, 0), 'member', '' FROM member

	UNION ALL
	SELECT name, 'relation', concat_ws(', ', 'kind ' || relkind::text, 'persistence ' || relpersistence::text,
		'row security ' || relrowsecurity, 'forced ' || relforcerowsecurity,
		'replica identity ' || relreplident::text, 'options ' || (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(reloptions) AS o))
	FROM relation

	UNION ALL
	SELECT c.name || '.' || c.attname, 'column', concat_ws(', ', 'place ' || c.place,
		pg_catalog.format_type(c.atttypid, c.atttypmod),
		'not null ' || c.attnotnull, 'storage ' || c.attstorage::text, 'compression ' || nullif(c.attcompression::text, ''),
		'collation ' || nullif(c.attcollation, 0)::regcollation::text,
		'identity ' || nullif(c.attidentity::text, ''), 'generated ' || nullif(c.attgenerated::text, ''),
		'default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'options ' || o.options)
	FROM column_of c
	CROSS JOIN LATERAL (
		-- pg_attver is the server's own (since 15.20): when the column was last changed
		SELECT string_agg(option, ' ' ORDER BY option) AS options
		FROM unnest(c.attoptions) AS option
		WHERE option NOT LIKE 'pg\_attver=%'
	) o
	LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.attrelid AND d.adnum = c.attnum

	UNION ALL
	SELECT r.name, 'constraint ' || k.conname,
		concat_ws(', ', pg_catalog.pg_get_constraintdef(k.oid), 'validated ' || k.convalidated)
	FROM relation r
	JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid
	-- since 18, NOT NULL is a constraint, too; its name is from when the column was made
	WHERE k.contype <> 'n'

	UNION ALL
	SELECT r.name, 'index ' || x.indexrelid::regclass::text,
		concat_ws(', ', pg_catalog.pg_get_indexdef(x.indexrelid), 'valid ' || x.indisvalid, 'replica identity ' || x.indisreplident)
	FROM relation r
	JOIN pg_catalog.pg_index x ON x.indrelid = r.oid

	UNION ALL
	SELECT r.name, 'trigger ' || t.tgname,
		concat_ws(', ', pg_catalog.pg_get_triggerdef(t.oid), 'enabled ' || t.tgenabled::text)
	FROM relation r
	JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid
	WHERE NOT t.tgisinternal

	UNION ALL
	SELECT r.name, 'policy ' || p.polname,
		concat_ws(', ', 'for ' || p.polcmd::text, 'permissive ' || p.polpermissive, 'roles ' || p.polroles::regrole[]::text,
			'using ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid),
			'check ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
	FROM relation r
	JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid

	UNION ALL
	SELECT r.name, 'rule ' || w.rulename, pg_catalog.pg_get_ruledef(w.oid)
	FROM relation r
	JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid

	UNION ALL
	SELECT r.name, 'statistics ' || s.stxname, pg_catalog.pg_get_statisticsobjdef(s.oid)
	FROM relation r
	JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = r.oid

	UNION ALL
	SELECT r.name, 'sequence', concat_ws(', ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
	FROM relation r
	JOIN pg_catalog.pg_sequence s ON s.seqrelid = r.oid

	UNION ALL
	SELECT name, 'routine', pg_catalog.pg_get_functiondef(oid)
	FROM routine
	WHERE prokind IN ('f', 'p', 'w')

	UNION ALL
	SELECT name, 'type', concat_ws(', ', 'kind ' || typtype::text, 'not null ' || typnotnull, 'default ' || typdefault,
		'base ' || nullif(typbasetype, 0)::regtype::text)
	FROM type

	UNION ALL
	SELECT t.name, 'label ' || l.enumlabel, (row_number() OVER (PARTITION BY l.enumtypid ORDER BY l.enumsortorder))::text
	FROM type t
	JOIN pg_catalog.pg_enum l ON l.enumtypid = t.oid

	UNION ALL
	SELECT name, 'owner', owner::regrole::text
	FROM (SELECT name, relowner FROM relation
		UNION ALL SELECT name, proowner FROM routine
		UNION ALL SELECT name, typowner FROM type) AS o (name, owner)

	UNION ALL
	SELECT acl.name, 'right', item::text
	FROM acl, unnest(acl.acl) AS item

	UNION ALL
	-- what pg_dump takes for the rights as installed; it dumps only what differs
	SELECT pg_catalog.pg_describe_object(i.classoid, i.objoid, i.objsubid), 'right as installed', item::text
	FROM member m
	JOIN pg_catalog.pg_init_privs i ON i.classoid = m.classid AND i.objoid = m.objid,
	unnest(i.initprivs) AS item

	UNION ALL
	SELECT name, 'comment', description FROM comment

	UNION ALL
	SELECT dumped.config::regclass::text, 'dumped', 'WHERE ' || dumped.condition
	FROM pg_catalog.pg_extension e,
	unnest(e.extconfig, e.extcondition) AS dumped (config, condition)
	WHERE e.extname = 'backorder'

	UNION ALL
	SELECT extname, 'extension', concat_ws(', ', 'version ' || extversion, 'schema ' || extnamespace::regnamespace,
		'relocatable ' || extrelocatable)
	FROM pg_catalog.pg_extension
	WHERE extname = 'backorder'

	UNION ALL
	-- nothing else lives in the schema: every relation and routine is a member
	SELECT pg_catalog.pg_describe_object(o.classid, o.oid, 0), 'no member', ''
	FROM (
		SELECT 'pg_catalog.pg_class'::regclass AS classid, oid FROM pg_catalog.pg_class
		WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'backorder')
			AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
		UNION ALL
		SELECT 'pg_catalog.pg_proc'::regclass, oid FROM pg_catalog.pg_proc
		WHERE pronamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'backorder')
	) o
	WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = o.classid AND m.objid = o.oid)
)
SELECT object || ' | ' || property || ' | ' || regexp_replace(coalesce(value, ''), '\s+', ' ', 'g')
FROM fact
ORDER BY (object || ' | ' || property || ' | ' || coalesce(value, '')) COLLATE "C";
