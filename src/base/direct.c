/*
 * Direct: rows of one table read, locked, inserted and updated by the executor's own parts, as the apply worker of
 * logical replication does it: with constraints, index entries and WAL, but without a plan. What the parts leave to the
 * planner or to a rewriter (triggers, rules, partitions, distributed tables) is left to the statement's SQL text.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/direct.h"

#define ROWS_AT_ONCE 64			/* inserted together */

/*
 * The CHECK constraints of a table, ready to be evaluated: reading them from the catalogue for every statement costs
 * more than evaluating them. Like a plan they are kept until the table changes.
 */
typedef struct KnownChecks
{
	Oid			relation;		/* InvalidOid: out of date */
	ExprState **states;
	MemoryContext context;
} KnownChecks;

static KnownChecks known_checks[16];
static bool watches_relations = false;

/* Puts what is known of a table, or of all, out of date. */
static void
forget_checks(Datum arg, Oid relation)
{
	for (int i = 0; i < lengthof(known_checks); i++)
		if (relation == InvalidOid || known_checks[i].relation == relation)
			known_checks[i].relation = InvalidOid;
}

/* The entry of a table, else one that is free; NULL when all are taken. */
static KnownChecks *
find_checks(Oid relation)
{
	KnownChecks *unused = NULL;

	for (int i = 0; i < lengthof(known_checks); i++)
	{
		if (known_checks[i].relation == relation)
			return &known_checks[i];
		if (known_checks[i].relation == InvalidOid)
			unused = &known_checks[i];
	}
	return unused;
}

