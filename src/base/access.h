/* The access levels of roles, and working as the owner of the schema. */
#ifndef BACKORDER_BASE_ACCESS_H
#define BACKORDER_BASE_ACCESS_H

#include "postgres.h"

#include "fmgr.h"

#define NO_ACCESS (-1)			/* below every AccessLevel */

/* Each level includes the ones before it. */
typedef enum AccessLevel
{
	ACCESS_REPORT, ACCESS_APP, ACCESS_ADMIN
} AccessLevel;

/* The role that called, and what leave() restores. */
typedef struct Caller
{
	Oid			caller;
	int			security_context;
	int			guc_level;
} Caller;

extern const char *const level_names[];

extern bool needs_no_row(Oid role);
extern void refuse_access(const Caller *caller, int32 merchant_id, AccessLevel needed, int level);
extern void enter_unchecked(Caller *caller);
extern void enter(Caller *caller, int32 merchant_id, AccessLevel needed);
extern void leave(Caller *caller);
extern bool may(const Caller *caller, int32 merchant_id, AccessLevel needed);
extern bool is_owner(const Caller *caller);
extern const char *caller_name(const Caller *caller);

#endif
