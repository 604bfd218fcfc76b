/* Ids, the session's merchant and the clock, for SQL. */
#include "postgres.h"

#include "access/xact.h"
#include "utils/datetime.h"

#include "base/clock.h"

PG_FUNCTION_INFO_V1(backorder_next_id);
PG_FUNCTION_INFO_V1(backorder_current_merchant);
PG_FUNCTION_INFO_V1(backorder_clock_time);

/* Returns an id that no other call gets. */
Datum
backorder_next_id(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(next_id());
}

/* Returns the merchant of a call that names none. */
Datum
backorder_current_merchant(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(settings->merchant_id);
}

/*
 * Returns the time that views use: the start of the statement, or the time in the setting
 * backorder.clock.
 */
Datum
backorder_clock_time(PG_FUNCTION_ARGS)
{
	if (!clock_is_set())
		PG_RETURN_TIMESTAMPTZ(GetCurrentStatementStartTimestamp());
	PG_RETURN_TIMESTAMPTZ(read_clock());
}
