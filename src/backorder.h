/*
 * backorder: the data that one call works on, and the steps in the order of the flow.
 *
 * A call reads the book of its SKUs under their locks into a Work, plans, locks the orders that the plan touches,
 * changes parts, groups and shelves in memory, and writes the difference once, at its end.
 */
#ifndef BACKORDER_H
#define BACKORDER_H

#include "postgres.h"

#include "attempt.h"
#include "commands/trigger.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#define MAX_QUANTITY INT64CONST(9007199254740992)	/* 2^53: exact in JSON clients */
#define MAX_KEY_LENGTH 200		/* characters of a SKU or a reference */
#define USUAL_PRIORITY 0		/* of an order that names none */
#define NO_LOCATION 0
#define NO_TIME DT_NOBEGIN

/* SQLSTATEs on which a client must act; standard ones are used elsewhere. */
#define ERRCODE_OUT_OF_STOCK MAKE_SQLSTATE('O','B','0','0','1')
#define ERRCODE_UNKNOWN_SKU MAKE_SQLSTATE('O','B','0','0','2')
#define ERRCODE_OVER_LIMIT MAKE_SQLSTATE('O','B','0','0','3')
#define ERRCODE_REFERENCE_USED MAKE_SQLSTATE('O','B','0','0','4')
#define ERRCODE_WRONG_STATE MAKE_SQLSTATE('O','B','0','0','5')
#define ERRCODE_MALFORMED_REQUEST MAKE_SQLSTATE('O','B','0','0','6')

typedef enum ShipPolicy
{
	AS_AVAILABLE, BACKORDERS_TOGETHER, COMPLETE_LINE, COMPLETE_ORDER
} ShipPolicy;

typedef enum PartStatus
{
	ALLOCATED, BACKORDERED, SHIPPED, CANCELED, RETURNED
} PartStatus;

typedef enum GroupStatus
{
	GROUP_WAITING, GROUP_READY, GROUP_RELEASED, GROUP_SHIPPED, GROUP_DELIVERED, GROUP_CANCELED
} GroupStatus;

typedef enum OrderStatus
{
	ORDER_HELD, ORDER_OPEN, ORDER_COMPLETE, ORDER_CANCELED
} OrderStatus;

typedef enum StockPolicy
{
	DENY, ALLOW, PREORDER
} StockPolicy;

typedef enum PromiseBasis
{
	BASIS_UNKNOWN, BASIS_SHELF, BASIS_SUPPLY, BASIS_LEAD_TIME
} PromiseBasis;

/* What a customer, or the request for him, said to a question. */
typedef enum Answer
{
	ANSWER_NONE, ANSWER_NO, ANSWER_YES
} Answer;

extern const char *const ship_policy_names[];
extern const char *const part_status_names[];
extern const char *const group_status_names[];
extern const char *const order_status_names[];
extern const char *const stock_policy_names[];
extern const char *const promise_basis_names[];
extern int	name_index(const char *name, const char *const *names);

/* What the catalogue says of a SKU. */
typedef struct CatalogItem
{
	bool		known;
	bool		tracked;
	StockPolicy policy;
	char	   *name;			/* or NULL */
	TimestampTz available_from; /* or NO_TIME */
	int64		backorder_limit;	/* -1: none */
	int64		safety_stock;
	Interval   *lead_time;		/* or NULL */
	Datum		unit_price;		/* numeric */
	bool		no_price;
	int32		slots;			/* over which the book is to be spread; 0: none */
	int64		low_stock;		/* -1: none */
} CatalogItem;

/* One location's entry in the book of a SKU. */
typedef struct Shelf
{
	int32		location;
	int64		on_hand;
	int64		allocated;
	bool		active;
	int32		rank;
} Shelf;

typedef struct Supply
{
	int64		open;			/* units still to come */
	TimestampTz expected_at;
} Supply;

