/*
 * Slots: the book of a hot SKU spread over several rows, so that checkouts need not take turns until each other's commit.
 *
 * A slot holds a share of what may be allocated, or of what may join the queue, and counts what was taken from it. A
 * checkout for which one slot suffices locks that slot instead of the availability row. Whoever works on the SKU in any
 * other way locks the row and then all slots in order, adds what they counted to the book, and deals the shares out anew
 * at its end. So shares are raised only by who holds all slots; and slots have shares of the queue only while nothing is
 * available, and only as far as all who join it get the same date, neither of which can change while one slot is held.
 *
 * Slots that have nothing are idle, and their book is marked so: it is worked on without them, until something is dealt out
 * to them at the end of a call. Who has locked one by then found nothing in it, and waits for nobody while he has it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "store/slots.h"
#include "base/argument.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/states.h"
#include "model/stock_policy.h"
#include "model/supply_walk.h"
#include "store/inventory_rows.h"
#include "store/queue_rows.h"

#define MAX_TRIES 64			/* looks at slots, before a checkout takes the whole book in any case */
#define MAX_SKIPS 3				/* tries of slots that are others', before it waits for one */
#define MAX_WAITS 3				/* for whoever has the row, one after another, before it stands in line for it */
#define SLOT_COLUMNS "sku, slot_no, share, allocated, queue_share, backordered"

DIRECT_STATEMENT(read_slots,
				 DIRECTLY(DIRECT_READ, "availability_slot", "availability_slot_pkey", SLOT_COLUMNS),
				 "SELECT " SLOT_COLUMNS " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku, slot_no",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(lock_slots,
				 DIRECTLY(DIRECT_LOCK, "availability_slot", "availability_slot_pkey", SLOT_COLUMNS),
				 "SELECT " SLOT_COLUMNS " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku, slot_no FOR NO KEY UPDATE",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(try_slot,
				 DIRECTLY(DIRECT_LOCK_FREE, "availability_slot", "availability_slot_pkey", SLOT_COLUMNS),
				 "SELECT " SLOT_COLUMNS " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku = $2 AND slot_no = $3 FOR NO KEY UPDATE SKIP LOCKED",
				 INT4OID, TEXTOID, INT4OID);

DIRECT_STATEMENT(wait_for_slot,
				 DIRECTLY(DIRECT_LOCK, "availability_slot", "availability_slot_pkey", SLOT_COLUMNS),
				 "SELECT " SLOT_COLUMNS " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku = $2 AND slot_no = $3 FOR NO KEY UPDATE",
				 INT4OID, TEXTOID, INT4OID);

/* What the row of one SKU says of its slots; also to see who holds it. */
DIRECT_STATEMENT(find_inventory_row,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", SPREAD_COLUMNS),
				 "SELECT " SPREAD_COLUMNS " FROM backorder.availability WHERE merchant_id = $1 AND sku = $2",
				 INT4OID, TEXTOID);

DIRECT_STATEMENT(update_slot,
				 DIRECTLY(DIRECT_UPDATE, "availability_slot", "availability_slot_pkey", SLOT_COLUMNS, .nkeys = 2),
				 "UPDATE backorder.availability_slot SET share = $4, allocated = $5, queue_share = $6, backordered = $7"
				 " WHERE merchant_id = $1 AND sku = $2 AND slot_no = $3",
				 INT4OID, TEXTOID, INT4OID, INT8ARRAYOID, INT8ARRAYOID, INT8OID, INT8OID);

STATEMENT(add_slots,
		  "INSERT INTO backorder.availability_slot (merchant_id, sku, slot_no)"
		  " SELECT $1, $2, n FROM generate_series(1, $3) AS n ON CONFLICT DO NOTHING",
		  INT4OID, TEXTOID, INT4OID);

STATEMENT(drop_slots,
		  "DELETE FROM backorder.availability_slot WHERE merchant_id = $1 AND sku = $2 AND slot_no > $3",
		  INT4OID, TEXTOID, INT4OID);

/* What a row of the last result says of one slot. */
static Slot *
read_slot(const Rows *rows, uint64 row)
{
	Slot	   *slot = palloc_object(Slot);

	slot->tid = row_tid(rows, row);
	slot->slot_no = row_int32(rows, row, 2);
	slot->share = row_int64_array(rows, row, 3, &slot->nstock);
	slot->allocated = row_int64_array(rows, row, 4, &slot->nstock);
	slot->queue_share = row_int64(rows, row, 5);
	slot->backordered = row_int64(rows, row, 6);
	return slot;
}

/* Units that may be allocated from the slot. */
static int64
slot_share(const Slot *slot)
{
	int64		sum = 0;

	for (int i = 0; i < slot->nstock; i++)
		sum = add_units(sum, slot->share[i]);
	return sum;
}

/* Whether all that the call wants of the SKU can be allocated from the slot, or can join the queue by it. */
static bool
slot_suffices(const Slot *slot, const Inventory *inv)
{
	return slot_share(slot) >= inv->ordered_units || slot->queue_share >= inv->ordered_units;
}

/* The slots of a SKU as they are without a lock. */
typedef struct Outlook
{
	List	   *promising;		/* numbers of those that suffice for what the call wants */
	int64		units;			/* in all slots that may be allocated, or may join the queue */
} Outlook;

/* Looks at the slots of the SKU. */
static Outlook
look_at_slots(const Call *call, const Inventory *inv)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(&inv->sku, 1)};
	Rows		rows = query(&read_slots, false, values, NULL);
	Outlook		outlook = {.promising = NIL};

	for (uint64 i = 0; i < rows.count; i++)
	{
		const Slot *slot = read_slot(&rows, i);

		if (slot_suffices(slot, inv))
			outlook.promising = lappend_int(outlook.promising, slot->slot_no);
		outlook.units = Min(add_units(outlook.units, Max(slot_share(slot), slot->queue_share)), MAX_QUANTITY);
	}
	free_rows(&rows);
	return outlook;
}

