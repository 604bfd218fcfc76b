/*
 * A request: what a customer asks for, read from one JSON object, or from arrays with an options
 * object.
 *
 * The table `request_keys` declares each key once: where it is allowed, how its value is read,
 * which field it sets, and how it enters the hash. The parser, the hint that lists the known keys,
 * and request_hash() all follow the table.
 *
 * A malformed request is refused here, by the name of the key, before the call locks anything.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "model/request.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/names.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/order.h"
#include "model/states.h"

#define MAX_LINES 10000
#define A_HOLD "a duration such as PT15M, or a time with zone"

/* Where a key stands. */
typedef enum Place
{
	REQUEST = 1,				/* in a request object */
	OPTIONS = 2,				/* in an options object beside arrays */
	COMPARISON_REQUEST = 4,		/* in a request object of a call that can compare ship policies */
	COMPARISON_OPTIONS = 8		/* in an options object of such a call */
} Place;

/* Sets of places. */
#define IN_REQUEST (REQUEST | COMPARISON_REQUEST)
#define IN_OPTIONS (OPTIONS | COMPARISON_OPTIONS)
#define IN_BOTH (IN_REQUEST | IN_OPTIONS)
#define IN_COMPARISON (COMPARISON_REQUEST | COMPARISON_OPTIONS)

typedef struct RequestKey RequestKey;
struct RequestKey
{
	const char *name;
	int			allowed;		/* set of places */
	void		(*read) (const RequestKey *key, const JsonbValue *value, Request *request);
	size_t		field;			/* offset in Request */
	const char *wanted;			/* what the value must be, for errors; NULL: the type says it */
	void		(*hash) (StringInfo form, const char *name, const void *field); /* NULL: not hashed */
	const char *hash_name;
};

#define FIELD(name) .field = offsetof(Request, name)
#define HASHED(function, name) .hash = (function), .hash_name = (name)

/* A request that is being read. */
typedef struct Reading
{
	Request	   *request;
	Place		place;
} Reading;

/* The field that a key sets. */
static void *
field_of(const RequestKey *key, Request *request)
{
	return (char *) request + key->field;
}

/* Reads a string that is not empty into a char * field. */
static void
read_text(const RequestKey *key, const JsonbValue *value, Request *request)
{
	*(char **) field_of(key, request) = json_text(value, key->name, 0);
}

/* Reads true or false into a bool field. */
static void
read_bool(const RequestKey *key, const JsonbValue *value, Request *request)
{
	*(bool *) field_of(key, request) = json_bool(value, key->name);
}

/* Reads true or false into an Answer field. */
static void
read_answer(const RequestKey *key, const JsonbValue *value, Request *request)
{
	*(Answer *) field_of(key, request) = json_bool(value, key->name) ? ANSWER_YES : ANSWER_NO;
}

/* Reads a whole number into an int32 field. */
static void
read_integer(const RequestKey *key, const JsonbValue *value, Request *request)
{
	*(int32 *) field_of(key, request) = json_integer(value, key->name, 0, PG_INT32_MIN, PG_INT32_MAX);
}

/* Reads a time with zone into a TimestampTz field. */
static void
read_timestamp(const RequestKey *key, const JsonbValue *value, Request *request)
{
	*(TimestampTz *) field_of(key, request) = read_time(json_text(value, key->name, 0), key->name, key->wanted);
}

/* Reads the name of a ship policy into an int field. */
static void
read_ship_policy(const RequestKey *key, const JsonbValue *value, Request *request)
{
	int			policy = name_index(json_text(value, key->name, 0), ship_policy_names);

	if (policy < 0)
		malformed_key(key->name, 0, key->wanted);
	*(int *) field_of(key, request) = policy;
}

