/* What is looked up about orders before they are locked. */
#ifndef BACKORDER_STORE_ORDER_LOOKUP_H
#define BACKORDER_STORE_ORDER_LOOKUP_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/planned_change.h"
#include "model/states.h"
#include "model/types.h"

/* A part as it was read under the lock of its SKU, before its order is locked. */
typedef struct SeenPart
{
	PartKey		key;
	Inventory  *inv;
	int64		quantity;
	PartStatus	status;
	int32		location;
	int32		priority;
	TimestampTz queued_at;
	bool		released;		/* on a pick list */
} SeenPart;

extern bool find_reference(int32 merchant_id, bool read_only, const char *reference, int64 *order_id,
						   Datum *request_hash);
extern int64 *read_expired_holds(int32 merchant_id, TimestampTz as_of, int *count);
extern const char **read_order_skus(int32 merchant_id, const int64 *order_ids, int norders, int32 line_no,
			int *count);
extern List *read_seen_parts(const Call *call, const int64 *order_ids, int norders, int32 line_no);
extern List *read_gift_lines(int32 merchant_id, int64 order_id, List **skus);
extern List *read_stock_keys_of_group(int32 merchant_id, int64 order_id, int32 group_no, List **services);

#endif
