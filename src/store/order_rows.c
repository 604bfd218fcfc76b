/*
 * Orders with their parts and shipment groups: locked, read whole, and written as a difference.
 *
 * The row of an order is the lock of everything that belongs to it. A call locks its orders in one
 * pass by id, so that two calls never wait for each other, and reads them into the model. Each
 * group and part keeps its fields twice, as they are now and as they were read. At the end of the
 * call, write_orders() compares the two and writes what differs, for all orders of the call in one
 * statement per table.
 *
 * Each table has one list of columns: first the key, then the columns that change, then those that
 * stay as they were inserted. So an update takes the first columns of the same list that an insert
 * takes whole.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "store/order_rows.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/errors.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/states.h"
#include "store/grants.h"
#include "store/row_values.h"

/* sales_order */
#define ORDER_CHANGES(first, next, prefix) \
	first(prefix, status, TEXT) next(prefix, units, INT8) next(prefix, revision, INT4) \
	next(prefix, groups_used, INT4) next(prefix, hold_until, TIMESTAMPTZ)
#define UPDATED_ORDER(first, next, prefix) \
	first(prefix, order_id, INT8) ORDER_CHANGES(next, next, prefix)
#define ORDER_COLUMNS(first, next, prefix) \
	UPDATED_ORDER(first, next, prefix) \
	next(prefix, reference, TEXT) next(prefix, customer, TEXT) next(prefix, customer_group, TEXT) \
	next(prefix, ship_policy, TEXT) next(prefix, priority, INT4) next(prefix, placed_at, TIMESTAMPTZ) \
	CONSENT_COLUMNS(next, next, prefix)
#define NEW_ORDER(first, next, prefix) \
	ORDER_COLUMNS(first, next, prefix) next(prefix, request_hash, BYTEA)

/* shipment_group */
#define GROUP_KEY(first, next, prefix) \
	first(prefix, order_id, INT8) next(prefix, group_no, INT4)
#define GROUP_CHANGES(first, next, prefix) \
	first(prefix, location_id, INT4) next(prefix, status, TEXT) next(prefix, promised_at, TIMESTAMPTZ) \
	next(prefix, not_before, TIMESTAMPTZ) next(prefix, tracking, TEXT) \
	next(prefix, released_at, TIMESTAMPTZ) next(prefix, shipped_at, TIMESTAMPTZ) \
	next(prefix, delivered_at, TIMESTAMPTZ)
#define GROUP_COLUMNS(first, next, prefix) \
	GROUP_KEY(first, next, prefix) GROUP_CHANGES(next, next, prefix)

/* order_line_part */
#define PART_KEY(first, next, prefix) \
	first(prefix, order_id, INT8) next(prefix, line_no, INT4) next(prefix, part_no, INT4)
#define PART_CHANGES(first, next, prefix) \
	first(prefix, quantity, INT8) next(prefix, status, TEXT) next(prefix, group_no, INT4) \
	next(prefix, location_id, INT4) next(prefix, first_promised_at, TIMESTAMPTZ) \
	next(prefix, promised_at, TIMESTAMPTZ) next(prefix, promise_basis, TEXT) \
	next(prefix, deallocated, BOOL)
#define UPDATED_PART(first, next, prefix) \
	PART_KEY(first, next, prefix) PART_CHANGES(next, next, prefix)
#define PART_COLUMNS(first, next, prefix) \
	UPDATED_PART(first, next, prefix) \
	next(prefix, sku, TEXT) next(prefix, unit_price, NUMERIC) next(prefix, priority, INT4) \
	next(prefix, queued_at, TIMESTAMPTZ) next(prefix, short_at_order, BOOL)

/* promise_change */
#define PROMISE_COLUMNS(first, next, prefix) \
	first(prefix, change_id, INT8) next(prefix, order_id, INT8) next(prefix, line_no, INT4) \
	next(prefix, part_no, INT4) next(prefix, old_promised_at, TIMESTAMPTZ) \
	next(prefix, new_promised_at, TIMESTAMPTZ) next(prefix, cause, TEXT) next(prefix, changed_at, TIMESTAMPTZ)

