/* What all statement triggers have in common. */
#ifndef BACKORDER_API_STATEMENT_TRIGGER_H
#define BACKORDER_API_STATEMENT_TRIGGER_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/pg_list.h"

#include "base/access.h"
#include "base/trigger.h"

/* What one trigger does after a statement. */
typedef void (*TriggerBody) (TriggerData *trigger, Caller *caller);

/* What a trigger does with the keys of one merchant. */
typedef void (*MerchantBody) (Caller *caller, int32 merchant_id, const List *keys, const void *context);

extern Datum run_statement_trigger(FunctionCallInfo fcinfo, TriggerBody body);
extern void for_each_merchant(Caller *caller, const List *keys, MerchantBody body, const void *context);

#endif
