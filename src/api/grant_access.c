/*
 * grant_access(), revoke_access() and regrant(): which role works for which merchant, at which
 * level.
 *
 * merchant_access has one row for each role and merchant. Row security lets a role see the rows of
 * its merchants. The PostgreSQL rights of a role are those of its highest level with any merchant.
 * Each change of a row revokes all rights of the role in the schema, and grants them again as
 * access_rules() lists them.
 *
 * Other entry points leave their statements to src/store. These stay here, because they are part of
 * one task: to make GRANT, REVOKE and CREATE POLICY from the rows of merchant_access.
 */
#include "postgres.h"

#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/errors.h"
#include "base/names.h"
#include "base/sql.h"

/* Everything in the schema on which a role may have rights. */
static const char *const grantable[] = {
	"ALL TABLES IN SCHEMA backorder",
	"ALL SEQUENCES IN SCHEMA backorder",
	"ALL ROUTINES IN SCHEMA backorder",
	"SCHEMA backorder",
};

/* Refuses a caller that is neither a superuser nor a member of the schema's owner. */
static void
check_may_grant(const Caller *caller)
{
	if (!needs_no_row(caller->caller))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the owner of schema backorder may grant or revoke access"),
				 errhint("Ask a superuser, or a member of the role that owns the schema.")));
}

/* Refuses a role that does not exist. */
static void
check_role(const char *role_name)
{
	(void) get_role_oid(role_name, false);
}

/* Refuses a level other than report, app and admin. */
static void
check_level(const char *level)
{
	if (name_index(level, level_names) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("unknown access level \"%s\"", level),
				 errhint("The levels are report, app and admin.")));
}

/* Returns the role name in argument n, which must not be null. */
static char *
role_argument(FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument role_name must not be null"),
				 errhint("Pass the name of a database role.")));
	return pstrdup(NameStr(*PG_GETARG_NAME(n)));
}

/*
 * If two transactions granted rights at the same time, one would end with "tuple concurrently
 * updated".
 */
STATEMENT(lock_access, "LOCK TABLE backorder.merchant_access IN SHARE ROW EXCLUSIVE MODE", InvalidOid);

STATEMENT(write_access,
		  "INSERT INTO backorder.merchant_access AS a (merchant_id, role_name, level)"
		  " VALUES ($1, $2::name, $3)"
		  " ON CONFLICT (merchant_id, role_name) DO UPDATE SET level = EXCLUDED.level"
		  " WHERE a.merchant_id = $1",
		  INT4OID, TEXTOID, TEXTOID);

STATEMENT(delete_access,
		  "DELETE FROM backorder.merchant_access a"
		  " WHERE a.merchant_id = $1 AND a.role_name = $2::name",
		  INT4OID, TEXTOID);

/* A role has its rights in the whole database, so these two statements read all merchants. */
enum {ONLY_COLUMN = 1};

STATEMENT(levels_of_role,
		  "SELECT DISTINCT a.level FROM backorder.merchant_access a WHERE a.role_name = $1::name",
		  TEXTOID);
STATEMENT(roles_with_access,
		  "SELECT DISTINCT a.role_name::text FROM backorder.merchant_access a ORDER BY 1",
		  InvalidOid);

/* The rights of the levels in $1, each as the text of a GRANT between that word and TO. */
STATEMENT(rights_of_levels,
		  "SELECT pg_catalog.format('%s ON %s %s', r.privileges, r.kind,"
		  "  pg_catalog.string_agg(r.object, ', ' ORDER BY r.object))"
		  " FROM backorder.access_rules() r WHERE r.level = ANY ($1)"
		  " GROUP BY r.kind, r.privileges ORDER BY 1",
		  TEXTARRAYOID);

/* The functions that PUBLIC may call but should not, as a list; null if there are none. */
STATEMENT(open_to_public,
		  "SELECT pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')"
		  " FROM pg_catalog.pg_proc p"
		  " WHERE p.pronamespace = 'backorder'::pg_catalog.regnamespace"
		  " AND pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE')"
		  " AND NOT EXISTS (SELECT FROM backorder.access_rules() r"
		  "  WHERE r.level = 'public' AND r.object = p.oid::pg_catalog.regprocedure::text)",
		  InvalidOid);

/*
 * Enables row security on each table that does not have it yet. The subselect of a policy runs once
 * per query, and its array is an index condition. So a role of one merchant need not name the
 * merchant to use an index that starts with merchant_id.
 */
