/*
 * SQL from C: this file alone prepares plans, runs them and checks result codes.
 *
 * A statement with a Direct (see direct.h) runs by direct access where its table allows that, and
 * by its plan otherwise. Both have the same effect.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/sql.h"
#include "base/direct.h"

/* Returns the number of the statement's arguments. */
static int
count_types(const Statement *statement)
{
	int			n = 0;

	while (statement->types[n] != InvalidOid)
		n++;
	return n;
}

/*
 * Returns whether the statement needs a new plan. A plan made while the tables were nearly empty is
 * bad once they are full, and the plan cache does not notice before ANALYZE. So a plan is replaced
 * after 16, 32, 64, ... runs; but not while it runs: a trigger of the application may call the
 * engine from within a statement of the engine.
 */
static bool
has_outgrown(const Statement *statement)
{
	return statement->running == 0 && statement->runs >= 16 && (statement->runs & (statement->runs - 1)) == 0;
}

/* Drops the plan; the next run makes a new one. */
static void
forget_plan(Statement *statement)
{
	SPIPlanPtr	plan = statement->plan;

	statement->plan = NULL;
	SPI_freeplan(plan);
}

/* Makes sure that the statement has a plan. The plan cache replaces a plan that is not valid any more. */
static void
prepare(Statement *statement)
{
	SPIPlanPtr	plan;

	if (statement->plan && has_outgrown(statement))
		forget_plan(statement);
	if (statement->plan)
		return;
	plan = SPI_prepare_cursor(statement->sql, count_types(statement),
							  statement->types,
							  CURSOR_OPT_GENERIC_PLAN | (statement->parallel ? CURSOR_OPT_PARALLEL_OK : 0));
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", statement->sql,
			 SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "could not keep the plan of \"%s\"", statement->sql);
	statement->plan = plan;
}

/* Runs a statement by plan, in this snapshot if one is given. */
static Rows
execute(Statement *statement, bool read_only, Snapshot snapshot, const Datum *values, const char *nulls)
{
	Datum	   *arguments = unconstify(Datum *, values);
	MemoryContext context = CurrentMemoryContext;
	volatile int code = 0;

	prepare(statement);
	statement->runs++;
	statement->running++;
	PG_TRY();
	{
		code = snapshot == InvalidSnapshot
			? SPI_execute_plan(statement->plan, arguments, nulls, read_only, 0)
			: SPI_execute_snapshot(statement->plan, arguments, nulls, snapshot, InvalidSnapshot, read_only, false, 0);
	}
	PG_FINALLY();
	{
		statement->running--;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context); /* SPI leaves its own */
	if (code < 0)
		elog(ERROR, "could not run \"%s\": %s", statement->sql, SPI_result_code_string(code));
	return (Rows) {.count = SPI_processed, .tuples = SPI_tuptable};
}

/* Returns the elements of an array argument. */
static Datum *
array_elements(Oid type, Datum array, int *count)
{
	Oid			element = get_element_type(type);
	Datum	   *elements;
	int16		length;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(element, &length, &by_value, &align);
	deconstruct_array(DatumGetArrayTypeP(array), element, length, by_value, align, &elements, NULL, count);
	return elements;
}

/* Reads the rows of these keys by direct access; false if the statement must run by plan. */
static bool
read_keys_directly(Statement *statement, bool read_only, int32 merchant, const Keys *keys, Rows *rows)
{
	Relation	table = direct_writes(&statement->direct) ? NULL : direct_table(&statement->direct);

	if (table == NULL)
		return false;
	rows->tuples = NULL;
	rows->direct = direct_read(&statement->direct, table, read_only, merchant, keys);
	rows->count = rows->direct->nrows;
	return true;
}

/*
 * As read_keys_directly(), for the statement's arguments: $1 is the merchant, the others are one
 * key, or one array of keys.
 */
static bool
read_directly(Statement *statement, bool read_only, const Datum *values, const ItemPointerData *tids, Rows *rows)
{
	Keys		keys = {.width = count_types(statement) - 1, .count = 1, .values = values + 1, .tids = tids};

	if (statement->direct.kind == BY_PLAN)
		return false;
	if (keys.width == 1 && type_is_array(statement->types[1]))
		keys.values = array_elements(statement->types[1], values[1], &keys.count);
	return read_keys_directly(statement, read_only, DatumGetInt32(values[0]), &keys, rows);
}

