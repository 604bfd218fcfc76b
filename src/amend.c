/*
 * Undo: cancel, change, return, expire. What comes free goes to the queue in the same transaction.
 *
 * Open parts can change only under the lock of their SKUs, shipped ones too: so a call reads them under that lock,
 * plans what comes free and who gets it, and then locks its own order together with all others in one pass.
 */
#include "backorder.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "incentive.h"
#include "miscadmin.h"
#include "statement.h"
#include "stock.h"
#include "utils/builtins.h"

FUNCTION_WITH_ATTEMPTS(backorder_cancel_order, cancel_order);
FUNCTION_WITH_ATTEMPTS(backorder_cancel_line, cancel_line);
FUNCTION_WITH_ATTEMPTS(backorder_change_quantity, change_quantity);
FUNCTION_WITH_ATTEMPTS(backorder_return_items, return_items);
FUNCTION_WITH_ATTEMPTS(backorder_expire_holds, expire_holds);

STATEMENT(read_skus,
		  "SELECT DISTINCT sku FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) AND ($3 = 0 OR line_no = $3)",
		  INT4OID, INT8ARRAYOID, INT4OID);

STATEMENT(read_line_parts,
		  "SELECT p.sku, p.order_id, p.line_no, p.part_no, p.quantity, p.status, p.location_id, p.priority,"
		  " p.queued_at, g.status, p.short_at_order FROM backorder.order_line_part p"
		  " JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = p.order_id AND g.group_no = p.group_no"
		  " WHERE p.merchant_id = $1 AND p.order_id IN (SELECT unnest($2)) AND ($3 = 0 OR p.line_no = $3)"
		  " ORDER BY p.order_id, p.line_no, p.queued_at DESC, p.part_no DESC",
		  INT4OID, INT8ARRAYOID, INT4OID);

/* The lines of an order that it was granted as gifts; one that is there when the order is placed is there for good. */
STATEMENT(read_gifts,
		  "SELECT DISTINCT i.line_no, p.sku FROM backorder.order_incentive i"
		  " JOIN backorder.order_line_part p ON p.merchant_id = $1 AND p.order_id = $2 AND p.line_no = i.line_no"
		  " WHERE i.merchant_id = $1 AND i.order_id = $2 AND i.status = 'granted'",
		  INT4OID, INT8OID);

STATEMENT(read_expired,
		  "SELECT order_id FROM backorder.sales_order"
		  " WHERE merchant_id = $1 AND status = 'held' AND hold_until <= $2 ORDER BY order_id",
		  INT4OID, TIMESTAMPTZOID);

#define MAX_ATTEMPTS 3			/* to find the order as it was when the plan was made */

/* A part as it was read under the lock of its SKU, before its order is locked. */
typedef struct SeenPart
{
	ClaimKey	key;
	Sku		   *book;
	int64		quantity;
	PartStatus	status;
	int32		location;
	int32		priority;
	TimestampTz queued_at;
	bool		released;
	bool		short_at_order;
} SeenPart;

/* A call on an order, or on a line of it. */
typedef struct Amendment
{
	int32		merchant_id;
	int64		order_id;
	int32		line_no;		/* 0: all lines */
	Caller		caller;
	Work	   *work;
	List	   *seen;			/* of SeenPart; per line from the end of the queue order */
	Order	   *order;

	/* of a line: what becomes of the gifts, all in an attempt where there are some */
	List	   *gifts;			/* their line numbers */
	bool		service;		/* the line never waited, so they stay */
	bool		takes_gifts;	/* the plan takes them back */
	Attempt		attempt;
	int			attempts;
} Amendment;

/* Goes to work as the owner, with line_no (0 for all) and the merchant in argument n. */
static void
open_amendment(Amendment *amendment, FunctionCallInfo fcinfo, int32 line_no, int n)
{
	amendment->order_id = int64_argument(fcinfo, 0, "order_id");
	amendment->line_no = line_no;
	amendment->merchant_id = merchant_argument(fcinfo, n);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&amendment->caller, amendment->merchant_id, ACCESS_APP);
}

/* Returns the order's parts and ends the call. */
static Datum
close_amendment(Amendment *amendment, FunctionCallInfo fcinfo)
{
	put_parts(amendment->order, fcinfo);
	leave(&amendment->caller);
	SPI_finish();
	return (Datum) 0;
}

