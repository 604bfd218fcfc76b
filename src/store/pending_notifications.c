/*
 * The notifications of an order that are still pending, and what they announce beyond its present
 * state.
 *
 * A notification of how an order stands holds the whole present state, so that it can stand for an
 * earlier one that no worker has taken. But what the customer knew before, and what was canceled
 * since, is only in the payload of the earlier one. So this file reads these parts of the payloads
 * back:
 *
 *		{"type": "promise_changed", ...
 *		 "covers": ["placed", ...],
 *		 "before": [{"line_no": 1, "part_no": 1, "status": "allocated", "quantity": 2, "promised_at": "2026-01-01T..."}, ...],
 *		 "canceled": [{"line_no": 1, "sku": "A", "quantity": 2}, ...],
 *		 "grants_changed": true}
 *
 * A key that a payload does not have reads as an empty array, 0 or null.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "store/pending_notifications.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/names.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"

/*
 * What the first three statements return: the id of a notification, and the text that chooses it.
 */
#define TYPE_COLUMNS(first, next, prefix) \
	first(prefix, notification_id, INT8) next(prefix, type, TEXT)
#define STATUS_COLUMNS(first, next, prefix) \
	first(prefix, notification_id, INT8) next(prefix, status, TEXT)
enum {CHOICE_ID = 1, CHOICE_TEXT};

#define PAYLOAD_COLUMNS(first, next, prefix) \
	first(prefix, order_id, INT8) next(prefix, notification_id, INT8) next(prefix, type, TEXT) \
	next(prefix, payload, JSONB)
enum {COLUMN_NUMBERS(PAYLOAD_COLUMNS, PENDING_)};

DIRECT_STATEMENT(read_types,
				 DIRECTLY(DIRECT_READ, "notification", "notification_dedupe_key", COLUMN_NAMES(TYPE_COLUMNS)),
				 "SELECT " COLUMN_NAMES(TYPE_COLUMNS) " FROM backorder.notification"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2))",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_status,
				 DIRECTLY(DIRECT_READ, "delivery", "delivery_pkey", COLUMN_NAMES(STATUS_COLUMNS)),
				 "SELECT " COLUMN_NAMES(STATUS_COLUMNS) " FROM backorder.delivery"
				 " WHERE merchant_id = $1 AND notification_id IN (SELECT unnest($2)) ORDER BY notification_id",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(lock_status,
				 DIRECTLY(DIRECT_LOCK, "delivery", "delivery_pkey", COLUMN_NAMES(STATUS_COLUMNS)),
				 "SELECT " COLUMN_NAMES(STATUS_COLUMNS) " FROM backorder.delivery"
				 " WHERE merchant_id = $1 AND notification_id IN (SELECT unnest($2)) ORDER BY notification_id"
				 " FOR NO KEY UPDATE",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_payloads,
				 DIRECTLY(DIRECT_READ, "notification", "notification_pkey", COLUMN_NAMES(PAYLOAD_COLUMNS)),
				 "SELECT " COLUMN_NAMES(PAYLOAD_COLUMNS) " FROM backorder.notification"
				 " WHERE merchant_id = $1 AND notification_id IN (SELECT unnest($2)) ORDER BY notification_id",
				 INT4OID, INT8ARRAYOID);

/*
 * The orders, 0 for none, of notifications that are pending or with a worker; $2 is the most rows
 * wanted.
 */
STATEMENT(read_pending_orders,
		  "SELECT coalesce(n.order_id, 0)"
		  " FROM (SELECT d.notification_id FROM backorder.delivery d"
		  "  WHERE d.merchant_id = $1 AND d.status IN ('pending', 'leased') LIMIT $2) AS d"
		  " LEFT JOIN backorder.notification n ON n.merchant_id = $1 AND n.notification_id = d.notification_id",
		  INT4OID, INT8OID);
enum {UNSENT_ORDER_ID = 1};

/* Ascending ids. */
typedef struct Ids
{
	int64	   *ids;
	int			count;
} Ids;

/*
 * Runs one of the first three statements over ids; returns the ids of the notifications whose text
 * passes the test.
 */
