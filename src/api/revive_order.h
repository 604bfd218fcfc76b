/* Revives an order that expire_holds() canceled. */
#ifndef BACKORDER_API_REVIVE_ORDER_H
#define BACKORDER_API_REVIVE_ORDER_H

#include "postgres.h"

#include "base/access.h"
#include "base/compat.h"
#include "model/types.h"

/* How an order is revived. */
typedef struct Revival
{
	int32		merchant_id;
	int64		order_id;
	const Request *request;		/* that placed it, and places it again; NULL: it is paid late */
	Order	   *order;			/* the revived order */
} Revival;

extern bool revive_order(Caller *caller, Revival *revival);
pg_noreturn extern void refuse_late_payment(int64 order_id);

#endif