/*
 * Whether it is worth taking the whole book, and dealing out anew: no slot suffices, or so few that twice as many would if
 * all had the same.
 */
static bool
is_worth_redistributing(const Outlook *outlook, const Inventory *inv)
{
	int64		count = list_length(outlook->promising);

	return count == 0 || 2 * count <= Min(inv->nslots, outlook->units / inv->ordered_units);
}

/* Locks one slot and returns it as it is then; NULL if it is gone, or another's and not to be waited for. */
static Slot *
lock_slot(Statement *how, const Call *call, const Inventory *inv, int32 slot_no)
{
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), CStringGetTextDatum(inv->sku), Int32GetDatum(slot_no)
	};
	Rows		rows = query(how, false, values, NULL);
	Slot	   *slot = rows.count == 0 ? NULL : read_slot(&rows, 0);

	free_rows(&rows);
	return slot;
}

/* The slot to try first: the one that this backend took last, of whatever SKU. Any is right; this one is rarely another's. */
static int32 preferred_slot = 0;

typedef enum Taking
{
	TAKEN,
	BUSY,						/* it is another's, or gone */
	VAIN						/* it is locked now, but does not suffice */
} Taking;

/* Takes this slot if it suffices. */
static Taking
try_to_take(Statement *how, const Call *call, Inventory *inv, int32 slot_no)
{
	Slot	   *slot = lock_slot(how, call, inv, slot_no);

	if (slot == NULL)
		return BUSY;
	if (!slot_suffices(slot, inv))
		return VAIN;
	inv->slot = slot;
	preferred_slot = slot_no;
	return TAKEN;
}

/* Takes a slot that is free of those that promised to suffice, the first few from a place of the backend's own on; else waits. */
static Taking
take_promising_slot(const Call *call, Inventory *inv, const List *promising)
{
	int			count = list_length(promising);
	Taking		taking = BUSY;

	for (int i = 0; i < Min(count, MAX_SKIPS) && taking == BUSY; i++)
		taking = try_to_take(&try_slot, call, inv, list_nth_int(promising, (MyProcPid + i) % count));
	if (taking == BUSY)
		taking = try_to_take(&wait_for_slot, call, inv, list_nth_int(promising, MyProcPid % count));
	return taking;
}

/*
 * Takes one slot of the SKU that suffices: the backend's favorite if it is free, else another one, else it waits for one. False
 * if none was had: then the caller must let go of all that it holds, be it a slot that was locked in vain, since who holds one
 * must not wait for another; and take the whole book if the SKU is marked so.
 */
