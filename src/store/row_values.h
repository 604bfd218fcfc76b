/*
 * The values of one row that is to be written, by the numbers of its columns; and columns that hold
 * a type of the model.
 *
 * What the model says with a value of its own is null in a table: NO_TIME, NO_LOCATION,
 * ANSWER_NONE, BASIS_UNKNOWN, a NULL pointer. The functions below, and row_...() of base/sql.h,
 * translate in both directions.
 */
#ifndef BACKORDER_STORE_ROW_VALUES_H
#define BACKORDER_STORE_ROW_VALUES_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "storage/itemptr.h"

#include "base/sql.h"
#include "model/states.h"

/*
 * The value of column n is at n - 1. Start with {0}; a column that is not put in is then 0, not
 * null.
 */
typedef struct RowValues
{
	Datum		values[MAX_COLUMNS];
	bool		nulls[MAX_COLUMNS];
} RowValues;

extern void put_datum(RowValues *row, int column, Datum value, bool isnull);
extern void put_int32(RowValues *row, int column, int32 value);
extern void put_optional_int32(RowValues *row, int column, int32 value);
extern void put_int64(RowValues *row, int column, int64 value);
extern void put_optional_int64(RowValues *row, int column, int64 value);
extern void put_bool(RowValues *row, int column, bool value);
extern void put_text(RowValues *row, int column, const char *text);
extern void put_time(RowValues *row, int column, TimestampTz time);
extern void put_interval(RowValues *row, int column, const Interval *interval);
extern void put_answer(RowValues *row, int column, Answer answer);
extern void put_basis(RowValues *row, int column, PromiseBasis basis);
extern void add_values(Batch *batch, const RowValues *row);
extern void add_values_seen(Batch *batch, const RowValues *row, const ItemPointerData *tid);

extern Answer row_answer(const Rows *rows, uint64 row, int column);
extern PromiseBasis row_basis(const Rows *rows, uint64 row, int column);
extern int64 row_limit(const Rows *rows, uint64 row, int column);

#endif
