/*
 * repromise(): recalculates the promises of SKUs from their open supply, and returns the dates that
 * changed.
 */
#include "postgres.h"

#include "api/repromise.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/entry.h"
#include "base/json.h"
#include "base/result.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/states.h"
#include "engine/call.h"
#include "engine/reallocate.h"
#include "engine/stages.h"

/* Locks these SKUs, and recalculates all promises of their queues. */
void
recalculate_skus(Call *call, const char *const *skus, int count)
{
	lock_inventory(call, skus, count);
	for (int i = 0; i < call->ninventories; i++)
		call->inventories[i].recalculate_all = true;
	reallocate(call);
}

/* The column detail of a part whose date changed. */
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

/* Returns one part, with its date before the call and now. */
static void
return_promise(const Part *part, FunctionCallInfo fcinfo)
{
	ResultRow	row = {0};

	result_int64(&row, part->order->order_id);
	result_int32(&row, part->line_no);
	result_int32(&row, part->part_no);
	result_text(&row, part->sku);
	result_time(&row, part->was.promised_at);
	result_time(&row, part->now.promised_at);
	result_value(&row, promise_detail(part));
	return_row(&row, fcinfo);
}

/* Returns the waiting parts of an order whose date changed. */
static void
return_promises(const Order *order, FunctionCallInfo fcinfo)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->now.status == BACKORDERED && part->now.promised_at != part->was.promised_at)
			return_promise(part, fcinfo);
	}
}

PG_FUNCTION_INFO_V1(backorder_repromise);

/*
 * repromise(skus, options, merchant_id): recalculates the promises of the SKUs, and returns the dates that
 * changed.
 */
Datum
backorder_repromise(PG_FUNCTION_ARGS)
{
	int			count;
	char	  **skus = skus_argument(fcinfo, 0, &count);
	int32		merchant_id = merchant_argument(fcinfo, 2);
	Caller		caller;
	Call	   *call;

	(void) options_argument(fcinfo, 1, no_options);
	enter_function(fcinfo, &caller, merchant_id, ACCESS_APP);
	call = begin_call(&caller, merchant_id, false);
	call->cause = "repromise";
	call->return_rows = return_promises;
	call->fcinfo = fcinfo;
	recalculate_skus(call, (const char *const *) skus, count);
	return leave_function(&caller);
}
