/* Tells what an order would get, and writes nothing. */
#ifndef BACKORDER_API_PREVIEW_ORDER_H
#define BACKORDER_API_PREVIEW_ORDER_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "model/types.h"

extern int32 wait_days(const Call *call, TimestampTz date);

#endif
