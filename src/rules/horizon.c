/*
 * horizon.c
 *		Rule 5: how far ahead may be booked.
 *
 * Dates are counted from tomorrow on: all, those on which the lead works, or
 * those on which the lead has a free slot for anybody.
 */
#include "postgres.h"

#include "rules/horizon.h"

#include "store/model.h"
#include "rules/schedule.h"

QbHorizon *
qb_horizon_make(int nleads, QbFindLastDates find)
{
	QbHorizon  *h = palloc0(sizeof(QbHorizon));

	h->find = find;
	h->last = palloc(sizeof(DateADT) * Max(nleads, 1));
	for (int i = 0; i < nleads; i++)
		h->last[i] = DATEVAL_NOEND;
	return h;
}

DateADT
qb_horizon_last(const QbSearch *search, const QbLead *lead)
{
	const QbService *s = search->service;

	if (s->horizon_days < 0)
		return DATEVAL_NOEND;
	if (*s->horizon_counts == 'c')
		return qb_schedule_date(lead->provider, search->now) + s->horizon_days;
	if (!search->horizon->known)
		search->horizon->find(search, search->horizon);
	return search->horizon->last[lead - search->leads];
}

bool
qb_within_horizon(const QbQuestion *q)
{
	const QbService *s = q->search->service;
	DateADT		date;

	if (q->start > q->search->now + qb_search_days * USECS_PER_DAY)
		return false;
	if (s->horizon_days < 0 && DATE_IS_NOBEGIN(s->bookable_from) && DATE_IS_NOEND(s->bookable_to))
		return true;
	date = qb_schedule_date(q->lead->provider, q->start);
	return date >= s->bookable_from && date < s->bookable_to && date <= qb_horizon_last(q->search, q->lead);
}