/* The SKUs of these orders, or of one line of theirs; *count tells how many. */
static const char **
order_skus(int32 merchant_id, const int64 *order_ids, int norders, int32 line_no, int *count)
{
	Datum		values[] = {
		Int32GetDatum(merchant_id), int8_array(order_ids, norders), Int32GetDatum(line_no)
	};
	const char **skus;

	*count = run(&read_skus, false, values, NULL);
	skus = palloc_array(const char *, *count + 1);
	for (int i = 0; i < *count; i++)
		skus[i] = text_at(i, 1);
	done_reading();
	return skus;
}

/* Refuses an order, or line, that is not there. */
static void
check_exists(const Amendment *amendment, int nskus)
{
	if (nskus == 0 && amendment->line_no != 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("order " INT64_FORMAT " has no line %d", amendment->order_id, amendment->line_no),
				 errhint("Check the order, the line and the merchant.")));
	if (nskus == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("order " INT64_FORMAT " does not exist", amendment->order_id),
				 errhint("Check the order and the merchant.")));
}

/* Returns the part in a row of read_line_parts, with its book; its order is not locked yet. */
static SeenPart *
see_part(const Work *work, uint64 row)
{
	SeenPart   *seen = palloc0_object(SeenPart);

	seen->book = find_sku(work, text_at(row, 1));
	seen->key = (ClaimKey) {.order_id = int64_at(row, 2), .line_no = int32_at(row, 3), .part_no = int32_at(row, 4)};
	seen->quantity = int64_at(row, 5);
	seen->status = name_index(text_at(row, 6), part_status_names);
	seen->location = int32_at(row, 7);
	seen->priority = int32_at(row, 8);
	seen->queued_at = time_at(row, 9);
	seen->released = strcmp(text_at(row, 10), group_status_names[GROUP_RELEASED]) == 0;
	seen->short_at_order = bool_at(row, 11);
	return seen;
}

/* Reads the parts of orders under the lock of their SKUs. */
static List *
see_parts(const Work *work, const int64 *order_ids, int norders, int32 line_no)
{
	Datum		values[] = {
		Int32GetDatum(work->merchant_id), int8_array(order_ids, norders), Int32GetDatum(line_no)
	};
	uint64		rows = run(&read_line_parts, false, values, NULL);
	List	   *seen = NIL;

	for (uint64 i = 0; i < rows; i++)
		seen = lappend(seen, see_part(work, i));
	done_reading();
	return seen;
}

/* Adds the SKUs of the order's gifts to those of the line: they come free too when nothing is left that waits. */
static const char **
add_gifts(Amendment *amendment, const char **skus, int *count)
{
	Datum		values[] = {Int32GetDatum(amendment->merchant_id), Int64GetDatum(amendment->order_id)};
	uint64		rows = run(&read_gifts, false, values, NULL);

	amendment->gifts = NIL;
	skus = repalloc(skus, sizeof(char *) * (*count + rows + 1));
	for (uint64 i = 0; i < rows; i++)
	{
		amendment->gifts = lappend_int(amendment->gifts, int32_at(i, 1));
		skus[(*count)++] = text_at(i, 2);
	}
	done_reading();
	return skus;
}

/* Locks the book of the order's, or line's, SKUs and reads its parts; a line of services has no book, so its order is locked. */
static void
look_at_order(Amendment *amendment)
{
	int			count;
	const char **skus = order_skus(amendment->merchant_id, &amendment->order_id, 1, amendment->line_no, &count);
	const char *first;

	check_exists(amendment, count);
	first = skus[0];
	if (amendment->line_no != 0)
		skus = add_gifts(amendment, skus, &count);
	if (amendment->gifts != NIL)
		begin_attempt(&amendment->attempt);
	amendment->attempts++;
	amendment->work = open_work(&amendment->caller, amendment->merchant_id, false);
	amendment->work->cause = "quantity";
	load_book(amendment->work, skus, count);
	amendment->service = amendment->line_no != 0 && !find_sku(amendment->work, first)->item.tracked;
	if (amendment->service)
		lock_orders(amendment->work, &amendment->order_id, 1);
	amendment->seen = see_parts(amendment->work, &amendment->order_id, 1, amendment->line_no);
	if (amendment->seen == NIL)
		damaged(psprintf("order " INT64_FORMAT " has parts, but no shipment groups", amendment->order_id));
}

