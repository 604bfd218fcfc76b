/* An order in memory: its parts and shipment groups, as they were read and as they will be written. */
#ifndef BACKORDER_MODEL_ORDER_H
#define BACKORDER_MODEL_ORDER_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "storage/itemptr.h"

#include "model/states.h"
#include "model/types.h"

/*
 * What the customer agreed to, and was shown, when ordering. Each entry is a field of Consent, a column of
 * sales_order, and a key of "consent" in payloads. Its type is that of the column, as base/sql.h describes: BOOL
 * is an Answer in C, INTERVAL is an Interval * or NULL, TIMESTAMPTZ is a time or NO_TIME.
 *
 * promise_shown is NO_TIME if nothing had to wait, or if a date was unknown; unknown_shown tells these two apart.
 * It is ANSWER_NONE before the order is placed, and for orders that version 0.1.0 wrote.
 */
#define CONSENT_COLUMNS(first, next, prefix) \
	first(prefix, accept_backorder, BOOL) next(prefix, accept_split, BOOL) next(prefix, max_wait, INTERVAL) \
	next(prefix, promise_shown, TIMESTAMPTZ) next(prefix, unknown_shown, BOOL)

struct Consent
{
#define CONSENT_FIELD(prefix, name, type) CONSENT_##type name;
#define CONSENT_BOOL Answer
#define CONSENT_INTERVAL Interval *
#define CONSENT_TIMESTAMPTZ TimestampTz
	CONSENT_COLUMNS(CONSENT_FIELD, CONSENT_FIELD, )
};

typedef struct GroupFields
{
	GroupStatus status;
	int32		location;
	TimestampTz promised_at;
	TimestampTz not_before;
	char	   *tracking;
	TimestampTz released_at;
	TimestampTz shipped_at;
	TimestampTz delivered_at;
} GroupFields;

/* A row of shipment_group. */
struct ShipmentGroup
{
	int32		group_no;
	bool		is_new;
	bool		assigned;		/* group_shipments() has chosen its status, location and date */
	bool		dated;
	bool		empty;
	ItemPointerData tid;
	GroupFields	now;			/* as it will be written */
	GroupFields	was;			/* as it was read */
};

typedef struct PartFields
{
	PartStatus	status;
	int64		quantity;
	int32		group_no;
	int32		location;		/* NO_LOCATION while it waits */
	TimestampTz first_promised_at;
	TimestampTz promised_at;	/* NO_TIME: unknown */
	PromiseBasis basis;
} PartFields;

/* A row of order_line_part. */
struct Part
{
	Order	   *order;
	int32		line_no;
	int32		part_no;
	const char *sku;
	const char *name;			/* of the item, or NULL */
	Inventory  *inv;			/* NULL if the call has not locked the SKU */
	bool		tracked;
	int32		priority;
	TimestampTz queued_at;
	bool		short_at_order;
	bool		deallocated;	/* its units were allocated when they were ordered, and waited later */
	Datum		unit_price;		/* numeric */
	bool		no_price;
	TimestampTz item_date;		/* the item's preorder date, even if it is past; or NO_TIME */
	ShipmentGroup *group;
	ShipSet	   *ship_set;		/* set by group_shipments() */
	bool		waits;			/* for its ship set; set by group_shipments() */
	bool		is_new;			/* has no row yet */
	bool		fresh;			/* its units are new, not split off from another part */
	bool		filled;			/* this call allocated it */
	bool		regrouped;		/* this call moved waiting units between it and other parts of its line */
	bool		gift;			/* an incentive granted its line */
	ItemPointerData tid;
	PartFields	now;			/* as it will be written */
	PartFields	was;			/* as it was read */
};

