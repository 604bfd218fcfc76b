/*
 * What is news for the customer of an order: the difference between what the customer knows and how
 * the order stands.
 *
 * The customer knows what the last notification says that a worker has taken. While a later one is
 * pending, its payload holds under "before" what the customer knew of the lines that have changed.
 * Of every other line the customer knows how it stood before this call. A change that is taken back
 * before a worker takes its notification is therefore no news.
 */
#include "postgres.h"

#include "rules/news.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/dates.h"
#include "model/order.h"
#include "model/states.h"
#include "rules/grant_judgment.h"

/*
 * Whether this call gave the part a promise that its units did not have: it has changed, or the units
 * are new, were allocated before, or come from another part.
 */
bool
has_new_promise(const Part *part)
{
	if (part->order->confirmed || !is_open(part))
		return false;
	if (part->fresh || part->regrouped)
		return true;
	if (part->now.status == BACKORDERED && part->was.status == ALLOCATED)
		return true;
	return part->now.status == part->was.status && part->now.promised_at != part->was.promised_at;
}

/* Whether this call changed the part in a way that may be news. */
static bool
has_changed(const Part *part)
{
	return part->filled || has_new_promise(part);
}

/* Whether this call changed the order in a way that may be news. */
bool
has_changed_for_customer(const Order *order)
{
	ListCell   *lc;

	if (!order->confirmed && (order->status == ORDER_HELD || order->was_status == ORDER_HELD))
		return false;
	if (order->confirmed || order->canceled != NIL || has_lost_grant(order))
		return true;
	foreach(lc, order->parts)
		if (has_changed(lfirst(lc)))
			return true;
	return false;
}

/* Whether the units that the customer knows of this line are recorded. */
static bool
is_line_known(const Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->known)
		if (((KnownUnits *) lfirst(lc))->line_no == line_no)
			return true;
	return false;
}

/* Records how a line stood before this call as what the customer knows. */
static void
record_known_line(Order *order, int32 line_no)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);
		KnownUnits *known;

		if (part->line_no != line_no || part->is_new ||
			(part->was.status != ALLOCATED && part->was.status != BACKORDERED))
			continue;
		known = palloc_object(KnownUnits);
		*known = (KnownUnits) {
			.line_no = line_no, .part_no = part->part_no, .status = part->was.status,
			.quantity = part->was.quantity, .promised_at = part->was.promised_at
		};
		order->known = lappend(order->known, known);
	}
}

/* Records what the customer knows of each line that this call changed. */
static void
record_known_lines(Order *order)
{
	ListCell   *lc;

	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if ((has_changed(part) || part->now.status != part->was.status || part->now.quantity != part->was.quantity) &&
			!is_line_known(order, part->line_no))
			record_known_line(order, part->line_no);
	}
}

/* The units of one line: as the customer knows them, and as they are. What is matched is taken off. */
typedef struct LineComparison
{
	Order	   *order;
	List	   *known;			/* of KnownUnits */
	List	   *parts;			/* of Part, the open ones */
	int64	   *left;			/* units of each of these parts */
} LineComparison;

/* Adds units whose date is news. */
static void
add_move(Order *order, const Part *part, int64 quantity, TimestampTz from)
{
	Move	   *last = order->moves == NIL ? NULL : llast(order->moves);

	if (last != NULL && last->part == part && last->from == from)
	{
		last->quantity += quantity;
		return;
	}
	last = palloc_object(Move);
	*last = (Move) {.part = part, .quantity = quantity, .from = from};
	order->moves = lappend(order->moves, last);
}

/* Adds units whose allocation is news. */
static void
add_fill(Order *order, const Part *part, int64 quantity)
{
	Fill	   *last = order->fills == NIL ? NULL : llast(order->fills);

	if (last != NULL && last->part == part)
	{
		last->quantity += quantity;
		return;
	}
	last = palloc_object(Fill);
	*last = (Fill) {.part = part, .quantity = quantity};
	order->fills = lappend(order->fills, last);
}

/* How likely it is that known units and units of a part are the same ones; the likeliest first. */
typedef enum Likeness
{
	SAME_STATUS_AND_DATE, SAME_DATE, SAME_STATUS, SAME_LINE, LIKENESS_END
} Likeness;

/* Whether known units are as like the units of the part. */
static bool
is_like(const KnownUnits *known, const Part *part, Likeness likeness)
{
	bool		same_status = known->status == part->now.status;
	bool		same_date = known->promised_at == part->now.promised_at;

	return (same_status || likeness == SAME_DATE || likeness == SAME_LINE) &&
		(same_date || likeness == SAME_STATUS || likeness == SAME_LINE);
}

/* Whether the part waits, and was short when it was ordered: the customer knows such units to wait. */
static bool
is_known_to_wait(const Part *part)
{
	return part->now.status == BACKORDERED && part->short_at_order;
}

/* Whether units wait again of which the customer knows that their wait was over. */
static bool
is_fill_lost(const KnownUnits *known, const Part *part)
{
	return known->status == ALLOCATED && is_known_to_wait(part);
}

