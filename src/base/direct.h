/*
 * Direct access: reads and writes rows of one table without a plan. direct.c explains how, and what
 * it costs and saves. A statement always has SQL text too, which has the same effect. It runs where
 * direct_table() returns NULL.
 */
#ifndef BACKORDER_BASE_DIRECT_H
#define BACKORDER_BASE_DIRECT_H

#include "postgres.h"

#include "storage/itemptr.h"
#include "utils/rel.h"

#define MAX_COLUMNS 24
#define MAX_KEYS 4				/* columns of an index that are searched for, with merchant_id */

typedef enum DirectKind
{
	BY_PLAN,					/* no direct access */
	DIRECT_READ,				/* SELECT columns; the rows of each key in index order */
	DIRECT_READ_LAST,			/* the same, but only the last row of each key */
	DIRECT_LOCK,				/* SELECT columns ... FOR NO KEY UPDATE */
	DIRECT_LOCK_FREE,			/* the same with SKIP LOCKED */
	DIRECT_INSERT,				/* INSERT (merchant_id, columns) */
	DIRECT_INSERT_NEW,			/* the same with ON CONFLICT (columns of the index) DO NOTHING */
	DIRECT_UPDATE				/* UPDATE the rows that the index finds by the first nkeys columns */
} DirectKind;

typedef struct Direct
{
	DirectKind	kind;
	const char *table;			/* in schema backorder */
	const char *index;			/* its first column is merchant_id */
	const char *columns;		/* "a, b, c" */
	const char *status;			/* the value of the index column after the key, or NULL */
	int			nkeys;			/* of DIRECT_UPDATE: the index columns after merchant_id, which stand first in columns */

	/* set at the first run, and again when the table has other columns */
	Oid			relation;
	int			width;			/* the number of the table's columns, dropped ones included */
	int			ncolumns;
	AttrNumber	numbers[MAX_COLUMNS];
} Direct;

/* The keys to search for: values of the index columns after merchant_id, `width` of them per key. */
typedef struct Keys
{
	int			width;
	int			count;
	const Datum *values;
	const ItemPointerData *tids;	/* where the row of each key was last seen; may be NULL */
} Keys;

/* The rows that a direct read returned. */
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
