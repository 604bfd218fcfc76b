/*
 * Rows of supply that receive_supply() works on. load_supplies() in inventory_rows.c reads what
 * promises rest on.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/supply_rows.h"
#include "base/sql.h"

#define SUPPLY_COLUMNS(first, next, prefix) \
	first(prefix, sku, TEXT) next(prefix, location_id, INT4) next(prefix, quantity, INT8) \
	next(prefix, received, INT8) next(prefix, status, TEXT)
enum {COLUMN_NUMBERS(SUPPLY_COLUMNS, SUPPLY_)};

#define SELECT_SUPPLY "SELECT " COLUMN_NAMES(SUPPLY_COLUMNS) \
	" FROM backorder.supply WHERE merchant_id = $1 AND supply_id = $2"

STATEMENT(find_supply, SELECT_SUPPLY, INT4OID, INT8OID);

STATEMENT(lock_supply, SELECT_SUPPLY " FOR NO KEY UPDATE", INT4OID, INT8OID);

STATEMENT(update_supply,
		  "UPDATE backorder.supply SET received = $3, status = $4 WHERE merchant_id = $1 AND supply_id = $2",
		  INT4OID, INT8OID, INT8OID, TEXTOID);

/* Reads a supply, and locks its row if asked to; false if there is none. */
bool
read_supply(int32 merchant_id, int64 supply_id, bool lock, SupplyRow *supply)
{
	Datum		values[] = {Int32GetDatum(merchant_id), Int64GetDatum(supply_id)};
	Rows		rows = query(lock ? &lock_supply : &find_supply, false, values, NULL);
	bool		found = rows.count > 0;

	if (found)
		*supply = (SupplyRow) {
			.sku = row_text(&rows, 0, SUPPLY_sku),
			.location = row_int32(&rows, 0, SUPPLY_location_id),
			.quantity = row_int64(&rows, 0, SUPPLY_quantity),
			.received = row_int64(&rows, 0, SUPPLY_received),
			.status = row_text(&rows, 0, SUPPLY_status),
		};
	free_rows(&rows);
	return found;
}

/* Writes how many units have been received, and whether no more are expected. */
void
write_received(int32 merchant_id, int64 supply_id, int64 received, bool complete)
{
	Datum		values[] = {
		Int32GetDatum(merchant_id), Int64GetDatum(supply_id), Int64GetDatum(received),
		CStringGetTextDatum(complete ? "received" : "open")
	};

	(void) query(&update_supply, false, values, NULL);
}
