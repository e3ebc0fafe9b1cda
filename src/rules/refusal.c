/*
 * refusal.c
 *		Saying no: what is wrong with a start, and which would do.
 */
#include "postgres.h"

#include "rules/refusal.h"

#include "base/errors.h"
#include "store/model.h"
#include "rules/limit.h"
#include "rules/offers.h"
#include "rules/sessions.h"
#include "rules/wording.h"

#define NEAREST 3

/* The offered starts next to an instant, each once: the last ones before it, and the first ones from it on. */
typedef struct Beside
{
	TimestampTz before[NEAREST];	/* the latest first */
	TimestampTz after[NEAREST];
	int			nbefore;
	int			nafter;
} Beside;

static Beside
offers_beside(QbSearch *search, int64 start)
{
	Beside		b = {.nbefore = 0};
	QbOffers   *offers = qb_offers_open(search, start - USECS_PER_DAY, start + 7 * USECS_PER_DAY, true);
	QbOffer		offer;

	while (b.nafter < NEAREST && qb_offers_next(offers, &offer))
	{
		if (offer.start < start && (b.nbefore == 0 || b.before[0] != offer.start))
		{
			memmove(&b.before[1], &b.before[0], sizeof(b.before[0]) * (NEAREST - 1));
			b.before[0] = offer.start;
			b.nbefore = Min(b.nbefore + 1, NEAREST);
		}
		else if (offer.start >= start && (b.nafter == 0 || b.after[b.nafter - 1] != offer.start))
			b.after[b.nafter++] = offer.start;
	}
	return b;
}

/* The offered starts closest to the one that was refused. */
static int
nearest_offers(QbSearch *search, int64 start, TimestampTz *nearest)
{
	Beside		b;
	int			low = 0;
	int			high = 0;
	int			n = 0;

	search->aside = 0;
	b = offers_beside(search, start);
	/* walk outwards on both sides */
	while (n < NEAREST && (low < b.nbefore || high < b.nafter))
	{
		if (low == b.nbefore || (high < b.nafter && b.after[high] - start <= start - b.before[low]))
			nearest[n++] = b.after[high++];
		else
			nearest[n++] = b.before[low++];
	}
	return n;
}

/* What to say of each refusal; %s is the time. */
static const char *const formats[QB_NRULES] = {
	[QB_RULE_HOURS] = "the provider does not work on %s",
	[QB_RULE_FREE] = "the provider is not free on %s",
	[QB_RULE_ROLES] = "not everybody whom it needs is free on %s",
	[QB_RULE_SEATS] = "no seat is left on %s",
	[QB_RULE_GRID] = "no slot begins on %s",
	[QB_RULE_NOTICE] = "it is too late to book %s",
	[QB_RULE_HORIZON] = "%s is not open for booking",
	[QB_RULE_LIMIT] = "a limit is reached on %s",
	[QB_RULE_PATIENT] = "the patient has another appointment on %s"
};

void
qb_search_refuse(QbSearch *search, const QbLead *lead, int64 start, QbRule why)
{
	QbDetail   *detail = qb_detail();
	QbQuestion	q = qb_question(search, lead, start);
	char	   *when = qb_word_time(lead->provider, start, q.place.end);
	const QbLimit *limit = why == QB_RULE_LIMIT ? qb_limit_reached(&q) : NULL;
	TimestampTz nearest[NEAREST];
	int			n;

	qb_detail_uuid(detail, "service_id", &search->service->id);
	qb_detail_uuid(detail, "provider_id", &lead->provider->calendar.id);
	qb_detail_time(detail, "starts_at", start);
	if (limit != NULL)
	{
		qb_detail_text(detail, "limit", qb_limit_text(limit));
		when = psprintf("%s: %s", when, qb_limit_text(limit));
	}
	n = nearest_offers(search, start, nearest);
	qb_detail_times(detail, "nearest", nearest, n);
	qb_raise(qb_rules[why].error, detail, NULL, formats[why], when);
}
