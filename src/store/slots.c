/*
 * Slots: the inventory of a hot SKU, spread over several rows, so that checkouts need not take turns until each other's commit.
 *
 * A slot has a share: units per location that may be allocated, or units that may join the queue. It counts what checkouts
 * take from it. A checkout for which one slot suffices locks that slot instead of the row of availability. Every other call
 * locks the row and then all slots in order, adds their counts to the row, and gives each slot a new share at its end.
 *
 * Why it is exact: only a call that holds all slots raises a share. Slots have shares of the queue only while nothing is
 * available, and only as far as every unit that joins gets the same date; neither can change while a slot is held.
 *
 * The row is in one of three states:
 *
 *	PLAIN	no slots. Every call locks the row.
 *	SPREAD	slots with shares or counts. A checkout locks one slot; every other call the row, then all slots.
 *	IDLE	slots without shares and counts (slots_idle). Every call locks the row; no call reads or locks the slots.
 *
 * Only a call that holds the row, and in SPREAD all slots, changes the state, in write_slots(). A transaction that locked a slot
 * just before it became idle finds it empty, and waits for nothing while it holds it.
 *
 * A checkout is in one of four states for each SKU with slots.
 *
 *	TRY: it locks a slot with SKIP LOCKED. It tries the preferred slot, then up to MAX_SKIPS of those that suffice.
 *	WAIT: all of these are busy. It waits for one of them.
 *	WHOLE ROW: too few slots suffice, or MAX_TRIES are over. It waits for the transaction that holds the row, not for the row.
 *	LOOK AGAIN: that transaction has ended, or the row is locked now. It reads the slots again. If enough suffice, it releases
 *	the row and goes to TRY. Otherwise it locks the row and all slots.
 *
 * A checkout that locks a slot in vain releases everything before it tries another one. A holder of a slot never waits for
 * another slot of the same SKU, or for a row of availability. doc/slots.md tells the whole protocol, and what it gains.
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

#define MAX_TRIES 64			/* looks at the slots of a SKU, before a checkout locks the row in any case */
#define MAX_SKIPS 3				/* busy slots, before it waits for one */
#define MAX_WAITS 3				/* for holders of the row, one after another, before it waits for the row itself */
#define SLOT_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, slot_no, INT4) next(prefix, share, INT8ARRAY) \
	next(prefix, allocated, INT8ARRAY) next(prefix, queue_share, INT8) next(prefix, backordered, INT8)
enum
{
	COLUMN_NUMBERS(SLOT_COLUMNS, SLOT_)
};

