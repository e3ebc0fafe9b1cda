/*
 * walk.c
 *		A walk over a lead's starts on the grid.
 */
#include "postgres.h"

#include "rules/walk.h"

#include "miscadmin.h"

#include "store/model.h"
#include "rules/grid.h"
#include "rules/horizon.h"
#include "rules/rules.h"
#include "rules/sessions.h"

/* Anchor window: the count begins at the last window that has started. */
static int64
stretch_by_window(QbGridWalk *w, int64 *end)
{
	const QbProvider *p = w->lead->provider;

	while (w->window + 1 < p->nwindows && p->windows[w->window + 1].start <= w->at)
		w->window++;
	if (w->window + 1 < p->nwindows)
		*end = Min(*end, p->windows[w->window + 1].start);
	return p->windows[w->window].start;
}

static int64
stretch_by_run(QbGridWalk *w, int64 *end)
{
	const QbProvider *p = w->lead->provider;
	int64		next = qb_new_year(p->zone, w->at, 1);

	if (next > w->at)
		*end = Min(*end, next);
	return qb_run_anchor(w->search, p, w->lead->feasible.items[w->interval].start, w->at);
}

/* The first start, counted from an anchor, that is not before an instant. */
static int64
first_start(const QbSearch *search, int64 anchor, int64 instant)
{
	int64		step = search->service->slot_interval;

	return anchor < instant ? anchor + (instant - anchor + step - 1) / step * step : anchor;
}

/* Go to the next stretch of feasible time, over which the starts are counted from one anchor. */
static bool
next_stretch(QbGridWalk *w)
{
	const QbIntervalSet *feasible = &w->lead->feasible;

	for (; w->interval < feasible->count; w->interval++)
	{
		int64		end = Min(feasible->items[w->interval].end, w->to);
		int64		anchor;

		CHECK_FOR_INTERRUPTS();
		w->at = Max(w->at, feasible->items[w->interval].start);
		if (w->at >= end)
			continue;
		anchor = w->search->service->anchor == QB_ANCHOR_WINDOW ? stretch_by_window(w, &end) : stretch_by_run(w, &end);
		w->start = first_start(w->search, anchor, w->at);
		w->end = end;
		w->at = end;
		return true;
	}
	return false;
}

/* Is there a date that can be computed with? */
static bool
is_finite(DateADT date)
{
	return date > QB_FIRST_DATE && date < QB_LAST_DATE;
}

/* Leave out what the horizon would hide start by start. */
static void
cut_to_horizon(QbGridWalk *w)
{
	const QbService *s = w->search->service;
	const QbZone *zone = w->lead->provider->zone;
	DateADT		last;

	if (w->lead->feasible.count == 0 || w->lead->provider->ntravels > 0 || (w->search->aside & QB_ASIDE_HORIZON))
		return;
	if (is_finite(s->bookable_from))
		w->at = Max(w->at, qb_later_date(zone, w->at, s->bookable_from - 1));
	last = Min(s->bookable_to, qb_horizon_last(w->search, w->lead));
	/* a date more, because a date may come back after the next has begun */
	if (is_finite(last))
		w->to = Min(w->to, qb_later_date(zone, w->at, last + 1));
}

QbGridWalk
qb_grid_walk(const QbSearch *search, const QbLead *lead, int64 from, int64 to)
{
	QbGridWalk	w = {.search = search, .lead = lead, .to = to, .at = from};

	cut_to_horizon(&w);
	w.interval = qb_set_first_after(&lead->feasible, w.at);
	return w;
}

void
qb_grid_skip(QbGridWalk *w, int64 until)
{
	if (w->start < w->end)
		w->start = first_start(w->search, w->start, until);
	w->at = Max(w->at, until);
}

/* Without limits, patient and sessions the rules ask no more of a start than its date, and the first of them. */
int64
qb_grid_take(QbGridWalk *w, int64 start, int64 until)
{
	const QbSearch *search = w->search;
	const QbProvider *p = w->lead->provider;
	int64		step = search->service->slot_interval;
	int64		n;

	if (search->nlimits > 0 || search->nsessions > 0 || search->patient_calendar->taken.count > 0 || p->ntravels > 0)
		return 0;
	until = Min(Min(until, w->end), qb_date_until(p->zone, start));
	if (w->start >= until)
		return 0;
	n = (until - w->start + step - 1) / step;
	w->start += n * step;
	return n;
}

bool
qb_grid_next(QbGridWalk *w, QbOffer *offer)
{
	const QbSearch *search = w->search;

	do
	{
		while (w->start < w->end)
		{
			QbQuestion	q = qb_question(search, w->lead, w->start);

			CHECK_FOR_INTERRUPTS();
			w->start += search->service->slot_interval;
			if (q.place.session != NULL || !qb_rules_permit(&q))
				continue;
			*offer = (QbOffer) {w->lead, q.start, q.place.end, search->service->seats};
			return true;
		}
	} while (next_stretch(w));
	return false;
}
