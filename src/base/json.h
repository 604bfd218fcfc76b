/* Reads JSON values from clients; refuses a wrong one by the name of its key (OB006). */
#ifndef BACKORDER_BASE_JSON_H
#define BACKORDER_BASE_JSON_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "base/compat.h"

/* What a time must be, for errors. */
#define A_TIME "a time with zone, such as 2026-03-01T12:00:00Z"

/* Receives one key of an object; target and line_no are those of each_key(). */
typedef void (*TakeKey) (void *target, int line_no, const char *key, const JsonbValue *value);

pg_noreturn extern void malformed(const char *message, const char *hint);
pg_noreturn extern void malformed_key(const char *key, int line, const char *wanted);
extern char *json_text(const JsonbValue *value, const char *key, int line);
extern bool json_bool(const JsonbValue *value, const char *key);
extern int64 json_integer(const JsonbValue *value, const char *key, int line, int64 least, int64 most);
extern Datum json_price(const JsonbValue *value, const char *key, int line);
extern TimestampTz read_time(const char *time, const char *key, const char *wanted);
extern void each_key(JsonbContainer *object, TakeKey take, void *target, int line_no);
extern Jsonb *object_of(Jsonb *json, const char *message, const char *hint);
extern Jsonb *options_object(Jsonb *options);
extern const char *const no_options[];
extern const char *const only_key[];

extern Jsonb *options_argument(FunctionCallInfo fcinfo, int n, const char *const *known);
extern char *text_option(const Jsonb *options, const char *key);
extern TimestampTz time_option(const Jsonb *options, const char *key);
extern bool bool_option(const Jsonb *options, const char *key);
extern int64 *quantities_option(const Jsonb *options, const char *key, int count, bool **nulls);
extern int32 location_option(const Jsonb *options, const char *key);

#endif
