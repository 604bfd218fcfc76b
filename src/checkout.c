/*
 * Checkout: preview_order(), place_order(), confirm_order().
 *
 * Both doors plan the order in memory by the same code: what each line gets now, what waits, from where, until when.
 * A preview stops there; place_order writes it, having locked the SKUs first.
 */
#include "checkout.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "incentive.h"
#include "miscadmin.h"
#include "request.h"
#include "statement.h"
#include "stock.h"
#include "utils/builtins.h"
#include "utils/json.h"

PG_FUNCTION_INFO_V1(backorder_preview_order);
PG_FUNCTION_INFO_V1(backorder_preview_order_arrays);
FUNCTION_WITH_ATTEMPTS(backorder_place_order, place_json_order);
FUNCTION_WITH_ATTEMPTS(backorder_place_order_arrays, place_typed_order);
PG_FUNCTION_INFO_V1(backorder_confirm_order);

DIRECT_STATEMENT(find_reference,
				 DIRECTLY(DIRECT_READ, "sales_order", "sales_order_reference_key", "order_id, request_hash"),
				 "SELECT order_id, request_hash FROM backorder.sales_order WHERE merchant_id = $1 AND reference = $2",
				 INT4OID, TEXTOID);

/* What the merchant grants at checkout, or (slip_days) later. */
DIRECT_STATEMENT(read_incentives,
				 DIRECTLY(DIRECT_READ, "incentive", "incentive_active", "slip_days, gift_sku"),
				 "SELECT slip_days, gift_sku FROM backorder.incentive WHERE merchant_id = $1 AND active",
				 INT4OID);

/* Why a line is refused, as keys of a JSON object; of one that would leave too late also when that is. */
void
append_refusal(StringInfo json, const LinePlan *line)
{
	appendStringInfoString(json, "\"reason\": ");
	escape_json(json, line->refusal);
	if (line->late)
	{
		appendStringInfoString(json, ", \"promised_at\": ");
		append_time(json, line->leaves_at);
	}
}

/* A JSON array of objects for DETAIL, one for each line that passes the test. */
static char *
describe_lines(const Checkout *checkout, bool (*wanted) (const LinePlan *), int *count)
{
	StringInfoData json;

	*count = 0;
	initStringInfo(&json);
	appendStringInfoChar(&json, '[');
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		if (!wanted(line))
			continue;
		appendStringInfo(&json, "%s{\"line_no\": %d, \"sku\": ", (*count)++ > 0 ? ", " : "",
						 checkout->first_line + i);
		escape_json(&json, line->book->sku);
		appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT, line->units);
		if (line->book->item.known)
			appendStringInfo(&json, ", \"available\": " INT64_FORMAT, line->now);
		if (line->refusal != NULL)
		{
			appendStringInfoString(&json, ", ");
			append_refusal(&json, line);
		}
		appendStringInfoChar(&json, '}');
	}
	appendStringInfoChar(&json, ']');
	return json.data;
}

/* Whether the catalogue does not have the line's SKU. */
static bool
is_unknown(const LinePlan *line)
{
	return !line->book->item.known;
}

/* Whether the line cannot be ordered. */
static bool
is_refused(const LinePlan *line)
{
	return line->refusal != NULL;
}

/* Refuses SKUs that the catalogue does not have. */
static void
check_known(const Checkout *checkout)
{
	int			count;
	char	   *detail = describe_lines(checkout, is_unknown, &count);

	if (count > 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNKNOWN_SKU),
				 errmsg("unknown SKU on %d of %d order lines", count, checkout->request->nlines),
				 errdetail_internal("%s", detail),
				 errhint("Insert the item, or correct the SKU.")));
}

