/* Rows that name a SKU, for its rename. */
#ifndef BACKORDER_STORE_RENAME_ROWS_H
#define BACKORDER_STORE_RENAME_ROWS_H

#include "postgres.h"

#include "nodes/pg_list.h"

/* A rename of a SKU, and the tables whose rows it has changed. */
typedef struct Rename
{
	int32		merchant_id;
	const char *old_sku;
	const char *new_sku;
	List	   *tables;			/* of RenamedTable */
} Rename;

typedef struct RenamedTable
{
	const char *name;
	int64		rows;
} RenamedTable;

extern bool lock_item(int32 merchant_id, const char *sku);
extern char *find_use(int32 merchant_id, const char *sku);
extern void rename_rows(void *rename);

#endif
