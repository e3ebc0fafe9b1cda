/*
 * lanes.c
 *		A provider's parallel places.
 *
 * The exclusion constraint counts lanes, the rules count peak concurrency.
 * When the peak allows one more but no lane is free throughout, allocations
 * move to other lanes.
 */
#include "postgres.h"

#include "booking/lanes.h"

#include "miscadmin.h"

#include "store/allocations.h"
#include "store/calendars.h"

/* Added to the lanes of allocations while they are moved; see move_lanes(). */
#define LANES_APART 10000

static int
compare_allocations(const void *a, const void *b)
{
	const QbAllocation *x = a;
	const QbAllocation *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return memcmp(x->owner_id.data, y->owner_id.data, UUID_LEN);
}

/* The lowest lane that none of the allocations overlapping [start, end) has. */
static int
free_lane(const QbAllocation *allocations, int n, int64 start, int64 end)
{
	for (int lane = 0;; lane++)
	{
		bool		used = false;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < n && !used; i++)
			used = allocations[i].lane == lane && allocations[i].start < end && allocations[i].end > start;
		if (!used)
			return lane;
	}
}

/* All allocations of a provider that are linked to [start, end) by overlaps. */
static int
load_cluster(QbStore *store, const pg_uuid_t *provider, int64 start, int64 end, QbAllocation **cluster)
{
	for (;;)
	{
		int			n = qb_store_calendar(store, provider, start, end, cluster);
		int64		first = start;
		int64		last = end;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < n; i++)
		{
			first = Min(first, (*cluster)[i].start);
			last = Max(last, (*cluster)[i].end);
		}
		if (first == start && last == end)
			return n;
		start = first;
		end = last;
	}
}

/*
 * Make room in one of capacity lanes for [start, end): give every allocation
 * of the cluster, by start, its own lane if that is free, else the lowest.
 * Such a colouring needs no more lanes than run at once.  Rows move to lanes
 * far away first, because the constraint is checked row by row.
 */
static int
move_lanes(QbStore *store, const pg_uuid_t *provider, int64 start, int64 end)
{
	QbAllocation *cluster;
	int			n = load_cluster(store, provider, start, end, &cluster);
	QbAllocation *placed = palloc(sizeof(QbAllocation) * (n + 1));
	QbAllocation *old = palloc(sizeof(QbAllocation) * (n + 1));
	int			lane = -1;

	/* the new one is among them, with no lane of its own to keep */
	memcpy(old, cluster, sizeof(QbAllocation) * n);
	memset(&old[n], 0, sizeof(QbAllocation));
	old[n].start = start;
	old[n].end = end;
	old[n].lane = -1;
	n++;
	qsort(old, n, sizeof(QbAllocation), compare_allocations);
	for (int i = 0; i < n; i++)
	{
		bool		keep = old[i].lane >= 0;

		CHECK_FOR_INTERRUPTS();
		placed[i] = old[i];
		for (int k = 0; k < i && keep; k++)
			keep = placed[k].lane != old[i].lane || placed[k].end <= old[i].start;
		if (!keep)
			placed[i].lane = free_lane(placed, i, old[i].start, old[i].end);
		if (old[i].lane < 0)
			lane = placed[i].lane;
	}
	for (int round = 0; round < 2; round++)
	{
		for (int i = 0; i < n; i++)
		{
			if (old[i].lane >= 0 && placed[i].lane != old[i].lane)
				qb_store_set_lane(store, &old[i].owner_id, provider,
								  placed[i].lane + (round == 0 ? LANES_APART : 0));
		}
	}
	return lane;
}

int
qb_choose_lane(QbStore *store, const QbCalendar *calendar, int64 start, int64 end)
{
	QbAllocation *counting;
	int			n = 0;
	int			lane;

	if (calendar->capacity == 1)
		return 0;
	counting = palloc(sizeof(QbAllocation) * Max(calendar->nallocations, 1));
	/* those that do not count have been closed or belong to the appointment */
	for (int i = 0; i < calendar->nallocations; i++)
	{
		if (!calendar->allocations[i].ignored)
			counting[n++] = calendar->allocations[i];
	}
	lane = free_lane(counting, n, start, end);
	return lane < calendar->capacity ? lane : move_lanes(store, &calendar->id, start, end);
}