/* Refuses short lines that may not wait: all of them in one error. */
static void
check_not_refused(const Checkout *checkout)
{
	int			count;
	char	   *detail = describe_lines(checkout, is_refused, &count);
	bool		out_of_stock = false;
	bool		all_late = true;

	for (int i = 0; i < checkout->request->nlines; i++)
	{
		out_of_stock |= checkout->lines[i].refusal_code == ERRCODE_OUT_OF_STOCK;
		all_late &= checkout->lines[i].late || !is_refused(&checkout->lines[i]);
	}
	if (count == 0)
		return;
	if (out_of_stock)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_STOCK),
				 errmsg("out of stock: %d of %d order lines", count, checkout->request->nlines),
				 errdetail_internal("%s", detail),
				 all_late ? errhint("Order less, or ask the customer to wait longer than \"max_wait\"; where no date is known, leave it out.")
				 : errhint("Order no more than is available, or let these items be backordered.")));
	ereport(ERROR,
			(errcode(ERRCODE_OVER_LIMIT),
			 errmsg("over the backorder limit: %d of %d order lines", count, checkout->request->nlines),
			 errdetail_internal("%s", detail),
			 errhint("Order less, or raise backorder_limit of these items.")));
}

/* Divides each line into what is there now and what is short; lines of one SKU share what there is, in line order. */
static void
divide_lines(Checkout *checkout)
{
	Work	   *work = checkout->work;

	for (int i = 0; i < work->nskus; i++)
		work->skus[i].left = available_units(&work->skus[i]);
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		LinePlan   *line = &checkout->lines[i];

		line->now = line->book->item.tracked ? Min(line->units, line->book->left) : line->units;
		line->later = line->units - line->now;
		if (line->book->item.tracked)
			line->book->left -= line->now;
		line->book->wanted_later = add_units(line->book->wanted_later, line->later);
	}
}

/* Notes why a line cannot be ordered, and the SQLSTATE for that; nothing ends here. */
void
refuse(LinePlan *line, int code, const char *reason)
{
	line->refusal = reason;
	line->refusal_code = code;
}

/* Why a short line may not wait, if so. */
static void
judge_short_line(const Checkout *checkout, LinePlan *line)
{
	const CatalogItem *item = &line->book->item;

	if (checkout->request->consent.accept_backorder == ANSWER_NO)
		refuse(line, ERRCODE_OUT_OF_STOCK, "backorder not accepted");
	else if (item->policy == DENY)
		refuse(line, ERRCODE_OUT_OF_STOCK, "not sold on backorder");
	else if (item->policy == PREORDER && preorder_date(checkout->work, item) == NO_TIME)
		refuse(line, ERRCODE_OUT_OF_STOCK, "preorder has ended");
	else if (item->backorder_limit >= 0 && line->book->slot == NULL &&
			 add_units(line->book->backordered, line->book->wanted_later) > item->backorder_limit)
		refuse(line, ERRCODE_OVER_LIMIT, "over the backorder limit");
}

/* Finds out what each line gets, and which may not be ordered. */
void
plan_lines(Checkout *checkout)
{
	int			nlines = checkout->request->nlines;

	checkout->lines = palloc0_array(LinePlan, nlines);
	for (int i = 0; i < nlines; i++)
	{
		checkout->lines[i].book = find_sku(checkout->work, checkout->request->lines[i].sku);
		checkout->lines[i].units = checkout->request->lines[i].quantity;
	}
	check_known(checkout);
	divide_lines(checkout);
	for (int i = 0; i < nlines; i++)
		if (checkout->lines[i].later > 0)
			judge_short_line(checkout, &checkout->lines[i]);
}

/* A new part of a line with all that parts of the line share. */
static Part *
add_line_part(Checkout *checkout, int i, int64 units, PartStatus status)
{
	const RequestLine *asked = &checkout->request->lines[i];
	Sku		   *book = checkout->lines[i].book;
	Part	   *part = add_part(checkout->order, checkout->first_line + i, book);

	part->queued_at = checkout->import ? checkout->queued_at : place_at_end(checkout->work, part, checkout->queued_at);
	part->short_at_order = status == BACKORDERED;
	part->unit_price = asked->no_price ? book->item.unit_price : asked->unit_price;
	part->no_price = asked->no_price && book->item.no_price;
	part->now.status = status;
	part->now.quantity = units;
	return part;
}

