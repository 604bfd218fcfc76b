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
	int32		first_line;		/* the number of the request's first line */
	ShipPolicy	policy;			/* of a new order */
	TimestampTz queued_at;
	bool		import;			/* the order's time in the queue is placed_at */
	bool		has_incentives; /* some are granted at checkout; read before anything is locked */
	List	   *gifts;			/* SKUs that are locked in addition to those of the request */
	bool		may_plan_again; /* with more gifts: the merchant has incentives that grant some */
};

#endif
