/*
 * team.c
 *		Who fills the roles at a start.
 *
 * Who is preferred is decided by what they have booked that week.
 */
#include "postgres.h"

#include "rules/team.h"

#include "base/ids.h"
#include "store/calendars.h"
#include "rules/feasible.h"
#include "rules/roles.h"
#include "rules/schedule.h"

typedef struct Rank
{
	int			position;		/* in the array that is ranked */
	int64		booked;
	int			priority;
	int			index;
} Rank;

static int
compare_ranks(const void *a, const void *b)
{
	const Rank *x = a;
	const Rank *y = b;

	if (x->booked != y->booked)
		return x->booked < y->booked ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->index - y->index;
}

/* Rank candidates for a start; with one there is nothing to ask. */
static Rank *
rank_candidates(const QbSearch *search, const QbCandidate *const *candidates, int n, int64 start)
{
	Rank	   *ranks = palloc0(sizeof(Rank) * Max(n, 1));
	pg_uuid_t  *ids = palloc(sizeof(pg_uuid_t) * Max(n, 1));
	TimestampTz *from = palloc(sizeof(TimestampTz) * Max(n, 1));
	TimestampTz *to = palloc(sizeof(TimestampTz) * Max(n, 1));
	int64	   *booked = palloc0(sizeof(int64) * Max(n, 1));

	for (int i = 0; i < n; i++)
	{
		const QbProvider *p = candidates[i]->provider;
		DateADT		week = qb_week_of(qb_schedule_date(p, start), search->service->week_start);

		ids[i] = p->calendar.id;
		from[i] = qb_schedule_midnight(p, week);
		to[i] = qb_schedule_midnight(p, week + 7);
	}
	if (n > 1)
		qb_store_booked_time(search->store, ids, from, to, n, booked);
	for (int i = 0; i < n; i++)
		ranks[i] = (Rank) {i, booked[i], candidates[i]->priority, candidates[i]->provider->index};
	qsort(ranks, n, sizeof(Rank), compare_ranks);
	return ranks;
}

void
qb_search_prefer(const QbSearch *search, const QbLead **leads, int n, int64 start)
{
	const QbCandidate **candidates = palloc(sizeof(QbCandidate *) * Max(n, 1));
	const QbLead **given = palloc(sizeof(QbLead *) * Max(n, 1));
	Rank	   *ranks;

	memcpy(given, leads, sizeof(QbLead *) * n);
	for (int i = 0; i < n; i++)
		candidates[i] = leads[i]->candidate;
	ranks = rank_candidates(search, candidates, n, start);
	for (int i = 0; i < n; i++)
		leads[i] = given[ranks[i].position];
}

/* The free candidates of a role, the kept one first, then by preference. */
static QbProvider **
role_preference(const QbSearch *search, int r, const bool *free, const QbProvider *kept, int64 start, int *n)
{
	const QbRole *role = &search->team->roles[r];
	const QbCandidate **candidates = palloc(sizeof(QbCandidate *) * role->ncandidates);
	QbProvider **result = palloc(sizeof(QbProvider *) * role->ncandidates);
	Rank	   *ranks;
	int			first = 0;

	*n = 0;
	for (int i = 0; i < role->ncandidates; i++)
	{
		if (free[role->candidates[i].provider->index])
			candidates[(*n)++] = &role->candidates[i];
	}
	ranks = rank_candidates(search, candidates, *n, start);
	for (int i = 0; i < *n; i++)
		result[i] = candidates[ranks[i].position]->provider;
	for (int i = 0; i < *n; i++)
	{
		if (result[i] == kept)
			first = i;
	}
	for (; first > 0 && kept != NULL; first--)
	{
		result[first] = result[first - 1];
		result[first - 1] = unconstify(QbProvider *, kept);
	}
	return result;
}

bool
qb_search_team(const QbQuestion *q, const bool *excluded, QbProvider **kept, QbProvider **team)
{
	const QbSearch *search = q->search;
	QbProvider *lead = q->lead->provider;
	bool	   *free = qb_available_others(q, excluded);

	if ((excluded && excluded[lead->index]) || !qb_roles_can_be_filled(search->team, 0, free))
		return false;
	team[search->team->lead] = lead;
	/* Take the best for each role that leaves the later roles somebody. */
	for (int r = 0; r < search->team->nroles; r++)
	{
		QbProvider **order;
		int			n;

		if (r == search->team->lead)
			continue;
		order = role_preference(search, r, free, kept ? kept[r] : NULL, q->start, &n);
		for (int i = 0; i < n; i++)
		{
			free[order[i]->index] = false;
			team[r] = order[i];
			if (qb_roles_can_be_filled(search->team, r + 1, free))
				break;
			free[order[i]->index] = true;
		}
	}
	return true;
}

QbProvider *
qb_search_provider(const QbSearch *search, const pg_uuid_t *id)
{
	for (int i = 0; i < search->nproviders; i++)
	{
		if (qb_uuid_equal(&search->providers[i]->calendar.id, id))
			return search->providers[i];
	}
	return NULL;
}

void
qb_team_of(const QbSearch *search, const QbResource *resources, int n, QbProvider **team)
{
	for (int r = 0; r < search->team->nroles; r++)
	{
		team[r] = NULL;
		for (int i = 0; i < n; i++)
		{
			QbProvider *p;

			if (strcmp(resources[i].role, search->team->roles[r].name) == 0 &&
				(p = qb_search_provider(search, &resources[i].provider_id)) != NULL)
				team[r] = p;
		}
	}
}

bool
qb_session_team(const QbSearch *search, const QbSession *session, const bool *excluded, QbProvider **team)
{
	QbResource *resources;
	int			n = qb_store_session_resources(search->store, &session->id, &resources);

	qb_team_of(search, resources, n, team);
	for (int r = 0; r < search->team->nroles; r++)
	{
		if (team[r] != NULL && excluded && excluded[team[r]->index])
			return false;
	}
	return true;
}
