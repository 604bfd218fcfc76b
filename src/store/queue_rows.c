/*
 * The parts of a SKU that wait, in queue order, and those that have units on hand of it.
 *
 * The first half of this file reads parts for a plan: each becomes a planned change, which changes
 * nothing yet. It reads no more parts than the plan can use. The second half finds the end of a
 * queue, and the units before a new part, for a checkout, which does not read the queue.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "store/queue_rows.h"
#include "base/argument.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "model/queue_position.h"
#include "model/states.h"
#include "store/inventory_rows.h"
#include "store/row_values.h"

/* What a planned change takes from its part. */
#define CHANGE_COLUMNS \
	"q.sku, q.order_id, q.line_no, q.part_no, q.quantity, q.status = 'backordered'," \
	" q.location_id, q.priority, q.queued_at, q.promised_at, q.promise_basis"
enum
{
	CHANGE_SKU = 1, CHANGE_ORDER_ID, CHANGE_LINE_NO, CHANGE_PART_NO, CHANGE_QUANTITY, CHANGE_WAITING,
	CHANGE_LOCATION, CHANGE_PRIORITY, CHANGE_QUEUED_AT, CHANGE_PROMISED_AT, CHANGE_BASIS
};

/*
 * The front of each queue: so many parts as there are units to allocate, since each part takes one
 * unit at least.
 */
#define FRONT_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, units, INT8)
enum {COLUMN_NUMBERS(FRONT_COLUMNS, FRONT_)};

STATEMENT(read_queues,
		  "SELECT p.* FROM unnest(" COLUMN_PARAMETERS(FRONT_COLUMNS) ") AS w(" COLUMN_NAMES(FRONT_COLUMNS) ")"
		  " CROSS JOIN LATERAL (SELECT " CHANGE_COLUMNS " FROM backorder.order_line_part q"
		  "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'backordered'"
		  "  ORDER BY " FRONT_OF_QUEUE_FIRST("q") " LIMIT w.units) AS p",
		  INT4OID, COLUMN_ARRAY_TYPES(FRONT_COLUMNS));

/*
 * The last parts, in queue order, to which units of a location are allocated. Parts on a pick list
 * are left out, but not those of the one group that this call takes off its pick list.
 */
#define HOLDER_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, location_id, INT4) next(prefix, units, INT8) \
	next(prefix, order_id, INT8) next(prefix, group_no, INT4)
enum {COLUMN_NUMBERS(HOLDER_COLUMNS, HOLDER_)};

STATEMENT(read_holders,
		  "SELECT p.* FROM unnest(" COLUMN_PARAMETERS(HOLDER_COLUMNS) ") AS w(" COLUMN_NAMES(HOLDER_COLUMNS) ")"
		  " CROSS JOIN LATERAL (SELECT " CHANGE_COLUMNS " FROM backorder.order_line_part q"
		  "  JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = q.order_id"
		  "   AND g.group_no = q.group_no"
		  "   AND (g.status <> 'released' OR (g.order_id = w.order_id AND g.group_no = w.group_no))"
		  "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'allocated' AND q.location_id = w.location_id"
		  "  ORDER BY " END_OF_QUEUE_FIRST("q") " LIMIT w.units) AS p",
		  INT4OID, COLUMN_ARRAY_TYPES(HOLDER_COLUMNS));

/*
 * The last parts of a queue order to which units are allocated at other active locations: behind a line, and not on a
 * pick list.
 */
#define LOSS_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, location_id, INT4) next(prefix, units, INT8) \
	next(prefix, priority, INT4) next(prefix, queued_at, TIMESTAMPTZ) next(prefix, order_id, INT8) \
	next(prefix, line_no, INT4)
enum {COLUMN_NUMBERS(LOSS_COLUMNS, LOSS_)};

#define LATER_HOLDERS(is_behind) \
	"(SELECT " CHANGE_COLUMNS " FROM backorder.order_line_part q" \
	"  JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = q.order_id" \
	"   AND g.group_no = q.group_no AND g.status <> 'released'" \
	"  LEFT JOIN backorder.location l ON l.merchant_id = $1 AND l.location_id = q.location_id" \
	"  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'allocated'" \
	"   AND q.location_id <> w.location_id AND l.active IS NOT FALSE AND " is_behind \
	"  ORDER BY " END_OF_QUEUE_FIRST("q") " LIMIT w.units)"

