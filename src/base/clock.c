/* The settings of the session, the clock, and ids. */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "base/clock.h"

Settings *settings;
NewerSettings *newer_settings;

#define SEQUENCE_BITS 43		/* of an id; the node's number stands above them */

/* Returns whether the setting backorder.clock has a time. */
bool
clock_is_set(void)
{
	return settings->clock != NULL && *settings->clock != '\0';
}

/* Returns the time now, or the time in the setting backorder.clock. */
TimestampTz
read_clock(void)
{
	if (!clock_is_set())
		return GetCurrentTimestamp();
	if (newer_settings->clock_time != NO_TIME)
		return newer_settings->clock_time;
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in,
												   CStringGetDatum(settings->clock),
												   ObjectIdGetDatum(InvalidOid),
												   Int32GetDatum(-1)));
}

/*
 * Returns an id that no call got before. The sequence is found by name: the extension may have been
 * created again.
 */
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

/*
 * Returns whether every id that this node gives from now on is higher than this one, which was
 * given before.
 */
bool
is_lower_id(int64 id)
{
	return id >> SEQUENCE_BITS <= settings->node_id;
}
