/* Tells what an order would get, and writes nothing. */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "api/preview_order.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/request.h"
#include "model/states.h"
#include "rules/line_plan.h"
#include "engine/call.h"
#include "engine/checkout.h"
#include "api/place_order.h"

PG_FUNCTION_INFO_V1(backorder_preview_order);
PG_FUNCTION_INFO_V1(backorder_preview_order_arrays);

/* The date by which all of a line should be dispatched; NO_TIME if that of any part is unknown. */
static TimestampTz
line_date(const Order *order, int from, int to)
{
	TimestampTz date = NO_TIME;

	for (int i = from; i < to; i++)
	{
		const Part *part = list_nth(order->parts, i);

		if (leaves_at(part) == NO_TIME)
			return NO_TIME;
		date = Max(date, leaves_at(part));
	}
	return date;
}

/* Days from the clock to a date, begun days counting whole. */
int32
wait_days(const Call *call, TimestampTz date)
{
	return date <= call->clock ? 0 : (date - call->clock + USECS_PER_DAY - 1) / USECS_PER_DAY;
}

/* detail of a preview line: its parts, or why it is refused. */
static Datum
preview_detail(const Checkout *checkout, const LinePlan *line, int from, int to)
{
	StringInfoData json;

	initStringInfo(&json);
	if (line->refusal != NULL)
	{
		appendStringInfo(&json, "{\"sqlstate\": \"%s\", ", unpack_sql_state(line->refusal_code));
		append_refusal(&json, line);
		appendStringInfoChar(&json, '}');
	}
	else
	{
		appendStringInfoString(&json, "{\"parts\": ");
		append_parts(&json, checkout->order, from, to);
		append_incentives(&json, checkout->order);
		appendStringInfoChar(&json, '}');
	}
	return json_datum(json.data);
}

/* Returns a row for each line of the request. */
static void
put_preview(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			from = 0;

	for (int i = 0; i < checkout->request->nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];
		int			to = end_of_line(checkout->order, from, i + 1);
		TimestampTz date = line_date(checkout->order, from, to);
		Datum		values[] = {
			Int32GetDatum(i + 1), CStringGetTextDatum(line->inv->sku), Int64GetDatum(line->units),
			CStringGetTextDatum(preview_status(checkout, line)), Int64GetDatum(line->now),
			Int64GetDatum(line->refusal == NULL ? line->later : 0), TimestampTzGetDatum(date),
			Int32GetDatum(wait_days(checkout->call, date)), preview_detail(checkout, line, from, to)
		};
		bool		nulls[lengthof(values)] = {false};

		nulls[6] = nulls[7] = date == NO_TIME;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		from = to;
	}
}

/* Returns what place_order() would give each line now, without locking or writing anything. */
static Datum
preview_order(FunctionCallInfo fcinfo, Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request};
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_REPORT);
	checkout.call = begin_call(&caller, merchant_id, true);
	begin_preview(&checkout, &caller);
	plan_shipments(&checkout);
	put_preview(&checkout, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* preview_order() with the request as one JSON object. */
Datum
backorder_preview_order(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return preview_order(fcinfo, parse_request(jsonb_argument(fcinfo, 0, "request"), false), merchant_id);
}

/* preview_order() with the lines as arrays. */
Datum
backorder_preview_order_arrays(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 3);

	return preview_order(fcinfo, request_argument(fcinfo, 0, NULL, false), merchant_id);
}
