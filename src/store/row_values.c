/*
 * The values of one row that is to be written, by the numbers of its columns; and columns that hold
 * a type of the model.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/row_values.h"
#include "base/clock.h"
#include "base/names.h"

/* Puts in a value of any type. */
void
put_datum(RowValues *row, int column, Datum value, bool isnull)
{
	row->values[column - 1] = value;
	row->nulls[column - 1] = isnull;
}

/* Puts in an integer. */
void
put_int32(RowValues *row, int column, int32 value)
{
	put_datum(row, column, Int32GetDatum(value), false);
}

/* Puts in an integer, null for 0. */
void
put_optional_int32(RowValues *row, int column, int32 value)
{
	put_datum(row, column, Int32GetDatum(value), value == 0);
}

/* Puts in a bigint. */
void
put_int64(RowValues *row, int column, int64 value)
{
	put_datum(row, column, Int64GetDatum(value), false);
}

/* Puts in a bigint, null for 0. */
void
put_optional_int64(RowValues *row, int column, int64 value)
{
	put_datum(row, column, Int64GetDatum(value), value == 0);
}

/* Puts in a boolean. */
void
put_bool(RowValues *row, int column, bool value)
{
	put_datum(row, column, BoolGetDatum(value), false);
}

/* Puts in a text, null for NULL. */
void
put_text(RowValues *row, int column, const char *text)
{
	put_datum(row, column, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL);
}

/* Puts in a time, null for NO_TIME. */
void
put_time(RowValues *row, int column, TimestampTz time)
{
	put_datum(row, column, TimestampTzGetDatum(time), time == NO_TIME);
}

/* Puts in an interval, null for NULL. */
void
put_interval(RowValues *row, int column, const Interval *interval)
{
	put_datum(row, column, IntervalPGetDatum(interval), interval == NULL);
}

/* Puts in an answer as a boolean, null for none. */
void
put_answer(RowValues *row, int column, Answer answer)
{
	put_datum(row, column, BoolGetDatum(answer == ANSWER_YES), answer == ANSWER_NONE);
}

/* Puts in what a promise rests on, null for an unknown date. */
void
put_basis(RowValues *row, int column, PromiseBasis basis)
{
	put_text(row, column, basis == BASIS_UNKNOWN ? NULL : promise_basis_names[basis]);
}

/* Adds the row to a batch, which may take only the first of its columns. */
void
add_values(Batch *batch, const RowValues *row)
{
	add_row(batch, row->values, row->nulls);
}

/* As add_values(), for a row to be updated that was last seen there. */
void
add_values_seen(Batch *batch, const RowValues *row, const ItemPointerData *tid)
{
	add_row_seen(batch, row->values, row->nulls, tid);
}

/* Reads a boolean as an answer. */
Answer
row_answer(const Rows *rows, uint64 row, int column)
{
	if (row_null(rows, row, column))
		return ANSWER_NONE;
	return row_bool(rows, row, column) ? ANSWER_YES : ANSWER_NO;
}

/* Reads what a promise rests on. */
PromiseBasis
row_basis(const Rows *rows, uint64 row, int column)
{
	if (row_null(rows, row, column))
		return BASIS_UNKNOWN;
	return stored_name_index(row_text(rows, row, column), promise_basis_names, "promise basis");
}

/* Reads a number of units that limits something; -1 for no limit. */
int64
row_limit(const Rows *rows, uint64 row, int column)
{
	return row_null(rows, row, column) ? -1 : row_int64(rows, row, column);
}
