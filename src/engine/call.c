/* The beginning of a call. */
#include "postgres.h"

#include "engine/call.h"
#include "base/clock.h"
#include "base/access.h"
#include "model/call.h"
#include "model/planned_change.h"

/* A new, empty call for one merchant. */
Call *
begin_call(Caller *caller, int32 merchant_id, bool read_only)
{
	Call	   *call = palloc0_object(Call);
	HASHCTL		ctl = {.keysize = sizeof(PartKey), .entrysize = sizeof(PlannedChange), .hcxt = CurrentMemoryContext};

	call->merchant_id = merchant_id;
	call->read_only = read_only;
	call->actor = caller_name(caller);
	call->cause = "catalogue";
	call->moved_at = NO_TIME;
	call->changes = hash_create("backorder changes", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return call;
}
