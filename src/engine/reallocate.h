/* Reallocation, for calls that change no order of their own. */
#ifndef BACKORDER_ENGINE_REALLOCATE_H
#define BACKORDER_ENGINE_REALLOCATE_H

#include "postgres.h"

#include "model/types.h"

extern void reallocate_with_orders(Call *call, const int64 *order_ids, int count);
extern void reallocate(Call *call);

#endif
