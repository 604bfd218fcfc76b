/*
 * Rows of call_key: calls that have an idempotency key.
 *
 * The row is inserted before the call does anything. A second call with the same key waits for the
 * first one at the primary key: until it commits, and then finds its row, or rolls back.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/call_keys.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/sql.h"

STATEMENT(insert_key,
		  "INSERT INTO backorder.call_key (merchant_id, key, function, fingerprint, called_at)"
		  " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1",
		  INT4OID, TEXTOID, TEXTOID, BYTEAOID, TIMESTAMPTZOID);

STATEMENT(select_key,
		  "SELECT function, fingerprint, answer FROM backorder.call_key WHERE merchant_id = $1 AND key = $2",
		  INT4OID, TEXTOID);
enum
{
	KEY_FUNCTION = 1, KEY_FINGERPRINT, KEY_ANSWER
};

STATEMENT(update_answer,
		  "UPDATE backorder.call_key SET answer = $3 WHERE merchant_id = $1 AND key = $2",
		  INT4OID, TEXTOID, JSONBOID);

STATEMENT(delete_keys,
		  "WITH old AS ("
		  "  SELECT k.key FROM backorder.call_key k"
		  "  WHERE k.merchant_id = $1"
		  "    AND k.called_at < $2 - coalesce((SELECT m.key_retention FROM backorder.merchant m WHERE m.merchant_id = $1), '30 days')"
		  "  ORDER BY k.called_at LIMIT 10000 FOR UPDATE SKIP LOCKED"
		  "), gone AS ("
		  "  DELETE FROM backorder.call_key k USING old WHERE k.merchant_id = $1 AND k.key = old.key RETURNING 1"
		  ")"
		  " SELECT count(*) FROM gone",
		  INT4OID, TIMESTAMPTZOID);

/* Inserts the key; false if another call has used it. */
bool
claim_key(const CallKey *call)
{
	Datum		values[] = {
		Int32GetDatum(call->merchant_id), CStringGetTextDatum(call->key), CStringGetTextDatum(call->function),
		call->fingerprint, TimestampTzGetDatum(read_clock())
	};

	return query(&insert_key, false, values, NULL).count > 0;
}

/* Reads the call that has used the key: its function, fingerprint and answer. */
void
read_key(CallKey *call)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), CStringGetTextDatum(call->key)};
	Rows		rows = query(&select_key, false, values, NULL);

	if (rows.count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("the call with key \"%s\" is not visible to this transaction", call->key),
				 errhint("Retry the transaction.")));
	call->function = row_text(&rows, 0, KEY_FUNCTION);
	call->fingerprint = PointerGetDatum(DatumGetByteaPCopy(row_datum(&rows, 0, KEY_FINGERPRINT)));
	call->answer = row_null(&rows, 0, KEY_ANSWER) ? NULL : DatumGetJsonbPCopy(row_datum(&rows, 0, KEY_ANSWER));
	free_rows(&rows);
}

/* Records what the call returned. */
void
write_answer(const CallKey *call, Datum answer)
{
	Datum		values[] = {Int32GetDatum(call->merchant_id), CStringGetTextDatum(call->key), answer};

	query(&update_answer, false, values, NULL);
}

/* Deletes some keys that are older than the merchant wants, and returns how many. */
int64
delete_old_keys(int32 merchant_id)
{
	Datum		values[] = {Int32GetDatum(merchant_id), TimestampTzGetDatum(read_clock())};
	Rows		rows = query(&delete_keys, false, values, NULL);
	int64		count = row_int64(&rows, 0, 1);

	free_rows(&rows);
	return count;
}
