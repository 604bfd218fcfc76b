/* Recalculates the promises of SKUs. */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "api/repromise.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/states.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

PG_FUNCTION_INFO_V1(backorder_repromise);

/* Re-lays the promises of these SKUs' queues. */
void
recalculate_skus(Call *call, const char *const *skus, int count)
{
	lock_inventory(call, skus, count);
	for (int i = 0; i < call->ninventories; i++)
		call->inventories[i].recalculate_all = true;
	reallocate(call);
}

/* detail of a part whose date changed. */
static Datum
promise_detail(const Part *part)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"promise_basis\": ");
	append_basis(&json, part->now.basis);
	appendStringInfoChar(&json, '}');
	return json_datum(json.data);
}

/* Returns one part whose date changed: from what, to what. */
static void
put_promise(const Part *part, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[] = {
		Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no), Int32GetDatum(part->part_no),
		CStringGetTextDatum(part->sku), TimestampTzGetDatum(part->was.promised_at),
		TimestampTzGetDatum(part->now.promised_at),
		promise_detail(part)
	};
	bool		nulls[lengthof(values)] = {false};

	nulls[4] = part->was.promised_at == NO_TIME;
	nulls[5] = part->now.promised_at == NO_TIME;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Returns the parts of an order that wait and whose date changed. */
static void
put_promises(const Order *order, FunctionCallInfo fcinfo)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->now.status == BACKORDERED && part->now.promised_at != part->was.promised_at)
			put_promise(part, fcinfo);
	}
}

/* Lays open supply under the queues again and returns the dates that changed. */
Datum
backorder_repromise(PG_FUNCTION_ARGS)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	Call	   *call;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	call = begin_call(&caller, merchant_id, false);
	call->cause = "repromise";
	call->return_rows = put_promises;
	call->fcinfo = fcinfo;
	recalculate_skus(call, (const char *const *) skus, count);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
