/* Refuses TRUNCATE. */
#include "postgres.h"

#include "executor/spi.h"

PG_FUNCTION_INFO_V1(backorder_refuse_truncate);

/* Refuses TRUNCATE, which would leave the engine's books without their shelves. */
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
			 errhint("Use DELETE, which the engine sees.")));
	PG_RETURN_NULL();
}
