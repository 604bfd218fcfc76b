/* Differences between the supported versions of PostgreSQL. */
#ifndef BACKORDER_BASE_COMPAT_H
#define BACKORDER_BASE_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 160000
#define guc_malloc(elevel, size) malloc(size)
#endif

#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* Begins an index scan. */
#if PG_VERSION_NUM >= 190000
#define BEGIN_SCAN(table, index, snapshot, nkeys) index_beginscan(table, index, snapshot, NULL, nkeys, 0, SO_NONE)
#elif PG_VERSION_NUM >= 180000
#define BEGIN_SCAN(table, index, snapshot, nkeys) index_beginscan(table, index, snapshot, NULL, nkeys, 0)
#else
#define BEGIN_SCAN(table, index, snapshot, nkeys) index_beginscan(table, index, snapshot, nkeys, 0)
#endif

/* Inserts the index entries of a new row; a duplicate is an error only if conflict is NULL. */
#if PG_VERSION_NUM >= 190000
#define INSERT_INDEX_ENTRIES(result, slot, estate, conflict, arbiters) \
	ExecInsertIndexTuples(result, estate, (conflict) != NULL ? EIIT_NO_DUPE_ERROR : 0, slot, arbiters, conflict)
#elif PG_VERSION_NUM >= 160000
#define INSERT_INDEX_ENTRIES(result, slot, estate, conflict, arbiters) \
	ExecInsertIndexTuples(result, slot, estate, false, (conflict) != NULL, conflict, arbiters, false)
#else
#define INSERT_INDEX_ENTRIES(result, slot, estate, conflict, arbiters) \
	ExecInsertIndexTuples(result, slot, estate, false, (conflict) != NULL, conflict, arbiters)
#endif

/* Looks for a row that a new row would duplicate. */
#if PG_VERSION_NUM >= 180000
#define CHECK_UNIQUE(result, slot, estate, conflict, arbiters) \
	ExecCheckIndexConstraints(result, slot, estate, conflict, &(ItemPointerData) {{0xffff, 0xffff}, 0}, arbiters)
#else
#define CHECK_UNIQUE(result, slot, estate, conflict, arbiters) \
	ExecCheckIndexConstraints(result, slot, estate, conflict, arbiters)
#endif

/* The executor's state of CHECK constraints, and whether one of them is enforced. */
#if PG_VERSION_NUM >= 180000
#define CHECK_STATES(result) ((result)->ri_CheckConstraintExprs)
#define IS_ENFORCED(check) ((check)->ccenforced)
#else
#define CHECK_STATES(result) ((result)->ri_ConstraintExprs)
#define IS_ENFORCED(check) true
#endif

#if PG_VERSION_NUM >= 160000
#define INIT_EPQ(epq, estate) EvalPlanQualInit(epq, estate, NULL, NIL, -1, NIL)
#else
#define INIT_EPQ(epq, estate) EvalPlanQualInit(epq, estate, NULL, NIL, -1)
#endif

#endif
