/* The beginning of a call. */
#ifndef BACKORDER_ENGINE_CALL_H
#define BACKORDER_ENGINE_CALL_H

#include "postgres.h"

#include "base/access.h"
#include "model/types.h"

extern Call *begin_call(Caller *caller, int32 merchant_id, bool read_only);

#endif
