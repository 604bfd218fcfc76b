/* Errors that several files raise. */
#include "postgres.h"

#include "base/errors.h"

/*
 * Ends with XX001: the engine's rows contradict each other. Only a statement from outside the
 * engine can cause that.
 */
void
damaged(const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("%s", message),
			 errhint("backorder.verify() lists the rows that contradict each other; "
					 "backorder.repair() corrects the inventory record of a SKU.")));
}

/* Ends with OB005: the order, group or item is in a state that does not allow the call. */
void
wrong_state(const char *message, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_STATE),
			 errmsg("%s", message),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}
