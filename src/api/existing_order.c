/*
 * The order that was placed under the reference of a request.
 *
 * place_order() returns it instead of placing a second one. A preview shows what it has, because
 * its units are allocated to it and would look sold out to a new order. If expire_holds() has
 * canceled it, it is placed again, and a preview shows what it would get.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "api/existing_order.h"
#include "base/errors.h"
#include "model/call.h"
#include "model/checkout.h"
#include "model/order.h"
#include "model/request.h"
#include "store/expired_parts.h"
#include "store/order_lookup.h"
#include "store/order_rows.h"
#include "rules/line_plan.h"

/*
 * Reads the order that was placed under the reference of the request, as it is now; false if there
 * is none. Refuses a reference that was used with other content.
 */
bool
read_existing_order(Call *call, const Request *request, Order **order)
{
	int64		order_id;
	Datum		hash;

	if (request->reference == NULL ||
		!find_reference(call->merchant_id, call->read_only, request->reference, &order_id, &hash))
		return false;
	if (!DatumGetBool(DirectFunctionCall2(byteaeq, hash, request_hash(request))))
		ereport(ERROR,
				(errcode(ERRCODE_REFERENCE_USED),
				 errmsg("reference \"%s\" was used with other content", request->reference),
				 errdetail("It belongs to order " INT64_FORMAT ".", order_id),
				 errhint("Repeat the request as it was, or use a new reference.")));
	read_orders(call, &order_id, 1);
	*order = find_order(call, order_id);
	return *order != NULL;
}

/* Sets what a line of the request has in the order: units that have a location or have shipped, and units that wait. */
static void
show_line(LinePlan *line, const Order *order, int32 line_no)
{
	ListCell   *lc;

	line->refusal = NULL;
	line->now = line->later = 0;
	foreach(lc, order->parts)
	{
		const Part *part = lfirst(lc);

		if (part->line_no != line_no || part->now.status == CANCELED)
			continue;
		if (part->now.status == BACKORDERED)
			line->later += part->now.quantity;
		else
			line->now += part->now.quantity;
	}
	if (line->now + line->later == 0)
		refuse(line, ERRCODE_WRONG_STATE, "canceled");
}

/* Whether the order asks again for its units when it is placed again: expire_holds() has canceled it. */
bool
is_placed_again(const Call *call, const Order *order)
{
	return order->status == ORDER_CANCELED && is_expired(call, order->order_id);
}

/*
 * Shows, in a preview whose lines are planned, the order that was placed under the reference of the
 * request; false if there is none, or it would be placed again.
 */
bool
show_existing_order(Checkout *checkout)
{
	Order	   *order;

	if (!read_existing_order(checkout->call, checkout->request, &order) || is_placed_again(checkout->call, order))
		return false;
	checkout->order = order;
	checkout->policy = checkout->order->policy;
	for (int i = 0; i < checkout->request->nlines; i++)
		show_line(&checkout->lines[i], checkout->order, i + 1);
	return true;
}
