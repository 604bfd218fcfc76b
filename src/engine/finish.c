/* The end of a call: the stages that follow its plan. */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "engine/finish.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "store/budgets.h"
#include "store/inventory_lock.h"
#include "store/order_rows.h"
#include "store/outbox.h"
#include "store/pending_notifications.h"
#include "store/stock_rows.h"
#include "rules/consent.h"
#include "rules/incentives.h"
#include "rules/notifications.h"
#include "rules/ship_sets.h"
#include "rules/stock_alerts.h"
#include "engine/reallocate.h"

/* Writes a row for each event of the work's orders; customers of held ones are told nothing. */
static void
tell_customers(Work *work)
{
	Notices		notices;

	start_notices(&notices);
	cover_unsent(work);
	settle_incentives(work);
	for (int i = 0; i < work->norders; i++)
	{
		tell_shipped(&notices, work, work->orders[i]);
		tell_state(&notices, work, work->orders[i]);
	}
	write_notices(work, &notices);
}

/* Writes a row for each event of the work's SKUs: warnings, and what subscribers are told. */
static void
tell_merchant(Work *work)
{
	Notices		notices;
	ListCell   *lc;

	start_notices(&notices);
	warn_merchant(&notices, work);
	foreach(lc, work->events)
		add_event(&notices, work, lfirst(lc));
	write_notices(work, &notices);
}

#define ORDERS_AT_ONCE 500		/* of a plan that touches more than twice as many */
#define UNSENT_SHARE 8			/* of that plan's parts: if fewer notices are unsent, they are read once */

/* Judges the groups of the work's orders anew, writes them, tells of them and returns their rows; false as for finish(). */
static bool
finish_orders(Work *work)
{
	for (int i = 0; i < work->norders; i++)
	{
		CHECK_FOR_INTERRUPTS();
		split_order(work, work->orders[i]);
		note_promise_shown(work, work->orders[i]);
	}
	if (!write_orders(work))
		return false;
	tell_customers(work);
	for (int i = 0; work->answer != NULL && i < work->norders; i++)
		work->answer(work->orders[i], work->fcinfo);
	return true;
}

/* Writes the book and, if this call changes it, stock, and tells of them. */
static void
finish_book(Work *work)
{
	serve_subscribers(work);
	write_book(work);
	if (work->writes_stock)
		write_stock(work);
	tell_merchant(work);
}

/*
 * The common end of every call: groups judged anew, everything written, everyone told. False, with nothing written,
 * when another session has taken the reference of a new order meanwhile.
 */
bool
finish(Work *work)
{
	if (!finish_orders(work))
		return false;
	finish_book(work);
	return true;
}

/* Which orders of a large plan are worked on together; hashed by order. */
typedef struct Turn
{
	int64		order_id;
	int			portion;
} Turn;

/* A large plan in portions: each has so many orders, and all claims on them in queue order. */
typedef struct Portions
{
	int			count;
	List	  **claims;			/* of Claim, for each portion */
	HTAB	   *turns;
} Portions;

/* Adds a claim to the portion of its order, which is the last one if the order is new. */
static void
add_to_portion(Portions *portions, Claim *claim)
{
	bool		found;
	Turn	   *turn = hash_search(portions->turns, &claim->key.order_id, HASH_ENTER, &found);

	if (!found)
		turn->portion = (hash_get_num_entries(portions->turns) - 1) / ORDERS_AT_ONCE;
	portions->count = Max(portions->count, turn->portion + 1);
	portions->claims[turn->portion] = lappend(portions->claims[turn->portion], claim);
}

/* Divides what the plan does into portions, those first who are first in a queue. */
static Portions
divide_plan(Work *work)
{
	HASHCTL		ctl = {.keysize = sizeof(int64), .entrysize = sizeof(Turn), .hcxt = CurrentMemoryContext};
	Portions	portions = {.count = 0};

	portions.turns = hash_create("backorder portions", 1024, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	portions.claims = palloc0_array(List *, hash_get_num_entries(work->claims) / ORDERS_AT_ONCE + 1);
	for (int i = 0; i < work->nskus; i++)
	{
		ListCell   *lc;

		foreach(lc, work->skus[i].claims)
			if (is_action(lfirst(lc)))
				add_to_portion(&portions, lfirst(lc));
	}
	return portions;
}

/* The orders of these claims, ascending, each once; *count tells how many. */
static int64 *
orders_of(const List *claims, int *count)
{
	int64	   *ids = palloc_array(int64, list_length(claims) + 1);
	ListCell   *lc;

	*count = 0;
	foreach(lc, claims)
		ids[(*count)++] = ((Claim *) lfirst(lc))->key.order_id;
	*count = sort_ids(ids, *count);
	return ids;
}

/* Reads the orders of one portion, whose rows are locked, carries the plan out on them, writes them and tells of them. */
static void
settle_portion(Work *work, const List *claims)
{
	int			count;
	int64	   *ids = orders_of(claims, &count);
	ListCell   *lc;

	read_locked_orders(work, ids, count);
	foreach(lc, claims)
		carry_out_claim(work, lfirst(lc));
	finish_orders(work);
}

/* Whether the plan moves promises. */
static bool
moves_promises(const Work *work)
{
	for (int i = 0; i < work->nskus; i++)
	{
		ListCell   *lc;

		foreach(lc, work->skus[i].claims)
		{
			const Claim *claim = lfirst(lc);

			if (claim->re_promise || claim->re_date)
				return true;
		}
	}
	return false;
}

/* Carries out a plan that touches very many orders, so many at a time as fit into little memory. */
static void
settle_in_portions(Work *work)
{
	Portions	portions = divide_plan(work);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "backorder portion", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	lock_planned_orders(work);
	look_for_unsent(work, hash_get_num_entries(work->claims) / UNSENT_SHARE);
	if (moves_promises(work))
		hold_slip_budgets(work);
	for (int i = 0; i < portions.count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(context);
		settle_portion(work, portions.claims[i]);
	}
	work->orders = NULL;
	work->norders = 0;
	work->unsent_orders = NULL;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/* Settles the work's SKUs and finishes: for calls that change the shelves, or what may be promised, and no order. */
void
settle(Work *work)
{
	plan_settlement(work);
	if (hash_get_num_entries(work->claims) > 2L * ORDERS_AT_ONCE)
		settle_in_portions(work);
	else
	{
		lock_plan(work, NULL, 0);
		carry_out_plan(work);
		finish_orders(work);
	}
	finish_book(work);
}
