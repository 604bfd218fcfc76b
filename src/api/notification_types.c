/* notification_types(): the types of notifications, for those who send them and for verify(). */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "rules/notification_types.h"

PG_FUNCTION_INFO_V1(backorder_notification_types);

/* Returns a row for each type of notification; it reads no table, so every caller may ask. */
Datum
backorder_notification_types(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < notification_type_count; i++)
	{
		const NotificationType *type = &notification_types[i];
		Datum		values[] = {
			CStringGetTextDatum(type->name), CStringGetTextDatum(type->audience),
			CStringGetTextDatum(notification_about_name(type)), BoolGetDatum(type->once),
			BoolGetDatum(type->replaceable), CStringGetTextDatum(type->description)
		};
		bool		nulls[lengthof(values)] = {false};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
