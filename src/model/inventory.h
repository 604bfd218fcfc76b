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

/* What the catalog says about a SKU. */
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
	int32		slots;			/* number of slots that the item asks for; 0: none */
	int64		low_stock;		/* -1: none */
};

/* Location stock: the units of one SKU at one location. */
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

/* One row of availability_slot; its arrays are parallel to the location stock of the inventory. */
struct Slot
{
	ItemPointerData tid;
	int32		slot_no;
	int			nstock;
	int64	   *share;			/* units that may still be allocated */
	int64	   *allocated;		/* units allocated that the inventory does not count yet */
	int64		queue_share;	/* units that may still join the queue */
	int64		backordered;	/* units that joined it and that the inventory does not count yet */
};

/* The inventory of one SKU, read under its lock. */
struct Inventory
{
	const char *sku;
	CatalogItem	item;
	int			nstock;
	int			stock_found;	/* as read: the arrays of slots are parallel to them */
	LocationStock *stock;
	int64		backordered;
	TimestampTz recalculate_at; /* when time alone makes promises of the queue wrong; NO_TIME: never */
	bool		promises_stale;
	bool		back_in_stock_pending;	/* back-in-stock notifications may be pending */
	bool		subscribers_wait;	/* subscriptions may be waiting */
	int64		told_units;		/* that subscribers were told of by notifications which were sent, and that may be there yet */
	bool		has_row;		/* has an availability row */
	bool		slots_idle;		/* no slot has a share or a count, so none is read */
	ItemPointerData tid;		/* where the row was last seen */
	int32		nslots;			/* number of slots; 0: none, -1: repair() makes them again */
	int32		slots_read;		/* number of slots read, when all were read */

	/* a checkout's choice between one slot and the row */
	int64		ordered_units;	/* by this checkout; 0: the call needs the row */
	Slot	   *slot;			/* held instead of the row, or NULL */
	bool		needs_row;		/* one slot does not suffice */
	int			tries;

	/* as it was read */
	int64		backordered_before;
	int64		shortfall_before;
	int64		discrepancy_before;
	int64		available_before;

	/* what promises to the queue rest on */
	bool		supplies_read;
	int			nsupplies;
	Supply	   *supplies;		/* open, in order of expected_at */
	bool		has_queue;		/* load_queue_ends() has found its end */
	QueuePosition queue_end;	/* the last line in it, without part_no */

	/* a plan for the queue */
	List	   *changes;		/* of PlannedChange, in queue order once planned */
	int64		planned;		/* units to allocate that no location has given up yet */
	bool		recalculate_all;	/* this call recalculates the promises of the queue */
	bool		lead_time_moved;	/* promises that rest on the lead time are stale */
	bool		preorder_moved; /* open parts follow the item's preorder date */

	/* what a checkout counts */
	int64		left;			/* available units that no line has taken yet */
	int64		wanted_later;	/* units that its lines want to wait for */
	int64		free_in_trial;	/* free units while locations are compared */
};

extern void recalculate_by(Inventory *inv, TimestampTz time);
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
