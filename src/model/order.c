/* An order in memory: its parts and shipment groups, as they were read and as they are to be. */
#include "postgres.h"

#include "model/order.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/planned_change.h"
#include "model/request.h"
#include "model/states.h"
#include "model/stock_policy.h"

/* Orders ids ascending, for qsort() and bsearch(). */
int
compare_ids(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/* Sorts ids and drops those that stand twice; returns how many are left. */
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

/* Finds an order by id in the work's orders, for bsearch(). */
static int
compare_order_with_id(const void *id, const void *order)
{
	int64		a = *(const int64 *) id;
	int64		b = (*(Order *const *) order)->order_id;

	return (a > b) - (a < b);
}

/* The order, if this call has locked or read it, or NULL. */
Order *
find_order(const Call *call, int64 order_id)
{
	Order	  **found = call->norders == 0 ? NULL
		: bsearch(&order_id, call->orders, call->norders, sizeof(Order *), compare_order_with_id);

	return found == NULL ? NULL : *found;
}

/* Makes room for this many orders; the caller puts them in by ascending id. */
void
make_room_for_orders(Call *call, int count)
{
	call->orders = palloc0_array(Order *, count + 1);
	call->norders = 0;
}

/* A new, empty order at the end of the work's orders. */
Order *
append_order(Call *call, int64 order_id)
{
	Order	   *order = palloc0_object(Order);

	order->order_id = order_id;
	order->hold_until = NO_TIME;
	call->orders[call->norders++] = order;
	return order;
}

/* Finds a group by number in the order's groups, for bsearch(). */
static int
compare_group_with_number(const void *number, const void *cell)
{
	int32		a = *(const int32 *) number;
	int32		b = ((const ShipmentGroup *) lfirst((const ListCell *) cell))->group_no;

	return (a > b) - (a < b);
}

/* The order's group of that number, or NULL; they stand by number. */
ShipmentGroup *
find_group(const Order *order, int32 group_no)
{
	ListCell   *found = order->groups == NIL ? NULL
		: bsearch(&group_no, order->groups->elements, list_length(order->groups), sizeof(ListCell),
				  compare_group_with_number);

	return found == NULL ? NULL : lfirst(found);
}

/* Tells a part what the catalogue says of its item. */
void
set_item_facts(Part *part, const CatalogItem *item)
{
	part->tracked = item->tracked;
	part->name = item->name;
	part->item_date = policy_date(item);
}

/* The order, locked or read by this call; an error that does not tell absent from not yours if there is none. */
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

/* Parts stand by line_no, part_no. */
static int
compare_part_with_key(const void *key, const void *cell)
{
	const PartKey *a = key;
	const Part *b = lfirst((const ListCell *) cell);

	if (a->line_no != b->line_no)
		return a->line_no < b->line_no ? -1 : 1;
	return (a->part_no > b->part_no) - (a->part_no < b->part_no);
}

/* The part, or NULL. */
Part *
find_part(const Order *order, int32 line_no, int32 part_no)
{
	PartKey		key = {.line_no = line_no, .part_no = part_no};
	ListCell   *found = order->parts == NIL ? NULL
		: bsearch(&key, order->parts->elements, list_length(order->parts), sizeof(ListCell), compare_part_with_key);

	return found == NULL ? NULL : lfirst(found);
}

/* Puts a part behind the last one of its line and numbers it; or, of a new last line, behind all. */
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

/* A new part of a line, with the next number of that line; the caller fills it in. */
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

/* Moves some, not all, units of a part to a new part that is like it in all else. */
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

/* The index behind the last part of a line whose parts begin at from, if it has any. */
int
end_of_line(const Order *order, int from, int32 line_no)
{
	while (from < list_length(order->parts) && ((Part *) list_nth(order->parts, from))->line_no == line_no)
		from++;
	return from;
}

/* Whether the part is still to be shipped. */
bool
is_open(const Part *part)
{
	return part->now.status == ALLOCATED || part->now.status == BACKORDERED;
}

/* Whether the part is on a pick list. */
bool
is_frozen(const Part *part)
{
	return part->group != NULL && part->group->now.status == GROUP_RELEASED;
}

/*
 * The preorder date of a part that is not on a pick list: the item's, whatever the group says, whose date may be that of
 * another item or of another day. Once that is past it stays as the group has it: time alone changes no group.
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
 * When the part should leave: with its company, where it has to wait for that, and not before the preorder date of the
 * group in which it lies; NO_TIME if that is unknown.
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
