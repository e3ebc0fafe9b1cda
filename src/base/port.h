/*
 * port.h
 *		What interval_set.c, local_time.c and recurrence*.c need of the server:
 *		int types, palloc() and the look for a cancel.  The unit tests build these files
 *		without a server and define QB_STANDALONE.
 */
#ifndef QB_BASE_PORT_H
#define QB_BASE_PORT_H

#ifdef QB_STANDALONE
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t int32;
typedef int64_t int64;
typedef uint32_t uint32;
typedef uint64_t uint64;

#define palloc(size) malloc(size)
#define repalloc(pointer, size) realloc(pointer, size)
#define pfree(pointer) free(pointer)
#define CHECK_FOR_INTERRUPTS() ((void) 0)
#define Assert(condition) assert(condition)
#define pg_rightmost_one_pos64(word) __builtin_ctzll(word)
#define Min(x, y) ((x) < (y) ? (x) : (y))
#define Max(x, y) ((x) > (y) ? (x) : (y))
#define PG_INT64_MIN INT64_MIN
#define PG_INT64_MAX INT64_MAX
#define USECS_PER_DAY INT64_C(86400000000)
#define USECS_PER_SEC INT64_C(1000000)
#else
#include "postgres.h"

#include "datatype/timestamp.h"
#include "port/pg_bitutils.h"
#endif

/*
 * One more element at the end of an array that grows like this from n = 0,
 * doubling; its capacity follows from n.  Its address; n is counted.  The array
 * stays in the context in which it began.
 */
#define QB_APPEND(array, n) \
	((n) == 0 ? ((array) = palloc(sizeof(*(array)) * 4)) : \
	 ((n) >= 4 && ((n) & ((n) - 1)) == 0) ? ((array) = repalloc((array), sizeof(*(array)) * (n) * 2)) : (array), \
	 &(array)[(n)++])

#endif							/* QB_BASE_PORT_H */
