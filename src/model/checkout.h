/* A checkout in memory: what each line of a request gets, and the order that is made of it. */
#ifndef BACKORDER_MODEL_CHECKOUT_H
#define BACKORDER_MODEL_CHECKOUT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/states.h"
#include "model/types.h"

/* What a line gets. */
struct LinePlan
{
	Inventory  *inv;
	int64		units;
	int64		now;			/* allocated */
	int64		later;			/* backordered */
	const char *refusal;		/* why it cannot be ordered, or NULL */
	int			refusal_code;
	bool		late;			/* refused because it would leave later than the customer waits: */
	TimestampTz leaves_at;		/* or NO_TIME: unknown */
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
	bool		import;			/* placed_at is its place in the queue too */
	bool		has_incentives; /* to grant at checkout: looked for before anything is locked */
	List	   *gifts;			/* SKUs whose book is loaded beside those of the request */
	bool		may_plan_again; /* with more gifts: the merchant has some to give */
};

#endif
