/* An order in memory: its parts and shipment groups, as they were read and as they will be written. */
#include "postgres.h"

#include "model/order.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/planned_change.h"
#include "model/request.h"
#include "model/states.h"
#include "model/stock_policy.h"

/* Compares ids, for qsort() and bsearch(). */
int
compare_ids(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/* Sorts ids and removes duplicates; returns how many are left. */
int
sort_ids(int64 *ids, int count)
{
	int			distinct = 0;

	qsort(ids, count, sizeof(int64), compare_ids);
	for (int i = 0; i < count; i++)
		if (i == 0 || ids[i] != ids[i - 1])
			ids[distinct++] = ids[i];
	return distinct;
}

/* Compares an id with an order, for bsearch(). */
static int
compare_order_with_id(const void *id, const void *order)
{
	int64		a = *(const int64 *) id;
	int64		b = (*(Order *const *) order)->order_id;

	return (a > b) - (a < b);
}

/* Returns the order, or NULL if the call has not read it. */
Order *
find_order(const Call *call, int64 order_id)
{
	Order	  **found = call->norders == 0 ? NULL
		: bsearch(&order_id, call->orders, call->norders, sizeof(Order *), compare_order_with_id);

	return found == NULL ? NULL : *found;
}

/* Makes room for this many orders, which the caller appends in order of id. */
void
make_room_for_orders(Call *call, int count)
{
	call->orders = palloc0_array(Order *, count + 1);
	call->norders = 0;
}

/* Appends an empty order to the call's orders. */
Order *
append_order(Call *call, int64 order_id)
{
	Order	   *order = palloc0_object(Order);

	order->order_id = order_id;
	order->hold_until = NO_TIME;
	call->orders[call->norders++] = order;
	return order;
}

/* Compares a number with a group, for bsearch(). */
static int
compare_group_with_number(const void *number, const void *cell)
{
	int32		a = *(const int32 *) number;
	int32		b = ((const ShipmentGroup *) lfirst((const ListCell *) cell))->group_no;

	return (a > b) - (a < b);
}

/* Returns the order's group with this number, or NULL. */
ShipmentGroup *
find_group(const Order *order, int32 group_no)
{
	ListCell   *found = order->groups == NIL ? NULL
		: bsearch(&group_no, order->groups->elements, list_length(order->groups), sizeof(ListCell),
				  compare_group_with_number);

	return found == NULL ? NULL : lfirst(found);
}

/* Copies what the catalogue says about the item to a part. */
void
set_item_facts(Part *part, const CatalogItem *item)
{
	part->tracked = item->tracked;
	part->name = item->name;
	part->item_date = policy_date(item);
}

/* Returns the order; ends with P0002 if the merchant has no such order. */
Order *
get_order(const Call *call, int64 order_id)
{
	Order	   *order = find_order(call, order_id);

	if (order == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("order " INT64_FORMAT " does not exist", order_id),
				 errhint("Check the order and the merchant.")));
	return order;
}

/* Compares a key with a part, for bsearch(). */
static int
compare_part_with_key(const void *key, const void *cell)
{
	const PartKey *a = key;
	const Part *b = lfirst((const ListCell *) cell);

	if (a->line_no != b->line_no)
		return a->line_no < b->line_no ? -1 : 1;
	return (a->part_no > b->part_no) - (a->part_no < b->part_no);
}

/* Returns the part, or NULL. */
Part *
find_part(const Order *order, int32 line_no, int32 part_no)
{
	PartKey		key = {.line_no = line_no, .part_no = part_no};
	ListCell   *found = order->parts == NIL ? NULL
		: bsearch(&key, order->parts->elements, list_length(order->parts), sizeof(ListCell), compare_part_with_key);

	return found == NULL ? NULL : lfirst(found);
}

/* Gives a part the next number of its line, and inserts it after the line's last part. */
static void
insert_part(Order *order, Part *part)
{
	int			at = list_length(order->parts);

	while (at > 0 && ((Part *) list_nth(order->parts, at - 1))->line_no > part->line_no)
		at--;
	part->part_no = 1;
	if (at > 0)
	{
		Part	   *last = list_nth(order->parts, at - 1);

		if (last->line_no == part->line_no)
			part->part_no = last->part_no + 1;
	}
	order->parts = list_insert_nth(order->parts, at, part);
}

/* Adds a part to a line, with the line's next number. The caller sets status, quantity and dates. */
Part *
add_part(Order *order, int32 line_no, Inventory *inv)
{
	Part	   *part = palloc0_object(Part);

	part->order = order;
	part->line_no = line_no;
	part->sku = inv->sku;
	part->inv = inv;
	set_item_facts(part, &inv->item);
	part->priority = order->priority;
	part->is_new = part->fresh = true;
	part->now.first_promised_at = part->now.promised_at = part->was.promised_at = NO_TIME;
	insert_part(order, part);
	return part;
}

/* Moves some units of a part to a new part, which is otherwise equal. */
Part *
split_off(Part *part, int64 quantity)
{
	Part	   *piece = palloc_object(Part);

	Assert(quantity > 0 && quantity < part->now.quantity);
	*piece = *part;
	piece->is_new = true;
	piece->was.quantity = 0;
	piece->now.quantity = quantity;
	part->now.quantity -= quantity;
	insert_part(part->order, piece);
	return piece;
}

/* Returns the index after the last part of the line whose parts begin at `from`. */
int
end_of_line(const Order *order, int from, int32 line_no)
{
	while (from < list_length(order->parts) && ((Part *) list_nth(order->parts, from))->line_no == line_no)
		from++;
	return from;
}

/* Returns whether the part is still to be shipped. */
bool
is_open(const Part *part)
{
	return part->now.status == ALLOCATED || part->now.status == BACKORDERED;
}

/* Returns whether the part is on a pick list. */
bool
is_frozen(const Part *part)
{
	return part->group != NULL && part->group->now.status == GROUP_RELEASED;
}

/*
 * Returns the preorder date of a part that is not on a pick list, or NO_TIME.
 *
 * A date in the future is the item's, since the group's date may belong to another item, or may be
 * out of date. Once the item's date is past, the group's date stays: a group does not change
 * because time has passed.
 */
TimestampTz
part_not_before(const Call *call, const Part *part)
{
	if (part->item_date > call->clock)
		return part->item_date;
	if (part->group == NULL || part->group->now.not_before > call->clock)
		return NO_TIME;
	return part->group->now.not_before;
}

/*
 * Returns when the part should leave, or NO_TIME if that is unknown. It leaves together with its
 * ship set, if it waits for one, and not before the preorder date of its group.
 */
TimestampTz
leaves_at(const Part *part)
{
	const GroupFields *group = &part->group->now;

	if (group->status == GROUP_WAITING && part->order->policy != AS_AVAILABLE)
		return group->promised_at;
	if (part->now.status == ALLOCATED)
		return Max(part->now.promised_at, group->not_before);
	return part->now.promised_at;
}
