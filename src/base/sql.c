/* SQL from C: the one place that prepares plans, runs them and checks result codes. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/sql.h"
#include "base/direct.h"

/* The rows of the last run() if no plan made them; NULL if they are SPI's. */
static DirectRows *direct_rows = NULL;

/* The number of the statement's arguments. */
static int
count_types(const Statement *statement)
{
	int			n = 0;

	while (statement->types[n] != InvalidOid)
		n++;
	return n;
}

/*
 * Whether the plan is to be made anew: a plan made while the tables were nearly empty suits them badly when they are
 * full, and nothing tells so before they are analyzed. Not while it runs: a trigger that somebody put on our tables may
 * call us again meanwhile.
 */
static bool
has_outgrown(const Statement *statement)
{
	return statement->running == 0 && statement->runs >= 16 && (statement->runs & (statement->runs - 1)) == 0;
}

/* Leaves the statement without a plan; the next run makes one. */
static void
forget_plan(Statement *statement)
{
	SPIPlanPtr	plan = statement->plan;

	statement->plan = NULL;
	SPI_freeplan(plan);
}

/* Leaves the statement with a plan that is kept; the plan cache makes one that has become invalid anew by itself. */
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

/* Runs a statement, in this snapshot if one is given, and returns the number of rows. */
static uint64
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
	direct_rows = NULL;			/* also those of a call that a trigger of somebody's made meanwhile */
	if (code < 0)
		elog(ERROR, "could not run \"%s\": %s", statement->sql, SPI_result_code_string(code));
	return SPI_processed;
}

/* The elements of an array argument. */
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

/* Reads the rows of these keys without a plan, if that is possible. */
static bool
read_keys_directly(Statement *statement, bool read_only, int32 merchant, const Keys *keys)
{
	Relation	table = direct_writes(&statement->direct) ? NULL : direct_table(&statement->direct);

	if (table == NULL)
		return false;
	direct_rows = direct_read(&statement->direct, table, read_only, merchant, keys);
	return true;
}

/* The same, where $1 is the merchant; behind it stand a key for a row, or keys in an array. */
static bool
read_directly(Statement *statement, bool read_only, const Datum *values, const ItemPointerData *tids)
{
	Keys		keys = {.width = count_types(statement) - 1, .count = 1, .values = values + 1, .tids = tids};

	if (statement->direct.kind == BY_PLAN)
		return false;
	if (keys.width == 1 && type_is_array(statement->types[1]))
		keys.values = array_elements(statement->types[1], values[1], &keys.count);
	return read_keys_directly(statement, read_only, DatumGetInt32(values[0]), &keys);
}

/* Runs a statement in a fresh snapshot (the caller's if read_only) and returns the number of rows. */
uint64
run(Statement *statement, bool read_only, const Datum *values, const char *nulls)
{
	if (read_directly(statement, read_only, values, NULL))
		return direct_rows->nrows;
	return execute(statement, read_only, InvalidSnapshot, values, nulls);
}

/*
 * As run(), for a statement over keys of single rows which may have been seen before: of each key of the array $2 tids say
 * where, or that it is not known; NULL says so of all. Only time is at stake: a row that is there no more is searched for.
 */
uint64
run_where_seen(Statement *statement, bool read_only, const Datum *values, const ItemPointerData *tids)
{
	if (read_directly(statement, read_only, values, tids))
		return direct_rows->nrows;
	return execute(statement, read_only, InvalidSnapshot, values, NULL);
}

/*
 * Waits for whoever holds the one row that a statement, without a plan, finds; all who wait go on together. False if nobody
 * holds it, or if that cannot be told.
 */
bool
wait_for_holder(Statement *statement, const Datum *values)
{
	Relation	table = direct_table(&statement->direct);
	Keys		keys = {.width = count_types(statement) - 1, .count = 1, .values = values + 1};

	return table != NULL && direct_wait(&statement->direct, table, DatumGetInt32(values[0]), &keys);
}

/*
 * Runs a query that sees whatever is committed by now, also where the transaction's own snapshot is older: for what no
 * changed row stands in the way of. What is found and then locked ends with 40001 there if it has changed.
 */
uint64
run_latest(Statement *statement, const Datum *values)
{
	return execute(statement, false, GetLatestSnapshot(), values, NULL);
}

/* The values of a column, as an array. */
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

/* Sets $1 to the merchant and the other arguments to the batch's columns. */
static void
batch_values(Datum *values, int32 merchant, const Batch *batch)
{
	values[0] = Int32GetDatum(merchant);
	for (int i = 0; i < batch->ncolumns; i++)
		values[i + 1] = column_array(batch, i);
}

/* Writes the batch's rows without a plan, if that is possible; *rows tells how many. */
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

/* Runs a statement whose $1 is the merchant and whose other arguments are the batch's columns; an empty batch runs nothing. */
uint64
run_batch(Statement *statement, int32 merchant, const Batch *batch)
{
	return read_batch(statement, false, merchant, batch);
}

/* As run_batch(), in the caller's snapshot if read_only. */
uint64
read_batch(Statement *statement, bool read_only, int32 merchant, const Batch *batch)
{
	Datum		values[MAX_COLUMNS + 1];
	Keys		keys = {.width = batch->ncolumns, .count = batch->nrows, .values = batch->values};
	uint64		rows = 0;

	if (batch->nrows == 0 || write_directly(statement, merchant, batch, &rows))
		return rows;
	if (read_keys_directly(statement, read_only, merchant, &keys))
		return direct_rows->nrows;
	batch_values(values, merchant, batch);
	return execute(statement, read_only, InvalidSnapshot, values, NULL);
}