DIRECT_STATEMENT(read_slots,
				 DIRECTLY(DIRECT_READ, "availability_slot", "availability_slot_pkey", COLUMN_NAMES(SLOT_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SLOT_COLUMNS) " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku, slot_no",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(lock_slots,
				 DIRECTLY(DIRECT_LOCK, "availability_slot", "availability_slot_pkey", COLUMN_NAMES(SLOT_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SLOT_COLUMNS) " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku IN (SELECT unnest($2)) ORDER BY sku, slot_no FOR NO KEY UPDATE",
				 INT4OID, TEXTARRAYOID);

DIRECT_STATEMENT(try_slot,
				 DIRECTLY(DIRECT_LOCK_FREE, "availability_slot", "availability_slot_pkey", COLUMN_NAMES(SLOT_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SLOT_COLUMNS) " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku = $2 AND slot_no = $3 FOR NO KEY UPDATE SKIP LOCKED",
				 INT4OID, TEXTOID, INT4OID);

DIRECT_STATEMENT(wait_for_slot,
				 DIRECTLY(DIRECT_LOCK, "availability_slot", "availability_slot_pkey", COLUMN_NAMES(SLOT_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SLOT_COLUMNS) " FROM backorder.availability_slot"
				 " WHERE merchant_id = $1 AND sku = $2 AND slot_no = $3 FOR NO KEY UPDATE",
				 INT4OID, TEXTOID, INT4OID);

/* The columns of one row that tell of its slots; also used to find the holder of the row. */
DIRECT_STATEMENT(find_inventory_row,
				 DIRECTLY(DIRECT_READ, "availability", "availability_pkey", COLUMN_NAMES(SPREAD_COLUMNS)),
				 "SELECT " COLUMN_NAMES(SPREAD_COLUMNS) " FROM backorder.availability WHERE merchant_id = $1 AND sku = $2",
				 INT4OID, TEXTOID);

DIRECT_STATEMENT(update_slot,
				 DIRECTLY(DIRECT_UPDATE, "availability_slot", "availability_slot_pkey", COLUMN_NAMES(SLOT_COLUMNS), .nkeys = 2),
				 "UPDATE backorder.availability_slot SET share = $4, allocated = $5, queue_share = $6, backordered = $7"
				 " WHERE merchant_id = $1 AND sku = $2 AND slot_no = $3",
				 INT4OID, COLUMN_TYPES(SLOT_COLUMNS));

STATEMENT(add_slots,
		  "INSERT INTO backorder.availability_slot (merchant_id, sku, slot_no)"
		  " SELECT $1, $2, n FROM generate_series(1, $3) AS n ON CONFLICT DO NOTHING",
		  INT4OID, TEXTOID, INT4OID);

STATEMENT(drop_slots,
		  "DELETE FROM backorder.availability_slot WHERE merchant_id = $1 AND sku = $2 AND slot_no > $3",
		  INT4OID, TEXTOID, INT4OID);

/* Reads one slot from a row. */
static Slot *
read_slot(const Rows *rows, uint64 row)
{
	Slot	   *slot = palloc_object(Slot);

	slot->tid = row_tid(rows, row);
	slot->slot_no = row_int32(rows, row, SLOT_slot_no);
	slot->share = row_int64_array(rows, row, SLOT_share, &slot->nstock);
	slot->allocated = row_int64_array(rows, row, SLOT_allocated, &slot->nstock);
	slot->queue_share = row_int64(rows, row, SLOT_queue_share);
	slot->backordered = row_int64(rows, row, SLOT_backordered);
	return slot;
}

/* The units that may be allocated from the slot, over all locations. */
static int64
slot_share(const Slot *slot)
{
	int64		sum = 0;

	for (int i = 0; i < slot->nstock; i++)
		sum = add_units(sum, slot->share[i]);
	return sum;
}

/*
 * Whether all units that the call orders of the SKU can be allocated from the slot, or can join the queue through
 * it.
 */
static bool
slot_suffices(const Slot *slot, const Inventory *inv)
{
	return slot_share(slot) >= inv->ordered_units || slot->queue_share >= inv->ordered_units;
}

/* The slots of a SKU, as read without a lock. */
typedef struct Outlook
{
	List	   *promising;		/* numbers of the slots that suffice for the call */
	int64		units;			/* that may be allocated from, or queued through, all slots */
} Outlook;

/* Reads the slots of the SKU without a lock. */
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
 * Whether the row is worth locking, to redistribute: no slot suffices, or at most half as many as would suffice if
 * all had the same share.
 */
static bool
is_worth_redistributing(const Outlook *outlook, const Inventory *inv)
{
	int64		count = list_length(outlook->promising);

	return count == 0 || 2 * count <= Min(inv->nslots, outlook->units / inv->ordered_units);
}

/*
 * Locks one slot and returns it as it is then; NULL if it is gone, or if it is busy and the statement does not wait.
 */
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

/*
 * The slot to try first: the one that this backend took last, of any SKU. Any slot is right; this one is rarely
 * busy.
 */
static int32 preferred_slot = 0;

typedef enum Taking
{
	TAKEN,
	BUSY,						/* another transaction holds it, or it is gone */
	IN_VAIN						/* it is locked, but does not suffice */
} Taking;

/* Takes this slot if it suffices. */
static Taking
try_to_take(Statement *how, const Call *call, Inventory *inv, int32 slot_no)
{
	Slot	   *slot = lock_slot(how, call, inv, slot_no);

	if (slot == NULL)
		return BUSY;
	if (!slot_suffices(slot, inv))
		return IN_VAIN;
	inv->slot = slot;
	preferred_slot = slot_no;
	return TAKEN;
}

/*
 * Takes one of the slots that seemed to suffice: up to MAX_SKIPS without waiting, from a place of the backend's own
 * on, then one with waiting.
 */
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
 * Takes one slot of the SKU that suffices. False if it took none: the caller must release everything that it holds,
 * even a slot that it locked in vain, and lock the row if needs_row is set.
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

/* Whether the row was chosen for want of slots, and the slots may be looked at once more. */
static bool
may_look_at_slots_again(const Inventory *inv)
{
	return inv->needs_row && inv->ordered_units > 0 && inv->nslots > 0 && !inv->slots_idle && !inv->back_in_stock_pending &&
		inv->tries <= MAX_TRIES;
}

/* Reads the slots again, and chooses between one of them and the row; this counts as a try. */
static void
look_at_slots_again(const Call *call, Inventory *inv)
{
	Outlook		outlook = look_at_slots(call, inv);

	inv->tries++;
	inv->needs_row = is_worth_redistributing(&outlook, inv);
}

/* Whether the slots of the SKU are idle, but may have shares by the time the call gets the row. */
static bool
may_be_redistributed(const Inventory *inv)
{
	return inv->nslots > 0 && inv->slots_idle && inv->ordered_units > 0 && !inv->back_in_stock_pending && inv->tries <= MAX_TRIES;
}

/*
 * Whether that is likely to happen soon: nobody waits yet, so the first order that waits opens the queue for the
 * others. If somebody waits, the queue has no room for a lasting reason.
 */
static bool
will_be_redistributed(const Inventory *inv)
{
	return may_be_redistributed(inv) && inv->backordered == 0;
}

/* Reads the row of the SKU and, unless they are idle, its slots again. */
static void
look_at_row(const Call *call, Inventory *inv, const Datum *key)
{
	Rows		rows = query(&find_inventory_row, false, key, NULL);
	bool		found = rows.count > 0;

	if (found)
		read_spread(inv, &rows, 0, SPREAD_slots);
	free_rows(&rows);
	if (found && inv->nslots > 0 && !inv->slots_idle)
		look_at_slots_again(call, inv);
}

/*
 * Waits, if the call wants a row for want of slots, for the transaction that holds the row: it redistributes. The
 * call must not hold any row or slot. All calls that wait go on together, and look at the slots again.
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
 * Whether a slot suffices after all for a SKU whose row the call has locked: another transaction has redistributed
 * while the call waited. A SKU is looked at MAX_TRIES times at most.
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

/*
 * Whether a checkout may work on one slot of the SKU: not on an idle one, and not while notifications may have to be
 * withdrawn.
 */
bool
wants_slot(const Inventory *inv)
{
	return inv->nslots > 0 && inv->ordered_units > 0 && !inv->needs_row && !inv->slots_idle && !inv->back_in_stock_pending;
}

/* Whether a slot may do for any SKU of the call, now or at another look. */
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
 * Shows the inventory as the slot has it: its share is all that is on hand. If it has a share of the queue, the
 * locations are as in the row, and units that other slots counted may be missing from those that wait. The row was
 * read after the slot was locked.
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

/* Adds the counts of the slot to the inventory. */
static void
merge_slot(Inventory *inv, const Slot *slot)
{
	for (int i = 0; i < slot->nstock && i < inv->nstock; i++)
		add_allocated(inv, &inv->stock[i], slot->allocated[i]);
	add_backordered(inv, slot->backordered);
}

/* Whether the call works on, or reads, the whole of an inventory with slots. */
static bool
has_slots(const Inventory *inv)
{
	return inv->nslots > 0 && !wants_slot(inv);
}

/* Whether the slots of such an inventory have shares or counts. */
static bool
has_busy_slots(const Inventory *inv)
{
	return has_slots(inv) && !inv->slots_idle;
}

/* Adds the counts of the slots in these rows to their inventory. */
static void
merge_slot_rows(const Call *call, Rows rows)
{
	for (uint64 i = 0; i < rows.count; i++)
	{
		Inventory  *inv = find_inventory(call, row_text(&rows, i, SLOT_sku));

		merge_slot(inv, read_slot(&rows, i));
		inv->slots_read++;
	}
	free_rows(&rows);
}

/*
 * Locks all slots of the SKUs whose rows are locked, except idle ones, and adds their counts. A read-only call locks
 * nothing.
 */
void
merge_slots(Call *call)
{
	merge_slot_rows(call, query_for_skus(call, call->read_only ? &read_slots : &lock_slots, has_busy_slots));
}

/* As merge_slots(), for one SKU. */
static void
merge_slots_of(const Call *call, const Inventory *inv)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), text_array(&inv->sku, 1)};

	merge_slot_rows(call, query(&lock_slots, false, values, NULL));
}

/*
 * Takes one slot of each SKU for which one may do, and all slots of the SKUs whose row is locked, by SKU; false if
 * it could not take one.
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

/* Adds one slot to the batch of rows to write. */
static void
add_slot_row(Batch *batch, const Inventory *inv, const Slot *slot)
{
	Datum		values[] = {
		CStringGetTextDatum(inv->sku), Int32GetDatum(slot->slot_no), int8_array(slot->share, slot->nstock),
		int8_array(slot->allocated, slot->nstock), Int64GetDatum(slot->queue_share), Int64GetDatum(slot->backordered)
	};

	add_row_seen(batch, values, NULL, &slot->tid);
}

/* Takes what the call allocated and queued out of the shares of its slot. */
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

/* The part of the units that one slot gets, evenly; the first slots get what is left over. */
static int64
even_share(int64 units, int nslots, int slot_no)
{
	return units / nslots + (slot_no <= units % nslots ? 1 : 0);
}

/*
 * The units of each location that slots may allocate, by rank of the locations: what is available to promise, down
 * to one unit above the threshold of the stock warning.
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
 * The units that may join the queue through slots: as many as get the same date, in whatever order they come. None
 * while supply is open and some would overtake others, or if they are so few that taking turns is faster.
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

/* Whether there is nothing to share. */
static bool
is_empty_share(const Inventory *inv, const int64 *units, int64 room)
{
	for (int i = 0; i < inv->nstock; i++)
		if (units[i] > 0)
			return false;
	return room == 0;
}

/*
 * Gives each slot its share of what is available and of the room in the queue. Idle slots that get nothing stay as
 * they are.
 */
static void
redistribute(const Call *call, Batch *batch, Inventory *inv)
{
	int64	   *units = units_to_share(inv);
	int64		room = queue_units_to_share(call, inv);
	bool		nothing = is_empty_share(inv, units, room);

	if (inv->slots_idle && nothing && inv->nstock == inv->stock_found)
		return;
	inv->slots_idle = nothing;
	if (room > 0)
		note_next_deadline(call, inv);
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

/* Gives the SKU as many slots as the item asks for. The call holds the row, and all slots that are not idle. */
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

/* Whether the slots of the SKU need to know its open supply, which has not been read. */
static bool
lacks_supplies(const Inventory *inv)
{
	return has_slots(inv) && inv->backordered > 0 && !inv->supplies_read;
}

/* Reads the open supply of the SKUs whose slots may get a share of the queue. */
static void
look_for_supplies(Call *call)
{
	bool		any = false;

	for (int i = 0; i < call->ninventories; i++)
		any |= lacks_supplies(&call->inventories[i]);
	if (any)
		load_more_supplies(call, lacks_supplies);
}

/*
 * Writes the slots that the call holds: what it took from one, or the new shares of all. The rows are written
 * afterwards.
 */
void
write_slots(Call *call)
{
	static const Oid types[] = {COLUMN_TYPES(SLOT_COLUMNS)};
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
