/*
 * Who may work for which merchant, and working as the schema's owner.
 *
 * The rows of merchant_access are the truth. What PostgreSQL itself checks (GRANTs on tables and functions) follows
 * from them: grant_access() and revoke_access() change a row and then lay the role's rights in the schema anew.
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

#define FIRST_MERCHANT 1		/* the one that needs no row */

/* By AccessLevel: each level may do what those before it may. */
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

/* Tells whether a role needs no row in merchant_access: superusers, the owner, and who has the owner's rights. */
bool
needs_no_row(Oid role)
{
	return has_privs_of_role(role, schema_owner());
}

DIRECT_STATEMENT(access_rows,
				 DIRECTLY(DIRECT_READ, "merchant_access", "merchant_access_pkey", "role_name, level"),
				 "SELECT role_name, level FROM backorder.merchant_access WHERE merchant_id = $1",
				 INT4OID);

DIRECT_STATEMENT(find_merchant,
				 DIRECTLY(DIRECT_READ, "merchant", "merchant_pkey", "merchant_id"),
				 "SELECT merchant_id FROM backorder.merchant WHERE merchant_id = $1",
				 INT4OID);

/* Returns the level that a row of access_rows gives to a role: NO_ACCESS where it has not the rights of the row's role. */
static int
level_by_row(Oid caller, uint64 row)
{
	Oid			role = get_role_oid(NameStr(*DatumGetName(datum_at(row, 1))), true);

	if (!OidIsValid(role) || !has_privs_of_role(caller, role))
		return NO_ACCESS;
	return name_index(text_at(row, 2), level_names);
}

/* Whether there is such a merchant. */
static bool
merchant_exists(int32 merchant_id)
{
	Datum		values[] = {Int32GetDatum(merchant_id)};
	bool		found = merchant_id == FIRST_MERCHANT || run(&find_merchant, true, values, NULL) > 0;

	if (merchant_id != FIRST_MERCHANT)
		done_reading();
	return found;
}

/* Returns the caller's level for a merchant: NO_ACCESS where it has none or there is no such merchant. */
static int
level_of_caller(const Caller *caller, int32 merchant_id)
{
	int			level = NO_ACCESS;
	Datum		values[] = {Int32GetDatum(merchant_id)};
	uint64		rows;

	if (needs_no_row(caller->caller))
		return merchant_exists(merchant_id) ? ACCESS_ADMIN : NO_ACCESS;
	rows = run(&access_rows, true, values, NULL);
	for (uint64 row = 0; row < rows; row++)
		level = Max(level, level_by_row(caller->caller, row));
	done_reading();
	return level != NO_ACCESS && merchant_exists(merchant_id) ? level : NO_ACCESS;
}

/* Ends with 42501, in the same words whether the merchant is absent or not the caller's. */
void
refuse_access(const Caller *caller, int32 merchant_id, AccessLevel needed, int level)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("no access to merchant %d", merchant_id),
			 level == NO_ACCESS ? 0 :
			 errdetail("This needs level %s; role \"%s\" has level %s.",
					   level_names[needed], caller_name(caller), level_names[level]),
			 errhint("Check merchant_id and the setting backorder.merchant_id; backorder.grant_access() gives a role access. A merchant other than 1 needs a row in backorder.merchant first.")));
}

/* Remembers the caller and works from now on as the schema's owner with a pinned search_path, until leave(). */
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

/* As enter_unchecked(), but ends with 42501 unless the caller has the level needed for the merchant; SPI is connected. */
void
enter(Caller *caller, int32 merchant_id, AccessLevel needed)
{
	int			level;

	enter_unchecked(caller);
	level = level_of_caller(caller, merchant_id);
	if (level < (int) needed)
		refuse_access(caller, merchant_id, needed, level);
}

/* Gives back the caller's role and settings. */
void
leave(Caller *caller)
{
	AtEOXact_GUC(true, caller->guc_level);
	SetUserIdAndSecContext(caller->caller, caller->security_context);
}

/* Tells, between enter and leave, whether the caller has a level for the merchant; the last result of run() is gone then. */
bool
may(const Caller *caller, int32 merchant_id, AccessLevel needed)
{
	return level_of_caller(caller, merchant_id) >= (int) needed;
}

/* Returns whether the caller is the engine's owner, or has the owner's rights. */
bool
is_owner(const Caller *caller)
{
	return needs_no_row(caller->caller);
}

/* Returns the name of the role that called. */
const char *
caller_name(const Caller *caller)
{
	return GetUserNameFromId(caller->caller, false);
}
