/*
 * The inventory of SKUs in the tables: one row of availability per SKU, with all its quantities at all locations.
 *
 * The row is the lock of the SKU. It orders all work on the SKU, and a call that locks it always writes it: at
 * REPEATABLE READ, only a changed row stops another transaction. A checkout of a hot SKU may lock one slot instead
 * (slots.c).
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "store/inventory_lock.h"
#include "base/argument.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "store/catalog.h"
#include "store/inventory_rows.h"
#include "store/slots.h"

/* The columns of the two statements that follow. */
enum
{
	PROBED_sku = 1, PROBED_SPREAD = 2, PROBED_tracked = 2
};

/* Finds the SKUs that have a row. */
DIRECT_STATEMENT(probe_inventory,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", "sku, " COLUMN_NAMES(SPREAD_COLUMNS)),
				 "SELECT sku, " COLUMN_NAMES(SPREAD_COLUMNS) " FROM backorder.availability"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

/* Finds the SKUs among the others that are services, and need no row. */
DIRECT_STATEMENT(probe_items,
				 DIRECTLY(DIRECT_READ, "item", "item_pkey", "sku, tracked"),
				 "SELECT sku, tracked FROM backorder.item WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

/* Keeps a service from being deleted, or tracked, while it is being ordered. */
STATEMENT(share_service_items,
		  "SELECT 1 FROM backorder.item WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))"
		  " ORDER BY sku FOR SHARE",
		  INT4OID, TEXTARRAYOID);

STATEMENT(insert_inventory,
		  "INSERT INTO backorder.availability (merchant_id, sku)"
		  " SELECT $1, s.sku FROM unnest($2) AS s(sku) ORDER BY s.sku COLLATE \"C\""
		  " ON CONFLICT DO NOTHING",
		  INT4OID, TEXTARRAYOID);

#define INVENTORY_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, locations, INT4ARRAY) next(prefix, on_hand, INT8ARRAY) \
	next(prefix, allocated, INT8ARRAY) next(prefix, backordered, INT8) next(prefix, promises_stale, BOOL) \
	next(prefix, slots, INT4) next(prefix, back_in_stock_pending, BOOL) next(prefix, slots_idle, BOOL) \
	next(prefix, recalculate_at, TIMESTAMPTZ) next(prefix, subscribers_wait, BOOL) next(prefix, told_units, INT8)
enum
{
	COLUMN_NUMBERS(INVENTORY_COLUMNS, INVENTORY_)
};

DIRECT_STATEMENT(lock_inventory_rows,
				 DIRECTLY(DIRECT_LOCK, "availability", "availability_pkey", COLUMN_NAMES(INVENTORY_COLUMNS)),
				 "SELECT " COLUMN_NAMES(INVENTORY_COLUMNS) " FROM backorder.availability"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku FOR NO KEY UPDATE",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(read_inventory,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", COLUMN_NAMES(INVENTORY_COLUMNS)),
				 "SELECT " COLUMN_NAMES(INVENTORY_COLUMNS) " FROM backorder.availability"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(update_inventory,
				 DIRECTLY(DIRECT_UPDATE, "availability", "availability_pkey", COLUMN_NAMES(INVENTORY_COLUMNS), .nkeys = 1),
				 "UPDATE backorder.availability SET locations = $3, on_hand = $4, allocated = $5,"
				 " backordered = $6, promises_stale = $7, slots = $8, back_in_stock_pending = $9, slots_idle = $10, recalculate_at = $11, subscribers_wait = $12,"
				 " told_units = $13"
				 " WHERE merchant_id = $1 AND sku = $2",
				 INT4OID, COLUMN_TYPES(INVENTORY_COLUMNS));

#define MOVEMENT_COLUMNS(first, next, prefix) \
	first(prefix, movement_id, INT8) next(prefix, sku, TEXT) next(prefix, location_id, INT4) next(prefix, kind, TEXT) \
	next(prefix, quantity, INT8) next(prefix, cause, TEXT) next(prefix, actor, NAME) next(prefix, moved_at, TIMESTAMPTZ)

DIRECT_STATEMENT(insert_movements,
				 DIRECTLY(DIRECT_INSERT, "stock_movement", NULL, COLUMN_NAMES(MOVEMENT_COLUMNS)),
				 "INSERT INTO backorder.stock_movement (merchant_id, " COLUMN_NAMES(MOVEMENT_COLUMNS) ")"
				 " SELECT $1, m.* FROM unnest(" COLUMN_PARAMETERS(MOVEMENT_COLUMNS) ") AS m",
				 INT4OID, COLUMN_ARRAY_TYPES(MOVEMENT_COLUMNS));

/* Whether the SKU is a service, which has no stock. */
static bool
is_service(const Inventory *inv)
{
	return !inv->item.tracked;
}

/* Whether the SKU is tracked and has no row of availability yet. */
static bool
lacks_row(const Inventory *inv)
{
	return inv->item.tracked && !inv->has_row;
}

/* As query_for_skus(), over rows of availability that may have been seen before. */
static Rows
query_rows_seen(Call *call, Statement *statement, bool (*wanted) (const Inventory *))
{
	ItemPointerData *tids = palloc_array(ItemPointerData, Max(call->ninventories, 1));
	int			count = 0;

	for (int i = 0; i < call->ninventories; i++)
		if (wanted(&call->inventories[i]))
			tids[count++] = call->inventories[i].tid;
	return query_for_skus_seen(call, statement, wanted, tids);
}

/* Finds out which SKUs have a row. Such a SKU is locked by its row, even if it is a service by now. */
static void
probe_inventory_rows(Call *call)
{
	Rows		rows = query_for_skus(call, &probe_inventory, NULL);

	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, PROBED_sku));

		inv->has_row = true;
		inv->tid = row_tid(&rows, i);
		read_spread(inv, &rows, i, PROBED_SPREAD);
	}
	free_rows(&rows);
}

