/* Loading the module: the definition of its settings. */
#include "postgres.h"

#include "utils/guc.h"

#include "base/clock.h"
#include "base/compat.h"
#include "base/iso_time.h"
#include "rules/sourcing.h"
#include "api/stock_trigger.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

/* The names under which the modules of all versions find the settings. */
#define SETTINGS_NAME "backorder settings"
#define NEWER_SETTINGS_NAME "backorder settings since 0.6.0"

/*
 * Accepts an empty value of backorder.clock, or a time; *extra is the time for assign_clock(). It
 * must not end with an error, since _PG_init() calls it too, and must not use other settings.
 */
static bool
check_clock(char **newval, void **extra, GucSource source)
{
	TimestampTz time;

	if (*newval == NULL || **newval == '\0')
		return true;
	if (!read_iso_time(*newval, &time))
	{
		GUC_check_errdetail("It must be an ISO 8601 time with \"Z\" or a numeric offset, such as 2026-03-01T12:00:00Z.");
		return false;
	}
	*extra = guc_malloc(LOG, sizeof(TimestampTz));
	if (*extra == NULL)
		return false;
	*(TimestampTz *) *extra = time;
	return true;
}

/* Keeps the time that check_clock() has read. */
static void
assign_clock(const char *newval, void *extra)
{
	newer_settings->clock_time = extra == NULL ? NO_TIME : *(TimestampTz *) extra;
}

/*
 * Ends with 55000 in a session that has loaded a module older than 0.4.0, which does not share its
 * settings.
 */
static void
refuse_older_module(void)
{
	if (GetConfigOption("backorder.clock", true, false) != NULL &&
		(GetConfigOptionFlags("backorder.clock", true) & GUC_CUSTOM_PLACEHOLDER) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this session uses an older version of backorder"),
				 errhint("Reconnect: a new session uses one version only.")));
}

/* Defines the settings that every version since 0.4.0 has. */
static Settings *
define_settings(void)
{
	static Settings own;

	DefineCustomIntVariable("backorder.merchant_id",
							"The merchant of a call that names none.", NULL,
							&own.merchant_id, 1, 1, PG_INT32_MAX,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("backorder.node_id",
							"The number of this node, which is part of every id.", NULL,
							&own.node_id, 0, 0, 1023,
							PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("backorder.clock",
							   "The time that the engine uses instead of the real time, for tests and replays; empty: none.", NULL,
							   &own.clock, "",
							   PGC_SUSET, 0, check_clock, assign_clock, NULL);
	return &own;
}

/* Defines the settings that came with 0.6.0. */
static NewerSettings *
define_newer_settings(void)
{
	static NewerSettings own = {.clock_time = NO_TIME};

	DefineCustomBoolVariable("backorder.direct_access",
							 "Reads and writes rows without plans where that is possible; off for tests and comparison.", NULL,
							 &own.direct_access, true,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("backorder.require_merchant",
							 "Refuses calls and inserted rows that name no merchant.", NULL,
							 &own.require_merchant, false,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	return &own;
}

/*
 * Finds the settings, or defines those that no other module of the session has defined. The server
 * calls it when it loads the module.
 */
void
_PG_init(void)
{
	void	  **shared = find_rendezvous_variable(SETTINGS_NAME);
	void	  **newer = find_rendezvous_variable(NEWER_SETTINGS_NAME);

	if (*shared == NULL)
		refuse_older_module();
	if (*newer == NULL)
		*newer = define_newer_settings();
	newer_settings = *newer;
	if (*shared == NULL)
		*shared = define_settings();
	settings = *shared;
	MarkGUCPrefixReserved("backorder");
	init_stock_trigger();
}
