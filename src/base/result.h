/* A row that a function returns, built column by column. */
#ifndef BACKORDER_BASE_RESULT_H
#define BACKORDER_BASE_RESULT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"

#define MAX_RESULT_COLUMNS 12

/* Begin with {0}, add the columns in order, and return the row. */
typedef struct ResultRow
{
	int			count;
	Datum		values[MAX_RESULT_COLUMNS];
	bool		nulls[MAX_RESULT_COLUMNS];
} ResultRow;

extern void result_datum(ResultRow *row, Datum value, bool isnull);
extern void result_value(ResultRow *row, Datum value);
extern void result_null(ResultRow *row);
extern void result_text(ResultRow *row, const char *text);
extern void result_bool(ResultRow *row, bool value);
extern void result_int32(ResultRow *row, int32 number);
extern void result_int64(ResultRow *row, int64 number);
extern void result_time(ResultRow *row, TimestampTz time);
extern void result_location(ResultRow *row, int32 location);
extern void return_row(ResultRow *row, FunctionCallInfo fcinfo);

#endif
