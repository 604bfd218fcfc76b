/* Places an order, from JSON or from arrays. */
#ifndef BACKORDER_API_PLACE_ORDER_H
#define BACKORDER_API_PLACE_ORDER_H

#include "postgres.h"

#include "fmgr.h"

#include "model/types.h"

extern Request *request_argument(FunctionCallInfo fcinfo, int first, char *reference, bool comparing);

#endif
