/*
 * Reads JSON values from clients. A value of the wrong type or range is refused by the name of its
 * key (OB006).
 *
 * Numbers are compared as numeric, so that a number too large or too precise for an integer is
 * refused, not rounded.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "base/json.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/names.h"

/* Refuses a malformed request or option. */
void
malformed(const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_MALFORMED_REQUEST),
			 errmsg("malformed request: %s", message),
			 errhint("%s", hint)));
}

/* Refuses the value of a key, of the request or of a line (line > 0), and says what it must be. */
void
malformed_key(const char *key, int line, const char *wanted)
{
	const char *place = line > 0 ? psprintf("\"%s\" of line %d", key, line) : psprintf("\"%s\"", key);

	malformed(psprintf("%s must be %s", place, wanted),
			  "The comment on place_order() and the reference describe the keys and their types.");
}

/* Returns a string that is not empty. */
char *
json_text(const JsonbValue *value, const char *key, int line)
{
	if (value->type != jbvString || value->val.string.len == 0)
		malformed_key(key, line, "a string that is not empty");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* Returns true or false. */
bool
json_bool(const JsonbValue *value, const char *key)
{
	if (value->type != jbvBool)
		malformed_key(key, 0, "true or false");
	return value->val.boolean;
}

/* Whether the comparison holds for two numerics. */
static bool
compare_numbers(Datum a, Datum b, PGFunction comparison)
{
	return DatumGetBool(DirectFunctionCall2(comparison, a, b));
}

/* An integer as numeric. */
static Datum
number(int64 value)
{
	return NumericGetDatum(int64_to_numeric(value));
}

/* Returns a whole number within a range. */
int64
json_integer(const JsonbValue *value, const char *key, int line, int64 least, int64 most)
{
	const char *wanted = psprintf("a whole number from " INT64_FORMAT " to " INT64_FORMAT, least, most);
	Datum		numeric;

	if (value->type != jbvNumeric)
		malformed_key(key, line, wanted);
	numeric = NumericGetDatum(value->val.numeric);
	if (compare_numbers(numeric, number(least), numeric_lt) ||
		compare_numbers(numeric, number(most), numeric_gt) ||
		compare_numbers(numeric, DirectFunctionCall1(numeric_floor, numeric), numeric_ne))
		malformed_key(key, line, wanted);
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, numeric));
}

/* Returns a price, a number that is not negative, without trailing zeros. */
Datum
json_price(const JsonbValue *value, const char *key, int line)
{
	if (value->type != jbvNumeric ||
		compare_numbers(NumericGetDatum(value->val.numeric), number(0), numeric_lt))
		malformed_key(key, line, "a number that is not negative");
	return DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(value->val.numeric));
}

/* Whether a time ends with a zone: Z, or an offset such as +02:00. */
static bool
has_zone(const char *time)
{
	size_t		length = strlen(time);
	const char *offset = strpbrk(length > 10 ? time + 10 : "", "+-");

	return length > 10 &&
		(time[length - 1] == 'Z' || (offset != NULL && strspn(offset + 1, "0123456789:") == strlen(offset + 1)));
}

/*
 * Returns a finite time with zone, in the server's formats; wanted says for the error what the key
 * must be.
 */
TimestampTz
read_time(const char *time, const char *key, const char *wanted)
{
	TimestampTz result;

	if (!has_zone(time))
		malformed_key(key, 0, wanted);
	result = DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(time),
													 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	if (TIMESTAMP_NOT_FINITE(result))
		malformed_key(key, 0, "a finite time");
	return result;
}

/* Calls take() for every key of an object whose value is not null. */
void
each_key(JsonbContainer *object, TakeKey take, void *target, int line_no)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	key;
	JsonbValue	value;
	JsonbIteratorToken token;

	(void) JsonbIteratorNext(&it, &key, true);
	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&it, &value, true);
		if (value.type != jbvNull)
			take(target, line_no, pnstrdup(key.val.string.val, key.val.string.len), &value);
	}
}

/*
 * The object inside a JSON string, which drivers that encode twice send; other values as they are.
 */
static Jsonb *
unwrap(Jsonb *json)
{
	JsonbValue	scalar;

	if (!JB_ROOT_IS_SCALAR(json) || !JsonbExtractScalar(&json->root, &scalar) || scalar.type != jbvString)
		return json;
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
											  CStringGetDatum(pnstrdup(scalar.val.string.val, scalar.val.string.len))));
}