/* Makes a line's parts: a service whole, or what was picked for it and then what is short; none if it is refused. */
static void
add_line_parts(Checkout *checkout, int i, const List *picks)
{
	const LinePlan *line = &checkout->lines[i];
	ListCell   *lc;

	if (line->refusal != NULL)
		return;
	if (!line->book->item.tracked)
		promise_from_shelf(checkout->work, add_line_part(checkout, i, line->units, ALLOCATED));
	foreach(lc, picks)
	{
		const Pick *pick = lfirst(lc);
		Part	   *part = add_line_part(checkout, i, pick->units, ALLOCATED);

		part->now.location = pick->location;
		promise_from_shelf(checkout->work, part);
	}
	if (line->later > 0)
		add_line_part(checkout, i, line->later, BACKORDERED);
}

/* Allocates what is there and makes the parts of all lines; a refused line gets none. */
static void
add_parts(Checkout *checkout)
{
	int			nlines = checkout->request->nlines;
	Want	   *wants = palloc0_array(Want, nlines);
	List	  **picks = palloc0_array(List *, nlines);
	ListCell   *lc;

	for (int i = 0; i < nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		wants[i].book = line->book;
		wants[i].units = line->book->item.tracked && line->refusal == NULL ? line->now : 0;
	}
	foreach(lc, source(wants, nlines))
	{
		Pick	   *pick = lfirst(lc);

		picks[pick->want] = lappend(picks[pick->want], pick);
	}
	for (int i = 0; i < nlines; i++)
		add_line_parts(checkout, i, picks[i]);
}

/* Reads what the dates of the short lines rest on: once, however often the order is planned with it. */
void
load_promises(Checkout *checkout)
{
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];

		line->book->supplies_read |= line->later > 0 && line->refusal == NULL;
	}
	load_supplies(checkout->work);
	load_queue_ends(checkout->work);
}

/* Puts the short parts into the queue and promises them. */
static void
queue_short_parts(Checkout *checkout)
{
	ListCell   *lc;

	foreach(lc, checkout->order->parts)
	{
		Part	   *part = lfirst(lc);

		if (part->fresh && part->now.status == BACKORDERED)
			queue_part(checkout->work, part);
	}
}

/* Makes the order in memory; the queue is counted as if it were the last of it. */
void
plan_order(Checkout *checkout)
{
	const Request *request = checkout->request;
	Work	   *work = checkout->work;
	Order	   *order;

	make_room_for_orders(work, 1);
	order = checkout->order = append_order(work, PG_INT64_MAX);
	order->is_new = true;
	order->reference = request->reference;
	order->customer = request->customer;
	order->customer_group = request->customer_group;
	order->policy = checkout->policy;
	order->consent = request->consent;
	order->priority = request->priority;
	order->queued_at = checkout->queued_at;
	order->placed_at = request->placed_at == NO_TIME ? work->clock : request->placed_at;
	order->hold_until = hold_until(request, work->clock);
	order->status = order->was_status = request->hold == NULL ? ORDER_OPEN : ORDER_HELD;
	order->confirmed = order->status == ORDER_OPEN;
	order->revision = 1;
	for (int i = 0; i < request->nlines; i++)
		order->units += request->lines[i].quantity;
	add_parts(checkout);
	queue_short_parts(checkout);
}

/* Makes the new parts of a line that is raised, in the checkout's order. */
static void
plan_more_units(Checkout *checkout)
{
	checkout->order->queued_at = checkout->queued_at;
	add_parts(checkout);
	queue_short_parts(checkout);
}

/* Adds units to a line of a locked order under the rules of checkout and of its consent, like the part that is there. */
void
add_units_to_line(Work *work, const Part *like, Sku *book, int64 units)
{
	RequestLine line = {.sku = unconstify(char *, book->sku), .quantity = units,
	.unit_price = like->unit_price, .no_price = like->no_price};
	Request		request = {.nlines = 1, .lines = &line, .consent = like->order->consent};
	Checkout	checkout = {.work = work, .request = &request, .order = like->order, .first_line = like->line_no,
	.queued_at = work->clock};

	plan_lines(&checkout);
	load_promises(&checkout);
	refuse_late_lines(&checkout, plan_more_units);
	check_not_refused(&checkout);
	checkout.order->units = add_units(checkout.order->units, units);
	check_quantity(checkout.order->units, "the order's total");
	plan_more_units(&checkout);
}