static Ids
choose_notifications(const Call *call, Statement *statement, Ids among, bool (*wanted) (const char *))
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), int8_array(among.ids, among.count)};
	Rows		rows = {0};
	Ids			chosen = {0};

	if (among.count > 0)
		rows = query(statement, false, values, NULL);
	chosen.ids = palloc_array(int64, rows.count + 1);
	for (uint64 i = 0; i < rows.count; i++)
		if (wanted(row_text(&rows, i, CHOICE_TEXT)))
			chosen.ids[chosen.count++] = row_int64(&rows, i, CHOICE_ID);
	free_rows(&rows);
	chosen.count = sort_ids(chosen.ids, chosen.count);
	return chosen;
}

/* Whether no worker has taken the delivery. */
static bool
is_pending(const char *status)
{
	return strcmp(status, "pending") == 0;
}

/* Returns the value of a key of an object, or NULL. */
static JsonbValue *
value_of(JsonbContainer *object, const char *key)
{
	return getKeyJsonValueFromContainer(object, key, strlen(key), NULL);
}

/* Whether a value is true. */
static bool
is_true(const JsonbValue *value)
{
	return value != NULL && value->type == jbvBool && value->val.boolean;
}

/* Returns a whole number of an object, or 0. */
static int64
number_of(JsonbContainer *object, const char *key)
{
	JsonbValue *value = value_of(object, key);

	return value == NULL || value->type != jbvNumeric ? 0
		: DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}

/* Returns a copy of a string, or NULL if the value is none. */
static char *
string_in(const JsonbValue *value)
{
	return value == NULL || value->type != jbvString ? NULL : pnstrdup(value->val.string.val, value->val.string.len);
}

/* Returns a time of an object, or NO_TIME. */
static TimestampTz
time_of(JsonbContainer *object, const char *key)
{
	char	   *time = string_in(value_of(object, key));

	return time == NULL ? NO_TIME
		: DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(time), ObjectIdGetDatum(InvalidOid),
												  Int32GetDatum(-1)));
}

/* Returns the object in a value, or NULL if the value is none. */
static JsonbContainer *
object_in(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data) ? value->val.binary.data : NULL;
}

/* Adds a type that the notification stands for. */
static void
read_covered(Order *order, PendingNotification *pending, const JsonbValue *element)
{
	char	   *type = string_in(element);

	if (type != NULL)
		pending->covers = lappend(pending->covers, type);
}

/* Adds units that the notification says were canceled. */
static void
read_canceled(Order *order, PendingNotification *pending, const JsonbValue *element)
{
	JsonbContainer *object = object_in(element);
	Canceled   *canceled;

	if (object == NULL)
		return;
	canceled = palloc_object(Canceled);
	canceled->line_no = number_of(object, "line_no");
	canceled->sku = string_in(value_of(object, "sku"));
	canceled->quantity = number_of(object, "quantity");
	pending->canceled = lappend(pending->canceled, canceled);
}

/* Adds units as the customer knew them before the notification. */
static void
read_known(Order *order, PendingNotification *pending, const JsonbValue *element)
{
	JsonbContainer *object = object_in(element);
	char	   *status = object == NULL ? NULL : string_in(value_of(object, "status"));
	KnownUnits *known;

	if (status == NULL)
		return;
	known = palloc_object(KnownUnits);
	known->line_no = number_of(object, "line_no");
	known->part_no = number_of(object, "part_no");
	known->status = stored_name_index(status, part_status_names, "part status");
	known->quantity = number_of(object, "quantity");
	known->promised_at = time_of(object, "promised_at");
	order->known = lappend(order->known, known);
}

/* Marks a grant of which the notification is the first to tell. */
static void
read_incentive(Order *order, PendingNotification *pending, const JsonbValue *element)
{
	JsonbContainer *object = object_in(element);
	ListCell   *lc;

	if (object == NULL || !is_true(value_of(object, "new")))
		return;
	pending->tells_of_slips = true;
	foreach(lc, order->grants)
	{
		Grant	   *grant = lfirst(lc);

		grant->untold |= grant->incentive_id == number_of(object, "incentive_id") &&
			grant->step == number_of(object, "step");
	}
}

