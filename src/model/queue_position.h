/*
 * The order of a backorder queue: priority, highest first; then the time when the part joined; then
 * order, line and part number.
 *
 * This order stands here twice, as texts for SQL and as a comparison in C, and once more in the
 * index order_line_part_open, which serves the statements. All of these must agree.
 */
#ifndef BACKORDER_MODEL_QUEUE_POSITION_H
#define BACKORDER_MODEL_QUEUE_POSITION_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* ORDER BY these, of a part with this alias, to get the front of the queue first, or its end. */
#define FRONT_OF_QUEUE_FIRST(q) \
	q ".priority DESC, " q ".queued_at, " q ".order_id, " q ".line_no, " q ".part_no"
#define END_OF_QUEUE_FIRST(q) \
	q ".priority, " q ".queued_at DESC, " q ".order_id DESC, " q ".line_no DESC, " q ".part_no DESC"

/* Whether a part with this alias is before another line, or belongs to it. */
#define IS_BEFORE_OR_IN_LINE(q, priority, queued_at, order_id, line_no) \
	"(" q ".priority > " priority " OR (" q ".priority = " priority \
	" AND (" q ".queued_at, " q ".order_id, " q ".line_no) <= (" queued_at ", " order_id ", " line_no ")))"

/*
 * Whether a part with this alias is behind another line: in the first form among the parts of lower priority, in the
 * second one among those of the same priority. Each form is a range of the index.
 */
#define IS_BEHIND_BY_PRIORITY(q, priority) \
	q ".priority < " priority
#define IS_BEHIND_BY_TIME(q, priority, queued_at, order_id, line_no) \
	q ".priority = " priority \
	" AND (" q ".queued_at, " q ".order_id, " q ".line_no) > (" queued_at ", " order_id ", " line_no ")"

/* The place of a part in the queue of its SKU. */
typedef struct QueuePosition
{
	int32		priority;
	TimestampTz queued_at;
	int64		order_id;
	int32		line_no;
	int32		part_no;
} QueuePosition;

/* Returns a negative number if a is before b, a positive one if it is behind b, else 0. */
static inline int
compare_positions(const QueuePosition *a, const QueuePosition *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->queued_at != b->queued_at)
		return a->queued_at < b->queued_at ? -1 : 1;
	if (a->order_id != b->order_id)
		return a->order_id < b->order_id ? -1 : 1;
	if (a->line_no != b->line_no)
		return a->line_no < b->line_no ? -1 : 1;
	return (a->part_no > b->part_no) - (a->part_no < b->part_no);
}

#endif
