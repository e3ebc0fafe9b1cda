/*
 * interval_set.h
 *		Sets of int64 as sorted, disjoint, half-open intervals.
 *
 * The values are microseconds, so a set of instants is a set of integers and
 * the algebra is exact: "start <= x" is the interval [..., x + 1).
 */
#ifndef QB_TIME_INTERVAL_SET_H
#define QB_TIME_INTERVAL_SET_H

#include "base/port.h"
#include "base/sums.h"

typedef struct QbInterval
{
	int64		start;
	int64		end;			/* exclusive */
} QbInterval;

/* Sorted by start; no two touch or overlap; none is empty. */
typedef struct QbIntervalSet
{
	QbInterval *items;
	int			count;
	int			capacity;
} QbIntervalSet;

/* An empty set.  All memory of sets is palloc'd in the context that is current at the call that needs it. */
extern void qb_set_init(QbIntervalSet *set);

/* Add an interval anywhere; call qb_set_normalize() after the last one. */
extern void qb_set_add(QbIntervalSet *set, int64 start, int64 end);
extern void qb_set_normalize(QbIntervalSet *set);

/* Sort by start n items of a size that begin with an interval. */
extern void qb_sort_by_start(void *items, int n, size_t size);

/* Results are new sets; the arguments must be normal and are kept. */
extern QbIntervalSet qb_set_union(const QbIntervalSet *a, const QbIntervalSet *b);
extern QbIntervalSet qb_set_intersect(const QbIntervalSet *a, const QbIntervalSet *b);
extern QbIntervalSet qb_set_subtract(const QbIntervalSet *a, const QbIntervalSet *b);

/* The instants s for which [s, s + length) lies in the set. */
extern QbIntervalSet qb_set_starts(const QbIntervalSet *set, int64 length);

/* The instants s for which [s - before, s + after) meets the set. */
extern QbIntervalSet qb_set_meets(const QbIntervalSet *set, int64 before, int64 after);

/* The instants covered by at least depth of the n intervals, which may overlap but not be empty. */
extern QbIntervalSet qb_set_depth(const QbInterval *intervals, int n, int depth);

/* Index of the interval that contains value, or -1. */
extern int	qb_set_find(const QbIntervalSet *set, int64 value);

/* Index of the first interval whose end is after value; count if there is none. */
extern int	qb_set_first_after(const QbIntervalSet *set, int64 value);

static inline bool
qb_set_contains(const QbIntervalSet *set, int64 value)
{
	return qb_set_find(set, value) >= 0;
}

/* Whether the set meets [start, end). */
static inline bool
qb_set_overlaps(const QbIntervalSet *set, int64 start, int64 end)
{
	int			i = qb_set_first_after(set, start);

	return i < set->count && set->items[i].start < end;
}

#endif							/* QB_TIME_INTERVAL_SET_H */