/* Whether the part, as it was read, is still to be shipped. */
static bool
is_seen_open(const SeenPart *seen)
{
	return seen->status == ALLOCATED || seen->status == BACKORDERED;
}

/* Plans to cancel units of a part; those of services wait for the order's lock. */
static void
plan_cancel(Work *work, const SeenPart *seen, int64 units)
{
	bool		found;
	Claim	   *claim;

	if (!seen->book->item.tracked)
		return;
	claim = claim_part(work, seen->book, seen->key.order_id, seen->key.line_no, seen->key.part_no, &found);
	claim->quantity = seen->quantity;
	claim->waiting = seen->status == BACKORDERED;
	claim->location = seen->location;
	claim->priority = seen->priority;
	claim->queued_at = seen->queued_at;
	claim->promised_at = NO_TIME;
	claim->cancel = units;
	if (claim->waiting)
		add_backordered(seen->book, -units);
	else
		add_allocated(seen->book, shelf_at(seen->book, seen->location), -units);
}

/* Units of a part, as it was read, that the plan leaves. */
static int64
units_left(const Work *work, const SeenPart *seen)
{
	const Claim *claim = hash_search(work->claims, &seen->key, HASH_FIND, NULL);

	return seen->quantity - (claim == NULL ? 0 : claim->cancel);
}

/* Whether a part, as it was read, entitles the order to its gifts once the plan is carried out. */
static bool
is_entitled(const Amendment *amendment, const SeenPart *seen)
{
	if (seen->status == SHIPPED || seen->status == RETURNED)
		return true;
	return seen->status != CANCELED && (seen->short_at_order || seen->status == BACKORDERED) &&
		!list_member_int(amendment->gifts, seen->key.line_no) && units_left(amendment->work, seen) > 0;
}

/* Plans to take the order's gifts back, but for what is on a pick list, if nothing is left that waits or waited. */
static void
plan_gifts(Amendment *amendment)
{
	List	   *seen;
	ListCell   *lc;

	if (amendment->gifts == NIL || amendment->service)
		return;
	seen = see_parts(amendment->work, &amendment->order_id, 1, 0);
	amendment->takes_gifts = true;
	foreach(lc, seen)
		amendment->takes_gifts &= !is_entitled(amendment, lfirst(lc));
	foreach(lc, seen)
	{
		const SeenPart *part = lfirst(lc);

		if (amendment->takes_gifts && list_member_int(amendment->gifts, part->key.line_no) &&
			part->key.line_no != amendment->line_no && is_seen_open(part) && !part->released)
			plan_cancel(amendment->work, part, part->quantity);
	}
}

/*
 * Whether the order, locked and with the plan carried out, loses its gifts just as planned: its other lines may have
 * changed until it was locked. If not, the attempt is let go of; but after a few, what was planned goes for right.
 */
static bool
gifts_are_as_planned(const Amendment *amendment)
{
	if (amendment->gifts == NIL || amendment->service || amendment->attempts >= MAX_ATTEMPTS ||
		amendment->takes_gifts == loses_gifts(amendment->order))
		return true;
	roll_back_attempt(&amendment->attempt);
	return false;
}

/* Keeps what the amendment has done. */
static void
end_amendment(const Amendment *amendment)
{
	if (amendment->gifts != NIL)
		end_attempt(&amendment->attempt);
}

/* Refuses to cancel what is on a pick list, naming it. */
static void
check_not_released(const Amendment *amendment)
{
	StringInfoData names;
	ListCell   *lc;

	initStringInfo(&names);
	foreach(lc, amendment->seen)
	{
		const SeenPart *seen = lfirst(lc);

		if (seen->released && is_seen_open(seen))
			appendStringInfo(&names, "%sline %d, part %d (" INT64_FORMAT " of \"%s\")", names.len > 0 ? "; " : "",
							 seen->key.line_no, seen->key.part_no, seen->quantity, seen->book->sku);
	}
	if (names.len > 0)
		wrong_state(psprintf("order " INT64_FORMAT " has parts on a pick list", amendment->order_id),
					psprintf("On a pick list: %s.", names.data), "Take their groups off it with unrelease_group() first.");
}

