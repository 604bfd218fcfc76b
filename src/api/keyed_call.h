/*
 * Functions that take an idempotency key, in the option "key".
 *
 * The first call with a key is booked. A repeat with the same arguments changes nothing, and returns
 * what the first one returned.
 */
#ifndef BACKORDER_API_KEYED_CALL_H
#define BACKORDER_API_KEYED_CALL_H

#include "postgres.h"

#include "fmgr.h"

/*
 * Defines a function for SQL that takes an idempotency key. Its last arguments are options and
 * merchant_id; its body may begin savepoints.
 */
#define KEYED_FUNCTION(name, body) \
	PG_FUNCTION_INFO_V1(name); \
	static Datum body(PG_FUNCTION_ARGS); \
	Datum name(PG_FUNCTION_ARGS) { return run_keyed(body, fcinfo); } \
	static Datum body(PG_FUNCTION_ARGS)

extern Datum run_keyed(PGFunction body, FunctionCallInfo fcinfo);

#endif