/* Loads the book of the SKUs that the request names, and of the gifts that are foreseen. */
static void
load_request_book(const Checkout *checkout)
{
	const Request *request = checkout->request;
	int			room = request->nlines + list_length(checkout->gifts);
	const char **skus = palloc_array(const char *, room);
	int64	   *units = palloc0_array(int64, room);
	int			count = 0;
	ListCell   *lc;

	for (int i = 0; i < request->nlines; i++)
	{
		skus[count] = request->lines[i].sku;
		units[count++] = request->lines[i].quantity;
	}
	foreach(lc, checkout->gifts)
		skus[count++] = lfirst(lc);
	checkout->work->chooses_place = checkout->import || request->priority != USUAL_PRIORITY;
	load_book_for_order(checkout->work, skus, units, count);
}

/* Refuses an import dated ahead: it would stand behind everyone, and then before them. */
static void
check_placed_at(const Work *work, const Request *request)
{
	if (request->placed_at != NO_TIME && request->placed_at > work->clock)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("malformed request: \"placed_at\" lies in the future"),
				 errhint("Leave it out for an order placed now.")));
}

/* Returns the parts of the order that was made under this reference, as they are now; false if there is none. */
static bool
put_existing_order(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	Work	   *work = checkout->work;
	const Request *request = checkout->request;
	Datum		values[] = {Int32GetDatum(work->merchant_id), CStringGetTextDatum(request->reference)};
	int64		order_id;

	if (run(&find_reference, false, values, NULL) == 0)
		return false;
	if (!DatumGetBool(DirectFunctionCall2(byteaeq, datum_at(0, 2), request_hash(request))))
		ereport(ERROR,
				(errcode(ERRCODE_REFERENCE_USED),
				 errmsg("reference \"%s\" was used with other content", request->reference),
				 errdetail("It belongs to order " INT64_FORMAT ".", int64_at(0, 1)),
				 errhint("Repeat the request as it was, or use a new reference.")));
	order_id = int64_at(0, 1);
	done_reading();
	read_orders(work, &order_id, 1);
	put_parts(find_order(work, order_id), fcinfo);
	return true;
}

/* Finds out whether the merchant grants anything at checkout; returns the SKUs that he gives. */
static List *
look_for_incentives(Checkout *checkout)
{
	Datum		values[] = {Int32GetDatum(checkout->work->merchant_id)};
	uint64		rows = run(&read_incentives, checkout->work->read_only, values, NULL);
	List	   *gifts = NIL;

	for (uint64 i = 0; i < rows; i++)
	{
		checkout->has_incentives |= null_at(i, 1);
		if (!null_at(i, 2))
			gifts = lappend(gifts, text_at(i, 2));
	}
	done_reading();
	return gifts;
}

/* Places the order that is planned; false if another session took the reference meanwhile. */
static bool
place(Checkout *checkout)
{
	check_not_refused(checkout);
	checkout->order->order_id = next_id();
	checkout->order->request_hash = request_hash(checkout->request);
	return finish(checkout->work);
}

/* Returns the order made under this reference while this call waited for the locks: a line may be short for that. */
static bool
put_order_placed_meanwhile(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	for (int i = 0; i < checkout->request->nlines; i++)
		if (is_refused(&checkout->lines[i]))
			return put_existing_order(checkout, fcinfo);
	return false;
}

/* Since when the order waits: the clock, or for an import the time at which it was placed. */
static TimestampTz
place_in_queue(const Checkout *checkout)
{
	return checkout->import ? checkout->request->placed_at : checkout->work->clock;
}

