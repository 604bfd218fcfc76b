/*
 * Orders in memory: locked in one pass by id, read with all their parts and groups, written once as a difference.
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
#include "model/request.h"
#include "model/states.h"
#include "store/grants.h"

#define CONSENT_COLUMNS "accept_backorder, accept_split, max_wait, promise_shown, unknown_shown"
#define CONSENT_TYPES BOOLOID, BOOLOID, INTERVALOID, TIMESTAMPTZOID, BOOLOID
#define NUM_CONSENT_COLUMNS 5

/* A boolean column as an answer. */
static Answer
answer_at(uint64 row, int column)
{
	if (null_at(row, column))
		return ANSWER_NONE;
	return bool_at(row, column) ? ANSWER_YES : ANSWER_NO;
}

/* Takes over CONSENT_COLUMNS, which begin with this column of the last result. */
static void
read_consent(Consent *consent, uint64 row, int column)
{
	consent->accept_backorder = answer_at(row, column);
	consent->accept_split = answer_at(row, column + 1);
	consent->max_wait = NULL;
	if (!null_at(row, column + 2))
	{
		consent->max_wait = palloc_object(Interval);
		*consent->max_wait = *DatumGetIntervalP(datum_at(row, column + 2));
	}
	consent->promise_shown = time_at(row, column + 3);
	consent->unknown_shown = answer_at(row, column + 4);
}

/* The values of CONSENT_COLUMNS. */
static void
consent_values(const Consent *consent, Datum *values, bool *nulls)
{
	values[0] = BoolGetDatum(consent->accept_backorder == ANSWER_YES);
	values[1] = BoolGetDatum(consent->accept_split == ANSWER_YES);
	values[2] = IntervalPGetDatum(consent->max_wait);
	values[3] = TimestampTzGetDatum(consent->promise_shown);
	values[4] = BoolGetDatum(consent->unknown_shown == ANSWER_YES);
	nulls[0] = consent->accept_backorder == ANSWER_NONE;
	nulls[1] = consent->accept_split == ANSWER_NONE;
	nulls[2] = consent->max_wait == NULL;
	nulls[3] = consent->promise_shown == NO_TIME;
	nulls[4] = consent->unknown_shown == ANSWER_NONE;
}

#define ORDER_COLUMNS "order_id, reference, customer, status, ship_policy, priority, placed_at, hold_until," \
	" units, revision, groups_used, " CONSENT_COLUMNS ", customer_group"

DIRECT_STATEMENT(lock_and_read_orders,
				 DIRECTLY(DIRECT_LOCK, "sales_order", "sales_order_pkey", ORDER_COLUMNS),
				 "SELECT " ORDER_COLUMNS " FROM backorder.sales_order"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id FOR NO KEY UPDATE",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(lock_order_ids,
				 DIRECTLY(DIRECT_LOCK, "sales_order", "sales_order_pkey", "order_id"),
				 "SELECT order_id FROM backorder.sales_order"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id FOR NO KEY UPDATE",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_order_rows,
				 DIRECTLY(DIRECT_READ, "sales_order", "sales_order_pkey", ORDER_COLUMNS),
				 "SELECT " ORDER_COLUMNS " FROM backorder.sales_order"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id",
				 INT4OID, INT8ARRAYOID);

#define NEW_ORDER_COLUMNS "order_id, reference, request_hash, customer, status, ship_policy, priority, placed_at," \
	" hold_until, units, revision, groups_used, " CONSENT_COLUMNS ", customer_group"

DIRECT_STATEMENT(insert_order,
				 DIRECTLY(DIRECT_INSERT_NEW, "sales_order", "sales_order_reference_key", NEW_ORDER_COLUMNS),
				 "INSERT INTO backorder.sales_order (merchant_id, " NEW_ORDER_COLUMNS ")"
				 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
				 " ON CONFLICT (merchant_id, reference) DO NOTHING",
				 INT4OID, INT8OID, TEXTOID, BYTEAOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, TIMESTAMPTZOID,
				 TIMESTAMPTZOID, INT8OID, INT4OID, INT4OID, CONSENT_TYPES, TEXTOID);

#define GROUP_COLUMNS "order_id, group_no, location_id, status, promised_at, not_before, tracking," \
	" released_at, shipped_at, delivered_at"
#define GROUP_TYPES INT8OID, INT4OID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, \
	TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID
#define GROUP_ARRAYS INT8ARRAYOID, INT4ARRAYOID, INT4ARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID, \
	TIMESTAMPTZARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID
