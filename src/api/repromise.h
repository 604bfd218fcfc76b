/* Recalculating the promises of SKUs. */
#ifndef BACKORDER_API_REPROMISE_H
#define BACKORDER_API_REPROMISE_H

#include "postgres.h"

#include "model/types.h"

extern void recalculate_skus(Call *call, const char *const *skus, int count);

#endif