STATEMENT(read_holders_behind,
		  "SELECT p.* FROM unnest(" COLUMN_PARAMETERS(LOSS_COLUMNS) ") AS w(" COLUMN_NAMES(LOSS_COLUMNS) ")"
		  " CROSS JOIN LATERAL ("
		  LATER_HOLDERS(IS_BEHIND_BY_PRIORITY("q", "w.priority"))
		  " UNION ALL "
		  LATER_HOLDERS(IS_BEHIND_BY_TIME("q", "w.priority", "w.queued_at", "w.order_id", "w.line_no"))
		  ") AS p",
		  INT4OID, COLUMN_ARRAY_TYPES(LOSS_COLUMNS));

/* All parts to which units of a SKU are allocated, without those on a pick list. */
STATEMENT(read_allocated,
		  "SELECT " CHANGE_COLUMNS " FROM backorder.order_line_part q"
		  " JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = q.order_id"
		  "  AND g.group_no = q.group_no AND g.status <> 'released'"
		  " WHERE q.merchant_id = $1 AND q.sku IN (SELECT unnest($2)) AND q.status = 'allocated'",
		  INT4OID, TEXTARRAYOID);

/*
 * Returns the planned change of the part in a row of CHANGE_COLUMNS; one that the call has already
 * is left as it is.
 */
static PlannedChange *
read_planned_change(Call *call, const Rows *rows, uint64 row)
{
	Inventory  *inv = find_inventory(call, row_text(rows, row, CHANGE_SKU));
	bool		found;
	int64		order_id = row_int64(rows, row, CHANGE_ORDER_ID);
	int32		line_no = row_int32(rows, row, CHANGE_LINE_NO);
	int32		part_no = row_int32(rows, row, CHANGE_PART_NO);
	PlannedChange *change = change_of_part(call, inv, order_id, line_no, part_no, &found);

	if (found)
		return change;
	change->quantity = row_int64(rows, row, CHANGE_QUANTITY);
	change->waiting = row_bool(rows, row, CHANGE_WAITING);
	change->location = row_int32(rows, row, CHANGE_LOCATION);
	change->priority = row_int32(rows, row, CHANGE_PRIORITY);
	change->queued_at = row_time(rows, row, CHANGE_QUEUED_AT);
	change->promised_at = row_time(rows, row, CHANGE_PROMISED_AT);
	change->basis = row_basis(rows, row, CHANGE_BASIS);
	return change;
}

/*
 * Collects the locations of a SKU where more is allocated than is on hand, each with the number of
 * parts to read. That is one for each unit too many, and one for each part that the call may change
 * anyway.
 */
static void
add_overallocated(Batch *locations, const Call *call, const Inventory *inv)
{
	for (int i = 0; i < inv->nstock; i++)
	{
		const LocationStock *loc = &inv->stock[i];
		RowValues	row = {0};

		if (overallocated(loc) == 0)
			continue;
		put_text(&row, HOLDER_sku, inv->sku);
		put_int32(&row, HOLDER_location_id, loc->location);
		put_int64(&row, HOLDER_units, add_units(overallocated(loc), list_length(inv->changes)));
		put_int64(&row, HOLDER_order_id, call->unreleased_order);
		put_int32(&row, HOLDER_group_no, call->unreleased_group);
		add_values(locations, &row);
	}
}

/*
 * Reads, for each location where more is allocated than is on hand, the last parts in queue order
 * that have units there. Returns their planned changes.
 */
List *
read_overdrawing_parts(Call *call)
{
	static const Oid types[] = {COLUMN_TYPES(HOLDER_COLUMNS)};
	Batch		locations;
	List	   *changes = NIL;
	Rows		rows;

	start_batch(&locations, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
		add_overallocated(&locations, call, &call->inventories[i]);
	rows = query_batch(&read_holders, false, call->merchant_id, &locations);
	for (uint64 i = 0; i < rows.count; i++)
		changes = lappend(changes, read_planned_change(call, &rows, i));
	free_rows(&rows);
	return changes;
}

/*
 * Adds planned changes for as much of each queue as the plan needs. That is all of it if its
 * promises are recalculated, else as many parts as there are units to allocate. Marks the SKUs
 * whose supply the plan needs.
 */
void
read_planned_changes(Call *call)
{
	static const Oid types[] = {COLUMN_TYPES(FRONT_COLUMNS)};
	Batch		queues;
	Rows		rows;

	start_batch(&queues, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];
		bool		whole_queue = inv->recalculate_all && inv->backordered > 0;
		int64		units = whole_queue ? MAX_QUANTITY : fillable_units(inv);
		RowValues	row = {0};

		inv->supplies_read = whole_queue || queue_moves_up(inv);
		if (units == 0)
			continue;
		put_text(&row, FRONT_sku, inv->sku);
		put_int64(&row, FRONT_units, add_units(units, list_length(inv->changes)));
		add_values(&queues, &row);
	}
	rows = query_batch(&read_queues, false, call->merchant_id, &queues);
	for (uint64 i = 0; i < rows.count; i++)
		read_planned_change(call, &rows, i);
	free_rows(&rows);
}

