/* What the triggers have in common: the trigger protocol, restores, and the keys of changed rows. */
#include "postgres.h"

#include "catalog/namespace.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/tuplestore.h"

#include "base/trigger.h"
#include "base/access.h"
#include "base/argument.h"

/*
 * Returns the trigger's data; ends with 39P01 if the function was not called as an AFTER trigger of
 * this kind.
 */
static TriggerData *
checked_trigger(FunctionCallInfo fcinfo, bool per_row)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by trigger manager")));
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event) || (TRIGGER_FIRED_FOR_ROW(trigger->tg_event) != 0) != per_row)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function must be fired AFTER, for each %s", per_row ? "row" : "statement")));
	return trigger;
}

/* Returns the data of a trigger that must be fired AFTER, for each statement. */
TriggerData *
statement_trigger(FunctionCallInfo fcinfo)
{
	return checked_trigger(fcinfo, false);
}

/* Returns the data of a trigger that must be fired AFTER, for each row. */
TriggerData *
row_trigger(FunctionCallInfo fcinfo)
{
	return checked_trigger(fcinfo, true);
}

/*
 * Returns whether rows are being restored from a dump. Every way to restore (psql, --data-only, -j)
 * sets check_function_bodies off and search_path empty. Trigger functions have no SET clause, so
 * they see these settings.
 *
 * Any role can set both, so the caller must also have the owner's rights. Under row security no
 * other role can restore.
 */
static bool
is_restore(void)
{
	Caller		caller = {.caller = GetUserId()};

	return !check_function_bodies && namespace_search_path[0] == '\0' && is_owner(&caller);
}

/* Whether a rename runs, which writes all that the triggers would write. */
static bool renaming = false;

/* Whether the triggers have nothing to do: rows are being restored, or renamed. */
bool
triggers_rest(void)
{
	return renaming || is_restore();
}

/* Runs a function during which the triggers have nothing to do. */
void
run_without_triggers(void (*run) (void *), void *context)
{
	renaming = true;
	PG_TRY();
	{
		run(context);
	}
	PG_FINALLY();
	{
		renaming = false;
	}
	PG_END_TRY();
}

/* Returns a column's value by name; *isnull is true if it is null, or if the table has no such column. */
static Datum
slot_value(TupleTableSlot *slot, TupleDesc desc, const char *column, bool *isnull)
{
	int			number = SPI_fnumber(desc, column);

	*isnull = true;
	return number <= 0 ? (Datum) 0 : slot_getattr(slot, number, isnull);
}

/* Returns whether a column of the row changed. */
bool
differs(TupleTableSlot *before, TupleTableSlot *after, TupleDesc desc, const char *column)
{
	Form_pg_attribute attribute = TupleDescAttr(desc, SPI_fnumber(desc, column) - 1);
	bool		null_before;
	bool		null_after;
	Datum		old = slot_value(before, desc, column, &null_before);
	Datum		new = slot_value(after, desc, column, &null_after);

	if (null_before || null_after)
		return null_before != null_after;
	return !datum_image_eq(old, new, attribute->attbyval, attribute->attlen);
}

/* Returns whether a text column of the row has this value. */
bool
has_text(TupleTableSlot *slot, TupleDesc desc, const char *column, const char *wanted)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return !isnull && strcmp(TextDatumGetCString(value), wanted) == 0;
}

/* Returns a bigint column of the row; 0 for null. */
int64
int64_of(TupleTableSlot *slot, TupleDesc desc, const char *column)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

/* Returns an integer column of the row; 0 for null. */
int32
int32_of(TupleTableSlot *slot, TupleDesc desc, const char *column)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

/* Returns a boolean column of the row; false for null. */
bool
bool_of(TupleTableSlot *slot, TupleDesc desc, const char *column)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return !isnull && DatumGetBool(value);
}

/* Returns the key of the row in the slot. */
static TouchedKey *
slot_key(TupleTableSlot *slot, TupleDesc desc)
{
	TouchedKey *key = palloc0_object(TouchedKey);
	bool		isnull;
	Datum		value = slot_value(slot, desc, "merchant_id", &isnull);

	key->merchant_id = DatumGetInt32(value);
	value = slot_value(slot, desc, "sku", &isnull);
	key->sku = isnull ? NULL : TextDatumGetCString(value);
	value = slot_value(slot, desc, "location_id", &isnull);
	key->location = isnull ? NO_LOCATION : DatumGetInt32(value);
	key->safety_stock = int64_of(slot, desc, "safety_stock");
	key->id = int64_of(slot, desc, "incentive_id");
	return key;
}

