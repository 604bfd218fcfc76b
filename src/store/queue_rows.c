/* The backorder queue of a SKU, and the parts that hold units of it. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "store/queue_rows.h"
#include "base/argument.h"
#include "base/direct.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/planned_change.h"
#include "model/states.h"
#include "store/inventory_rows.h"

#define CHANGE_COLUMNS "q.sku, q.order_id, q.line_no, q.part_no, q.quantity, q.status = 'backordered', q.location_id," \
	" q.priority, q.queued_at, q.promised_at, q.promise_basis"

/* The front of each queue: no more parts than there are units to give. */
STATEMENT(read_queues,
		  "SELECT p.* FROM unnest($2, $3) AS w(sku, units)"
		  " CROSS JOIN LATERAL (SELECT " CHANGE_COLUMNS " FROM backorder.order_line_part q"
		  "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'backordered'"
		  "  ORDER BY q.priority DESC, q.queued_at, q.order_id, q.line_no, q.part_no LIMIT w.units) AS p",
		  INT4OID, TEXTARRAYOID, INT8ARRAYOID);

/* The last of those who have units of a shelf and are not on a pick list, but for the group that comes off it. */
STATEMENT(read_holders,
		  "SELECT p.* FROM unnest($2, $3, $4, $5, $6) AS w(sku, location_id, units, order_id, group_no)"
		  " CROSS JOIN LATERAL (SELECT " CHANGE_COLUMNS " FROM backorder.order_line_part q"
		  "  JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = q.order_id"
		  "   AND g.group_no = q.group_no"
		  "   AND (g.status <> 'released' OR (g.order_id = w.order_id AND g.group_no = w.group_no))"
		  "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'allocated' AND q.location_id = w.location_id"
		  "  ORDER BY q.priority, q.queued_at DESC, q.order_id DESC, q.line_no DESC, q.part_no DESC LIMIT w.units) AS p",
		  INT4OID, TEXTARRAYOID, INT4ARRAYOID, INT8ARRAYOID, INT8ARRAYOID, INT4ARRAYOID);

/* All who have units of a SKU and are not on a pick list. */
STATEMENT(read_allocated,
		  "SELECT " CHANGE_COLUMNS " FROM backorder.order_line_part q"
		  " JOIN backorder.shipment_group g ON g.merchant_id = $1 AND g.order_id = q.order_id"
		  "  AND g.group_no = q.group_no AND g.status <> 'released'"
		  " WHERE q.merchant_id = $1 AND q.sku IN (SELECT unnest($2)) AND q.status = 'allocated'",
		  INT4OID, TEXTARRAYOID);

/* Makes, or finds, the claim on a part that was read with CHANGE_COLUMNS. */
PlannedChange *
read_planned_change(Call *call, uint64 row)
{
	Inventory  *inv = find_inventory(call, text_at(row, 1));
	char	   *basis = text_at(row, 11);
	bool		found;
	PlannedChange *change = change_of_part(call, inv, int64_at(row, 2), int32_at(row, 3), int32_at(row, 4), &found);

	if (found)
		return change;
	change->quantity = int64_at(row, 5);
	change->waiting = bool_at(row, 6);
	change->location = int32_at(row, 7);
	change->priority = int32_at(row, 8);
	change->queued_at = time_at(row, 9);
	change->promised_at = time_at(row, 10);
	change->basis = basis == NULL ? BASIS_UNKNOWN : name_index(basis, promise_basis_names);
	return change;
}

/* Reads, for each location that lacks allocated units, the last parts that hold units of it. */
List *
read_overdrawing_parts(Call *call)
{
	static const Oid types[] = {TEXTOID, INT4OID, INT8OID, INT8OID, INT4OID};
	Batch		stock;
	List	   *changes = NIL;
	uint64		rows;

	start_batch(&stock, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		for (int j = 0; j < inv->nstock; j++)
		{
			LocationStock *loc = &inv->stock[j];
			Datum		row[] = {CStringGetTextDatum(inv->sku), Int32GetDatum(loc->location),
			Int64GetDatum(add_units(overallocated(loc), list_length(inv->changes))),
			Int64GetDatum(call->unreleased_order), Int32GetDatum(call->unreleased_group)};

			if (overallocated(loc) > 0)
				add_row(&stock, row, NULL);
		}
	}
	rows = run_batch(&read_holders, call->merchant_id, &stock);
	for (uint64 i = 0; i < rows; i++)
		changes = lappend(changes, read_planned_change(call, i));
	if (rows > 0)
		done_reading();
	return changes;
}

/* Reads as much of each queue as the plan needs: all of it where promises are re-laid. */
void
read_planned_changes(Call *call)
{
	static const Oid types[] = {TEXTOID, INT8OID};
	Batch		queues;
	uint64		rows;

	start_batch(&queues, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];
		int64		units = inv->recalculate_all && inv->backordered > 0 ? MAX_QUANTITY : fillable_units(inv);
		Datum		row[] = {CStringGetTextDatum(inv->sku),
		Int64GetDatum(add_units(units, list_length(inv->changes)))};

		inv->supplies_read = (inv->recalculate_all && inv->backordered > 0) || queue_moves_up(inv);
		if (units > 0)
			add_row(&queues, row, NULL);
	}
	rows = run_batch(&read_queues, call->merchant_id, &queues);
	for (uint64 i = 0; i < rows; i++)
		read_planned_change(call, i);
	if (rows > 0)
		done_reading();
}