/* Whether units of the SKU are allocated at another active location. */
static bool
is_allocated_elsewhere(const Inventory *inv, int32 location)
{
	for (int i = 0; i < inv->nstock; i++)
		if (inv->stock[i].location != location && inv->stock[i].active && inv->stock[i].allocated > 0)
			return true;
	return false;
}

/*
 * Collects a SKU of which parts lose units that wait by the plan: the first such part in queue
 * order, and the number of parts to read. Its own location holds no later part: a location loses
 * units from its end.
 */
static void
add_loss(Batch *losses, const Inventory *inv)
{
	const PlannedChange *first = NULL;
	int64		units = 0;
	ListCell   *lc;
	RowValues	row = {0};

	foreach(lc, inv->changes)
	{
		const PlannedChange *change = lfirst(lc);

		if (first == NULL && lost_units_left(change) > 0)
			first = change;
		units = add_units(units, lost_units_left(change));
	}
	if (first == NULL || !is_allocated_elsewhere(inv, first->location))
		return;
	put_text(&row, LOSS_sku, inv->sku);
	put_int32(&row, LOSS_location_id, first->location);
	put_int64(&row, LOSS_units, add_units(units, list_length(inv->changes)));
	put_int32(&row, LOSS_priority, first->priority);
	put_time(&row, LOSS_queued_at, first->queued_at);
	put_int64(&row, LOSS_order_id, first->key.order_id);
	put_int32(&row, LOSS_line_no, first->key.line_no);
	add_values(losses, &row);
}

/*
 * Adds planned changes for the last parts that have units at other locations, behind the first part
 * that loses units by the plan. The plan is in queue order. Returns whether there are any.
 */
bool
read_later_holders(Call *call)
{
	static const Oid types[] = {COLUMN_TYPES(LOSS_COLUMNS)};
	Batch		losses;
	Rows		rows;
	bool		found;

	start_batch(&losses, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
		add_loss(&losses, &call->inventories[i]);
	rows = query_batch(&read_holders_behind, false, call->merchant_id, &losses);
	found = rows.count > 0;
	for (uint64 i = 0; i < rows.count; i++)
		read_planned_change(call, &rows, i);
	free_rows(&rows);
	return found;
}

/*
 * Adds planned changes for all parts to which units are allocated of SKUs whose preorder date has
 * moved. It sees what is committed by now, since a service has no row whose lock would keep other
 * checkouts out.
 */
void
read_preorders(Call *call)
{
	static const Oid types[] = {TEXTOID};
	Batch		skus;
	Rows		rows;

	start_batch(&skus, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		RowValues	row = {0};

		if (!call->inventories[i].preorder_moved)
			continue;
		put_text(&row, 1, call->inventories[i].sku);
		add_values(&skus, &row);
	}
	rows = query_batch_latest(&read_allocated, call->merchant_id, &skus);
	for (uint64 i = 0; i < rows.count; i++)
		read_planned_change(call, &rows, i);
	free_rows(&rows);
}

/* The last part of each queue. */
#define LAST_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, priority, INT4) next(prefix, queued_at, TIMESTAMPTZ) \
	next(prefix, order_id, INT8) next(prefix, line_no, INT4)
enum {COLUMN_NUMBERS(LAST_COLUMNS, LAST_)};

DIRECT_STATEMENT(read_last_waiting,
				 DIRECTLY(DIRECT_READ_LAST, "order_line_part", "order_line_part_open",
						  COLUMN_NAMES(LAST_COLUMNS), .status = "backordered"),
				 "SELECT p.* FROM unnest($2) AS w(sku)"
				 " CROSS JOIN LATERAL (SELECT " COLUMN_NAMES(LAST_COLUMNS) " FROM backorder.order_line_part q"
				 "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'backordered'"
				 "  ORDER BY " END_OF_QUEUE_FIRST("q") " LIMIT 1) AS p",
				 INT4OID, TEXTARRAYOID);

/* The last part of a queue among those with one priority. */
#define LAST_EQUAL_COLUMNS(first, next, prefix) \
	first(prefix, queued_at, TIMESTAMPTZ) next(prefix, order_id, INT8)
enum {COLUMN_NUMBERS(LAST_EQUAL_COLUMNS, LAST_EQUAL_)};

STATEMENT(read_last_equal,
		  "SELECT " COLUMN_NAMES(LAST_EQUAL_COLUMNS) " FROM backorder.order_line_part q"
		  " WHERE q.merchant_id = $1 AND q.sku = $2 AND q.status = 'backordered' AND q.priority = $3"
		  " ORDER BY " END_OF_QUEUE_FIRST("q") " LIMIT 1",
		  INT4OID, TEXTOID, INT4OID);

STATEMENT(sum_ahead,
		  "SELECT coalesce(sum(q.quantity), 0)::bigint FROM backorder.order_line_part q"
		  " WHERE q.merchant_id = $1 AND q.sku = $2 AND q.status = 'backordered'"
		  " AND " IS_BEFORE_OR_IN_LINE("q", "$3", "$4", "$5", "$6"),
		  INT4OID, TEXTOID, INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID);
enum {SUM_AHEAD = 1};

/*
 * Whether no part of the queue has less than the usual priority, so that a new part with it would
 * be the last one.
 */
bool
ends_with_usual_priority(const Call *call, const Inventory *inv)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(&inv->sku, 1)};
	Rows		rows = query(&read_last_waiting, false, values, NULL);
	bool		usual = rows.count == 0 || row_int32(&rows, 0, LAST_priority) >= USUAL_PRIORITY;

	free_rows(&rows);
	return usual;
}

