/* SKUs that a change of the catalogue concerns. */
#ifndef BACKORDER_STORE_SKU_LOOKUP_H
#define BACKORDER_STORE_SKU_LOOKUP_H

#include "postgres.h"

/* SKUs with open parts: how many there are, and the first of them with the number of its parts. */
typedef struct OpenParts
{
	int64		nskus;
	char	   *sku;
	int64		parts;
} OpenParts;

extern OpenParts count_open_parts(int32 merchant_id, const char *const *skus, int count);
extern const char **read_skus_at(int32 merchant_id, const int32 *locations, int nlocations, int *count);

#endif