/* Reads what the plan of a new order rests on, and finds out what each line gets. */
static void
open_plan(Checkout *checkout)
{
	load_request_book(checkout);
	check_placed_at(checkout->work, checkout->request);
	checkout->policy = agreed_policy(checkout->work, checkout->request);
	plan_lines(checkout);
	load_promises(checkout);
	checkout->queued_at = place_in_queue(checkout);
}

/*
 * Grants the planned order what it gets for waiting; false if it must be planned again, with more gifts foreseen. What the
 * merchant began to grant only after this call had begun comes too late: it is in no attempt, to give a budget back.
 */
static bool
grant(Checkout *checkout)
{
	int32		line_no = checkout->first_line + checkout->request->nlines;
	List	   *gifts;

	if (!checkout->has_incentives)
		return true;
	gifts = grant_incentives(checkout->work, checkout->order, line_no, checkout->may_plan_again);
	checkout->gifts = list_concat(checkout->gifts, gifts);
	return gifts == NIL;
}

/* Finds out, locking nothing, which gifts the order may get: so they can be locked with its own SKUs. */
static void
foresee_gifts(Checkout *checkout, Caller *caller)
{
	Checkout	ahead = *checkout;

	do
	{
		ahead.work = open_work(caller, checkout->work->merchant_id, true);
		open_plan(&ahead);
		refuse_late_lines(&ahead, plan_order);
		plan_order(&ahead);
	} while (!grant(&ahead));
	checkout->gifts = ahead.gifts;
}

typedef enum Placing
{
	PLACED,						/* and the parts are returned */
	REFERENCE_TAKEN,			/* by another session meanwhile */
	PLAN_AGAIN					/* with the gifts that are foreseen now */
} Placing;

/* Plans and places the order, and returns its parts; or those of the order placed under its reference meanwhile. */
static Placing
place_new_order(Checkout *checkout, FunctionCallInfo fcinfo)
{
	open_plan(checkout);
	refuse_late_lines(checkout, plan_order);
	if (put_order_placed_meanwhile(checkout, fcinfo))
		return PLACED;
	check_not_refused(checkout);
	plan_order(checkout);
	if (!grant(checkout))
		return PLAN_AGAIN;
	if (!place(checkout))
		return REFERENCE_TAKEN;
	put_parts(checkout->order, fcinfo);
	return PLACED;
}

/* A new work for the checkout, which locks. */
static void
open_checkout(Checkout *checkout, Caller *caller, int32 merchant_id)
{
	checkout->work = open_work(caller, merchant_id, false);
	checkout->work->cause = "placed";
}

/* Ends the attempt in which the book was locked, if there was one. */
static void
close_checkout(const Checkout *checkout)
{
	if (checkout->work->in_attempt)
		end_attempt(&checkout->work->attempt);
}

/*
 * Lets go of all that an attempt to place the order has; of the attempt within it, in which the book was locked, first. If
 * that were kept before, who waits for one of its locks would go on only when the whole transaction has ended.
 */
static void
abandon_checkout(const Checkout *checkout, const Attempt *attempt)
{
	if (checkout->work->in_attempt)
		roll_back_attempt(&checkout->work->attempt);
	roll_back_attempt(attempt);
}

/*
 * Places an order of a merchant who grants incentives, in attempts: gifts are known late, and what was taken from
 * budgets is given back if another session has taken the reference.
 */
static void
place_with_incentives(Checkout *checkout, Caller *caller, FunctionCallInfo fcinfo)
{
	int32		merchant_id = checkout->work->merchant_id;
	Placing		placing;

	if (checkout->may_plan_again)
		foresee_gifts(checkout, caller);
	do
	{
		Attempt		attempt;

		CHECK_FOR_INTERRUPTS();
		begin_attempt(&attempt);
		open_checkout(checkout, caller, merchant_id);
		placing = place_new_order(checkout, fcinfo);
		if (placing == PLACED)
		{
			close_checkout(checkout);
			end_attempt(&attempt);
		}
		else
			abandon_checkout(checkout, &attempt);
	} while (placing == PLAN_AGAIN);
	if (placing == REFERENCE_TAKEN)
		put_existing_order(checkout, fcinfo);
}