#define UNNEST_GROUPS " FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS g(" GROUP_COLUMNS ")"

DIRECT_STATEMENT(read_groups,
				 DIRECTLY(DIRECT_READ, "shipment_group", "shipment_group_pkey", GROUP_COLUMNS),
				 "SELECT " GROUP_COLUMNS " FROM backorder.shipment_group"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id, group_no",
				 INT4OID, INT8ARRAYOID);

#define READ_PART_COLUMNS "order_id, line_no, part_no, sku, quantity, unit_price, status, group_no, location_id," \
	" priority, queued_at, short_at_order, first_promised_at, promised_at, promise_basis"

DIRECT_STATEMENT(read_parts,
				 DIRECTLY(DIRECT_READ, "order_line_part", "order_line_part_pkey", READ_PART_COLUMNS),
				 "SELECT " READ_PART_COLUMNS " FROM backorder.order_line_part"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2)) ORDER BY order_id, line_no, part_no",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_part_items,
				 DIRECTLY(DIRECT_READ, "item", "item_pkey", "sku, tracked, name, policy, available_from"),
				 "SELECT sku, tracked, name, policy, available_from FROM backorder.item"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(update_orders,
				 DIRECTLY(DIRECT_UPDATE, "sales_order", "sales_order_pkey",
						  "order_id, status, units, revision, groups_used, hold_until", .nkeys = 1),
				 "UPDATE backorder.sales_order o SET status = u.status, units = u.units, revision = u.revision,"
				 " groups_used = u.groups_used, hold_until = u.hold_until"
				 " FROM unnest($2, $3, $4, $5, $6, $7) AS u(order_id, status, units, revision, groups_used, hold_until)"
				 " WHERE o.merchant_id = $1 AND o.order_id = u.order_id",
				 INT4OID, INT8ARRAYOID, TEXTARRAYOID, INT8ARRAYOID, INT4ARRAYOID, INT4ARRAYOID, TIMESTAMPTZARRAYOID);

DIRECT_STATEMENT(insert_groups,
				 DIRECTLY(DIRECT_INSERT, "shipment_group", NULL, GROUP_COLUMNS),
				 "INSERT INTO backorder.shipment_group (merchant_id, " GROUP_COLUMNS ") SELECT $1, g.*" UNNEST_GROUPS,
				 INT4OID, GROUP_ARRAYS);

DIRECT_STATEMENT(update_groups,
				 DIRECTLY(DIRECT_UPDATE, "shipment_group", "shipment_group_pkey", GROUP_COLUMNS, .nkeys = 2),
				 "UPDATE backorder.shipment_group s SET location_id = g.location_id, status = g.status,"
				 " promised_at = g.promised_at, not_before = g.not_before, tracking = g.tracking,"
				 " released_at = g.released_at, shipped_at = g.shipped_at, delivered_at = g.delivered_at"
				 UNNEST_GROUPS
				 " WHERE s.merchant_id = $1 AND s.order_id = g.order_id AND s.group_no = g.group_no",
				 INT4OID, GROUP_ARRAYS);

STATEMENT(delete_groups,
		  "DELETE FROM backorder.shipment_group s USING unnest($2, $3) AS g(order_id, group_no)"
		  " WHERE s.merchant_id = $1 AND s.order_id = g.order_id AND s.group_no = g.group_no",
		  INT4OID, INT8ARRAYOID, INT4ARRAYOID);

#define PART_COLUMNS "order_id, line_no, part_no, quantity, status, group_no, location_id," \
	" first_promised_at, promised_at, promise_basis"
#define PART_TYPES INT8OID, INT4OID, INT4OID, INT8OID, TEXTOID, INT4OID, INT4OID, \
	TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID
#define PART_ARRAYS INT8ARRAYOID, INT4ARRAYOID, INT4ARRAYOID, INT8ARRAYOID, TEXTARRAYOID, INT4ARRAYOID, \
	INT4ARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, TEXTARRAYOID

#define NEW_PART_COLUMNS PART_COLUMNS ", sku, unit_price, priority, queued_at, short_at_order"

DIRECT_STATEMENT(insert_parts,
				 DIRECTLY(DIRECT_INSERT, "order_line_part", NULL, NEW_PART_COLUMNS),
				 "INSERT INTO backorder.order_line_part (merchant_id, " NEW_PART_COLUMNS ")"
				 " SELECT $1, p.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) AS p",
				 INT4OID, PART_ARRAYS, TEXTARRAYOID, NUMERICARRAYOID, INT4ARRAYOID, TIMESTAMPTZARRAYOID, BOOLARRAYOID);

