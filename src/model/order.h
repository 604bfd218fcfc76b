/* An order in memory: its parts and shipment groups, as they were read and as they are to be. */
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

/* One row of shipment_group: as it is to be, and as it was read. */
struct ShipmentGroup
{
	int32		group_no;
	bool		is_new;
	bool		assigned;		/* group_shipments() has given it a meaning */
	bool		dated;
	bool		empty;
	ItemPointerData tid;
	GroupFields	now;
	GroupFields	was;
};

typedef struct PartFields
{
	PartStatus	status;
	int64		quantity;
	int32		group_no;
	int32		location;		/* or NO_LOCATION */
	TimestampTz first_promised_at;
	TimestampTz promised_at;	/* or NO_TIME */
	PromiseBasis basis;
} PartFields;

/* One row of order_line_part: as it is to be, and as it was read. */
struct Part
{
	Order	   *order;
	int32		line_no;
	int32		part_no;
	const char *sku;
	const char *name;			/* of the item, or NULL */
	Inventory  *inv;			/* NULL for a SKU that this call does not work on */
	bool		tracked;
	int32		priority;
	TimestampTz queued_at;
	bool		short_at_order;
	Datum		unit_price;		/* numeric */
	bool		no_price;
	TimestampTz item_date;		/* the item's preorder date, past or not, or NO_TIME */
	ShipmentGroup *group;
	ShipSet	   *ship_set;		/* of split.c */
	bool		waits;			/* of split.c */
	bool		is_new;			/* has no row yet */
	bool		fresh;			/* its units are new, not split off */
	bool		filled;			/* this call covered it */
	bool		gift;			/* its line was granted by an incentive */
	ItemPointerData tid;
	PartFields	now;
	PartFields	was;
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
	TimestampTz queued_at;		/* since when parts that are added wait */
	TimestampTz hold_until;		/* or NO_TIME */
	int64		units;
	int32		revision;
	int32		groups_used;
	bool		is_new;
	ItemPointerData tid;
	Consent		consent;
	bool		confirmed;		/* this call opened it: the customer hears of it first now */
	const char *reason;			/* of a cancellation, or NULL */
	List	   *parts;			/* of Part, by line_no, part_no */
	List	   *groups;			/* of ShipmentGroup, by group_no */
	List	   *canceled;		/* of Canceled, by this call */
	const char *customer_group; /* or NULL */
	List	   *grants;			/* of Grant, as they were granted */
	List	   *pending;		/* of notify.c */
	List	   *pending_moves;
	List	   *pending_fills;
};

/* Units of a line that this call canceled. */
struct Canceled
{
	int32		line_no;
	const char *sku;
	int64		quantity;
};

/* One row of order_incentive: what the order was granted for waiting. */
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
	bool		is_new;			/* has no row yet */
	bool		changed;		/* this call withdrew it */
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