/* Makes a table's constraints ready; the entry is taken last, so that an error leaves it free. */
static void
learn_checks(KnownChecks *checks, Relation table)
{
	const TupleConstr *constraints = RelationGetDescr(table)->constr;
	MemoryContext old;

	if (checks->context == NULL)
		checks->context = AllocSetContextCreate(CacheMemoryContext, "backorder constraints", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(checks->context);
	old = MemoryContextSwitchTo(checks->context);
	checks->states = palloc0_array(ExprState *, constraints->num_check);
	for (int i = 0; i < constraints->num_check; i++)
		if (IS_ENFORCED(&constraints->check[i]))
			checks->states[i] = ExecInitExpr(expression_planner(stringToNode(constraints->check[i].ccbin)), NULL);
	MemoryContextSwitchTo(old);
	checks->relation = RelationGetRelid(table);
}

/* Spares the executor the reading of the table's CHECK constraints; it still evaluates them. */
static void
lend_checks(ResultRelInfo *result)
{
	Relation	table = result->ri_RelationDesc;
	const TupleConstr *constraints = RelationGetDescr(table)->constr;
	KnownChecks *checks;

	if (constraints == NULL || constraints->num_check == 0)
		return;
	if (!watches_relations)
		CacheRegisterRelcacheCallback(forget_checks, (Datum) 0);
	watches_relations = true;
	checks = find_checks(RelationGetRelid(table));
	if (checks == NULL)
		return;
	if (checks->relation == InvalidOid)
		learn_checks(checks, table);
	CHECK_STATES(result) = checks->states;
}

/* Whether a distributed engine is loaded, whose tables are only found by its planner. */
static bool
is_distributed(void)
{
	return GetConfigOption("citus.shard_count", true, false) != NULL;
}

/* Whether the statement makes new rows. */
static bool
direct_inserts(const Direct *direct)
{
	return direct->kind == DIRECT_INSERT || direct->kind == DIRECT_INSERT_NEW;
}

/* Whether the statement writes rows. */
bool
direct_writes(const Direct *direct)
{
	return direct_inserts(direct) || direct->kind == DIRECT_UPDATE;
}

/* Finds the numbers of the columns that the direct names. */
static void
find_columns(Direct *direct, Relation table)
{
	char	   *names = pstrdup(direct->columns);
	char	   *rest = NULL;

	direct->relation = InvalidOid;
	direct->ncolumns = 0;
	for (char *name = strtok_r(names, ", ", &rest); name != NULL; name = strtok_r(NULL, ", ", &rest))
	{
		AttrNumber	number = get_attnum(RelationGetRelid(table), name);

		if (number == InvalidAttrNumber || direct->ncolumns == MAX_COLUMNS)
			elog(ERROR, "table \"%s\" has no column \"%s\"", direct->table, name);
		direct->numbers[direct->ncolumns++] = number;
	}
	direct->relation = RelationGetRelid(table);
	direct->width = RelationGetNumberOfAttributes(table);
}

/* Whether the direct names the column, as it does merchant_id, the first of every table. */
static bool
names_column(const Direct *direct, AttrNumber number)
{
	for (int i = 0; i < direct->ncolumns; i++)
		if (direct->numbers[i] == number)
			return true;
	return number == 1;
}

/* Whether a column, which somebody added, is filled in by the planner when such a row is written. */
static bool
is_filled_in(const Direct *direct, const FormData_pg_attribute *column)
{
	bool		filled = direct_inserts(direct) ? column->atthasdef || column->attidentity != '\0'
		: column->attgenerated != '\0';

	return filled && !names_column(direct, column->attnum);
}

/* Whether any column is filled in by the planner when such rows are written. */
static bool
has_other_values(const Direct *direct, Relation table)
{
	TupleDesc	desc = RelationGetDescr(table);

	for (int i = 0; i < desc->natts; i++)
		if (is_filled_in(direct, TupleDescAttr(desc, i)))
			return true;
	return false;
}

/* Whether nothing but the executor's parts has a say when the statement reads rows of the table, or writes them. */
static bool
is_plain(const Direct *direct, Relation table)
{
	if (table->rd_rel->relkind != RELKIND_RELATION || table->rd_rel->relispartition || table->rd_rules != NULL ||
		table->rd_rel->relforcerowsecurity)
		return false;
	return !direct_writes(direct) || (table->trigdesc == NULL && !has_other_values(direct, table));
}

/* The lock on the table that PostgreSQL takes for such a statement. */
static LOCKMODE
table_lock(const Direct *direct)
{
	if (direct_writes(direct))
		return RowExclusiveLock;
	return direct->kind == DIRECT_LOCK || direct->kind == DIRECT_LOCK_FREE ? RowShareLock : AccessShareLock;
}

/* Whether the statement would be refused: a transaction that only reads neither locks nor writes rows. */
static bool
is_refused(const Direct *direct)
{
	return XactReadOnly && table_lock(direct) > AccessShareLock;
}

/* The table, opened and locked as its statement needs it; NULL where the SQL text has to be run, or to be refused. */
Relation
direct_table(Direct *direct)
{
	Oid			relation;
	Relation	table;

	if (direct->kind == BY_PLAN || is_distributed() || is_refused(direct))
		return NULL;
	relation = get_relname_relid(direct->table, get_namespace_oid("backorder", false));
	if (relation == InvalidOid)
		return NULL;
	table = table_open(relation, table_lock(direct));
	if (direct->relation != relation || direct->width != RelationGetNumberOfAttributes(table))
		find_columns(direct, table);
	if (!is_plain(direct, table))
	{
		table_close(table, NoLock);
		return NULL;
	}
	return table;
}

/* The equality function for a column of an index. */
static RegProcedure
equality(Oid type)
{
	switch (type)
	{
		case INT4OID:
			return F_INT4EQ;
		case INT8OID:
			return F_INT8EQ;
		case TEXTOID:
			return F_TEXTEQ;
		default:
			elog(ERROR, "no direct search by type %u", type);
	}
}

/* A search by an index, key after key. */
typedef struct Search
{
	Relation	index;
	IndexScanDesc scan;
	Snapshot	snapshot;
	int			nkeys;
	ScanKeyData keys[MAX_KEYS];
	TupleTableSlot *slot;
} Search;

/* Opens a search by the first columns of the direct's index. */
static void
open_search(Search *search, const Direct *direct, Relation table, Snapshot snapshot, int nkeys, LOCKMODE mode)
{
	search->index = index_open(get_relname_relid(direct->index, RelationGetNamespace(table)), mode);
	search->snapshot = RegisterSnapshot(snapshot);
	search->nkeys = nkeys;
	search->scan = BEGIN_SCAN(table, search->index, search->snapshot, nkeys);
	search->slot = table_slot_create(table, NULL);
	for (int i = 0; i < nkeys; i++)
		ScanKeyEntryInitialize(&search->keys[i], 0, i + 1, BTEqualStrategyNumber, InvalidOid,
							   search->index->rd_indcollation[i],
							   equality(TupleDescAttr(RelationGetDescr(search->index), i)->atttypid), (Datum) 0);
}

/* Begins the search for these keys. */
static void
search_for(Search *search, const Datum *keys)
{
	for (int i = 0; i < search->nkeys; i++)
		search->keys[i].sk_argument = keys[i];
	index_rescan(search->scan, search->keys, search->nkeys, NULL, 0);
}

/* Whether the row in the search's slot has these keys. */
static bool
has_keys(const Search *search, TupleTableSlot *slot, const Datum *keys)
{
	TupleDesc	desc = slot->tts_tupleDescriptor;

	for (int i = 0; i < search->nkeys; i++)
	{
		AttrNumber	number = search->index->rd_index->indkey.values[i];
		const FormData_pg_attribute *attribute = TupleDescAttr(desc, number - 1);
		bool		isnull;
		Datum		value = slot_getattr(slot, number, &isnull);

		if (isnull || !datum_image_eq(value, keys[i], attribute->attbyval, attribute->attlen))
			return false;
	}
	return true;
}

/* Finds the row of these keys where it was last seen, without the index; false if it is there no more. */
static bool
find_again(Relation table, Search *search, const Datum *keys, const ItemPointerData *tid)
{
	ItemPointerData known = *tid;

	return ItemPointerIsValid(&known) && table_tuple_fetch_row_version(table, &known, search->snapshot, search->slot) &&
		has_keys(search, search->slot, keys);
}

/* Ends a search; locks on table and index are kept until the transaction ends, as after any statement. */
static void
close_search(Search *search)
{
	index_endscan(search->scan);
	ExecDropSingleTupleTableSlot(search->slot);
	UnregisterSnapshot(search->snapshot);
	index_close(search->index, NoLock);
}

/* The snapshot of a statement that begins now and sees all that the transaction has done; or that of the caller. */
static Snapshot
statement_snapshot(bool callers)
{
	if (callers)
		return GetActiveSnapshot();
	CommandCounterIncrement();
	return GetTransactionSnapshot();
}

/* Refuses a row that has changed since the transaction's one snapshot. */
static void
refuse_change(void)
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent update")));
}