static const char create_policies[] =
"DO $do$ DECLARE"
"  my_roles CONSTANT text := $q$role_name IN (SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, 'USAGE'))$q$;"
"  rows_where CONSTANT text := 'merchant_id = ANY (ARRAY(SELECT merchant_id FROM backorder.merchant_access WHERE %s))';"
"  levels text; writable text; t record;"
" BEGIN"
"  FOR t IN SELECT c.relname AS name, c.relname = 'merchant_access' AS is_access, r.level AS writer FROM pg_catalog.pg_class c"
"   LEFT JOIN backorder.access_rules() r ON r.kind = 'TABLE' AND r.privileges LIKE '%INSERT%'"
"    AND r.object = pg_catalog.format('%I.%I', 'backorder', c.relname)"
"   WHERE c.relnamespace = 'backorder'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity"
"   ORDER BY c.relname"
"  LOOP"
"   EXECUTE pg_catalog.format('ALTER TABLE backorder.%I ENABLE ROW LEVEL SECURITY', t.name);"
"   EXECUTE pg_catalog.format('CREATE POLICY %I ON backorder.%I FOR SELECT USING (%s)', t.name || '_read', t.name,"
"    CASE WHEN t.is_access THEN my_roles ELSE pg_catalog.format(rows_where, my_roles) END);"
"   EXECUTE pg_catalog.format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.name || '_read', t.name,"
"    CASE WHEN t.is_access THEN 'Rows of the roles whose rights one has.'"
"     ELSE 'Rows of merchants for which one has any level.' END);"
"   CONTINUE WHEN t.writer IS NULL;"
"   levels := CASE t.writer WHEN 'app' THEN $q$'app', 'admin'$q$ ELSE $q$'admin'$q$ END;"
"   writable := pg_catalog.format(rows_where, pg_catalog.format('level IN (%s) AND %s', levels, my_roles));"
"   EXECUTE pg_catalog.format('CREATE POLICY %I ON backorder.%I FOR INSERT WITH CHECK (%s)', t.name || '_insert', t.name, writable);"
"   EXECUTE pg_catalog.format('CREATE POLICY %I ON backorder.%I FOR UPDATE USING (%s)', t.name || '_update', t.name, writable);"
"   EXECUTE pg_catalog.format('CREATE POLICY %I ON backorder.%I FOR DELETE USING (%s)', t.name || '_delete', t.name, writable);"
"   EXECUTE pg_catalog.format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.name || '_insert', t.name,"
"    'New rows for merchants for which one has level ' || levels || '.');"
"   EXECUTE pg_catalog.format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.name || '_update', t.name,"
"    'Rows of merchants for which one has level ' || levels || ', before and after.');"
"   EXECUTE pg_catalog.format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.name || '_delete', t.name,"
"    'Rows of merchants for which one has level ' || levels || '.');"
"  END LOOP;"
" END $do$";

/* Returns copies of the texts in the only column of the rows, without nulls, and frees the rows. */
static List *
texts_of(Rows rows)
{
	List	   *texts = NIL;

	for (uint64 i = 0; i < rows.count; i++)
		if (!row_null(&rows, i, ONLY_COLUMN))
			texts = lappend(texts, row_text(&rows, i, ONLY_COLUMN));
	free_rows(&rows);
	return texts;
}

/*
 * Returns the highest level that a role has with any merchant, by committed rows of its own: a
 * GRANT knows no snapshot.
 */
static int
highest_level(const char *role_name)
{
	Datum		values[] = {CStringGetTextDatum(role_name)};
	List	   *levels = texts_of(query_latest(&levels_of_role, values));
	int			highest = NO_ACCESS;
	ListCell   *cell;

	foreach(cell, levels)
		highest = Max(highest, stored_name_index(lfirst(cell), level_names, "access level"));
	return highest;
}

/* Runs a statement that has no plan. */
static void
run_utility(const char *sql)
{
	int			code = SPI_execute(sql, false, 0);

	if (code != SPI_OK_UTILITY)
		elog(ERROR, "could not run \"%s\": %s", sql, SPI_result_code_string(code));
}

