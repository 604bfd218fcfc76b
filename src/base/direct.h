/*
 * Reading and writing the rows of one table without a plan, with parts of the executor. The SQL text of the statement
 * does the same, and runs wherever direct_table() says no.
 */
#ifndef BACKORDER_BASE_DIRECT_H
#define BACKORDER_BASE_DIRECT_H

#include "postgres.h"

#include "storage/itemptr.h"
#include "utils/rel.h"

#define MAX_COLUMNS 24
#define MAX_KEYS 4				/* merchant_id, and what is searched for behind it */

typedef enum DirectKind
{
	BY_PLAN,					/* only the SQL text can do it */
	DIRECT_READ,				/* SELECT columns, each key's rows in the order of the index */
	DIRECT_READ_LAST,			/* the same, but the last row of each key only */
	DIRECT_LOCK,				/* SELECT columns ... FOR NO KEY UPDATE */
	DIRECT_LOCK_FREE,			/* the same with SKIP LOCKED */
	DIRECT_INSERT,				/* INSERT merchant_id and the columns */
	DIRECT_INSERT_NEW,			/* the same with ON CONFLICT (the columns of the index) DO NOTHING */
	DIRECT_UPDATE				/* UPDATE the rows that the index finds */
} DirectKind;

typedef struct Direct
{
	DirectKind	kind;
	const char *table;			/* in schema backorder */
	const char *index;			/* starts with merchant_id */
	const char *columns;		/* "a, b, c" */
	const char *status;			/* the index's key behind the one that is searched for, or NULL */
	int			nkeys;			/* of an update: so many of the columns, the first, are the index's behind merchant_id */

	/* found out at the first run against a table; numbers of columns last until it gets another one */
	Oid			relation;
	int			width;			/* how many columns the table has, with those that were dropped */
	int			ncolumns;
	AttrNumber	numbers[MAX_COLUMNS];
} Direct;

/* What is searched for behind merchant_id: so many keys, each of width values. */
typedef struct Keys
{
	int			width;
	int			count;
	const Datum *values;
	const ItemPointerData *tids;	/* where the row of each key was last seen, or NULL */
} Keys;

/* Rows collected by a direct read. */
typedef struct DirectRows
{
	MemoryContext context;
	int			ncolumns;
	uint64		nrows;
	int64		room;
	Datum	   *values;
	bool	   *nulls;
	ItemPointerData *tids;
} DirectRows;

extern bool direct_writes(const Direct *direct);
extern Relation direct_table(Direct *direct);
extern int64 make_room_for_row(int64 nrows, int64 room, int ncolumns, Datum **values, bool **nulls,
			ItemPointerData **tids);
extern DirectRows *direct_read(Direct *direct, Relation table, bool callers_snapshot, int32 merchant,
			const Keys *keys);
extern bool direct_wait(Direct *direct, Relation table, int32 merchant, const Keys *keys);
extern int64 direct_write(Direct *direct, Relation table, int32 merchant, int64 nrows, const Datum *values,
			const bool *nulls, const ItemPointerData *tids);

#endif
