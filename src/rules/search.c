/*
 * search.c
 *		When a service can be booked: windows less allocations, on a grid.
 *
 * Everything is a set of instants at which an appointment may start.  For one
 * provider: the starts that fit the open time, less those that would meet what
 * is taken.  For a lead: those, where the other roles can be filled too.  The
 * grid picks from that set; the rules of time and the patient hide picks, and
 * never move the grid.
 */
#include "postgres.h"

#include "rules/search.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "people/access.h"
#include "rules/limit.h"
#include "rules/roles.h"
#include "rules/schedule.h"
#include "rules/sessions.h"

/* A run of feasible starts is followed back so far to find its beginning. */
#define MAX_LOOKBACK (733 * USECS_PER_DAY)

/* ----------
 * Opening
 * ----------
 */

/* Collect the leads and the other roles' providers that may be asked. */
static void
choose_providers(QbSearch *search, const pg_uuid_t *lead)
{
	QbTeam	   *team = search->team;
	bool	   *chosen = palloc0(sizeof(bool) * Max(team->nproviders, 1));

	search->providers = palloc(sizeof(QbProvider *) * Max(team->nproviders, 1));
	if (team->lead >= 0)
		search->leads = palloc0(sizeof(QbLead) * team->roles[team->lead].ncandidates);
	for (int r = 0; r < team->nroles; r++)
	{
		for (int i = 0; i < team->roles[r].ncandidates; i++)
		{
			const QbCandidate *c = &team->roles[r].candidates[i];

			if (!c->provider->active)
				continue;
			if (r == team->lead)
			{
				QbLead	   *l;

				if (lead != NULL && !qb_uuid_equal(lead, &c->provider->id))
					continue;
				l = &search->leads[search->nleads++];
				l->candidate = c;
				l->provider = c->provider;
				l->duration = c->duration < 0 ? search->service->duration : c->duration;
			}
			chosen[c->provider->index] = true;
		}
	}
	for (int i = 0; i < team->nproviders; i++)
	{
		if (chosen[i])
			search->providers[search->nproviders++] = team->providers[i];
	}
}

QbSearch *
qb_search_open(QbStore *store, const pg_uuid_t *service, const pg_uuid_t *lead, const pg_uuid_t *patient)
{
	QbSearch   *search = palloc0(sizeof(QbSearch));

	search->store = store;
	search->context = CurrentMemoryContext;
	search->lead_asked = lead;
	search->patient = patient;
	if (patient != NULL)
		search->patient_calendar = qb_patient_calendar(patient);
	search->now = qb_now();
	search->service = qb_store_service(store, service, patient);
	if (search->service == NULL)
		qb_raise_not_found("service", service);
	qb_access_search(&store->caller, search->service, patient);
	if (patient != NULL && !search->service->has_patient)
		qb_raise_not_found("patient", patient);
	search->team = qb_store_team(store, search->service, lead);
	choose_providers(search, lead);
	if (search->service->has_limits)
		search->nlimits = qb_store_limits(store, &search->service->clinic_id, service, &search->limits);
	search->limit_state = qb_limits_make();
	search->horizon = qb_horizon_make(search->nleads);
	if (lead != NULL && search->nleads == 0 &&
		!qb_store_provider_exists(store, lead, &search->service->clinic_id))
		qb_raise_not_found("provider", lead);
	return search;
}

void
qb_search_reopen(QbSearch *search)
{
	QbSearch   *fresh = qb_search_open(search->store, &search->service->id, search->lead_asked, search->patient);

	fresh->except = search->except;
	fresh->aside = search->aside;
	fresh->context = search->context;
	fresh->loaded = search->loaded;
	*search = *fresh;
}

void
qb_search_ask_only(QbSearch *search, const pg_uuid_t *lead)
{
	QbTeam	   *team = palloc0(sizeof(QbTeam));
	QbProvider *p = qb_store_provider(search->store, lead);

	p->active = true;
	p->index = 0;
	team->nroles = 1;
	team->roles = palloc0(sizeof(QbRole));
	team->roles[0].name = pstrdup("practitioner");
	team->roles[0].ncandidates = 1;
	team->roles[0].candidates = palloc0(sizeof(QbCandidate));
	team->roles[0].candidates[0] = (QbCandidate) {p, -1, 0};
	team->nproviders = 1;
	team->providers = palloc(sizeof(QbProvider *));
	team->providers[0] = p;
	search->team = team;
	search->nproviders = 0;
	choose_providers(search, lead);
	search->horizon = qb_horizon_make(search->nleads);
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
	return qb_set_meets(&p->taken, search->service->buffer_before,
						duration + search->service->buffer_after);
}