/*
 * Whether it matters where a new part joins the queue: there is one, and open supply that serves
 * it.
 */
static bool
may_queue_behind(const Inventory *inv)
{
	return inv->nsupplies > 0 && inv->backordered > 0;
}

/*
 * Finds the ends of those queues of the call that open supply serves, for jumps_queue() and
 * find_end().
 */
void
load_queue_ends(Call *call)
{
	Rows		rows = query_for_skus(call, &read_last_waiting, may_queue_behind);

	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, LAST_sku));

		inv->queue_end.priority = row_int32(&rows, i, LAST_priority);
		inv->queue_end.queued_at = row_time(&rows, i, LAST_queued_at);
		inv->queue_end.order_id = row_int64(&rows, i, LAST_order_id);
		inv->queue_end.line_no = row_int32(&rows, i, LAST_line_no);
		inv->has_queue = true;
	}
	free_rows(&rows);
}

/*
 * Finds time and order of the last part in the queue that has the priority of this part; false if
 * there is none.
 */
bool
find_end(const Call *call, const Part *part, TimestampTz *queued_at, int64 *order_id)
{
	const QueuePosition *end = &part->inv->queue_end;
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), CStringGetTextDatum(part->inv->sku), Int32GetDatum(part->priority)
	};
	Rows		rows;
	bool		found;

	*queued_at = end->queued_at;
	*order_id = end->order_id;
	if (end->priority >= part->priority)
		return end->priority == part->priority;
	rows = query(&read_last_equal, call->read_only, values, NULL);
	found = rows.count > 0;
	if (found)
	{
		*queued_at = row_time(&rows, 0, LAST_EQUAL_queued_at);
		*order_id = row_int64(&rows, 0, LAST_EQUAL_order_id);
	}
	free_rows(&rows);
	return found;
}

/*
 * Whether a new part is before the end of a queue that open supply serves. Part numbers do not
 * count: a new part is behind all parts of its own line.
 */
bool
jumps_queue(const Inventory *inv, const Part *part)
{
	QueuePosition position = {
		.priority = part->priority, .queued_at = part->queued_at,
		.order_id = part->order->order_id, .line_no = part->line_no
	};

	return inv->has_queue && compare_positions(&position, &inv->queue_end) < 0;
}

/*
 * Returns the units that are before a new part in the queue, with those that this call has queued.
 * If the part is not before the end of a queue that supply serves, these are all units that wait.
 */
int64
units_ahead(const Call *call, const Inventory *inv, const Part *part)
{
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), CStringGetTextDatum(inv->sku), Int32GetDatum(part->priority),
		TimestampTzGetDatum(part->queued_at), Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no)
	};
	Rows		rows;
	int64		sum;

	if (!jumps_queue(inv, part))
		return inv->backordered;
	rows = query(&sum_ahead, call->read_only, values, NULL);
	sum = add_units(row_int64(&rows, 0, SUM_AHEAD), inv->backordered - inv->backordered_before);
	free_rows(&rows);
	return sum;
}