/* Reads who else has units of SKUs whose preorder date moved, as of now: of services no row would stand in the way. */
void
read_preorders(Call *call)
{
	static const Oid types[] = {TEXTOID};
	Batch		skus;
	uint64		rows;

	start_batch(&skus, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		Datum		row[] = {CStringGetTextDatum(call->inventories[i].sku)};

		if (call->inventories[i].preorder_moved)
			add_row(&skus, row, NULL);
	}
	rows = run_batch_latest(&read_allocated, call->merchant_id, &skus);
	for (uint64 i = 0; i < rows; i++)
		read_planned_change(call, i);
	if (rows > 0)
		done_reading();
}

DIRECT_STATEMENT(read_last_waiting,
				 DIRECTLY(DIRECT_READ_LAST, "order_line_part", "order_line_part_open",
						  "sku, priority, queued_at, order_id, line_no", .status = "backordered"),
				 "SELECT w.sku, p.priority, p.queued_at, p.order_id, p.line_no FROM unnest($2) AS w(sku)"
				 " CROSS JOIN LATERAL (SELECT q.priority, q.queued_at, q.order_id, q.line_no FROM backorder.order_line_part q"
				 "  WHERE q.merchant_id = $1 AND q.sku = w.sku AND q.status = 'backordered'"
				 "  ORDER BY q.priority, q.queued_at DESC, q.order_id DESC, q.line_no DESC, q.part_no DESC LIMIT 1) AS p",
				 INT4OID, TEXTARRAYOID);

STATEMENT(read_last_equal,
		  "SELECT queued_at, order_id FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku = $2 AND status = 'backordered' AND priority = $3"
		  " ORDER BY queued_at DESC, order_id DESC LIMIT 1",
		  INT4OID, TEXTOID, INT4OID);

STATEMENT(sum_ahead,
		  "SELECT coalesce(sum(quantity), 0)::bigint FROM backorder.order_line_part"
		  " WHERE merchant_id = $1 AND sku = $2 AND status = 'backordered'"
		  " AND (priority > $3 OR (priority = $3 AND (queued_at, order_id, line_no) <= ($4, $5, $6)))",
		  INT4OID, TEXTOID, INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID);

/* Whether nobody waits for the SKU with less than the usual priority: who comes with that stands behind all others. */
bool
ends_with_usual_priority(const Call *call, const Inventory *inv)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(&inv->sku, 1)};
	uint64		rows = run(&read_last_waiting, false, values, NULL);
	bool		usual = rows == 0 || int32_at(0, 2) >= USUAL_PRIORITY;

	if (rows > 0)
		done_reading();
	return usual;
}

/* Whether the place of a new part of the SKU in the queue matters: there is supply that lies under it. */
static bool
may_queue_behind(const Inventory *inv)
{
	return inv->nsupplies > 0 && inv->backordered > 0;
}

/* Reads where the queues of these SKUs end, so that jumps_queue() can tell. */
void
load_queue_ends(Call *call)
{
	uint64		rows = run_for_skus(call, &read_last_waiting, may_queue_behind);

	for (uint64 i = 0; i < rows; i++)
	{
		Inventory  *inv = find_inventory(call, text_at(i, 1));

		inv->last_priority = int32_at(i, 2);
		inv->last_queued_at = time_at(i, 3);
		inv->last_order_id = int64_at(i, 4);
		inv->last_line_no = int32_at(i, 5);
		inv->has_queue = true;
	}
	if (rows > 0)
		done_reading();
}

/* Finds the end of those who wait with the part's priority; false if nobody does. */
bool
find_end(const Call *call, const Part *part, TimestampTz *queued_at, int64 *order_id)
{
	const Inventory *inv = part->inv;
	Datum		values[] = {Int32GetDatum(call->merchant_id), CStringGetTextDatum(inv->sku), Int32GetDatum(part->priority)};
	bool		found;

	*queued_at = inv->last_queued_at;
	*order_id = inv->last_order_id;
	if (inv->last_priority >= part->priority)
		return inv->last_priority == part->priority;
	found = run(&read_last_equal, call->read_only, values, NULL) > 0;
	if (found)
	{
		*queued_at = time_at(0, 1);
		*order_id = int64_at(0, 2);
	}
	done_reading();
	return found;
}

/* Whether a new part would stand before somebody for whom supply may be on its way; its number is higher than any of its line. */
bool
jumps_queue(const Inventory *inv, const Part *part)
{
	if (!inv->has_queue || part->priority != inv->last_priority)
		return inv->has_queue && part->priority > inv->last_priority;
	if (part->queued_at != inv->last_queued_at)
		return part->queued_at < inv->last_queued_at;
	if (part->order->order_id != inv->last_order_id)
		return part->order->order_id < inv->last_order_id;
	return part->line_no < inv->last_line_no;
}

/* Units that wait before a new part, those that this call queued included; all that wait where nothing is on its way. */
int64
units_ahead(const Call *call, const Inventory *inv, const Part *part)
{
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), CStringGetTextDatum(inv->sku), Int32GetDatum(part->priority),
		TimestampTzGetDatum(part->queued_at), Int64GetDatum(part->order->order_id), Int32GetDatum(part->line_no)
	};
	int64		sum;

	if (!jumps_queue(inv, part))
		return inv->backordered;
	run(&sum_ahead, call->read_only, values, NULL);
	sum = add_units(int64_at(0, 1), inv->backordered - inv->backordered_before);
	done_reading();
	return sum;
}
