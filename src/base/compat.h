/* Differences between the supported versions of PostgreSQL. */
#ifndef BACKORDER_BASE_COMPAT_H
#define BACKORDER_BASE_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 160000
#define guc_malloc(elevel, size) malloc(size)
#endif

#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

#endif