/* Finds out which SKUs without a row are services. A call that locks services treats every SKU as tracked. */
static void
probe_service_items(Call *call)
{
	Rows		rows;

	if (call->locks_service_items)
		return;
	rows = query_for_skus(call, &probe_items, lacks_row);
	for (uint64 i = 0; i < rows.count; i++)
		find_inventory(call, row_text(&rows, i, PROBED_sku))->item.tracked = row_bool(&rows, i, PROBED_tracked);
	free_rows(&rows);
}

/* Inserts the missing rows, so that every tracked SKU has one to lock. Services are held FOR SHARE instead. */
void
insert_missing_rows(Call *call)
{
	if (call->read_only)
		return;
	probe_inventory_rows(call);
	probe_service_items(call);
	query_for_skus(call, &share_service_items, is_service);
	query_for_skus(call, &insert_inventory, lacks_row);
}

/* Reads the location stock in a row of availability. */
static void
read_location_stock(Inventory *inv, const Rows *rows, uint64 row)
{
	ArrayType  *locations = DatumGetArrayTypeP(row_datum(rows, row, INVENTORY_locations));
	int64	   *on_hand = row_int64_array(rows, row, INVENTORY_on_hand, &inv->nstock);
	int64	   *allocated = row_int64_array(rows, row, INVENTORY_allocated, &inv->nstock);

	inv->stock_found = inv->nstock;
	inv->stock = palloc0_array(LocationStock, inv->nstock + 1);
	for (int i = 0; i < inv->nstock; i++)
	{
		inv->stock[i].location = ((int32 *) ARR_DATA_PTR(locations))[i];
		inv->stock[i].on_hand = on_hand[i];
		inv->stock[i].allocated = allocated[i];
	}
}