/* One row of availability_slot; its arrays stand side by side with the book's shelves. */
typedef struct Slot
{
	ItemPointerData tid;
	int32		slot_no;
	int			nshelves;
	int64	   *share;			/* units that may still be allocated */
	int64	   *allocated;		/* units allocated, not in the book yet */
	int64		queue_share;	/* units that may still join the queue */
	int64		backordered;	/* units that joined it, not in the book yet */
} Slot;

/* The book of one SKU, read under its lock. */
typedef struct Sku
{
	const char *sku;
	CatalogItem		item;
	int			nshelves;
	int			shelves_found;	/* as read: the slots' arrays stand side by side with them */
	Shelf	   *shelves;
	int64		backordered;
	bool		relay;
	bool		retractable;	/* notices that it is back may be pending */
	bool		booked;			/* has an availability row */
	bool		slots_idle;		/* no slot has a share or has counted anything: they need not be read */
	ItemPointerData tid;		/* where that was last seen */
	int32		nslots;			/* over which it is spread; 0: none, -1: they are to be made anew */
	int32		slots_found;	/* of them, when all were read */

	/* a checkout's choice between one slot and the whole */
	int64		asked;			/* units; 0: this call is no checkout */
	Slot	   *slot;			/* that it holds instead of the row, or NULL */
	bool		whole;			/* one slot will not do */
	int			tries;

	/* as it was read */
	int64		backordered_before;
	int64		gap_before;
	int64		discrepancy_before;
	int64		available_before;

	/* what the queue may be promised */
	bool		supplies_read;
	int			nsupplies;
	Supply	   *supplies;		/* open, in order of expected_at */
	bool		has_queue;		/* load_queue_ends() has found its end: */
	int32		last_priority;
	TimestampTz last_queued_at;
	int64		last_order_id;
	int32		last_line_no;

	/* a plan for the queue */
	List	   *claims;			/* of Claim, in queue order once planned */
	int64		planned;		/* units to give that no shelf has given yet */
	bool		must_relay;		/* the promises of the queue are to be re-laid by this call */
	bool		lead_time_moved;	/* promises that rest on the lead time are stale */
	bool		preorder_moved; /* open parts follow the item's preorder date */

	/* a checkout's reckoning */
	int64		left;			/* available units that no line has yet */
	int64		wanted_later;	/* units that its lines want to wait for */
	int64		scratch;		/* of reserve.c */
} Sku;

struct Statement;

/* What a customer agreed to when he ordered, and what he was shown then. */
typedef struct Consent
{
	Answer		accept_backorder;
	Answer		accept_split;
	Interval   *max_wait;		/* or NULL */
	TimestampTz promise_shown;	/* or NO_TIME: nothing had to wait, or a date was unknown */
	Answer		unknown_shown;	/* whether a date was unknown; none before it is placed, and of orders of 0.1.0 */
} Consent;

typedef struct Order Order;
typedef struct Company Company;

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
typedef struct ShipmentGroup
{
	int32		group_no;
	bool		is_new;
	bool		claimed;		/* split_order() has given it a meaning */
	bool		dated;
	bool		empty;
	ItemPointerData tid;
	GroupFields	now;
	GroupFields	was;
} ShipmentGroup;

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
typedef struct Part
{
	Order	   *order;
	int32		line_no;
	int32		part_no;
	const char *sku;
	const char *name;			/* of the item, or NULL */
	Sku		   *book;			/* NULL for a SKU that this call does not work on */
	bool		tracked;
	int32		priority;
	TimestampTz queued_at;
	bool		short_at_order;
	Datum		unit_price;		/* numeric */
	bool		no_price;
	TimestampTz item_date;		/* the item's preorder date, past or not, or NO_TIME */
	ShipmentGroup	   *group;
	Company    *company;		/* of split.c */
	bool		waits;			/* of split.c */
	bool		is_new;			/* has no row yet */
	bool		fresh;			/* its units are new, not split off */
	bool		filled;			/* this call covered it */
	bool		gift;			/* its line was granted by an incentive */
	ItemPointerData tid;
	PartFields	now;
	PartFields	was;
} Part;

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
	List	   *unsent;			/* of notify.c */
	List	   *unsent_moves;
	List	   *unsent_fills;
};

