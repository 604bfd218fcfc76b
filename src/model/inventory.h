/* The inventory of one SKU in memory. */
#ifndef BACKORDER_MODEL_INVENTORY_H
#define BACKORDER_MODEL_INVENTORY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "storage/itemptr.h"

#include "model/queue_position.h"
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
struct LocationStock
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
	int			nstock;
	int64	   *share;			/* units that may still be allocated */
	int64	   *allocated;		/* units allocated, not in the book yet */
	int64		queue_share;	/* units that may still join the queue */
	int64		backordered;	/* units that joined it, not in the book yet */
};

/* The book of one SKU, read under its lock. */
struct Inventory
{
	const char *sku;
	CatalogItem	item;
	int			nstock;
	int			stock_found;	/* as read: the slots' arrays stand side by side with them */
	LocationStock *stock;
	int64		backordered;
	bool		promises_stale;
	bool		back_in_stock_pending;	/* notices that it is back may be pending */
	bool		has_row;		/* has an availability row */
	bool		slots_idle;		/* no slot has a share or has counted anything: they need not be read */
	ItemPointerData tid;		/* where that was last seen */
	int32		nslots;			/* over which it is spread; 0: none, -1: they are to be made anew */
	int32		slots_read;		/* of them, when all were read */

	/* a checkout's choice between one slot and the whole */
	int64		ordered_units;	/* units; 0: this call is no checkout */
	Slot	   *slot;			/* that it holds instead of the row, or NULL */
	bool		needs_row;		/* one slot will not do */
	int			tries;

	/* as it was read */
	int64		backordered_before;
	int64		shortfall_before;
	int64		discrepancy_before;
	int64		available_before;

	/* what the queue may be promised */
	bool		supplies_read;
	int			nsupplies;
	Supply	   *supplies;		/* open, in order of expected_at */
	bool		has_queue;		/* load_queue_ends() has found its end: */
	QueuePosition queue_end;	/* the last line in it, without part_no */

	/* a plan for the queue */
	List	   *changes;		/* of Claim, in queue order once planned */
	int64		planned;		/* units to give that no shelf has given yet */
	bool		recalculate_all;	/* the promises of the queue are to be re-laid by this call */
	bool		lead_time_moved;	/* promises that rest on the lead time are stale */
	bool		preorder_moved; /* open parts follow the item's preorder date */

	/* a checkout's reckoning */
	int64		left;			/* available units that no line has yet */
	int64		wanted_later;	/* units that its lines want to wait for */
	int64		free_in_trial;	/* of reserve.c */
};

extern Inventory *find_inventory(const Call *call, const char *sku);
extern void add_inventories(Call *call, const char *const *skus, int count);
extern bool holds_slot(const Inventory *inv);
extern void remember_inventory(const Call *call, Inventory *inv);
extern bool is_active_location(const Call *call, int32 location);
extern LocationStock *stock_at(const Inventory *inv, int32 location);
extern LocationStock *get_stock_at(Call *call, Inventory *inv, int32 location);
extern int64 free_at_location(const LocationStock *loc);
extern int64 available_to_promise(const Inventory *inv);
extern int64 supply_shortfall(const Inventory *inv);
extern int64 discrepancy(const Inventory *inv);
extern int64 overallocated(const LocationStock *loc);
extern void add_backordered(Inventory *inv, int64 units);
extern void add_allocated(Inventory *inv, LocationStock *loc, int64 units);
extern void add_on_hand(Call *call, Inventory *inv, int32 location, int64 units, const char *kind, const char *cause);
extern void set_on_hand(Call *call, Inventory *inv, int32 location, int64 on_hand, const char *kind, const char *cause);
extern void drop_empty_stock(Inventory *inv);
extern bool holds_row(const Inventory *inv);
extern int64 fillable_units(const Inventory *inv);
extern bool queue_moves_up(const Inventory *inv);
extern bool queues_by_slot(const Inventory *inv);

#endif
