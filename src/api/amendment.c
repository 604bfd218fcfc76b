/*
 * Shared by the functions that cancel, change or return something of an order. What they free goes
 * to the queue in the same transaction.
 *
 * The status of an open part changes only while its SKU is locked, but the order's SKUs are known
 * only from its parts. So an amendment locks the SKUs first, reads the parts (SeenPart), and plans
 * what to cancel and which parts get what is freed. Then it locks its own order together with all
 * others of the plan, in one pass by id, and applies the plan. For a service there is no inventory
 * to lock, so the order is locked before its parts are read.
 *
 * A call on one line may take from the order what its gifts were granted for. So it locks the SKUs
 * of the gifts too, judges the gifts as the plan leaves the order, and plans to cancel those that it
 * loses. The order's other lines may change until the order is locked. Therefore the call runs in a
 * savepoint, and begins again if the locked order contradicts the plan.
 */
#include "postgres.h"

#include "nodes/nodes.h"

#include "api/amendment.h"
#include "base/access.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/savepoint.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "model/states.h"
#include "store/order_lookup.h"
#include "store/order_rows.h"
#include "rules/grant_judgment.h"
#include "engine/call.h"
#include "engine/plan.h"
#include "engine/stages.h"
#include "api/result_rows.h"

#define MAX_ATTEMPTS 3			/* to find the gifts as planned; after that, the plan holds */

/*
 * Begins a call on a line, or on all (0), of the order in argument 0. Its options are argument
 * `options`, and the merchant is the argument behind them.
 */
void
begin_amendment(Amendment *amendment, FunctionCallInfo fcinfo, int32 line_no, int options)
{
	(void) options_argument(fcinfo, options, only_key);
	amendment->order_id = int64_argument(fcinfo, 0, "order_id");
	amendment->line_no = line_no;
	amendment->merchant_id = merchant_argument(fcinfo, options + 1);
	enter_function(fcinfo, &amendment->caller, amendment->merchant_id, ACCESS_APP);
}

/* Returns the order's parts and ends the call. */
Datum
end_amendment(Amendment *amendment, FunctionCallInfo fcinfo)
{
	return_parts(amendment->order, fcinfo);
	return leave_function(&amendment->caller);
}

/* Refuses an order or line that does not exist: one without SKUs. */
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

/* Refuses parts whose item was renamed while the call waited for the lock of its old SKU. */
void
check_skus_locked(const List *seen)
{
	ListCell   *lc;

	foreach(lc, seen)
		if (((const SeenPart *) lfirst(lc))->inv == NULL)
			report_rename(((const SeenPart *) lfirst(lc))->key.order_id);
}

/* Ends a call that waited for the lock of a SKU while the item was renamed. */
void
report_rename(int64 order_id)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("an item of order " INT64_FORMAT " was renamed during this call", order_id),
			 errhint("Retry the transaction.")));
}

/*
 * Adds the SKUs of the order's gifts to those of the line, because the gifts may be withdrawn with
 * it.
 */
static const char **
add_gifts(Amendment *amendment, const char **skus, int *count)
{
	List	   *gift_skus;
	ListCell   *lc;

	amendment->gifts = read_gift_lines(amendment->merchant_id, amendment->order_id, &gift_skus);
	skus = repalloc(skus, sizeof(char *) * (*count + list_length(gift_skus) + 1));
	foreach(lc, gift_skus)
		skus[(*count)++] = lfirst(lc);
	return skus;
}

/*
 * Locks the SKUs of the order or line and reads its parts. A line that is a service has no SKU
 * lock, so its order is locked.
 */
void
lock_and_read_parts(Amendment *amendment)
{
	int			count;
	const char **skus = read_order_skus(amendment->merchant_id, &amendment->order_id, 1, amendment->line_no, &count);
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
	check_skus_locked(amendment->seen);
	if (amendment->seen == NIL)
		damaged(psprintf("order " INT64_FORMAT " has parts, but no shipment groups", amendment->order_id));
}

/* Whether the part, as it was read, has not shipped and is not canceled. */
bool
is_seen_open(const SeenPart *seen)
{
	return seen->status == ALLOCATED || seen->status == BACKORDERED;
}

/*
 * Plans to cancel units of a part. Services are left to cancel_services(), which runs when the
 * order is locked.
 */
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

/* Cancels in memory what the plan cancels of a part. */
static void
apply_planned_cancel(const Call *call, Part *part)
{
	PartKey		key = {part->order->order_id, part->line_no, part->part_no};
	const PlannedChange *change = hash_search(call->changes, &key, HASH_FIND, NULL);

	if (change == NULL || change->cancel == 0)
		return;
	if (change->cancel >= part->now.quantity)
		part->now.status = CANCELED;
	else
		part->now.quantity -= change->cancel;
}

/* Returns the lines of the gifts that the order loses by the plan, a list of int. The order is not locked yet. */
static List *
gifts_lost_by_plan(const Amendment *amendment)
{
	Call		look = *amendment->call;
	Order	   *order;
	ListCell   *lc;

	read_orders(&look, &amendment->order_id, 1);
	order = get_order(&look, amendment->order_id);
	foreach(lc, order->parts)
		apply_planned_cancel(&look, lfirst(lc));
	return unearned_gifts(order);
}

/* Plans to cancel the gifts that the order loses and that are not on a pick list. */
void
plan_gifts(Amendment *amendment)
{
	ListCell   *lc;

	if (amendment->gifts == NIL || amendment->service)
		return;
	amendment->lost_gifts = gifts_lost_by_plan(amendment);
	foreach(lc, read_seen_parts(amendment->call, &amendment->order_id, 1, 0))
	{
		const SeenPart *part = lfirst(lc);

		if (list_member_int(amendment->lost_gifts, part->key.line_no) && part->key.line_no != amendment->line_no &&
			is_seen_open(part) && !part->released)
			plan_cancel(amendment->call, part, part->quantity);
	}
}

/*
 * Whether the order, locked and with the plan applied, loses its gifts as planned. If not, rolls
 * back to the savepoint; the caller must begin again. After MAX_ATTEMPTS the plan holds as it is: a
 * gift that the order should lose is then marked as forfeited.
 */
bool
gifts_are_as_planned(const Amendment *amendment)
{
	if (amendment->gifts == NIL || amendment->service || amendment->attempts >= MAX_ATTEMPTS ||
		equal(amendment->lost_gifts, unearned_gifts(amendment->order)))
		return true;
	roll_back_to_savepoint(&amendment->savepoint);
	return false;
}

/* Releases the savepoint of the amendment, if it has one. */
void
release_amendment(const Amendment *amendment)
{
	if (amendment->gifts != NIL)
		release_savepoint(&amendment->savepoint);
}

/* Cancels the open services of a locked order, or of one line (line_no > 0). */
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
						"Call unrelease_group() for their groups first.");
		cancel_units(part, part->now.quantity);
	}
}

/* Whether the locked order, or the line, has an open part. */
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

/* Cancels the gifts that are services and that the plan withdraws. */
void
cancel_service_gifts(const Amendment *amendment)
{
	ListCell   *lc;

	foreach(lc, amendment->lost_gifts)
		if (lfirst_int(lc) != amendment->line_no)
			cancel_services(amendment->order, lfirst_int(lc));
}

/* Returns argument 1, a line number above 0. */
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
