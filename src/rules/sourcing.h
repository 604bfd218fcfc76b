/* Which location gives what. */
#ifndef BACKORDER_RULES_SOURCING_H
#define BACKORDER_RULES_SOURCING_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "model/types.h"

/* reserve.c: which location gives what */
typedef struct Want
{
	Sku		   *book;
	int64		units;			/* to allocate; there are as many */
} Want;

typedef struct Pick
{
	int			want;			/* its index */
	int32		location;
	int64		units;
} Pick;

extern List *source(Want *wants, int count);

#endif
