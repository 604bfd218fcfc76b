/* What is written as JSON. */
#ifndef BACKORDER_MODEL_PAYLOAD_H
#define BACKORDER_MODEL_PAYLOAD_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"

#include "model/states.h"
#include "model/types.h"

extern void append_consent(StringInfo json, const Consent *consent);
extern void append_incentives(StringInfo json, const Order *order, bool tells_what_is_new);
extern void append_time(StringInfo json, TimestampTz time);
extern void append_text(StringInfo json, const char *text);
extern void append_basis(StringInfo json, PromiseBasis basis);
extern void separate(StringInfo json);
extern void append_parts(StringInfo json, const Order *order, int from, int to);
extern Datum json_datum(const char *json);

#endif
