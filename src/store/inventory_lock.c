/*
 * The book: one availability row per SKU, all its quantities at all locations.
 * Locking that row is what orders all work on the SKU; whoever locks it for a change writes it.
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

/* Which SKUs have a row already. */
DIRECT_STATEMENT(probe_inventory,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", "sku, " SPREAD_COLUMNS),
				 "SELECT sku, " SPREAD_COLUMNS " FROM backorder.availability WHERE merchant_id = $1 AND sku IN (SELECT unnest($2))",
				 INT4OID, TEXTARRAYOID);

/* Which of the others need none since they are services. */
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

#define INVENTORY_COLUMNS "sku, locations, on_hand, allocated, backordered, promises_stale, slots, back_in_stock_pending, slots_idle"

DIRECT_STATEMENT(lock_inventory_rows,
				 DIRECTLY(DIRECT_LOCK, "availability", "availability_pkey", INVENTORY_COLUMNS),
				 "SELECT " INVENTORY_COLUMNS " FROM backorder.availability"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku FOR NO KEY UPDATE",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(read_inventory,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", INVENTORY_COLUMNS),
				 "SELECT " INVENTORY_COLUMNS " FROM backorder.availability"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(update_inventory,
				 DIRECTLY(DIRECT_UPDATE, "availability", "availability_pkey", INVENTORY_COLUMNS, .nkeys = 1),
				 "UPDATE backorder.availability SET locations = $3, on_hand = $4, allocated = $5,"
				 " backordered = $6, promises_stale = $7, slots = $8, back_in_stock_pending = $9, slots_idle = $10 WHERE merchant_id = $1 AND sku = $2",
				 INT4OID, TEXTOID, INT4ARRAYOID, INT8ARRAYOID, INT8ARRAYOID, INT8OID, BOOLOID, INT4OID, BOOLOID, BOOLOID);

#define MOVEMENT_COLUMNS "movement_id, sku, location_id, kind, quantity, cause, actor, moved_at"

DIRECT_STATEMENT(insert_movements,
				 DIRECTLY(DIRECT_INSERT, "stock_movement", NULL, MOVEMENT_COLUMNS),
				 "INSERT INTO backorder.stock_movement (merchant_id, " MOVEMENT_COLUMNS ")"
				 " SELECT $1, m.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9) AS m(" MOVEMENT_COLUMNS ")",
				 INT4OID, INT8ARRAYOID, TEXTARRAYOID, INT4ARRAYOID, TEXTARRAYOID, INT8ARRAYOID,
				 TEXTARRAYOID, NAMEARRAYOID, TIMESTAMPTZARRAYOID);

/* Whether the SKU is in no stock. */
static bool
is_service(const Inventory *inv)
{
	return !inv->item.tracked;
}

/* Whether the SKU is tracked, but has no availability row yet. */
static bool
lacks_row(const Inventory *inv)
{
	return inv->item.tracked && !inv->has_row;
}

/* As query_for_skus(), over the availability rows, which may have been seen before. */
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

/* Finds out which SKUs have a row; what has one is locked by it, be it a service by now. */
static void
probe_inventory_rows(Call *call)
{
	Rows		rows = query_for_skus(call, &probe_inventory, NULL);

	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, 1));

		inv->has_row = true;
		inv->tid = row_tid(&rows, i);
		read_spread(inv, &rows, i, 2);
	}
	free_rows(&rows);
}

/* Finds out which SKUs without a row are services; who locks services takes each SKU for tracked. */
static void
probe_service_items(Call *call)
{
	Rows		rows;

	if (call->locks_service_items)
		return;
	rows = query_for_skus(call, &probe_items, lacks_row);
	for (uint64 i = 0; i < rows.count; i++)
		find_inventory(call, row_text(&rows, i, 1))->item.tracked = row_bool(&rows, i, 2);
	free_rows(&rows);
}

/* Makes the rows that are missing, so that every tracked SKU has one to lock; services are held FOR SHARE instead. */
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

/* Takes over the shelves of one availability row. */
static void
read_location_stock(Inventory *inv, const Rows *rows, uint64 row)
{
	ArrayType  *locations = DatumGetArrayTypeP(row_datum(rows, row, 2));
	int64	   *on_hand = row_int64_array(rows, row, 3, &inv->nstock);
	int64	   *allocated = row_int64_array(rows, row, 4, &inv->nstock);

	inv->stock_found = inv->nstock;
	inv->stock = palloc0_array(LocationStock, inv->nstock + 1);
	for (int i = 0; i < inv->nstock; i++)
	{
		inv->stock[i].location = ((int32 *) ARR_DATA_PTR(locations))[i];
		inv->stock[i].on_hand = on_hand[i];
		inv->stock[i].allocated = allocated[i];
	}
}

