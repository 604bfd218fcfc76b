/* SQL from C: statements that are prepared once per backend, batches of rows, columns by number. */
#ifndef BACKORDER_BASE_SQL_H
#define BACKORDER_BASE_SQL_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "executor/spi.h"
#include "storage/itemptr.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "base/direct.h"

/* One SQL text and its plan; define with STATEMENT, beside the code that reads its columns. */
typedef struct Statement
{
	const char *sql;
	Oid			types[MAX_COLUMNS + 1]; /* ends with InvalidOid */
	bool		parallel;		/* whether parallel workers may help: it only reads, and rarely */
	SPIPlanPtr	plan;
	uint32		runs;			/* in this backend */
	int			running;		/* calls that are in it now */
	Direct		direct;			/* how to do the same without a plan, where that is possible */
} Statement;

#define STATEMENT(name, text, ...) \
	static Statement name = {.sql = text, .types = {__VA_ARGS__}}

/* A statement on one table that also runs without a plan; the Direct comes in braces. */
#define DIRECT_STATEMENT(name, how, text, ...) \
	static Statement name = {.sql = text, .types = {__VA_ARGS__}, .direct = how}
#define DIRECTLY(how, on, by, names, ...) {.kind = how, .table = on, .index = by, .columns = names, __VA_ARGS__}

/* Rows of values that outlive the batch, for a statement that takes each column as an array. */
typedef struct Batch
{
	int			ncolumns;
	int64		nrows;
	int64		room;
	const Oid  *types;
	Datum	   *values;			/* row by row */
	bool	   *nulls;
	ItemPointerData *tids;		/* where the row that is to be updated was last seen, if known */
} Batch;

extern uint64 run(Statement *statement, bool read_only, const Datum *values, const char *nulls);
extern uint64 run_where_seen(Statement *statement, bool read_only, const Datum *values, const ItemPointerData *tids);
extern bool wait_for_holder(Statement *statement, const Datum *values);
extern uint64 run_latest(Statement *statement, const Datum *values);
extern uint64 run_batch(Statement *statement, int32 merchant, const Batch *batch);
extern uint64 read_batch(Statement *statement, bool read_only, int32 merchant, const Batch *batch);
extern uint64 run_rows(Statement *statement, int32 merchant, const Batch *batch);
extern uint64 run_batch_latest(Statement *statement, int32 merchant, const Batch *batch);
extern void start_batch(Batch *batch, int ncolumns, const Oid *types);
extern void add_row(Batch *batch, const Datum *values, const bool *nulls);
extern void add_row_seen(Batch *batch, const Datum *values, const bool *nulls, const ItemPointerData *tid);
extern Datum text_array(const char *const *strings, int count);
extern Datum int8_array(const int64 *numbers, int count);
extern Datum int4_array(const int32 *numbers, int count);
extern bool null_at(uint64 row, int column);
extern Datum datum_at(uint64 row, int column);
extern int32 int32_at(uint64 row, int column);
extern int64 int64_at(uint64 row, int column);
extern bool bool_at(uint64 row, int column);
extern char *text_at(uint64 row, int column);
extern TimestampTz time_at(uint64 row, int column);
extern int64 *numbers_at(uint64 row, int column, int *count);
extern Datum numeric_at(uint64 row, int column, bool *isnull);
extern ItemPointerData tid_at(uint64 row);
extern void done_reading(void);

#endif
