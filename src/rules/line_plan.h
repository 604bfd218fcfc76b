/* What each line of a checkout gets, what of it waits, and which lines are refused. */
#ifndef BACKORDER_RULES_LINE_PLAN_H
#define BACKORDER_RULES_LINE_PLAN_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "model/types.h"

extern void append_refusal(StringInfo json, const LinePlan *line);
extern bool is_refused(const LinePlan *line);
extern void check_not_refused(const Checkout *checkout);
extern void refuse(LinePlan *line, int code, const char *reason);
extern void plan_lines(Checkout *checkout);
extern const char *preview_status(const Checkout *checkout, const LinePlan *line);

#endif
