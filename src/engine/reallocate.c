/*
 * Fill: cover by level, never by delta. Whatever freed or removed stock, the shelves and the queue say what to do:
 * take back from the end of the queue what is no longer covered, cover from its front what can be covered, and
 * re-lay the promises where they may be wrong.
 *
 * A call plans all this from the parts of its SKUs, which nobody else can change under the availability lock; then
 * locks every order of the plan in one pass by id; and only then changes anything.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "engine/reallocate.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "model/states.h"
#include "store/inventory_rows.h"
#include "store/order_rows.h"
#include "store/queue_rows.h"
#include "rules/promise.h"

/* Takes a holder's units back, as many as the shelf lacks. */
static void
plan_take(Claim *claim)
{
	Sku		   *book = claim->book;
	Shelf	   *shelf = shelf_at(book, claim->location);
	int64		units = Min(claim->quantity - claim->cancel - claim->take, overdrawn(shelf));

	if (units <= 0)
		return;
	claim->take += units;
	add_allocated(book, shelf, -units);
	add_backordered(book, units);
	book->must_relay = true;
}

/* Plans to take back, from the end of the queue order, what no shelf covers any more. */
static void
plan_shrink(Work *work)
{
	ListCell   *lc;

	foreach(lc, read_overdrawing_parts(work))
		plan_take(lfirst(lc));
}

/* Plans to have every open part of a SKU judged by the item's new preorder date. */
static void
plan_dates(Sku *book)
{
	ListCell   *lc;

	foreach(lc, book->claims)
		((Claim *) lfirst(lc))->re_date = true;
}

/* Plans to give what is free to the front of the queue. */
static void
plan_give(Sku *book)
{
	int64		units = fillable_units(book);
	ListCell   *lc;

	foreach(lc, book->claims)
	{
		Claim	   *claim = lfirst(lc);

		if (units == 0)
			break;
		claim->give = Min(units, units_left_waiting(claim));
		units -= claim->give;
		book->planned += claim->give;
		add_backordered(book, -claim->give);
	}
}

/*
 * A shortage that grew without a re-lay, or a queue that moved up to supply: its dates may be wrong until repromise().
 * Supply was read, where no re-lay is due, of queues that move up.
 */
static void
mark_stale_promises(Sku *book)
{
	if (book->backordered > 0 && (supply_gap(book) > book->gap_before || book->nsupplies > 0))
		book->relay = true;
}

/* Plans the whole settlement of the work's SKUs; only the shelves and the book in memory change. */
void
plan_settlement(Work *work)
{
	plan_shrink(work);
	read_claims(work);
	read_preorders(work);
	load_supplies(work);
	for (int i = 0; i < work->nskus; i++)
	{
		Sku		   *book = &work->skus[i];

		CHECK_FOR_INTERRUPTS();
		list_sort(book->claims, compare_places);
		if (book->preorder_moved)
			plan_dates(book);
		plan_give(book);
		if (book->must_relay)
			relay_queue(work, book);
		else
			mark_stale_promises(book);
	}
}

/* The orders that the plan touches, and these others, ascending, each once; *total tells how many. */
static int64 *
planned_orders(const Work *work, const int64 *others, int count, int *total)
{
	int64	   *ids = palloc_array(int64, hash_get_num_entries(work->claims) + count + 1);
	int			n = 0;

	for (int i = 0; i < count; i++)
		ids[n++] = others[i];
	for (int i = 0; i < work->nskus; i++)
	{
		ListCell   *lc;

		foreach(lc, work->skus[i].claims)
			if (is_action(lfirst(lc)))
				ids[n++] = ((Claim *) lfirst(lc))->key.order_id;
	}
	*total = sort_ids(ids, n);
	return ids;
}

/* Locks all orders that the plan touches, and these others, in one pass by id, and reads them whole. */
void
lock_plan(Work *work, const int64 *others, int count)
{
	int			total;
	int64	   *ids = planned_orders(work, others, count, &total);

	lock_orders(work, ids, total);
}

/* Locks all orders that the plan touches in one pass by id, without reading them. */
void
lock_planned_orders(Work *work)
{
	int			total;
	int64	   *ids = planned_orders(work, NULL, 0, &total);

	lock_order_rows(work, ids, total);
}