static bool
take_slot(const Call *call, Inventory *inv)
{
	Taking		taking = BUSY;
	Outlook		outlook;

	if (preferred_slot == 0)
		preferred_slot = MyProcPid % inv->nslots + 1;
	if (inv->tries == 0 && preferred_slot <= inv->nslots)
		taking = try_to_take(&try_slot, call, inv, preferred_slot);
	inv->tries += taking != TAKEN;
	if (taking != BUSY)
		return taking == TAKEN;
	outlook = look_at_slots(call, inv);
	inv->needs_row = is_worth_redistributing(&outlook, inv) || inv->tries > MAX_TRIES;
	return !inv->needs_row && take_promising_slot(call, inv, outlook.promising) == TAKEN;
}

/* Whether the whole of the book was chosen for want of slots, and they may be looked at once more. */
static bool
may_look_at_slots_again(const Inventory *inv)
{
	return inv->needs_row && inv->ordered_units > 0 && inv->nslots > 0 && !inv->slots_idle && !inv->back_in_stock_pending &&
		inv->tries <= MAX_TRIES;
}

/* Looks at the slots again, and chooses between one of them and the whole book anew; that counts as a try. */
static void
look_at_slots_again(const Call *call, Inventory *inv)
{
	Outlook		outlook = look_at_slots(call, inv);

	inv->tries++;
	inv->needs_row = is_worth_redistributing(&outlook, inv);
}

/* Whether the slots of the SKU, idle by now, may have been dealt out when the call gets the row. */
static bool
may_be_redistributed(const Inventory *inv)
{
	return inv->nslots > 0 && inv->slots_idle && inv->ordered_units > 0 && !inv->back_in_stock_pending && inv->tries <= MAX_TRIES;
}

/*
 * Whether that is likely to happen soon: nobody waits yet, so that the first who does opens the queue for the others. Where
 * somebody does, the queue has no room for a lasting reason.
 */
static bool
will_be_redistributed(const Inventory *inv)
{
	return may_be_redistributed(inv) && inv->backordered == 0;
}

/* Looks at the row of the SKU, and, unless they are idle, at its slots again. */
static void
look_at_row(const Call *call, Inventory *inv, const Datum *key)
{
	Rows		rows = query(&find_inventory_row, false, key, NULL);
	bool		found = rows.count > 0;

	if (found)
		read_spread(inv, &rows, 0, 1);
	free_rows(&rows);
	if (found && inv->nslots > 0 && !inv->slots_idle)
		look_at_slots_again(call, inv);
}

/*
 * Lets whoever has the row of a SKU deal its slots out anew, where the call wants the whole book for want of slots and holds
 * no row or slot of a book: slots may do then, for all who have waited. If they do not, it stands in line for the row.
 */
void
wait_for_redistribution(const Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];
		Datum		key[] = {Int32GetDatum(call->merchant_id), CStringGetTextDatum(inv->sku)};

		for (int waits = 0; waits < MAX_WAITS; waits++)
		{
			if (!(may_look_at_slots_again(inv) || will_be_redistributed(inv)) || !wait_for_holder(&find_inventory_row, key))
				break;
			look_at_row(call, inv, key);
		}
	}
}

/*
 * Whether a slot will do after all for a SKU of which the call has locked the row, in order to take the whole book: while it
 * waited for the row, somebody has dealt out anew. Not for ever: a SKU is looked at so MAX_TRIES times.
 */
bool
slots_suffice(Call *call)
{
	bool		any = false;

	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		if (!may_look_at_slots_again(inv))
			continue;
		look_at_slots_again(call, inv);
		any |= !inv->needs_row;
	}
	return any;
}

/* Whether a checkout may do with one slot of the SKU; not of idle ones, nor while notices may be withdrawn for what it takes. */
bool
wants_slot(const Inventory *inv)
{
	return inv->nslots > 0 && inv->ordered_units > 0 && !inv->needs_row && !inv->slots_idle && !inv->back_in_stock_pending;
}

/* Whether any SKU has slots of which one may do, be it at another look. */
bool
may_take_slots(const Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		const Inventory *inv = &call->inventories[i];

		if (wants_slot(inv) || may_look_at_slots_again(inv) || may_be_redistributed(inv))
			return true;
	}
	return false;
}

/*
 * Shows the book as the slot has it: its share is all that is on hand; or, where it has a share of the queue, the shelves are
 * as the row says, and of those who wait some may be missing whom other slots have counted. The row was read after the slot
 * was locked.
 */
