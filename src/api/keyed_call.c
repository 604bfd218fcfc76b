/*
 * Idempotency keys: a call with a key is booked once, however often it is sent.
 *
 * A key belongs to the merchant. The fingerprint is the hash of the function and all its arguments
 * but the merchant, so a key cannot be used for two different calls. The answer is kept as JSON, one
 * object per row, and read back by the input functions of the columns.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "store/call_keys.h"
#include "api/keyed_call.h"

/* Returns the options of the call without the key, as text. */
static char *
options_without_key(Jsonb *options)
{
	Datum		rest = DirectFunctionCall2(jsonb_delete, JsonbPGetDatum(options), CStringGetTextDatum("key"));

	return DatumGetCString(DirectFunctionCall1(jsonb_out, rest));
}

/* Returns an argument as text, or NULL. */
static char *
argument_text(FunctionCallInfo fcinfo, int n, Oid type)
{
	Oid			output;
	bool		varlena;

	if (PG_ARGISNULL(n))
		return NULL;
	if (type == TIMESTAMPTZOID)
		return psprintf(INT64_FORMAT, (int64) DatumGetTimestampTz(PG_GETARG_DATUM(n)));
	getTypeOutputInfo(type, &output, &varlena);
	return OidOutputFunctionCall(output, PG_GETARG_DATUM(n));
}

/* Adds a text of the call to what is hashed, with its length, so that no two calls give the same. */
static void
append_text_with_length(StringInfo form, const char *text)
{
	if (text == NULL)
		appendStringInfoString(form, "-;");
	else
		appendStringInfo(form, "%zu:%s;", strlen(text), text);
}

/* The SHA-256 of the function and its arguments; `options` is the number of the options argument. */
static Datum
fingerprint_of_call(FunctionCallInfo fcinfo, const char *function, int options)
{
	StringInfoData form;
	Oid		   *types;
	int			count;

	(void) get_func_signature(fcinfo->flinfo->fn_oid, &types, &count);
	initStringInfo(&form);
	append_text_with_length(&form, function);
	for (int i = 0; i < options; i++)
		append_text_with_length(&form, argument_text(fcinfo, i, types[i]));
	append_text_with_length(&form, options_without_key(PG_GETARG_JSONB_P(options)));
	return DirectFunctionCall1(sha256_bytea, PointerGetDatum(cstring_to_text_with_len(form.data, form.len)));
}

/* Returns the key of the call, or NULL if it has none. */
static char *
key_argument(FunctionCallInfo fcinfo, int options)
{
	Jsonb	   *object = PG_ARGISNULL(options) ? NULL : PG_GETARG_JSONB_P(options);
	char	   *key;

	if (object == NULL || !JB_ROOT_IS_OBJECT(object))
		return NULL;
	key = text_option(object, "key");
	if (key != NULL)
		check_key(key, "key");
	return key;
}

/* Refuses a key that was used for another call. */
static void
check_same_call(const CallKey *call, const CallKey *first)
{
	if (DatumGetBool(DirectFunctionCall2(byteaeq, call->fingerprint, first->fingerprint)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_REFERENCE_USED),
			 errmsg("key \"%s\" was used for another call", call->key),
			 strcmp(call->function, first->function) == 0
			 ? errdetail("%s() was called with this key and other arguments.", first->function)
			 : errdetail("%s() was called with it, now %s().", first->function, call->function),
			 errhint("Use a new key for each thing to book, and the same key to send it again.")));
}

/* Returns a value of an answer as text for the input function of its column. */
static char *
answer_text(JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
	}
}

