/* The beginning of a call. */
#include "postgres.h"

#include "engine/call.h"
#include "base/access.h"
#include "model/call.h"
#include "model/planned_change.h"

/* A new, empty Work for one merchant. */
Work *
open_work(Caller *caller, int32 merchant_id, bool read_only)
{
	Work	   *work = palloc0_object(Work);
	HASHCTL		ctl = {.keysize = sizeof(ClaimKey), .entrysize = sizeof(Claim), .hcxt = CurrentMemoryContext};

	work->merchant_id = merchant_id;
	work->read_only = read_only;
	work->actor = caller_name(caller);
	work->cause = "catalogue";
	work->claims = hash_create("backorder claims", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return work;
}
