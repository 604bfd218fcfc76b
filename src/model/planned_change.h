/* What a call plans to do with one part before the order is locked. */
#ifndef BACKORDER_MODEL_PLANNED_CHANGE_H
#define BACKORDER_MODEL_PLANNED_CHANGE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "model/states.h"
#include "model/types.h"

/* What a call plans with one part of its SKUs, before the order is locked. */
typedef struct ClaimKey
{
	int64		order_id;
	int32		line_no;
	int32		part_no;
} ClaimKey;

struct Claim
{
	ClaimKey	key;			/* hash key, first */
	Sku		   *book;
	int32		priority;
	TimestampTz queued_at;
	int64		quantity;		/* of the part, as read */
	bool		waiting;		/* as read: backordered, else allocated at location */
	int32		location;
	int64		cancel;			/* units to cancel */
	int64		take;			/* allocated units to take back */
	int64		give;			/* waiting units to cover */
	bool		re_date;		/* the item's preorder date has moved */
	bool		re_promise;		/* give it the date below */
	TimestampTz promised_at;
	PromiseBasis basis;
};

extern Claim *claim_part(Work *work, Sku *book, int64 order_id, int32 line_no, int32 part_no, bool *found);
extern int64 units_left_waiting(const Claim *claim);
extern bool is_action(const Claim *claim);
extern int compare_places(const ListCell *a, const ListCell *b);

#endif
