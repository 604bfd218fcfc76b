/* Loading the module: the definition of its settings. */
#include "postgres.h"

#include "utils/datetime.h"
#include "utils/guc.h"

#include "base/clock.h"
#include "rules/sourcing.h"
#include "api/stock_trigger.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

#define SETTINGS_NAME "backorder settings"	/* under which the modules of all versions find them */

/* Decodes the fields of a time; 0 if they are one. */
static int
decode_time(char **fields, int *field_types, int nfields, int *type, struct pg_tm *tm, fsec_t *fraction, int *zone)
{
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra error;

	return DecodeDateTime(fields, field_types, nfields, type, tm, fraction, zone, &error);
#else
	return DecodeDateTime(fields, field_types, nfields, type, tm, fraction, zone);
#endif
}

/*
 * Returns whether a value of backorder.clock is a finite time. It must not end with an error:
 * _PG_init() calls it too.
 */
static bool
check_clock(char **newval, void **extra, GucSource source)
{
	char		workbuf[MAXDATELEN + MAXDATEFIELDS];
	char	   *fields[MAXDATEFIELDS];
	int			field_types[MAXDATEFIELDS];
	int			nfields;
	int			type;
	struct pg_tm tm;
	fsec_t		fraction;
	int			zone;
	TimestampTz time;

	if (*newval == NULL || **newval == '\0')
		return true;
	if (ParseDateTime(*newval, workbuf, sizeof(workbuf), fields, field_types, MAXDATEFIELDS, &nfields) == 0 &&
		decode_time(fields, field_types, nfields, &type, &tm, &fraction, &zone) == 0 &&
		type == DTK_DATE && tm2timestamp(&tm, fraction, &zone, &time) == 0)
		return true;
	GUC_check_errdetail("It must be a time with zone, such as 2026-03-01T12:00:00Z.");
	return false;
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

/* Defines the settings of backorder. */
static Settings *
define_settings(void)
{
	static Settings own;

	refuse_older_module();
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
							   PGC_SUSET, 0, check_clock, NULL, NULL);
	MarkGUCPrefixReserved("backorder");
	return &own;
}

/*
 * Finds the settings, or defines them if this is the session's first module. The server calls it
 * when it loads the module.
 */
void
_PG_init(void)
{
	void	  **shared = find_rendezvous_variable(SETTINGS_NAME);

	if (*shared == NULL)
		*shared = define_settings();
	settings = *shared;
	init_restock();
}
