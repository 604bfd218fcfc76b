/* The rows that functions return. */
#ifndef BACKORDER_API_RESULT_ROWS_H
#define BACKORDER_API_RESULT_ROWS_H

#include "postgres.h"

#include "fmgr.h"

#include "model/types.h"

extern void return_parts(const Order *order, FunctionCallInfo fcinfo);
extern void return_group(const Order *order, const ShipmentGroup *group, FunctionCallInfo fcinfo);
extern void return_stock_at(const Inventory *inv, int32 location, int64 change, FunctionCallInfo fcinfo);

#endif
