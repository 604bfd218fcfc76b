/* What one call works on. */
#ifndef BACKORDER_MODEL_CALL_H
#define BACKORDER_MODEL_CALL_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"

#include "base/savepoint.h"
#include "model/states.h"
#include "model/types.h"

/* A change of on_hand, for the ledger. */
typedef struct Movement
{
	const char *sku;
	int32		location;
	const char *kind;
	int64		quantity;
	const char *cause;
} Movement;

struct Merchant
{
	ShipPolicy	ship_policy;
	Interval	handling_time;
	Interval	promise_tolerance;
	bool		split_needs_consent;
	Interval	warning_interval;
	bool		has_incentives; /* active ones */
};

/* One row of location. */
struct Location
{
	int32		location;
	int32		rank;
	bool		active;
};

/* All that one call works on. */
struct Call
{
	int32		merchant_id;
	Merchant	merchant;
	bool		read_only;		/* a preview: no locks, the caller's snapshot */
	TimestampTz clock;
	const char *actor;
	const char *cause;			/* of promise changes */
	int			ninventories;
	Inventory  *inventories;	/* by sku */
	int			nlocations;
	Location   *locations;		/* the merchant's location rows, by id */
	HTAB	   *changes;
	int			norders;
	int			npending;
	Order	  **orders;			/* by id */
	int64	   *pending_orders;	/* that alone have notices which were not sent, ascending; NULL: not known */
	List	   *movements;		/* of Movement */
	List	   *notifications;	/* of Event: notices to subscribers */
	int64		unreleased_order;	/* a group that this call takes off its pick list */
	int32		unreleased_group;
	bool		locks_service_items; /* lock the rows of services too, and judge the items anew */
	bool		reads_all_slots;	/* trusts no mark that slots are idle */
	bool		writes_stock;	/* the movements are to be written to stock too */
	bool		chooses_queue_position; /* the new order's place in the queue may be another than the last of the usual ones */
	bool		reference_taken;	/* by another session, since the call looked for it: nothing is written */
	bool		in_savepoint;	/* what this call holds, and does, is in this subtransaction */
	Savepoint	savepoint;
	void		(*return_rows) (const Order *order, FunctionCallInfo fcinfo);	/* returns rows of an order that is finished, or NULL */
	FunctionCallInfo fcinfo;
};

#endif
