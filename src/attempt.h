/* A subtransaction that may be begun again. */
#ifndef BACKORDER_ATTEMPT_H
#define BACKORDER_ATTEMPT_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/resowner.h"

#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

typedef struct Attempt
{
	MemoryContext context;
	ResourceOwner owner;
} Attempt;

pg_noreturn extern void rethrow(const Attempt *outside, int level);
extern Datum guard_attempts(PGFunction body, FunctionCallInfo fcinfo);

/* Makes the function that SQL calls, around a body that makes attempts. */
#define FUNCTION_WITH_ATTEMPTS(name, body) \
	PG_FUNCTION_INFO_V1(name); \
	static Datum body(PG_FUNCTION_ARGS); \
	Datum name(PG_FUNCTION_ARGS) { return guard_attempts(body, fcinfo); } \
	static Datum body(PG_FUNCTION_ARGS)

extern void begin_attempt(Attempt *attempt);
extern void end_attempt(const Attempt *attempt);
extern void roll_back_attempt(const Attempt *attempt);

#endif