/* Revokes all rights in the schema from a role, and grants it those of its highest level. */
static void
grant_rights(const char *role_name)
{
	const char *role = quote_identifier(role_name);
	int			level = highest_level(role_name);
	Datum		values[1];
	List	   *rights;
	ListCell   *cell;

	for (int i = 0; i < lengthof(grantable); i++)
		run_utility(psprintf("REVOKE ALL ON %s FROM %s", grantable[i], role));
	if (level == NO_ACCESS)
		return;
	values[0] = text_array(level_names, level + 1);
	rights = texts_of(query(&rights_of_levels, false, values, NULL));
	foreach(cell, rights)
		run_utility(psprintf("GRANT %s TO %s", (char *) lfirst(cell), role));
}

/*
 * Revokes from PUBLIC the default right to call functions: until then, everyone may call a new
 * function.
 */
static void
close_to_public(void)
{
	List	   *functions = texts_of(query(&open_to_public, false, NULL, NULL));
	ListCell   *cell;

	foreach(cell, functions)
		run_utility(psprintf("REVOKE ALL ON ROUTINE %s FROM PUBLIC", (char *) lfirst(cell)));
}

/*
 * Grants the roles, as far as they exist, the rights of their rows.
 *
 * An update script calls this too. While creating_extension is set, a grant counts as part of the
 * extension (pg_init_privs), and pg_dump does not write it; so it is not set here.
 */
static void
grant_rights_of(List *role_names)
{
	bool		in_script = creating_extension;
	ListCell   *cell;

	creating_extension = false;
	PG_TRY();
	{
		foreach(cell, role_names)
		{
			CHECK_FOR_INTERRUPTS();
			if (OidIsValid(get_role_oid(lfirst(cell), true)))
				grant_rights(lfirst(cell));
		}
	}
	PG_FINALLY();
	{
		creating_extension = in_script;
	}
	PG_END_TRY();
}

/*
 * Begins to work as the owner, for a caller that may grant access; other transactions that grant
 * access wait.
 */
static void
start_granting(Caller *caller)
{
	SPI_connect();
	enter_unchecked(caller);
	check_may_grant(caller);
	(void) query(&lock_access, false, NULL, NULL);
}

/* Ends what start_granting() has begun. */
static void
finish_granting(Caller *caller)
{
	leave(caller);
	SPI_finish();
}

PG_FUNCTION_INFO_V1(backorder_grant_access);

/*
 * grant_access(role_name, level, merchant_id): gives the role this level for the merchant, in place
 * of another.
 */
Datum
backorder_grant_access(PG_FUNCTION_ARGS)
{
	char	   *role_name = role_argument(fcinfo, 0);
	char	   *level = text_argument(fcinfo, 1, "level");
	int32		merchant_id = merchant_argument(fcinfo, 2);
	Caller		caller;
	Datum		values[] = {
		Int32GetDatum(merchant_id),
		CStringGetTextDatum(role_name),
		CStringGetTextDatum(level),
	};

	start_granting(&caller);
	check_role(role_name);
	check_level(level);
	if (!may(&caller, merchant_id, ACCESS_ADMIN))
		refuse_access(&caller, merchant_id, ACCESS_ADMIN, NO_ACCESS);
	(void) query(&write_access, false, values, NULL);
	grant_rights_of(list_make1(role_name));
	finish_granting(&caller);
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(backorder_revoke_access);

/* revoke_access(role_name, merchant_id): takes from the role its own level for the merchant. */
Datum
backorder_revoke_access(PG_FUNCTION_ARGS)
{
	char	   *role_name = role_argument(fcinfo, 0);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	Datum		values[] = {Int32GetDatum(merchant_id), CStringGetTextDatum(role_name)};

	start_granting(&caller);
	if (query(&delete_access, false, values, NULL).count == 0)
	{
		check_role(role_name);
		ereport(NOTICE,
				(errmsg("role \"%s\" had no access to merchant %d", role_name, merchant_id)));
	}
	grant_rights_of(list_make1(role_name));
	finish_granting(&caller);
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(backorder_regrant);

/*
 * regrant(): brings the rights of PUBLIC, and of all roles in merchant_access, to what
 * access_rules() lists.
 */
Datum
backorder_regrant(PG_FUNCTION_ARGS)
{
	Caller		caller;

	start_granting(&caller);
	run_utility(create_policies);
	close_to_public();
	grant_rights_of(texts_of(query_latest(&roles_with_access, NULL)));
	finish_granting(&caller);
	PG_RETURN_VOID();
}