/*
 * Locks a row that was found, as SELECT FOR NO KEY UPDATE does, and leaves its newest version in the slot; false if it is
 * gone, or locked by others and not to be waited for. Newer versions are followed only when their writer has ended: PostgreSQL
 * waits for who holds one, even if it is told not to wait, where it locks a version and those that follow it at once.
 */
static bool
lock_row(Relation table, Search *search, TupleTableSlot *locked, bool skip)
{
	TM_FailureData failure;
	uint8		flags = IsolationUsesXactSnapshot() ? 0 : TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	ItemPointerData location_row = search->slot->tts_tid;

	switch (table_tuple_lock(table, &location_row, search->snapshot, locked, GetCurrentCommandId(true),
							 LockTupleNoKeyExclusive, skip ? LockWaitSkip : LockWaitBlock, flags, &failure))
	{
		case TM_Ok:
			return true;
		case TM_Updated:
		case TM_Deleted:
			refuse_change();
			return false;
		case TM_WouldBlock:
		case TM_SelfModified:
			return false;
		default:
			elog(ERROR, "unexpected result of locking a row of \"%s\"", RelationGetRelationName(table));
	}
}

/* Makes room for one more row of cells behind nrows, where there is room for so many; returns how much there is now. */
int64
make_room_for_row(int64 nrows, int64 room, int ncolumns, Datum **values, bool **nulls, ItemPointerData **tids)
{
	if (nrows < room)
		return room;
	room = Max(8, 2 * room);
	*values = *values == NULL ? palloc_array(Datum, room * ncolumns)
		: repalloc_huge(*values, room * ncolumns * sizeof(Datum));
	*nulls = *nulls == NULL ? palloc_array(bool, room * ncolumns)
		: repalloc_huge(*nulls, room * ncolumns * sizeof(bool));
	*tids = *tids == NULL ? palloc_array(ItemPointerData, room)
		: repalloc_huge(*tids, room * sizeof(ItemPointerData));
	return room;
}

