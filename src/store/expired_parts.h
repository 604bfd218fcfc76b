/* The parts that expire_holds() canceled, and that their order asks for again when it is revived. */
#ifndef BACKORDER_STORE_EXPIRED_PARTS_H
#define BACKORDER_STORE_EXPIRED_PARTS_H

#include "postgres.h"

#include "model/request.h"
#include "model/types.h"

/* What an expired order asks for again: lines of a request, with their numbers and the units that were short before. */
typedef struct ExpiredLines
{
	int			count;
	int32	   *line_nos;		/* ascending */
	RequestLine *lines;
	int64	   *short_units;
	int64		units;			/* of the parts that were taken, with those of gifts */
} ExpiredLines;

extern void record_expired_parts(const Call *call, const int64 *order_ids, int count);
extern bool is_expired(const Call *call, int64 order_id);
extern bool take_expired_parts(const Call *call, int64 order_id, ExpiredLines *expired);
extern void forget_expired_parts(const Call *call, int64 order_id, int32 line_no);

#endif
