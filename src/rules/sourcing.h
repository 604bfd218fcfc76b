/* Sourcing: which location serves what. */
#ifndef BACKORDER_RULES_SOURCING_H
#define BACKORDER_RULES_SOURCING_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/types.h"

/* Units of a SKU to allocate; so many are available. */
typedef struct Demand
{
	Inventory  *inv;
	int64		units;
} Demand;

/* Units of a demand that a location gives. */
typedef struct Allocation
{
	int			demand;			/* its index */
	int32		location;
	int64		units;
} Allocation;

extern List *source_lines(Demand *demands, int count);
extern LocationStock *choose_fill_location(const Part *part);
extern bool has_open_location(const Call *call);
extern int32 choose_service_location(const Call *call, const Order *order, const Part *part,
									 TimestampTz not_before);
extern int32 choose_gift_location(const Order *order, const Inventory *inv, int64 units);

#endif