/* A copy of a value that is complete in itself. */
static Datum
copy_value(Datum value, const FormData_pg_attribute *attribute)
{
	if (attribute->attbyval)
		return value;
	if (attribute->attlen == -1)
		return PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	return datumCopy(value, false, attribute->attlen);
}

/* Adds copies of the direct's columns of a row. */
static void
collect_row(DirectRows *rows, const Direct *direct, TupleTableSlot *slot)
{
	Datum	   *values;
	bool	   *nulls;

	rows->room = make_room_for_row(rows->nrows, rows->room, rows->ncolumns, &rows->values, &rows->nulls, &rows->tids);
	values = &rows->values[rows->nrows * rows->ncolumns];
	nulls = &rows->nulls[rows->nrows * rows->ncolumns];
	for (int i = 0; i < direct->ncolumns; i++)
	{
		Datum		value = slot_getattr(slot, direct->numbers[i], &nulls[i]);

		values[i] = nulls[i] ? (Datum) 0
			: copy_value(value, TupleDescAttr(slot->tts_tupleDescriptor, direct->numbers[i] - 1));
	}
	rows->tids[rows->nrows++] = slot->tts_tid;
}

/* Reads, or locks and reads, the row that was found. */
static void
read_found(DirectRows *rows, const Direct *direct, Relation table, Search *search, const Datum *keys, TupleTableSlot *locked)
{
	CHECK_FOR_INTERRUPTS();
	if (locked == NULL)
		collect_row(rows, direct, search->slot);
	else if (lock_row(table, search, locked, direct->kind == DIRECT_LOCK_FREE) && has_keys(search, locked, keys))
		collect_row(rows, direct, locked);
}

/* Reads, or locks and reads, the rows of one key; the one where it was last seen is the only one of its key. */
static void
read_key(DirectRows *rows, const Direct *direct, Relation table, Search *search, const Datum *keys,
		 const ItemPointerData *tid, TupleTableSlot *locked)
{
	ScanDirection way = direct->kind == DIRECT_READ_LAST ? BackwardScanDirection : ForwardScanDirection;

	if (tid != NULL && find_again(table, search, keys, tid))
	{
		read_found(rows, direct, table, search, keys, locked);
		return;
	}
	search_for(search, keys);
	while (index_getnext_slot(search->scan, way, search->slot))
	{
		read_found(rows, direct, table, search, keys, locked);
		if (direct->kind == DIRECT_READ_LAST)
			break;
	}
}

/* An empty set of rows in a memory context of its own. */
static DirectRows *
insert_missing_rows(const Direct *direct)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "backorder rows", ALLOCSET_DEFAULT_SIZES);
	DirectRows *rows = MemoryContextAllocZero(context, sizeof(DirectRows));

	rows->context = context;
	rows->ncolumns = direct->ncolumns;
	return rows;
}

