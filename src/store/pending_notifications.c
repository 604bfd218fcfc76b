/*
 * Unsent: the notices of how an order stands that no worker has taken yet. The next one of their order covers them, so
 * what they say beyond the present state is read back: types, moved dates, fills, cancellations.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "store/pending_notifications.h"
#include "base/clock.h"
#include "base/direct.h"
#include "base/sql.h"
#include "model/call.h"
#include "model/order.h"
#include "model/states.h"

DIRECT_STATEMENT(read_types,
				 DIRECTLY(DIRECT_READ, "notification", "notification_dedupe_key", "notification_id, type"),
				 "SELECT notification_id, type FROM backorder.notification"
				 " WHERE merchant_id = $1 AND order_id IN (SELECT unnest($2))",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_status,
				 DIRECTLY(DIRECT_READ, "delivery", "delivery_pkey", "notification_id, status"),
				 "SELECT notification_id, status FROM backorder.delivery"
				 " WHERE merchant_id = $1 AND notification_id IN (SELECT unnest($2)) ORDER BY notification_id",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(lock_status,
				 DIRECTLY(DIRECT_LOCK, "delivery", "delivery_pkey", "notification_id, status"),
				 "SELECT notification_id, status FROM backorder.delivery"
				 " WHERE merchant_id = $1 AND notification_id IN (SELECT unnest($2)) ORDER BY notification_id"
				 " FOR NO KEY UPDATE",
				 INT4OID, INT8ARRAYOID);

DIRECT_STATEMENT(read_payloads,
				 DIRECTLY(DIRECT_READ, "notification", "notification_pkey", "order_id, notification_id, type, payload"),
				 "SELECT order_id, notification_id, type, payload FROM backorder.notification"
				 " WHERE merchant_id = $1 AND notification_id IN (SELECT unnest($2)) ORDER BY notification_id",
				 INT4OID, INT8ARRAYOID);

/* The orders of notices that were not sent, 0 for none; not of all, if there are very many. */
STATEMENT(read_pending_orders,
		  "SELECT coalesce(n.order_id, 0)"
		  " FROM (SELECT d.notification_id FROM backorder.delivery d"
		  "  WHERE d.merchant_id = $1 AND d.status IN ('pending', 'leased') LIMIT $2) AS d"
		  " LEFT JOIN backorder.notification n ON n.merchant_id = $1 AND n.notification_id = d.notification_id",
		  INT4OID, INT8OID);

/* Ascending ids. */
typedef struct Ids
{
	int64	   *ids;
	int			count;
} Ids;

/* The rows of a statement over (merchant, ids) whose text in column 2 passes the test. */
static Ids
ids_where(const Call *call, Statement *statement, Ids among, bool (*wanted) (const char *))
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), int8_array(among.ids, among.count)};
	uint64		rows = among.count == 0 ? 0 : run(statement, false, values, NULL);
	Ids			found = {.ids = palloc_array(int64, rows + 1)};

	for (uint64 i = 0; i < rows; i++)
		if (wanted(text_at(i, 2)))
			found.ids[found.count++] = int64_at(i, 1);
	if (rows > 0)
		done_reading();
	found.count = sort_ids(found.ids, found.count);
	return found;
}

/* Whether no worker has taken it yet. */
static bool
is_pending(const char *status)
{
	return strcmp(status, "pending") == 0;
}

/* The value of a key of an object, or NULL. */
static JsonbValue *
value_of(JsonbContainer *object, const char *key)
{
	return getKeyJsonValueFromContainer(object, key, strlen(key), NULL);
}

/* The array of a payload under a key, or NULL if it is not there or empty. */
static JsonbContainer *
array_of(Jsonb *payload, const char *key)
{
	JsonbValue *value = value_of(&payload->root, key);

	return value != NULL && value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data) &&
		JsonContainerSize(value->val.binary.data) > 0 ? value->val.binary.data : NULL;
}

/* The text of a payload's array without its brackets. */
static char *
inner_text(Jsonb *payload, const char *key)
{
	JsonbContainer *array = array_of(payload, key);
	char	   *text;

	if (array == NULL)
		return pstrdup("");
	text = JsonbToCString(NULL, array, 0);
	text[strlen(text) - 1] = '\0';
	return text + 1;
}

/* A whole number of an object; 0 if it is not there. */
static int64
number_of(JsonbContainer *object, const char *key)
{
	JsonbValue *value = value_of(object, key);

	return value == NULL || value->type != jbvNumeric ? 0
		: DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}

