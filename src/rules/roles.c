/*
 * roles.c
 *		Rule 6: somebody in every role, and nobody in two.
 *
 * Whether the roles can be filled is a matching of roles to providers; who is
 * preferred is decided by what they have booked that week.
 */
#include "postgres.h"

#include "rules/roles.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/ids.h"
#include "rules/schedule.h"

/* ----------
 * Can the roles be filled?
 * ----------
 */

/*
 * Find a provider for role r among the free ones, moving those chosen before
 * if need be (Kuhn's augmenting path).  role_of[index] is the role that a
 * provider fills, -1 for none.
 */
static bool
fill_role(const QbTeam *team, int r, const bool *free, int *role_of, bool *tried)
{
	for (int i = 0; i < team->roles[r].ncandidates; i++)
	{
		int			p = team->roles[r].candidates[i].provider->index;

		if (!free[p] || tried[p])
			continue;
		tried[p] = true;
		if (role_of[p] < 0 || fill_role(team, role_of[p], free, role_of, tried))
		{
			role_of[p] = r;
			return true;
		}
	}
	return false;
}

bool
qb_roles_can_be_filled(const QbTeam *team, int first_role, const bool *free)
{
	int		   *role_of = palloc(sizeof(int) * team->nproviders);
	bool	   *tried = palloc(sizeof(bool) * team->nproviders);
	bool		result = true;

	for (int i = 0; i < team->nproviders; i++)
		role_of[i] = -1;
	for (int r = first_role; r < team->nroles && result; r++)
	{
		if (r == team->lead)
			continue;
		memset(tried, 0, sizeof(bool) * team->nproviders);
		result = fill_role(team, r, free, role_of, tried);
	}
	pfree(role_of);
	pfree(tried);
	return result;
}

bool
qb_serves_another_role(const QbTeam *team, const QbProvider *p)
{
	for (int r = 0; r < team->nroles; r++)
	{
		for (int i = 0; r != team->lead && i < team->roles[r].ncandidates; i++)
		{
			if (team->roles[r].candidates[i].provider == p)
				return true;
		}
	}
	return false;
}

/* A provider becomes free, or stops being free, for starts from an instant on. */
typedef struct Change
{
	int64		at;
	int			provider;
	bool		free;
} Change;

static int
compare_changes(const void *a, const void *b)
{
	int64		x = ((const Change *) a)->at;
	int64		y = ((const Change *) b)->at;

	CHECK_FOR_INTERRUPTS();
	return (x > y) - (x < y);
}

/*
 * Rule 6: starts at which providers other than the lead can fill the other
 * roles.  Sweeps over the instants at which somebody's freedom changes.
 */
QbIntervalSet
qb_others_feasible(const QbSearch *search, const QbLead *lead)
{
	/* a thousand leads may each have others: only the result stays */
	MemoryContext own = AllocSetContextCreate(CurrentMemoryContext, "quickbook roles", ALLOCSET_DEFAULT_SIZES);
	MemoryContext context = MemoryContextSwitchTo(own);
	QbTeam	   *team = search->team;
	bool	   *free = palloc0(sizeof(bool) * team->nproviders);
	Change	   *changes;
	int			nchanges = 0;
	int			total = 0;
	QbIntervalSet *sets = palloc(sizeof(QbIntervalSet) * search->nproviders);
	QbIntervalSet result;

	for (int i = 0; i < search->nproviders; i++)
	{
		const QbProvider *p = search->providers[i];

		CHECK_FOR_INTERRUPTS();
		qb_set_init(&sets[i]);
		if (p != lead->provider && qb_serves_another_role(team, p))
			sets[i] = qb_feasible_alone(search, p, lead->duration);
		total += sets[i].count;
	}
	changes = palloc(sizeof(Change) * Max(2 * total, 1));
	for (int i = 0; i < search->nproviders; i++)
	{
		for (int k = 0; k < sets[i].count; k++)
		{
			int			index = search->providers[i]->index;

			changes[nchanges++] = (Change) {sets[i].items[k].start, index, true};
			changes[nchanges++] = (Change) {sets[i].items[k].end, index, false};
		}
	}
	qsort(changes, nchanges, sizeof(Change), compare_changes);

	qb_set_init(&result);
	for (int i = 0; i < nchanges;)
	{
		int64		at = changes[i].at;

		CHECK_FOR_INTERRUPTS();
		for (; i < nchanges && changes[i].at == at; i++)
			free[changes[i].provider] = changes[i].free;
		if (i < nchanges && qb_roles_can_be_filled(team, 0, free))
		{
			MemoryContextSwitchTo(context);
			qb_set_add(&result, at, changes[i].at);
			MemoryContextSwitchTo(own);
		}
	}
	MemoryContextSwitchTo(context);
	MemoryContextDelete(own);
	qb_set_normalize(&result);
	return result;
}

/* ----------
 * By whom?
 * ----------
 */

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

		ids[i] = p->id;
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
qb_search_team(const QbSearch *search, const QbLead *lead, int64 start, const bool *excluded,
			   QbProvider **kept, QbProvider **team)
{
	bool	   *free = qb_available_others(search, lead, start, excluded);

	if ((excluded && excluded[lead->provider->index]) || !qb_roles_can_be_filled(search->team, 0, free))
		return false;
	team[search->team->lead] = lead->provider;
	/* Take the best for each role that leaves the later roles somebody. */
	for (int r = 0; r < search->team->nroles; r++)
	{
		QbProvider **order;
		int			n;

		if (r == search->team->lead)
			continue;
		order = role_preference(search, r, free, kept ? kept[r] : NULL, start, &n);
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

static QbProvider *
provider_of(const QbSearch *search, const pg_uuid_t *id)
{
	for (int i = 0; i < search->nproviders; i++)
	{
		if (qb_uuid_equal(&search->providers[i]->id, id))
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
				(p = provider_of(search, &resources[i].provider_id)) != NULL)
				team[r] = p;
		}
	}
}
