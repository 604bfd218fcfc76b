/* Stages of a call that run over all of its orders. */
#include "postgres.h"

#include "miscadmin.h"

#include "engine/order_stages.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/order.h"
#include "store/outbox.h"
#include "rules/consent.h"
#include "rules/grant_judgment.h"
#include "rules/news.h"
#include "rules/notifications.h"
#include "rules/ship_sets.h"
#include "rules/stock_alerts.h"

/* Reads the clock, after the locks. */
void
read_call_clock(Call *call)
{
	call->clock = read_clock();
}

/* Gives the parts that were filled back the dates that their customers know. */
void
restore_known_dates(Call *call)
{
	for (int i = 0; i < call->norders; i++)
	{
		ListCell   *lc;

		if (call->orders[i]->known != NIL)
			foreach(lc, call->orders[i]->parts)
				restore_known_date(call, lfirst(lc));
	}
}

/*
 * Judges the grants of each order again. A plan that is applied in portions changes nothing that the rule looks at, and
 * could not return anything to budgets in the order of the locks.
 */
void
judge_grants_of_orders(Call *call)
{
	for (int i = 0; i < call->norders && !call->in_portions; i++)
		judge_grants(call->orders[i]);
}

/* Takes back what orders were granted for slips that were put right before anybody was told. */
void
forget_slips_of_orders(Call *call)
{
	for (int i = 0; i < call->norders; i++)
		if (call->orders[i]->pending != NIL)
			forget_untold_slips(call->orders[i]);
}

/* Groups the parts of each order into shipments. */
void
group_shipments_of_orders(Call *call)
{
	for (int i = 0; i < call->norders; i++)
	{
		CHECK_FOR_INTERRUPTS();
		group_shipments(call, call->orders[i]);
	}
}

/* Records, with each new order, the date that the customer was shown. */
void
record_promises_shown(Call *call)
{
	for (int i = 0; i < call->norders; i++)
		record_promise_shown(call, call->orders[i]);
}

/* Returns the rows of each order, for a function that returns some. */
void
return_rows_of_orders(Call *call)
{
	for (int i = 0; call->return_rows != NULL && i < call->norders; i++)
		call->return_rows(call->orders[i], call->fcinfo);
}

/* Writes a row for each event of the work's orders; customers of held ones are told nothing. */
void
notify_customers(Call *call)
{
	Outbox		outbox;

	start_outbox(&outbox);
	for (int i = 0; i < call->norders; i++)
		notify_customer(&outbox, call, call->orders[i]);
	write_outbox(call, &outbox);
}

/* Writes a row for each event of the work's SKUs: warnings, and what subscribers are told. */
void
notify_merchant(Call *call)
{
	Outbox		outbox;
	ListCell   *lc;

	start_outbox(&outbox);
	warn_of_stock(&outbox, call);
	foreach(lc, call->notifications)
		enqueue_notification(&outbox, call, lfirst(lc));
	write_outbox(call, &outbox);
}