DIRECT_STATEMENT(update_parts,
				 DIRECTLY(DIRECT_UPDATE, "order_line_part", "order_line_part_pkey", PART_COLUMNS, .nkeys = 3),
				 "UPDATE backorder.order_line_part p SET quantity = u.quantity, status = u.status,"
				 " group_no = u.group_no, location_id = u.location_id, first_promised_at = u.first_promised_at,"
				 " promised_at = u.promised_at, promise_basis = u.promise_basis"
				 " FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS u(" PART_COLUMNS ")"
				 " WHERE p.merchant_id = $1 AND p.order_id = u.order_id AND p.line_no = u.line_no AND p.part_no = u.part_no",
				 INT4OID, PART_ARRAYS);

#define PROMISE_COLUMNS "change_id, order_id, line_no, part_no, old_promised_at, new_promised_at, cause, changed_at"

DIRECT_STATEMENT(insert_promise_changes,
				 DIRECTLY(DIRECT_INSERT, "promise_change", NULL, PROMISE_COLUMNS),
				 "INSERT INTO backorder.promise_change (merchant_id, " PROMISE_COLUMNS ")"
				 " SELECT $1, c.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9) AS c",
				 INT4OID, INT8ARRAYOID, INT8ARRAYOID, INT4ARRAYOID, INT4ARRAYOID, TIMESTAMPTZARRAYOID,
				 TIMESTAMPTZARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID);

/* Everything that write_orders() writes, collected over all orders of the call. */
typedef struct Writing
{
	Batch		orders;
	Batch		new_groups;
	Batch		groups;
	Batch		empty_groups;
	Batch		new_parts;
	Batch		parts;
	Batch		promises;
} Writing;

/* Appends the order in a row of the last result, without parts and groups yet, and with its next revision. */
static void
read_order(Call *call, uint64 row)
{
	Order	   *order = append_order(call, int64_at(row, 1));

	order->tid = tid_at(row);
	order->reference = text_at(row, 2);
	order->customer = text_at(row, 3);
	order->status = order->was_status = name_index(text_at(row, 4), order_status_names);
	order->policy = name_index(text_at(row, 5), ship_policy_names);
	order->priority = int32_at(row, 6);
	order->placed_at = time_at(row, 7);
	order->hold_until = time_at(row, 8);
	order->units = int64_at(row, 9);
	order->revision = int32_at(row, 10) + 1;
	order->groups_used = int32_at(row, 11);
	read_consent(&order->consent, row, 12);
	order->customer_group = text_at(row, 12 + NUM_CONSENT_COLUMNS);
}

/* Appends the group in a row of the last result to its order. */
static void
read_group(Order *order, uint64 row)
{
	ShipmentGroup *group = palloc0_object(ShipmentGroup);

	group->tid = tid_at(row);
	group->group_no = int32_at(row, 2);
	group->now.location = int32_at(row, 3);
	group->now.status = name_index(text_at(row, 4), group_status_names);
	group->now.promised_at = time_at(row, 5);
	group->now.not_before = time_at(row, 6);
	group->now.tracking = text_at(row, 7);
	group->now.released_at = time_at(row, 8);
	group->now.shipped_at = time_at(row, 9);
	group->now.delivered_at = time_at(row, 10);
	group->was = group->now;
	order->groups = lappend(order->groups, group);
}

/* Appends the part in a row of the last result to its order, tied to its group and, if the call has it, its book. */
static void
read_part(Call *call, Order *order, uint64 row)
{
	Part	   *part = palloc0_object(Part);
	char	   *basis = text_at(row, 15);

	part->order = order;
	part->tid = tid_at(row);
	part->line_no = int32_at(row, 2);
	part->part_no = int32_at(row, 3);
	part->sku = text_at(row, 4);
	part->inv = find_inventory(call, part->sku);
	part->now.quantity = int64_at(row, 5);
	part->unit_price = numeric_at(row, 6, &part->no_price);
	part->now.status = name_index(text_at(row, 7), part_status_names);
	part->now.group_no = int32_at(row, 8);
	part->now.location = int32_at(row, 9);
	part->priority = int32_at(row, 10);
	part->queued_at = time_at(row, 11);
	part->short_at_order = bool_at(row, 12);
	part->now.first_promised_at = time_at(row, 13);
	part->now.promised_at = time_at(row, 14);
	part->now.basis = basis == NULL ? BASIS_UNKNOWN : name_index(basis, promise_basis_names);
	part->tracked = true;
	part->item_date = NO_TIME;
	part->was = part->now;
	part->group = find_group(order, part->now.group_no);
	if (part->group == NULL)
		damaged(psprintf("order " INT64_FORMAT " has parts, but no row, of shipment group %d",
						 order->order_id, part->now.group_no));
	order->parts = lappend(order->parts, part);
}

