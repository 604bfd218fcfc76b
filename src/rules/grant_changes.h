/* What orders are granted, and lose, after checkout. */
#ifndef BACKORDER_RULES_GRANT_CHANGES_H
#define BACKORDER_RULES_GRANT_CHANGES_H

#include "postgres.h"

#include "model/types.h"

extern void adjust_grants(Call *call);

#endif
