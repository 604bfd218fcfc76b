/*
 * The two doors of checkout lead to one Request: one JSON object, or arrays with options. What is malformed is refused
 * here, by name, before anything is locked.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "model/request.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/names.h"
#include "model/order.h"
#include "model/states.h"

#define MAX_LINES 10000
#define A_HOLD "a duration such as PT15M, or a time with zone"

/* The ship policy that a string names. */
static int
json_ship_policy(const JsonbValue *value)
{
	int			policy = name_index(json_text(value, "ship_policy", 0), ship_policy_names);

	if (policy < 0)
		malformed_key("ship_policy", 0, "as_available, backorders_together, complete_line or complete_order");
	return policy;
}

/* An interval as a value, from its text. */
static Datum
interval_datum(const char *text)
{
	return DirectFunctionCall3(interval_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* When a held order expires: a duration from now, or a time; NO_TIME when the order is not held. */
TimestampTz
hold_until(const Request *request, TimestampTz clock)
{
	TimestampTz until;

	if (request->hold == NULL)
		return NO_TIME;
	if (request->hold[0] != 'P')
		until = read_time(request->hold, "hold", A_HOLD);
	else
		until = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(clock),
														interval_datum(request->hold)));
	if (until <= clock)
		malformed_key("hold", 0, A_HOLD ", that ends in the future");
	return until;
}

/* Yes or no, as true or false. */
static Answer
json_answer(const JsonbValue *value, const char *key)
{
	return json_bool(value, key) ? ANSWER_YES : ANSWER_NO;
}

/* How long the customer will wait: nothing, or up to as long as any lead time. */
static Interval *
json_max_wait(const JsonbValue *value)
{
	Datum		wait = interval_datum(json_text(value, "max_wait", 0));

	if (DatumGetBool(DirectFunctionCall2(interval_lt, wait, interval_datum("0"))) ||
		DatumGetBool(DirectFunctionCall2(interval_gt, wait, interval_datum("100 years"))))
		malformed_key("max_wait", 0, "a duration such as P14D, from 0 to 100 years");
	return DatumGetIntervalP(wait);
}

/* One of the keys that both doors know; false when it is not one of them. */
static bool
read_option(Request *request, const char *key, const JsonbValue *value)
{
	if (strcmp(key, "customer") == 0)
		request->customer = json_text(value, key, 0);
	else if (strcmp(key, "customer_group") == 0)
		request->customer_group = json_text(value, key, 0);
	else if (strcmp(key, "ship_policy") == 0)
		request->ship_policy = json_ship_policy(value);
	else if (strcmp(key, "priority") == 0)
		request->priority = json_integer(value, key, 0, PG_INT32_MIN, PG_INT32_MAX);
	else if (strcmp(key, "accept_backorder") == 0)
		request->consent.accept_backorder = json_answer(value, key);
	else if (strcmp(key, "accept_split") == 0)
		request->consent.accept_split = json_answer(value, key);
	else if (strcmp(key, "max_wait") == 0)
		request->consent.max_wait = json_max_wait(value);
	else if (strcmp(key, "hold") == 0)
		request->hold = json_text(value, key, 0);
	else if (strcmp(key, "placed_at") == 0)
		request->placed_at = read_time(json_text(value, key, 0), key, A_TIME);
	else if (request->comparing && strcmp(key, "compare_policies") == 0)
		request->compare_policies = json_bool(value, key);
	else
		return false;
	return true;
}

/* The hint that names the keys of a door: its own, and those that both doors know. */
static const char *
known_keys(const char *own, const Request *request)
{
	return psprintf("%scustomer, customer_group, ship_policy, priority, accept_backorder, accept_split, max_wait, hold%s placed_at.",
					own, request->comparing ? ", compare_policies and" : " and");
}

/* Takes over one key of a line, or refuses it by name. */
static void
read_line_key(RequestLine *line, int line_no, const char *key, const JsonbValue *value)
{
	if (strcmp(key, "sku") == 0)
		line->sku = json_text(value, key, line_no);
	else if (strcmp(key, "quantity") == 0)
		line->quantity = json_integer(value, key, line_no, 1, MAX_QUANTITY);
	else if (strcmp(key, "unit_price") == 0)
	{
		line->unit_price = json_price(value, key, line_no);
		line->no_price = false;
	}
	else
		malformed(psprintf("unknown key \"%s\" in line %d", key, line_no),
				  "The keys of a line are sku, quantity and unit_price.");
}

