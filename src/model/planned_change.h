/*
 * What a call plans to do with a part before it locks the order of the part.
 *
 * A call holds the locks of its SKUs, so that the parts of these SKUs cannot change. It plans all
 * changes from the parts as it read them, then locks the orders of the plan in one pass, and only
 * then changes parts. A planned change lives in Call.changes, by part, and in Inventory.changes,
 * which the plan sorts by queue order.
 */
#ifndef BACKORDER_MODEL_PLANNED_CHANGE_H
#define BACKORDER_MODEL_PLANNED_CHANGE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/states.h"
#include "model/types.h"

/* The key of a part. */
typedef struct PartKey
{
	int64		order_id;
	int32		line_no;
	int32		part_no;
} PartKey;

struct PlannedChange
{
	PartKey		key;			/* hash key, first */
	Inventory  *inv;

	/* the part as it was read */
	int32		priority;
	TimestampTz queued_at;
	int64		quantity;
	bool		waiting;		/* backordered; else allocated at location */
	int32		location;

	/* the plan */
	int64		cancel;			/* units to cancel */
	int64		deallocate;		/* allocated units that wait again */
	int64		allocate;		/* waiting units that get goods */
	bool		follow_preorder;	/* the item's preorder date has moved */
	bool		new_promise;	/* the promise becomes promised_at and basis; before, these are as read */
	TimestampTz promised_at;
	PromiseBasis basis;
	int64		exchanged;		/* waiting units that it gets from other parts of its line, or gives to them (< 0) */
	List	   *later;			/* of PromisedUnits: its last units, which get promises of their own */
};

/* Units of a part that get one promise. */
typedef struct PromisedUnits
{
	int64		units;
	TimestampTz date;
	PromiseBasis basis;
} PromisedUnits;

extern PlannedChange *change_of_part(Call *call, Inventory *inv, int64 order_id, int32 line_no, int32 part_no,
									 bool *found);
extern int64 units_left_waiting(const PlannedChange *change);
extern int64 lost_units_left(const PlannedChange *change);
extern int64 units_left_allocated(const PlannedChange *change);
extern bool changes_anything(const PlannedChange *change);
extern bool is_same_place(const PlannedChange *a, const PlannedChange *b);
extern int compare_queue_positions(const ListCell *a, const ListCell *b);

#endif