/* Cancels open services of an order, or of a line, once it is locked. */
static void
cancel_services(Order *order, int32 line_no)
{
	List	   *parts = list_copy(order->parts);
	ListCell   *lc;

	foreach(lc, parts)
	{
		Part	   *part = lfirst(lc);

		if (part->tracked || !is_open(part) || (line_no != 0 && part->line_no != line_no))
			continue;
		if (is_frozen(part))
			wrong_state(psprintf("order " INT64_FORMAT " has parts on a pick list", order->order_id),
						psprintf("On a pick list: line %d, part %d.", part->line_no, part->part_no),
						"Take their groups off it with unrelease_group() first.");
		cancel_units(part, part->now.quantity);
	}
}

/* Whether a part of the locked order, or of the line, has left. */
static bool
has_shipped(const Amendment *amendment)
{
	ListCell   *lc;

	foreach(lc, amendment->order->parts)
	{
		const Part *part = lfirst(lc);

		if ((amendment->line_no == 0 || part->line_no == amendment->line_no) &&
			(part->now.status == SHIPPED || part->now.status == RETURNED))
			return true;
	}
	return false;
}

/* Whether a part of the locked order, or of the line, is open. */
static bool
has_open(const Amendment *amendment)
{
	ListCell   *lc;

	foreach(lc, amendment->order->parts)
	{
		const Part *part = lfirst(lc);

		if ((amendment->line_no == 0 || part->line_no == amendment->line_no) && is_open(part))
			return true;
	}
	return false;
}

/* Refuses to cancel what has left; services may have left until the order was locked. */
static void
check_not_shipped(const Amendment *amendment)
{
	if (!has_open(amendment) && has_shipped(amendment))
		wrong_state(amendment->line_no == 0 ? psprintf("order " INT64_FORMAT " cannot be canceled", amendment->order_id)
					: psprintf("line %d of order " INT64_FORMAT " cannot be canceled",
							   amendment->line_no, amendment->order_id),
					"All of it has shipped.", "Use return_items() for what comes back.");
}

/* Cancels gifts that are services, which the plan for the book leaves alone. */
static void
cancel_service_gifts(const Amendment *amendment)
{
	ListCell   *lc;

	if (!amendment->takes_gifts)
		return;
	foreach(lc, amendment->gifts)
		if (lfirst_int(lc) != amendment->line_no)
			cancel_services(amendment->order, lfirst_int(lc));
}

/* Cancels what of an order, or of a line, is open; false if it must be begun again. */
static bool
try_to_cancel(Amendment *amendment, const char *reason)
{
	ListCell   *lc;

	look_at_order(amendment);
	check_not_released(amendment);
	foreach(lc, amendment->seen)
		if (is_seen_open(lfirst(lc)))
			plan_cancel(amendment->work, lfirst(lc), ((SeenPart *) lfirst(lc))->quantity);
	plan_gifts(amendment);
	plan_settlement(amendment->work);
	lock_plan(amendment->work, &amendment->order_id, 1);
	amendment->order = get_order(amendment->work, amendment->order_id);
	check_not_shipped(amendment);
	if (has_open(amendment))
	{
		amendment->order->reason = reason;
		carry_out_plan(amendment->work);
		cancel_services(amendment->order, amendment->line_no);
		if (!gifts_are_as_planned(amendment))
			return false;
		cancel_service_gifts(amendment);
		finish(amendment->work);
	}
	end_amendment(amendment);
	return true;
}

/* Cancels what of an order, or of a line, has not shipped. What is canceled already is left as it is. */
static Datum
cancel(FunctionCallInfo fcinfo, int32 line_no, const char *reason, int n)
{
	Amendment	amendment = {0};

	open_amendment(&amendment, fcinfo, line_no, n);
	while (!try_to_cancel(&amendment, reason))
		CHECK_FOR_INTERRUPTS();
	return close_amendment(&amendment, fcinfo);
}

/* cancel_order(order_id, reason, merchant_id): leaves nothing of the order open, and returns its parts. */
static Datum
cancel_order(PG_FUNCTION_ARGS)
{
	return cancel(fcinfo, 0, optional_text_argument(fcinfo, 1), 2);
}

/* Argument 1, a line number above 0. */
static int32
line_argument(FunctionCallInfo fcinfo)
{
	int32		line_no = int32_argument(fcinfo, 1, "line_no");

	if (line_no <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("line_no must be above 0"),
				 errhint("Lines are numbered from 1 in the order of the request.")));
	return line_no;
}