/* The order to which a row of the last result belongs. */
static Order *
order_of_row(const Call *call, uint64 row)
{
	Order	   *order = find_order(call, int64_at(row, 1));

	if (order == NULL)
		damaged(psprintf("order " INT64_FORMAT " has parts or shipment groups, but no row of its own", int64_at(row, 1)));
	return order;
}

/* Orders parts by SKU, byte by byte. */
static int
compare_part_skus(const ListCell *a, const ListCell *b)
{
	return strcmp(((Part *) lfirst(a))->sku, ((Part *) lfirst(b))->sku);
}

/* Whether the call's book knows the part's item. */
static bool
is_item_known(const Part *part)
{
	return part->inv != NULL && part->inv->item.known;
}

/* Tells parts their item where the call's book knows it, and returns the others, by SKU. */
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

/* Tells every part of the work's orders its item: from the book, or from the catalogue where the call does not work on it. */
static void
load_part_items(Call *call, bool one_snapshot)
{
	List	   *parts = parts_without_item(call);
	const char **skus = palloc_array(const char *, list_length(parts) + 1);
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	int			count = 0;
	int			at = 0;
	uint64		rows;
	ListCell   *lc;

	foreach(lc, parts)
		if (count == 0 || strcmp(skus[count - 1], ((Part *) lfirst(lc))->sku) != 0)
			skus[count++] = ((Part *) lfirst(lc))->sku;
	if (count == 0)
		return;
	values[1] = text_array(skus, count);
	rows = run(&read_part_items, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows; i++)
	{
		CatalogItem item = {.tracked = bool_at(i, 2), .name = text_at(i, 3),
		.policy = name_index(text_at(i, 4), stock_policy_names), .available_from = time_at(i, 5)};
		char	   *sku = text_at(i, 1);

		while (strcmp(((Part *) list_nth(parts, at))->sku, sku) < 0)
			at++;
		for (; at < list_length(parts) && strcmp(((Part *) list_nth(parts, at))->sku, sku) == 0; at++)
			set_item_facts(list_nth(parts, at), &item);
	}
	done_reading();
}

/* Reads whole orders with one of the two statements over sales_order, in a snapshot for each step or all in the active one. */
static void
load_orders(Call *call, Statement *statement, bool one_snapshot, const int64 *order_ids, int count)
{
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	uint64		rows;

	make_room_for_orders(call, count);
	if (count == 0)
		return;
	values[1] = int8_array(order_ids, count);
	rows = run(statement, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows; i++)
		read_order(call, i);
	done_reading();
	rows = run(&read_groups, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows; i++)
		read_group(order_of_row(call, i), i);
	done_reading();
	rows = run(&read_parts, one_snapshot, values, NULL);
	for (uint64 i = 0; i < rows; i++)
		read_part(call, order_of_row(call, i), i);
	done_reading();
	load_part_items(call, one_snapshot);
	read_grants(call, one_snapshot, order_ids, count);
}

/* Locks the orders in one pass by id (ids ascending, distinct) and reads them whole; one that does not exist is left out. */
void
lock_orders(Call *call, const int64 *order_ids, int count)
{
	load_orders(call, &lock_and_read_orders, false, order_ids, count);
}

/* Locks the orders in one pass by id without reading them: there may be very many. */
void
lock_order_rows(Call *call, const int64 *order_ids, int count)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), int8_array(order_ids, count)};

	if (run(&lock_order_ids, false, values, NULL) > 0)
		done_reading();
}

/* Reads orders whole that lock_order_rows() has locked. */
void
read_locked_orders(Call *call, const int64 *order_ids, int count)
{
	load_orders(call, &read_order_rows, false, order_ids, count);
}

/* Reads the orders whole without locking them: in one fresh snapshot, since others may change them meanwhile. */
void
read_orders(Call *call, const int64 *order_ids, int count)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	load_orders(call, &read_order_rows, true, order_ids, count);
	PopActiveSnapshot();
}