/* Units of a line that this call canceled. */
typedef struct Canceled
{
	int32		line_no;
	const char *sku;
	int64		quantity;
} Canceled;

/* One row of order_incentive: what the order was granted for waiting. */
typedef struct Grant
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
} Grant;

/* What a call plans with one part of its SKUs, before the order is locked. */
typedef struct ClaimKey
{
	int64		order_id;
	int32		line_no;
	int32		part_no;
} ClaimKey;

typedef struct Claim
{
	ClaimKey	key;			/* hash key, first */
	Sku		   *book;
	int32		priority;
	TimestampTz queued_at;
	int64		quantity;		/* of the part, as read */
	bool		waiting;		/* as read: backordered, else allocated at location */
	int32		location;
	int64		cancel;			/* units to cancel */
	int64		take;			/* allocated units to take back */
	int64		give;			/* waiting units to cover */
	bool		re_date;		/* the item's preorder date has moved */
	bool		re_promise;		/* give it the date below */
	TimestampTz promised_at;
	PromiseBasis basis;
} Claim;

/* A change of on_hand, for the ledger. */
typedef struct Movement
{
	const char *sku;
	int32		location;
	const char *kind;
	int64		quantity;
	const char *cause;
} Movement;

typedef struct Merchant
{
	ShipPolicy	ship_policy;
	Interval	handling_time;
	Interval	promise_tolerance;
	bool		split_needs_consent;
	Interval	warning_interval;
	bool		has_incentives; /* active ones */
} Merchant;

/* One row of location. */
typedef struct Place
{
	int32		location;
	int32		rank;
	bool		active;
} Place;

/* All that one call works on. */
typedef struct Work
{
	int32		merchant_id;
	Merchant	merchant;
	bool		read_only;		/* a preview: no locks, the caller's snapshot */
	TimestampTz clock;
	const char *actor;
	const char *cause;			/* of promise changes */
	int			nskus;
	Sku		   *skus;			/* by sku */
	int			nplaces;
	Place	   *places;			/* the merchant's location rows, by id */
	HTAB	   *claims;
	int			norders;
	int			nunsent;
	Order	  **orders;			/* by id */
	int64	   *unsent_orders;	/* that alone have notices which were not sent, ascending; NULL: not known */
	List	   *movements;		/* of Movement */
	List	   *events;			/* of Event: notices to subscribers */
	int64		unreleased_order;	/* a group that this call takes off its pick list */
	int32		unreleased_group;
	bool		locks_services; /* lock the rows of services too, and judge the items anew */
	bool		reads_all_slots;	/* trusts no mark that slots are idle */
	bool		writes_stock;	/* the movements are to be written to stock too */
	bool		chooses_place;	/* the new order's place in the queue may be another than the last of the usual ones */
	bool		in_attempt;		/* what this call holds, and does, is in this subtransaction */
	Attempt		attempt;
	void		(*answer) (const Order *order, FunctionCallInfo fcinfo);	/* returns rows of an order that is finished, or NULL */
	FunctionCallInfo fcinfo;
} Work;

/* backorder.c: settings */
extern TimestampTz read_clock(void);
extern int64 next_id(void);
extern bool is_lower_id(int64 id);

/* access.c: who may do what, and working as the owner */
typedef enum AccessLevel
{
	ACCESS_REPORT, ACCESS_APP, ACCESS_ADMIN
} AccessLevel;

typedef struct Caller
{
	Oid			caller;
	int			security_context;
	int			guc_level;
} Caller;

extern void enter(Caller *caller, int32 merchant_id, AccessLevel needed);
extern void enter_unchecked(Caller *caller);
extern void leave(Caller *caller);
extern bool may(const Caller *caller, int32 merchant_id, AccessLevel needed);
extern bool is_owner(const Caller *caller);
extern const char *caller_name(const Caller *caller);