/* read_line_key() as each_key() calls it. */
static void
take_line_key(void *target, int line_no, const char *key, const JsonbValue *value)
{
	read_line_key(target, line_no, key, value);
}

/* The line that a JSON object makes; its SKU and quantity are given. */
static RequestLine
read_line(const JsonbValue *value, int line_no)
{
	RequestLine line = {.no_price = true};

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		malformed_key("lines", 0, "an array of objects");
	each_key(value->val.binary.data, take_line_key, &line, line_no);
	if (line.sku == NULL)
		malformed_key("sku", line_no, "given");
	if (line.quantity == 0)
		malformed_key("quantity", line_no, "given");
	return line;
}

/* Refuses an order without lines, or with more than anyone orders. */
static void
check_line_count(int64 count)
{
	if (count == 0)
		malformed("there are no lines", "An order needs at least one line.");
	if (count > MAX_LINES)
		malformed(psprintf("there are " INT64_FORMAT " lines", count),
				  psprintf("An order has at most %d lines.", MAX_LINES));
}

/* Gives the request the lines of a JSON array, in its order. */
static void
read_lines(Request *request, const JsonbValue *value)
{
	JsonbContainer *array = value->val.binary.data;

	if (value->type != jbvBinary || !JsonContainerIsArray(array))
		malformed_key("lines", 0, "an array of objects");
	request->nlines = JsonContainerSize(array);
	check_line_count(request->nlines);
	request->lines = palloc0_array(RequestLine, request->nlines);
	for (int i = 0; i < request->nlines; i++)
		request->lines[i] = read_line(getIthJsonbValueFromContainer(array, i), i + 1);
}

/* Takes over one key of a request object, or refuses it by name. */
static void
take_request_key(void *target, int line_no, const char *key, const JsonbValue *value)
{
	Request	   *request = target;

	if (strcmp(key, "reference") == 0)
		request->reference = json_text(value, key, 0);
	else if (strcmp(key, "lines") == 0)
		read_lines(request, value);
	else if (!read_option(request, key, value))
		malformed(psprintf("unknown key \"%s\"", key),
				  known_keys("The keys are reference, lines, ", request));
}

/* options.unit_prices: an array beside skus; a null in it means the item's price. */
static void
read_unit_prices(Request *request, const JsonbValue *value)
{
	JsonbContainer *array = value->val.binary.data;

	if (value->type != jbvBinary || !JsonContainerIsArray(array) || (int) JsonContainerSize(array) != request->nlines)
		malformed_key("unit_prices", 0, "an array with one price for each SKU");
	for (int i = 0; i < request->nlines; i++)
	{
		JsonbValue *price = getIthJsonbValueFromContainer(array, i);

		if (price->type == jbvNull)
			continue;
		request->lines[i].unit_price = json_price(price, "unit_prices", i + 1);
		request->lines[i].no_price = false;
	}
}

/* Takes over one option beside the arrays, or refuses it by name. */
static void
take_option_key(void *target, int line_no, const char *key, const JsonbValue *value)
{
	Request	   *request = target;

	if (strcmp(key, "unit_prices") == 0)
		read_unit_prices(request, value);
	else if (!read_option(request, key, value))
		malformed(psprintf("unknown option \"%s\"", key),
				  known_keys("The options are unit_prices, ", request));
}

/* A new request with the constants for what a client may leave out. */
static Request *
new_request(bool comparing)
{
	Request	   *request = palloc0_object(Request);

	request->ship_policy = -1;
	request->consent.promise_shown = NO_TIME;
	request->placed_at = NO_TIME;
	request->comparing = comparing;
	return request;
}

