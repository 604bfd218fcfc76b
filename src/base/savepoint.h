/* A subtransaction that may be begun again. */
#ifndef BACKORDER_BASE_SAVEPOINT_H
#define BACKORDER_BASE_SAVEPOINT_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/resowner.h"

#include "base/compat.h"

typedef struct Attempt
{
	MemoryContext context;
	ResourceOwner owner;
} Attempt;

/* Makes the function that SQL calls, around a body that makes attempts. */
#define FUNCTION_WITH_ATTEMPTS(name, body) \
	PG_FUNCTION_INFO_V1(name); \
	static Datum body(PG_FUNCTION_ARGS); \
	Datum name(PG_FUNCTION_ARGS) { return guard_attempts(body, fcinfo); } \
	static Datum body(PG_FUNCTION_ARGS)

pg_noreturn extern void rethrow(const Attempt *outside, int level);
extern Datum guard_attempts(PGFunction body, FunctionCallInfo fcinfo);
extern void begin_attempt(Attempt *attempt);
extern void end_attempt(const Attempt *attempt);
extern void roll_back_attempt(const Attempt *attempt);

#endif