/* cancel_line(order_id, line_no, reason, merchant_id): leaves nothing of the line open; returns the order's parts. */
static Datum
cancel_line(PG_FUNCTION_ARGS)
{
	return cancel(fcinfo, line_argument(fcinfo), optional_text_argument(fcinfo, 2), 3);
}

/* Units of the line that are not canceled. */
static int64
line_units(const Amendment *amendment)
{
	int64		units = 0;
	ListCell   *lc;

	foreach(lc, amendment->seen)
		if (((SeenPart *) lfirst(lc))->status != CANCELED)
			units = add_units(units, ((SeenPart *) lfirst(lc))->quantity);
	return units;
}

/* Refuses to go below what has shipped or is on a pick list. */
static void
check_units_left(const Amendment *amendment, int64 missing)
{
	if (missing > 0)
		wrong_state(psprintf("line %d of order " INT64_FORMAT " cannot be lowered that far",
							 amendment->line_no, amendment->order_id),
					psprintf(INT64_FORMAT " units more than that are shipped or on a pick list.", missing),
					"Take its group off the pick list, or use return_items() for what comes back.");
}

/* Plans to cancel units of the line: waiting ones first, then allocated ones, each from the end of the queue order. */
static void
plan_less(Amendment *amendment, int64 units)
{
	static const PartStatus turns[] = {BACKORDERED, ALLOCATED};

	for (size_t i = 0; i < lengthof(turns); i++)
	{
		ListCell   *lc;

		foreach(lc, amendment->seen)
		{
			const SeenPart *seen = lfirst(lc);
			int64		part = Min(units, seen->quantity);

			if (part == 0 || seen->status != turns[i] || seen->released)
				continue;
			plan_cancel(amendment->work, seen, part);
			units -= part;
		}
	}
	check_units_left(amendment, units);
}

/* Cancels units of a line of services. */
static void
cancel_some_services(const Amendment *amendment, int64 units)
{
	List	   *parts = list_copy(amendment->order->parts);

	for (int i = list_length(parts) - 1; i >= 0 && units > 0; i--)
	{
		Part	   *part = list_nth(parts, i);
		int64		some = Min(units, part->now.quantity);

		if (part->line_no != amendment->line_no || part->tracked || !is_open(part) || is_frozen(part))
			continue;
		cancel_units(part, some);
		units -= some;
	}
	check_units_left(amendment, units);
}

/* Lowers the line by so many units; false if it must be begun again. */
static bool
lower_line(Amendment *amendment, int64 units)
{
	bool		tracked = ((SeenPart *) linitial(amendment->seen))->book->item.tracked;

	if (tracked)
		plan_less(amendment, units);
	plan_gifts(amendment);
	plan_settlement(amendment->work);
	lock_plan(amendment->work, &amendment->order_id, 1);
	amendment->order = get_order(amendment->work, amendment->order_id);
	carry_out_plan(amendment->work);
	if (!tracked)
		cancel_some_services(amendment, units);
	if (!gifts_are_as_planned(amendment))
		return false;
	cancel_service_gifts(amendment);
	finish(amendment->work);
	return true;
}

/* Refuses to change an order that is over. */
static void
check_changeable(const Order *order)
{
	if (order->status != ORDER_OPEN && order->status != ORDER_HELD)
		wrong_state(psprintf("order " INT64_FORMAT " cannot be changed", order->order_id),
					psprintf("It is %s.", order_status_names[order->status]), "Place a new order.");
}

/* Refuses more of what was given. */
static void
check_no_gift(const Part *part)
{
	if (part->gift)
		wrong_state(psprintf("line %d of order " INT64_FORMAT " cannot be raised", part->line_no, part->order->order_id),
					"It is a gift.", "Place an order for more of it.");
}

/* Raises the line by so many units, under the rules of checkout. */
static void
raise_line(Amendment *amendment, int64 units)
{
	Sku		   *book = ((SeenPart *) linitial(amendment->seen))->book;
	const Part *like;

	lock_orders(amendment->work, &amendment->order_id, 1);
	amendment->order = get_order(amendment->work, amendment->order_id);
	check_changeable(amendment->order);
	like = find_part(amendment->order, amendment->line_no, 1);
	if (like == NULL)
		damaged(psprintf("line %d of order " INT64_FORMAT " has no first part", amendment->line_no, amendment->order_id));
	check_no_gift(like);
	add_units_to_line(amendment->work, like, book, units);
	finish(amendment->work);
}