/* A text of an object; NULL if it is not there. */
static char *
text_of(JsonbContainer *object, const char *key)
{
	JsonbValue *value = value_of(object, key);

	return value == NULL || value->type != jbvString ? NULL : pnstrdup(value->val.string.val, value->val.string.len);
}

/* A time of an object; NO_TIME if it is null. */
static TimestampTz
time_of(JsonbContainer *object, const char *key)
{
	char	   *time = text_of(object, key);

	return time == NULL ? NO_TIME
		: DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(time), ObjectIdGetDatum(InvalidOid),
												  Int32GetDatum(-1)));
}

/* Adds a date that an unsent notice says has moved. */
static void
take_move(Order *order, JsonbContainer *object)
{
	Move	   *move = palloc_object(Move);

	*move = (Move) {.line_no = number_of(object, "line_no"), .sku = text_of(object, "sku"),
	.quantity = number_of(object, "quantity"), .from = time_of(object, "from"), .to = time_of(object, "to")};
	order->pending_moves = lappend(order->pending_moves, move);
}

/* Adds units that an unsent notice says were covered. */
static void
take_fill(Order *order, JsonbContainer *object)
{
	Fill	   *fill = palloc0_object(Fill);

	*fill = (Fill) {.line_no = number_of(object, "line_no"), .sku = text_of(object, "sku"),
	.quantity = number_of(object, "quantity"), .group_no = number_of(object, "group_no")};
	order->pending_fills = lappend(order->pending_fills, fill);
}

/* Calls back for each object of a payload's array. */
static void
each_object(Order *order, Jsonb *payload, const char *key, void (*take) (Order *, JsonbContainer *))
{
	JsonbContainer *array = array_of(payload, key);

	for (uint32 i = 0; array != NULL && i < JsonContainerSize(array); i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(array, i);

		if (element->type == jbvBinary && JsonContainerIsObject(element->val.binary.data))
			take(order, element->val.binary.data);
	}
}

/* Takes over an unsent notice, the one in a row of read_payloads. */
static void
take_notification(Order *order, uint64 row)
{
	PendingNotification *pending = palloc_object(PendingNotification);
	Jsonb	   *payload = DatumGetJsonbP(datum_at(row, 4));

	pending->notification_id = int64_at(row, 2);
	pending->type = text_at(row, 3);
	pending->covers = inner_text(payload, "covers");
	pending->canceled = inner_text(payload, "canceled");
	order->pending = lappend(order->pending, pending);
	each_object(order, payload, "moved", take_move);
	each_object(order, payload, "filled", take_fill);
}

/*
 * Finds out which orders have notices that were not sent, if there are no more than so many of these: for a call that has
 * locked very many orders, most of which have none.
 */
void
find_orders_with_pending(Call *call, int64 most)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), Int64GetDatum(most + 1)};
	int64		rows = run(&read_pending_orders, false, values, NULL);

	if (rows <= most)
	{
		call->pending_orders = MemoryContextAlloc(GetMemoryChunkContext(call), (rows + 1) * sizeof(int64));
		for (int64 i = 0; i < rows; i++)
			call->pending_orders[i] = int64_at(i, 1);
		call->npending = sort_ids(call->pending_orders, rows);
	}
	done_reading();
}

/* Whether an order may have notices that were not sent, as far as is known. */
bool
may_have_pending(const Call *call, int64 order_id)
{
	return call->pending_orders == NULL ||
		bsearch(&order_id, call->pending_orders, call->npending, sizeof(int64), compare_ids) != NULL;
}

/*
 * Reads, and keeps from being sent, what was not sent yet to the customers of these orders, in the order in which it was
 * written. Deliveries are locked by id, those only that seem unsent.
 */
void
load_pending(const Call *call, const int64 *order_ids, int count, bool (*is_replaceable) (const char *type))
{
	Ids			found = ids_where(call, &read_types, (Ids) {unconstify(int64 *, order_ids), count}, is_replaceable);
	Datum		values[2] = {Int32GetDatum(call->merchant_id)};
	uint64		rows;

	found = ids_where(call, &read_status, found, is_pending);
	found = ids_where(call, &lock_status, found, is_pending);
	if (found.count == 0)
		return;
	values[1] = int8_array(found.ids, found.count);
	rows = run(&read_payloads, false, values, NULL);
	for (uint64 i = 0; i < rows; i++)
		take_notification(find_order(call, int64_at(i, 1)), i);
	done_reading();
}
