/*
 * Watch: what a call did to the stock of its SKUs, as others see it: the merchant is warned, subscribers are told.
 *
 * Both go by transition, from what the book said when it was locked to what it says at the call's end, when the queue
 * has been filled: where there is none, this costs a comparison. Notices that wait to be sent go by level: they are
 * held against what is available now, and the last of them withdrawn, whatever the call did. A checkout that holds one
 * slot of a SKU sees no transition: slots are dealt shares only above the threshold, and none while notices are pending.
 * All rows that are written here belong to a SKU whose book is locked, so no others work on them; but workers lease
 * deliveries.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "rules/stock_alerts.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/payload.h"
#include "model/states.h"
#include "store/outbox.h"
#include "store/subscription_rows.h"
#include "store/warning_rows.h"
#include "rules/notifications.h"

/* Whether units of the SKU began to wait, where none did. */
static bool
went_negative(const Inventory *inv)
{
	return holds_row(inv) && inv->backordered_before == 0 && inv->backordered > 0;
}

/* Whether nobody waits for the SKU any more. */
static bool
recovered(const Inventory *inv)
{
	return holds_row(inv) && inv->backordered_before > 0 && inv->backordered == 0;
}

/* Whether the available units fell to the item's threshold, or below it. */
static bool
ran_low(const Inventory *inv)
{
	return holds_row(inv) && inv->item.low_stock >= 0 && inv->available_before > inv->item.low_stock &&
		available_to_promise(inv) <= inv->item.low_stock;
}

/* Whether less is on a shelf than is on pick lists, and more of it than before. */
static bool
lacks_released_goods(const Inventory *inv)
{
	return discrepancy(inv) > inv->discrepancy_before;
}

/* Whether new orders can have some of the SKU again. */
static bool
is_back(const Inventory *inv)
{
	return holds_row(inv) && inv->item.known && inv->available_before == 0 && available_to_promise(inv) > 0;
}

/* Whether the book is marked. */
static bool
is_back_in_stock_pending(const Inventory *inv)
{
	return inv->back_in_stock_pending;
}

/* Whether this holds for any SKU of the work. */
static bool
any_sku(const Call *call, bool (*holds) (const Inventory *))
{
	for (int i = 0; i < call->ninventories; i++)
		if (holds(&call->inventories[i]))
			return true;
	return false;
}

/* A kind of warning that is limited to one in the merchant's interval. */
typedef struct WarningKind
{
	const char *type;
	bool		(*has_happened) (const Inventory *);
} WarningKind;

static const WarningKind warning_kinds[] = {
	{"sku_negative", went_negative},
	{"sku_recovered", recovered},
	{"low_stock", ran_low},
};

/* Whether any of the limited warnings may be due. */
static bool
has_warning(const Inventory *inv)
{
	return went_negative(inv) || recovered(inv) || ran_low(inv);
}

/* The payload of a warning: how the SKU stands. */
static char *
warning_payload(const char *type, const Inventory *inv)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"version\": %d, \"type\": \"%s\", \"sku\": ", PAYLOAD_VERSION, type);
	append_text(&json, inv->sku);
	appendStringInfoString(&json, ", \"name\": ");
	append_text(&json, inv->item.name);
	if (strcmp(type, "low_stock") == 0)
		appendStringInfo(&json, ", \"low_stock\": " INT64_FORMAT, inv->item.low_stock);
	if (strcmp(type, "low_stock") == 0 || strcmp(type, "sku_recovered") == 0)
		appendStringInfo(&json, ", \"available\": " INT64_FORMAT, available_to_promise(inv));
	appendStringInfo(&json, ", \"backordered\": " INT64_FORMAT ", \"shelves\": [", inv->backordered);
	for (int i = 0; i < inv->nstock; i++)
	{
		separate(&json);
		appendStringInfo(&json, "{\"location_id\": %d, \"on_hand\": " INT64_FORMAT ", \"allocated\": " INT64_FORMAT "}",
						 inv->stock[i].location, inv->stock[i].on_hand, inv->stock[i].allocated);
	}
	appendStringInfoString(&json, "]}");
	return json.data;
}

/* Notes an event of a SKU for the merchant, due at once. */
static void
add_warning(Outbox *outbox, const Call *call, const char *type, const Inventory *inv)
{
	enqueue_notification(outbox, call, &(Notification) {.id = next_id(), .type = type, .audience = "merchant",
			  .dedupe_key = psprintf("%s:%s:" INT64_FORMAT, type, inv->sku, next_id()),
			  .payload = warning_payload(type, inv), .deliver_after = call->clock});
}

/* When the merchant was last warned of a SKU, by kind; NO_TIME: never. */
typedef struct LastWarnings
{
	TimestampTz told_at[lengthof(warning_kinds)];
} LastWarnings;

/* The place of a kind of warning in the list of kinds; -1 if it is none of them. */
static int
warning_kind(const char *type)
{
	for (int kind = 0; kind < lengthof(warning_kinds); kind++)
		if (strcmp(type, warning_kinds[kind].type) == 0)
			return kind;
	return -1;
}

/* Reads when the merchant was last warned of the SKUs that have a warning; beside the work's SKUs. */
static LastWarnings *
read_last_warnings(Call *call)
{
	LastWarnings *last = palloc_array(LastWarnings, call->ninventories);
	const char **skus = palloc_array(const char *, call->ninventories);
	int			count = 0;
	ListCell   *lc;

	for (int i = 0; i < call->ninventories; i++)
	{
		for (int kind = 0; kind < lengthof(warning_kinds); kind++)
			last[i].told_at[kind] = NO_TIME;
		if (has_warning(&call->inventories[i]))
			skus[count++] = call->inventories[i].sku;
	}
	foreach(lc, read_stock_warnings(call, skus, count))
	{
		const StockWarning *warning = lfirst(lc);
		int			kind = warning_kind(warning->kind);

		if (kind >= 0)
			last[find_inventory(call, warning->sku) - call->inventories].told_at[kind] = warning->told_at;
	}
	return last;
}

