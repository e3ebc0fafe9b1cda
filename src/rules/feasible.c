/*
 * feasible.c
 *		Rules 3, 4 and 6: when somebody can, as sets of starts and for one start.
 *
 * Everything is a set of instants at which an appointment may start.  For one
 * provider: the starts that fit the open time, less those that would meet what
 * is taken.  For a lead: those, where the other roles can be filled too.
 */
#include "postgres.h"

#include "rules/feasible.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/sums.h"
#include "rules/roles.h"

/* ----------
 * One start
 * ----------
 */

bool
qb_fits(const QbProvider *p, int64 start, int64 length)
{
	int			i = qb_set_find(&p->open, start);

	return i >= 0 && p->open.items[i].end >= qb_plus(start, length);
}

bool
qb_is_free(const QbSearch *search, const QbProvider *p, int64 start, int64 length)
{
	return !qb_set_overlaps(&p->calendar.taken, start - search->service->buffer_before,
							start + length + search->service->buffer_after);
}

/* Who of the team is available, and not excluded, for a lead at a start. */
bool *
qb_available_others(const QbQuestion *q, const bool *excluded)
{
	const QbSearch *search = q->search;
	bool	   *free = palloc0(sizeof(bool) * search->team->nproviders);

	for (int i = 0; i < search->nproviders; i++)
	{
		const QbProvider *p = search->providers[i];

		free[p->index] = p != q->lead->provider && !(excluded && excluded[p->index]) &&
			((search->aside & QB_ASIDE_HOURS) || qb_fits(p, q->start, q->lead->duration)) &&
			qb_is_free(search, p, q->start, q->lead->duration);
	}
	return free;
}

/* ----------
 * Sets of starts
 * ----------
 */

static QbIntervalSet
loaded_range(const QbSearch *search)
{
	QbIntervalSet range;

	qb_set_init(&range);
	qb_set_add(&range, search->from, search->to);
	return range;
}

/* Rule 4: starts at which the occupied time would meet what is taken. */
static QbIntervalSet
blocked(const QbSearch *search, const QbProvider *p, int64 duration)
{
	return qb_set_meets(&p->calendar.taken, search->service->buffer_before,
						duration + search->service->buffer_after);
}

/* Rules 3 and 4 for one provider: the starts in the loaded period. */
static QbIntervalSet
feasible_alone(const QbSearch *search, const QbProvider *p, int64 duration)
{
	QbIntervalSet range = loaded_range(search);
	QbIntervalSet fit = qb_set_starts(&p->open, duration);
	QbIntervalSet no = blocked(search, p, duration);

	fit = qb_set_intersect(&fit, &range);
	return qb_set_subtract(&fit, &no);
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
static QbIntervalSet
others_feasible(const QbSearch *search, const QbLead *lead)
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
			sets[i] = feasible_alone(search, p, lead->duration);
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

void
qb_find_feasible(QbSearch *search)
{
	const QbLead *shared = NULL;
	QbIntervalSet others;

	qb_set_init(&others);
	for (int i = 0; i < search->nleads; i++)
	{
		QbLead	   *lead = &search->leads[i];
		bool		alone = qb_serves_another_role(search->team, lead->provider);

		CHECK_FOR_INTERRUPTS();
		lead->feasible = feasible_alone(search, lead->provider, lead->duration);
		if (search->team->nroles == 1)
			continue;
		/* the same for all leads that are no candidates elsewhere */
		if (alone || shared == NULL || shared->duration != lead->duration)
		{
			others = others_feasible(search, lead);
			shared = alone ? NULL : lead;
		}
		lead->feasible = qb_set_intersect(&lead->feasible, &others);
	}
}
