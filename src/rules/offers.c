/*
 * offers.c
 *		The starts that a search offers, one after another.
 *
 * Each lead's starts on the grid come in order, and so do the sessions, so they
 * are merged: a heap holds the next offer of each.
 */
#include "postgres.h"

#include "rules/offers.h"

#include "lib/binaryheap.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/ids.h"
#include "base/shared.h"
#include "store/model.h"
#include "rules/load.h"
#include "rules/rules.h"
#include "rules/sessions.h"
#include "rules/walk.h"

/* The grid of a lead; or, the last source, the sessions of all leads. */
typedef struct Source
{
	QbGridWalk	walk;
	QbOffer		offer;			/* the next one, in order */
} Source;

/* A session that may be joined. */
typedef struct Seating
{
	const QbSession *session;
	const QbLead *lead;
} Seating;

struct QbOffers
{
	const QbSearch *search;
	Source	   *sources;
	int			nsources;
	int			present;		/* not in order: the source that is asked */
	binaryheap *heap;			/* NULL: not in order, or there is but one source */
	Seating    *seatings;
	int			nseatings;
	int			seating;		/* the next one */
	MemoryContext turn;			/* of one offer */
};

/* ----------
 * Sources
 * ----------
 */

static int
compare_seatings(const void *a, const void *b)
{
	const Seating *x = a;
	const Seating *y = b;

	CHECK_FOR_INTERRUPTS();
	if (x->session->start != y->session->start)
		return x->session->start < y->session->start ? -1 : 1;
	return x->lead->provider->index - y->lead->provider->index;
}

static const QbLead *
lead_of(const QbSearch *search, const QbSession *session)
{
	for (int i = 0; i < search->nleads; i++)
	{
		if (qb_uuid_equal(&search->leads[i].provider->calendar.id, &session->provider_id))
			return &search->leads[i];
	}
	return NULL;
}

/* The sessions with starts in [from, to), in order. */
static void
list_seatings(QbOffers *offers, int64 from, int64 to)
{
	const QbSearch *search = offers->search;

	offers->seatings = palloc(sizeof(Seating) * Max(search->nsessions, 1));
	for (int i = 0; i < search->nsessions; i++)
	{
		const QbSession *s = &search->sessions[i];
		const QbLead *lead = s->start < from || s->start >= to ? NULL : lead_of(search, s);

		CHECK_FOR_INTERRUPTS();
		if (lead != NULL)
			offers->seatings[offers->nseatings++] = (Seating) {s, lead};
	}
	qsort(offers->seatings, offers->nseatings, sizeof(Seating), compare_seatings);
}

/* Whether a session of the lead can be joined, and if so, the offer. */
static bool
session_offer(const QbSearch *search, const QbSession *session, const QbLead *lead, QbOffer *offer)
{
	QbQuestion	q = qb_question(search, lead, session->start);
	QbRule		why;

	if (q.place.session != session || !qb_rules_judge(&q, &why))
		return false;
	*offer = (QbOffer) {lead, session->start, session->end, q.place.seats_left};
	return true;
}

static bool
next_seating(QbOffers *offers, QbOffer *offer)
{
	while (offers->seating < offers->nseatings)
	{
		const Seating *s = &offers->seatings[offers->seating++];

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(offers->turn);
		if (session_offer(offers->search, s->session, s->lead, offer))
			return true;
	}
	return false;
}

/* The next offer of a source. */
static bool
advance(QbOffers *offers, Source *source, QbOffer *offer)
{
	MemoryContext context = MemoryContextSwitchTo(offers->turn);
	bool		found;

	MemoryContextReset(offers->turn);
	found = source->walk.lead ? qb_grid_next(&source->walk, offer) : next_seating(offers, offer);
	MemoryContextSwitchTo(context);
	return found;
}

/* ----------
 * Merging
 * ----------
 */

/* binaryheap has the greatest on top; here that is the earliest. */
static int
compare_sources(Datum a, Datum b, void *arg)
{
	const QbOffer *x = &((const Source *) DatumGetPointer(a))->offer;
	const QbOffer *y = &((const Source *) DatumGetPointer(b))->offer;

	if (x->start != y->start)
		return x->start < y->start ? 1 : -1;
	return y->lead->provider->index - x->lead->provider->index;
}

static void
begin_to_merge(QbOffers *offers)
{
	offers->heap = binaryheap_allocate(offers->nsources, compare_sources, NULL);
	for (int i = 0; i < offers->nsources; i++)
	{
		Source	   *source = &offers->sources[i];

		if (advance(offers, source, &source->offer))
			binaryheap_add_unordered(offers->heap, PointerGetDatum(source));
	}
	binaryheap_build(offers->heap);
}

static bool
next_merged(QbOffers *offers, QbOffer *offer)
{
	Source	   *first;

	if (binaryheap_empty(offers->heap))
		return false;
	first = (Source *) DatumGetPointer(binaryheap_first(offers->heap));
	*offer = first->offer;
	if (advance(offers, first, &first->offer))
		binaryheap_replace_first(offers->heap, PointerGetDatum(first));
	else
		(void) binaryheap_remove_first(offers->heap);
	return true;
}

/* ----------
 * Offers
 * ----------
 */

int64
qb_search_end(const QbSearch *search)
{
	int64		days = qb_search_days;

	/* two days of grace: the zone is not known here, the rule itself is exact */
	if (search->service->horizon_days >= 0 && *search->service->horizon_counts == 'c')
		days = Min(days, search->service->horizon_days + 2);
	return search->now + days * USECS_PER_DAY + 1;
}

QbOffers *
qb_offers_open(QbSearch *search, int64 from, int64 to, bool in_order)
{
	MemoryContext context;
	QbOffers   *offers;

	qb_count(QB_COUNT_SEARCHES, 1);
	from = Max(from, search->now + 1);
	if (!(search->aside & QB_ASIDE_NOTICE))
		from = Max(from, qb_plus(search->now, search->service->min_notice));
	to = Min(to, qb_search_end(search));
	if (from >= to || search->nleads == 0 || !search->service->active)
		return palloc0(sizeof(QbOffers));
	qb_search_load(search, from, to);

	context = MemoryContextSwitchTo(search->loaded);
	offers = palloc0(sizeof(QbOffers));
	offers->search = search;
	offers->turn = AllocSetContextCreate(search->loaded, "quickbook offer", ALLOCSET_SMALL_SIZES);
	offers->sources = palloc0(sizeof(Source) * (search->nleads + 1));
	for (int i = 0; i < search->nleads; i++)
		offers->sources[offers->nsources++].walk = qb_grid_walk(search, &search->leads[i], from, to);
	if (search->nsessions > 0)
	{
		offers->nsources++;
		list_seatings(offers, from, to);
	}
	if (in_order && offers->nsources > 1)
		begin_to_merge(offers);
	MemoryContextSwitchTo(context);
	return offers;
}

bool
qb_offers_next(QbOffers *offers, QbOffer *offer)
{
	if (offers->heap)
		return next_merged(offers, offer);
	for (; offers->present < offers->nsources; offers->present++)
	{
		if (advance(offers, &offers->sources[offers->present], offer))
			return true;
	}
	return false;
}

void
qb_offers_skip(QbOffers *offers, const QbLead *lead, int64 until)
{
	qb_grid_skip(&offers->sources[lead - offers->search->leads].walk, until);
}

int64
qb_offers_take(QbOffers *offers, const QbOffer *offer, int64 until)
{
	Assert(offers->heap == NULL);
	return qb_grid_take(&offers->sources[offer->lead - offers->search->leads].walk, offer->start, until);
}
