/* Grants access levels to roles. */
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

PG_FUNCTION_INFO_V1(backorder_grant_access);
PG_FUNCTION_INFO_V1(backorder_revoke_access);
PG_FUNCTION_INFO_V1(backorder_regrant);

/* All that a role can have been granted in the schema. */
static const char *const grantable[] = {
	"ALL TABLES IN SCHEMA backorder",
	"ALL SEQUENCES IN SCHEMA backorder",
	"ALL ROUTINES IN SCHEMA backorder",
	"SCHEMA backorder",
};

/* Promises that the caller may say who works for a merchant. */
static void
check_may_grant(const Caller *caller)
{
	if (!needs_no_row(caller->caller))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the owner of schema backorder may grant or revoke access"),
				 errhint("Ask a superuser, or a member of the role that owns the schema.")));
}

/* Promises that the role exists. */
static void
check_role(const char *role_name)
{
	(void) get_role_oid(role_name, false);
}

/* Promises that the level is one of report, app and admin. */
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

/* Two transactions that lay rights anew at once would end with "tuple concurrently updated". */
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

/* Rights are a role's in the whole database, so these two look over all merchants. */
STATEMENT(levels_of_role,
		  "SELECT DISTINCT a.level FROM backorder.merchant_access a WHERE a.role_name = $1::name",
		  TEXTOID);
STATEMENT(roles_with_access,
		  "SELECT DISTINCT a.role_name::text FROM backorder.merchant_access a ORDER BY 1",
		  InvalidOid);

/* What the levels in $1 have: 1 the rest of a GRANT up to the role. */
STATEMENT(rights_of_levels,
		  "SELECT pg_catalog.format('%s ON %s %s', r.privileges, r.kind,"
		  "  pg_catalog.string_agg(r.object, ', ' ORDER BY r.object))"
		  " FROM backorder.access_rules() r WHERE r.level = ANY ($1)"
		  " GROUP BY r.kind, r.privileges ORDER BY 1",
		  TEXTARRAYOID);

/* The functions that PUBLIC may call and should not: 1 their list, null where there is none. */
STATEMENT(open_to_public,
		  "SELECT pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')"
		  " FROM pg_catalog.pg_proc p"
		  " WHERE p.pronamespace = 'backorder'::pg_catalog.regnamespace"
		  " AND pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE')"
		  " AND NOT EXISTS (SELECT FROM backorder.access_rules() r"
		  "  WHERE r.level = 'public' AND r.object = p.oid::pg_catalog.regprocedure::text)",
		  InvalidOid);

/*
 * Puts every table that has no row security yet under it. Each subselect of a policy runs once per query, and its array is
 * an index condition: a role with one merchant need not name it to be served by an index that starts with merchant_id.
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

/* Returns copies of the first column of the last result, nulls left out. */
static List *
first_column(uint64 rows)
{
	List	   *texts = NIL;

	for (uint64 row = 0; row < rows; row++)
		if (!null_at(row, 1))
			texts = lappend(texts, text_at(row, 1));
	done_reading();
	return texts;
}

/* Returns the highest level that a role has with any merchant by rows of its own: committed ones, since GRANTs know no snapshot. */
static int
highest_level(const char *role_name)
{
	Datum		values[] = {CStringGetTextDatum(role_name)};
	List	   *levels = first_column(run_latest(&levels_of_role, values));
	int			highest = NO_ACCESS;
	ListCell   *cell;

	foreach(cell, levels)
	{
		highest = Max(highest, name_index(lfirst(cell), level_names));
	}
	return highest;
}

/* Runs a statement that no plan is kept of. */
static void
run_utility(const char *sql)
{
	int			code = SPI_execute(sql, false, 0);

	if (code != SPI_OK_UTILITY)
		elog(ERROR, "could not run \"%s\": %s", sql, SPI_result_code_string(code));
}

/* Takes all rights in the schema from a role and gives it those of its highest level. */
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
	rights = first_column(run(&rights_of_levels, false, values, NULL));
	foreach(cell, rights)
	{
		run_utility(psprintf("GRANT %s TO %s", (char *) lfirst(cell), role));
	}
}

/* Takes from PUBLIC what it has by default: a new function is open to everyone until this has run. */
static void
close_to_public(void)
{
	List	   *functions = first_column(run(&open_to_public, false, NULL, NULL));
	ListCell   *cell;

	foreach(cell, functions)
	{
		run_utility(psprintf("REVOKE ALL ON ROUTINE %s FROM PUBLIC", (char *) lfirst(cell)));
	}
}

/*
 * Makes the rights of the roles that exist what their rows say.
 *
 * An update script calls this too. What is granted while creating_extension is set would count as part of the
 * extension (pg_init_privs), so pg_dump would leave it out.
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

/* Connects, works as the owner for a caller who may say who has access, and keeps others who do the same waiting. */
static void
start_granting(Caller *caller)
{
	SPI_connect();
	enter_unchecked(caller);
	check_may_grant(caller);
	run(&lock_access, false, NULL, NULL);
}

/* Ends what start_granting() began. */
static void
finish_granting(Caller *caller)
{
	leave(caller);
	SPI_finish();
}

/* grant_access(role_name, level, merchant_id): the role has that level for the merchant from now on. */
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
	run(&write_access, false, values, NULL);
	grant_rights_of(list_make1(role_name));
	finish_granting(&caller);
	PG_RETURN_VOID();
}

/* revoke_access(role_name, merchant_id): the role has no level of its own for the merchant any more. */
Datum
backorder_revoke_access(PG_FUNCTION_ARGS)
{
	char	   *role_name = role_argument(fcinfo, 0);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	Datum		values[] = {Int32GetDatum(merchant_id), CStringGetTextDatum(role_name)};

	start_granting(&caller);
	if (run(&delete_access, false, values, NULL) == 0)
	{
		check_role(role_name);
		ereport(NOTICE,
				(errmsg("role \"%s\" had no access to merchant %d", role_name, merchant_id)));
	}
	grant_rights_of(list_make1(role_name));
	finish_granting(&caller);
	PG_RETURN_VOID();
}

/* regrant(): the rights of PUBLIC and of all roles in merchant_access are as access_rules() says. */
Datum
backorder_regrant(PG_FUNCTION_ARGS)
{
	Caller		caller;

	start_granting(&caller);
	run_utility(create_policies);
	close_to_public();
	grant_rights_of(first_column(run_latest(&roles_with_access, NULL)));
	finish_granting(&caller);
	PG_RETURN_VOID();
}
