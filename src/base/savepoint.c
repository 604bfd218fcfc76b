/* Attempts: subtransactions in which a call takes its locks together or lets go of all, and begins again. */
#include "postgres.h"

#include "access/xact.h"

#include "base/savepoint.h"

/* Rolls back the attempts that the error being handled has left open within this level, and ends with that error. */
void
rethrow(const Attempt *outside, int level)
{
	ErrorData  *error;

	MemoryContextSwitchTo(outside->context);
	error = CopyErrorData();
	FlushErrorState();
	while (GetCurrentTransactionNestLevel() > level)
		roll_back_attempt(outside);
	ReThrowError(error);
}

/* Calls a body, and rolls back the attempts that an error leaves open: whoever catches it finds its own subtransaction. */
Datum
guard_attempts(PGFunction body, FunctionCallInfo fcinfo)
{
	Attempt		outside = {.context = CurrentMemoryContext, .owner = CurrentResourceOwner};
	int			level = GetCurrentTransactionNestLevel();
	Datum		result = (Datum) 0;

	PG_TRY();
	{
		result = body(fcinfo);
	}
	PG_CATCH();
	{
		rethrow(&outside, level);
	}
	PG_END_TRY();
	return result;
}

/* Begins a subtransaction in the caller's memory context. */
void
begin_attempt(Attempt *attempt)
{
	attempt->context = CurrentMemoryContext;
	attempt->owner = CurrentResourceOwner;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(attempt->context);
}

/* Keeps what the attempt has locked and done. */
void
end_attempt(const Attempt *attempt)
{
	ReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(attempt->context);
	CurrentResourceOwner = attempt->owner;
}

/* Lets go of everything that the attempt has locked and done. */
void
roll_back_attempt(const Attempt *attempt)
{
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(attempt->context);
	CurrentResourceOwner = attempt->owner;
}
