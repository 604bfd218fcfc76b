/* What a call plans to do with one part before the order is locked. */
#ifndef BACKORDER_MODEL_PLANNED_CHANGE_H
#define BACKORDER_MODEL_PLANNED_CHANGE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/states.h"
#include "model/types.h"

/* What a call plans with one part of its SKUs, before the order is locked. */
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
	int32		priority;
	TimestampTz queued_at;
	int64		quantity;		/* of the part, as read */
	bool		waiting;		/* as read: backordered, else allocated at location */
	int32		location;
	int64		cancel;			/* units to cancel */
	int64		deallocate;		/* allocated units to take back */
	int64		allocate;		/* waiting units to cover */
	bool		follow_preorder;	/* the item's preorder date has moved */
	bool		new_promise;	/* give it the date below */
	TimestampTz promised_at;
	PromiseBasis basis;
};

extern PlannedChange *change_of_part(Call *call, Inventory *inv, int64 order_id, int32 line_no, int32 part_no, bool *found);
extern int64 units_left_waiting(const PlannedChange *change);
extern bool changes_anything(const PlannedChange *change);
extern int compare_queue_positions(const ListCell *a, const ListCell *b);

#endif
