/* A row that a function returns, built column by column, so that no column has a number. */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/result.h"
#include "base/argument.h"
#include "base/clock.h"

/* Adds a column that may be null. */
void
result_datum(ResultRow *row, Datum value, bool isnull)
{
	Assert(row->count < MAX_RESULT_COLUMNS);
	row->values[row->count] = value;
	row->nulls[row->count++] = isnull;
}

/* Adds a column that is not null. */
void
result_value(ResultRow *row, Datum value)
{
	result_datum(row, value, false);
}

/* Adds a null. */
void
result_null(ResultRow *row)
{
	result_datum(row, (Datum) 0, true);
}

/* Adds a text, or a null for NULL. */
void
result_text(ResultRow *row, const char *text)
{
	if (text == NULL)
		result_null(row);
	else
		result_value(row, CStringGetTextDatum(text));
}

/* Adds a boolean. */
void
result_bool(ResultRow *row, bool value)
{
	result_value(row, BoolGetDatum(value));
}

/* Adds an integer. */
void
result_int32(ResultRow *row, int32 number)
{
	result_value(row, Int32GetDatum(number));
}

/* Adds a bigint. */
void
result_int64(ResultRow *row, int64 number)
{
	result_value(row, Int64GetDatum(number));
}

/* Adds a time, or a null for NO_TIME. */
void
result_time(ResultRow *row, TimestampTz time)
{
	result_datum(row, TimestampTzGetDatum(time), time == NO_TIME);
}

/* Adds a location, or a null for NO_LOCATION. */
void
result_location(ResultRow *row, int32 location)
{
	result_datum(row, Int32GetDatum(location), location == NO_LOCATION);
}

/* Returns the row to the caller of the function, which has as many columns. */
void
return_row(ResultRow *row, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	Assert(row->count == result->setDesc->natts);
	tuplestore_putvalues(result->setResult, result->setDesc, row->values, row->nulls);
}
