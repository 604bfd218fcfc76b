/* The settings of the session, the clock, and ids. */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "base/clock.h"

Settings *settings;

#define SEQUENCE_BITS 43

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
