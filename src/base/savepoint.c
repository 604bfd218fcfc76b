/* Attempts: subtransactions in which a call takes its locks together or lets go of all, and begins again. */
#include "postgres.h"

#include "access/xact.h"

#include "base/savepoint.h"

/* Rolls back the attempts that the error being handled has left open within this level, and ends with that error. */
void
rethrow_outside(const Savepoint *outside, int level)
{
	ErrorData  *error;

	MemoryContextSwitchTo(outside->context);
	error = CopyErrorData();
	FlushErrorState();
	while (GetCurrentTransactionNestLevel() > level)
		roll_back_to_savepoint(outside);
	ReThrowError(error);
}

/* Calls a body, and rolls back the attempts that an error leaves open: whoever catches it finds its own subtransaction. */
Datum
run_with_savepoints(PGFunction body, FunctionCallInfo fcinfo)
{
	Savepoint	outside = {.context = CurrentMemoryContext, .owner = CurrentResourceOwner};
	int			level = GetCurrentTransactionNestLevel();
	Datum		result = (Datum) 0;

	PG_TRY();
	{
		result = body(fcinfo);
	}
	PG_CATCH();
	{
		rethrow_outside(&outside, level);
	}
	PG_END_TRY();
	return result;
}

/* Begins a subtransaction in the caller's memory context. */
void
begin_savepoint(Savepoint *savepoint)
{
	savepoint->context = CurrentMemoryContext;
	savepoint->owner = CurrentResourceOwner;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(savepoint->context);
}

/* Keeps what the attempt has locked and done. */
void
release_savepoint(const Savepoint *savepoint)
{
	ReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(savepoint->context);
	CurrentResourceOwner = savepoint->owner;
}

/* Lets go of everything that the attempt has locked and done. */
void
roll_back_to_savepoint(const Savepoint *savepoint)
{
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(savepoint->context);
	CurrentResourceOwner = savepoint->owner;
}
