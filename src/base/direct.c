/*
 * Direct access: reads, locks, inserts and updates rows of one table without a plan.
 *
 * A checkout runs about twenty small statements. If each one starts the executor and reads the
 * CHECK constraints of its table from the catalog, the checkout takes two to four times as long. So
 * this file calls the parts of the executor, as the apply worker of logical replication does.
 * Constraints, index entries, WAL, row locks and errors (40001) are the same as for a statement.
 *
 * What planner, rewriter and executor add to a statement is missing here: triggers, rules,
 * partitions, inheritance, row security, defaults of columns. is_plain() recognizes a table that
 * has one of them, and direct_table() returns NULL for it. The caller then runs the statement's SQL
 * text.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/direct.h"
#include "base/checks.h"
#include "base/clock.h"

#define ROWS_AT_ONCE 64			/* inserted together */

/* Returns whether the database has Citus: only its planner finds the rows of a distributed table. */
static bool
has_citus(void)
{
	return OidIsValid(get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE));
}

/* Returns whether the statement inserts rows. */
static bool
direct_inserts(const Direct *direct)
{
	return direct->kind == DIRECT_INSERT || direct->kind == DIRECT_INSERT_NEW;
}

/* Returns whether the statement inserts or updates rows. */
bool
direct_writes(const Direct *direct)
{
	return direct_inserts(direct) || direct->kind == DIRECT_UPDATE;
}

/* Finds the numbers of the statement's columns. */
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

/*
 * Returns whether the statement sets the column; it always sets merchant_id, the first column of
 * every table.
 */
static bool
names_column(const Direct *direct, AttrNumber number)
{
	for (int i = 0; i < direct->ncolumns; i++)
		if (direct->numbers[i] == number)
			return true;
	return number == 1;
}

/*
 * Returns whether the planner would compute the column: it has a default, or is an identity or
 * generated column.
 */
static bool
is_computed(const Direct *direct, const FormData_pg_attribute *column)
{
	bool		computed = direct_inserts(direct) ? column->atthasdef || column->attidentity != '\0'
		: column->attgenerated != '\0';

	return computed && !column->attisdropped && !names_column(direct, column->attnum);
}

/* Returns whether the planner would compute any column; the application may have added such a column. */
static bool
has_computed_values(const Direct *direct, Relation table)
{
	TupleDesc	desc = RelationGetDescr(table);

	for (int i = 0; i < desc->natts; i++)
		if (is_computed(direct, TupleDescAttr(desc, i)))
			return true;
	return false;
}

/*
 * Returns whether direct access to the table has the same effect as the statement. The SQL function
 * direct_access_obstacles() lists the reasons why it has not.
 */
static bool
is_plain(const Direct *direct, Relation table)
{
	if (table->rd_rel->relkind != RELKIND_RELATION || table->rd_rel->relispartition ||
		table->rd_rel->relhassubclass || table->rd_rules != NULL || table->rd_rel->relforcerowsecurity)
		return false;
	return !direct_writes(direct) || (table->trigdesc == NULL && !has_computed_values(direct, table));
}

/* Returns the lock on the table that PostgreSQL takes for the statement. */
static LOCKMODE
table_lock(const Direct *direct)
{
	if (direct_writes(direct))
		return RowExclusiveLock;
	return direct->kind == DIRECT_LOCK || direct->kind == DIRECT_LOCK_FREE ? RowShareLock : AccessShareLock;
}

/* Returns whether PostgreSQL will refuse the statement, because the transaction is read-only. */
static bool
is_refused(const Direct *direct)
{
	return XactReadOnly && table_lock(direct) > AccessShareLock;
}

