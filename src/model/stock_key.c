/* Keys of rows of the table stock. */
#include "postgres.h"

#include "model/stock_key.h"
#include "base/trigger.h"

/* A new key of a stock row; it points to the caller's text. */
StockKey *
make_stock_key(const char *sku, int32 location)
{
	StockKey   *key = palloc_object(StockKey);

	key->sku = sku;
	key->location = location;
	return key;
}

/* Key order: SKU by its bytes, then location. */
int
compare_stock_keys(const ListCell *a, const ListCell *b)
{
	const StockKey *x = lfirst(a);
	const StockKey *y = lfirst(b);
	int			order = strcmp(x->sku, y->sku);

	return order != 0 ? order : (x->location > y->location) - (x->location < y->location);
}

/* The keys in key order, without duplicates. */
List *
sort_stock_keys(List *keys)
{
	List	   *distinct = NIL;
	ListCell   *lc;

	list_sort(keys, compare_stock_keys);
	foreach(lc, keys)
		if (distinct == NIL || compare_stock_keys(list_tail(distinct), lc) != 0)
			distinct = lappend(distinct, lfirst(lc));
	return distinct;
}

/* Whether the key of a stock row is among the sorted keys. */
bool
has_stock_key(const List *keys, const char *sku, int32 location)
{
	StockKey	wanted = {.sku = sku, .location = location};
	ListCell	cell = {.ptr_value = &wanted};

	return keys != NIL && bsearch(&cell, keys->elements, list_length(keys), sizeof(ListCell),
								  (int (*) (const void *, const void *)) compare_stock_keys) != NULL;
}

/* The SKUs of the keys. */
const char **
stock_skus(const List *keys, int *count)
{
	const char **skus = palloc_array(const char *, list_length(keys) + 1);
	ListCell   *lc;

	*count = 0;
	foreach(lc, keys)
		skus[(*count)++] = ((StockKey *) lfirst(lc))->sku;
	return skus;
}

/* The stock keys of rows that a statement touched. */
List *
stock_keys_of(const List *touched)
{
	List	   *keys = NIL;
	ListCell   *lc;

	foreach(lc, touched)
	{
		const TouchedKey *key = lfirst(lc);

		keys = lappend(keys, make_stock_key(key->sku, key->location));
	}
	return keys;
}
