/* Names of enum values. */
#include "postgres.h"

#include "base/names.h"

/* The place of a name in a list that ends with NULL; -1 when it is not there. */
int
name_index(const char *name, const char *const *names)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}
