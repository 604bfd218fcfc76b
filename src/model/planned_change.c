/* What a call plans to do with a part before it locks the order of the part. */
#include "postgres.h"

#include "model/planned_change.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/queue_position.h"

/*
 * Returns the planned change of a part of this SKU; an empty one is added, and *found is false, if
 * there was none.
 */
PlannedChange *
change_of_part(Call *call, Inventory *inv, int64 order_id, int32 line_no, int32 part_no, bool *found)
{
	PartKey		key;
	PlannedChange *change;

	memset(&key, 0, sizeof(key));
	key.order_id = order_id;
	key.line_no = line_no;
	key.part_no = part_no;
	change = hash_search(call->changes, &key, HASH_ENTER, found);
	if (!*found)
	{
		memset((char *) change + sizeof(PartKey), 0, sizeof(PlannedChange) - sizeof(PartKey));
		change->inv = inv;
		inv->changes = lappend(inv->changes, change);
	}
	return change;
}

/* Returns the units of the part that wait once the plan is carried out. */
int64
units_left_waiting(const PlannedChange *change)
{
	return (change->waiting ? change->quantity - change->cancel : change->deallocate) - change->allocate +
		change->exchanged;
}

/* Returns the units that the part loses by the plan, and that wait once it is carried out. */
int64
lost_units_left(const PlannedChange *change)
{
	return change->waiting ? 0 : units_left_waiting(change);
}

/* Returns the units that the part has where it was read, and keeps there by the plan. */
int64
units_left_allocated(const PlannedChange *change)
{
	return change->waiting ? 0 : change->quantity - change->cancel - change->deallocate;
}

/* Whether the plan changes the part at all. */
bool
changes_anything(const PlannedChange *change)
{
	return change->cancel > 0 || change->deallocate > 0 || change->allocate > 0 || change->follow_preorder ||
		change->new_promise || change->exchanged != 0 || change->later != NIL;
}

/* Whether two parts are of one line and joined the queue together, so that nobody can come between them. */
bool
is_same_place(const PlannedChange *a, const PlannedChange *b)
{
	return a->key.order_id == b->key.order_id && a->key.line_no == b->key.line_no && a->priority == b->priority &&
		a->queued_at == b->queued_at;
}

/* Sorts by queue order: priority, highest first; then queued_at, order_id, line_no, part_no. */
int
compare_queue_positions(const ListCell *a, const ListCell *b)
{
	const PlannedChange *x = lfirst(a);
	const PlannedChange *y = lfirst(b);
	QueuePosition p = {x->priority, x->queued_at, x->key.order_id, x->key.line_no, x->key.part_no};
	QueuePosition q = {y->priority, y->queued_at, y->key.order_id, y->key.line_no, y->key.part_no};

	return compare_positions(&p, &q);
}
