/* The beginning and the end of functions and triggers that SQL calls. */
#ifndef BACKORDER_BASE_ENTRY_H
#define BACKORDER_BASE_ENTRY_H

#include "postgres.h"

#include "fmgr.h"

#include "base/access.h"

extern void enter_function(FunctionCallInfo fcinfo, Caller *caller, int32 merchant_id, AccessLevel needed);
extern Datum leave_function(Caller *caller);
extern void enter_trigger(Caller *caller);
extern Datum leave_trigger(Caller *caller);

#endif
