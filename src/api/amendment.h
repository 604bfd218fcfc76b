/* Shared by the functions that cancel, change or return something of an order. */
#ifndef BACKORDER_API_AMENDMENT_H
#define BACKORDER_API_AMENDMENT_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/pg_list.h"

#include "base/access.h"
#include "base/savepoint.h"
#include "model/types.h"
#include "store/order_lookup.h"

/* A call on an order, or on a line of it. */
typedef struct Amendment
{
	int32		merchant_id;
	int64		order_id;
	int32		line_no;		/* 0: all lines */
	Caller		caller;
	Call	   *call;
	List	   *seen;			/* of SeenPart; each line from the end of the queue order */
	Order	   *order;

	/* the order's gifts, if the call is on a line; if there are any, the call runs in a savepoint */
	List	   *gifts;			/* their line numbers */
	bool		service;		/* the line is a service, which never waits, so the gifts stay */
	List	   *lost_gifts;		/* of int: lines of gifts that the plan withdraws */
	Savepoint	savepoint;
	int			attempts;
} Amendment;

extern void begin_amendment(Amendment *amendment, FunctionCallInfo fcinfo, int32 line_no, int options);
extern Datum end_amendment(Amendment *amendment, FunctionCallInfo fcinfo);
extern void check_exists(const Amendment *amendment, int nskus);
extern void lock_and_read_parts(Amendment *amendment);
extern void check_skus_locked(const List *seen);
pg_noreturn extern void report_rename(int64 order_id);
extern bool is_seen_open(const SeenPart *seen);
extern void plan_cancel(Call *call, const SeenPart *seen, int64 units);
extern void plan_gifts(Amendment *amendment);
extern bool gifts_are_as_planned(const Amendment *amendment);
extern void release_amendment(const Amendment *amendment);
extern void cancel_services(Order *order, int32 line_no);
extern void cancel_service_gifts(const Amendment *amendment);
extern bool has_open(const Amendment *amendment);
extern int32 line_argument(FunctionCallInfo fcinfo);

#endif