/* Refuses a quantity that no line can have. */
static void
check_new_quantity(int64 quantity)
{
	if (quantity < 0 || quantity > MAX_QUANTITY)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("quantity must be between 0 and 2^53"),
				 errhint("Pass the units that the line is to have, shipped ones included.")));
}

/* Brings a line to so many units; false if it must be begun again. */
static bool
try_to_change(Amendment *amendment, int64 quantity)
{
	int64		units;

	look_at_order(amendment);
	units = line_units(amendment);
	if (quantity > units)
		raise_line(amendment, quantity - units);
	else if (quantity < units)
	{
		if (!lower_line(amendment, units - quantity))
			return false;
	}
	else
	{
		read_orders(amendment->work, &amendment->order_id, 1);
		amendment->order = get_order(amendment->work, amendment->order_id);
	}
	end_amendment(amendment);
	return true;
}

/* Brings a line to so many units, shipped ones included, and returns the order's parts. */
static Datum
change_quantity(PG_FUNCTION_ARGS)
{
	int64		quantity = int64_argument(fcinfo, 2, "quantity");
	Amendment	amendment = {0};

	check_new_quantity(quantity);
	open_amendment(&amendment, fcinfo, line_argument(fcinfo), 3);
	while (!try_to_change(&amendment, quantity))
		CHECK_FOR_INTERRUPTS();
	return close_amendment(&amendment, fcinfo);
}

/* Refuses to take back more than has shipped. */
static void
check_returnable(const Amendment *amendment, int64 shipped, int64 quantity)
{
	if (quantity > shipped)
		wrong_state(psprintf("line %d of order " INT64_FORMAT " has not that many units to return",
							 amendment->line_no, amendment->order_id),
					psprintf(INT64_FORMAT " are shipped and not returned.", shipped),
					"Return no more than was shipped.");
}

/* Marks shipped units of the line as returned. */
static void
return_units(const Amendment *amendment, int64 units)
{
	List	   *parts = list_copy(amendment->order->parts);
	int64		shipped = 0;
	ListCell   *lc;

	foreach(lc, parts)
	{
		Part	   *part = lfirst(lc);

		if (part->line_no == amendment->line_no && part->now.status == SHIPPED)
			shipped = add_units(shipped, part->now.quantity);
	}
	check_returnable(amendment, shipped, units);
	foreach(lc, parts)
	{
		Part	   *part = lfirst(lc);
		int64		some = Min(units, part->now.quantity);

		if (some == 0 || part->line_no != amendment->line_no || part->now.status != SHIPPED)
			continue;
		(some == part->now.quantity ? part : split_off(part, some))->now.status = RETURNED;
		units -= some;
	}
}

/* Puts returned goods on a shelf, once it and the SKU are locked, and plans who gets them. */
static void
plan_restock(Amendment *amendment, int32 location, int64 quantity)
{
	Sku		   *book = &amendment->work->skus[0];

	amendment->work->writes_stock = true;
	add_on_hand(amendment->work, book, location, quantity, "returned",
				psprintf("order " INT64_FORMAT ", line %d", amendment->order_id, amendment->line_no));
	plan_settlement(amendment->work);
}

/* Promises that the location is above 0. */
static void
check_return_location(int32 location)
{
	if (location <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("location_id must be above 0"),
				 errhint("Name the location that takes the goods back.")));
}

/* Books the return: of goods that go on the shelf, the shelf and the SKU are locked first. */
static void
take_items_back(Amendment *amendment, int64 quantity, int32 location, bool restock)
{
	int			count;
	const char **skus = order_skus(amendment->merchant_id, &amendment->order_id, 1, amendment->line_no, &count);
	Attempt		attempt;
	List	   *keys;

	check_exists(amendment, count);
	keys = restock ? list_make1(make_stock_key(skus[0], location)) : NIL;
	if (is_service_sku(amendment->merchant_id, skus[0]))
		keys = NIL;
	hold_stock(&attempt, amendment->merchant_id, keys, true, NULL, NULL);
	amendment->work = open_work(&amendment->caller, amendment->merchant_id, false);
	amendment->work->cause = "stock";
	load_book(amendment->work, skus, count);
	if (keys != NIL)
		plan_restock(amendment, location, quantity);
	lock_plan(amendment->work, &amendment->order_id, 1);
	amendment->order = get_order(amendment->work, amendment->order_id);
	return_units(amendment, quantity);
	carry_out_plan(amendment->work);
	finish(amendment->work);
	end_attempt(&attempt);
}

