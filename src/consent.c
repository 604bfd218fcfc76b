/*
 * Consent: what the customer agreed to when he ordered. Whether some of it may wait (accept_backorder), for how long
 * (max_wait), and whether it may come in instalments (accept_split); and what he was shown then.
 */
#include "checkout.h"

#include "miscadmin.h"
#include "statement.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

/* Whether the customer agreed to delivery in instalments; without an answer that is up to the merchant. */
bool
split_is_agreed(const Work *work, const Request *request)
{
	if (request->consent.accept_split == ANSWER_NONE)
		return !work->merchant.split_needs_consent;
	return request->consent.accept_split == ANSWER_YES;
}

/* Refuses to deliver in instalments to a customer who did not agree to that. */
static void
check_split_agreed(const Request *request)
{
	const char *policy = ship_policy_names[request->ship_policy];

	if (request->ship_policy == COMPLETE_ORDER)
		return;
	if (request->consent.accept_split == ANSWER_NO)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("malformed request: \"ship_policy\" is %s, but \"accept_split\" is false", policy),
				 errdetail("Who does not agree to delivery in instalments can only be served by complete_order."),
				 errhint("Leave \"ship_policy\" out, or ask the customer to agree.")));
	ereport(ERROR,
			(errcode(ERRCODE_MALFORMED_REQUEST),
			 errmsg("malformed request: \"ship_policy\" is %s, but \"accept_split\" is not given", policy),
			 errdetail("This merchant delivers in instalments only with the customer's consent (merchant.split_needs_consent)."),
			 errhint("Pass \"accept_split\": true if the customer agrees, or leave \"ship_policy\" out.")));
}

/* The ship policy of a new order: that which it names, else the merchant's; without consent to a split complete_order. */
ShipPolicy
agreed_policy(const Work *work, const Request *request)
{
	if (split_is_agreed(work, request))
		return request->ship_policy < 0 ? work->merchant.ship_policy : request->ship_policy;
	if (request->ship_policy >= 0)
		check_split_agreed(request);
	return COMPLETE_ORDER;
}

/* The books of the work as they stand, to go back to after a plan that is not carried out. */
Sku *
save_books(const Work *work)
{
	Sku		   *saved = palloc_array(Sku, Max(work->nskus, 1));

	memcpy(saved, work->skus, sizeof(Sku) * work->nskus);
	for (int i = 0; i < work->nskus; i++)
	{
		saved[i].shelves = palloc_array(Shelf, saved[i].nshelves + 1);
		memcpy(saved[i].shelves, work->skus[i].shelves, sizeof(Shelf) * saved[i].nshelves);
	}
	return saved;
}

/* Puts the books back as they were saved; planning an order adds no shelves to them. */
void
restore_books(Work *work, const Sku *saved)
{
	for (int i = 0; i < work->nskus; i++)
	{
		Shelf	   *shelves = work->skus[i].shelves;

		Assert(work->skus[i].nshelves == saved[i].nshelves);
		memcpy(shelves, saved[i].shelves, sizeof(Shelf) * saved[i].nshelves);
		work->skus[i] = saved[i];
		work->skus[i].shelves = shelves;
	}
}

/* A copy of an order with its parts and groups, on which can be tried what would become of it. */
static Order *
copy_order(const Order *order)
{
	Order	   *copy = palloc_object(Order);
	ListCell   *lc;

	*copy = *order;
	copy->groups = copy->parts = NIL;
	foreach(lc, order->groups)
	{
		ShipmentGroup *group = palloc_object(ShipmentGroup);

		*group = *(ShipmentGroup *) lfirst(lc);
		copy->groups = lappend(copy->groups, group);
	}
	foreach(lc, order->parts)
	{
		Part	   *part = palloc_object(Part);

		*part = *(Part *) lfirst(lc);
		part->order = copy;
		part->group = part->group == NULL ? NULL : find_group(copy, part->group->group_no);
		copy->parts = lappend(copy->parts, part);
	}
	return copy;
}

/* Notes for each line when the last of its new units would leave; DT_NOEND: nobody knows. */
static void
date_lines(Checkout *checkout)
{
	ListCell   *lc;

	for (int i = 0; i < checkout->request->nlines; i++)
		checkout->lines[i].leaves_at = DT_NOBEGIN;
	foreach(lc, checkout->order->parts)
	{
		const Part *part = lfirst(lc);
		int			i = part->line_no - checkout->first_line;
		TimestampTz date;

		if (!part->fresh || i < 0 || i >= checkout->request->nlines)
			continue;
		date = leaves_at(part) == NO_TIME ? DT_NOEND : leaves_at(part);
		checkout->lines[i].leaves_at = Max(checkout->lines[i].leaves_at, date);
	}
}

/* Refuses the lines that leave after the deadline, by the dates that date_lines() noted. */
static void
judge_dates(Checkout *checkout, TimestampTz deadline)
{
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		LinePlan   *line = &checkout->lines[i];

		if (line->leaves_at <= deadline)
			continue;
		refuse(line, ERRCODE_OUT_OF_STOCK, "would wait longer than max_wait");
		line->late = true;
		if (line->leaves_at == DT_NOEND)
			line->leaves_at = NO_TIME;
	}
}

