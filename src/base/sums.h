/*
 * sums.h
 *		Arithmetic on int64 that cannot overflow: what would leave the range
 *		stays at its ends.
 *
 * For what comes out of tables, where users write what they like, and for
 * intervals.  Instants of our own need no such care: see QB_FIRST_INSTANT.
 */
#ifndef QB_BASE_SUMS_H
#define QB_BASE_SUMS_H

#include "base/port.h"

static inline int64
qb_plus(int64 a, int64 b)
{
	int64		result;

	if (__builtin_add_overflow(a, b, &result))
		return b > 0 ? PG_INT64_MAX : PG_INT64_MIN;
	return result;
}

static inline int64
qb_minus(int64 a, int64 b)
{
	int64		result;

	if (__builtin_sub_overflow(a, b, &result))
		return b < 0 ? PG_INT64_MAX : PG_INT64_MIN;
	return result;
}

static inline int64
qb_times(int64 a, int64 b)
{
	int64		result;

	if (__builtin_mul_overflow(a, b, &result))
		return (a < 0) == (b < 0) ? PG_INT64_MAX : PG_INT64_MIN;
	return result;
}

#endif							/* QB_BASE_SUMS_H */
