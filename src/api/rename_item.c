/*
 * rename_item(): gives an item another SKU, in all rows that name it.
 *
 * It locks the item first, then its rows of stock and the SKU, as a call that changes the stock does.
 * No unit moves, so there is nothing to reallocate, to record in the ledger or to notify of.
 */
#include "postgres.h"

#include "base/access.h"
#include "base/argument.h"
#include "base/entry.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/result.h"
#include "base/savepoint.h"
#include "base/sql.h"
#include "base/trigger.h"
#include "model/call.h"
#include "store/catalog.h"
#include "store/rename_rows.h"
#include "store/stock_audit.h"
#include "store/stock_rows.h"
#include "engine/call.h"
#include "engine/stages.h"

/* Refuses a SKU that is no item, and a new SKU that has rows already; locks the item. */
static void
check_rename(const Rename *rename)
{
	char	   *table;

	if (!lock_item(rename->merchant_id, rename->old_sku))
		ereport(ERROR,
				(errcode(ERRCODE_UNKNOWN_SKU),
				 errmsg("unknown SKU \"%s\"", rename->old_sku),
				 errhint("Check the SKU and the merchant.")));
	table = find_use(rename->merchant_id, rename->new_sku);
	if (table != NULL)
		wrong_state(psprintf("item \"%s\" cannot be renamed to \"%s\"", rename->old_sku, rename->new_sku),
					psprintf("Table %s has rows of \"%s\".", table, rename->new_sku),
					"Choose a SKU that was never used.");
}

/* Locks the stock and the SKU, and renames. The item of a service is locked, and needs no inventory record. */
static void
lock_and_rename(Rename *rename, Caller *caller)
{
	List	   *keys = read_stock_keys(rename->merchant_id, text_array(&rename->old_sku, 1));
	Savepoint	savepoint;

	hold_stock(&savepoint, rename->merchant_id, keys, true, NULL, NULL);
	if (!is_service_sku(rename->merchant_id, rename->old_sku))
		lock_inventory(begin_call(caller, rename->merchant_id, false), &rename->old_sku, 1);
	run_without_triggers(rename_rows, rename);
	release_savepoint(&savepoint);
}

/*
 * rename_item(old_sku, new_sku, options, merchant_id): renames an item, and returns how many rows of
 * each table it changed.
 */
FUNCTION_WITH_SAVEPOINTS(backorder_rename_item, rename_item)
{
	char	   *old_sku = text_argument(fcinfo, 0, "old_sku");
	char	   *new_sku = text_argument(fcinfo, 1, "new_sku");
	Rename		rename = {.merchant_id = merchant_argument(fcinfo, 3), .old_sku = old_sku, .new_sku = new_sku};
	Caller		caller;
	ListCell   *lc;

	check_key(old_sku, "old_sku");
	check_key(new_sku, "new_sku");
	(void) options_argument(fcinfo, 2, no_options);
	enter_function(fcinfo, &caller, rename.merchant_id, ACCESS_APP);
	if (strcmp(old_sku, new_sku) != 0)
	{
		check_rename(&rename);
		lock_and_rename(&rename, &caller);
	}
	foreach(lc, rename.tables)
	{
		const RenamedTable *table = lfirst(lc);
		ResultRow	row = {0};

		result_text(&row, table->name);
		result_int64(&row, table->rows);
		return_row(&row, fcinfo);
	}
	return leave_function(&caller);
}