/* Runs a statement in a new snapshot, or in the caller's if read_only, and returns its rows. */
Rows
query(Statement *statement, bool read_only, const Datum *values, const char *nulls)
{
	Rows		rows;

	if (read_directly(statement, read_only, values, NULL, &rows))
		return rows;
	return execute(statement, read_only, InvalidSnapshot, values, nulls);
}

/*
 * As query(), for a statement whose $2 is an array of keys of single rows. tids tells where the row
 * of each key was last seen (invalid: not known); it may be NULL. That only saves time: a row that
 * has moved is found by the index.
 */
Rows
query_where_seen(Statement *statement, bool read_only, const Datum *values, const ItemPointerData *tids)
{
	Rows		rows;

	if (read_directly(statement, read_only, values, tids, &rows))
		return rows;
	return execute(statement, read_only, InvalidSnapshot, values, NULL);
}

/*
 * Waits for the transaction that has locked the one row that the statement finds. All waiting
 * transactions continue together. False if no transaction has locked the row, or if the statement
 * cannot run by direct access.
 */
bool
wait_for_holder(Statement *statement, const Datum *values)
{
	Relation	table = direct_table(&statement->direct);
	Keys		keys = {.width = count_types(statement) - 1, .count = 1, .values = values + 1};

	return table != NULL && direct_wait(&statement->direct, table, DatumGetInt32(values[0]), &keys);
}

/*
 * As query(), but sees everything that is committed by now, even if the transaction's snapshot is
 * older. For facts that REPEATABLE READ does not protect, because no changed row would end the
 * transaction with 40001.
 */
Rows
query_latest(Statement *statement, const Datum *values)
{
	return execute(statement, false, GetLatestSnapshot(), values, NULL);
}

/* Returns the values of a column as an array. */
static Datum
column_array(const Batch *batch, int column)
{
	Datum	   *values = palloc_array(Datum, batch->nrows);
	bool	   *nulls = palloc_array(bool, batch->nrows);
	int			count = batch->nrows;
	int			lower = 1;
	int16		length;
	bool		by_value;
	char		align;

	for (int64 i = 0; i < batch->nrows; i++)
	{
		values[i] = batch->values[i * batch->ncolumns + column];
		nulls[i] = batch->nulls[i * batch->ncolumns + column];
	}
	get_typlenbyvalalign(batch->types[column], &length, &by_value, &align);
	return PointerGetDatum(construct_md_array(values, nulls, 1, &count, &lower, batch->types[column],
											  length, by_value, align));
}

/* Sets $1 to the merchant, and the other arguments to the batch's columns as arrays. */
static void
batch_values(Datum *values, int32 merchant, const Batch *batch)
{
	values[0] = Int32GetDatum(merchant);
	for (int i = 0; i < batch->ncolumns; i++)
		values[i + 1] = column_array(batch, i);
}

/*
 * Writes the batch's rows by direct access, and sets *rows to their number; false if the statement
 * must run by plan.
 */
static bool
write_directly(Statement *statement, int32 merchant, const Batch *batch, uint64 *rows)
{
	Relation	table = direct_writes(&statement->direct) ? direct_table(&statement->direct) : NULL;

	if (table == NULL)
		return false;
	*rows = direct_write(&statement->direct, table, merchant, batch->nrows, batch->values, batch->nulls,
						 batch->tids);
	return true;
}

/*
 * Runs a query whose arguments are the merchant and the batch's columns as arrays. With an empty
 * batch it runs nothing.
 */
Rows
query_batch(Statement *statement, bool read_only, int32 merchant, const Batch *batch)
{
	Datum		values[MAX_COLUMNS + 1];
	Keys		keys = {.width = batch->ncolumns, .count = batch->nrows, .values = batch->values};
	Rows		rows = {0};

	if (batch->nrows == 0 || read_keys_directly(statement, read_only, merchant, &keys, &rows))
		return rows;
	batch_values(values, merchant, batch);
	return execute(statement, read_only, InvalidSnapshot, values, NULL);
}

