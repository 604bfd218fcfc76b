/* CHECK constraints that are prepared once per session. */
#ifndef BACKORDER_BASE_CHECKS_H
#define BACKORDER_BASE_CHECKS_H

#include "postgres.h"

#include "nodes/execnodes.h"

extern void lend_checks(ResultRelInfo *result, EState *estate);

#endif