/* Reads (and locks) the rows of these keys, key after key, each in the order of the index; the table is closed then. */
DirectRows *
direct_read(Direct *direct, Relation table, bool callers_snapshot, int32 merchant, const Keys *keys)
{
	bool		locks = direct->kind == DIRECT_LOCK || direct->kind == DIRECT_LOCK_FREE;
	DirectRows *rows = insert_missing_rows(direct);
	MemoryContext old = MemoryContextSwitchTo(rows->context);
	TupleTableSlot *locked = locks ? table_slot_create(table, NULL) : NULL;
	Datum		values[MAX_KEYS] = {Int32GetDatum(merchant)};
	Search		search;

	if (direct->status != NULL)
		values[keys->width + 1] = CStringGetTextDatum(direct->status);
	open_search(&search, direct, table, statement_snapshot(callers_snapshot),
				keys->width + (direct->status != NULL ? 2 : 1), AccessShareLock);
	for (int i = 0; i < keys->count; i++)
	{
		memcpy(&values[1], &keys->values[(Size) i * keys->width], sizeof(Datum) * keys->width);
		read_key(rows, direct, table, &search, values, keys->tids == NULL ? NULL : &keys->tids[i], locked);
	}
	close_search(&search);
	if (locked != NULL)
		ExecDropSingleTupleTableSlot(locked);
	table_close(table, NoLock);
	MemoryContextSwitchTo(old);
	return rows;
}

/* The transaction that holds the row in the slot, or has replaced it; invalid if none, or more than one, ever did. */
static TransactionId
holder_of(TupleTableSlot *slot)
{
	HeapTuple	tuple = ExecFetchSlotHeapTuple(slot, false, NULL);
	Buffer		buffer = ((BufferHeapTupleTableSlot *) slot)->buffer;
	TransactionId holder = InvalidTransactionId;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	if ((tuple->t_data->t_infomask & (HEAP_XMAX_INVALID | HEAP_XMAX_IS_MULTI)) == 0)
		holder = HeapTupleHeaderGetRawXmax(tuple->t_data);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	return holder;
}

/*
 * Waits for the one transaction that holds the row of these keys, without standing in line for the row: all who wait go on
 * together. False if no other does, or it has ended by now, or it is not alone. The table is closed in any case.
 */
bool
direct_wait(Direct *direct, Relation table, int32 merchant, const Keys *keys)
{
	Datum		values[MAX_KEYS] = {Int32GetDatum(merchant)};
	TransactionId holder = InvalidTransactionId;
	Search		search;

	memcpy(&values[1], keys->values, sizeof(Datum) * keys->width);
	open_search(&search, direct, table, statement_snapshot(false), keys->width + 1, AccessShareLock);
	search_for(&search, values);
	if (index_getnext_slot(search.scan, ForwardScanDirection, search.slot) && TTS_IS_BUFFERTUPLE(search.slot))
		holder = holder_of(search.slot);
	close_search(&search);
	table_close(table, NoLock);
	if (!TransactionIdIsNormal(holder) || TransactionIdIsCurrentTransactionId(holder) || !TransactionIdIsInProgress(holder))
		return false;
	XactLockTableWait(holder, NULL, NULL, XLTW_None);
	return true;
}

/* What the executor needs to write rows of a table. */
typedef struct Writer
{
	EState	   *estate;
	ResultRelInfo *result;
	TupleTableSlot *slot;
	int			nslots;
	TupleTableSlot *slots[ROWS_AT_ONCE];	/* of rows that are inserted together */
} Writer;

/* Opens a table's indexes for writing. */
static void
open_writer(Writer *writer, Relation table, bool speculative)
{
	CommandCounterIncrement();
	writer->estate = CreateExecutorState();
	writer->estate->es_snapshot = GetActiveSnapshot();
	writer->estate->es_output_cid = GetCurrentCommandId(true);
	writer->result = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->result, table, 0, NULL, 0);
	ExecOpenIndices(writer->result, speculative);
	lend_checks(writer->result);
	writer->slot = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);
	writer->nslots = 0;
}