/* The interval that a text states, as a value. */
static Datum
interval_datum(const char *text)
{
	return DirectFunctionCall3(interval_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* Reads a duration from 0 to 100 years, the range of lead times, into an Interval * field. */
static void
read_duration(const RequestKey *key, const JsonbValue *value, Request *request)
{
	Datum		duration = interval_datum(json_text(value, key->name, 0));

	if (DatumGetBool(DirectFunctionCall2(interval_lt, duration, interval_datum("0"))) ||
		DatumGetBool(DirectFunctionCall2(interval_gt, duration, interval_datum("100 years"))))
		malformed_key(key->name, 0, key->wanted);
	*(Interval **) field_of(key, request) = DatumGetIntervalP(duration);
}

/* Reads one key of a line, or refuses it by name. */
static void
read_line_key(void *target, int line_no, const char *key, const JsonbValue *value)
{
	RequestLine *line = target;

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

/* The line that a JSON object states, with at least a SKU and a quantity. */
static RequestLine
read_line(const JsonbValue *value, int line_no)
{
	RequestLine line = {.no_price = true};

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		malformed_key("lines", 0, "an array of objects");
	each_key(value->val.binary.data, read_line_key, &line, line_no);
	if (line.sku == NULL)
		malformed_key("sku", line_no, "given");
	if (line.quantity == 0)
		malformed_key("quantity", line_no, "given");
	return line;
}

/* Refuses an order without lines, and one with more than MAX_LINES. */
static void
check_line_count(int64 count)
{
	if (count == 0)
		malformed("there are no lines", "An order needs at least one line.");
	if (count > MAX_LINES)
		malformed(psprintf("there are " INT64_FORMAT " lines", count),
				  psprintf("An order has at most %d lines.", MAX_LINES));
}

/* Reads the lines of a request object, in the order of the array. */
static void
read_lines(const RequestKey *key, const JsonbValue *value, Request *request)
{
	JsonbContainer *array = value->val.binary.data;

	if (value->type != jbvBinary || !JsonContainerIsArray(array))
		malformed_key(key->name, 0, key->wanted);
	request->nlines = JsonContainerSize(array);
	check_line_count(request->nlines);
	request->lines = palloc0_array(RequestLine, request->nlines);
	for (int i = 0; i < request->nlines; i++)
		request->lines[i] = read_line(getIthJsonbValueFromContainer(array, i), i + 1);
}

/*
 * Reads the prices of lines that the arrays have made; null in place of a price means the item's
 * price.
 */
static void
read_unit_prices(const RequestKey *key, const JsonbValue *value, Request *request)
{
	JsonbContainer *array = value->val.binary.data;

	if (value->type != jbvBinary || !JsonContainerIsArray(array) || (int) JsonContainerSize(array) != request->nlines)
		malformed_key(key->name, 0, key->wanted);
	for (int i = 0; i < request->nlines; i++)
	{
		JsonbValue *price = getIthJsonbValueFromContainer(array, i);

		if (price->type == jbvNull)
			continue;
		request->lines[i].unit_price = json_price(price, key->name, i + 1);
		request->lines[i].no_price = false;
	}
}

/*
 * Adds a field to the form that is hashed. Its length stands before the text, so that no text looks
 * like a field.
 */
static void
append_field(StringInfo form, const char *name, const char *value)
{
	if (value == NULL)
		appendStringInfo(form, "%s-;", name);
	else
		appendStringInfo(form, "%s%zu:%s;", name, strlen(value), value);
}

/* Hashes a char * field, given or not. */
static void
hash_text(StringInfo form, const char *name, const void *field)
{
	append_field(form, name, *(char *const *) field);
}

/* Hashes a char * field only if it is given. */
static void
hash_text_if_given(StringInfo form, const char *name, const void *field)
{
	if (*(char *const *) field != NULL)
		hash_text(form, name, field);
}

/* Hashes an int32 field. */
static void
hash_integer(StringInfo form, const char *name, const void *field)
{
	appendStringInfo(form, "%s%d;", name, *(const int32 *) field);
}

/* Hashes the ship policy, given or not. */
static void
hash_ship_policy(StringInfo form, const char *name, const void *field)
{
	int			policy = *(const int *) field;

	append_field(form, name, policy < 0 ? NULL : ship_policy_names[policy]);
}

/* Hashes an Answer field; none counts as yes. */
static void
hash_answer(StringInfo form, const char *name, const void *field)
{
	appendStringInfo(form, "%s%d;", name, *(const Answer *) field != ANSWER_NO);
}

/* Hashes an Answer field only if it is given. */
static void
hash_answer_if_given(StringInfo form, const char *name, const void *field)
{
	if (*(const Answer *) field != ANSWER_NONE)
		hash_answer(form, name, field);
}

/* Hashes an Interval * field only if it is given. */
static void
hash_duration_if_given(StringInfo form, const char *name, const void *field)
{
	const Interval *duration = *(Interval *const *) field;

	if (duration != NULL)
		appendStringInfo(form, "%s%d,%d," INT64_FORMAT ";", name, duration->month, duration->day, duration->time);
}

/*
 * The keys of a request and of options, in the order in which they are hashed.
 *
 * A repeated request must find an order that an earlier version placed. So the rows that are hashed
 * keep their order and their form; a new key follows them, and is hashed only if it is given. Keys
 * that do not change what the customer asks for are not hashed. The lines are hashed last.
 */
static const RequestKey request_keys[] = {
	{"reference", IN_REQUEST, read_text, FIELD(reference)},
	{"lines", IN_REQUEST, read_lines, .wanted = "an array of objects"},
	{"unit_prices", IN_OPTIONS, read_unit_prices, .wanted = "an array with one price for each SKU"},
	{"customer", IN_BOTH, read_text, FIELD(customer), HASHED(hash_text, "customer")},
	{"customer_group", IN_BOTH, read_text, FIELD(customer_group), HASHED(hash_text_if_given, "customer_group")},
	{"ship_policy", IN_BOTH, read_ship_policy, FIELD(ship_policy), HASHED(hash_ship_policy, "ship_policy"),
	.wanted = "as_available, backorders_together, complete_line or complete_order"},
	{"hold", IN_BOTH, read_text, FIELD(hold), HASHED(hash_text, "hold")},
	{"priority", IN_BOTH, read_integer, FIELD(priority), HASHED(hash_integer, "priority")},
	{"accept_backorder", IN_BOTH, read_answer, FIELD(consent.accept_backorder), HASHED(hash_answer, "accept")},
	{"accept_split", IN_BOTH, read_answer, FIELD(consent.accept_split), HASHED(hash_answer_if_given, "split")},
	{"max_wait", IN_BOTH, read_duration, FIELD(consent.max_wait), HASHED(hash_duration_if_given, "wait"),
	.wanted = "a duration such as P14D, from 0 to 100 years"},
	{"compare_policies", IN_COMPARISON, read_bool, FIELD(compare_policies)},
	{"placed_at", IN_BOTH, read_timestamp, FIELD(placed_at), .wanted = A_TIME},
};

/* The hint that lists the keys allowed at this place. */
static const char *
known_keys(Place place)
{
	StringInfoData hint;
	const char *last = NULL;

	initStringInfo(&hint);
	for (int i = 0; i < lengthof(request_keys); i++)
	{
		if ((request_keys[i].allowed & place) == 0)
			continue;
		if (last != NULL)
			appendStringInfo(&hint, "%s%s", hint.len > 0 ? ", " : "", last);
		last = request_keys[i].name;
	}
	return psprintf("The %s are %s and %s.", (place & IN_REQUEST) != 0 ? "keys" : "options", hint.data, last);
}

/* Reads one key of a request or options object, or refuses it by name. */
static void
read_key(void *target, int line_no, const char *name, const JsonbValue *value)
{
	Reading	   *reading = target;

	for (int i = 0; i < lengthof(request_keys); i++)
		if ((request_keys[i].allowed & reading->place) != 0 && strcmp(name, request_keys[i].name) == 0)
		{
			request_keys[i].read(&request_keys[i], value, reading->request);
			return;
		}
	malformed(psprintf("unknown %s \"%s\"", (reading->place & IN_REQUEST) != 0 ? "key" : "option", name),
			  known_keys(reading->place));
}

/* Reads all keys of an object. */
static void
read_keys(Request *request, Jsonb *object, Place place)
{
	Reading		reading = {.request = request, .place = place};

	each_key(&object->root, read_key, &reading, 0);
}

/* A new request, with the values that hold for absent keys. */
static Request *
new_request(void)
{
	Request	   *request = palloc0_object(Request);

	request->ship_policy = -1;
	request->consent.promise_shown = NO_TIME;
	request->placed_at = NO_TIME;
	return request;
}

/* Refuses SKUs and references that no row can have, and quantities whose sum is too large. */
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

/* Refuses an order without a reference; only a preview needs none. */
void
check_reference(const Request *request)
{
	if (request->reference == NULL)
		malformed("\"reference\" must be given",
				  "Name the order by a key of your own: the same call repeated then returns the same order.");
}

/*
 * The request that a JSON object states; comparing allows keys of calls that can compare ship
 * policies.
 */
Request *
parse_request(Jsonb *json, bool comparing)
{
	Request	   *request = new_request();

	json = object_of(json, "it must be a JSON object", "Pass one object with the keys reference and lines.");
	read_keys(request, json, comparing ? COMPARISON_REQUEST : REQUEST);
	check_line_count(request->nlines);
	check_request(request);
	return request;
}

/*
 * The request that arrays and an options object, or NULL, state; comparing as for parse_request().
 */
Request *
make_request(char *reference, char **skus, int nskus, int64 *quantities, int nquantities, Jsonb *options,
			 bool comparing)
{
	Request	   *request = new_request();

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
		read_keys(request, options_object(options), comparing ? COMPARISON_OPTIONS : OPTIONS);
	check_request(request);
	return request;
}

/* Returns when a hold ends, as its text says: at a time, or after a duration that begins now. */
TimestampTz
hold_end(const char *hold, const Call *call)
{
	if (hold[0] != 'P')
		return read_time(hold, "hold", A_HOLD);
	return add_interval(call, call->clock, DatumGetIntervalP(interval_datum(hold)));
}

/* Refuses a hold that ends at a time that is past. */
void
check_hold_end(TimestampTz until, TimestampTz clock)
{
	if (until <= clock)
		malformed_key("hold", 0, A_HOLD ", that ends in the future");
}

/* Returns when a held order expires; NO_TIME for an order that is not held. */
TimestampTz
hold_until(const Request *request, const Call *call)
{
	TimestampTz until;

	if (request->hold == NULL)
		return NO_TIME;
	until = hold_end(request->hold, call);
	check_hold_end(until, call->clock);
	return until;
}

/* Adds a line to the form that is hashed. */
static void
hash_line(StringInfo form, const RequestLine *line)
{
	append_field(form, "sku", line->sku);
	appendStringInfo(form, "quantity" INT64_FORMAT ";", line->quantity);
	append_field(form, "price", line->no_price ? NULL
				 : DatumGetCString(DirectFunctionCall1(numeric_out, line->unit_price)));
}

/* The SHA-256 of what was asked: of the keys in the order of the table, then of the lines. */
Datum
request_hash(const Request *request)
{
	StringInfoData form;

	initStringInfo(&form);
	for (int i = 0; i < lengthof(request_keys); i++)
		if (request_keys[i].hash != NULL)
			request_keys[i].hash(&form, request_keys[i].hash_name, (const char *) request + request_keys[i].field);
	for (int i = 0; i < request->nlines; i++)
		hash_line(&form, &request->lines[i]);
	return DirectFunctionCall1(sha256_bytea, PointerGetDatum(cstring_to_text_with_len(form.data, form.len)));
}
