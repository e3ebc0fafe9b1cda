/*
 * grid.c
 *		Rule 2: which of the feasible starts are offered.
 */
#include "postgres.h"

#include "rules/grid.h"

#include "utils/datetime.h"

#include "base/compat.h"
#include "rules/schedule.h"

/* The largest of 60, 30, 20, 15, 10, 5 minutes that divides the step, else 1. */
static int64
clock_step(int64 step)
{
	static const int minutes[] = {60, 30, 20, 15, 10, 5};

	for (int i = 0; i < (int) lengthof(minutes); i++)
	{
		if (step % (minutes[i] * USECS_PER_MINUTE) == 0)
			return minutes[i] * USECS_PER_MINUTE;
	}
	return USECS_PER_MINUTE;
}

int64
qb_new_year(const QbZone *zone, int64 instant, int years)
{
	int			year;
	int			month;
	int			day;

	j2date(qb_date_of(qb_local_of(zone, instant)) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return qb_local_to_instant(zone, qb_midnight(date2j(year + years, 1, 1) - POSTGRES_EPOCH_JDATE), NULL);
}

/*
 * A run that goes back beyond the year before (of somebody always open and
 * never booked) is counted from each new year instead, so that the search for
 * its beginning ends.
 */
int64
qb_run_anchor(const QbSearch *search, const QbProvider *p, int64 run, int64 start)
{
	bool		endless = start - run > 365 * USECS_PER_DAY && run < qb_new_year(p->zone, start, -1);
	int64		anchor = endless ? qb_new_year(p->zone, start, 0) : run;

	if (search->service->anchor == QB_ANCHOR_CLOCK)
		anchor = qb_round_up_local(qb_schedule_zone_at(p, anchor), anchor,
								   clock_step(search->service->slot_interval));
	return anchor;
}

bool
qb_grid_anchor(const QbQuestion *q, int64 *anchor)
{
	const QbProvider *p = q->lead->provider;
	const QbIntervalSet *feasible = &q->lead->feasible;
	int			i;

	if (q->search->service->anchor != QB_ANCHOR_WINDOW)
	{
		i = qb_set_find(feasible, q->start);
		if (i >= 0)
			*anchor = qb_run_anchor(q->search, p, feasible->items[i].start, q->start);
		return i >= 0;
	}
	for (i = p->nwindows - 1; i >= 0 && p->windows[i].start > q->start; i--)
		;
	if (i >= 0)
		*anchor = p->windows[i].start;
	return i >= 0;
}

bool
qb_on_grid(const QbQuestion *q)
{
	int64		anchor;

	return !qb_grid_anchor(q, &anchor) ||
		(q->start >= anchor && (q->start - anchor) % q->search->service->slot_interval == 0);
}
