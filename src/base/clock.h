/* The settings of the session, the clock, and ids. */
#ifndef BACKORDER_BASE_CLOCK_H
#define BACKORDER_BASE_CLOCK_H

#include "postgres.h"

#include "datatype/timestamp.h"

#define NO_TIME DT_NOBEGIN

/*
 * The settings. A session that has lived through an update of the extension has the modules of two
 * versions, but each setting once: the first module that knows a setting defines it. So these structs
 * are a contract between versions. One that was released never changes; a later version adds a struct.
 */
typedef struct Settings			/* since 0.4.0 */
{
	int			merchant_id;	/* the merchant of a call that names none */
	int			node_id;		/* part of every id, so that no two nodes give out the same id */
	char	   *clock;			/* the time to use instead of the real time, for tests and replays; empty: none */
} Settings;

typedef struct NewerSettings	/* since 0.6.0 */
{
	TimestampTz clock_time;		/* what clock says; NO_TIME if it is empty, or if an older module has defined it */
	bool		direct_access;	/* off: every statement runs by plan, for tests and comparison */
	bool		require_merchant;	/* refuses calls and rows that name no merchant */
} NewerSettings;

extern Settings *settings;
extern NewerSettings *newer_settings;

extern bool clock_is_set(void);
extern TimestampTz read_clock(void);
extern int64 next_id(void);
extern bool is_lower_id(int64 id);

#endif