/* As run_batch(), by a statement that takes one row: for columns that are arrays themselves, and for a row that may not be. */
uint64
run_rows(Statement *statement, int32 merchant, const Batch *batch)
{
	uint64		rows = 0;

	if (batch->nrows == 0 || write_directly(statement, merchant, batch, &rows))
		return rows;
	for (int64 i = 0; i < batch->nrows; i++)
	{
		Datum		values[MAX_COLUMNS + 1] = {Int32GetDatum(merchant)};
		char		nulls[MAX_COLUMNS + 1] = {' '};

		for (int j = 0; j < batch->ncolumns; j++)
		{
			values[j + 1] = batch->values[i * batch->ncolumns + j];
			nulls[j + 1] = batch->nulls[i * batch->ncolumns + j] ? 'n' : ' ';
		}
		rows += execute(statement, false, InvalidSnapshot, values, nulls);
	}
	return rows;
}

/* As run_batch(), for a query that sees whatever is committed by now. */
uint64
run_batch_latest(Statement *statement, int32 merchant, const Batch *batch)
{
	Datum		values[MAX_COLUMNS + 1];

	if (batch->nrows == 0)
		return 0;
	batch_values(values, merchant, batch);
	return run_latest(statement, values);
}

/* Leaves the batch empty, with columns of these types. */
void
start_batch(Batch *batch, int ncolumns, const Oid *types)
{
	Assert(ncolumns < MAX_COLUMNS);
	*batch = (Batch) {.ncolumns = ncolumns, .types = types};
}

/* Adds a row of one value for each column; nulls may be NULL when none of them is null. What values point to must stay. */
void
add_row(Batch *batch, const Datum *values, const bool *nulls)
{
	static const ItemPointerData unknown;

	add_row_seen(batch, values, nulls, &unknown);
}

/* As add_row(), for a row to be updated that was last seen there. */
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

/* The strings as text[]. */
Datum
text_array(const char *const *strings, int count)
{
	Datum	   *elements = palloc_array(Datum, Max(count, 1));

	for (int i = 0; i < count; i++)
		elements[i] = CStringGetTextDatum(strings[i]);
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* The numbers as bigint[]. */
Datum
int8_array(const int64 *numbers, int count)
{
	Datum	   *elements = palloc_array(Datum, Max(count, 1));

	for (int i = 0; i < count; i++)
		elements[i] = Int64GetDatum(numbers[i]);
	return PointerGetDatum(construct_array(elements, count, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* The numbers as integer[]. */
Datum
int4_array(const int32 *numbers, int count)
{
	Datum	   *elements = palloc_array(Datum, Max(count, 1));

	for (int i = 0; i < count; i++)
		elements[i] = Int32GetDatum(numbers[i]);
	return PointerGetDatum(construct_array(elements, count, INT4OID, sizeof(int32),
										   true, TYPALIGN_INT));
}

/* The raw value at a place of the last result; *isnull tells whether it is null. */
static Datum
value_at(uint64 row, int column, bool *isnull)
{
	if (direct_rows != NULL)
	{
		Size		at = row * direct_rows->ncolumns + column - 1;

		Assert(row < direct_rows->nrows);
		*isnull = direct_rows->nulls[at];
		return direct_rows->values[at];
	}
	Assert(row < SPI_processed);
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
}

/* Whether the value is null. */
bool
null_at(uint64 row, int column)
{
	bool		isnull;

	(void) value_at(row, column, &isnull);
	return isnull;
}

/* The raw value, which lives no longer than the result; of no meaning where it is null. */
Datum
datum_at(uint64 row, int column)
{
	bool		isnull;

	return value_at(row, column, &isnull);
}

/* The integer, or 0 for null. */
int32
int32_at(uint64 row, int column)
{
	return null_at(row, column) ? 0 : DatumGetInt32(datum_at(row, column));
}

/* The bigint, or 0 for null. */
int64
int64_at(uint64 row, int column)
{
	return null_at(row, column) ? 0 : DatumGetInt64(datum_at(row, column));
}

/* The boolean, or false for null. */
bool
bool_at(uint64 row, int column)
{
	return !null_at(row, column) && DatumGetBool(datum_at(row, column));
}

/* A copy of the text, or NULL. */
char *
text_at(uint64 row, int column)
{
	return null_at(row, column) ? NULL : TextDatumGetCString(datum_at(row, column));
}

/* The time, or DT_NOBEGIN for null. */
TimestampTz
time_at(uint64 row, int column)
{
	return null_at(row, column) ? DT_NOBEGIN : DatumGetTimestampTz(datum_at(row, column));
}

/* A copy of a bigint[] without nulls; *count tells how many it has. */
int64 *
numbers_at(uint64 row, int column, int *count)
{
	ArrayType  *array = DatumGetArrayTypeP(datum_at(row, column));
	int64	   *numbers;

	*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	numbers = palloc_array(int64, *count + 1);
	memcpy(numbers, ARR_DATA_PTR(array), sizeof(int64) * *count);
	return numbers;
}

/* A copy of the numeric that outlives the result. */
Datum
numeric_at(uint64 row, int column, bool *isnull)
{
	Datum		value = value_at(row, column, isnull);

	return *isnull ? (Datum) 0 : datumCopy(value, false, -1);
}

/* Where the row was seen, for add_row_seen() and run_where_seen(); it is not known of rows that a plan made. */
ItemPointerData
tid_at(uint64 row)
{
	static const ItemPointerData unknown;

	return direct_rows == NULL ? unknown : direct_rows->tids[row];
}

/* Gives back the memory of the last result. */
void
done_reading(void)
{
	DirectRows *rows = direct_rows;

	direct_rows = NULL;
	if (rows != NULL)
		MemoryContextDelete(rows->context);
	else
		SPI_freetuptable(SPI_tuptable);
}
