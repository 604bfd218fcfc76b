/*
 * Fill: cover by level, never by delta. Whatever freed or removed stock, the shelves and the queue say what to do:
 * take back from the end of the queue what is no longer covered, cover from its front what can be covered, and
 * re-lay the promises where they may be wrong.
 *
 * A call plans all this from the parts of its SKUs, which nobody else can change under the availability lock; then
 * locks every order of the plan in one pass by id; and only then changes anything.
 */
#include "backorder.h"

#include "catalog/pg_type.h"
#include "incentive.h"
#include "miscadmin.h"
#include "notify.h"
#include "statement.h"
#include "stock.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#define ORDERS_AT_ONCE 500		/* of a plan that touches more than twice as many */
#define UNSENT_SHARE 8			/* of that plan's parts: if fewer notices are unsent, they are read once */

#define CLAIM_COLUMNS "q.sku, q.order_id, q.line_no, q.part_no, q.quantity, q.status = 'backordered', q.location_id," \
	" q.priority, q.queued_at, q.promised_at, q.promise_basis"

/* The front of each queue: no more parts than there are units to give. */
STATEMENT(read_queues,
		  "SELECT p.* FROM unnest($2, $3) AS w(sku, units)"
		  " CROSS JOIN LATERAL (SELECT " CLAIM_COLUMNS " FROM backorder.order_line_part q"
		  "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'backordered'"
		  "  ORDER BY q.priority DESC, q.queued_at, q.order_id, q.line_no, q.part_no LIMIT w.units) AS p",
		  INT4OID, TEXTARRAYOID, INT8ARRAYOID);

/* The last of those who have units of a shelf and are not on a pick list, but for the group that comes off it. */
STATEMENT(read_holders,
		  "SELECT p.* FROM unnest($2, $3, $4, $5, $6) AS w(sku, location_id, units, order_id, group_no)"
		  " CROSS JOIN LATERAL (SELECT " CLAIM_COLUMNS " FROM backorder.order_line_part q"
		  "  JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = q.order_id"
		  "   AND g.group_no = q.group_no"
		  "   AND (g.status <> 'released' OR (g.order_id = w.order_id AND g.group_no = w.group_no))"
		  "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'allocated' AND q.location_id = w.location_id"
		  "  ORDER BY q.priority, q.queued_at DESC, q.order_id DESC, q.line_no DESC, q.part_no DESC LIMIT w.units) AS p",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID, INT8ARRAYOID, INT8ARRAYOID, INT4ARRAYOID);

/* All who have units of a SKU and are not on a pick list. */
STATEMENT(read_allocated,
		  "SELECT " CLAIM_COLUMNS " FROM backorder.order_line_part q"
		  " JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = q.order_id"
		  "  AND g.group_no = q.group_no AND g.status <> 'released'"
		  " WHERE q.merchant_id = $1 AND q.sku IN (SELECT unnest($2)) AND q.status = 'allocated'",
		  INT4OID, TEXTARRAYOID);

/* The claim on a part of this SKU, made if there is none yet. */
Claim *
claim_part(Work *work, Sku *book, int64 order_id, int32 line_no, int32 part_no, bool *found)
{
	ClaimKey	key;
	Claim	   *claim;

	memset(&key, 0, sizeof(key));
	key.order_id = order_id;
	key.line_no = line_no;
	key.part_no = part_no;
	claim = hash_search(work->claims, &key, HASH_ENTER, found);
	if (!*found)
	{
		memset((char *) claim + sizeof(ClaimKey), 0, sizeof(Claim) - sizeof(ClaimKey));
		claim->book = book;
		book->claims = lappend(book->claims, claim);
	}
	return claim;
}

/* Makes, or finds, the claim on a part that was read with CLAIM_COLUMNS. */
static Claim *
read_claim(Work *work, uint64 row)
{
	Sku		   *book = find_sku(work, text_at(row, 1));
	char	   *basis = text_at(row, 11);
	bool		found;
	Claim	   *claim = claim_part(work, book, int64_at(row, 2), int32_at(row, 3), int32_at(row, 4), &found);

	if (found)
		return claim;
	claim->quantity = int64_at(row, 5);
	claim->waiting = bool_at(row, 6);
	claim->location = int32_at(row, 7);
	claim->priority = int32_at(row, 8);
	claim->queued_at = time_at(row, 9);
	claim->promised_at = time_at(row, 10);
	claim->basis = basis == NULL ? BASIS_UNKNOWN : name_index(basis, promise_basis_names);
	return claim;
}