/* argument.c: guards for SQL arguments */
extern int32 merchant_argument(FunctionCallInfo fcinfo, int n);
extern int64 int64_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern int32 int32_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern int64 quantity_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern char *text_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern char *optional_text_argument(FunctionCallInfo fcinfo, int n);
extern Jsonb *jsonb_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern char **text_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count);
extern char **skus_argument(FunctionCallInfo fcinfo, int n, int *count);
extern int64 *int64_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count);
extern int32 *int32_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count);
extern void check_key(const char *key, const char *name);
extern void check_quantity(int64 quantity, const char *name);
extern int64 add_units(int64 a, int64 b);

/* book.c: the book of SKUs, and its lock */
#define SPREAD_COLUMNS "slots, retractable, slots_idle, backordered"	/* whether one of the slots may do instead of the row */
extern void read_spread(Sku *book, uint64 row, int first);
extern Work *open_work(Caller *caller, int32 merchant_id, bool read_only);
extern void load_book(Work *work, const char *const *skus, int count);
extern void load_book_for_order(Work *work, const char *const *skus, const int64 *units, int count);
extern uint64 run_for_skus(Work *work, struct Statement *statement, bool (*wanted) (const Sku *));
extern void load_supplies(Work *work);
extern void load_more_supplies(Work *work, bool (*wanted) (const Sku *));
extern bool is_service_sku(int32 merchant_id, const char *sku);
extern bool is_active_location(const Work *work, int32 location);
extern bool holds_row(const Sku *book);
extern Sku *find_sku(const Work *work, const char *sku);
extern Shelf *shelf_at(const Sku *book, int32 location);
extern Shelf *get_shelf(Work *work, Sku *book, int32 location);
extern int64 shelf_free(const Shelf *shelf);
extern int64 free_units(const Sku *book);
extern int64 available_units(const Sku *book);
extern int64 supply_gap(const Sku *book);
extern int64 overdrawn(const Shelf *shelf);
extern int64 discrepancy(const Sku *book);
extern void add_backordered(Sku *book, int64 units);
extern void add_allocated(Sku *book, Shelf *shelf, int64 units);
extern void add_on_hand(Work *work, Sku *book, int32 location, int64 units, const char *kind, const char *cause);
extern void set_on_hand(Work *work, Sku *book, int32 location, int64 on_hand, const char *kind, const char *cause);
extern void write_book(Work *work);

/* slot.c: the book of a hot SKU, spread over several rows */
extern bool wants_slot(const Sku *book);
extern bool take_slots(const Work *work);
extern bool may_take_slots(const Work *work);
extern void wait_for_dealers(const Work *work);
extern bool slots_will_do(Work *work);
extern bool queues_by_slot(const Sku *book);
extern void show_slot(Sku *book);
extern void fold_slots(Work *work);
extern void write_slots(Work *work);

/* order.c: orders, their parts and groups */
extern int	compare_ids(const void *a, const void *b);
extern int	sort_ids(int64 *ids, int count);
extern void make_room_for_orders(Work *work, int count);
extern Order *append_order(Work *work, int64 order_id);
extern void lock_orders(Work *work, const int64 *order_ids, int count);
extern void lock_order_rows(Work *work, const int64 *order_ids, int count);
extern void read_locked_orders(Work *work, const int64 *order_ids, int count);
extern void read_orders(Work *work, const int64 *order_ids, int count);
extern Order *find_order(const Work *work, int64 order_id);
extern Order *get_order(const Work *work, int64 order_id);
extern ShipmentGroup *find_group(const Order *order, int32 group_no);
extern Part *find_part(const Order *order, int32 line_no, int32 part_no);
extern Part *add_part(Order *order, int32 line_no, Sku *book);
extern Part *split_off(Part *part, int64 quantity);
extern int	end_of_line(const Order *order, int from, int32 line_no);
extern bool is_open(const Part *part);
extern bool is_frozen(const Part *part);
extern bool write_orders(Work *work);
pg_noreturn extern void damaged(const char *message);
pg_noreturn extern void wrong_state(const char *message, const char *detail, const char *hint);

