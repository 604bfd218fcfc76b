/*
 * CHECK constraints that are prepared once per session.
 *
 * The executor reads the CHECK constraints of a table from the catalog for every statement, which
 * costs more than to evaluate them. So direct access keeps the prepared constraints of a table
 * until the table changes, and lends them to the executor.
 *
 * A constraint that calls a function of a user, or casts to a domain, is not kept: the function or
 * the domain can change while the table does not. It is prepared for each statement, as the
 * executor does it.
 *
 * A constraint may run anything, also another call of the engine, while the statement that
 * evaluates it is not finished. So kept constraints are lent to one statement at a time, and are
 * not freed meanwhile. A second statement on the same table leaves the work to the executor.
 */
#include "postgres.h"

#include "access/transam.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/checks.h"
#include "base/compat.h"

/* The kept constraints of a table. */
typedef struct KeptChecks
{
	Oid			relation;		/* InvalidOid: none, or out of date */
	bool		lent;			/* to a statement that has not ended */
	ExprState **states;			/* NULL for a constraint that is not kept */
	MemoryContext context;
} KeptChecks;

static KeptChecks kept_checks[16];
static bool watches_relations = false;

/* Marks the constraints of a table, or of all tables, as out of date. */
static void
forget_checks(Datum arg, Oid relation)
{
	for (int i = 0; i < lengthof(kept_checks); i++)
		if (relation == InvalidOid || kept_checks[i].relation == relation)
			kept_checks[i].relation = InvalidOid;
}

/* Returns the entry of a table, else a free one; NULL if there is none. */
static KeptChecks *
find_entry(Oid relation)
{
	KeptChecks *unused = NULL;

	for (int i = 0; i < lengthof(kept_checks); i++)
	{
		if (kept_checks[i].relation == relation)
			return &kept_checks[i];
		if (kept_checks[i].relation == InvalidOid && !kept_checks[i].lent)
			unused = &kept_checks[i];
	}
	return unused;
}

/* Returns whether a user has created the function. */
static bool
is_user_function(Oid function, void *context)
{
	return function >= FirstUnpinnedObjectId;
}

/* Returns whether the meaning of an expression can change while its table does not. */
static bool
may_change(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoerceToDomain) || check_functions_in_node(node, is_user_function, NULL))
		return true;
	return expression_tree_walker(node, may_change, context);
}

/* Prepares a table's constraints. The entry gets its table last, so that an error leaves it free. */
static void
keep_checks(KeptChecks *kept, Relation table)
{
	const TupleConstr *constraints = RelationGetDescr(table)->constr;
	MemoryContext old;

	if (kept->context == NULL)
		kept->context = AllocSetContextCreate(CacheMemoryContext, "backorder constraints", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(kept->context);
	old = MemoryContextSwitchTo(kept->context);
	kept->states = palloc0_array(ExprState *, constraints->num_check);
	for (int i = 0; i < constraints->num_check; i++)
	{
		Node	   *check = stringToNode(constraints->check[i].ccbin);

		if (IS_ENFORCED(&constraints->check[i]) && !may_change(check, NULL))
			kept->states[i] = ExecInitExpr(expression_planner((Expr *) check), NULL);
	}
	MemoryContextSwitchTo(old);
	kept->relation = RelationGetRelid(table);
}

/* Takes the constraints back when the statement's memory is freed, also after an error. */
static void
take_back(void *kept)
{
	((KeptChecks *) kept)->lent = false;
}

/* Lends the constraints until the statement ends. */
static void
lend(KeptChecks *kept, EState *estate)
{
	MemoryContextCallback *callback = MemoryContextAlloc(estate->es_query_cxt, sizeof(MemoryContextCallback));

	*callback = (MemoryContextCallback) {.func = take_back, .arg = kept};
	MemoryContextRegisterResetCallback(estate->es_query_cxt, callback);
	kept->lent = true;
}

/* Returns the constraints for one statement: those that are kept, and the others prepared for it. */
static ExprState **
checks_for_statement(const KeptChecks *kept, const TupleConstr *constraints, EState *estate)
{
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);
	ExprState **states = palloc_array(ExprState *, constraints->num_check);

	for (int i = 0; i < constraints->num_check; i++)
	{
		states[i] = kept->states[i];
		if (states[i] == NULL && IS_ENFORCED(&constraints->check[i]))
			states[i] = ExecPrepareExpr(stringToNode(constraints->check[i].ccbin), estate);
	}
	MemoryContextSwitchTo(old);
	return states;
}

/* Gives a statement that writes rows the prepared CHECK constraints of its table, if that is possible. */
void
lend_checks(ResultRelInfo *result, EState *estate)
{
	Relation	table = result->ri_RelationDesc;
	const TupleConstr *constraints = RelationGetDescr(table)->constr;
	KeptChecks *kept;

	if (constraints == NULL || constraints->num_check == 0)
		return;
	if (!watches_relations)
		CacheRegisterRelcacheCallback(forget_checks, (Datum) 0);
	watches_relations = true;
	kept = find_entry(RelationGetRelid(table));
	if (kept == NULL || kept->lent)
		return;
	if (kept->relation == InvalidOid)
		keep_checks(kept, table);
	lend(kept, estate);
	CHECK_STATES(result) = checks_for_statement(kept, constraints, estate);
}