/*
 * Refuses the lines that would leave later than the customer is willing to wait. Whom a line waits for is known only
 * when the order is planned and split; so that is tried, with the lines that are not refused yet, and taken back.
 */
void
refuse_late_lines(Checkout *checkout, void (*plan) (Checkout *))
{
	const Interval *wait = checkout->request->consent.max_wait;
	Order	   *order = checkout->order;
	Sku		   *books;

	if (wait == NULL)
		return;
	books = save_books(checkout->work);
	checkout->order = order == NULL ? NULL : copy_order(order);
	plan(checkout);
	split_order(checkout->work, checkout->order);
	date_lines(checkout);
	judge_dates(checkout, DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
																  TimestampTzGetDatum(checkout->work->clock),
																  IntervalPGetDatum(wait))));
	checkout->order = order;
	restore_books(checkout->work, books);
}

/* A boolean column as an answer. */
static Answer
answer_at(uint64 row, int column)
{
	if (null_at(row, column))
		return ANSWER_NONE;
	return bool_at(row, column) ? ANSWER_YES : ANSWER_NO;
}

/* Takes over CONSENT_COLUMNS, which begin with this column of the last result. */
void
read_consent(Consent *consent, uint64 row, int column)
{
	consent->accept_backorder = answer_at(row, column);
	consent->accept_split = answer_at(row, column + 1);
	consent->max_wait = NULL;
	if (!null_at(row, column + 2))
	{
		consent->max_wait = palloc_object(Interval);
		*consent->max_wait = *DatumGetIntervalP(datum_at(row, column + 2));
	}
	consent->promise_shown = time_at(row, column + 3);
	consent->unknown_shown = answer_at(row, column + 4);
}

/* The values of CONSENT_COLUMNS. */
void
consent_values(const Consent *consent, Datum *values, bool *nulls)
{
	values[0] = BoolGetDatum(consent->accept_backorder == ANSWER_YES);
	values[1] = BoolGetDatum(consent->accept_split == ANSWER_YES);
	values[2] = IntervalPGetDatum(consent->max_wait);
	values[3] = TimestampTzGetDatum(consent->promise_shown);
	values[4] = BoolGetDatum(consent->unknown_shown == ANSWER_YES);
	nulls[0] = consent->accept_backorder == ANSWER_NONE;
	nulls[1] = consent->accept_split == ANSWER_NONE;
	nulls[2] = consent->max_wait == NULL;
	nulls[3] = consent->promise_shown == NO_TIME;
	nulls[4] = consent->unknown_shown == ANSWER_NONE;
}

/* Whether the customer was told at ordering that the part cannot leave yet: it is short, or sold ahead. */
static bool
is_told_to_wait(const Work *work, const Part *part)
{
	return part->now.status == BACKORDERED || preorder_date(work, &part->book->item) != NO_TIME;
}

/*
 * Notes what the customer of a new order, split already, was shown: the date by which all of it leaves, if some of it
 * has to wait and every date is known; and whether one is not.
 */
void
note_promise_shown(const Work *work, Order *order)
{
	TimestampTz last = NO_TIME;
	bool		waits = false;
	bool		unknown = false;
	ListCell   *lc;

	if (!order->is_new)
		return;
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		waits |= is_told_to_wait(work, part);
		unknown |= leaves_at(part) == NO_TIME;
		last = Max(last, leaves_at(part));
	}
	order->consent.promise_shown = waits && !unknown ? last : NO_TIME;
	order->consent.unknown_shown = unknown ? ANSWER_YES : ANSWER_NO;
}

/* One answer as JSON. */
static const char *
answer_json(Answer answer)
{
	return answer == ANSWER_NONE ? "null" : answer == ANSWER_YES ? "true" : "false";
}

/* A duration as an ISO 8601 string in JSON; null when there is none. */
static void
append_duration(StringInfo json, const Interval *duration)
{
	char		buffer[MAXDATELEN + 1];
	struct pg_itm itm;

	if (duration == NULL)
	{
		appendStringInfoString(json, "null");
		return;
	}
	interval2itm(*duration, &itm);
	EncodeInterval(&itm, INTSTYLE_ISO_8601, buffer);
	appendStringInfo(json, "\"%s\"", buffer);
}

/* "consent": what the customer agreed to when he ordered, and what he was shown. */
void
append_consent(StringInfo json, const Consent *consent)
{
	appendStringInfo(json, ", \"consent\": {\"accept_backorder\": %s, \"accept_split\": %s, \"max_wait\": ",
					 answer_json(consent->accept_backorder), answer_json(consent->accept_split));
	append_duration(json, consent->max_wait);
	appendStringInfoString(json, ", \"promise_shown\": ");
	append_time(json, consent->promise_shown);
	appendStringInfo(json, ", \"unknown_shown\": %s}", answer_json(consent->unknown_shown));
}