/* Places an order whose reference was not taken when it was looked for. */
static void
place_order_once(Checkout *checkout, Caller *caller, FunctionCallInfo fcinfo)
{
	checkout->may_plan_again = look_for_incentives(checkout) != NIL;
	if (checkout->has_incentives)
	{
		place_with_incentives(checkout, caller, fcinfo);
		return;
	}
	if (place_new_order(checkout, fcinfo) == REFERENCE_TAKEN)
		put_existing_order(checkout, fcinfo);
	close_checkout(checkout);
}

/* Places the order, or finds the one placed under its reference before, and returns its parts. */
static Datum
place_order(FunctionCallInfo fcinfo, Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request, .first_line = 1};
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	check_reference(request);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	checkout.import = request->placed_at != NO_TIME && may(&caller, merchant_id, ACCESS_ADMIN);
	open_checkout(&checkout, &caller, merchant_id);
	if (!put_existing_order(&checkout, fcinfo))
		place_order_once(&checkout, &caller, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* place_order() with the request as one JSON object. */
static Datum
place_json_order(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return place_order(fcinfo, parse_request(jsonb_argument(fcinfo, 0, "request"), false), merchant_id);
}

/* The request in arguments first (skus), first + 1 (quantities) and first + 2 (options). */
Request *
request_argument(FunctionCallInfo fcinfo, int first, char *reference, bool comparing)
{
	int			nskus;
	int			nquantities;
	char	  **skus = text_array_argument(fcinfo, first, "skus", &nskus);
	int64	   *quantities = int64_array_argument(fcinfo, first + 1, "quantities", &nquantities);
	Jsonb	   *options = PG_ARGISNULL(first + 2) ? NULL : PG_GETARG_JSONB_P(first + 2);

	return make_request(reference, skus, nskus, quantities, nquantities, options, comparing);
}

/* place_order() with the lines as arrays. */
static Datum
place_typed_order(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 4);

	return place_order(fcinfo, request_argument(fcinfo, 1, text_argument(fcinfo, 0, "reference"), false), merchant_id);
}

/* The one word that a cart page shows for a line. */
const char *
preview_status(const Checkout *checkout, const LinePlan *line)
{
	if (line->refusal != NULL)
		return "out_of_stock";
	if (!line->book->item.tracked)
		return "untracked";
	if (preorder_date(checkout->work, &line->book->item) != NO_TIME)
		return "preorder";
	if (line->later == 0)
		return "in_stock";
	return line->now == 0 ? "backorder" : "partial";
}

/* The date by which all of a line should be dispatched; NO_TIME if that of any part is unknown. */
static TimestampTz
line_date(const Order *order, int from, int to)
{
	TimestampTz date = NO_TIME;

	for (int i = from; i < to; i++)
	{
		const Part *part = list_nth(order->parts, i);

		if (leaves_at(part) == NO_TIME)
			return NO_TIME;
		date = Max(date, leaves_at(part));
	}
	return date;
}

/* Days from the clock to a date, begun days counting whole. */
int32
wait_days(const Work *work, TimestampTz date)
{
	return date <= work->clock ? 0 : (date - work->clock + USECS_PER_DAY - 1) / USECS_PER_DAY;
}

/* detail of a preview line: its parts, or why it is refused. */
static Datum
preview_detail(const Checkout *checkout, const LinePlan *line, int from, int to)
{
	StringInfoData json;

	initStringInfo(&json);
	if (line->refusal != NULL)
	{
		appendStringInfo(&json, "{\"sqlstate\": \"%s\", ", unpack_sql_state(line->refusal_code));
		append_refusal(&json, line);
		appendStringInfoChar(&json, '}');
	}
	else
	{
		appendStringInfoString(&json, "{\"parts\": ");
		append_parts(&json, checkout->order, from, to);
		append_incentives(&json, checkout->order);
		appendStringInfoChar(&json, '}');
	}
	return json_datum(json.data);
}