/* Reads the rows of these SKUs; returns whether any of them has slots. */
static bool
read_inventory_rows(Call *call, Statement *how, bool (*wanted) (const Inventory *))
{
	Rows		rows = query_rows_seen(call, how, wanted);
	bool		any_slots = false;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, INVENTORY_sku));

		read_location_stock(inv, &rows, i);
		inv->tid = row_tid(&rows, i);
		inv->backordered = row_int64(&rows, i, INVENTORY_backordered);
		inv->promises_stale = row_bool(&rows, i, INVENTORY_promises_stale);
		inv->recalculate_at = row_time(&rows, i, INVENTORY_recalculate_at);
		inv->subscribers_wait = row_bool(&rows, i, INVENTORY_subscribers_wait);
		inv->told_units = row_int64(&rows, i, INVENTORY_told_units);
		inv->nslots = row_int32(&rows, i, INVENTORY_slots);
		inv->back_in_stock_pending = row_bool(&rows, i, INVENTORY_back_in_stock_pending);
		inv->slots_idle = row_bool(&rows, i, INVENTORY_slots_idle) && !call->reads_all_slots;
		inv->has_row = true;
		any_slots |= inv->nslots > 0;
	}
	free_rows(&rows);
	return any_slots;
}

/* Whether the call locks the row of the SKU. */
static bool
wants_row(const Inventory *inv)
{
	return inv->item.tracked && !wants_slot(inv);
}

/*
 * Locks the rows of the tracked SKUs in key order, unless the call is read-only, and reads them; returns whether any
 * of them has slots. A call that holds a row works on the whole inventory, even if the row now says that a slot
 * would have sufficed.
 */
static bool
lock_rows_of_skus(Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
		call->inventories[i].needs_row |= wants_row(&call->inventories[i]);
	return read_inventory_rows(call, call->read_only ? &read_inventory : &lock_inventory_rows, wants_row);
}

/*
 * Requires the row of each SKU whose queue the order would join through a slot while supply is open, unless the
 * order sorts last at the usual priority. Otherwise it could overtake orders that queue through other slots. Returns
 * whether there are any.
 */
static bool
needs_row_for_position(Call *call)
{
	return call->chooses_queue_position && require_rows_with_supply(call, queues_by_slot);
}

/* Reads the inventory as the slots that the call holds show it; false if a slot no longer suffices. */
static bool
read_inventories_of_slots(Call *call)
{
	if (needs_row_for_position(call))
		return false;
	read_inventory_rows(call, &read_inventory, holds_slot);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		if (holds_slot(inv) && !wants_slot(inv))
			return false;
		if (holds_slot(inv))
			project_slot(inv);
	}
	return true;
}

/*
 * Locks the row of each SKU, or one slot where that suffices: all of them or none, because a call that holds a slot
 * must not wait for a row. The savepoint of a call that holds slots stays open until the end of the function.
 */
void
lock_rows_or_slots(Call *call)
{
	while (!call->read_only && may_take_slots(call))
	{
		CHECK_FOR_INTERRUPTS();
		wait_for_redistribution(call);
		begin_savepoint(&call->savepoint);
		lock_rows_of_skus(call);
		if (!slots_suffice(call) && take_slots(call) && read_inventories_of_slots(call))
		{
			call->in_savepoint = true;
			return;
		}
		roll_back_to_savepoint(&call->savepoint);
		for (int i = 0; i < call->ninventories; i++)
			call->inventories[i].slot = NULL;
	}
	if (lock_rows_of_skus(call))
		merge_slots(call);
}

/* Refuses an item that became tracked after the rows were inserted: the transaction must be repeated. */
static void
check_all_have_rows(const Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
		if (call->inventories[i].item.tracked && !call->inventories[i].has_row)
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("item \"%s\" changed while it was being ordered", call->inventories[i].sku),
					 errhint("Retry the transaction.")));
}

/* Remembers how each SKU was when it was locked; the items have been read since. */
void
remember_inventories(Call *call)
{
	if (!call->read_only)
		check_all_have_rows(call);
	for (int i = 0; i < call->ninventories; i++)
		remember_inventory(call, &call->inventories[i]);
}