struct Order
{
	int64		order_id;
	const char *reference;
	Datum		request_hash;
	const char *customer;		/* or NULL */
	OrderStatus status;
	OrderStatus was_status;
	ShipPolicy	policy;
	int32		priority;
	TimestampTz placed_at;
	TimestampTz queued_at;		/* the time in the queue of parts that are added */
	TimestampTz hold_until;		/* or NO_TIME */
	int64		units;
	int32		revision;
	int32		groups_used;
	bool		is_new;
	ItemPointerData tid;
	Consent		consent;
	bool		confirmed;		/* this call opened it: the customer has not been notified yet */
	const char *reason;			/* of a cancellation, or NULL */
	List	   *parts;			/* of Part, in order of line_no, part_no */
	List	   *groups;			/* of ShipmentGroup, in order of group_no */
	List	   *canceled;		/* of Canceled, by this call */
	const char *customer_group; /* or NULL */
	List	   *grants;			/* of Grant, in the order in which they were granted */
	List	   *forgotten;		/* of Grant: those that this call takes back as if they had never been */
	List	   *pending;		/* pending notifications of the order, which this call may replace */
	List	   *known;			/* of KnownUnits: what the customer knew before the pending notifications */
	List	   *moves;			/* of Move: what is news for the customer */
	List	   *fills;			/* of Fill: likewise */
};

/* Units of one line that the customer knows to be allocated, or to wait, until one date. */
struct KnownUnits
{
	int32		line_no;
	int32		part_no;
	PartStatus	status;
	int64		quantity;
	TimestampTz promised_at;	/* NO_TIME: unknown */
};

/* Units of a part whose date is another one than the customer knows. */
struct Move
{
	const Part *part;
	int64		quantity;
	TimestampTz from;			/* NO_TIME: the customer knows no date, or not the units */
};

/* Units of a part that are allocated, and that the customer knows to wait. */
struct Fill
{
	const Part *part;
	int64		quantity;
};

/* Units of a line that this call canceled. */
struct Canceled
{
	int32		line_no;
	const char *sku;
	int64		quantity;
};

/* A row of order_incentive. */
struct Grant
{
	int64		incentive_id;
	int32		step;			/* 0: at checkout */
	const char *name;			/* or NULL */
	const char *kind;
	Datum		value;			/* numeric */
	int32		line_no;		/* of the gift, or 0 */
	bool		withdrawn;
	bool		budgeted;		/* taken from the incentive's budget */
	TimestampTz granted_at;		/* as read */
	Datum		lowered_from;	/* numeric: its first value, if it was lowered since; 0: it was not */
	Datum		spent;			/* numeric: the part of its value that cannot be taken back */
	bool		forfeited;		/* the order has lost it, but not all of it could be taken back */
	bool		untold;			/* for a slip, and no notification tells of it that a worker has taken */
	bool		is_new;			/* has no row yet */
	bool		forgotten;		/* this call takes it back as if it had never been */
	bool		changed;		/* this call lowered or withdrew it, or found it forfeited or spent */
	Datum		was_value;		/* as it was read */

	/* the terms under which it was granted; a numeric that is 0 and a list that is NIL are none */
	GrantPolicy on_change;
	int32		slip_days;		/* per step; 0: none, or not known */
	Datum		percent;		/* of the order's value */
	List	   *waiting_lines;	/* of int: lines whose units waited; NIL: any */
	List	   *earning_lines;	/* of int: lines whose wait earned the grant; NIL: any */
	TimestampTz wait_until;		/* the first promise that is late enough, or NO_TIME */
	Datum		min_order_value;
	Datum		min_backordered_value;
};

extern int compare_ids(const void *a, const void *b);
extern int sort_ids(int64 *ids, int count);
extern Order *find_order(const Call *call, int64 order_id);
extern void make_room_for_orders(Call *call, int count);
extern Order *append_order(Call *call, int64 order_id);
extern ShipmentGroup *find_group(const Order *order, int32 group_no);
extern void set_item_facts(Part *part, const CatalogItem *item);
extern Order *get_order(const Call *call, int64 order_id);
extern Part *find_part(const Order *order, int32 line_no, int32 part_no);
extern Part *add_part(Order *order, int32 line_no, Inventory *inv);
extern Part *split_off(Part *part, int64 quantity);
extern int end_of_line(const Order *order, int from, int32 line_no);
extern bool is_open(const Part *part);
extern bool is_frozen(const Part *part);
extern TimestampTz part_not_before(const Call *call, const Part *part);
extern TimestampTz leaves_at(const Part *part);

#endif
