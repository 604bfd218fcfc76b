/*
 * Trigger on all tables that the engine follows: refuses TRUNCATE, which would leave inventory
 * records without their stock.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(backorder_refuse_truncate);

/* Refuses to truncate the table that the trigger names. */
Datum
backorder_refuse_truncate(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by trigger manager")));
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("table backorder.%s cannot be truncated", ((TriggerData *) fcinfo->context)->tg_trigger->tgargs[0]),
			 errhint("Use DELETE, which the engine follows.")));
	PG_RETURN_NULL();
}