/* Reads each element of the array that a payload has under a key, if it has one. */
static void
read_array(Order *order, PendingNotification *pending, Jsonb *payload, const char *key,
		   void (*read_element) (Order *, PendingNotification *, const JsonbValue *))
{
	JsonbValue *value = value_of(&payload->root, key);

	if (value == NULL || value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return;
	for (uint32 i = 0; i < JsonContainerSize(value->val.binary.data); i++)
		read_element(order, pending, getIthJsonbValueFromContainer(value->val.binary.data, i));
}

/*
 * Adds the pending notification in a row to its order. One that a version before 0.6.0 wrote does not
 * say what the customer knew, unless it is the first one: it is left to be sent.
 */
static void
read_pending(Order *order, const Rows *rows, uint64 row)
{
	PendingNotification *pending = palloc0_object(PendingNotification);
	Jsonb	   *payload = DatumGetJsonbP(row_datum(rows, row, PENDING_payload));

	pending->notification_id = row_int64(rows, row, PENDING_notification_id);
	pending->type = row_text(rows, row, PENDING_type);
	if (value_of(&payload->root, "before") == NULL && strcmp(pending->type, "placed") != 0)
		return;
	read_array(order, pending, payload, "covers", read_covered);
	read_array(order, pending, payload, "canceled", read_canceled);
	read_array(order, pending, payload, "before", read_known);
	read_array(order, pending, payload, "incentives", read_incentive);
	pending->changes_grants = is_true(value_of(&payload->root, "grants_changed"));
	order->pending = lappend(order->pending, pending);
}

/*
 * Finds the orders with notifications that are pending or with a worker, if there are at most so
 * many of these. This is for a call that has locked very many orders, few of which have such
 * notifications. It remembers them in the call's memory.
 */
void
find_orders_with_pending(Call *call, int64 most)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), Int64GetDatum(most + 1)};
	Rows		rows = query(&read_pending_orders, false, values, NULL);

	if ((int64) rows.count <= most)
	{
		call->pending_orders = MemoryContextAlloc(GetMemoryChunkContext(call), (rows.count + 1) * sizeof(int64));
		for (uint64 i = 0; i < rows.count; i++)
			call->pending_orders[i] = row_int64(&rows, i, UNSENT_ORDER_ID);
		call->npending = sort_ids(call->pending_orders, rows.count);
	}
	free_rows(&rows);
}

/*
 * Whether the order may have pending notifications: true unless find_orders_with_pending() has
 * excluded it.
 */
bool
may_have_pending(const Call *call, int64 order_id)
{
	return call->pending_orders == NULL ||
		bsearch(&order_id, call->pending_orders, call->npending, sizeof(int64), compare_ids) != NULL;
}

/*
 * Reads the pending notifications of these orders whose type a later notification replaces, oldest
 * first. Locks their deliveries by id, so that no worker takes them before the call ends. Deliveries
 * that are not pending when they are read are not locked.
 */
void
load_pending(const Call *call, const int64 *order_ids, int count, bool (*is_replaceable) (const char *type))
{
	Ids			orders = {unconstify(int64 *, order_ids), count};
	Ids			found = choose_notifications(call, &read_types, orders, is_replaceable);
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	Rows		rows;

	found = choose_notifications(call, &read_status, found, is_pending);
	found = choose_notifications(call, &lock_status, found, is_pending);
	if (found.count == 0)
		return;
	values[1] = int8_array(found.ids, found.count);
	rows = query(&read_payloads, false, values, NULL);
	for (uint64 i = 0; i < rows.count; i++)
		read_pending(find_order(call, row_int64(&rows, i, PENDING_order_id)), &rows, i);
	free_rows(&rows);
}

/* Whether the pending notification is of this type, or stands for one that is. */
bool
stands_for(const PendingNotification *pending, const char *type)
{
	ListCell   *lc;

	foreach(lc, pending->covers)
		if (strcmp(lfirst(lc), type) == 0)
			return true;
	return strcmp(pending->type, type) == 0;
}
