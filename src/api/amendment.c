/*
 * Undo: cancel, change, return, expire. What comes free goes to the queue in the same transaction.
 *
 * Open parts can change only under the lock of their SKUs, shipped ones too: so a call reads them under that lock,
 * plans what comes free and who gets it, and then locks its own order together with all others in one pass.
 */
#include "postgres.h"

#include "funcapi.h"

#include "api/amendment.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/names.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "model/states.h"
#include "store/order_rows.h"
#include "rules/grant_changes.h"
#include "engine/call.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/result_rows.h"

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

/* Goes to work as the owner, with line_no (0 for all) and the merchant in argument n. */
void
begin_amendment(Amendment *amendment, FunctionCallInfo fcinfo, int32 line_no, int n)
{
	amendment->order_id = int64_argument(fcinfo, 0, "order_id");
	amendment->line_no = line_no;
	amendment->merchant_id = merchant_argument(fcinfo, n);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&amendment->caller, amendment->merchant_id, ACCESS_APP);
}

/* Returns the order's parts and ends the call. */
Datum
end_amendment(Amendment *amendment, FunctionCallInfo fcinfo)
{
	return_parts(amendment->order, fcinfo);
	leave(&amendment->caller);
	SPI_finish();
	return (Datum) 0;
}

/* The SKUs of these orders, or of one line of theirs; *count tells how many. */
const char **
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
void
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
read_seen_part(const Call *call, uint64 row)
{
	SeenPart   *seen = palloc0_object(SeenPart);

	seen->inv = find_inventory(call, text_at(row, 1));
	seen->key = (PartKey) {.order_id = int64_at(row, 2), .line_no = int32_at(row, 3), .part_no = int32_at(row, 4)};
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
List *
read_seen_parts(const Call *call, const int64 *order_ids, int norders, int32 line_no)
{
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), int8_array(order_ids, norders), Int32GetDatum(line_no)
	};
	uint64		rows = run(&read_line_parts, false, values, NULL);
	List	   *seen = NIL;

	for (uint64 i = 0; i < rows; i++)
		seen = lappend(seen, read_seen_part(call, i));
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
void
plan_on_order(Amendment *amendment)
{
	int			count;
	const char **skus = order_skus(amendment->merchant_id, &amendment->order_id, 1, amendment->line_no, &count);
	const char *first;

	check_exists(amendment, count);
	first = skus[0];
	if (amendment->line_no != 0)
		skus = add_gifts(amendment, skus, &count);
	if (amendment->gifts != NIL)
		begin_savepoint(&amendment->savepoint);
	amendment->attempts++;
	amendment->call = begin_call(&amendment->caller, amendment->merchant_id, false);
	amendment->call->cause = "quantity";
	lock_inventory(amendment->call, skus, count);
	amendment->service = amendment->line_no != 0 && !find_inventory(amendment->call, first)->item.tracked;
	if (amendment->service)
		lock_orders(amendment->call, &amendment->order_id, 1);
	amendment->seen = read_seen_parts(amendment->call, &amendment->order_id, 1, amendment->line_no);
	if (amendment->seen == NIL)
		damaged(psprintf("order " INT64_FORMAT " has parts, but no shipment groups", amendment->order_id));
}

/* Whether the part, as it was read, is still to be shipped. */
bool
is_seen_open(const SeenPart *seen)
{
	return seen->status == ALLOCATED || seen->status == BACKORDERED;
}

/* Plans to cancel units of a part; those of services wait for the order's lock. */
void
plan_cancel(Call *call, const SeenPart *seen, int64 units)
{
	bool		found;
	PlannedChange *change;

	if (!seen->inv->item.tracked)
		return;
	change = change_of_part(call, seen->inv, seen->key.order_id, seen->key.line_no, seen->key.part_no, &found);
	change->quantity = seen->quantity;
	change->waiting = seen->status == BACKORDERED;
	change->location = seen->location;
	change->priority = seen->priority;
	change->queued_at = seen->queued_at;
	change->promised_at = NO_TIME;
	change->cancel = units;
	if (change->waiting)
		add_backordered(seen->inv, -units);
	else
		add_allocated(seen->inv, stock_at(seen->inv, seen->location), -units);
}

/* Units of a part, as it was read, that the plan leaves. */
static int64
units_left(const Call *call, const SeenPart *seen)
{
	const PlannedChange *change = hash_search(call->changes, &seen->key, HASH_FIND, NULL);

	return seen->quantity - (change == NULL ? 0 : change->cancel);
}

/* Whether a part, as it was read, entitles the order to its gifts once the plan is carried out. */
static bool
is_entitled(const Amendment *amendment, const SeenPart *seen)
{
	if (seen->status == SHIPPED || seen->status == RETURNED)
		return true;
	return seen->status != CANCELED && (seen->short_at_order || seen->status == BACKORDERED) &&
		!list_member_int(amendment->gifts, seen->key.line_no) && units_left(amendment->call, seen) > 0;
}

/* Plans to take the order's gifts back, but for what is on a pick list, if nothing is left that waits or waited. */
void
plan_gifts(Amendment *amendment)
{
	List	   *seen;
	ListCell   *lc;

	if (amendment->gifts == NIL || amendment->service)
		return;
	seen = read_seen_parts(amendment->call, &amendment->order_id, 1, 0);
	amendment->takes_gifts = true;
	foreach(lc, seen)
		amendment->takes_gifts &= !is_entitled(amendment, lfirst(lc));
	foreach(lc, seen)
	{
		const SeenPart *part = lfirst(lc);

		if (amendment->takes_gifts && list_member_int(amendment->gifts, part->key.line_no) &&
			part->key.line_no != amendment->line_no && is_seen_open(part) && !part->released)
			plan_cancel(amendment->call, part, part->quantity);
	}
}

/*
 * Whether the order, locked and with the plan carried out, loses its gifts just as planned: its other lines may have
 * changed until it was locked. If not, the attempt is let go of; but after a few, what was planned goes for right.
 */
bool
gifts_are_as_planned(const Amendment *amendment)
{
	if (amendment->gifts == NIL || amendment->service || amendment->attempts >= MAX_ATTEMPTS ||
		amendment->takes_gifts == loses_gifts(amendment->order))
		return true;
	roll_back_to_savepoint(&amendment->savepoint);
	return false;
}

/* Keeps what the amendment has done. */
void
release_amendment(const Amendment *amendment)
{
	if (amendment->gifts != NIL)
		release_savepoint(&amendment->savepoint);
}

/* Cancels open services of an order, or of a line, once it is locked. */
void
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

/* Whether a part of the locked order, or of the line, is open. */
bool
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

/* Cancels gifts that are services, which the plan for the book leaves alone. */
void
cancel_service_gifts(const Amendment *amendment)
{
	ListCell   *lc;

	if (!amendment->takes_gifts)
		return;
	foreach(lc, amendment->gifts)
		if (lfirst_int(lc) != amendment->line_no)
			cancel_services(amendment->order, lfirst_int(lc));
}

/* Argument 1, a line number above 0. */
int32
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