/* Ends the writing; what was written is seen by whatever comes next. */
static void
close_writer(Writer *writer)
{
	ExecCloseIndices(writer->result);
	ExecDropSingleTupleTableSlot(writer->slot);
	for (int i = 0; i < writer->nslots; i++)
		ExecDropSingleTupleTableSlot(writer->slots[i]);
	FreeExecutorState(writer->estate);
	CommandCounterIncrement();
}

/* Puts a row's values into a slot, over what is there. */
static void
set_columns(TupleTableSlot *slot, const Direct *direct, int32 merchant, const Datum *values, const bool *nulls)
{
	slot->tts_values[0] = Int32GetDatum(merchant);	/* the first column of every table */
	slot->tts_isnull[0] = false;
	for (int i = 0; i < direct->ncolumns; i++)
	{
		slot->tts_values[direct->numbers[i] - 1] = values[i];
		slot->tts_isnull[direct->numbers[i] - 1] = nulls[i];
	}
	ExecStoreVirtualTuple(slot);
}

/* Inserts the slot's row; false, with the row dead, if another session has inserted one with these keys meanwhile. */
static bool
insert_speculatively(const Writer *writer, Relation table, List *arbiters)
{
	bool		conflict = false;
	uint32		token = SpeculativeInsertionLockAcquire(GetCurrentTransactionId());

	table_tuple_insert_speculative(table, writer->slot, writer->estate->es_output_cid, 0, NULL, token);
	list_free(INSERT_INDEX_ENTRIES(writer->result, writer->slot, writer->estate, &conflict, arbiters));
	table_tuple_complete_speculative(table, writer->slot, token, !conflict);
	SpeculativeInsertionLockRelease(GetCurrentTransactionId());
	return !conflict;
}

/*
 * Inserts the slot's row as ON CONFLICT DO NOTHING does; false if there is one with these keys. One that comes between
 * look and insertion is looked at again: whoever inserted it is waited for, and it is refused as any other.
 */
static bool
insert_new_row(const Writer *writer, const Direct *direct, Relation table)
{
	List	   *arbiters = list_make1_oid(get_relname_relid(direct->index, RelationGetNamespace(table)));
	ItemPointerData location_row;

	writer->slot->tts_tableOid = RelationGetRelid(table);
	ExecConstraints(writer->result, writer->slot, writer->estate);
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!CHECK_UNIQUE(writer->result, writer->slot, writer->estate, &location_row, arbiters))
		{
			refuse_change();
			return false;
		}
	} while (!insert_speculatively(writer, table, arbiters));
	return true;
}

/* Puts a new row into a slot, columns that the direct does not name being null. */
static void
set_row(TupleTableSlot *slot, const Direct *direct, int32 merchant, const Datum *values, const bool *nulls)
{
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts);
	set_columns(slot, direct, merchant, values, nulls);
}

/* Inserts the rows of the first slots as COPY does: those of one page by one WAL record. */
static void
insert_slots(Writer *writer, Relation table, int count)
{
	MemoryContext old;

	for (int i = 0; i < count; i++)
		ExecConstraints(writer->result, writer->slots[i], writer->estate);
	old = MemoryContextSwitchTo(GetPerTupleMemoryContext(writer->estate));
	table_multi_insert(table, writer->slots, count, writer->estate->es_output_cid, 0, NULL);
	MemoryContextSwitchTo(old);
	for (int i = 0; i < count; i++)
		list_free(INSERT_INDEX_ENTRIES(writer->result, writer->slots[i], writer->estate, NULL, NIL));
}

/* Inserts these rows, so many at once as there are slots. */
static void
insert_inventory(Writer *writer, const Direct *direct, Relation table, int32 merchant, int64 nrows, const Datum *values,
			const bool *nulls)
{
	for (int64 i = 0; i < nrows; i++)
	{
		int			n = i % ROWS_AT_ONCE;

		CHECK_FOR_INTERRUPTS();
		if (n == writer->nslots)
			writer->slots[writer->nslots++] = table_slot_create(table, NULL);
		set_row(writer->slots[n], direct, merchant, &values[i * direct->ncolumns], &nulls[i * direct->ncolumns]);
		if (n == ROWS_AT_ONCE - 1 || i == nrows - 1)
		{
			insert_slots(writer, table, n + 1);
			ResetPerTupleExprContext(writer->estate);
		}
	}
}

