/*
 * preview_order(): what place_order() would give each line now. It plans by the same code, and
 * locks and writes nothing. Under a reference that was used before, it shows what that order has.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/request.h"
#include "rules/line_plan.h"
#include "engine/call.h"
#include "engine/checkout.h"
#include "api/existing_order.h"
#include "api/request_argument.h"
#include "api/result_rows.h"

/*
 * The date by which all of a line's parts should be dispatched; NO_TIME if the date of one is
 * unknown.
 */
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

/* The column detail of a line: its parts, or why it is refused. */
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
		append_incentives(&json, checkout->order, false);
		appendStringInfoChar(&json, '}');
	}
	return json_datum(json.data);
}

/* Returns line i of the request, whose parts are those from `from` up to before `to`. */
static void
return_line(const Checkout *checkout, int i, int from, int to, FunctionCallInfo fcinfo)
{
	const LinePlan *line = &checkout->lines[i];
	ResultRow	row = {0};

	result_int32(&row, i + 1);
	result_text(&row, line->inv->sku);
	result_int64(&row, line->units);
	result_text(&row, preview_status(checkout, line));
	result_int64(&row, line->now);
	result_int64(&row, line->refusal == NULL ? line->later : 0);
	result_wait(&row, checkout->call, line_date(checkout->order, from, to));
	result_value(&row, preview_detail(checkout, line, from, to));
	return_row(&row, fcinfo);
}

/* Returns all lines of the request. */
static void
return_lines(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	int			from = 0;

	for (int i = 0; i < checkout->request->nlines; i++)
	{
		int			to = end_of_line(checkout->order, from, i + 1);

		return_line(checkout, i, from, to, fcinfo);
		from = to;
	}
}

/* Plans the order and returns its lines. */
static Datum
preview_order(FunctionCallInfo fcinfo, Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request};
	Caller		caller;

	enter_function(fcinfo, &caller, merchant_id, ACCESS_REPORT);
	checkout.call = begin_call(&caller, merchant_id, true);
	begin_preview(&checkout, &caller);
	if (!show_existing_order(&checkout))
		plan_shipments(&checkout);
	return_lines(&checkout, fcinfo);
	return leave_function(&caller);
}

PG_FUNCTION_INFO_V1(backorder_preview_order);

/* preview_order(request, merchant_id): the request is one JSON object. */
Datum
backorder_preview_order(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return preview_order(fcinfo, json_request_argument(fcinfo, 0, false), merchant_id);
}

PG_FUNCTION_INFO_V1(backorder_preview_order_arrays);

/* preview_order(skus, quantities, options, merchant_id): the lines are arrays. */
Datum
backorder_preview_order_arrays(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 3);

	return preview_order(fcinfo, array_request_argument(fcinfo, 0, NULL, false), merchant_id);
}
