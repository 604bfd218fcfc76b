/* Rows of call_key: calls that have an idempotency key. */
#ifndef BACKORDER_STORE_CALL_KEYS_H
#define BACKORDER_STORE_CALL_KEYS_H

#include "postgres.h"

#include "utils/jsonb.h"

/* A call with an idempotency key. */
typedef struct CallKey
{
	int32		merchant_id;
	const char *key;
	const char *function;
	Datum		fingerprint;	/* bytea */
	Jsonb	   *answer;			/* of the first call, if this one repeats it */
} CallKey;

extern bool claim_key(const CallKey *call);
extern void read_key(CallKey *call);
extern void write_answer(const CallKey *call, Datum answer);
extern int64 delete_old_keys(int32 merchant_id);

#endif
