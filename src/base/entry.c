/* The beginning and the end of functions and triggers that SQL calls. */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"

#include "base/entry.h"

/*
 * Begins a function that returns rows: checks the caller's level for the merchant, then works as
 * the owner.
 */
void
enter_function(FunctionCallInfo fcinfo, Caller *caller, int32 merchant_id, AccessLevel needed)
{
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(caller, merchant_id, needed);
}

/* Ends a function that returns rows: works as the caller again. */
Datum
leave_function(Caller *caller)
{
	leave(caller);
	SPI_finish();
	return (Datum) 0;
}

/*
 * Begins a trigger: works as the owner. The level is not checked: the caller's statement has passed
 * PostgreSQL's checks.
 */
void
enter_trigger(Caller *caller)
{
	SPI_connect();
	enter_unchecked(caller);
}

/* Ends a trigger: works as the caller again. */
Datum
leave_trigger(Caller *caller)
{
	leave(caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}
