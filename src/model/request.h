/* What a customer asks for, read from JSON or from arrays. */
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
	bool		no_price;		/* the item's price applies */
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
	Consent		consent;		/* as far as the request states it */
	char	   *hold;			/* as given, or NULL */
	TimestampTz placed_at;		/* or NO_TIME */
	bool		compare_policies;	/* preview_shipments() only */
};

extern TimestampTz hold_end(const char *hold, const Call *call);
extern void check_hold_end(TimestampTz until, TimestampTz clock);
extern TimestampTz hold_until(const Request *request, const Call *call);
extern void check_reference(const Request *request);
extern Request *parse_request(Jsonb *json, bool comparing);
extern Request *make_request(char *reference, char **skus, int nskus, int64 *quantities, int nquantities,
			Jsonb *options, bool comparing);
extern Datum request_hash(const Request *request);

#endif
