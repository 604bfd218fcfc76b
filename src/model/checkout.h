/* A checkout in memory: what each line of a request gets, and the new order. */
#ifndef BACKORDER_MODEL_CHECKOUT_H
#define BACKORDER_MODEL_CHECKOUT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/states.h"
#include "model/types.h"

/* What a line of the request gets. */
struct LinePlan
{
	Inventory  *inv;
	int64		units;
	int64		now;			/* allocated */
	int64		later;			/* backordered */
	const char *refusal;		/* why the line is refused, or NULL */
	int			refusal_code;
	bool		late;			/* refused because it leaves later than the customer is willing to wait: */
	TimestampTz leaves_at;		/* NO_TIME: unknown */
};

struct Checkout
{
	Call	   *call;
	const Request *request;
	LinePlan   *lines;
	Order	   *order;
	int32		first_line;		/* the number of the request's first line, */
	const int32 *line_nos;		/* or the numbers of all, ascending; NULL: consecutive */
	const int64 *may_wait;		/* how many units of each line; NULL: what the rules of the item permit */
	ShipPolicy	policy;			/* of a new order */
	TimestampTz queued_at;
	bool		import;			/* the order's time in the queue is placed_at */
	bool		has_incentives; /* some are granted at checkout; read before anything is locked */
	List	   *gifts;			/* SKUs that are locked in addition to those of the request */
	bool		may_plan_again; /* with more gifts: the merchant has incentives that grant some */
};

/* Returns the number in the order of a line of the request. */
static inline int32
line_number(const Checkout *checkout, int i)
{
	return checkout->line_nos == NULL ? checkout->first_line + i : checkout->line_nos[i];
}

#endif
