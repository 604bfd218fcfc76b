/* A call: one run of an entry point, with what it reads, plans and writes. */
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

/* A change of on_hand, to be written to the ledger. */
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
	Datum		back_in_stock_factor;	/* numeric; 0: one */
	Datum		time_zone;		/* text; 0: UTC */
	Interval	overdue_grace;
	Interval   *overdue_delay;	/* or NULL */
	LatePayment late_payment;
	bool		has_incentives; /* has active incentives */
};

/* A row of location. */
struct Location
{
	int32		location;
	int32		rank;
	bool		active;
};

struct Call
{
	int32		merchant_id;
	Merchant	merchant;
	bool		read_only;		/* a preview: takes no locks, and uses the caller's snapshot */
	TimestampTz clock;
	const char *actor;
	const char *cause;			/* to record with changed promises */
	TimestampTz moved_at;		/* when the units of its movements moved; NO_TIME: now */
	int			ninventories;
	Inventory  *inventories;	/* in order of sku */
	int			nlocations;
	Location   *locations;		/* all of the merchant's, in order of id */
	HTAB	   *changes;		/* of PlannedChange, by PartKey */
	int			norders;
	int			npending;
	Order	  **orders;			/* in order of id */
	int64	   *pending_orders;	/* the only orders with pending notifications, ascending; NULL: not known */
	List	   *movements;		/* of Movement */
	List	   *notifications;	/* of Event: notifications to subscribers */
	int64		unreleased_order;	/* the group that this call takes off its pick list */
	int32		unreleased_group;
	bool		locks_service_items;	/* lock the rows of services too, and read the items again after that */
	bool		reads_all_slots;	/* read slots even if the inventory record says that they are idle */
	bool		writes_stock;	/* write the movements to stock too */
	bool		chooses_queue_position; /* the new order may not be the last one of the default priority in the queue */
	bool		reference_taken;	/* another session has used the reference meanwhile: write nothing */
	bool		in_portions;	/* a large plan is applied to some of its orders at a time */
	bool		in_savepoint;	/* the call's locks and changes are in this savepoint: */
	Savepoint	savepoint;
	/* returns the rows of a finished order; may be NULL */
	void		(*return_rows) (const Order *order, FunctionCallInfo fcinfo);
	FunctionCallInfo fcinfo;
};

#endif
