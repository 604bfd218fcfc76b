/*
 * SQL from C: statements, batches of rows to write, and the rows that a statement returned.
 *
 * A statement stands beside the code that reads its columns, and is prepared once per backend. $1
 * is the merchant wherever direct access or a batch is used. Every run returns its own Rows, which
 * stay valid while other statements run.
 */
#ifndef BACKORDER_BASE_SQL_H
#define BACKORDER_BASE_SQL_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "executor/spi.h"
#include "nodes/pg_list.h"
#include "storage/itemptr.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "base/direct.h"

/* One SQL text and its plan. Define it with STATEMENT or DIRECT_STATEMENT. */
typedef struct Statement
{
	const char *sql;
	Oid			types[MAX_COLUMNS + 1]; /* ends with InvalidOid */
	bool		parallel;		/* parallel workers may help: it only reads, and runs rarely */
	SPIPlanPtr	plan;
	uint32		runs;			/* in this backend */
	int			running;		/* executions that have not ended */
	Direct		direct;			/* how to do the same by direct access */
} Statement;

#define STATEMENT(name, text, ...) \
	static Statement name = {.sql = text, .types = {__VA_ARGS__}}

/* A statement on one table that also runs by direct access; give `how` as DIRECTLY(...). */
#define DIRECT_STATEMENT(name, how, text, ...) \
	static Statement name = {.sql = text, .types = {__VA_ARGS__}, .direct = how}
#define DIRECTLY(how, on, by, names, ...) {.kind = how, .table = on, .index = by, .columns = names, __VA_ARGS__}

/* Rows to write, or keys to search for. The values must live as long as the batch. */
typedef struct Batch
{
	int			ncolumns;
	int64		nrows;
	int64		room;
	const Oid  *types;
	Datum	   *values;			/* row by row */
	bool	   *nulls;
	ItemPointerData *tids;		/* where the row to update was last seen; invalid if not known */
} Batch;

/* The rows that a statement returned. Read them with row_...(), and free them with free_rows(). */
typedef struct Rows
{
	uint64		count;
	SPITupleTable *tuples;		/* if a plan read them */
	DirectRows *direct;			/* if they were read by direct access */
} Rows;

/*
 * A list of columns, written once. LIST(first, next, prefix) names each column with its type:
 *
 *		#define ITEM_COLUMNS(first, next, prefix) \
 *			first(prefix, sku, TEXT) next(prefix, tracked, BOOL) next(prefix, policy, TEXT)
 *		enum {COLUMN_NUMBERS(ITEM_COLUMNS, ITEM_)};
 *
 * gives COLUMN_NAMES(ITEM_COLUMNS) = "sku, tracked, policy" for SQL and direct access,
 * COLUMN_TYPES(ITEM_COLUMNS) = TEXTOID, BOOLOID, TEXTOID, COLUMN_ARRAY_TYPES(ITEM_COLUMNS) = the
 * types of their arrays, and for row_...() ITEM_sku = 1, ITEM_tracked = 2, ITEM_policy = 3.
 * ITEM_END is one more than the number of columns.
 */
#define COLUMN_NAMES(list) list(COLUMN_FIRST_NAME, COLUMN_NEXT_NAME, )
#define COLUMN_TYPES(list) list(COLUMN_FIRST_TYPE, COLUMN_NEXT_TYPE, )
#define COLUMN_ARRAY_TYPES(list) list(COLUMN_FIRST_ARRAY, COLUMN_NEXT_ARRAY, )
#define COLUMN_NUMBERS(list, prefix) list(COLUMN_FIRST_NUMBER, COLUMN_NEXT_NUMBER, prefix), prefix##END

#define COLUMN_FIRST_NAME(prefix, name, type) #name
#define COLUMN_NEXT_NAME(prefix, name, type) ", " #name
#define COLUMN_FIRST_TYPE(prefix, name, type) type##OID
#define COLUMN_NEXT_TYPE(prefix, name, type) , type##OID
#define COLUMN_FIRST_ARRAY(prefix, name, type) type##ARRAYOID
#define COLUMN_NEXT_ARRAY(prefix, name, type) , type##ARRAYOID
#define COLUMN_FIRST_NUMBER(prefix, name, type) prefix##name = 1
#define COLUMN_NEXT_NUMBER(prefix, name, type) , prefix##name

/*
 * Two more texts, for a statement that writes a list of columns:
 *
 *		COLUMN_PARAMETERS(ITEM_COLUMNS) = "$2, $3, $4", since $1 is the merchant, and
 *		COLUMN_ASSIGNMENTS(ITEM_COLUMNS, "u.") = "sku = u.sku, tracked = u.tracked, policy = u.policy".
 */