/* Units of the part that wait once the plan is carried out. */
int64
units_left_waiting(const Claim *claim)
{
	return (claim->waiting ? claim->quantity - claim->cancel : claim->take) - claim->give;
}

/* Whether the plan does anything with the part. */
static bool
is_action(const Claim *claim)
{
	return claim->cancel > 0 || claim->take > 0 || claim->give > 0 || claim->re_date || claim->re_promise;
}

/* Queue order: priority desc, queued_at, order_id, line_no, part_no. */
static int
compare_places(const ListCell *a, const ListCell *b)
{
	const Claim *x = lfirst(a);
	const Claim *y = lfirst(b);

	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	if (x->queued_at != y->queued_at)
		return x->queued_at < y->queued_at ? -1 : 1;
	if (x->key.order_id != y->key.order_id)
		return x->key.order_id < y->key.order_id ? -1 : 1;
	if (x->key.line_no != y->key.line_no)
		return x->key.line_no < y->key.line_no ? -1 : 1;
	return (x->key.part_no > y->key.part_no) - (x->key.part_no < y->key.part_no);
}

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
	static const Oid types[] = {TEXTOID, INT4OID, INT8OID, INT8OID, INT4OID};
	Batch		shelves;
	uint64		rows;

	start_batch(&shelves, lengthof(types), types);
	for (int i = 0; i < work->nskus; i++)
	{
		Sku		   *book = &work->skus[i];

		for (int j = 0; j < book->nshelves; j++)
		{
			Shelf	   *shelf = &book->shelves[j];
			Datum		row[] = {CStringGetTextDatum(book->sku), Int32GetDatum(shelf->location),
			Int64GetDatum(add_units(overdrawn(shelf), list_length(book->claims))),
			Int64GetDatum(work->unreleased_order), Int32GetDatum(work->unreleased_group)};

			if (overdrawn(shelf) > 0)
				add_row(&shelves, row, NULL);
		}
	}
	rows = run_batch(&read_holders, work->merchant_id, &shelves);
	for (uint64 i = 0; i < rows; i++)
		plan_take(read_claim(work, i));
	if (rows > 0)
		done_reading();
}

/* Units that may be given to the queue now. */
static int64
fillable_units(const Sku *book)
{
	if (book->backordered == 0)
		return 0;
	return Max(free_units(book) - book->item.safety_stock, 0);
}

/*
 * Whether parts that were promised by the lead time, behind all open supply, move up to where supply reaches them, which
 * may come later than they were promised.
 */
static bool
moves_up(const Sku *book)
{
	return book->item.lead_time != NULL && book->backordered > 0 &&
		(fillable_units(book) > 0 || book->backordered < book->backordered_before ||
		 supply_gap(book) < book->gap_before);
}

/* Reads as much of each queue as the plan needs: all of it where promises are re-laid. */
static void
read_claims(Work *work)
{
	static const Oid types[] = {TEXTOID, INT8OID};
	Batch		queues;
	uint64		rows;

	start_batch(&queues, lengthof(types), types);
	for (int i = 0; i < work->nskus; i++)
	{
		Sku		   *book = &work->skus[i];
		int64		units = book->must_relay && book->backordered > 0 ? MAX_QUANTITY : fillable_units(book);
		Datum		row[] = {CStringGetTextDatum(book->sku),
		Int64GetDatum(add_units(units, list_length(book->claims)))};

		book->supplies_read = (book->must_relay && book->backordered > 0) || moves_up(book);
		if (units > 0)
			add_row(&queues, row, NULL);
	}
	rows = run_batch(&read_queues, work->merchant_id, &queues);
	for (uint64 i = 0; i < rows; i++)
		read_claim(work, i);
	if (rows > 0)
		done_reading();
}

/* Reads who else has units of SKUs whose preorder date moved, as of now: of services no row would stand in the way. */
static void
read_preorders(Work *work)
{
	static const Oid types[] = {TEXTOID};
	Batch		skus;
	uint64		rows;

	start_batch(&skus, lengthof(types), types);
	for (int i = 0; i < work->nskus; i++)
	{
		Datum		row[] = {CStringGetTextDatum(work->skus[i].sku)};

		if (work->skus[i].preorder_moved)
			add_row(&skus, row, NULL);
	}
	rows = run_batch_latest(&read_allocated, work->merchant_id, &skus);
	for (uint64 i = 0; i < rows; i++)
		read_claim(work, i);
	if (rows > 0)
		done_reading();
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
static void
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
static void
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
