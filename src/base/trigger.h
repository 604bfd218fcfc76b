/* What the triggers have in common: the trigger protocol, restores, and the keys of changed rows. */
#ifndef BACKORDER_BASE_TRIGGER_H
#define BACKORDER_BASE_TRIGGER_H

#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"
#include "nodes/pg_list.h"

/* The key of a changed row. Columns that its table does not have are 0 or NULL. */
typedef struct TouchedKey
{
	int32		merchant_id;
	int32		location;
	const char *sku;
	int64		safety_stock;	/* of an item; not part of the key */
	int64		id;				/* of an incentive */
} TouchedKey;

/* Returns whether a change of a row matters. before is NULL for an insert, after for a delete. */
typedef bool (*MattersFunction) (TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc);

extern TriggerData *statement_trigger(FunctionCallInfo fcinfo);
extern TriggerData *row_trigger(FunctionCallInfo fcinfo);
extern bool triggers_rest(void);
extern void run_without_triggers(void (*run) (void *), void *context);
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