/* Marks shipped units as returned, goods on the shelf again unless restock is false; returns the order's parts. */
static Datum
return_items(PG_FUNCTION_ARGS)
{
	int64		quantity = quantity_argument(fcinfo, 2, "quantity");
	int32		location = int32_argument(fcinfo, 3, "location_id");
	bool		restock = PG_ARGISNULL(4) || PG_GETARG_BOOL(4);
	Amendment	amendment = {0};

	check_return_location(location);
	open_amendment(&amendment, fcinfo, line_argument(fcinfo), 5);
	take_items_back(&amendment, quantity, location, restock);
	return close_amendment(&amendment, fcinfo);
}

/* The held orders whose time is over; *count tells how many. */
static int64 *
expired_orders(int32 merchant_id, TimestampTz as_of, int *count)
{
	Datum		values[] = {Int32GetDatum(merchant_id), TimestampTzGetDatum(as_of)};
	int64	   *ids;

	*count = run(&read_expired, false, values, NULL);
	ids = palloc_array(int64, *count + 1);
	for (int i = 0; i < *count; i++)
		ids[i] = int64_at(i, 1);
	done_reading();
	return ids;
}

/* Whether all these orders, locked now, are still held and expired. */
static bool
all_expired(const Work *work, const int64 *ids, int count, TimestampTz as_of)
{
	for (int i = 0; i < count; i++)
	{
		const Order *order = find_order(work, ids[i]);

		if (order == NULL || order->status != ORDER_HELD || order->hold_until == NO_TIME || order->hold_until > as_of)
			return false;
	}
	return true;
}

/* Plans to cancel whole orders, and locks them with all that get what comes free. */
static Work *
plan_expiry(Caller *caller, int32 merchant_id, const int64 *ids, int count)
{
	int			nskus;
	const char **skus = order_skus(merchant_id, ids, count, 0, &nskus);
	Work	   *work = open_work(caller, merchant_id, false);
	ListCell   *lc;

	work->cause = "quantity";
	load_book(work, skus, nskus);
	foreach(lc, see_parts(work, ids, count, 0))
		if (is_seen_open(lfirst(lc)))
			plan_cancel(work, lfirst(lc), ((SeenPart *) lfirst(lc))->quantity);
	plan_settlement(work);
	lock_plan(work, ids, count);
	return work;
}

/* Returns one order that has expired. */
static void
put_expired(const Order *order, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[] = {
		Int64GetDatum(order->order_id), CStringGetTextDatum(order->reference), TimestampTzGetDatum(order->hold_until),
		json_datum("{}")
	};
	bool		nulls[lengthof(values)] = {false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Cancels the expired orders; begins again where one was confirmed or canceled before it could be locked. */
static void
expire(Caller *caller, int32 merchant_id, TimestampTz as_of, FunctionCallInfo fcinfo)
{
	for (;;)
	{
		Attempt		attempt;
		Work	   *work;
		int			count;
		int64	   *ids = expired_orders(merchant_id, as_of, &count);

		if (count == 0)
			return;
		begin_attempt(&attempt);
		work = plan_expiry(caller, merchant_id, ids, count);
		if (!all_expired(work, ids, count, as_of))
		{
			roll_back_attempt(&attempt);
			continue;
		}
		carry_out_plan(work);
		for (int i = 0; i < count; i++)
			cancel_services(find_order(work, ids[i]), 0);
		finish(work);
		end_attempt(&attempt);
		for (int i = 0; i < count; i++)
			put_expired(find_order(work, ids[i]), fcinfo);
		return;
	}
}

/* Cancels the held orders whose time is over at as_of, now by default, and returns them. */
static Datum
expire_holds(PG_FUNCTION_ARGS)
{
	TimestampTz as_of = PG_ARGISNULL(0) ? read_clock() : PG_GETARG_TIMESTAMPTZ(0);
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	expire(&caller, merchant_id, as_of, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