/* What a part takes from its item */
#define PART_ITEM_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, tracked, BOOL) next(prefix, name, TEXT) next(prefix, policy, TEXT) \
	next(prefix, available_from, TIMESTAMPTZ)

enum {COLUMN_NUMBERS(NEW_ORDER, ORDER_)};
enum {COLUMN_NUMBERS(GROUP_COLUMNS, GROUP_)};
enum {COLUMN_NUMBERS(PART_COLUMNS, PART_)};
enum {COLUMN_NUMBERS(PROMISE_COLUMNS, PROMISE_)};
enum {COLUMN_NUMBERS(PART_ITEM_COLUMNS, ITEM_)};

DIRECT_STATEMENT(lock_and_read_orders,
				 DIRECTLY(DIRECT_LOCK, "sales_order", "sales_order_pkey", COLUMN_NAMES(ORDER_COLUMNS)),
				 "SELECT " COLUMN_NAMES(ORDER_COLUMNS) " FROM backorder.sales_order"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id FOR NO KEY UPDATE",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(lock_order_ids,
				 DIRECTLY(DIRECT_LOCK, "sales_order", "sales_order_pkey", "order_id"),
				 "SELECT order_id FROM backorder.sales_order"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id FOR NO KEY UPDATE",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_order_rows,
				 DIRECTLY(DIRECT_READ, "sales_order", "sales_order_pkey", COLUMN_NAMES(ORDER_COLUMNS)),
				 "SELECT " COLUMN_NAMES(ORDER_COLUMNS) " FROM backorder.sales_order"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_groups,
				 DIRECTLY(DIRECT_READ, "shipment_group", "shipment_group_pkey", COLUMN_NAMES(GROUP_COLUMNS)),
				 "SELECT " COLUMN_NAMES(GROUP_COLUMNS) " FROM backorder.shipment_group"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id, group_no",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_parts,
				 DIRECTLY(DIRECT_READ, "order_line_part", "order_line_part_pkey", COLUMN_NAMES(PART_COLUMNS)),
				 "SELECT " COLUMN_NAMES(PART_COLUMNS) " FROM backorder.order_line_part"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id, line_no, part_no",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_part_items,
				 DIRECTLY(DIRECT_READ, "item", "item_pkey", COLUMN_NAMES(PART_ITEM_COLUMNS)),
				 "SELECT " COLUMN_NAMES(PART_ITEM_COLUMNS) " FROM backorder.item"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(insert_order,
				 DIRECTLY(DIRECT_INSERT_NEW, "sales_order", "sales_order_reference_key",
						  COLUMN_NAMES(NEW_ORDER)),
				 "INSERT INTO backorder.sales_order (merchant_id, " COLUMN_NAMES(NEW_ORDER) ")"
				 " VALUES ($1, " COLUMN_PARAMETERS(NEW_ORDER) ") ON CONFLICT (merchant_id, reference) DO NOTHING",
				 INT4OID, COLUMN_TYPES(NEW_ORDER));

DIRECT_STATEMENT(update_orders,
				 DIRECTLY(DIRECT_UPDATE, "sales_order", "sales_order_pkey", COLUMN_NAMES(UPDATED_ORDER),
						  .nkeys = 1),
				 "UPDATE backorder.sales_order o SET " COLUMN_ASSIGNMENTS(ORDER_CHANGES, "u.")
				 " FROM unnest(" COLUMN_PARAMETERS(UPDATED_ORDER) ") AS u(" COLUMN_NAMES(UPDATED_ORDER) ")"
				 " WHERE o.merchant_id = $1 AND o.order_id = u.order_id",
				 INT4OID, COLUMN_ARRAY_TYPES(UPDATED_ORDER));

DIRECT_STATEMENT(insert_groups,
				 DIRECTLY(DIRECT_INSERT, "shipment_group", NULL, COLUMN_NAMES(GROUP_COLUMNS)),
				 "INSERT INTO backorder.shipment_group (merchant_id, " COLUMN_NAMES(GROUP_COLUMNS) ")"
				 " SELECT $1, g.* FROM unnest(" COLUMN_PARAMETERS(GROUP_COLUMNS) ") AS g",
				 INT4OID, COLUMN_ARRAY_TYPES(GROUP_COLUMNS));

DIRECT_STATEMENT(update_groups,
				 DIRECTLY(DIRECT_UPDATE, "shipment_group", "shipment_group_pkey", COLUMN_NAMES(GROUP_COLUMNS),
						  .nkeys = 2),
				 "UPDATE backorder.shipment_group s SET " COLUMN_ASSIGNMENTS(GROUP_CHANGES, "g.")
				 " FROM unnest(" COLUMN_PARAMETERS(GROUP_COLUMNS) ") AS g(" COLUMN_NAMES(GROUP_COLUMNS) ")"
				 " WHERE s.merchant_id = $1 AND s.order_id = g.order_id AND s.group_no = g.group_no",
				 INT4OID, COLUMN_ARRAY_TYPES(GROUP_COLUMNS));

STATEMENT(delete_groups,
		  "DELETE FROM backorder.shipment_group s"
		  " USING unnest(" COLUMN_PARAMETERS(GROUP_KEY) ") AS g(" COLUMN_NAMES(GROUP_KEY) ")"
		  " WHERE s.merchant_id = $1 AND s.order_id = g.order_id AND s.group_no = g.group_no",
		  INT4OID, COLUMN_ARRAY_TYPES(GROUP_KEY));

DIRECT_STATEMENT(insert_parts,
				 DIRECTLY(DIRECT_INSERT, "order_line_part", NULL, COLUMN_NAMES(PART_COLUMNS)),
				 "INSERT INTO backorder.order_line_part (merchant_id, " COLUMN_NAMES(PART_COLUMNS) ")"
				 " SELECT $1, p.* FROM unnest(" COLUMN_PARAMETERS(PART_COLUMNS) ") AS p",
				 INT4OID, COLUMN_ARRAY_TYPES(PART_COLUMNS));

DIRECT_STATEMENT(update_parts,
				 DIRECTLY(DIRECT_UPDATE, "order_line_part", "order_line_part_pkey", COLUMN_NAMES(UPDATED_PART),
						  .nkeys = 3),
				 "UPDATE backorder.order_line_part p SET " COLUMN_ASSIGNMENTS(PART_CHANGES, "u.")
				 " FROM unnest(" COLUMN_PARAMETERS(UPDATED_PART) ") AS u(" COLUMN_NAMES(UPDATED_PART) ")"
				 " WHERE p.merchant_id = $1 AND p.order_id = u.order_id"
				 "  AND p.line_no = u.line_no AND p.part_no = u.part_no",
				 INT4OID, COLUMN_ARRAY_TYPES(UPDATED_PART));

DIRECT_STATEMENT(insert_promise_changes,
				 DIRECTLY(DIRECT_INSERT, "promise_change", NULL, COLUMN_NAMES(PROMISE_COLUMNS)),
				 "INSERT INTO backorder.promise_change (merchant_id, " COLUMN_NAMES(PROMISE_COLUMNS) ")"
				 " SELECT $1, c.* FROM unnest(" COLUMN_PARAMETERS(PROMISE_COLUMNS) ") AS c",
				 INT4OID, COLUMN_ARRAY_TYPES(PROMISE_COLUMNS));

/* The rows that write_orders() collects over all orders of the call. */
typedef struct OrderBatches
{
	Batch		orders;
	Batch		new_groups;
	Batch		groups;
	Batch		empty_groups;
	Batch		new_parts;
	Batch		parts;
	Batch		promises;
} OrderBatches;

/* Reads CONSENT_COLUMNS. */
static void
read_consent(Consent *consent, const Rows *rows, uint64 row)
{
#define READ_BOOL row_answer
#define READ_INTERVAL row_interval
#define READ_TIMESTAMPTZ row_time
#define READ_OPTION(prefix, name, type) consent->name = READ_##type(rows, row, prefix##name);
	CONSENT_COLUMNS(READ_OPTION, READ_OPTION, ORDER_)
}

/*
 * Appends the order in a row to the call, without parts and groups yet, and with the revision that
 * this call writes.
 */
static void
read_order(Call *call, const Rows *rows, uint64 row)
{
	Order	   *order = append_order(call, row_int64(rows, row, ORDER_order_id));

	order->tid = row_tid(rows, row);
	order->status = stored_name_index(row_text(rows, row, ORDER_status), order_status_names, "order status");
	order->was_status = order->status;
	order->units = row_int64(rows, row, ORDER_units);
	order->revision = row_int32(rows, row, ORDER_revision) + 1;
	order->groups_used = row_int32(rows, row, ORDER_groups_used);
	order->hold_until = row_time(rows, row, ORDER_hold_until);
	order->reference = row_text(rows, row, ORDER_reference);
	order->customer = row_text(rows, row, ORDER_customer);
	order->customer_group = row_text(rows, row, ORDER_customer_group);
	order->policy = stored_name_index(row_text(rows, row, ORDER_ship_policy), ship_policy_names, "ship policy");
	order->priority = row_int32(rows, row, ORDER_priority);
	order->placed_at = row_time(rows, row, ORDER_placed_at);
	read_consent(&order->consent, rows, row);
}

/* Appends the group in a row to its order. */
static void
read_group(Order *order, const Rows *rows, uint64 row)
{
	ShipmentGroup *group = palloc0_object(ShipmentGroup);
	GroupFields *now = &group->now;

	group->tid = row_tid(rows, row);
	group->group_no = row_int32(rows, row, GROUP_group_no);
	now->location = row_int32(rows, row, GROUP_location_id);
	now->status = stored_name_index(row_text(rows, row, GROUP_status), group_status_names, "shipment group status");
	now->promised_at = row_time(rows, row, GROUP_promised_at);
	now->not_before = row_time(rows, row, GROUP_not_before);
	now->tracking = row_text(rows, row, GROUP_tracking);
	now->released_at = row_time(rows, row, GROUP_released_at);
	now->shipped_at = row_time(rows, row, GROUP_shipped_at);
	now->delivered_at = row_time(rows, row, GROUP_delivered_at);
	group->was = group->now;
	order->groups = lappend(order->groups, group);
}

/* Reads the columns of a part that change. */
static void
read_part_fields(PartFields *now, const Rows *rows, uint64 row)
{
	now->quantity = row_int64(rows, row, PART_quantity);
	now->status = stored_name_index(row_text(rows, row, PART_status), part_status_names, "part status");
	now->group_no = row_int32(rows, row, PART_group_no);
	now->location = row_int32(rows, row, PART_location_id);
	now->first_promised_at = row_time(rows, row, PART_first_promised_at);
	now->promised_at = row_time(rows, row, PART_promised_at);
	now->basis = row_basis(rows, row, PART_promise_basis);
}

/* Whether the part waits, although its units were allocated when they were ordered. */
static bool
lost_its_units(const Part *part)
{
	return part->now.status == BACKORDERED && !part->short_at_order;
}

/*
 * Appends the part in a row to its order, with its group and, if the call has it, its inventory
 * record.
 */
static void
read_part(Call *call, Order *order, const Rows *rows, uint64 row)
{
	Part	   *part = palloc0_object(Part);

	part->order = order;
	part->tid = row_tid(rows, row);
	part->line_no = row_int32(rows, row, PART_line_no);
	part->part_no = row_int32(rows, row, PART_part_no);
	part->sku = row_text(rows, row, PART_sku);
	part->inv = find_inventory(call, part->sku);
	part->unit_price = row_numeric(rows, row, PART_unit_price, &part->no_price);
	part->priority = row_int32(rows, row, PART_priority);
	part->queued_at = row_time(rows, row, PART_queued_at);
	part->short_at_order = row_bool(rows, row, PART_short_at_order);
	part->tracked = true;
	part->item_date = NO_TIME;
	read_part_fields(&part->now, rows, row);
	part->deallocated = row_bool(rows, row, PART_deallocated) || lost_its_units(part);
	part->was = part->now;
	part->group = find_group(order, part->now.group_no);
	if (part->group == NULL)
		damaged(psprintf("order " INT64_FORMAT " has parts in shipment group %d, but this group has no row",
						 order->order_id, part->now.group_no));
	order->parts = lappend(order->parts, part);
}

/* Returns the order that a row of its groups or parts names. */
static Order *
order_of_row(const Call *call, const Rows *rows, uint64 row, int column)
{
	int64		order_id = row_int64(rows, row, column);
	Order	   *order = find_order(call, order_id);

	if (order == NULL)
		damaged(psprintf("order " INT64_FORMAT " has parts or shipment groups, but no row of its own", order_id));
	return order;
}

/* Sorts parts by SKU, byte by byte. */
static int
compare_part_skus(const ListCell *a, const ListCell *b)
{
	return strcmp(((Part *) lfirst(a))->sku, ((Part *) lfirst(b))->sku);
}

/* Whether the call has read the part's item. */
static bool
is_item_known(const Part *part)
{
	return part->inv != NULL && part->inv->item.known;
}

/*
 * Tells each part the facts of its item if the call has read it; returns the other parts, by SKU.
 */
static List *
parts_without_item(const Call *call)
{
	List	   *parts = NIL;

	for (int i = 0; i < call->norders; i++)
	{
		ListCell   *lc;

		foreach(lc, call->orders[i]->parts)
		{
			Part	   *part = lfirst(lc);

			if (is_item_known(part))
				set_item_facts(part, &part->inv->item);
			else
				parts = lappend(parts, part);
		}
	}
	list_sort(parts, compare_part_skus);
	return parts;
}

/*
 * Returns the distinct SKUs of parts that are sorted by SKU, as text[]; *count tells how many there
 * are.
 */
static Datum
skus_of_parts(const List *parts, int *count)
{
	const char **skus = palloc_array(const char *, list_length(parts) + 1);
	ListCell   *lc;

	*count = 0;
	foreach(lc, parts)
	{
		const Part *part = lfirst(lc);

		if (*count == 0 || strcmp(skus[*count - 1], part->sku) != 0)
			skus[(*count)++] = part->sku;
	}
	return text_array(skus, *count);
}

/*
 * Tells the item in a row to its parts. All parts are sorted by SKU; those of the item are the next
 * ones with its SKU from *next on, which is moved behind them.
 */
static void
read_part_item(const List *parts, int *next, const Rows *rows, uint64 row)
{
	const char *sku = row_text(rows, row, ITEM_sku);
	CatalogItem item = {
		.tracked = row_bool(rows, row, ITEM_tracked), .name = row_text(rows, row, ITEM_name),
		.policy = stored_name_index(row_text(rows, row, ITEM_policy), stock_policy_names,
									"stock policy"),
		.available_from = row_time(rows, row, ITEM_available_from)
	};

	for (; *next < list_length(parts); (*next)++)
	{
		Part	   *part = list_nth(parts, *next);
		int			order = strcmp(part->sku, sku);

		if (order > 0)
			return;
		if (order == 0)
			set_item_facts(part, &item);
	}
}

/*
 * Tells every part of the call's orders its item: as the call has read it, else from the catalogue.
 */
static void
load_part_items(Call *call, bool one_snapshot)
{
	List	   *parts = parts_without_item(call);
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	int			count;
	int			next = 0;
	Rows		rows;

	values[1] = skus_of_parts(parts, &count);
	if (count == 0)
		return;
	rows = query(&read_part_items, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		read_part_item(parts, &next, &rows, i);
	free_rows(&rows);
}

/*
 * Reads whole orders, their own rows with one of the two statements above. With one_snapshot all is
 * read in the active snapshot, else each statement takes a new one.
 */
static void
load_orders(Call *call, Statement *statement, bool one_snapshot, const int64 *order_ids, int count)
{
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	Rows		rows;

	make_room_for_orders(call, count);
	if (count == 0)
		return;
	values[1] = int8_array(order_ids, count);
	rows = query(statement, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		read_order(call, &rows, i);
	free_rows(&rows);
	rows = query(&read_groups, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		read_group(order_of_row(call, &rows, i, GROUP_order_id), &rows, i);
	free_rows(&rows);
	rows = query(&read_parts, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		read_part(call, order_of_row(call, &rows, i, PART_order_id), &rows, i);
	free_rows(&rows);
	load_part_items(call, one_snapshot);
	read_grants(call, one_snapshot, order_ids, count);
}

/*
 * Locks the orders in one pass by id and reads them whole; leaves out ids without an order. The ids
 * ascend and are distinct.
 */
void
lock_orders(Call *call, const int64 *order_ids, int count)
{
	load_orders(call, &lock_and_read_orders, false, order_ids, count);
}

/* Locks the orders in one pass by id without reading them, since there may be very many. */
void
lock_order_rows(Call *call, const int64 *order_ids, int count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), int8_array(order_ids, count)};
	Rows		rows = query(&lock_order_ids, false, values, NULL);

	free_rows(&rows);
}

/* Reads whole orders that lock_order_rows() has locked. */
void
read_locked_orders(Call *call, const int64 *order_ids, int count)
{
	load_orders(call, &read_order_rows, false, order_ids, count);
}

/*
 * Reads whole orders without locking them: in one new snapshot, since other calls may change them
 * meanwhile. A read-only call reads them in the caller's snapshot.
 */
void
read_orders(Call *call, const int64 *order_ids, int count)
{
	if (!call->read_only)
		PushActiveSnapshot(GetTransactionSnapshot());
	load_orders(call, &read_order_rows, true, order_ids, count);
	if (!call->read_only)
		PopActiveSnapshot();
}

/* Puts in the key of an order and the columns that change. */
static void
put_order_changes(RowValues *row, const Order *order)
{
	put_int64(row, ORDER_order_id, order->order_id);
	put_text(row, ORDER_status, order_status_names[order->status]);
	put_int64(row, ORDER_units, order->units);
	put_int32(row, ORDER_revision, order->revision);
	put_int32(row, ORDER_groups_used, order->groups_used);
	put_time(row, ORDER_hold_until, order->hold_until);
}

/* Puts in CONSENT_COLUMNS. */
static void
put_consent(RowValues *row, const Consent *consent)
{
#define PUT_BOOL put_answer
#define PUT_INTERVAL put_interval
#define PUT_TIMESTAMPTZ put_time
#define PUT_OPTION(prefix, name, type) PUT_##type(row, prefix##name, consent->name);
	CONSENT_COLUMNS(PUT_OPTION, PUT_OPTION, ORDER_)
}

/* Puts in the columns of an order that stay as they are inserted. */
static void
put_new_order(RowValues *row, const Order *order)
{
	put_text(row, ORDER_reference, order->reference);
	put_text(row, ORDER_customer, order->customer);
	put_text(row, ORDER_customer_group, order->customer_group);
	put_text(row, ORDER_ship_policy, ship_policy_names[order->policy]);
	put_int32(row, ORDER_priority, order->priority);
	put_time(row, ORDER_placed_at, order->placed_at);
	put_consent(row, &order->consent);
	put_datum(row, ORDER_request_hash, order->request_hash, false);
}

/*
 * Collects an order that has a row, even if nothing else changed: each call that writes an order
 * raises its revision.
 */
static void
add_order_row(OrderBatches *batches, const Order *order)
{
	RowValues	row = {0};

	put_order_changes(&row, order);
	add_values_seen(&batches->orders, &row, &order->tid);
}

/* Whether two texts, either of which may be NULL, are the same. */
static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether the group differs from what was read. */
static bool
group_changed(const ShipmentGroup *group)
{
	const GroupFields *now = &group->now;
	const GroupFields *was = &group->was;

	return now->status != was->status || now->location != was->location ||
		now->promised_at != was->promised_at || now->not_before != was->not_before ||
		now->released_at != was->released_at || now->shipped_at != was->shipped_at ||
		now->delivered_at != was->delivered_at || !same_text(now->tracking, was->tracking);
}

/* Puts in the columns of a group. */
static void
put_group(RowValues *row, const Order *order, const ShipmentGroup *group)
{
	const GroupFields *now = &group->now;

	put_int64(row, GROUP_order_id, order->order_id);
	put_int32(row, GROUP_group_no, group->group_no);
	put_optional_int32(row, GROUP_location_id, now->location);
	put_text(row, GROUP_status, group_status_names[now->status]);
	put_time(row, GROUP_promised_at, now->promised_at);
	put_time(row, GROUP_not_before, now->not_before);
	put_text(row, GROUP_tracking, now->tracking);
	put_time(row, GROUP_released_at, now->released_at);
	put_time(row, GROUP_shipped_at, now->shipped_at);
	put_time(row, GROUP_delivered_at, now->delivered_at);
}

/* Collects a group that is new or has changed. */
static void
add_group_row(OrderBatches *batches, const Order *order, const ShipmentGroup *group)
{
	RowValues	row = {0};

	if (!group->is_new && !group_changed(group))
		return;
	put_group(&row, order, group);
	if (group->is_new)
		add_values(&batches->new_groups, &row);
	else
		add_values_seen(&batches->groups, &row, &group->tid);
}

/* Collects a group without parts for deletion, if it has a row. */
static void
add_empty_group_row(OrderBatches *batches, const Order *order, const ShipmentGroup *group)
{
	RowValues	row = {0};

	if (group->is_new)
		return;
	put_int64(&row, GROUP_order_id, order->order_id);
	put_int32(&row, GROUP_group_no, group->group_no);
	add_values(&batches->empty_groups, &row);
}

/* Whether the part differs from what was read. */
static bool
part_changed(const Part *part)
{
	const PartFields *now = &part->now;
	const PartFields *was = &part->was;

	return now->status != was->status || now->quantity != was->quantity || now->group_no != was->group_no ||
		now->location != was->location || now->promised_at != was->promised_at || now->basis != was->basis ||
		now->first_promised_at != was->first_promised_at;
}

/* Puts in the key of a part and the columns that change. */
static void
put_part_changes(RowValues *row, const Part *part)
{
	const PartFields *now = &part->now;

	put_int64(row, PART_order_id, part->order->order_id);
	put_int32(row, PART_line_no, part->line_no);
	put_int32(row, PART_part_no, part->part_no);
	put_int64(row, PART_quantity, now->quantity);
	put_text(row, PART_status, part_status_names[now->status]);
	put_int32(row, PART_group_no, now->group_no);
	put_optional_int32(row, PART_location_id, now->location);
	put_time(row, PART_first_promised_at, now->first_promised_at);
	put_time(row, PART_promised_at, now->promised_at);
	put_basis(row, PART_promise_basis, now->basis);
	put_bool(row, PART_deallocated, part->deallocated || lost_its_units(part));
}

/* Puts in the columns of a part that stay as they are inserted. */
static void
put_new_part(RowValues *row, const Part *part)
{
	put_text(row, PART_sku, part->sku);
	put_datum(row, PART_unit_price, part->unit_price, part->no_price);
	put_int32(row, PART_priority, part->priority);
	put_time(row, PART_queued_at, part->queued_at);
	put_bool(row, PART_short_at_order, part->short_at_order);
}

/* Collects a part that is new or has changed. */
static void
add_part_row(OrderBatches *batches, const Part *part)
{
	RowValues	row = {0};

	if (!part->is_new && !part_changed(part))
		return;
	put_part_changes(&row, part);
	if (!part->is_new)
	{
		add_values_seen(&batches->parts, &row, &part->tid);
		return;
	}
	put_new_part(&row, part);
	add_values(&batches->new_parts, &row);
}

/*
 * Collects the first promise of a part that waits, and each later one, for the history of promises.
 */
static void
add_promise_row(OrderBatches *batches, const Call *call, const Part *part)
{
	RowValues	row = {0};

	if (part->now.promised_at == part->was.promised_at || (part->now.status == ALLOCATED && part->fresh))
		return;
	put_int64(&row, PROMISE_change_id, next_id());
	put_int64(&row, PROMISE_order_id, part->order->order_id);
	put_int32(&row, PROMISE_line_no, part->line_no);
	put_int32(&row, PROMISE_part_no, part->part_no);
	put_time(&row, PROMISE_old_promised_at, part->was.promised_at);
	put_time(&row, PROMISE_new_promised_at, part->now.promised_at);
	put_text(&row, PROMISE_cause, call->cause);
	put_time(&row, PROMISE_changed_at, call->clock);
	add_values(&batches->promises, &row);
}

/* Makes every batch empty and ready for rows. */
static void
start_order_batches(OrderBatches *batches)
{
	static const Oid order_types[] = {COLUMN_TYPES(UPDATED_ORDER)};
	static const Oid group_types[] = {COLUMN_TYPES(GROUP_COLUMNS)};
	static const Oid group_key_types[] = {COLUMN_TYPES(GROUP_KEY)};
	static const Oid new_part_types[] = {COLUMN_TYPES(PART_COLUMNS)};
	static const Oid part_types[] = {COLUMN_TYPES(UPDATED_PART)};
	static const Oid promise_types[] = {COLUMN_TYPES(PROMISE_COLUMNS)};

	start_batch(&batches->orders, lengthof(order_types), order_types);
	start_batch(&batches->new_groups, lengthof(group_types), group_types);
	start_batch(&batches->groups, lengthof(group_types), group_types);
	start_batch(&batches->empty_groups, lengthof(group_key_types), group_key_types);
	start_batch(&batches->new_parts, lengthof(new_part_types), new_part_types);
	start_batch(&batches->parts, lengthof(part_types), part_types);
	start_batch(&batches->promises, lengthof(promise_types), promise_types);
}

/* Collects the difference between an order as it is now and as it was read. */
static void
collect_order(OrderBatches *batches, const Call *call, const Order *order)
{
	ListCell   *lc;

	if (!order->is_new)
		add_order_row(batches, order);
	foreach(lc, order->groups)
	{
		const ShipmentGroup *group = lfirst(lc);

		if (group->empty)
			add_empty_group_row(batches, order, group);
		else
			add_group_row(batches, order, group);
	}
	foreach(lc, order->parts)
	{
		add_part_row(batches, lfirst(lc));
		add_promise_row(batches, call, lfirst(lc));
	}
}

/* Inserts the row of a new order; returns false if another order has its reference. */
static bool
write_new_order(const Call *call, const Order *order)
{
	static const Oid types[] = {COLUMN_TYPES(NEW_ORDER)};
	RowValues	row = {0};
	Batch		batch;

	put_order_changes(&row, order);
	put_new_order(&row, order);
	start_batch(&batch, lengthof(types), types);
	add_values(&batch, &row);
	return write_each(&insert_order, call->merchant_id, &batch) == 1;
}

/*
 * Writes what changed in the orders of this call: new groups before the parts that name them, empty
 * groups after their parts have left. Writes nothing and sets reference_taken if another order has
 * the reference of a new one.
 */
void
write_orders(Call *call)
{
	OrderBatches batches;

	start_order_batches(&batches);
	for (int i = 0; i < call->norders; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (call->orders[i]->is_new && !write_new_order(call, call->orders[i]))
		{
			call->reference_taken = true;
			return;
		}
		collect_order(&batches, call, call->orders[i]);
	}
	write_batch(&update_orders, call->merchant_id, &batches.orders);
	write_batch(&insert_groups, call->merchant_id, &batches.new_groups);
	write_batch(&update_groups, call->merchant_id, &batches.groups);
	write_batch(&update_parts, call->merchant_id, &batches.parts);
	write_batch(&insert_parts, call->merchant_id, &batches.new_parts);
	write_batch(&delete_groups, call->merchant_id, &batches.empty_groups);
	write_batch(&insert_promise_changes, call->merchant_id, &batches.promises);
}