/* A text as a value; the caller marks NULL as null. */
static Datum
optional_text(const char *text)
{
	return text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/* Collects an order that has a row, changed or not: its revision moves with every writing. */
static void
add_order_row(Writing *writing, const Order *order)
{
	Datum		values[] = {
		Int64GetDatum(order->order_id), CStringGetTextDatum(order_status_names[order->status]),
		Int64GetDatum(order->units), Int32GetDatum(order->revision), Int32GetDatum(order->groups_used),
		TimestampTzGetDatum(order->hold_until)
	};
	bool		nulls[] = {false, false, false, false, false, order->hold_until == NO_TIME};

	add_row_seen(&writing->orders, values, nulls, &order->tid);
}

/* Whether two texts, either of which may be NULL, are the same. */
static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether the group is other than it was read. */
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

/* Collects a group that is new or has changed. */
static void
add_group_row(Writing *writing, const Order *order, const ShipmentGroup *group)
{
	const GroupFields *now = &group->now;
	Datum		values[] = {
		Int64GetDatum(order->order_id), Int32GetDatum(group->group_no), Int32GetDatum(now->location),
		CStringGetTextDatum(group_status_names[now->status]), TimestampTzGetDatum(now->promised_at),
		TimestampTzGetDatum(now->not_before), optional_text(now->tracking),
		TimestampTzGetDatum(now->released_at), TimestampTzGetDatum(now->shipped_at),
		TimestampTzGetDatum(now->delivered_at)
	};
	bool		nulls[] = {
		false, false, now->location == NO_LOCATION, false, now->promised_at == NO_TIME,
		now->not_before == NO_TIME, now->tracking == NULL, now->released_at == NO_TIME,
		now->shipped_at == NO_TIME, now->delivered_at == NO_TIME
	};

	if (group->is_new)
		add_row(&writing->new_groups, values, nulls);
	else if (group_changed(group))
		add_row_seen(&writing->groups, values, nulls, &group->tid);
}

/* Collects a group that no part is in any more for deletion, if it has a row. */
static void
add_empty_group_row(Writing *writing, const Order *order, const ShipmentGroup *group)
{
	Datum		values[] = {Int64GetDatum(order->order_id), Int32GetDatum(group->group_no)};

	if (!group->is_new)
		add_row(&writing->empty_groups, values, NULL);
}

/* Whether the part is other than it was read. */
static bool
part_changed(const Part *part)
{
	const PartFields *now = &part->now;
	const PartFields *was = &part->was;

	return now->status != was->status || now->quantity != was->quantity || now->group_no != was->group_no ||
		now->location != was->location || now->promised_at != was->promised_at || now->basis != was->basis ||
		now->first_promised_at != was->first_promised_at;
}

/* Collects a part that is new or has changed. */
static void
add_part_row(Writing *writing, const Part *part)
{
	const PartFields *now = &part->now;
	Datum		values[] = {
		Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no), Int32GetDatum(part->part_no),
		Int64GetDatum(now->quantity), CStringGetTextDatum(part_status_names[now->status]),
		Int32GetDatum(now->group_no), Int32GetDatum(now->location),
		TimestampTzGetDatum(now->first_promised_at), TimestampTzGetDatum(now->promised_at),
		CStringGetTextDatum(promise_basis_names[now->basis]),
		CStringGetTextDatum(part->sku), part->unit_price, Int32GetDatum(part->priority),
		TimestampTzGetDatum(part->queued_at), BoolGetDatum(part->short_at_order)
	};
	bool		nulls[lengthof(values)] = {false};

	nulls[6] = now->location == NO_LOCATION;
	nulls[7] = now->first_promised_at == NO_TIME;
	nulls[8] = now->promised_at == NO_TIME;
	nulls[9] = now->basis == BASIS_UNKNOWN;
	nulls[11] = part->no_price;
	if (part->is_new)
		add_row(&writing->new_parts, values, nulls);
	else if (part_changed(part))
		add_row_seen(&writing->parts, values, nulls, &part->tid);
}

/* Notes the first date of a part that waits, and every later one. */
static void
add_promise_row(Writing *writing, const Call *call, const Part *part)
{
	TimestampTz old = part->was.promised_at;
	Datum		values[] = {
		Int64GetDatum(0), Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no),
		Int32GetDatum(part->part_no), TimestampTzGetDatum(old), TimestampTzGetDatum(part->now.promised_at),
		CStringGetTextDatum(call->cause), TimestampTzGetDatum(call->clock)
	};
	bool		nulls[] = {false, false, false, false, old == NO_TIME, part->now.promised_at == NO_TIME, false, false};

	if (part->now.promised_at == old || (part->now.status == ALLOCATED && part->fresh))
		return;
	values[0] = Int64GetDatum(next_id());
	add_row(&writing->promises, values, nulls);
}

