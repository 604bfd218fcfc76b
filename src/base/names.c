/* Names of enum values, as they are stored in tables. */
#include "postgres.h"

#include "base/names.h"
#include "base/errors.h"

/* Returns the index of a name in a list that ends with NULL; -1 if it is not there. */
int
name_index(const char *name, const char *const *names)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

/*
 * Returns the index of a name that was read from a column; ends with XX001 if this version does not
 * know the name.
 */
int
stored_name_index(const char *name, const char *const *names, const char *column)
{
	int			index = name == NULL ? -1 : name_index(name, names);

	if (index < 0)
		damaged(psprintf("this version of backorder does not know %s \"%s\"", column, name == NULL ? "null" : name));
	return index;
}