/* Refuses SKUs that no item can have, and an order whose units cannot be added up. */
static void
check_request(const Request *request)
{
	int64		units = 0;

	for (int i = 0; i < request->nlines; i++)
	{
		check_key(request->lines[i].sku, "sku");
		check_quantity(request->lines[i].quantity, "quantity");
		units = add_units(units, request->lines[i].quantity);
	}
	if (units > MAX_QUANTITY)
		malformed("the lines add up to more than 2^53 units", "Order less.");
	if (request->reference != NULL)
		check_key(request->reference, "reference");
}

/* An order is made under a reference; only a preview has none. */
void
check_reference(const Request *request)
{
	if (request->reference == NULL)
		malformed("\"reference\" must be given",
				  "Name the order by a key of your own: the same call repeated then returns the same order.");
}

/* The request that a JSON object makes; comparing tells whether it may ask for ship policies side by side. */
Request *
parse_request(Jsonb *json, bool comparing)
{
	Request	   *request = new_request(comparing);

	json = unwrap_json(json);
	if (!JB_ROOT_IS_OBJECT(json))
		malformed("it must be a JSON object", "Pass one object with the keys reference and lines.");
	each_key(&json->root, take_request_key, request, 0);
	check_line_count(request->nlines);
	check_request(request);
	return request;
}

/* The request that arrays and options make; comparing as above. */
Request *
make_request(char *reference, char **skus, int nskus, int64 *quantities, int nquantities, Jsonb *options, bool comparing)
{
	Request	   *request = new_request(comparing);

	if (nskus != nquantities)
		malformed(psprintf("there are %d SKUs and %d quantities", nskus, nquantities),
				  "Give one quantity for each SKU.");
	check_line_count(nskus);
	request->reference = reference;
	request->nlines = nskus;
	request->lines = palloc0_array(RequestLine, nskus);
	for (int i = 0; i < nskus; i++)
		request->lines[i] = (RequestLine) {.sku = skus[i], .quantity = quantities[i], .no_price = true};
	if (options != NULL)
	{
		options = unwrap_json(options);
		if (!JB_ROOT_IS_OBJECT(options))
			malformed("options must be a JSON object", "Pass '{}' for none.");
		each_key(&options->root, take_option_key, request, 0);
	}
	check_request(request);
	return request;
}

/* Adds a field to the canonical form, so that no value can be taken for another field. */
static void
append_field(StringInfo form, const char *name, const char *value)
{
	if (value == NULL)
		appendStringInfo(form, "%s-;", name);
	else
		appendStringInfo(form, "%s%zu:%s;", name, strlen(value), value);
}

/* Adds what only some requests say: without it the form is that of version 0.1.0. */
static void
append_consent_fields(StringInfo form, const Consent *consent)
{
	const Interval *wait = consent->max_wait;

	if (consent->accept_split != ANSWER_NONE)
		appendStringInfo(form, "split%d;", consent->accept_split == ANSWER_YES);
	if (wait != NULL)
		appendStringInfo(form, "wait%d,%d," INT64_FORMAT ";", wait->month, wait->day, wait->time);
}

/*
 * SHA-256 of what was asked, in canonical form: constants filled in, what was left to item or merchant as absent,
 * line order kept, placed_at left out; what version 0.1 did not know is hashed only where it is given.
 */
Datum
request_hash(const Request *request)
{
	StringInfoData form;

	initStringInfo(&form);
	append_field(&form, "customer", request->customer);
	if (request->customer_group != NULL)
		append_field(&form, "customer_group", request->customer_group);
	append_field(&form, "ship_policy", request->ship_policy < 0 ? NULL : ship_policy_names[request->ship_policy]);
	append_field(&form, "hold", request->hold);
	appendStringInfo(&form, "priority%d;accept%d;", request->priority,
					 request->consent.accept_backorder != ANSWER_NO);
	append_consent_fields(&form, &request->consent);
	for (int i = 0; i < request->nlines; i++)
	{
		const RequestLine *line = &request->lines[i];

		append_field(&form, "sku", line->sku);
		appendStringInfo(&form, "quantity" INT64_FORMAT ";", line->quantity);
		append_field(&form, "price", line->no_price ? NULL
					 : DatumGetCString(DirectFunctionCall1(numeric_out, line->unit_price)));
	}
	return DirectFunctionCall1(sha256_bytea, PointerGetDatum(cstring_to_text_with_len(form.data, form.len)));
}