/* Opens and locks the statement's table; NULL if the SQL text must run instead. */
Relation
direct_table(Direct *direct)
{
	Oid			relation;
	Relation	table;

	if (direct->kind == BY_PLAN || !newer_settings->direct_access || has_citus() || is_refused(direct))
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

/* Returns the equality function of an index column's type. */
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

/* A search by an index, for one key after the other. */
typedef struct Search
{
	Relation	index;
	IndexScanDesc scan;
	Snapshot	snapshot;
	int			nkeys;
	ScanKeyData keys[MAX_KEYS];
	TupleTableSlot *slot;
} Search;

/* Opens a search by the first nkeys columns of the statement's index. */
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

/* Starts to search for the values of one key. */
static void
search_for(Search *search, const Datum *keys)
{
	for (int i = 0; i < search->nkeys; i++)
		search->keys[i].sk_argument = keys[i];
	index_rescan(search->scan, search->keys, search->nkeys, NULL, 0);
}

/* Returns whether the row in the slot has this key. */
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

/*
 * Finds the row of this key where it was last seen, without the index; false if it is not there any
 * more.
 */
static bool
find_again(Relation table, Search *search, const Datum *keys, const ItemPointerData *tid)
{
	ItemPointerData known = *tid;

	return ItemPointerIsValid(&known) && table_tuple_fetch_row_version(table, &known, search->snapshot, search->slot) &&
		has_keys(search, search->slot, keys);
}

/* Ends a search. The locks on table and index stay until the transaction ends, as after any statement. */
static void
close_search(Search *search)
{
	index_endscan(search->scan);
	ExecDropSingleTupleTableSlot(search->slot);
	UnregisterSnapshot(search->snapshot);
	index_close(search->index, NoLock);
}

/*
 * Returns the caller's snapshot, or a new one that also sees everything that the transaction has
 * done so far.
 */
static Snapshot
statement_snapshot(bool callers)
{
	if (callers)
		return GetActiveSnapshot();
	CommandCounterIncrement();
	return GetTransactionSnapshot();
}

/*
 * Another transaction has changed a row: ends with 40001 if this one has a single snapshot for all
 * statements.
 */
static void
refuse_change(void)
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent update")));
}

/*
 * Locks the row that was found, as SELECT FOR NO KEY UPDATE does, and puts its newest version into
 * `locked`. False if the row is deleted, or if `skip` is set and another transaction has locked it.
 *
 * SELECT also sets TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS, which locks a version of the row
 * together with later ones. That waits for the holder of a later version, in spite of LockWaitSkip.
 * Without the flag, each version is locked by itself.
 */
static bool
lock_row(Relation table, Search *search, TupleTableSlot *locked, bool skip)
{
	TM_FailureData failure;
	uint8		flags = IsolationUsesXactSnapshot() ? 0 : TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	ItemPointerData tid = search->slot->tts_tid;

	switch (table_tuple_lock(table, &tid, search->snapshot, locked, GetCurrentCommandId(true),
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

/* Makes room for one more row in arrays that have nrows rows and room for `room`; returns the new room. */
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

/* Returns a copy of a value, without TOAST pointers. */
static Datum
copy_value(Datum value, const FormData_pg_attribute *attribute)
{
	if (attribute->attbyval)
		return value;
	if (attribute->attlen == -1)
		return PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	return datumCopy(value, false, attribute->attlen);
}

/* Adds copies of the statement's columns of a row. */
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

/* Reads the row that was found; locks it first if there is a slot for the locked row. */
static void
read_found(DirectRows *rows, const Direct *direct, Relation table, Search *search, const Datum *keys,
		   TupleTableSlot *locked)
{
	CHECK_FOR_INTERRUPTS();
	if (locked == NULL)
		collect_row(rows, direct, search->slot);
	else if (lock_row(table, search, locked, direct->kind == DIRECT_LOCK_FREE) && has_keys(search, locked, keys))
		collect_row(rows, direct, locked);
}

/*
 * Reads (and locks) the rows of one key. A row that is where it was last seen is the only one of
 * its key.
 */
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

/* Returns an empty set of rows in a memory context of its own. */
static DirectRows *
empty_rows(const Direct *direct)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "backorder rows", ALLOCSET_DEFAULT_SIZES);
	DirectRows *rows = MemoryContextAllocZero(context, sizeof(DirectRows));

	rows->context = context;
	rows->ncolumns = direct->ncolumns;
	return rows;
}

/* Reads (and locks) the rows of these keys, key after key, each in index order, and closes the table. */
DirectRows *
direct_read(Direct *direct, Relation table, bool callers_snapshot, int32 merchant, const Keys *keys)
{
	bool		locks = direct->kind == DIRECT_LOCK || direct->kind == DIRECT_LOCK_FREE;
	DirectRows *rows = empty_rows(direct);
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

/*
 * Returns the transaction that last locked, updated or deleted the row; invalid if there is none,
 * or more than one.
 */
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
 * Waits for the one transaction that has locked the row of this key. It does not join the lock
 * queue of the row, so all waiting transactions continue together. False if no other transaction
 * has locked the row, if it has ended, or if several have. Closes the table.
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

/* What the executor needs to write rows into a table. */
typedef struct Writer
{
	EState	   *estate;
	ResultRelInfo *result;
	TupleTableSlot *slot;
	int			nslots;
	TupleTableSlot *slots[ROWS_AT_ONCE];	/* rows to insert together */
} Writer;

/* Prepares to write rows into a table. */
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
	lend_checks(writer->result, writer->estate);
	writer->slot = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);
	writer->nslots = 0;
}

