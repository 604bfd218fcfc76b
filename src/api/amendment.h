/* What the functions that change an order share. */
#ifndef BACKORDER_API_AMENDMENT_H
#define BACKORDER_API_AMENDMENT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "nodes/pg_list.h"

#include "base/access.h"
#include "base/savepoint.h"
#include "model/planned_change.h"
#include "model/states.h"
#include "model/types.h"

#define MAX_ATTEMPTS 3			/* to find the order as it was when the plan was made */

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
	bool		released;
	bool		short_at_order;
} SeenPart;

/* A call on an order, or on a line of it. */
typedef struct Amendment
{
	int32		merchant_id;
	int64		order_id;
	int32		line_no;		/* 0: all lines */
	Caller		caller;
	Call	   *call;
	List	   *seen;			/* of SeenPart; per line from the end of the queue order */
	Order	   *order;

	/* of a line: what becomes of the gifts, all in an attempt where there are some */
	List	   *gifts;			/* their line numbers */
	bool		service;		/* the line never waited, so they stay */
	bool		takes_gifts;	/* the plan takes them back */
	Savepoint	savepoint;
	int			attempts;
} Amendment;

extern void begin_amendment(Amendment *amendment, FunctionCallInfo fcinfo, int32 line_no, int n);
extern Datum end_amendment(Amendment *amendment, FunctionCallInfo fcinfo);
extern const char **order_skus(int32 merchant_id, const int64 *order_ids, int norders, int32 line_no, int *count);
extern void check_exists(const Amendment *amendment, int nskus);
extern List *read_seen_parts(const Call *call, const int64 *order_ids, int norders, int32 line_no);
extern void plan_on_order(Amendment *amendment);
extern bool is_seen_open(const SeenPart *seen);
extern void plan_cancel(Call *call, const SeenPart *seen, int64 units);
extern void plan_gifts(Amendment *amendment);
extern bool gifts_are_as_planned(const Amendment *amendment);
extern void release_amendment(const Amendment *amendment);
extern void cancel_services(Order *order, int32 line_no);
extern bool has_open(const Amendment *amendment);
extern void cancel_service_gifts(const Amendment *amendment);
extern int32 line_argument(FunctionCallInfo fcinfo);

#endif