/* Takes over the rows of these SKUs; returns whether any of them is spread over slots. */
static bool
read_inventory_rows(Call *call, Statement *how, bool (*wanted) (const Inventory *))
{
	Rows		rows = query_rows_seen(call, how, wanted);
	bool		any_slots = false;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, 1));

		read_location_stock(inv, &rows, i);
		inv->tid = row_tid(&rows, i);
		inv->backordered = row_int64(&rows, i, 5);
		inv->promises_stale = row_bool(&rows, i, 6);
		inv->nslots = row_int32(&rows, i, 7);
		inv->back_in_stock_pending = row_bool(&rows, i, 8);
		inv->slots_idle = row_bool(&rows, i, 9) && !call->reads_all_slots;
		inv->has_row = true;
		any_slots |= inv->nslots > 0;
	}
	free_rows(&rows);
	return any_slots;
}

/* Whether the call locks the row of the SKU, and with it the whole book. */
static bool
wants_row(const Inventory *inv)
{
	return inv->item.tracked && !wants_slot(inv);
}

/*
 * Locks the rows of the tracked SKUs in key order, unless the work is read-only, and takes them over; returns whether any
 * of them is spread over slots. Who has a row works on the whole book from then on, also where the row, once it is had,
 * says that a slot would have done.
 */
static bool
lock_rows_of_skus(Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
		call->inventories[i].needs_row |= wants_row(&call->inventories[i]);
	return read_inventory_rows(call, call->read_only ? &read_inventory : &lock_inventory_rows, wants_row);
}

/*
 * Marks SKUs as to be had whole whose queue the order would join by a slot while supply is on its way, if its place is another
 * than the last of the usual ones: it takes supply from others, or others would stand before it; returns whether there are any.
 */
static bool
needs_row_for_position(Call *call)
{
	return call->chooses_queue_position && require_rows_with_supply(call, queues_by_slot);
}

/* Shows the books as the slots have them that were taken; false if a slot will not do for a SKU any more. */
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
 * Locks the rows of the SKUs, or one slot of those that have some: all together or none, since who holds a slot must not
 * wait for the row. The attempt stays open; whoever writes ends it.
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

/* An item that became tracked between the lock and the reading: the caller must begin again. */
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

/* Collects what the book says of one SKU. */
static void
add_inventory_row(Batch *batch, Inventory *inv)
{
	int32	   *locations;
	int64	   *on_hand;
	int64	   *allocated;
	Datum		values[9];

	locations = palloc_array(int32, inv->nstock + 1);
	on_hand = palloc_array(int64, inv->nstock + 1);
	allocated = palloc_array(int64, inv->nstock + 1);
	for (int i = 0; i < inv->nstock; i++)
	{
		locations[i] = inv->stock[i].location;
		on_hand[i] = inv->stock[i].on_hand;
		allocated[i] = inv->stock[i].allocated;
	}
	values[0] = CStringGetTextDatum(inv->sku);
	values[1] = int4_array(locations, inv->nstock);
	values[2] = int8_array(on_hand, inv->nstock);
	values[3] = int8_array(allocated, inv->nstock);
	values[4] = Int64GetDatum(inv->backordered);
	values[5] = BoolGetDatum(inv->promises_stale);
	values[6] = Int32GetDatum(inv->nslots);
	values[7] = BoolGetDatum(inv->back_in_stock_pending);
	values[8] = BoolGetDatum(inv->slots_idle);
	add_row_seen(batch, values, NULL, &inv->tid);
}

/* Writes every locked row of the book, changed or not: a mutex is taken by changing it. */
static void
write_inventory_rows(const Call *call)
{
	static const Oid types[] = {TEXTOID, INT4ARRAYOID, INT8ARRAYOID, INT8ARRAYOID, INT8OID, BOOLOID, INT4OID,
	BOOLOID, BOOLOID};
	Batch		batch;

	start_batch(&batch, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
		if (holds_row(&call->inventories[i]))
			add_inventory_row(&batch, &call->inventories[i]);
	write_each(&update_inventory, call->merchant_id, &batch);
}

/* Writes a row of the ledger for each movement that moved something. */
static void
write_movements(const Call *call)
{
	static const Oid types[] = {INT8OID, TEXTOID, INT4OID, TEXTOID, INT8OID, TEXTOID, NAMEOID, TIMESTAMPTZOID};
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
			NameGetDatum(actor), TimestampTzGetDatum(call->clock)
		};

		if (movement->quantity != 0)
			add_row(&batch, row, NULL);
	}
	write_batch(&insert_movements, call->merchant_id, &batch);
}

/* Writes the locked rows of the book with their slots, and the ledger. */
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
