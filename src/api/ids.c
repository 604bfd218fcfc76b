/*
 * next_id(), current_merchant() and clock_time(): what calls of the extension use, for
 * applications.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/datetime.h"

#include "base/clock.h"
#include "base/errors.h"

PG_FUNCTION_INFO_V1(backorder_next_id);

/* next_id(): returns an id that no other call returns. */
Datum
backorder_next_id(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(next_id());
}

PG_FUNCTION_INFO_V1(backorder_current_merchant);

/* current_merchant(): returns the merchant of calls that name none, or refuses such calls. */
Datum
backorder_current_merchant(PG_FUNCTION_ARGS)
{
	if (newer_settings->require_merchant)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("no merchant is named"),
				 errdetail("backorder.require_merchant is on."),
				 errhint("Pass merchant_id => ... to the function, or give the row a merchant_id.")));
	PG_RETURN_INT32(settings->merchant_id);
}

PG_FUNCTION_INFO_V1(backorder_clock_time);

/*
 * clock_time(): returns when the statement began, or the time that the setting backorder.clock
 * states instead.
 */
Datum
backorder_clock_time(PG_FUNCTION_ARGS)
{
	if (!clock_is_set())
		PG_RETURN_TIMESTAMPTZ(GetCurrentStatementStartTimestamp());
	PG_RETURN_TIMESTAMPTZ(read_clock());
}
