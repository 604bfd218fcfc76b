/* The SQLSTATEs of the extension, and errors that several files raise. */
#ifndef BACKORDER_BASE_ERRORS_H
#define BACKORDER_BASE_ERRORS_H

#include "postgres.h"

#include "base/compat.h"

/* SQLSTATEs that a client must handle; all other errors have standard ones. */
#define ERRCODE_OUT_OF_STOCK MAKE_SQLSTATE('O','B','0','0','1')
#define ERRCODE_UNKNOWN_SKU MAKE_SQLSTATE('O','B','0','0','2')
#define ERRCODE_OVER_LIMIT MAKE_SQLSTATE('O','B','0','0','3')
#define ERRCODE_REFERENCE_USED MAKE_SQLSTATE('O','B','0','0','4')
#define ERRCODE_WRONG_STATE MAKE_SQLSTATE('O','B','0','0','5')
#define ERRCODE_MALFORMED_REQUEST MAKE_SQLSTATE('O','B','0','0','6')

pg_noreturn extern void damaged(const char *message);
pg_noreturn extern void wrong_state(const char *message, const char *detail, const char *hint);

#endif
