/* What is written as JSON. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"

#include "model/payload.h"
#include "base/clock.h"
#include "model/order.h"
#include "model/states.h"

/* Appends an answer: true or false, null for none. */
static void
append_answer(StringInfo json, Answer answer)
{
	appendStringInfoString(json, answer == ANSWER_NONE ? "null" : answer == ANSWER_YES ? "true" : "false");
}

/* Appends a duration as an ISO 8601 string, null for NULL. */
static void
append_duration(StringInfo json, const Interval *duration)
{
	char		buffer[MAXDATELEN + 1];
	struct pg_itm itm;

	if (duration == NULL)
	{
		appendStringInfoString(json, "null");
		return;
	}
	interval2itm(*duration, &itm);
	EncodeInterval(&itm, INTSTYLE_ISO_8601, buffer);
	appendStringInfo(json, "\"%s\"", buffer);
}

/* Appends the key "consent" to an object that has keys already. */
void
append_consent(StringInfo json, const Consent *consent)
{
#define APPEND_BOOL append_answer
#define APPEND_INTERVAL append_duration
#define APPEND_TIMESTAMPTZ append_time
#define APPEND_FIRST(prefix, name, type) \
	appendStringInfoString(json, "\"" #name "\": "); APPEND_##type(json, consent->name);
#define APPEND_NEXT(prefix, name, type) appendStringInfoString(json, ", "); APPEND_FIRST(prefix, name, type)
	appendStringInfoString(json, ", \"consent\": {");
	CONSENT_COLUMNS(APPEND_FIRST, APPEND_NEXT, )
	appendStringInfoChar(json, '}');
}

/* One grant as JSON. */
static void
append_grant(StringInfo json, const Grant *grant, bool tells_what_is_new)
{
	appendStringInfo(json, "{\"incentive_id\": " INT64_FORMAT ", \"name\": ", grant->incentive_id);
	append_text(json, grant->name);
	appendStringInfo(json, ", \"kind\": \"%s\", \"step\": %d, \"value\": %s, \"status\": \"%s\"", grant->kind, grant->step,
					 DatumGetCString(DirectFunctionCall1(numeric_out, grant->value)),
					 grant->withdrawn ? "withdrawn" : "granted");
	if (grant->line_no != 0)
		appendStringInfo(json, ", \"line_no\": %d", grant->line_no);
	if (grant->lowered_from != (Datum) 0)
		appendStringInfo(json, ", \"lowered_from\": %s",
						 DatumGetCString(DirectFunctionCall1(numeric_out, grant->lowered_from)));
	if (grant->forfeited)
		appendStringInfoString(json, ", \"forfeited\": true");
	if (grant->untold && tells_what_is_new)
		appendStringInfoString(json, ", \"new\": true");
	appendStringInfoChar(json, '}');
}

/*
 * Adds the key "incentives" to an object that has keys already: what the order was granted, if it ever was. A notification
 * tells which ones are new to the customer.
 */
void
append_incentives(StringInfo json, const Order *order, bool tells_what_is_new)
{
	ListCell   *lc;

	if (order->grants == NIL)
		return;
	appendStringInfoString(json, ", \"incentives\": [");
	foreach(lc, order->grants)
	{
		if (lc != list_head(order->grants))
			appendStringInfoString(json, ", ");
		append_grant(json, lfirst(lc), tells_what_is_new);
	}
	appendStringInfoChar(json, ']');
}

/* A time as JSON, in UTC; null when unknown. */
void
append_time(StringInfo json, TimestampTz time)
{
	char		buffer[MAXDATELEN + 1];
	int			utc = 0;

	if (time == NO_TIME)
		appendStringInfoString(json, "null");
	else
		appendStringInfo(json, "\"%s\"", JsonEncodeDateTime(buffer, TimestampTzGetDatum(time), TIMESTAMPTZOID, &utc));
}

/* A text as a JSON string; null for NULL. */
void
append_text(StringInfo json, const char *text)
{
	if (text == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, text);
}

/* What a promise rests on, as a JSON string; null when unknown. */
void
append_basis(StringInfo json, PromiseBasis basis)
{
	append_text(json, basis == BASIS_UNKNOWN ? NULL : promise_basis_names[basis]);
}

/* A comma before every element of an array but the first. */
void
separate(StringInfo json)
{
	if (json->data[json->len - 1] != '[')
		appendStringInfoString(json, ", ");
}

/* One part as it is now, with the date on which it should leave. */
static void
append_part(StringInfo json, const Part *part)
{
	separate(json);
	appendStringInfo(json, "{\"status\": \"%s\", \"quantity\": " INT64_FORMAT ", \"group_no\": %d, \"promised_at\": ",
					 part_status_names[part->now.status], part->now.quantity, part->now.group_no);
	append_time(json, leaves_at(part));
	appendStringInfoChar(json, '}');
}

/* The order's parts from one index up to another as a JSON array. */
void
append_parts(StringInfo json, const Order *order, int from, int to)
{
	appendStringInfoChar(json, '[');
	for (int i = from; i < to; i++)
		append_part(json, list_nth(order->parts, i));
	appendStringInfoChar(json, ']');
}

/* A JSON text as jsonb. */
Datum
json_datum(const char *json)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json));
}