/* reserve.c: which location gives what */
typedef struct Want
{
	Sku		   *book;
	int64		units;			/* to allocate; there are as many */
} Want;

typedef struct Pick
{
	int			want;			/* its index */
	int32		location;
	int64		units;
} Pick;

extern List *source(Want *wants, int count);

/* checkout.c: the rules of ordering */
extern void add_units_to_line(Work *work, const Part *like, Sku *book, int64 units);

/* consent.c: what the customer agreed to */
#define CONSENT_COLUMNS "accept_backorder, accept_split, max_wait, promise_shown, unknown_shown"
#define CONSENT_TYPES BOOLOID, BOOLOID, INTERVALOID, TIMESTAMPTZOID, BOOLOID
#define NUM_CONSENT_COLUMNS 5
extern void read_consent(Consent *consent, uint64 row, int column);
extern void consent_values(const Consent *consent, Datum *values, bool *nulls);
extern void note_promise_shown(const Work *work, Order *order);
extern void append_consent(StringInfo json, const Consent *consent);

/* split.c: which part belongs in which shipment group */
extern void split_order(const Work *work, Order *order);
extern TimestampTz part_not_before(const Work *work, const Part *part);
extern TimestampTz leaves_at(const Part *part);

/* promise.c: until when */
extern TimestampTz preorder_date(const Work *work, const CatalogItem *item);
extern void promise_from_shelf(const Work *work, Part *part);
extern int64 units_with_next_date(const Sku *book);
extern bool ends_with_usual_priority(const Work *work, const Sku *book);
extern void load_queue_ends(Work *work);
extern TimestampTz place_at_end(const Work *work, const Part *part, TimestampTz now);
extern void queue_part(const Work *work, Part *part);
extern void re_date_part(const Work *work, Part *part);
extern void renew_promise(Part *part, TimestampTz date, PromiseBasis basis);
extern void relay_queue(Work *work, Sku *book);

/* fill.c: cover by level */
extern Claim *claim_part(Work *work, Sku *book, int64 order_id, int32 line_no, int32 part_no, bool *found);
extern int64 units_left_waiting(const Claim *claim);
extern void cancel_units(Part *part, int64 units);
extern void plan_settlement(Work *work);
extern void lock_plan(Work *work, const int64 *others, int count);
extern void carry_out_plan(Work *work);
extern bool finish(Work *work);
extern void settle(Work *work);

/* restock.c: whatever changes a shelf */
extern void init_restock(void);

/* notify.c: who is told what */
#define PAYLOAD_VERSION 1

typedef struct Notices Notices;

/* What there is to tell. */
typedef struct Event
{
	int64		id;
	const char *type;
	const char *audience;
	int64		order_id;		/* 0: none */
	const char *dedupe_key;
	const char *payload;
	TimestampTz deliver_after;
} Event;

extern void append_time(StringInfo json, TimestampTz time);
extern void append_text(StringInfo json, const char *text);
extern void append_basis(StringInfo json, PromiseBasis basis);
extern void separate(StringInfo json);
extern void append_parts(StringInfo json, const Order *order, int from, int to);
extern void add_event(Notices *notices, const Work *work, const Event *event);
extern void tell_customers(Work *work);
extern void tell_merchant(Work *work);

/* watch.c: what became of the stock */
extern void serve_subscribers(Work *work);
extern void warn_merchant(Notices *notices, Work *work);

/* result.c: the rows that functions return */
extern Datum json_datum(const char *json);
extern void put_parts(const Order *order, FunctionCallInfo fcinfo);
extern void put_group(const Order *order, const ShipmentGroup *group, FunctionCallInfo fcinfo);
extern void put_shelf(const Sku *book, int32 location, int64 change, FunctionCallInfo fcinfo);

#endif
