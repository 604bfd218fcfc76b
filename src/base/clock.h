/* The settings of the session, the clock, and ids. */
#ifndef BACKORDER_BASE_CLOCK_H
#define BACKORDER_BASE_CLOCK_H

#include "postgres.h"

#include "datatype/timestamp.h"

#define NO_TIME DT_NOBEGIN

/*
 * The settings. A session that has lived through an update of the extension has the modules of two
 * versions, but one set of settings: the first module has defined it. So this struct is a contract
 * between versions. Fields keep their places, and a new setting is a new field at the end.
 */
typedef struct Settings
{
	int			merchant_id;	/* the merchant of a call that names none */
	int			node_id;		/* part of every id, so that no two nodes give out the same id */
	char	   *clock;			/* the time to use instead of the real time, for tests and replays; empty: none */
} Settings;

extern Settings *settings;

extern TimestampTz read_clock(void);
extern int64 next_id(void);
extern bool is_lower_id(int64 id);

#endif