/* Adds the row of one SKU to the batch. */
static void
add_inventory_row(Batch *batch, Inventory *inv)
{
	int32	   *locations;
	int64	   *on_hand;
	int64	   *allocated;
	Datum		values[INVENTORY_END - 1];
	bool		nulls[INVENTORY_END - 1] = {false};

	locations = palloc_array(int32, inv->nstock + 1);
	on_hand = palloc_array(int64, inv->nstock + 1);
	allocated = palloc_array(int64, inv->nstock + 1);
	for (int i = 0; i < inv->nstock; i++)
	{
		locations[i] = inv->stock[i].location;
		on_hand[i] = inv->stock[i].on_hand;
		allocated[i] = inv->stock[i].allocated;
	}
	values[INVENTORY_sku - 1] = CStringGetTextDatum(inv->sku);
	values[INVENTORY_locations - 1] = int4_array(locations, inv->nstock);
	values[INVENTORY_on_hand - 1] = int8_array(on_hand, inv->nstock);
	values[INVENTORY_allocated - 1] = int8_array(allocated, inv->nstock);
	values[INVENTORY_backordered - 1] = Int64GetDatum(inv->backordered);
	values[INVENTORY_promises_stale - 1] = BoolGetDatum(inv->promises_stale);
	values[INVENTORY_slots - 1] = Int32GetDatum(inv->nslots);
	values[INVENTORY_back_in_stock_pending - 1] = BoolGetDatum(inv->back_in_stock_pending);
	values[INVENTORY_slots_idle - 1] = BoolGetDatum(inv->slots_idle);
	values[INVENTORY_subscribers_wait - 1] = BoolGetDatum(inv->subscribers_wait);
	values[INVENTORY_told_units - 1] = Int64GetDatum(inv->told_units);
	values[INVENTORY_recalculate_at - 1] = TimestampTzGetDatum(inv->recalculate_at);
	nulls[INVENTORY_recalculate_at - 1] = inv->recalculate_at == NO_TIME;
	add_row_seen(batch, values, nulls, &inv->tid);
}

/* Writes every locked row, changed or not: a lock is taken by changing the row. */
static void
write_inventory_rows(const Call *call)
{
	static const Oid types[] = {COLUMN_TYPES(INVENTORY_COLUMNS)};
	Batch		batch;

	start_batch(&batch, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
		if (holds_row(&call->inventories[i]))
			add_inventory_row(&batch, &call->inventories[i]);
	write_each(&update_inventory, call->merchant_id, &batch);
}

/* Writes a row of the ledger for each movement of units. */
static void
write_movements(const Call *call)
{
	static const Oid types[] = {COLUMN_TYPES(MOVEMENT_COLUMNS)};
	Name		actor = palloc_object(NameData);
	Batch		batch;
	ListCell   *lc;

	namestrcpy(actor, call->actor);
	start_batch(&batch, lengthof(types), types);
	foreach(lc, call->movements)
	{
		Movement   *movement = lfirst(lc);
		Datum		row[] = {
			Int64GetDatum(next_id()), CStringGetTextDatum(movement->sku),
			Int32GetDatum(movement->location), CStringGetTextDatum(movement->kind),
			Int64GetDatum(movement->quantity), CStringGetTextDatum(movement->cause),
			NameGetDatum(actor), TimestampTzGetDatum(call->moved_at == NO_TIME ? call->clock : call->moved_at)
		};

		if (movement->quantity != 0)
			add_row(&batch, row, NULL);
	}
	write_batch(&insert_movements, call->merchant_id, &batch);
}

/* Writes the locked rows and slots, and the ledger. */
void
write_inventory(Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
		if (holds_row(&call->inventories[i]))
			drop_empty_stock(&call->inventories[i]);
	write_slots(call);
	write_inventory_rows(call);
	write_movements(call);
}
