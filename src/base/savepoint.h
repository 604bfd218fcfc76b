/* Savepoints: a call can roll back what it did since one, and begin that part again. */
#ifndef BACKORDER_BASE_SAVEPOINT_H
#define BACKORDER_BASE_SAVEPOINT_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/resowner.h"

#include "base/compat.h"

/* An open subtransaction, and what was current before it began. */
typedef struct Savepoint
{
	MemoryContext context;
	ResourceOwner owner;
} Savepoint;

/* Defines a function for SQL whose body begins savepoints. */
#define FUNCTION_WITH_SAVEPOINTS(name, body) \
	PG_FUNCTION_INFO_V1(name); \
	static Datum body(PG_FUNCTION_ARGS); \
	Datum name(PG_FUNCTION_ARGS) { return run_with_savepoints(body, fcinfo); } \
	static Datum body(PG_FUNCTION_ARGS)

pg_noreturn extern void rethrow_outside(const Savepoint *outside, int level);
extern Datum run_with_savepoints(PGFunction body, FunctionCallInfo fcinfo);
extern void begin_savepoint(Savepoint *savepoint);
extern void release_savepoint(const Savepoint *savepoint);
extern void roll_back_to_savepoint(const Savepoint *savepoint);

#endif
