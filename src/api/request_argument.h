/* The request of a checkout or preview, as JSON or as arrays. */
#ifndef BACKORDER_API_REQUEST_ARGUMENT_H
#define BACKORDER_API_REQUEST_ARGUMENT_H

#include "postgres.h"

#include "fmgr.h"

#include "model/types.h"

extern Request *json_request_argument(FunctionCallInfo fcinfo, int n, bool comparing);
extern Request *array_request_argument(FunctionCallInfo fcinfo, int n, char *reference, bool comparing);

#endif
