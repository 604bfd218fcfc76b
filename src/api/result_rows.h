/* Rows that several functions return. */
#ifndef BACKORDER_API_RESULT_ROWS_H
#define BACKORDER_API_RESULT_ROWS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "base/result.h"
#include "model/types.h"

extern void result_wait(ResultRow *row, const Call *call, TimestampTz date);
extern void return_hold(const Order *order, FunctionCallInfo fcinfo);
extern void return_parts(const Order *order, FunctionCallInfo fcinfo);
extern void return_group(const Order *order, const ShipmentGroup *group, FunctionCallInfo fcinfo);
extern void return_stock_with(const Inventory *inv, int32 location, int64 change, const char *more,
							  FunctionCallInfo fcinfo);
extern void return_stock_at(const Inventory *inv, int32 location, int64 change, FunctionCallInfo fcinfo);

#endif
