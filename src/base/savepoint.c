/*
 * Savepoints: subtransactions in which a call takes locks that it may have to release again.
 *
 * A call that finds, after locking, that it needs other locks rolls back to its savepoint and
 * begins again. An error leaves the savepoint open, so every function that uses one is wrapped by
 * run_with_savepoints(), which rolls it back before the error reaches the caller.
 */
#include "postgres.h"

#include "access/xact.h"

#include "base/savepoint.h"

/*
 * Rolls back the savepoints that the current error has left open above this nesting level, and
 * throws the error again.
 */
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

/* Runs the body; when it ends with an error, rolls back the savepoints that it has left open. */
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

/* Begins a savepoint; the current memory context stays the same. */
void
begin_savepoint(Savepoint *savepoint)
{
	savepoint->context = CurrentMemoryContext;
	savepoint->owner = CurrentResourceOwner;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(savepoint->context);
}

/* Ends the savepoint, and keeps its locks and changes. */
void
release_savepoint(const Savepoint *savepoint)
{
	ReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(savepoint->context);
	CurrentResourceOwner = savepoint->owner;
}

/* Ends the savepoint, and releases its locks and undoes its changes. */
void
roll_back_to_savepoint(const Savepoint *savepoint)
{
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(savepoint->context);
	CurrentResourceOwner = savepoint->owner;
}