/*
 * Records the news of units that are known: a fill, a fill that is lost, or another date. Units that
 * were in stock when they were ordered, and wait until the date that the customer knows, are none.
 */
static void
record_news(Order *order, const KnownUnits *known, const Part *part, int64 quantity)
{
	if (known->status == BACKORDERED && part->now.status == ALLOCATED)
		add_fill(order, part, quantity);
	else if (known->promised_at != part->now.promised_at || is_fill_lost(known, part))
		add_move(order, part, quantity, known->promised_at);
}

/* Matches known units with units of one part that are as like them. */
static void
match_part(LineComparison *line, int i, Likeness likeness)
{
	const Part *part = list_nth(line->parts, i);
	ListCell   *lc;

	foreach(lc, line->known)
	{
		KnownUnits *known = lfirst(lc);
		int64		units = Min(known->quantity, line->left[i]);

		if (units == 0 || !is_like(known, part, likeness))
			continue;
		record_news(line->order, known, part, units);
		known->quantity -= units;
		line->left[i] -= units;
	}
}

/*
 * Matches known units with units of the line's parts that are as like them; first with those that the
 * customer knows to wait.
 */
static void
match_units(LineComparison *line, Likeness likeness)
{
	for (int i = 0; i < list_length(line->parts); i++)
		if (is_known_to_wait(list_nth(line->parts, i)))
			match_part(line, i, likeness);
	for (int i = 0; i < list_length(line->parts); i++)
		match_part(line, i, likeness);
}

/* Finds the news of one line. */
static void
compare_line(Order *order, int32 line_no)
{
	LineComparison line = {.order = order};
	ListCell   *lc;

	foreach(lc, order->known)
	{
		KnownUnits *known = lfirst(lc);

		if (known->line_no != line_no)
			continue;
		line.known = lappend(line.known, memcpy(palloc_object(KnownUnits), known, sizeof(KnownUnits)));
	}
	line.left = palloc_array(int64, list_length(order->parts));
	foreach(lc, order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->line_no != line_no || !is_open(part))
			continue;
		line.left[list_length(line.parts)] = part->now.quantity;
		line.parts = lappend(line.parts, part);
	}
	for (Likeness likeness = SAME_STATUS_AND_DATE; likeness < LIKENESS_END; likeness++)
		match_units(&line, likeness);
	for (int i = 0; i < list_length(line.parts); i++)
		if (line.left[i] > 0)
			add_move(order, list_nth(line.parts, i), line.left[i], NO_TIME);
}

/* Whether one of these parts has new units. */
static bool
has_fresh_part(const Order *order, int from, int to)
{
	for (int i = from; i < to; i++)
		if (((Part *) list_nth(order->parts, i))->fresh)
			return true;
	return false;
}

/*
 * Finds the news of an order that this call changed: units that were filled, and units whose date
 * has moved. Of an order that is placed everything is news, and nothing is a change.
 */
void
find_news(Order *order)
{
	int			count = list_length(order->parts);
	int			to;

	if (order->confirmed)
		return;
	record_known_lines(order);
	for (int from = 0; from < count; from = to)
	{
		int32		line_no = ((Part *) list_nth(order->parts, from))->line_no;

		to = end_of_line(order, from, line_no);
		if (is_line_known(order, line_no) || has_fresh_part(order, from, to))
			compare_line(order, line_no);
	}
}

/* Returns the waiting part from which a part was split off by this call; the part itself if it was not. */
static const Part *
origin_of(const Part *part)
{
	ListCell   *lc;

	if (!part->is_new)
		return part;
	foreach(lc, part->order->parts)
	{
		const Part *other = lfirst(lc);

		if (other->line_no == part->line_no && !other->is_new && other->was.status == BACKORDERED &&
			other->queued_at == part->queued_at && other->was.promised_at == part->now.promised_at)
			return other;
	}
	return part;
}

/* Returns what the customer knew of the part before the pending notifications; NULL if they do not tell of it. */
static const KnownUnits *
known_before(const Part *part)
{
	const Part *origin = origin_of(part);
	ListCell   *lc;

	foreach(lc, part->order->known)
	{
		const KnownUnits *known = lfirst(lc);

		if (known->line_no == origin->line_no && known->part_no == origin->part_no)
			return known;
	}
	return NULL;
}

/*
 * Gives a part that this call filled the date that the customer knows, if it has one of which nobody
 * was told. A date that cannot be met any more becomes the earliest one that can.
 */
void
restore_known_date(const Call *call, Part *part)
{
	const KnownUnits *known = part->filled ? known_before(part) : NULL;
	TimestampTz earliest = Max(dispatch_after(call, call->clock), part_not_before(call, part));

	if (known == NULL || known->promised_at == part->now.promised_at)
		return;
	if (known->promised_at != NO_TIME && (known->promised_at >= earliest || is_same_day(call, known->promised_at, earliest)))
		set_promise(part, known->promised_at, BASIS_SHELF);
	else
		set_promise(part, earliest, BASIS_SHELF);
}