/* Ends the writing. The next statement sees the rows. */
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

/* Overwrites the statement's columns in a slot. */
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

/*
 * Inserts the slot's row speculatively; false, and the row is dead, if another session has inserted
 * one with its key meanwhile.
 */
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
 * Inserts the slot's row as ON CONFLICT DO NOTHING does; false if the table has a row with its key.
 * If another session inserts such a row between the test and the insertion, the test is repeated,
 * and waits for that session.
 */
static bool
insert_new_row(const Writer *writer, const Direct *direct, Relation table)
{
	List	   *arbiters = list_make1_oid(get_relname_relid(direct->index, RelationGetNamespace(table)));
	ItemPointerData conflict;

	writer->slot->tts_tableOid = RelationGetRelid(table);
	ExecConstraints(writer->result, writer->slot, writer->estate);
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!CHECK_UNIQUE(writer->result, writer->slot, writer->estate, &conflict, arbiters))
		{
			refuse_change();
			return false;
		}
	} while (!insert_speculatively(writer, table, arbiters));
	return true;
}

/* Puts a new row into a slot. Columns that the statement does not name are null. */
static void
set_row(TupleTableSlot *slot, const Direct *direct, int32 merchant, const Datum *values, const bool *nulls)
{
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts);
	set_columns(slot, direct, merchant, values, nulls);
}

/* Inserts the rows in the first `count` slots as COPY does: all rows of one page with one WAL record. */
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

/* Inserts rows, ROWS_AT_ONCE together. */
static void
insert_rows(Writer *writer, const Direct *direct, Relation table, int32 merchant, int64 nrows,
			const Datum *values, const bool *nulls)
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

/* Inserts rows, except those whose keys are in the table; returns the number of inserted rows. */
static int64
insert_new_rows(Writer *writer, const Direct *direct, Relation table, int32 merchant, int64 nrows,
				const Datum *values, const bool *nulls)
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

/* Updates one row; false if it does not exist. The caller's locks keep other transactions from it. */
static bool
update_row(const Writer *writer, Search *search, const Direct *direct, int32 merchant, const Datum *values,
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

/* Updates rows; returns the number of those that exist. */
static int64
update_rows(const Writer *writer, const Direct *direct, Relation table, int32 merchant, int64 nrows,
			const Datum *values, const bool *nulls, const ItemPointerData *tids)
{
	int64		written = 0;
	Search		search;

	open_search(&search, direct, table, statement_snapshot(false), direct->nkeys + 1, RowExclusiveLock);
	for (int64 i = 0; i < nrows; i++)
	{
		CHECK_FOR_INTERRUPTS();
		written += update_row(writer, &search, direct, merchant, &values[i * direct->ncolumns],
							  &nulls[i * direct->ncolumns], &tids[i]);
		ResetPerTupleExprContext(writer->estate);
	}
	close_search(&search);
	return written;
}

/*
 * Inserts or updates rows, each with merchant_id and values for the statement's columns, and closes
 * the table. Returns the number of rows written. tids tells where each row to update was last seen
 * (invalid: not known).
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
		insert_rows(&writer, direct, table, merchant, nrows, values, nulls);
	close_writer(&writer);
	table_close(table, NoLock);
	return written;
}
