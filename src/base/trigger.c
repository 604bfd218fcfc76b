/* What triggers share: the protocol, restores, and the keys that a statement touched. */
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

/* The trigger's data, if it was called as the kind of trigger that it is. */
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

/* The data of a trigger that must be fired AFTER, for each statement. */
TriggerData *
statement_trigger(FunctionCallInfo fcinfo)
{
	return checked_trigger(fcinfo, false);
}

/* The data of a trigger that must be fired AFTER, for each row. */
TriggerData *
row_trigger(FunctionCallInfo fcinfo)
{
	return checked_trigger(fcinfo, true);
}

/*
 * Whether rows are being restored from a dump: psql, --data-only and -j restores all set check_function_bodies off and
 * an empty search_path. Trigger functions have no SET clause, so that they see the session's. Anyone can set both, so
 * only who has the owner's rights is believed: under row security nobody else could restore anyway.
 */
bool
is_restore(void)
{
	Caller		caller = {.caller = GetUserId()};

	return !check_function_bodies && namespace_search_path[0] == '\0' && is_owner(&caller);
}

/* A column's value by name; *isnull is true also where there is no such column. */
static Datum
slot_value(TupleTableSlot *slot, TupleDesc desc, const char *column, bool *isnull)
{
	int			number = SPI_fnumber(desc, column);

	*isnull = true;
	return number <= 0 ? (Datum) 0 : slot_getattr(slot, number, isnull);
}

/* Whether a column of the row changed. */
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

/* Whether a text column of the row has this value. */
bool
has_text(TupleTableSlot *slot, TupleDesc desc, const char *column, const char *wanted)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return !isnull && strcmp(TextDatumGetCString(value), wanted) == 0;
}

/* A bigint column of the row; 0 for null. */
int64
int64_of(TupleTableSlot *slot, TupleDesc desc, const char *column)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

/* An integer column of the row; 0 for null. */
int32
int32_of(TupleTableSlot *slot, TupleDesc desc, const char *column)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

/* A boolean column of the row; false for null. */
bool
bool_of(TupleTableSlot *slot, TupleDesc desc, const char *column)
{
	bool		isnull;
	Datum		value = slot_value(slot, desc, column, &isnull);

	return !isnull && DatumGetBool(value);
}

/* The key of a row, with NULL and NO_LOCATION for columns that the table does not have. */
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

/* The key of a row that a row trigger sees. */
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

/* One transition table being read from its start by a pointer of its own. */
typedef struct Reading
{
	Tuplestorestate *store;
	int			pointer;
	TupleTableSlot *slot;
} Reading;

/* Puts the reading before the first row of a transition table; one that is NULL has no rows. */
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

/* The next row, or NULL at the end (and always where there is no such table). */
static TupleTableSlot *
next_row(Reading *reading)
{
	if (reading->store == NULL)
		return NULL;
	tuplestore_select_read_pointer(reading->store, reading->pointer);
	return tuplestore_gettupleslot(reading->store, true, false, reading->slot) ? reading->slot : NULL;
}

/* Lets go of what the reading holds. */
static void
stop_reading(Reading *reading)
{
	if (reading->store != NULL)
		ExecDropSingleTupleTableSlot(reading->slot);
}

/*
 * The keys, old and new, of the rows that a statement changed in a way that matters. Only keys are taken: values may
 * be out of date under nested triggers. Old and new rows of an update stand in the same order.
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

/* Key order: merchant, SKU by its bytes, location, id. */
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

/* The keys in key order, each once. */
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

/* Whether a key is among the sorted keys. */
bool
has_key(const List *keys, TouchedKey *wanted)
{
	ListCell	cell = {.ptr_value = wanted};

	return keys != NIL && bsearch(&cell, keys->elements, list_length(keys), sizeof(ListCell),
								  (int (*) (const void *, const void *)) compare_keys) != NULL;
}

/* Sets *group to the sorted keys of one merchant from this index on, and returns the index behind them. */
int
keys_of_merchant(const List *keys, int from, List **group)
{
	int32		merchant_id = ((TouchedKey *) list_nth(keys, from))->merchant_id;

	*group = NIL;
	while (from < list_length(keys) && ((TouchedKey *) list_nth(keys, from))->merchant_id == merchant_id)
		*group = lappend(*group, list_nth(keys, from++));
	return from;
}

/* The SKUs of the keys. */
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