void
project_slot(Inventory *inv)
{
	const Slot *slot = inv->slot;

	inv->backordered = add_units(inv->backordered, slot->backordered);
	if (queues_by_slot(inv))
		return;
	for (int i = 0; i < inv->nstock; i++)
	{
		inv->stock[i].on_hand = i < slot->nstock ? slot->share[i] : 0;
		inv->stock[i].allocated = 0;
	}
}

/* Adds what the slot has counted to the book. */
static void
merge_slot(Inventory *inv, const Slot *slot)
{
	for (int i = 0; i < slot->nstock && i < inv->nstock; i++)
		add_allocated(inv, &inv->stock[i], slot->allocated[i]);
	add_backordered(inv, slot->backordered);
}

/* Whether the call works on, or reads, the whole of a book that is spread over slots. */
static bool
has_slots(const Inventory *inv)
{
	return inv->nslots > 0 && !wants_slot(inv);
}

/* Whether there is anything in the slots of a book on the whole of which the call works. */
static bool
has_busy_slots(const Inventory *inv)
{
	return has_slots(inv) && !inv->slots_idle;
}

/* Adds what the slots in the rows of the last result have counted to their books. */
static void
merge_slot_rows(const Call *call, Rows rows)
{
	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, 1));

		merge_slot(inv, read_slot(&rows, i));
		inv->slots_read++;
	}
	free_rows(&rows);
}

/*
 * Locks all slots, but idle ones, of the books whose rows are locked, and adds what they have counted; a read-only work
 * locks nothing.
 */
void
merge_slots(Call *call)
{
	merge_slot_rows(call, query_for_skus(call, call->read_only ? &read_slots : &lock_slots, has_busy_slots));
}

/* As merge_slots(), of one book. */
static void
merge_slots_of(const Call *call, const Inventory *inv)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(&inv->sku, 1)};

	merge_slot_rows(call, query(&lock_slots, false, values, NULL));
}

/*
 * Takes one slot of each SKU of which one may do, and all slots of those whose row is locked, by SKU; false if one was not
 * to be had.
 */
bool
take_slots(const Call *call)
{
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		if (wants_slot(inv) && !take_slot(call, inv))
			return false;
		if (has_busy_slots(inv))
			merge_slots_of(call, inv);
	}
	return true;
}

/* Collects one slot as it is to be. */
static void
add_slot_row(Batch *batch, const Inventory *inv, const Slot *slot)
{
	Datum		values[] = {
		CStringGetTextDatum(inv->sku), Int32GetDatum(slot->slot_no), int8_array(slot->share, slot->nstock),
		int8_array(slot->allocated, slot->nstock), Int64GetDatum(slot->queue_share), Int64GetDatum(slot->backordered)
	};

	add_row_seen(batch, values, NULL, &slot->tid);
}

/* Takes what the call did out of the shares of the one slot that it holds. */
static void
debit_slot(Inventory *inv)
{
	Slot	   *slot = inv->slot;
	int64		queued = inv->backordered - inv->backordered_before;

	for (int i = 0; i < slot->nstock && i < inv->nstock && !queues_by_slot(inv); i++)
	{
		slot->share[i] -= inv->stock[i].allocated;
		slot->allocated[i] = add_units(slot->allocated[i], inv->stock[i].allocated);
	}
	slot->queue_share -= queued;
	slot->backordered = add_units(slot->backordered, queued);
}

/* A slot's part of units that are dealt out evenly, what is left over going to the first ones. */
static int64
even_share(int64 units, int nslots, int slot_no)
{
	return units / nslots + (slot_no <= units % nslots ? 1 : 0);
}

/*
 * The units of each shelf that checkouts may allocate unseen, by rank of the locations: what is available down to one unit
 * above the threshold at which the merchant is warned.
 */
static int64 *
units_to_share(Inventory *inv)
{
	int64	   *units = palloc0_array(int64, inv->nstock + 1);
	int64		left = available_to_promise(inv) - (inv->item.low_stock + 1);

	while (left > 0 && !inv->back_in_stock_pending)
	{
		const LocationStock *best = NULL;

		for (int i = 0; i < inv->nstock; i++)
		{
			const LocationStock *loc = &inv->stock[i];

			if (free_at_location(loc) > 0 && units[i] == 0 &&
				(best == NULL || loc->rank < best->rank || (loc->rank == best->rank && loc->location < best->location)))
				best = loc;
		}
		if (best == NULL)
			break;
		units[best - inv->stock] = Min(left, free_at_location(best));
		left -= units[best - inv->stock];
	}
	return units;
}

