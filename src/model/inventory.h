/* The inventory of one SKU in memory. */
#ifndef BACKORDER_MODEL_INVENTORY_H
#define BACKORDER_MODEL_INVENTORY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "storage/itemptr.h"

#include "model/states.h"
#include "model/types.h"

/* What the catalogue says of a SKU. */
struct CatalogItem
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
};

/* One location's entry in the book of a SKU. */
struct Shelf
{
	int32		location;
	int64		on_hand;
	int64		allocated;
	bool		active;
	int32		rank;
};

struct Supply
{
	int64		open;			/* units still to come */
	TimestampTz expected_at;
};

/* One row of availability_slot; its arrays stand side by side with the book's shelves. */
struct Slot
{
	ItemPointerData tid;
	int32		slot_no;
	int			nshelves;
	int64	   *share;			/* units that may still be allocated */
	int64	   *allocated;		/* units allocated, not in the book yet */
	int64		queue_share;	/* units that may still join the queue */
	int64		backordered;	/* units that joined it, not in the book yet */
};

/* The book of one SKU, read under its lock. */
struct Sku
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
};

extern Sku *find_sku(const Work *work, const char *sku);
extern void lay_out_skus(Work *work, const char *const *skus, int count);
extern bool holds_slot(const Sku *book);
extern void remember_book(const Work *work, Sku *book);
extern bool is_active_location(const Work *work, int32 location);
extern Shelf *shelf_at(const Sku *book, int32 location);
extern Shelf *get_shelf(Work *work, Sku *book, int32 location);
extern int64 shelf_free(const Shelf *shelf);
extern int64 available_units(const Sku *book);
extern int64 supply_gap(const Sku *book);
extern int64 discrepancy(const Sku *book);
extern int64 overdrawn(const Shelf *shelf);
extern void add_backordered(Sku *book, int64 units);
extern void add_allocated(Sku *book, Shelf *shelf, int64 units);
extern void add_on_hand(Work *work, Sku *book, int32 location, int64 units, const char *kind, const char *cause);
extern void set_on_hand(Work *work, Sku *book, int32 location, int64 on_hand, const char *kind, const char *cause);
extern void drop_empty_shelves(Sku *book);
extern bool holds_row(const Sku *book);
extern int64 fillable_units(const Sku *book);
extern bool moves_up(const Sku *book);
extern bool queues_by_slot(const Sku *book);

#endif
