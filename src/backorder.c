/* Settings, ids, the clock, and the names of states. */
#include "backorder.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(backorder_next_id);
PG_FUNCTION_INFO_V1(backorder_current_merchant);
PG_FUNCTION_INFO_V1(backorder_clock_time);

extern PGDLLEXPORT void _PG_init(void);

const char *const ship_policy_names[] = {"as_available", "backorders_together", "complete_line", "complete_order", NULL};
const char *const part_status_names[] = {"allocated", "backordered", "shipped", "canceled", "returned", NULL};
const char *const group_status_names[] = {"waiting", "ready", "released", "shipped", "delivered", "canceled", NULL};
const char *const order_status_names[] = {"held", "open", "complete", "canceled", NULL};
const char *const stock_policy_names[] = {"deny", "allow", "preorder", NULL};
const char *const promise_basis_names[] = {"", "shelf", "supply", "lead_time", NULL};

/*
 * The settings, which a session has once: after an update of the extension it may have the modules of two versions, of which
 * the first one has defined them. So this is a contract between versions: a new setting gets a place of its own.
 */
typedef struct Settings
{
	int			merchant_id;	/* the merchant meant where a call names none */
	int			node_id;		/* the node's number in every id, so that several nodes never give the same */
	char	   *clock;			/* the time by which the engine reckons, for tests and replays; empty = the real one */
} Settings;

static Settings *settings;

#define SETTINGS_PLACE "backorder settings"		/* the name by which modules find them */

#define SEQUENCE_BITS 43

/* Reads the fields of a time; 0 or more if they are one. */
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

/* Whether a value of backorder.clock can be read as a finite time. It must not end with an error: _PG_init() calls it too. */
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

/* Ends with an error in a session that has a module from before 0.4.0, which keeps the settings to itself. */
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
							"The merchant meant where a call names none.", NULL,
							&own.merchant_id, 1, 1, PG_INT32_MAX,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("backorder.node_id",
							"The number of this node in every id that it gives.", NULL,
							&own.node_id, 0, 0, 1023,
							PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("backorder.clock",
							   "The time by which the engine reckons; empty for the real one.", NULL,
							   &own.clock, "",
							   PGC_SUSET, 0, check_clock, NULL, NULL);
	MarkGUCPrefixReserved("backorder");
	return &own;
}

/* Makes the settings known; called by the server once, when the module is loaded. */
void
_PG_init(void)
{
	void	  **place = find_rendezvous_variable(SETTINGS_PLACE);

	if (*place == NULL)
		*place = define_settings();
	settings = *place;
	init_restock();
}

/* The time now, or what the setting says instead. */
TimestampTz
read_clock(void)
{
	if (settings->clock == NULL || *settings->clock == '\0')
		return GetCurrentTimestamp();
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in,
												   CStringGetDatum(settings->clock),
												   ObjectIdGetDatum(InvalidOid),
												   Int32GetDatum(-1)));
}

/* A new id; the sequence is found by name, since no OID of ours outlives a call. */
int64
next_id(void)
{
	Oid			sequence = get_relname_relid("id_sequence", get_namespace_oid("backorder", false));

	if (!OidIsValid(sequence))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("sequence backorder.id_sequence does not exist")));
	return ((int64) settings->node_id << SEQUENCE_BITS) | nextval_internal(sequence, false);
}

/* Whether the ids that this node gives from now on are higher than one that was given. */
bool
is_lower_id(int64 id)
{
	return id >> SEQUENCE_BITS <= settings->node_id;
}

/* Returns an id that no other call is given. */
Datum
backorder_next_id(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(next_id());
}

/* Returns the merchant meant where a call names none. */
Datum
backorder_current_merchant(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(settings->merchant_id);
}

/* Returns the time by which the engine reckons: when the statement began, or what the setting says instead. */
Datum
backorder_clock_time(PG_FUNCTION_ARGS)
{
	if (settings->clock == NULL || *settings->clock == '\0')
		PG_RETURN_TIMESTAMPTZ(GetCurrentStatementStartTimestamp());
	PG_RETURN_TIMESTAMPTZ(read_clock());
}

/* The place of a name in a list that ends with NULL; -1 when it is not there. */
int
name_index(const char *name, const char *const *names)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}