/*
 * Units that checkouts may add to the queue without asking each other: as many as get the same date, in whatever order they
 * come; none, with supply on its way, where some would stand before others, or for so few that dealing out costs more than
 * taking turns.
 */
static int64
queue_units_to_share(const Call *call, const Inventory *inv)
{
	int64		limit = inv->item.backorder_limit < 0 ? MAX_QUANTITY : inv->item.backorder_limit;
	int64		room = Min(Max(limit - inv->backordered, 0), units_with_next_date(inv));

	if (inv->backordered == 0 || !policy_allows_queue_shares(&inv->item) || inv->back_in_stock_pending)
		return 0;
	if (inv->nsupplies > 0 && (room < inv->nslots / 4 || !ends_with_usual_priority(call, inv)))
		return 0;
	return room;
}

/* Whether there is nothing to deal out. */
static bool
is_empty_share(const Inventory *inv, const int64 *units, int64 room)
{
	for (int i = 0; i < inv->nstock; i++)
		if (units[i] > 0)
			return false;
	return room == 0;
}

/* Deals the book's open units and its queue's room out to its slots. Idle ones to which nothing is dealt stay as they are. */
static void
redistribute(const Call *call, Batch *batch, Inventory *inv)
{
	int64	   *units = units_to_share(inv);
	int64		room = queue_units_to_share(call, inv);
	bool		nothing = is_empty_share(inv, units, room);

	if (inv->slots_idle && nothing && inv->nstock == inv->stock_found)
		return;
	inv->slots_idle = nothing;
	for (int n = 1; n <= inv->nslots; n++)
	{
		Slot		slot = {.slot_no = n, .nstock = inv->nstock, .queue_share = even_share(room, inv->nslots, n)};

		slot.share = palloc_array(int64, inv->nstock + 1);
		slot.allocated = palloc0_array(int64, inv->nstock + 1);
		for (int i = 0; i < inv->nstock; i++)
			slot.share[i] = even_share(units[i], inv->nslots, n);
		add_slot_row(batch, inv, &slot);
	}
}

/* Gives the book as many slots as the item wants; the call holds the row, and all slots that are not idle. */
static void
change_slot_count(const Call *call, Inventory *inv)
{
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), CStringGetTextDatum(inv->sku), Int32GetDatum(inv->item.slots)
	};

	query(&add_slots, false, values, NULL);
	query(&drop_slots, false, values, NULL);
	inv->nslots = inv->item.slots;
	inv->slots_idle = false;
}

/* Whether it must be known, for its slots, if the SKU has supply on its way. */
static bool
lacks_supplies(const Inventory *inv)
{
	return has_slots(inv) && inv->backordered > 0 && !inv->supplies_read;
}

/* Reads the supply of books whose slots may get a share of the queue. */
static void
look_for_supplies(Call *call)
{
	bool		any = false;

	for (int i = 0; i < call->ninventories; i++)
		any |= lacks_supplies(&call->inventories[i]);
	if (any)
		load_more_supplies(call, lacks_supplies);
}

/* Writes the slots that this call holds, before the rows: what it took from one, or the shares dealt out anew to all. */
void
write_slots(Call *call)
{
	static const Oid types[] = {TEXTOID, INT4OID, INT8ARRAYOID, INT8ARRAYOID, INT8OID, INT8OID};
	Batch		batch;

	for (int i = 0; i < call->ninventories; i++)
		if (holds_row(&call->inventories[i]) && call->inventories[i].item.slots != call->inventories[i].nslots)
			change_slot_count(call, &call->inventories[i]);
	look_for_supplies(call);
	start_batch(&batch, lengthof(types), types);
	for (int i = 0; i < call->ninventories; i++)
	{
		Inventory  *inv = &call->inventories[i];

		if (inv->slot != NULL)
		{
			debit_slot(inv);
			add_slot_row(&batch, inv, inv->slot);
		}
		else if (has_slots(inv))
			redistribute(call, &batch, inv);
	}
	write_each(&update_slot, call->merchant_id, &batch);
}
