/* The request of a checkout or preview, as JSON or as arrays. */
#include "postgres.h"

#include "api/request_argument.h"
#include "base/argument.h"
#include "model/request.h"

/*
 * Returns the request in argument n, a JSON object; comparing allows keys of calls that can compare
 * ship policies.
 */
Request *
json_request_argument(FunctionCallInfo fcinfo, int n, bool comparing)
{
	return parse_request(jsonb_argument(fcinfo, n, "request"), comparing);
}

/*
 * Returns the request in arguments n (skus), n + 1 (quantities) and n + 2 (options, or null);
 * comparing as above.
 */
Request *
array_request_argument(FunctionCallInfo fcinfo, int n, char *reference, bool comparing)
{
	int			nskus;
	int			nquantities;
	char	  **skus = text_array_argument(fcinfo, n, "skus", &nskus);
	int64	   *quantities = int64_array_argument(fcinfo, n + 1, "quantities", &nquantities);
	Jsonb	   *options = PG_ARGISNULL(n + 2) ? NULL : PG_GETARG_JSONB_P(n + 2);

	return make_request(reference, skus, nskus, quantities, nquantities, options, comparing);
}
