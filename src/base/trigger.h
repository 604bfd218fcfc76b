/* What triggers share: the protocol, restores, and the keys that a statement touched. */
#ifndef BACKORDER_BASE_TRIGGER_H
#define BACKORDER_BASE_TRIGGER_H

#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"
#include "nodes/pg_list.h"

/* The key of a row that a statement touched; location 0 where the table has none. */
typedef struct TouchedKey
{
	int32		merchant_id;
	int32		location;
	const char *sku;			/* or NULL */
	int64		safety_stock;	/* of an item; no part of the key */
	int64		id;				/* of an incentive, or 0 */
} TouchedKey;

/* Whether the change from one row to the other matters; either may be NULL (insert, delete). */
typedef bool (*MattersFunction) (TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc);

extern TriggerData *statement_trigger(FunctionCallInfo fcinfo);
extern TriggerData *row_trigger(FunctionCallInfo fcinfo);
extern bool is_restore(void);
extern bool differs(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc, const char *column);
extern bool has_text(TupleTableSlot *slot, TupleDesc desc, const char *column, const char *wanted);
extern int64 int64_of(TupleTableSlot *slot, TupleDesc desc, const char *column);
extern int32 int32_of(TupleTableSlot *slot, TupleDesc desc, const char *column);
extern bool bool_of(TupleTableSlot *slot, TupleDesc desc, const char *column);
extern TouchedKey *row_key(HeapTuple row, TupleDesc desc);
extern List *touched_keys(TriggerData *trigger, MattersFunction matters);
extern List *sort_keys(List *keys);
extern bool has_key(const List *keys, TouchedKey *wanted);
extern int keys_of_merchant(const List *keys, int from, List **group);
extern const char **skus_of(const List *keys, int *count);

#endif