/* Whether the merchant wants to be warned again by now. */
static bool
is_due(const Call *call, TimestampTz told_at)
{
	return told_at == NO_TIME ||
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(told_at),
												IntervalPGetDatum(&call->merchant.warning_interval))) <= call->clock;
}

/* Tells what has happened of the kinds that are limited, no oftener than the merchant wants. */
static void
send_warnings(Outbox *outbox, Call *call)
{
	LastWarnings *last;
	List	   *warnings = NIL;

	if (!any_sku(call, has_warning))
		return;
	last = read_last_warnings(call);
	for (int i = 0; i < call->ninventories; i++)
		for (int kind = 0; kind < lengthof(warning_kinds); kind++)
		{
			const Inventory *inv = &call->inventories[i];
			StockWarning *warning;

			if (!warning_kinds[kind].has_happened(inv) || !is_due(call, last[i].told_at[kind]))
				continue;
			add_warning(outbox, call, warning_kinds[kind].type, inv);
			warning = palloc_object(StockWarning);
			*warning = (StockWarning) {.sku = inv->sku, .kind = warning_kinds[kind].type, .told_at = call->clock,
			.is_new = last[i].told_at[kind] == NO_TIME};
			warnings = lappend(warnings, warning);
		}
	write_stock_warnings(call, warnings);
}

/* Warns the merchant of what became of the stock of the work's SKUs. */
void
warn_of_stock(Outbox *outbox, Call *call)
{
	send_warnings(outbox, call);
	for (int i = 0; i < call->ninventories; i++)
		if (lacks_released_goods(&call->inventories[i]))
			add_warning(outbox, call, "shelf_discrepancy", &call->inventories[i]);
}

/* Adds a SKU and its available units to a list of SkuUnits. */
static List *
add_sku(List *skus, const Inventory *inv)
{
	SkuUnits   *units = palloc_object(SkuUnits);

	*units = (SkuUnits) {.sku = inv->sku, .available = inv->item.known ? available_to_promise(inv) : 0};
	return lappend(skus, units);
}

/* Withdraws the last of the pending notices where there is too little stock for all of them. */
static void
withdraw_back_in_stock(Call *call)
{
	List	   *skus = NIL;
	List	   *excess = NIL;
	List	   *over = NIL;
	ListCell   *lc;

	if (!any_sku(call, is_back_in_stock_pending))
		return;
	for (int i = 0; i < call->ninventories; i++)
	{
		if (is_back_in_stock_pending(&call->inventories[i]))
			skus = add_sku(skus, &call->inventories[i]);
		call->inventories[i].back_in_stock_pending = false;
	}
	foreach(lc, read_pending_subscriptions(call, skus))
	{
		PendingSubscription *subscription = lfirst(lc);

		if (subscription->over)
			over = lappend(over, subscription);
		else
			find_inventory(call, subscription->sku)->back_in_stock_pending = true;
		if (subscription->excess)
			excess = lappend(excess, subscription);
	}
	withdraw_subscriptions(call, excess);
	end_pending_subscriptions(call, over);
}

/* The payload for a subscriber. */
static char *
back_in_stock_payload(const Inventory *inv, const char *contact, const char *customer, int64 quantity)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"version\": %d, \"type\": \"back_in_stock\", \"contact\": ", PAYLOAD_VERSION);
	append_text(&json, contact);
	appendStringInfoString(&json, ", \"customer\": ");
	append_text(&json, customer);
	appendStringInfoString(&json, ", \"sku\": ");
	append_text(&json, inv->sku);
	appendStringInfoString(&json, ", \"name\": ");
	append_text(&json, inv->item.name);
	appendStringInfo(&json, ", \"quantity\": " INT64_FORMAT ", \"available\": " INT64_FORMAT "}",
					 quantity, available_to_promise(inv));
	return json.data;
}

/* Notifies one subscriber. */
static void
notify_subscriber(Call *call, Subscriber *subscriber)
{
	Inventory  *inv = find_inventory(call, subscriber->sku);
	Notification *event = palloc_object(Notification);

	*event = (Notification) {.id = next_id(), .type = "back_in_stock", .audience = "customer",
	.dedupe_key = psprintf("back_in_stock:" INT64_FORMAT ":" INT64_FORMAT, subscriber->subscription_id, next_id()),
	.payload = back_in_stock_payload(inv, subscriber->contact, subscriber->customer, subscriber->quantity),
	.deliver_after = subscriber->deliver_after};
	call->notifications = lappend(call->notifications, event);
	inv->back_in_stock_pending = true;
	subscriber->notification_id = event->id;
}

/* Tells those who wait for SKUs that were sold out and are not any more, as many as there is stock for. */
static void
notify_chosen_subscribers(Call *call)
{
	List	   *skus = NIL;
	List	   *subscribers;
	ListCell   *lc;

	if (!any_sku(call, is_back))
		return;
	for (int i = 0; i < call->ninventories; i++)
		if (is_back(&call->inventories[i]))
			skus = add_sku(skus, &call->inventories[i]);
	subscribers = choose_subscribers(call, skus);
	foreach(lc, subscribers)
	{
		CHECK_FOR_INTERRUPTS();
		notify_subscriber(call, lfirst(lc));
	}
	mark_notified(call, subscribers);
}

/* Takes back what subscribers are not to be told any more, and decides who is to be told; notify_merchant() writes it. */
void
notify_subscribers(Call *call)
{
	withdraw_back_in_stock(call);
	notify_chosen_subscribers(call);
}
