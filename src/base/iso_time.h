/* Reading an ISO 8601 time without the session's settings. */
#ifndef BACKORDER_BASE_ISO_TIME_H
#define BACKORDER_BASE_ISO_TIME_H

#include "postgres.h"

#include "datatype/timestamp.h"

extern bool read_iso_time(const char *text, TimestampTz *time);

#endif
