/*
 * test/cppcheck.h - PostgreSQL's macros for cppcheck, which reads our files
 * without PostgreSQL's headers.
 */
#define PG_MODULE_MAGIC
#define PG_FUNCTION_INFO_V1(function)
#define PG_FUNCTION_ARGS FunctionCallInfo fcinfo
#define PGDLLEXPORT
#define pg_attribute_noreturn() __attribute__((noreturn))
#define pg_noreturn __attribute__((noreturn))
#define StaticAssertDecl(condition, message)

#define foreach(cell, list) for (cell = list_head(list); cell != NULL; cell = lnext(list, cell))
#define forboth(cell1, list1, cell2, list2) foreach(cell1, list1)

#define PG_TRY() do { {
#define PG_CATCH() } if (caught()) {
#define PG_FINALLY() } {
#define PG_END_TRY() } } while (0)

/* an error ends the function that raises it; a notice does not */
#define NOTICE 18
#define WARNING 19
#define ERROR 21
#define elog(level, ...) do { if ((level) >= ERROR) abort(); } while (0)
#define ereport(level, ...) do { if ((level) >= ERROR) abort(); } while (0)
