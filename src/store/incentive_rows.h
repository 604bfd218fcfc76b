/* The incentives that a merchant has defined. */
#ifndef BACKORDER_STORE_INCENTIVE_ROWS_H
#define BACKORDER_STORE_INCENTIVE_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/states.h"
#include "model/types.h"

/* A backordered part, with what conditions of incentives look at. */
typedef struct WaitingPart
{
	int64		order_id;
	const char *customer_group; /* of the order, or NULL */
	Datum		order_value;	/* numeric */
	int32		line_no;
	const char *sku;
	Datum		value;			/* of the part, numeric */
	bool		no_value;		/* no price is known */
	TimestampTz promised_at;	/* or NO_TIME */
	int32		slipped_days;	/* by which the promise has moved beyond the first one */
} WaitingPart;

/* An incentive whose conditions hold for the waiting parts of an order. */
typedef struct IncentiveCandidate
{
	int64		order_id;
	int64		incentive_id;
	char	   *name;			/* or NULL */
	char	   *kind;
	char	   *gift_sku;		/* or NULL */
	int64		gift_quantity;
	bool		combines;
	Datum		value;			/* of a grant, numeric */
	bool		budgeted;
	int64		grants_left;	/* as read, over all budget shares; -1: no limit */
	Datum		value_left;		/* as read, over all budget shares */
	bool		any_value;		/* value_left has no limit */
	int32		steps;			/* that the promise has reached */
	int32		slip_days;		/* per step */
	GrantPolicy on_change;
	Datum		percent;		/* of the order's value, numeric; 0: none */
	TimestampTz wait_until;		/* the date that a wait must reach, or NO_TIME */
	Datum		min_order_value;	/* numeric; 0: none */
	Datum		min_backordered_value;	/* numeric; 0: none */
	List	   *lines;			/* of int: the lines that wait and match */
} IncentiveCandidate;

extern List *find_candidates_at_checkout(const Call *call, const List *waiting);
extern List *find_candidates_after_slip(const Call *call, const List *waiting);
extern List *read_active_incentives(const Call *call, bool *any_at_checkout);

#endif
