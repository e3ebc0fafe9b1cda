/*
 * grid.c
 *		Rule 2: which of the feasible starts are offered.
 */
#include "postgres.h"

#include "grid.h"

#include "compat.h"
#include "miscadmin.h"
#include "rules.h"
#include "schedule.h"
#include "sessions.h"
#include "utils/datetime.h"

void
qb_offers_add(QbOfferList *list, const QbOffer *offer)
{
	if (list->count == list->capacity)
	{
		list->capacity = Max(64, list->capacity * 2);
		list->items = list->items == NULL
			? palloc(sizeof(QbOffer) * list->capacity)
			: repalloc_huge(list->items, sizeof(QbOffer) * list->capacity);
	}
	list->items[list->count++] = *offer;
}

/* Pick the starts anchor + n * step in [from, to) that nothing hides; sessions are offered apart. */
static void
pick(const QbSearch *search, const QbLead *lead, int64 anchor, int64 from, int64 to, QbOfferList *list)
{
	int64		step = search->service->slot_interval;
	int64		start = anchor;

	if (start < from)
		start += (from - anchor + step - 1) / step * step;
	for (; start < to; start += step)
	{
		QbOffer		offer = {lead->provider, start, start + lead->duration, search->service->seats};

		CHECK_FOR_INTERRUPTS();
		if (search->nsessions > 0 && qb_place(search, lead, start).session != NULL)
			continue;
		if (qb_rules_permit(search, lead, start))
			qb_offers_add(list, &offer);
	}
}

/* Anchor window: the count begins at the last window that has started. */
static void
pick_by_window(const QbSearch *search, const QbLead *lead, int64 from, int64 to, QbOfferList *list)
{
	const QbProvider *p = lead->provider;
	int			w = 0;

	for (int i = qb_set_first_after(&lead->feasible, from); i < lead->feasible.count; i++)
	{
		int64		start = Max(lead->feasible.items[i].start, from);
		int64		end = Min(lead->feasible.items[i].end, to);

		while (start < end)
		{
			int64		next;

			while (w + 1 < p->nwindows && p->windows[w + 1].start <= start)
				w++;
			next = w + 1 < p->nwindows ? Min(p->windows[w + 1].start, end) : end;
			pick(search, lead, p->windows[w].start, start, next, list);
			start = next;
		}
	}
}

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

/* 1 January of the year of an instant, years later. */
static int64
new_year(const QbZone *zone, int64 instant, int years)
{
	int			year;
	int			month;
	int			day;

	j2date(qb_date_of(qb_local_of(zone, instant)) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return qb_local_to_instant(zone, qb_midnight(date2j(year + years, 1, 1) - POSTGRES_EPOCH_JDATE), NULL);
}

/*
 * Anchors gap and clock: the count begins with the run.  A run that goes back
 * beyond the year before (of somebody always open and never booked) is counted
 * from each new year instead, so that the search for its beginning ends.
 */
static int64
run_anchor(const QbSearch *search, const QbProvider *p, int64 run, int64 start)
{
	bool		endless = start - run > 365 * USECS_PER_DAY && run < new_year(p->zone, start, -1);
	int64		anchor = endless ? new_year(p->zone, start, 0) : run;

	if (search->service->anchor == QB_ANCHOR_CLOCK)
		anchor = qb_round_up_local(qb_schedule_zone_at(p, anchor), anchor,
								   clock_step(search->service->slot_interval));
	return anchor;
}

static void
pick_by_run(const QbSearch *search, const QbLead *lead, int64 from, int64 to, QbOfferList *list)
{
	const QbProvider *p = lead->provider;

	for (int i = qb_set_first_after(&lead->feasible, from); i < lead->feasible.count; i++)
	{
		int64		run = lead->feasible.items[i].start;
		int64		start = Max(run, from);
		int64		end = Min(lead->feasible.items[i].end, to);

		while (start < end)
		{
			int64		next = new_year(p->zone, start, 1);

			if (next >= end || next <= start)
				next = end;
			pick(search, lead, run_anchor(search, p, run, start), start, next, list);
			start = next;
		}
	}
}

bool
qb_grid_anchor(const QbSearch *search, const QbLead *lead, int64 start, int64 *anchor)
{
	const QbProvider *p = lead->provider;
	int			i;

	if (search->service->anchor != QB_ANCHOR_WINDOW)
	{
		i = qb_set_find(&lead->feasible, start);
		if (i >= 0)
			*anchor = run_anchor(search, p, lead->feasible.items[i].start, start);
		return i >= 0;
	}
	for (i = p->nwindows - 1; i >= 0 && p->windows[i].start > start; i--)
		;
	if (i >= 0)
		*anchor = p->windows[i].start;
	return i >= 0;
}

bool
qb_on_grid(const QbSearch *search, const QbLead *lead, int64 start)
{
	int64		anchor;

	return !qb_grid_anchor(search, lead, start, &anchor) ||
		(start >= anchor && (start - anchor) % search->service->slot_interval == 0);
}

void
qb_grid_pick(const QbSearch *search, const QbLead *lead, int64 from, int64 to, QbOfferList *list)
{
	if (search->service->anchor == QB_ANCHOR_WINDOW)
		pick_by_window(search, lead, from, to, list);
	else
		pick_by_run(search, lead, from, to, list);
}
