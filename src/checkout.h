/* A checkout in memory: what each line of a request gets, and the order that is made of it. */
#ifndef BACKORDER_CHECKOUT_H
#define BACKORDER_CHECKOUT_H

#include "backorder.h"
#include "request.h"

/* What a line gets. */
typedef struct LinePlan
{
	Sku		   *book;
	int64		units;
	int64		now;			/* allocated */
	int64		later;			/* backordered */
	const char *refusal;		/* why it cannot be ordered, or NULL */
	int			refusal_code;
	bool		late;			/* refused because it would leave later than the customer waits: */
	TimestampTz leaves_at;		/* or NO_TIME: unknown */
} LinePlan;

typedef struct Checkout
{
	Work	   *work;
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
} Checkout;

/* checkout.c: planning, which place_order() and all that is said before it share */
extern void open_preview(Checkout *checkout, const Caller *caller);
extern void plan_lines(Checkout *checkout);
extern void load_promises(Checkout *checkout);
extern void plan_order(Checkout *checkout);
extern void plan_shipments(Checkout *checkout);
extern void refuse(LinePlan *line, int code, const char *reason);
extern Request *request_argument(FunctionCallInfo fcinfo, int first, char *reference, bool comparing);
extern const char *preview_status(const Checkout *checkout, const LinePlan *line);
extern int32 wait_days(const Work *work, TimestampTz date);
extern void append_refusal(StringInfo json, const LinePlan *line);

/* consent.c: what the customer agreed to */
extern bool split_is_agreed(const Work *work, const Request *request);
extern ShipPolicy agreed_policy(const Work *work, const Request *request);
extern Sku *save_books(const Work *work);
extern void restore_books(Work *work, const Sku *saved);
extern void refuse_late_lines(Checkout *checkout, void (*plan) (Checkout *));

#endif
