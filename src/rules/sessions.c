/*
 * sessions.c
 *		Rule 7: group sessions.
 *
 * A session takes its providers' time once, whoever sits in it.  Its start is
 * offered while seats remain, on the grid or not.
 */
#include "postgres.h"

#include "rules/sessions.h"

#include "base/ids.h"
#include "store/calendars.h"
#include "rules/feasible.h"
#include "rules/taken.h"

void
qb_sessions_load(QbSearch *search)
{
	QbExempt	exempt = qb_exempt(search);
	int			n;
	int			kept = 0;

	search->nsessions = 0;
	if (search->service->seats == 1 || search->nleads == 0)
		return;
	n = qb_store_sessions(search->store, search->service, search->providers, search->nproviders,
						  (QbInterval) {search->from, search->to}, &exempt, &search->sessions);
	for (int i = 0; i < n; i++)
	{
		if (search->sessions[i].taken > 0)
			search->sessions[kept++] = search->sessions[i];
	}
	search->nsessions = kept;
}

/* The session of a lead at a start: one with a seat left if there is any. */
static const QbSession *
session_at(const QbSearch *search, const QbProvider *lead, int64 start)
{
	const QbSession *full = NULL;

	for (int i = 0; i < search->nsessions; i++)
	{
		const QbSession *s = &search->sessions[i];

		if (s->start != start || !qb_uuid_equal(&s->provider_id, &lead->calendar.id))
			continue;
		if (s->taken < search->service->seats)
			return s;
		full = s;
	}
	return full;
}

static QbPlace
place_of(const QbSearch *search, const QbLead *lead, int64 start)
{
	const QbSession *s = search->nsessions > 0 ? session_at(search, lead->provider, start) : NULL;
	QbPlace		place = {s, false, search->service->seats, start + lead->duration};

	if (s == NULL)
		return place;
	if (s->taken >= search->service->seats &&
		qb_is_free(search, lead->provider, start, lead->duration))
	{
		/* another of the lead's lanes is free: a second session */
		place.session = NULL;
		return place;
	}
	place.seats_left = Max(0, search->service->seats - s->taken);
	place.full = place.seats_left == 0;
	place.end = s->end;
	return place;
}

QbQuestion
qb_question(const QbSearch *search, const QbLead *lead, int64 start)
{
	return (QbQuestion) {search, lead, start, place_of(search, lead, start)};
}

bool
qb_free_but_for(const QbSearch *search, const QbProvider *p, const QbSession *session, int64 start, int64 end)
{
	const QbCalendar *c = &p->calendar;
	QbCalendar	rest = *c;
	QbIntervalSet taken;

	rest.nallocations = 0;
	rest.allocations = palloc(sizeof(QbAllocation) * Max(c->nallocations, 1));
	for (int i = 0; i < c->nallocations; i++)
	{
		if (!qb_uuid_equal(&c->allocations[i].owner_id, &session->id))
			rest.allocations[rest.nallocations++] = c->allocations[i];
	}
	taken = qb_taken(&rest);
	return !qb_set_overlaps(&taken, start - search->service->buffer_before,
							qb_plus(end, search->service->buffer_after));
}

static bool
takes_part(const QbCalendar *c, const QbSession *session)
{
	for (int i = 0; i < c->nallocations; i++)
	{
		if (qb_uuid_equal(&c->allocations[i].owner_id, &session->id))
			return true;
	}
	return false;
}

/* The lead's time is told by other rules. */
bool
qb_session_team_can(const QbSearch *search, const QbSession *session)
{
	int			found = 0;

	for (int i = 0; i < search->nproviders; i++)
	{
		const QbProvider *p = search->providers[i];

		if (!takes_part(&p->calendar, session))
			continue;
		found++;
		if (qb_uuid_equal(&p->calendar.id, &session->provider_id))
			continue;
		if (!(search->aside & QB_ASIDE_HOURS) && !qb_fits(p, session->start, session->end - session->start))
			return false;
		if (!qb_free_but_for(search, p, session, session->start, session->end))
			return false;
	}
	/* somebody else is no longer active, or serves no role of the service */
	return found == session->nproviders;
}