/* As query_batch(), but sees everything that is committed by now. */
Rows
query_batch_latest(Statement *statement, int32 merchant, const Batch *batch)
{
	Datum		values[MAX_COLUMNS + 1];

	if (batch->nrows == 0)
		return (Rows) {0};
	batch_values(values, merchant, batch);
	return query_latest(statement, values);
}

/*
 * Writes the batch's rows with a statement whose arguments are the merchant and the batch's columns
 * as arrays. Returns the number of rows written. An empty batch writes none, and runs nothing.
 */
uint64
write_batch(Statement *statement, int32 merchant, const Batch *batch)
{
	Datum		values[MAX_COLUMNS + 1];
	uint64		count = 0;

	if (batch->nrows == 0 || write_directly(statement, merchant, batch, &count))
		return count;
	batch_values(values, merchant, batch);
	return execute(statement, false, InvalidSnapshot, values, NULL).count;
}

/*
 * As write_batch(), with a statement that writes one row per run: for columns of arrays, and for
 * rows that may conflict.
 */
uint64
write_each(Statement *statement, int32 merchant, const Batch *batch)
{
	uint64		count = 0;

	if (batch->nrows == 0 || write_directly(statement, merchant, batch, &count))
		return count;
	for (int64 i = 0; i < batch->nrows; i++)
	{
		Datum		values[MAX_COLUMNS + 1] = {Int32GetDatum(merchant)};
		char		nulls[MAX_COLUMNS + 1] = {' '};

		for (int j = 0; j < batch->ncolumns; j++)
		{
			values[j + 1] = batch->values[i * batch->ncolumns + j];
			nulls[j + 1] = batch->nulls[i * batch->ncolumns + j] ? 'n' : ' ';
		}
		count += execute(statement, false, InvalidSnapshot, values, nulls).count;
	}
	return count;
}

/* Makes the batch empty, with columns of these types. */
void
start_batch(Batch *batch, int ncolumns, const Oid *types)
{
	Assert(ncolumns < MAX_COLUMNS);
	*batch = (Batch) {.ncolumns = ncolumns, .types = types};
}

/*
 * Adds a row with one value per column; nulls may be NULL if no value is null. What values point to
 * must outlive the batch.
 */
void
add_row(Batch *batch, const Datum *values, const bool *nulls)
{
	static const ItemPointerData unknown;

	add_row_seen(batch, values, nulls, &unknown);
}

/* As add_row(), for a row to update that was last seen at tid. */
void
add_row_seen(Batch *batch, const Datum *values, const bool *nulls, const ItemPointerData *tid)
{
	Size		at;

	batch->room = make_room_for_row(batch->nrows, batch->room, batch->ncolumns, &batch->values, &batch->nulls,
									&batch->tids);
	batch->tids[batch->nrows] = *tid;
	at = batch->nrows++ * batch->ncolumns;
	memcpy(&batch->values[at], values, batch->ncolumns * sizeof(Datum));
	if (nulls == NULL)
		memset(&batch->nulls[at], false, batch->ncolumns * sizeof(bool));
	else
		memcpy(&batch->nulls[at], nulls, batch->ncolumns * sizeof(bool));
}

