/* Reads arguments of SQL functions. */
#ifndef BACKORDER_BASE_ARGUMENT_H
#define BACKORDER_BASE_ARGUMENT_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/jsonb.h"

#define MAX_QUANTITY INT64CONST(9007199254740992)	/* 2^53: exact in JSON clients */
#define NO_LOCATION 0			/* where a location may be unknown or absent */
#define MAX_KEY_LENGTH 200		/* characters of a SKU or a reference */

extern int32 merchant_argument(FunctionCallInfo fcinfo, int n);
extern int64 int64_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern int32 int32_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern int64 quantity_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern char *text_argument(FunctionCallInfo fcinfo, int n, const char *name);
extern char *optional_text_argument(FunctionCallInfo fcinfo, int n);
extern char **text_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count);
extern char **skus_argument(FunctionCallInfo fcinfo, int n, int *count);
extern int64 *int64_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count);
extern int32 *int32_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count);
extern void check_key(const char *key, const char *name);
extern void check_quantity(int64 quantity, const char *name);
extern int64 add_units(int64 a, int64 b);
extern Jsonb *jsonb_argument(FunctionCallInfo fcinfo, int n, const char *name);

#endif