/* Returns one row of an answer again. */
static void
return_answer_row(ReturnSetInfo *result, JsonbContainer *row)
{
	TupleDesc	columns = result->setDesc;
	Datum	   *values = palloc0_array(Datum, columns->natts);
	bool	   *nulls = palloc0_array(bool, columns->natts);

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);
		JsonbValue *value = getKeyJsonValueFromContainer(row, NameStr(column->attname), strlen(NameStr(column->attname)), NULL);
		Oid			input;
		Oid			parameter;

		nulls[i] = value == NULL || value->type == jbvNull;
		if (nulls[i])
			continue;
		getTypeInputInfo(column->atttypid, &input, &parameter);
		values[i] = OidInputFunctionCall(input, answer_text(value), parameter, column->atttypmod);
	}
	tuplestore_putvalues(result->setResult, columns, values, nulls);
}

/* Returns the answer of the first call again. */
static void
return_answer(FunctionCallInfo fcinfo, Jsonb *answer)
{
	JsonbContainer *rows = &answer->root;

	InitMaterializedSRF(fcinfo, 0);
	for (uint32 i = 0; i < JsonContainerSize(rows); i++)
		return_answer_row((ReturnSetInfo *) fcinfo->resultinfo, getIthJsonbValueFromContainer(rows, i)->val.binary.data);
}

/* The rows that the function has returned, as a JSON array. */
static Datum
collect_answer(const ReturnSetInfo *result)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(BlessTupleDesc(result->setDesc), &TTSOpsMinimalTuple);
	StringInfoData json;

	initStringInfo(&json);
	while (tuplestore_gettupleslot(result->setResult, true, false, slot))
	{
		Datum		row = ExecFetchSlotHeapTupleDatum(slot);
		Datum		object = DirectFunctionCall1(row_to_json, row);

		appendStringInfo(&json, "%s%s", json.len == 0 ? "[" : ", ", TextDatumGetCString(object));
	}
	tuplestore_rescan(result->setResult);
	ExecDropSingleTupleTableSlot(slot);
	appendStringInfoString(&json, json.len == 0 ? "[]" : "]");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* Claims the key; false if the call repeats another one, whose answer it returns. */
static bool
is_first_call(FunctionCallInfo fcinfo, const CallKey *call)
{
	CallKey		first = *call;
	Caller		caller;
	bool		claimed;

	SPI_connect();
	enter(&caller, call->merchant_id, ACCESS_APP);
	claimed = claim_key(call);
	if (!claimed)
	{
		read_key(&first);
		check_same_call(call, &first);
		return_answer(fcinfo, first.answer);
	}
	leave(&caller);
	SPI_finish();
	return claimed;
}

/* Keeps what the first call returned. */
static void
keep_answer(FunctionCallInfo fcinfo, const CallKey *call)
{
	Caller		caller;

	SPI_connect();
	enter(&caller, call->merchant_id, ACCESS_APP);
	write_answer(call, collect_answer((ReturnSetInfo *) fcinfo->resultinfo));
	leave(&caller);
	SPI_finish();
}

/* Runs the body of a function once per key; without a key, at every call. */
Datum
run_keyed(PGFunction body, FunctionCallInfo fcinfo)
{
	int			options = PG_NARGS() - 2;
	CallKey		call = {.key = key_argument(fcinfo, options)};
	Datum		result;

	if (call.key == NULL)
		return run_with_savepoints(body, fcinfo);
	call.merchant_id = merchant_argument(fcinfo, options + 1);
	call.function = get_func_name(fcinfo->flinfo->fn_oid);
	call.fingerprint = fingerprint_of_call(fcinfo, call.function, options);
	if (!is_first_call(fcinfo, &call))
		return (Datum) 0;
	result = run_with_savepoints(body, fcinfo);
	keep_answer(fcinfo, &call);
	return result;
}

PG_FUNCTION_INFO_V1(backorder_forget_keys);

/* forget_keys(options, merchant_id): deletes old keys, and returns how many. */
Datum
backorder_forget_keys(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	int64		count;

	(void) options_argument(fcinfo, 0, no_options);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	count = delete_old_keys(merchant_id);
	leave(&caller);
	SPI_finish();
	PG_RETURN_INT64(count);
}