/* Cancels units of a part, and remembers them for the notice. */
void
cancel_units(Part *part, int64 units)
{
	Part	   *piece = units == part->now.quantity ? part : split_off(part, units);
	Canceled   *canceled = palloc_object(Canceled);

	*canceled = (Canceled) {.line_no = part->line_no, .sku = part->sku, .quantity = units};
	part->order->canceled = lappend(part->order->canceled, canceled);
	piece->now.status = CANCELED;
	piece->now.location = NO_LOCATION;
	piece->now.promised_at = NO_TIME;
	piece->now.basis = BASIS_UNKNOWN;
}

/*
 * Takes units of an allocated part back and returns the part that waits for them: it keeps its number, and with it the
 * place for which its promise was reckoned; what stays allocated becomes a new part.
 */
static Part *
take_back(Part *part, int64 units)
{
	if (units < part->now.quantity)
		split_off(part, part->now.quantity - units);
	part->now.status = BACKORDERED;
	part->now.location = NO_LOCATION;
	return part;
}

/* Whether the order ships something from a location already that is not on a pick list. */
static bool
ships_from(const Order *order, int32 location)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->now.status == ALLOCATED && part->now.location == location && !is_frozen(part))
			return true;
	}
	return false;
}

/* The shelf that a fill prefers: where the order ships from already, then one that covers the part whole, then rank, id. */
static Shelf *
choose_shelf(const Part *part)
{
	Shelf	   *best = NULL;
	int			best_merit = -1;

	for (int i = 0; i < part->book->nshelves; i++)
	{
		Shelf	   *shelf = &part->book->shelves[i];
		int			merit = (ships_from(part->order, shelf->location) ? 2 : 0) +
			(shelf_free(shelf) >= part->now.quantity ? 1 : 0);

		if (shelf_free(shelf) == 0 || merit < best_merit)
			continue;
		if (merit == best_merit && (shelf->rank > best->rank ||
									(shelf->rank == best->rank && shelf->location > best->location)))
			continue;
		best = shelf;
		best_merit = merit;
	}
	return best;
}

/* Covers units of a waiting part from the shelves; returns what of it still waits, or NULL. */
static Part *
cover(const Work *work, Part *part, int64 units)
{
	while (units > 0)
	{
		Shelf	   *shelf = choose_shelf(part);
		int64		piece_units = Min(units, shelf_free(shelf));
		bool		whole = piece_units == part->now.quantity;
		Part	   *piece = whole ? part : split_off(part, piece_units);

		piece->now.status = ALLOCATED;
		piece->now.location = shelf->location;
		piece->filled = piece->was.status == BACKORDERED;
		promise_from_shelf(work, piece);
		add_allocated(part->book, shelf, piece_units);
		part->book->planned -= piece_units;
		units -= piece_units;
		if (whole)
			return NULL;
	}
	return part;
}

/* The plan was made under the SKU's lock: that its part has changed nevertheless would be damage. */
static Part *
claimed_part(const Work *work, const Claim *claim)
{
	Order	   *order = find_order(work, claim->key.order_id);
	Part	   *part = order == NULL ? NULL : find_part(order, claim->key.line_no, claim->key.part_no);

	if (part == NULL || part->now.quantity != claim->quantity)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("order " INT64_FORMAT " changed while it was being worked on", claim->key.order_id),
				 errhint("Retry the transaction.")));
	return part;
}

/* Does what the plan says with one part. */
void
carry_out_claim(const Work *work, const Claim *claim)
{
	Part	   *part = claimed_part(work, claim);

	if (claim->re_date)
		re_date_part(work, part);
	if (claim->cancel > 0)
		cancel_units(part, claim->cancel);
	if (claim->take > 0)
		part = take_back(part, claim->take);
	if (claim->give > 0)
		part = cover(work, part, claim->give);
	if (claim->re_promise && part != NULL)
		renew_promise(part, claim->promised_at, claim->basis);
}

/* Does what the plan says, in queue order, with the orders that lock_plan() has locked. */
void
carry_out_plan(Work *work)
{
	for (int i = 0; i < work->nskus; i++)
	{
		ListCell   *lc;

		CHECK_FOR_INTERRUPTS();
		foreach(lc, work->skus[i].claims)
			if (is_action(lfirst(lc)))
				carry_out_claim(work, lfirst(lc));
	}
}
