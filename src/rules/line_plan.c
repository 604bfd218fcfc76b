/* What each line of a checkout gets, and which lines are refused. */
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

/* Whether the catalogue does not have the line's SKU. */
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
	const CatalogItem *item = &line->inv->item;

	if (checkout->request->consent.accept_backorder == ANSWER_NO)
		refuse(line, ERRCODE_OUT_OF_STOCK, "backorder not accepted");
	else if (item->policy == DENY)
		refuse(line, ERRCODE_OUT_OF_STOCK, "not sold on backorder");
	else if (item->policy == PREORDER && preorder_date(checkout->call, item) == NO_TIME)
		refuse(line, ERRCODE_OUT_OF_STOCK, "preorder has ended");
	else if (item->backorder_limit >= 0 && line->inv->slot == NULL &&
			 add_units(line->inv->backordered, line->inv->wanted_later) > item->backorder_limit)
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
		checkout->lines[i].inv = find_inventory(checkout->call, checkout->request->lines[i].sku);
		checkout->lines[i].units = checkout->request->lines[i].quantity;
	}
	check_known(checkout);
	divide_lines(checkout);
	for (int i = 0; i < nlines; i++)
		if (checkout->lines[i].later > 0)
			judge_short_line(checkout, &checkout->lines[i]);
}

/* The one word that a cart page shows for a line. */
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
	return line->now == 0 ? "backorder" : "partial";
}