/* Returns the key of a row that a row trigger received. */
TouchedKey *
row_key(HeapTuple row, TupleDesc desc)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(desc, &TTSOpsHeapTuple);
	TouchedKey *key;

	ExecStoreHeapTuple(row, slot, false);
	key = slot_key(slot, desc);
	ExecDropSingleTupleTableSlot(slot);
	return key;
}

/* A reading of a transition table, with a read pointer of its own. */
typedef struct Reading
{
	Tuplestorestate *store;
	int			pointer;
	TupleTableSlot *slot;
} Reading;

/* Starts to read a transition table; NULL is a table without rows. */
static void
start_reading(Reading *reading, Tuplestorestate *store, TupleDesc desc)
{
	*reading = (Reading) {.store = store};
	if (store == NULL)
		return;
	reading->pointer = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(store, reading->pointer);
	tuplestore_rescan(store);
	reading->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
}

/* Returns the next row, or NULL at the end. */
static TupleTableSlot *
next_row(Reading *reading)
{
	if (reading->store == NULL)
		return NULL;
	tuplestore_select_read_pointer(reading->store, reading->pointer);
	return tuplestore_gettupleslot(reading->store, true, false, reading->slot) ? reading->slot : NULL;
}

/* Releases what the reading uses. */
static void
stop_reading(Reading *reading)
{
	if (reading->store != NULL)
		ExecDropSingleTupleTableSlot(reading->slot);
}

/*
 * Returns the old and new keys of the rows that a statement changed in a way that matters (any way,
 * if `matters` is NULL).
 *
 * Callers read other values from the table again, after they have locked it: a nested trigger may
 * have changed the rows since. The two transition tables of an update have their rows in the same
 * order.
 */
List *
touched_keys(TriggerData *trigger, MattersFunction matters)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	List	   *keys = NIL;
	Reading		old;
	Reading		new;

	start_reading(&old, trigger->tg_oldtable, desc);
	start_reading(&new, trigger->tg_newtable, desc);
	for (;;)
	{
		TupleTableSlot *before = next_row(&old);
		TupleTableSlot *after = next_row(&new);

		if (before == NULL && after == NULL)
			break;
		if (matters != NULL && !matters(before, after, desc))
			continue;
		if (before != NULL)
			keys = lappend(keys, slot_key(before, desc));
		if (after != NULL)
			keys = lappend(keys, slot_key(after, desc));
	}
	stop_reading(&old);
	stop_reading(&new);
	return keys;
}

/* Compares keys by merchant, SKU (by its bytes), location and id, for list_sort(). */
static int
compare_keys(const ListCell *a, const ListCell *b)
{
	const TouchedKey *x = lfirst(a);
	const TouchedKey *y = lfirst(b);
	int			order;

	if (x->merchant_id != y->merchant_id)
		return x->merchant_id < y->merchant_id ? -1 : 1;
	order = x->sku == NULL || y->sku == NULL ? 0 : strcmp(x->sku, y->sku);
	if (order == 0)
		order = (x->location > y->location) - (x->location < y->location);
	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

/* Returns the distinct keys in key order. */
List *
sort_keys(List *keys)
{
	List	   *distinct = NIL;
	ListCell   *lc;

	list_sort(keys, compare_keys);
	foreach(lc, keys)
	{
		ListCell   *last = list_tail(distinct);

		if (last == NULL || compare_keys(last, lc) != 0)
			distinct = lappend(distinct, lfirst(lc));
	}
	return distinct;
}

/* Returns whether a key is among the sorted keys. */
bool
has_key(const List *keys, TouchedKey *wanted)
{
	ListCell	cell = {.ptr_value = wanted};

	return keys != NIL && bsearch(&cell, keys->elements, list_length(keys), sizeof(ListCell),
								  (int (*) (const void *, const void *)) compare_keys) != NULL;
}

/*
 * Sets *group to the keys of the merchant that begin at `from` in the sorted keys, and returns the
 * index after them.
 */
int
keys_of_merchant(const List *keys, int from, List **group)
{
	int32		merchant_id = ((TouchedKey *) list_nth(keys, from))->merchant_id;

	*group = NIL;
	while (from < list_length(keys) && ((TouchedKey *) list_nth(keys, from))->merchant_id == merchant_id)
		*group = lappend(*group, list_nth(keys, from++));
	return from;
}

/* Returns the SKUs of the keys, and sets *count to their number. */
const char **
skus_of(const List *keys, int *count)
{
	const char **skus = palloc_array(const char *, list_length(keys) + 1);
	ListCell   *lc;

	*count = 0;
	foreach(lc, keys)
		skus[(*count)++] = ((TouchedKey *) lfirst(lc))->sku;
	return skus;
}
