/* supply_arrival(): when a supply is believed to come. */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/timestamp.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "store/catalog.h"
#include "engine/call.h"

/* What a query that calls the function for many rows reads once. */
typedef struct MerchantRules
{
	int32		merchant_id;
	Call	   *call;
} MerchantRules;

/* Returns the merchant's rules, and the clock; the caller's right to them is checked. */
static Call *
read_rules(FunctionCallInfo fcinfo, int32 merchant_id)
{
	MerchantRules *known = fcinfo->flinfo->fn_extra;
	MemoryContext old;
	Caller		caller;

	if (known != NULL && known->merchant_id == merchant_id)
		return known->call;
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_REPORT);
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	known = palloc0_object(MerchantRules);
	known->merchant_id = merchant_id;
	known->call = begin_call(&caller, merchant_id, true);
	known->call->clock = read_clock();
	read_merchant(known->call);
	MemoryContextSwitchTo(old);
	leave(&caller);
	SPI_finish();
	fcinfo->flinfo->fn_extra = known;
	return known->call;
}

PG_FUNCTION_INFO_V1(backorder_supply_arrival);

/*
 * supply_arrival(expected_at, merchant_id): returns when a supply that is expected at this time is
 * believed to come; null if it is not believed.
 */
Datum
backorder_supply_arrival(PG_FUNCTION_ARGS)
{
	TimestampTz arrival;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	arrival = believed_arrival(read_rules(fcinfo, merchant_argument(fcinfo, 1)), PG_GETARG_TIMESTAMPTZ(0));
	if (arrival == NO_TIME)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(arrival);
}
