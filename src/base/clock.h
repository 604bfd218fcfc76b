/* The settings of the session, the clock, and ids. */
#ifndef BACKORDER_BASE_CLOCK_H
#define BACKORDER_BASE_CLOCK_H

#include "postgres.h"

#include "datatype/timestamp.h"

#define NO_TIME DT_NOBEGIN

/*
 * The settings, which a session has once: after an update of the extension it may have the modules of two versions, of which
 * the first one has defined them. So this is a contract between versions: a new setting gets a place of its own.
 */
typedef struct Settings
{
	int			merchant_id;	/* the merchant meant where a call names none */
	int			node_id;		/* the node's number in every id, so that several nodes never give the same */
	char	   *clock;			/* the time by which the engine reckons, for tests and replays; empty = the real one */
} Settings;

extern Settings *settings;

extern TimestampTz read_clock(void);
extern int64 next_id(void);
extern bool is_lower_id(int64 id);

#endif
