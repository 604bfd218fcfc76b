/*
 * Notifications about SKUs: when each type is due, and what its payload says.
 *
 * A warning is due by a transition: what the inventory record said when it was locked, and what it
 * says at the end of the call. A checkout that holds one slot sees no transition; slots get shares
 * only above the threshold of low_stock, and none while back-in-stock notifications are pending.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "rules/stock_notifications.h"
#include "model/inventory.h"
#include "model/payload.h"

/* Whether units of the SKU are available to a subscriber who was chosen. */
bool
is_sku_back(const NotificationSubject *subject)
{
	return subject->subscriber != NULL;
}

/* Whether units of the SKU wait, where none did. */
bool
is_sku_negative(const NotificationSubject *subject)
{
	const Inventory *inv = subject->inv;

	return holds_row(inv) && inv->backordered_before == 0 && inv->backordered > 0;
}

/* Whether no unit of the SKU waits any more. */
bool
is_sku_recovered(const NotificationSubject *subject)
{
	const Inventory *inv = subject->inv;

	return holds_row(inv) && inv->backordered_before > 0 && inv->backordered == 0;
}

/* Whether the available units fell to the item's threshold, or below it. */
bool
is_stock_low(const NotificationSubject *subject)
{
	const Inventory *inv = subject->inv;

	return holds_row(inv) && inv->item.low_stock >= 0 && inv->available_before > inv->item.low_stock &&
		available_to_promise(inv) <= inv->item.low_stock;
}

/* Whether more units on pick lists are not on hand than before. */
bool
is_discrepancy_larger(const NotificationSubject *subject)
{
	return discrepancy(subject->inv) > subject->inv->discrepancy_before;
}

/* Adds the keys "sku" and "name". */
static void
append_sku(StringInfo json, const Inventory *inv)
{
	appendStringInfoString(json, ", \"sku\": ");
	append_text(json, inv->sku);
	appendStringInfoString(json, ", \"name\": ");
	append_text(json, inv->item.name);
}

/* Adds the key "available". */
static void
append_available(StringInfo json, const Inventory *inv)
{
	appendStringInfo(json, ", \"available\": " INT64_FORMAT, available_to_promise(inv));
}

/* Begins a payload with what all of them have; end_warning() or the caller ends it. */
static void
begin_payload(StringInfo json, const NotificationType *type, const Inventory *inv)
{
	initStringInfo(json);
	appendStringInfo(json, "{\"version\": %d, \"type\": \"%s\"", PAYLOAD_VERSION, type->name);
	append_sku(json, inv);
}

/* Ends the payload of a warning with the units that wait and the stock of each location. */
static char *
end_warning(StringInfo json, const Inventory *inv)
{
	appendStringInfo(json, ", \"backordered\": " INT64_FORMAT ", \"shelves\": [", inv->backordered);
	for (int i = 0; i < inv->nstock; i++)
	{
		const LocationStock *loc = &inv->stock[i];

		separate(json);
		appendStringInfo(json, "{\"location_id\": %d, \"on_hand\": " INT64_FORMAT
						 ", \"allocated\": " INT64_FORMAT "}",
						 loc->location, loc->on_hand, loc->allocated);
	}
	appendStringInfoString(json, "]}");
	return json->data;
}

/* Returns the payload of a warning that has no key of its own. */
char *
warning_payload(const NotificationType *type, const NotificationSubject *subject)
{
	StringInfoData json;

	begin_payload(&json, type, subject->inv);
	return end_warning(&json, subject->inv);
}

/* Returns the payload of a warning that tells how many units are available. */
char *
recovered_payload(const NotificationType *type, const NotificationSubject *subject)
{
	StringInfoData json;

	begin_payload(&json, type, subject->inv);
	append_available(&json, subject->inv);
	return end_warning(&json, subject->inv);
}

/* Returns the payload of a warning that tells the threshold and how many units are available. */
char *
low_stock_payload(const NotificationType *type, const NotificationSubject *subject)
{
	StringInfoData json;

	begin_payload(&json, type, subject->inv);
	appendStringInfo(&json, ", \"low_stock\": " INT64_FORMAT, subject->inv->item.low_stock);
	append_available(&json, subject->inv);
	return end_warning(&json, subject->inv);
}

/* Returns the payload of a notification to a subscriber. */
char *
back_in_stock_payload(const NotificationType *type, const NotificationSubject *subject)
{
	StringInfoData json;

	begin_payload(&json, type, subject->inv);
	appendStringInfoString(&json, ", \"contact\": ");
	append_text(&json, subject->subscriber->contact);
	appendStringInfoString(&json, ", \"customer\": ");
	append_text(&json, subject->subscriber->customer);
	appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT, subject->subscriber->quantity);
	append_available(&json, subject->inv);
	appendStringInfoChar(&json, '}');
	return json.data;
}