/* Leaves every batch of the writing empty and ready for rows. */
static void
start_writing(Writing *writing)
{
	static const Oid order_types[] = {INT8OID, TEXTOID, INT8OID, INT4OID, INT4OID, TIMESTAMPTZOID};
	static const Oid group_types[] = {GROUP_TYPES};
	static const Oid part_types[] = {PART_TYPES, TEXTOID, NUMERICOID, INT4OID, TIMESTAMPTZOID, BOOLOID};
	static const Oid promise_types[] = {INT8OID, INT8OID, INT4OID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TIMESTAMPTZOID};
	static const Oid key_types[] = {INT8OID, INT4OID};

	start_batch(&writing->orders, lengthof(order_types), order_types);
	start_batch(&writing->new_groups, lengthof(group_types), group_types);
	start_batch(&writing->groups, lengthof(group_types), group_types);
	start_batch(&writing->empty_groups, lengthof(key_types), key_types);
	start_batch(&writing->new_parts, lengthof(part_types), part_types);
	start_batch(&writing->parts, 10, part_types);
	start_batch(&writing->promises, lengthof(promise_types), promise_types);
}

/* Collects the difference between an order as it is now and as it was read. */
static void
collect_order(Writing *writing, const Call *call, const Order *order)
{
	ListCell   *lc;

	if (!order->is_new)
		add_order_row(writing, order);
	foreach(lc, order->groups)
	{
		ShipmentGroup *group = lfirst(lc);

		if (group->empty)
			add_empty_group_row(writing, order, group);
		else
			add_group_row(writing, order, group);
	}
	foreach(lc, order->parts)
	{
		add_part_row(writing, lfirst(lc));
		add_promise_row(writing, call, lfirst(lc));
	}
}

/* Inserts a new order's row; false if its reference is taken. */
static bool
write_new_order(const Call *call, const Order *order)
{
	static const Oid types[] = {INT8OID, TEXTOID, BYTEAOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, INT8OID, INT4OID, INT4OID, CONSENT_TYPES, TEXTOID};
	Datum		values[12 + NUM_CONSENT_COLUMNS + 1] = {
		Int64GetDatum(order->order_id), CStringGetTextDatum(order->reference), order->request_hash,
		optional_text(order->customer), CStringGetTextDatum(order_status_names[order->status]),
		CStringGetTextDatum(ship_policy_names[order->policy]), Int32GetDatum(order->priority),
		TimestampTzGetDatum(order->placed_at), TimestampTzGetDatum(order->hold_until),
		Int64GetDatum(order->units), Int32GetDatum(order->revision), Int32GetDatum(order->groups_used)
	};
	bool		nulls[lengthof(values)] = {false};
	Batch		batch;

	StaticAssertStmt(lengthof(types) == lengthof(values), "one type for each value");
	consent_values(&order->consent, values + 12, nulls + 12);
	values[12 + NUM_CONSENT_COLUMNS] = optional_text(order->customer_group);
	nulls[12 + NUM_CONSENT_COLUMNS] = order->customer_group == NULL;
	nulls[3] = order->customer == NULL;
	nulls[8] = order->hold_until == NO_TIME;
	start_batch(&batch, lengthof(types), types);
	add_row(&batch, values, nulls);
	return run_rows(&insert_order, call->merchant_id, &batch) == 1;
}

/*
 * Writes what changed in the orders of this call: new groups before the parts that point to them, empty ones last.
 * False, with nothing written, if a new order's reference is taken.
 */
void
write_orders(Call *call)
{
	Writing		writing;

	start_writing(&writing);
	for (int i = 0; i < call->norders; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (call->orders[i]->is_new && !write_new_order(call, call->orders[i]))
		{
			call->reference_taken = true;
			return;
		}
		collect_order(&writing, call, call->orders[i]);
	}
	run_batch(&update_orders, call->merchant_id, &writing.orders);
	run_batch(&insert_groups, call->merchant_id, &writing.new_groups);
	run_batch(&update_groups, call->merchant_id, &writing.groups);
	run_batch(&update_parts, call->merchant_id, &writing.parts);
	run_batch(&insert_parts, call->merchant_id, &writing.new_parts);
	run_batch(&delete_groups, call->merchant_id, &writing.empty_groups);
	run_batch(&insert_promise_changes, call->merchant_id, &writing.promises);
}