/* Inserts rows that are to be new, each unless it is there; returns how many were. */
static int64
insert_new_rows(Writer *writer, const Direct *direct, Relation table, int32 merchant, int64 nrows, const Datum *values,
				const bool *nulls)
{
	int64		written = 0;

	for (int64 i = 0; i < nrows; i++)
	{
		set_row(writer->slot, direct, merchant, &values[i * direct->ncolumns], &nulls[i * direct->ncolumns]);
		written += insert_new_row(writer, direct, table);
		ResetPerTupleExprContext(writer->estate);
	}
	return written;
}

/* Gives the columns of one row their new values; false if it is not there. The caller has locked what stands for it. */
static bool
update_inventory(const Writer *writer, Search *search, const Direct *direct, int32 merchant, const Datum *values,
		   const bool *nulls, const ItemPointerData *tid)
{
	TupleTableSlot *slot = writer->slot;
	Datum		keys[MAX_KEYS] = {Int32GetDatum(merchant)};
	EPQState	epq;

	memcpy(&keys[1], values, sizeof(Datum) * (search->nkeys - 1));
	if (!find_again(writer->result->ri_RelationDesc, search, keys, tid))
	{
		search_for(search, keys);
		if (!index_getnext_slot(search->scan, ForwardScanDirection, search->slot))
			return false;
	}
	slot_getallattrs(search->slot);
	ExecClearTuple(slot);
	memcpy(slot->tts_values, search->slot->tts_values, sizeof(Datum) * slot->tts_tupleDescriptor->natts);
	memcpy(slot->tts_isnull, search->slot->tts_isnull, sizeof(bool) * slot->tts_tupleDescriptor->natts);
	set_columns(slot, direct, merchant, values, nulls);
	INIT_EPQ(&epq, writer->estate);
	ExecSimpleRelationUpdate(writer->result, writer->estate, &epq, search->slot, slot);
	EvalPlanQualEnd(&epq);
	return true;
}

/* Updates these rows; returns how many were there. */
static int64
update_rows(const Writer *writer, const Direct *direct, Relation table, int32 merchant, int64 nrows, const Datum *values,
			const bool *nulls, const ItemPointerData *tids)
{
	int64		written = 0;
	Search		search;

	open_search(&search, direct, table, statement_snapshot(false), direct->nkeys + 1, RowExclusiveLock);
	for (int64 i = 0; i < nrows; i++)
	{
		CHECK_FOR_INTERRUPTS();
		written += update_inventory(writer, &search, direct, merchant, &values[i * direct->ncolumns],
							  &nulls[i * direct->ncolumns], &tids[i]);
		ResetPerTupleExprContext(writer->estate);
	}
	close_search(&search);
	return written;
}

/*
 * Inserts or updates these rows, each of merchant_id and the direct's columns, the updated ones perhaps where they were last
 * seen; returns how many, with the table closed.
 */
int64
direct_write(Direct *direct, Relation table, int32 merchant, int64 nrows, const Datum *values, const bool *nulls,
			 const ItemPointerData *tids)
{
	int64		written = nrows;
	Writer		writer;

	open_writer(&writer, table, direct->kind == DIRECT_INSERT_NEW);
	if (direct->kind == DIRECT_UPDATE)
		written = update_rows(&writer, direct, table, merchant, nrows, values, nulls, tids);
	else if (direct->kind == DIRECT_INSERT_NEW)
		written = insert_new_rows(&writer, direct, table, merchant, nrows, values, nulls);
	else
		insert_inventory(&writer, direct, table, merchant, nrows, values, nulls);
	close_writer(&writer);
	table_close(table, NoLock);
	return written;
}
