/* What a call plans to do with one part before the order is locked. */
#include "postgres.h"

#include "model/planned_change.h"
#include "model/call.h"
#include "model/inventory.h"

/* The claim on a part of this SKU, made if there is none yet. */
Claim *
claim_part(Work *work, Sku *book, int64 order_id, int32 line_no, int32 part_no, bool *found)
{
	ClaimKey	key;
	Claim	   *claim;

	memset(&key, 0, sizeof(key));
	key.order_id = order_id;
	key.line_no = line_no;
	key.part_no = part_no;
	claim = hash_search(work->claims, &key, HASH_ENTER, found);
	if (!*found)
	{
		memset((char *) claim + sizeof(ClaimKey), 0, sizeof(Claim) - sizeof(ClaimKey));
		claim->book = book;
		book->claims = lappend(book->claims, claim);
	}
	return claim;
}

/* Units of the part that wait once the plan is carried out. */
int64
units_left_waiting(const Claim *claim)
{
	return (claim->waiting ? claim->quantity - claim->cancel : claim->take) - claim->give;
}

/* Whether the plan does anything with the part. */
bool
is_action(const Claim *claim)
{
	return claim->cancel > 0 || claim->take > 0 || claim->give > 0 || claim->re_date || claim->re_promise;
}

/* Queue order: priority desc, queued_at, order_id, line_no, part_no. */
int
compare_places(const ListCell *a, const ListCell *b)
{
	const Claim *x = lfirst(a);
	const Claim *y = lfirst(b);

	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	if (x->queued_at != y->queued_at)
		return x->queued_at < y->queued_at ? -1 : 1;
	if (x->key.order_id != y->key.order_id)
		return x->key.order_id < y->key.order_id ? -1 : 1;
	if (x->key.line_no != y->key.line_no)
		return x->key.line_no < y->key.line_no ? -1 : 1;
	return (x->key.part_no > y->key.part_no) - (x->key.part_no < y->key.part_no);
}