QbIntervalSet
qb_feasible_alone(const QbSearch *search, const QbProvider *p, int64 duration)
{
	QbIntervalSet range = loaded_range(search);
	QbIntervalSet fit = qb_set_starts(&p->open, duration);
	QbIntervalSet no = blocked(search, p, duration);

	fit = qb_set_intersect(&fit, &range);
	return qb_set_subtract(&fit, &no);
}

/* Rules 3, 4 and 6 for every lead. */
static void
find_feasible(QbSearch *search)
{
	const QbLead *shared = NULL;
	QbIntervalSet others;

	qb_set_init(&others);
	for (int i = 0; i < search->nleads; i++)
	{
		QbLead	   *lead = &search->leads[i];
		bool		alone = qb_serves_another_role(search->team, lead->provider);

		CHECK_FOR_INTERRUPTS();
		lead->feasible = qb_feasible_alone(search, lead->provider, lead->duration);
		if (search->team->nroles == 1)
			continue;
		/* the same for all leads that are no candidates elsewhere */
		if (alone || shared == NULL || shared->duration != lead->duration)
		{
			others = qb_others_feasible(search, lead);
			shared = alone ? NULL : lead;
		}
		lead->feasible = qb_set_intersect(&lead->feasible, &others);
	}
}

/* ----------
 * Loading
 * ----------
 */

void
qb_ignore_allocations(QbProvider *p, TimestampTz now, const pg_uuid_t *except)
{
	for (int i = 0; i < p->nallocations; i++)
	{
		QbAllocation *a = &p->allocations[i];

		CHECK_FOR_INTERRUPTS();
		a->ignored = a->expires_at <= now || (except != NULL && qb_uuid_equal(&a->owner_id, except));
	}
}

/*
 * May it not count for this caller?  A live hold, or a session of holds only,
 * may be the patient's own; a session may have nobody but whom is left out.
 */
static bool
is_doubtful(const QbAllocation *a, const pg_uuid_t *patient, const pg_uuid_t *except)
{
	if (a->ignored)
		return false;
	return (patient != NULL && !TIMESTAMP_IS_NOEND(a->expires_at)) || (except != NULL && a->of_session);
}

void
qb_ignore_for(QbStore *store, QbProvider **calendars, int ncalendars, const pg_uuid_t *patient,
			  const pg_uuid_t *except)
{
	int			total = 0;
	int			n = 0;
	QbAllocation **doubtful;
	pg_uuid_t  *owners;
	bool	   *ignored;

	for (int i = 0; i < ncalendars; i++)
	{
		qb_ignore_allocations(calendars[i], qb_now(), except);
		total += calendars[i]->nallocations;
	}
	doubtful = palloc(sizeof(QbAllocation *) * Max(total, 1));
	for (int i = 0; i < ncalendars; i++)
	{
		for (int k = 0; k < calendars[i]->nallocations; k++)
		{
			CHECK_FOR_INTERRUPTS();
			if (is_doubtful(&calendars[i]->allocations[k], patient, except))
				doubtful[n++] = &calendars[i]->allocations[k];
		}
	}
	if (n == 0)
		return;

	owners = palloc(sizeof(pg_uuid_t) * n);
	ignored = palloc(sizeof(bool) * n);
	for (int i = 0; i < n; i++)
		owners[i] = doubtful[i]->owner_id;
	qb_store_not_counting(store, patient, except, owners, n, ignored);
	for (int i = 0; i < n; i++)
		doubtful[i]->ignored = ignored[i];
}

/* Of what is loaded, expired holds, the appointment that moves and the patient's own holds do not count. */
static void
ignore_what_does_not_count(QbSearch *search)
{
	QbProvider **calendars = palloc(sizeof(QbProvider *) * (search->nproviders + 1));

	memcpy(calendars, search->providers, sizeof(QbProvider *) * search->nproviders);
	calendars[search->nproviders] = &search->patient_calendar;
	qb_ignore_for(search->store, calendars, search->nproviders + 1, search->patient, search->except);
}

