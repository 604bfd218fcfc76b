/*
 * What each line of a checkout gets from what is available, what of it waits, and which lines are
 * refused.
 *
 * Nothing ends while the lines are planned: a refused line keeps its reason, so that one error, or
 * one preview, names all of them. Lines of one SKU share what is available in line order.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/json.h"

#include "rules/line_plan.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/dates.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/payload.h"
#include "model/request.h"
#include "model/states.h"
#include "model/stock_policy.h"
#include "rules/sourcing.h"

/*
 * Adds the keys that say why a line is refused; for a line that would leave too late, they include
 * its date.
 */
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

/*
 * Returns a JSON array for DETAIL with an object for each wanted line; *count tells how many there
 * are.
 */
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
						 line_number(checkout, i));
		escape_json(&json, line->inv->sku);
		appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT, line->units);
		if (line->inv->item.known)
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

/* Whether the catalogue lacks the line's SKU. */
static bool
is_unknown(const LinePlan *line)
{
	return !line->inv->item.known;
}

/* Whether the line cannot be ordered. */
bool
is_refused(const LinePlan *line)
{
	return line->refusal != NULL;
}

/* Ends with an error that names every line whose SKU the catalogue lacks, if there is one. */
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

/* Ends with one error that names every refused line, if there is one. */
void
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
				 all_late ? errhint("Reduce the quantity or raise \"max_wait\"; omit it if no date is known.")
				 : errhint("Reduce the quantity to what is available, or allow backorders of these items.")));
	ereport(ERROR,
			(errcode(ERRCODE_OVER_LIMIT),
			 errmsg("over the backorder limit: %d of %d order lines", count, checkout->request->nlines),
			 errdetail_internal("%s", detail),
			 errhint("Reduce the quantity, or raise backorder_limit of these items.")));
}

/*
 * Divides each line into units that are available and units that are short; lines of one SKU share
 * in line order.
 */
static void
divide_lines(Checkout *checkout)
{
	Call	   *call = checkout->call;

	for (int i = 0; i < call->ninventories; i++)
		call->inventories[i].left = available_to_promise(&call->inventories[i]);
	for (int i = 0; i < checkout->request->nlines; i++)
	{
		LinePlan   *line = &checkout->lines[i];

		line->now = line->inv->item.tracked ? Min(line->units, line->inv->left) : line->units;
		line->later = line->units - line->now;
		if (line->inv->item.tracked)
			line->inv->left -= line->now;
		line->inv->wanted_later = add_units(line->inv->wanted_later, line->later);
	}
}

/* Marks a line as refused, with the reason and its SQLSTATE; raises no error. */
void
refuse(LinePlan *line, int code, const char *reason)
{
	line->refusal = reason;
	line->refusal_code = code;
}

/* Refuses a short line that may not wait; a slot has its own share of backorder_limit. */
static void
judge_short_line(const Checkout *checkout, LinePlan *line)
{
	const CatalogItem *item = &line->inv->item;
	const char *refusal = policy_refusal(checkout->call, item);

	if (checkout->may_wait != NULL && line->later > checkout->may_wait[line - checkout->lines])
		refuse(line, ERRCODE_OUT_OF_STOCK, "not in stock any more");
	else if (checkout->request->consent.accept_backorder == ANSWER_NO)
		refuse(line, ERRCODE_OUT_OF_STOCK, "backorder not accepted");
	else if (refusal != NULL)
		refuse(line, ERRCODE_OUT_OF_STOCK, refusal);
	else if (item->backorder_limit >= 0 && line->inv->slot == NULL &&
			 add_units(line->inv->backordered, line->inv->wanted_later) > item->backorder_limit)
		refuse(line, ERRCODE_OVER_LIMIT, "over the backorder limit");
}

/*
 * Plans what each line gets, and refuses the lines that may not be ordered; ends with an error for
 * unknown SKUs.
 */
void
plan_lines(Checkout *checkout)
{
	int			nlines = checkout->request->nlines;

	checkout->lines = palloc0_array(LinePlan, nlines);
	for (int i = 0; i < nlines; i++)
	{
		checkout->lines[i].inv = find_inventory(checkout->call, checkout->request->lines[i].sku);
		checkout->lines[i].units = checkout->request->lines[i].quantity;
	}
	check_known(checkout);
	divide_lines(checkout);
	for (int i = 0; i < nlines; i++)
	{
		LinePlan   *line = &checkout->lines[i];

		if (line->later > 0)
			judge_short_line(checkout, line);
		else if (!line->inv->item.tracked && !has_open_location(checkout->call))
		{
			line->now = 0;
			refuse(line, ERRCODE_OUT_OF_STOCK, "no location is open");
		}
	}
}

/* Returns the status of a line in a preview. */
const char *
preview_status(const Checkout *checkout, const LinePlan *line)
{
	if (line->refusal != NULL)
		return "out_of_stock";
	if (!line->inv->item.tracked)
		return "untracked";
	if (preorder_date(checkout->call, &line->inv->item) != NO_TIME)
		return "preorder";
	if (line->later == 0)
		return "in_stock";
	if (line->inv->item.policy == PREORDER)
		return "preorder";
	return line->now == 0 ? "backorder" : "partial";
}
