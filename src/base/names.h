/* Names of enum values, as they are stored in tables. */
#ifndef BACKORDER_BASE_NAMES_H
#define BACKORDER_BASE_NAMES_H

#include "postgres.h"

extern int name_index(const char *name, const char *const *names);
extern int stored_name_index(const char *name, const char *const *names, const char *column);

#endif
