/*
 * load.c
 *		Reading what a search is about, and what decides in a period.
 */
#include "postgres.h"

#include "rules/load.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/errors.h"
#include "base/ids.h"
#include "people/access.h"
#include "rules/feasible.h"
#include "rules/limit.h"
#include "rules/schedule.h"
#include "rules/sessions.h"
#include "rules/taken.h"

/* A run of feasible starts is followed back so far to find its beginning. */
#define MAX_LOOKBACK (733 * USECS_PER_DAY)

/* ----------
 * What it is about
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
qb_search_make(QbStore *store, const pg_uuid_t *service, const pg_uuid_t *lead, const pg_uuid_t *patient,
			   QbFindLastDates find)
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
	search->horizon = qb_horizon_make(search->nleads, find);
	if (lead != NULL && search->nleads == 0 &&
		!qb_store_provider_exists(store, lead, &search->service->clinic_id))
		qb_raise_not_found("provider", lead);
	return search;
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
	search->horizon = qb_horizon_make(search->nleads, search->horizon->find);
}

/* ----------
 * Sets of starts
 * ----------
 */

/* ----------
 * A period
 * ----------
 */

/* Of what is loaded, expired holds, the appointment that moves and the patient's own holds do not count. */
static void
ignore_what_does_not_count(QbSearch *search)
{
	QbProvider **calendars = palloc(sizeof(QbProvider *) * (search->nproviders + 1));

	memcpy(calendars, search->providers, sizeof(QbProvider *) * search->nproviders);
	calendars[search->nproviders] = &search->patient_calendar;
	qb_ignore_for(search->store, calendars, search->nproviders + 1, search->patient, search->except);
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
	qb_find_feasible(search);
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