#define COLUMN_PARAMETERS(list) PARAMETERS_FOR(COLUMN_TYPES(list))
#define COLUMN_ASSIGNMENTS(list, from) list(COLUMN_FIRST_ASSIGNMENT, COLUMN_NEXT_ASSIGNMENT, from)

#define COLUMN_FIRST_ASSIGNMENT(from, name, type) #name " = " from #name
#define COLUMN_NEXT_ASSIGNMENT(from, name, type) ", " #name " = " from #name

/*
 * The preprocessor cannot count, so the text is picked by position. Behind the types follow the texts for 20, 19, ... and
 * 1 columns. Behind n types, the 21st argument is the text for n columns.
 */
#define PARAMETERS_FOR(...) \
	PICK_21ST(__VA_ARGS__, PARAMETERS_20, PARAMETERS_19, PARAMETERS_18, PARAMETERS_17, PARAMETERS_16, \
			  PARAMETERS_15, PARAMETERS_14, PARAMETERS_13, PARAMETERS_12, PARAMETERS_11, PARAMETERS_10, \
			  PARAMETERS_9, PARAMETERS_8, PARAMETERS_7, PARAMETERS_6, PARAMETERS_5, PARAMETERS_4, \
			  PARAMETERS_3, PARAMETERS_2, PARAMETERS_1, )
#define PICK_21ST(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, picked, ...) picked
#define PARAMETERS_1 "$2"
#define PARAMETERS_2 PARAMETERS_1 ", $3"
#define PARAMETERS_3 PARAMETERS_2 ", $4"
#define PARAMETERS_4 PARAMETERS_3 ", $5"
#define PARAMETERS_5 PARAMETERS_4 ", $6"
#define PARAMETERS_6 PARAMETERS_5 ", $7"
#define PARAMETERS_7 PARAMETERS_6 ", $8"
#define PARAMETERS_8 PARAMETERS_7 ", $9"
#define PARAMETERS_9 PARAMETERS_8 ", $10"
#define PARAMETERS_10 PARAMETERS_9 ", $11"
#define PARAMETERS_11 PARAMETERS_10 ", $12"
#define PARAMETERS_12 PARAMETERS_11 ", $13"
#define PARAMETERS_13 PARAMETERS_12 ", $14"
#define PARAMETERS_14 PARAMETERS_13 ", $15"
#define PARAMETERS_15 PARAMETERS_14 ", $16"
#define PARAMETERS_16 PARAMETERS_15 ", $17"
#define PARAMETERS_17 PARAMETERS_16 ", $18"
#define PARAMETERS_18 PARAMETERS_17 ", $19"
#define PARAMETERS_19 PARAMETERS_18 ", $20"
#define PARAMETERS_20 PARAMETERS_19 ", $21"

extern void start_batch(Batch *batch, int ncolumns, const Oid *types);
extern void add_row(Batch *batch, const Datum *values, const bool *nulls);
extern void add_row_seen(Batch *batch, const Datum *values, const bool *nulls, const ItemPointerData *tid);
extern Datum text_array(const char *const *strings, int count);
extern Datum int8_array(const int64 *numbers, int count);
extern Datum int4_array(const int32 *numbers, int count);

extern Rows query(Statement *statement, bool read_only, const Datum *values, const char *nulls);
extern Rows query_where_seen(Statement *statement, bool read_only, const Datum *values, const ItemPointerData *tids);
extern Rows query_latest(Statement *statement, const Datum *values);
extern Rows query_batch(Statement *statement, bool read_only, int32 merchant, const Batch *batch);
extern Rows query_batch_latest(Statement *statement, int32 merchant, const Batch *batch);
extern uint64 write_batch(Statement *statement, int32 merchant, const Batch *batch);
extern uint64 write_each(Statement *statement, int32 merchant, const Batch *batch);
extern bool wait_for_holder(Statement *statement, const Datum *values);

extern bool row_null(const Rows *rows, uint64 row, int column);
extern Datum row_datum(const Rows *rows, uint64 row, int column);
extern int32 row_int32(const Rows *rows, uint64 row, int column);
extern int64 row_int64(const Rows *rows, uint64 row, int column);
extern bool row_bool(const Rows *rows, uint64 row, int column);
extern char *row_text(const Rows *rows, uint64 row, int column);
extern TimestampTz row_time(const Rows *rows, uint64 row, int column);
extern Interval *row_interval(const Rows *rows, uint64 row, int column);
extern List *row_int32_list(const Rows *rows, uint64 row, int column);
extern int64 *row_int64_array(const Rows *rows, uint64 row, int column, int *count);
extern Datum row_numeric(const Rows *rows, uint64 row, int column, bool *isnull);
extern ItemPointerData row_tid(const Rows *rows, uint64 row);
extern void free_rows(Rows *rows);

#endif
