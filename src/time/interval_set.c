/*
 * interval_set.c
 *		Algebra on sorted, disjoint, half-open intervals of int64.
 *
 * No tables, no SPI, no server but for palloc(): see port.h.  Every loop can be
 * cancelled, sorting too: the arrays are the caller's memory, and what is half
 * done goes with it.
 */
#include "time/interval_set.h"

#ifndef QB_STANDALONE
#include "miscadmin.h"
#endif

void
qb_set_init(QbIntervalSet *set)
{
	set->items = NULL;
	set->count = 0;
	set->capacity = 0;
}

void
qb_set_add(QbIntervalSet *set, int64 start, int64 end)
{
	if (start >= end)
		return;
	if (set->count == set->capacity)
	{
		set->capacity = Max(16, set->capacity * 2);
		set->items = set->items == NULL
			? palloc(sizeof(QbInterval) * set->capacity)
			: repalloc(set->items, sizeof(QbInterval) * set->capacity);
	}
	set->items[set->count].start = start;
	set->items[set->count].end = end;
	set->count++;
}

/* Add an interval that starts where the last one ends, or later. */
static void
add_sorted(QbIntervalSet *set, int64 start, int64 end)
{
	if (start >= end)
		return;
	if (set->count > 0 && set->items[set->count - 1].end >= start)
		set->items[set->count - 1].end = Max(set->items[set->count - 1].end, end);
	else
		qb_set_add(set, start, end);
}

/* For what begins with an int64. */
static int
compare_values(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

static int
compare_or_cancel(const void *a, const void *b)
{
	CHECK_FOR_INTERRUPTS();
	return compare_values(a, b);
}

/* To look for a cancel costs more than to compare, so it is done where sorting takes long. */
void
qb_sort_by_start(void *items, int n, size_t size)
{
	qsort(items, n, size, n < 10000 ? compare_values : compare_or_cancel);
}

void
qb_set_normalize(QbIntervalSet *set)
{
	int			kept = 0;

	if (set->count == 0)
		return;
	qb_sort_by_start(set->items, set->count, sizeof(QbInterval));
	for (int i = 1; i < set->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (set->items[i].start <= set->items[kept].end)
			set->items[kept].end = Max(set->items[kept].end, set->items[i].end);
		else
			set->items[++kept] = set->items[i];
	}
	set->count = kept + 1;
}

QbIntervalSet
qb_set_union(const QbIntervalSet *a, const QbIntervalSet *b)
{
	QbIntervalSet result;
	int			i = 0;
	int			j = 0;

	qb_set_init(&result);
	while (i < a->count || j < b->count)
	{
		const QbInterval *next;

		CHECK_FOR_INTERRUPTS();
		if (j == b->count || (i < a->count && a->items[i].start <= b->items[j].start))
			next = &a->items[i++];
		else
			next = &b->items[j++];
		add_sorted(&result, next->start, next->end);
	}
	return result;
}

QbIntervalSet
qb_set_intersect(const QbIntervalSet *a, const QbIntervalSet *b)
{
	QbIntervalSet result;
	int			i = 0;
	int			j = 0;

	qb_set_init(&result);
	while (i < a->count && j < b->count)
	{
		const QbInterval *x = &a->items[i];
		const QbInterval *y = &b->items[j];

		CHECK_FOR_INTERRUPTS();
		qb_set_add(&result, Max(x->start, y->start), Min(x->end, y->end));
		if (x->end < y->end)
			i++;
		else
			j++;
	}
	return result;
}

QbIntervalSet
qb_set_subtract(const QbIntervalSet *a, const QbIntervalSet *b)
{
	QbIntervalSet result;
	int			j = 0;

	qb_set_init(&result);
	for (int i = 0; i < a->count; i++)
	{
		int64		start = a->items[i].start;
		int64		end = a->items[i].end;

		CHECK_FOR_INTERRUPTS();
		while (j < b->count && b->items[j].end <= start)
			j++;
		for (int k = j; k < b->count && b->items[k].start < end; k++)
		{
			CHECK_FOR_INTERRUPTS();
			qb_set_add(&result, start, b->items[k].start);
			start = b->items[k].end;
		}
		qb_set_add(&result, start, end);
	}
	return result;
}

QbIntervalSet
qb_set_starts(const QbIntervalSet *set, int64 length)
{
	QbIntervalSet result;

	qb_set_init(&result);
	for (int i = 0; i < set->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		qb_set_add(&result, set->items[i].start, qb_plus(set->items[i].end, 1 - length));
	}
	return result;
}

QbIntervalSet
qb_set_meets(const QbIntervalSet *set, int64 before, int64 after)
{
	QbIntervalSet result;

	/* s - before < end and s + after > start */
	qb_set_init(&result);
	for (int i = 0; i < set->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		add_sorted(&result,
				   qb_plus(set->items[i].start, 1 - after),
				   qb_plus(set->items[i].end, before));
	}
	return result;
}

QbIntervalSet
qb_set_depth(const QbInterval *intervals, int n, int depth)
{
	QbIntervalSet result;
	int64	   *starts;
	int64	   *ends;
	int64		since = 0;
	int			running = 0;
	int			j = 0;

	qb_set_init(&result);
	if (n == 0)
		return result;
	starts = palloc(sizeof(int64) * n);
	ends = palloc(sizeof(int64) * n);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		Assert(intervals[i].start < intervals[i].end);
		/* they are read from the last to the first: so turned round, most are sorted already */
		starts[n - 1 - i] = intervals[i].start;
		ends[n - 1 - i] = intervals[i].end;
	}
	qb_sort_by_start(starts, n, sizeof(int64));
	qb_sort_by_start(ends, n, sizeof(int64));

	/* Ends go before starts at the same instant: touching is not overlapping. */
	for (int i = 0; j < n;)
	{
		CHECK_FOR_INTERRUPTS();
		if (i < n && starts[i] < ends[j])
		{
			if (++running == depth)
				since = starts[i];
			i++;
		}
		else
		{
			if (running-- == depth)
				add_sorted(&result, since, ends[j]);
			j++;
		}
	}
	pfree(starts);
	pfree(ends);
	return result;
}

int
qb_set_first_after(const QbIntervalSet *set, int64 value)
{
	int			low = 0;
	int			high = set->count;

	while (low < high)
	{
		int			mid = low + (high - low) / 2;

		if (set->items[mid].end <= value)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int
qb_set_find(const QbIntervalSet *set, int64 value)
{
	int			i = qb_set_first_after(set, value);

	return i < set->count && set->items[i].start <= value ? i : -1;
}
