/*
 * horizon_dates.c
 *		Rule 5: the last date that so many working or bookable dates lead to.
 *
 * This is the one true recursion of the rules: which dates are bookable, all of
 * them are asked again, by a search that has no horizon.
 */
#include "postgres.h"

#include "rules/horizon_dates.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "store/model.h"
#include "rules/load.h"
#include "rules/offers.h"
#include "rules/schedule.h"

/* Counts the dates of one lead. */
typedef struct Counter
{
	int			left;			/* dates still to be counted */
	DateADT		seen;			/* the last that was counted, or today */
} Counter;

/* Count a date; the first that is one too many ends the horizon the day before. */
static void
count_date(QbHorizon *h, Counter *counter, int lead, DateADT date)
{
	if (counter->left == 0 || date <= counter->seen)
		return;
	counter->seen = date;
	if (--counter->left == 0)
		h->last[lead] = date - 1;
}

/* Count, of the dates that begin in [from, to), those with open time. */
static void
count_working_dates(QbHorizon *h, QbSearch *sub, Counter *counters, int64 from, int64 to)
{
	MemoryContext context;

	qb_search_load(sub, from, to);
	context = MemoryContextSwitchTo(sub->loaded);
	for (int i = 0; i < sub->nleads; i++)
	{
		QbProvider *p = sub->leads[i].provider;
		DateADT		end = qb_schedule_date(p, to);

		for (DateADT date = qb_schedule_date(p, from); date < end && counters[i].left > 0; date++)
		{
			CHECK_FOR_INTERRUPTS();
			if (qb_schedule_is_open_on(p, sub->service->week_start, date))
				count_date(h, &counters[i], i, date);
		}
	}
	MemoryContextSwitchTo(context);
}

/* Count the dates with an offer in [from, to); once a date is counted, its other offers are passed over. */
static void
count_bookable_dates(QbHorizon *h, QbSearch *sub, Counter *counters, int64 from, int64 to)
{
	QbOffers   *offers = qb_offers_open(sub, from, to, true);
	QbOffer		offer;

	while (qb_offers_next(offers, &offer))
	{
		int			i = (int) (offer.lead - sub->leads);

		count_date(h, &counters[i], i, qb_schedule_date(offer.lead->provider, offer.start));
		if (counters[i].left == 0)
			qb_offers_skip(offers, offer.lead, to);
		else if (offer.lead->provider->ntravels == 0)
			qb_offers_skip(offers, offer.lead, qb_later_date(offer.lead->provider->zone, offer.start, counters[i].seen));
	}
}

static bool
all_counted(const Counter *counters, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (counters[i].left > 0)
			return false;
	}
	return true;
}

void
qb_find_last_dates(const QbSearch *search, QbHorizon *h)
{
	/* rules are asked where memory is short-lived, or is not given back for long */
	MemoryContext own = AllocSetContextCreate(search->context, "quickbook horizon", ALLOCSET_DEFAULT_SIZES);
	MemoryContext context = MemoryContextSwitchTo(own);
	QbSearch   *sub = qb_search_make(search->store, &search->service->id, search->lead_asked, NULL, NULL);
	bool		working = *search->service->horizon_counts == 'w';
	Counter    *counters = palloc(sizeof(Counter) * Max(sub->nleads, 1));
	int64		from = search->now;
	int64		length = 14 * USECS_PER_DAY;
	int64		end = search->now + qb_search_days * USECS_PER_DAY;

	sub->service->horizon_days = -1;
	sub->except = search->except;
	qb_search_load(sub, from, from + 1);
	for (int i = 0; i < sub->nleads; i++)
		counters[i] = (Counter) {
			search->service->horizon_days + 1, qb_schedule_date(sub->leads[i].provider, search->now)
		};
	while (from < end && !all_counted(counters, sub->nleads))
	{
		int64		to = Min(from + length, end);

		CHECK_FOR_INTERRUPTS();
		(working ? count_working_dates : count_bookable_dates) (h, sub, counters, from, to);
		from = to;
		length *= 2;
	}
	h->known = true;
	MemoryContextSwitchTo(context);
	MemoryContextDelete(own);
}
