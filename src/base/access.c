/*
 * Which role may work for which merchant, and working as the owner of the schema.
 *
 * The rows of merchant_access decide. grant_access() and revoke_access() change a row, and derive
 * the role's GRANTs on tables and functions from all of its rows.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "base/access.h"
#include "base/direct.h"
#include "base/names.h"
#include "base/sql.h"

#define FIRST_MERCHANT 1		/* exists without a row in merchant */

/* By AccessLevel. */
const char *const level_names[] = {"report", "app", "admin", NULL};

/* Returns the role that owns the schema backorder. */
static Oid
schema_owner(void)
{
	HeapTuple	tuple;
	Oid			owner;

	tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(get_namespace_oid("backorder", false)));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for schema backorder");
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Returns whether the role has access without a row in merchant_access: it has the rights of the
 * schema's owner.
 */
bool
needs_no_row(Oid role)
{
	return has_privs_of_role(role, schema_owner());
}

#define MERCHANT_ACCESS_COLUMNS(first, next, prefix) \
	first(prefix, role_name, NAME) \
	next(prefix, level, TEXT)

enum
{
	COLUMN_NUMBERS(MERCHANT_ACCESS_COLUMNS, MERCHANT_ACCESS_)
};

DIRECT_STATEMENT(access_rows,
				 DIRECTLY(DIRECT_READ, "merchant_access", "merchant_access_pkey",
						  COLUMN_NAMES(MERCHANT_ACCESS_COLUMNS)),
				 "SELECT " COLUMN_NAMES(MERCHANT_ACCESS_COLUMNS)
				 " FROM backorder.merchant_access WHERE merchant_id = $1",
				 INT4OID);

DIRECT_STATEMENT(find_merchant,
				 DIRECTLY(DIRECT_READ, "merchant", "merchant_pkey", "merchant_id"),
				 "SELECT merchant_id FROM backorder.merchant WHERE merchant_id = $1",
				 INT4OID);

/* Returns the level that a row of access_rows gives to the caller, or NO_ACCESS. */
static int
level_by_row(Oid caller, const Rows *rows, uint64 row)
{
	const char *name = NameStr(*DatumGetName(row_datum(rows, row, MERCHANT_ACCESS_role_name)));
	Oid			role = get_role_oid(name, true);

	if (!OidIsValid(role) || !has_privs_of_role(caller, role))
		return NO_ACCESS;
	return stored_name_index(row_text(rows, row, MERCHANT_ACCESS_level), level_names, "merchant_access.level");
}

/* Returns whether the merchant exists. */
static bool
merchant_exists(int32 merchant_id)
{
	Datum		values[] = {Int32GetDatum(merchant_id)};
	Rows		rows;
	bool		found;

	if (merchant_id == FIRST_MERCHANT)
		return true;
	rows = query(&find_merchant, true, values, NULL);
	found = rows.count > 0;
	free_rows(&rows);
	return found;
}

/*
 * Returns the caller's level for a merchant: NO_ACCESS if it has none, or if the merchant does not
 * exist.
 */
static int
level_of_caller(const Caller *caller, int32 merchant_id)
{
	int			level = NO_ACCESS;
	Datum		values[] = {Int32GetDatum(merchant_id)};
	Rows		rows;

	if (needs_no_row(caller->caller))
		return merchant_exists(merchant_id) ? ACCESS_ADMIN : NO_ACCESS;
	rows = query(&access_rows, true, values, NULL);
	for (uint64 row = 0; row < rows.count; row++)
		level = Max(level, level_by_row(caller->caller, &rows, row));
	free_rows(&rows);
	return level != NO_ACCESS && merchant_exists(merchant_id) ? level : NO_ACCESS;
}

/*
 * Ends with 42501. The words do not tell a merchant that does not exist from one that the caller
 * has no access to.
 */
void
refuse_access(const Caller *caller, int32 merchant_id, AccessLevel needed, int level)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("no access to merchant %d", merchant_id),
			 level == NO_ACCESS ? 0 :
			 errdetail("This needs level %s; role \"%s\" has level %s.",
					   level_names[needed], caller_name(caller), level_names[level]),
			 errhint("Check merchant_id and the setting backorder.merchant_id; backorder.grant_access() gives a role access. "
					 "A merchant other than 1 needs a row in backorder.merchant first.")));
}

/* Remembers the caller, and works as the schema's owner with a pinned search_path until leave(). */
void
enter_unchecked(Caller *caller)
{
	GetUserIdAndSecContext(&caller->caller, &caller->security_context);
	SetUserIdAndSecContext(schema_owner(),
						   caller->security_context | SECURITY_LOCAL_USERID_CHANGE);
	caller->guc_level = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/* As enter_unchecked(), but ends with 42501 if the caller's level is too low. SPI must be connected. */
void
enter(Caller *caller, int32 merchant_id, AccessLevel needed)
{
	int			level;

	enter_unchecked(caller);
	level = level_of_caller(caller, merchant_id);
	if (level < (int) needed)
		refuse_access(caller, merchant_id, needed, level);
}

/* Restores the caller's role and settings. */
void
leave(Caller *caller)
{
	AtEOXact_GUC(true, caller->guc_level);
	SetUserIdAndSecContext(caller->caller, caller->security_context);
}

/* Returns, between enter() and leave(), whether the caller has this level for the merchant. */
bool
may(const Caller *caller, int32 merchant_id, AccessLevel needed)
{
	return level_of_caller(caller, merchant_id) >= (int) needed;
}

/* Returns whether the caller has the rights of the schema's owner. */
bool
is_owner(const Caller *caller)
{
	return needs_no_row(caller->caller);
}

/* Returns the name of the caller's role. */
const char *
caller_name(const Caller *caller)
{
	return GetUserNameFromId(caller->caller, false);
}
