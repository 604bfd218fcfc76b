/* What a stock policy means: whether an item may be sold when stock runs out. */
#include "postgres.h"

#include "model/stock_policy.h"
#include "base/clock.h"
#include "model/call.h"
#include "model/inventory.h"
#include "model/states.h"

typedef struct PolicyRules
{
	bool		allows_backorders;	/* units that are not available may be ordered: always, or before a date */
	bool		has_date;		/* available_from, if it is known: nothing ships before it, and backorders end with it */
	bool		allows_queue_shares;	/* checkouts may join the queue through slots */
	const char *refusal;		/* why units that are not available are refused, where they are */
} PolicyRules;

static const PolicyRules policies[] = {
	[DENY] = {.refusal = "not sold on backorder"},
	[ALLOW] = {.allows_backorders = true, .allows_queue_shares = true},
	[PREORDER] = {.allows_backorders = true, .has_date = true, .refusal = "preorder has ended"},
};

/* Whether units that are not available may be ordered, at least for some time. */
bool
policy_allows_backorders(const CatalogItem *item)
{
	return policies[item->policy].allows_backorders;
}

/*
 * Whether slots may let checkouts join the queue of the item, each without knowing of the others.
 */
bool
policy_allows_queue_shares(const CatalogItem *item)
{
	return policies[item->policy].allows_queue_shares;
}

/*
 * Returns the date before which the item does not ship, whether it has passed or not; NO_TIME if
 * there is none, or it is to be announced.
 */
TimestampTz
policy_date(const CatalogItem *item)
{
	return policies[item->policy].has_date ? item->available_from : NO_TIME;
}

/* Returns why units of the item that are not available may not be ordered now; NULL if they may. */
const char *
policy_refusal(const Call *call, const CatalogItem *item)
{
	const PolicyRules *policy = &policies[item->policy];

	if (policy->allows_backorders &&
		(!policy->has_date || item->available_from == NO_TIME || item->available_from > call->clock))
		return NULL;
	return policy->refusal;
}
