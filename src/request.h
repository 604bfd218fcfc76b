/* What a customer asks for, whichever door it came through. */
#ifndef BACKORDER_REQUEST_H
#define BACKORDER_REQUEST_H

#include "backorder.h"
#include "utils/jsonb.h"

typedef struct RequestLine
{
	char	   *sku;
	int64		quantity;
	Datum		unit_price;		/* numeric */
	bool		no_price;		/* the item's price is meant */
} RequestLine;

typedef struct Request
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
} Request;

extern Request *parse_request(Jsonb *json, bool comparing);
extern Request *make_request(char *reference, char **skus, int nskus, int64 *quantities, int nquantities, Jsonb *options,
							 bool comparing);
extern void check_reference(const Request *request);
extern Datum request_hash(const Request *request);
extern TimestampTz hold_until(const Request *request, TimestampTz clock);

#endif
