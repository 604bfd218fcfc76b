/*
 * Reads arguments of SQL functions. Each function returns a valid value, or ends with an error that
 * names the argument and says what to pass.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/argument.h"
#include "base/errors.h"

#define MAX_ELEMENTS 100000		/* of an array argument */

/* Refuses a null in argument n. */
static void
check_not_null(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument %s must not be null", name),
				 errhint("Pass a value for %s.", name)));
}

/* Refuses an empty array, and one with more than one dimension. */
static void
check_dimensions(ArrayType *array, const char *name)
{
	if (ARR_NDIM(array) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("argument %s must not be an empty array", name),
				 errhint("Pass at least one element.")));
	if (ARR_NDIM(array) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("argument %s must be a one-dimensional array", name),
				 errdetail("It has %d dimensions.", ARR_NDIM(array)),
				 errhint("Pass a plain list of values.")));
}

/* Refuses a one-dimensional array of more than MAX_ELEMENTS. */
static void
check_array_length(ArrayType *array, const char *name)
{
	if (ARR_DIMS(array)[0] > MAX_ELEMENTS)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("argument %s has too many elements", name),
				 errdetail("It has %d elements; one call takes at most %d.",
						   ARR_DIMS(array)[0], MAX_ELEMENTS),
				 errhint("Divide the work into several calls.")));
}

/* Refuses an array with nulls. */
static void
check_elements_not_null(ArrayType *array, const char *name)
{
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument %s must not contain nulls", name),
				 errhint("Remove the element, or give it a value.")));
}

/*
 * Returns the array in argument n: 1 to MAX_ELEMENTS elements in one dimension, none of them null.
 */
static ArrayType *
array_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	ArrayType  *array;

	check_not_null(fcinfo, n, name);
	array = PG_GETARG_ARRAYTYPE_P(n);
	check_dimensions(array, name);
	check_array_length(array, name);
	check_elements_not_null(array, name);
	return array;
}

/*
 * Returns the merchant in argument n, above 0. enter() checks whether the caller may work for it.
 */
int32
merchant_argument(FunctionCallInfo fcinfo, int n)
{
	int32		merchant_id = int32_argument(fcinfo, n, "merchant_id");

	if (merchant_id < 1)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("argument merchant_id must be 1 or more, not %d", merchant_id),
				 errhint("Pass the merchant's number, or omit the argument"
						 " to use the setting backorder.merchant_id.")));
	return merchant_id;
}

/* Returns the bigint in argument n, which must not be null. */
int64
int64_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	check_not_null(fcinfo, n, name);
	return PG_GETARG_INT64(n);
}

/* Returns the integer in argument n, which must not be null. */
int32
int32_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	check_not_null(fcinfo, n, name);
	return PG_GETARG_INT32(n);
}

/* Returns the quantity in argument n: 1 to MAX_QUANTITY. */
int64
quantity_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	int64		quantity = int64_argument(fcinfo, n, name);

	check_quantity(quantity, name);
	return quantity;
}

/* Returns a copy of the text in argument n, not null but maybe empty; check_key() checks keys. */
char *
text_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	check_not_null(fcinfo, n, name);
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* Returns a copy of the text in argument n, or NULL if it is null. */
char *
optional_text_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* Returns copies of the texts in argument n, at least one; *count is their number. */
char	  **
text_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count)
{
	Datum	   *elements;
	char	  **strings;

	deconstruct_array(array_argument(fcinfo, n, name), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, NULL, count);
	strings = palloc(sizeof(char *) * *count);
	for (int i = 0; i < *count; i++)
		strings[i] = TextDatumGetCString(elements[i]);
	pfree(elements);
	return strings;
}

/* Returns the SKUs in argument n, at least one; *count is their number. */
char	  **
skus_argument(FunctionCallInfo fcinfo, int n, int *count)
{
	char	  **skus = text_array_argument(fcinfo, n, "skus", count);

	for (int i = 0; i < *count; i++)
		check_key(skus[i], "sku");
	return skus;
}

/* Returns the bigints in argument n, at least one and of any value; *count is their number. */
int64 *
int64_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count)
{
	ArrayType  *array = array_argument(fcinfo, n, name);
	int64	   *numbers;

	*count = ARR_DIMS(array)[0];
	numbers = palloc(sizeof(int64) * *count);
	memcpy(numbers, ARR_DATA_PTR(array), sizeof(int64) * *count);
	return numbers;
}

/* Returns the integers in argument n, at least one and of any value; *count is their number. */
int32 *
int32_array_argument(FunctionCallInfo fcinfo, int n, const char *name, int *count)
{
	ArrayType  *array = array_argument(fcinfo, n, name);
	int32	   *numbers;

	*count = ARR_DIMS(array)[0];
	numbers = palloc(sizeof(int32) * *count);
	memcpy(numbers, ARR_DATA_PTR(array), sizeof(int32) * *count);
	return numbers;
}

/* Refuses a SKU or reference that is empty or longer than MAX_KEY_LENGTH characters. */
void
check_key(const char *key, const char *name)
{
	int			length = pg_mbstrlen(key);

	if (length == 0)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("%s must not be empty", name),
				 errhint("Pass 1 to %d characters.", MAX_KEY_LENGTH)));
	if (length > MAX_KEY_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("%s is too long", name),
				 errdetail("It has %d characters.", length),
				 errhint("Pass 1 to %d characters.", MAX_KEY_LENGTH)));
}

/* Refuses a quantity outside 1 to MAX_QUANTITY. */
void
check_quantity(int64 quantity, const char *name)
{
	if (quantity < 1 || quantity > MAX_QUANTITY)
		ereport(ERROR,
				(errcode(ERRCODE_MALFORMED_REQUEST),
				 errmsg("%s must be between 1 and %lld, not %lld", name,
						(long long) MAX_QUANTITY, (long long) quantity),
				 errhint("Count in the item's smallest unit.")));
}

/* Returns the sum of two numbers of units, or ends with 22003 if bigint cannot hold it. */
int64
add_units(int64 a, int64 b)
{
	int64		sum;

	if (pg_add_s64_overflow(a, b, &sum))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the sum of %lld and %lld units is out of range",
						(long long) a, (long long) b),
				 errhint("Check for a quantity that was entered in the wrong unit.")));
	return sum;
}

/* Returns the jsonb in argument n, which must not be null. */
Jsonb *
jsonb_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	check_not_null(fcinfo, n, name);
	return PG_GETARG_JSONB_P(n);
}
