/* What a customer asks for, through any entry point. */
#ifndef BACKORDER_MODEL_REQUEST_H
#define BACKORDER_MODEL_REQUEST_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "model/order.h"
#include "model/types.h"

typedef struct RequestLine
{
	char	   *sku;
	int64		quantity;
	Datum		unit_price;		/* numeric */
	bool		no_price;		/* the item's price is meant */
} RequestLine;

struct Request
{
	char	   *reference;		/* NULL: a preview needs none */
	char	   *customer;		/* or NULL */
	char	   *customer_group; /* or NULL */
	int			nlines;
	RequestLine *lines;
	int			ship_policy;	/* -1: the merchant's */
	int32		priority;
	Consent		consent;		/* as far as it was given */
	char	   *hold;			/* as given, or NULL */
	TimestampTz placed_at;		/* or NO_TIME */
	bool		comparing;		/* the door compares ship policies, if it is asked to: */
	bool		compare_policies;
};

extern TimestampTz hold_until(const Request *request, TimestampTz clock);
extern void check_reference(const Request *request);
extern Request *parse_request(Jsonb *json, bool comparing);
extern Request *make_request(char *reference, char **skus, int nskus, int64 *quantities, int nquantities,
			Jsonb	   *options, bool comparing);
extern Datum request_hash(const Request *request);

#endif