/* Returns the strings as text[]. */
Datum
text_array(const char *const *strings, int count)
{
	Datum	   *elements = palloc_array(Datum, Max(count, 1));

	for (int i = 0; i < count; i++)
		elements[i] = CStringGetTextDatum(strings[i]);
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Returns the numbers as bigint[]. */
Datum
int8_array(const int64 *numbers, int count)
{
	Datum	   *elements = palloc_array(Datum, Max(count, 1));

	for (int i = 0; i < count; i++)
		elements[i] = Int64GetDatum(numbers[i]);
	return PointerGetDatum(construct_array(elements, count, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Returns the numbers as integer[]. */
Datum
int4_array(const int32 *numbers, int count)
{
	Datum	   *elements = palloc_array(Datum, Max(count, 1));

	for (int i = 0; i < count; i++)
		elements[i] = Int32GetDatum(numbers[i]);
	return PointerGetDatum(construct_array(elements, count, INT4OID, sizeof(int32),
										   true, TYPALIGN_INT));
}

/* Returns a value. Rows count from 0, columns from 1. */
static Datum
value_in(const Rows *rows, uint64 row, int column, bool *isnull)
{
	Assert(row < rows->count);
	if (rows->direct != NULL)
	{
		Size		at = row * rows->direct->ncolumns + column - 1;

		*isnull = rows->direct->nulls[at];
		return rows->direct->values[at];
	}
	return SPI_getbinval(rows->tuples->vals[row], rows->tuples->tupdesc, column, isnull);
}

/* Returns whether the value is null. */
bool
row_null(const Rows *rows, uint64 row, int column)
{
	bool		isnull;

	(void) value_in(rows, row, column, &isnull);
	return isnull;
}

/* Returns the value, which lives as long as the rows; undefined for null. */
Datum
row_datum(const Rows *rows, uint64 row, int column)
{
	bool		isnull;

	return value_in(rows, row, column, &isnull);
}

/* Returns the integer; 0 for null. */
int32
row_int32(const Rows *rows, uint64 row, int column)
{
	bool		isnull;
	Datum		value = value_in(rows, row, column, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

/* Returns the bigint; 0 for null. */
int64
row_int64(const Rows *rows, uint64 row, int column)
{
	bool		isnull;
	Datum		value = value_in(rows, row, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

/* Returns the boolean; false for null. */
bool
row_bool(const Rows *rows, uint64 row, int column)
{
	bool		isnull;
	Datum		value = value_in(rows, row, column, &isnull);

	return !isnull && DatumGetBool(value);
}

/* Returns a copy of the text; NULL for null. */
char *
row_text(const Rows *rows, uint64 row, int column)
{
	bool		isnull;
	Datum		value = value_in(rows, row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* Returns the time; DT_NOBEGIN for null. */
TimestampTz
row_time(const Rows *rows, uint64 row, int column)
{
	bool		isnull;
	Datum		value = value_in(rows, row, column, &isnull);

	return isnull ? DT_NOBEGIN : DatumGetTimestampTz(value);
}

/* Returns a copy of the interval; NULL for null. */
Interval *
row_interval(const Rows *rows, uint64 row, int column)
{
	bool		isnull;
	Datum		value = value_in(rows, row, column, &isnull);
	Interval   *interval = isnull ? NULL : palloc_object(Interval);

	if (interval != NULL)
		*interval = *DatumGetIntervalP(value);
	return interval;
}

/* Returns the elements of an integer[] as a list of int; NIL for null. */
List *
row_int32_list(const Rows *rows, uint64 row, int column)
{
	List	   *list = NIL;
	ArrayType  *array;
	int			count;

	if (row_null(rows, row, column))
		return NIL;
	array = DatumGetArrayTypeP(row_datum(rows, row, column));
	count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	for (int i = 0; i < count; i++)
		list = lappend_int(list, ((int32 *) ARR_DATA_PTR(array))[i]);
	return list;
}

/* Returns a copy of the elements of a bigint[] without nulls, and sets *count to their number. */
int64 *
row_int64_array(const Rows *rows, uint64 row, int column, int *count)
{
	ArrayType  *array = DatumGetArrayTypeP(row_datum(rows, row, column));
	int64	   *numbers;

	*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	numbers = palloc_array(int64, *count + 1);
	memcpy(numbers, ARR_DATA_PTR(array), sizeof(int64) * *count);
	return numbers;
}

/* Returns a copy of the numeric; sets *isnull, and returns 0, for null. */
Datum
row_numeric(const Rows *rows, uint64 row, int column, bool *isnull)
{
	Datum		value = value_in(rows, row, column, isnull);

	return *isnull ? (Datum) 0 : datumCopy(value, false, -1);
}

/*
 * Returns where the row was seen, for add_row_seen() and query_where_seen(); invalid for a row that
 * a plan read.
 */
ItemPointerData
row_tid(const Rows *rows, uint64 row)
{
	static const ItemPointerData unknown;

	return rows->direct == NULL ? unknown : rows->direct->tids[row];
}

/* Frees the rows and the values that row_datum() returned; empty rows are fine. */
void
free_rows(Rows *rows)
{
	if (rows->direct != NULL)
		MemoryContextDelete(rows->direct->context);
	else if (rows->tuples != NULL)
		SPI_freetuptable(rows->tuples);
	*rows = (Rows) {0};
}
