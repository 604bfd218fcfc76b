/* Errors on which a client must act, and errors that several files raise. */
#include "postgres.h"

#include "base/errors.h"

/* Ends with XX001 instead of working on rows that do not hold together, which only a hand from outside can bring about. */
void
damaged(const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("%s", message),
			 errhint("backorder.verify() names what does not hold together, backorder.repair() mends the book of a SKU.")));
}

/* Refuses what is not possible in this state. */
void
wrong_state(const char *message, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_STATE),
			 errmsg("%s", message),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}