QbIntervalSet
qb_taken(const QbProvider *p)
{
	QbInterval *intervals = palloc(sizeof(QbInterval) * Max(p->nallocations, 1));
	QbIntervalSet allocated;
	int			n = 0;

	for (int i = 0; i < p->nallocations; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!p->allocations[i].ignored)
			intervals[n++] = (QbInterval) {p->allocations[i].start, p->allocations[i].end};
	}
	allocated = qb_set_depth(intervals, n, p->capacity);
	return qb_set_union(&allocated, &p->busy);
}

static int64
longest(const QbSearch *search)
{
	int64		result = 0;

	for (int i = 0; i < search->nleads; i++)
		result = Max(result, search->leads[i].duration);
	return result;
}

/* Make room for a period: what was loaded goes. */
static void
clear_loaded(QbSearch *search)
{
	if (search->loaded == NULL)
		search->loaded = AllocSetContextCreate(search->context, "quickbook search", ALLOCSET_DEFAULT_SIZES);
	else
		MemoryContextReset(search->loaded);
}

/* Load all that decides about starts in [from, to), and find the feasible ones. */
static void
load_period(QbSearch *search, int64 from, int64 to)
{
	MemoryContext context = CurrentMemoryContext;
	const QbService *s = search->service;
	int64		duration = longest(search);
	int64		first = from - s->buffer_before;
	int64		last = to + duration + s->buffer_after;
	DateADT		date_from = qb_utc_date(from) - QB_DATES_BEFORE;
	DateADT		date_to = qb_utc_date(to + duration) + QB_DATES_AFTER;

	clear_loaded(search);
	MemoryContextSwitchTo(search->loaded);
	search->from = from;
	search->to = to;
	qb_store_load(search->store, s, search->providers, search->nproviders,
				  search->patient != NULL && !s->patient_may_overlap ? &search->patient_calendar : NULL,
				  date_from, date_to, first, last);
	ignore_what_does_not_count(search);
	search->patient_calendar.taken = qb_taken(&search->patient_calendar);

	for (int i = 0; i < search->nproviders; i++)
	{
		QbProvider *p = search->providers[i];

		CHECK_FOR_INTERRUPTS();
		p->taken = qb_taken(p);
		qb_schedule_zones(p, date_from, date_to);
		qb_schedule_build(p, s->week_start, date_from, date_to);
	}
	qb_sessions_load(search);
	qb_limits_forget(search);
	find_feasible(search);
	MemoryContextSwitchTo(context);
}

/* Does a run of feasible starts that reaches from go on before what is loaded? */
static bool
run_is_cut(const QbSearch *search, int64 from)
{
	for (int i = 0; i < search->nleads; i++)
	{
		const QbIntervalSet *set = &search->leads[i].feasible;

		if (set->count > 0 && set->items[0].start == search->from && set->items[0].end > from)
			return true;
	}
	return false;
}

void
qb_search_load(QbSearch *search, int64 from, int64 to)
{
	int64		lookback = search->service->anchor == QB_ANCHOR_WINDOW ? 0 : USECS_PER_DAY;

	if (search->nproviders == 0)
		return;
	/* an appointment that was not made by us may lie where nothing can be computed */
	from = Min(Max(from, QB_FIRST_INSTANT), QB_LAST_INSTANT);
	to = Min(Max(to, from), QB_LAST_INSTANT);
	for (;;)
	{
		load_period(search, from - lookback, to);
		if (lookback == 0 || lookback == MAX_LOOKBACK || !run_is_cut(search, from))
			break;
		lookback = Min(lookback * 8, MAX_LOOKBACK);
	}
}

/* ----------
 * One start
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

bool
qb_fits(const QbProvider *p, int64 start, int64 length)
{
	int			i = qb_set_find(&p->open, start);

	return i >= 0 && p->open.items[i].end >= qb_plus(start, length);
}

bool
qb_is_free(const QbSearch *search, const QbProvider *p, int64 start, int64 length)
{
	return !qb_set_overlaps(&p->taken, start - search->service->buffer_before,
							start + length + search->service->buffer_after);
}

/* Who of the team is available, and not excluded, for a lead at a start. */
bool *
qb_available_others(const QbSearch *search, const QbLead *lead, int64 start, const bool *excluded)
{
	bool	   *free = palloc0(sizeof(bool) * search->team->nproviders);

	for (int i = 0; i < search->nproviders; i++)
	{
		const QbProvider *p = search->providers[i];

		free[p->index] = p != lead->provider && !(excluded && excluded[p->index]) &&
			((search->aside & QB_ASIDE_HOURS) || qb_fits(p, start, lead->duration)) &&
			qb_is_free(search, p, start, lead->duration);
	}
	return free;
}