/* Returns the value as an object, or refuses it with this message and hint. */
Jsonb *
object_of(Jsonb *json, const char *message, const char *hint)
{
	json = unwrap(json);
	if (!JB_ROOT_IS_OBJECT(json))
		malformed(message, hint);
	return json;
}

/* Returns options as an object. */
Jsonb *
options_object(Jsonb *options)
{
	return object_of(options, "options must be a JSON object", "Pass '{}' for none.");
}

/* The names, separated by commas. */
static char *
join_names(const char *const *names)
{
	StringInfoData joined;

	initStringInfo(&joined);
	for (int i = 0; names[i] != NULL; i++)
		appendStringInfo(&joined, "%s%s", i == 0 ? "" : ", ", names[i]);
	return joined.data;
}

/* Refuses a key of an options object that the function does not know. */
static void
check_known_key(void *target, int line_no, const char *key, const JsonbValue *value)
{
	const char *const *known = target;

	if (name_index(key, known) >= 0)
		return;
	malformed(psprintf("unknown option \"%s\"", key),
			  known[0] == NULL ? "This function has no options." : psprintf("The options are: %s.", join_names(known)));
}

/* The options of a function that has none. */
const char *const no_options[] = {NULL};

/* The options of a function that has an idempotency key, and no other option. */
const char *const only_key[] = {"key", NULL};

/* Returns argument n as an options object with known keys only, or NULL when it is null. */
Jsonb *
options_argument(FunctionCallInfo fcinfo, int n, const char *const *known)
{
	Jsonb	   *options;

	if (PG_ARGISNULL(n))
		return NULL;
	options = options_object(PG_GETARG_JSONB_P(n));
	each_key(&options->root, check_known_key, (void *) known, 0);
	return options;
}

/* The value of an option, or NULL when it is absent or null. */
static const JsonbValue *
option(const Jsonb *options, const char *key)
{
	JsonbValue *value = options == NULL ? NULL
		: getKeyJsonValueFromContainer(unconstify(JsonbContainer *, &options->root), key, strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

/* The text of an option, or NULL. */
char *
text_option(const Jsonb *options, const char *key)
{
	const JsonbValue *value = option(options, key);

	return value == NULL ? NULL : json_text(value, key, 0);
}

/* The time of an option, or NO_TIME. */
TimestampTz
time_option(const Jsonb *options, const char *key)
{
	const char *text = text_option(options, key);

	return text == NULL ? NO_TIME : read_time(text, key, A_TIME);
}

/* Whether an option is given and true. */
bool
bool_option(const Jsonb *options, const char *key)
{
	const JsonbValue *value = option(options, key);

	return value != NULL && json_bool(value, key);
}

/* The location that an option names, or NO_LOCATION. */
int32
location_option(const Jsonb *options, const char *key)
{
	const JsonbValue *value = option(options, key);

	return value == NULL ? NO_LOCATION : json_integer(value, key, 0, 1, PG_INT32_MAX);
}

/*
 * The quantities of an option, an array of `count` whole numbers; (*nulls)[i] tells that one is null.
 * NULL if it is not given.
 */
int64 *
quantities_option(const Jsonb *options, const char *key, int count, bool **nulls)
{
	const JsonbValue *value = option(options, key);
	JsonbContainer *array = value == NULL || value->type != jbvBinary ? NULL : value->val.binary.data;
	int64	   *quantities;

	if (value == NULL)
		return NULL;
	if (array == NULL || !JsonContainerIsArray(array) || JsonContainerSize(array) != count)
		malformed(psprintf("\"%s\" must be an array of %d whole numbers", key, count),
				  "Pass one number, or null, for each SKU.");
	quantities = palloc0_array(int64, count + 1);
	*nulls = palloc0_array(bool, count + 1);
	for (int i = 0; i < count; i++)
	{
		const JsonbValue *element = getIthJsonbValueFromContainer(array, i);

		(*nulls)[i] = element->type == jbvNull;
		if (!(*nulls)[i])
			quantities[i] = json_integer(element, key, 0, -MAX_QUANTITY, MAX_QUANTITY);
	}
	return quantities;
}
