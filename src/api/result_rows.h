/* The rows that functions return. */
#ifndef BACKORDER_API_RESULT_ROWS_H
#define BACKORDER_API_RESULT_ROWS_H

#include "postgres.h"

#include "fmgr.h"

#include "model/types.h"

extern void put_parts(const Order *order, FunctionCallInfo fcinfo);
extern void put_group(const Order *order, const ShipmentGroup *group, FunctionCallInfo fcinfo);
extern void put_shelf(const Sku *book, int32 location, int64 change, FunctionCallInfo fcinfo);

#endif