/* Returns a row for each line of the request. */
static void
put_preview(const Checkout *checkout, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			from = 0;

	for (int i = 0; i < checkout->request->nlines; i++)
	{
		const LinePlan *line = &checkout->lines[i];
		int			to = end_of_line(checkout->order, from, i + 1);
		TimestampTz date = line_date(checkout->order, from, to);
		Datum		values[] = {
			Int32GetDatum(i + 1), CStringGetTextDatum(line->book->sku), Int64GetDatum(line->units),
			CStringGetTextDatum(preview_status(checkout, line)), Int64GetDatum(line->now),
			Int64GetDatum(line->refusal == NULL ? line->later : 0), TimestampTzGetDatum(date),
			Int32GetDatum(wait_days(checkout->work, date)), preview_detail(checkout, line, from, to)
		};
		bool		nulls[lengthof(values)] = {false};

		nulls[6] = nulls[7] = date == NO_TIME;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		from = to;
	}
}

/* Reads what a preview rests on, every gift included; the caller reads alone, and locks nothing. */
void
open_preview(Checkout *checkout, const Caller *caller)
{
	const Request *request = checkout->request;

	checkout->import = request->placed_at != NO_TIME && may(caller, checkout->work->merchant_id, ACCESS_ADMIN);
	checkout->first_line = 1;
	checkout->gifts = look_for_incentives(checkout);
	open_plan(checkout);
}

/* Plans the order, grants what it gets for waiting and splits it; a refused line is left out of it. */
void
plan_shipments(Checkout *checkout)
{
	refuse_late_lines(checkout, plan_order);
	plan_order(checkout);
	(void) grant(checkout);
	split_order(checkout->work, checkout->order);
}

/* Returns what place_order() would give each line now, without locking or writing anything. */
static Datum
preview_order(FunctionCallInfo fcinfo, Request *request, int32 merchant_id)
{
	Checkout	checkout = {.request = request};
	Caller		caller;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_REPORT);
	checkout.work = open_work(&caller, merchant_id, true);
	open_preview(&checkout, &caller);
	plan_shipments(&checkout);
	put_preview(&checkout, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}

/* preview_order() with the request as one JSON object. */
Datum
backorder_preview_order(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 1);

	return preview_order(fcinfo, parse_request(jsonb_argument(fcinfo, 0, "request"), false), merchant_id);
}

/* preview_order() with the lines as arrays. */
Datum
backorder_preview_order_arrays(PG_FUNCTION_ARGS)
{
	int32		merchant_id = merchant_argument(fcinfo, 3);

	return preview_order(fcinfo, request_argument(fcinfo, 0, NULL, false), merchant_id);
}

/* Opens a held order: from now on it ships, and the customer hears of it. Confirming an open one changes nothing. */
Datum
backorder_confirm_order(PG_FUNCTION_ARGS)
{
	int64		order_id = int64_argument(fcinfo, 0, "order_id");
	int32		merchant_id = merchant_argument(fcinfo, 1);
	Caller		caller;
	Work	   *work;
	Order	   *order;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	enter(&caller, merchant_id, ACCESS_APP);
	work = open_work(&caller, merchant_id, false);
	lock_orders(work, &order_id, 1);
	work->clock = read_clock();
	order = get_order(work, order_id);
	if (order->status == ORDER_HELD && order->hold_until != NO_TIME && order->hold_until <= work->clock)
		wrong_state(psprintf("order " INT64_FORMAT " can no longer be confirmed", order_id),
					"Its hold has expired.", "Place a new order, under another reference.");
	if (order->status == ORDER_HELD)
	{
		order->status = ORDER_OPEN;
		order->hold_until = NO_TIME;
		order->confirmed = true;
		finish(work);
	}
	else if (order->status != ORDER_OPEN)
		wrong_state(psprintf("order " INT64_FORMAT " cannot be confirmed", order_id),
					psprintf("It is %s.", order_status_names[order->status]), "Only a held order can be confirmed.");
	put_parts(order, fcinfo);
	leave(&caller);
	SPI_finish();
	return (Datum) 0;
}
