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
#include "store/calendars.h"
#include "store/clinics.h"
#include "store/configuration.h"
#include "store/limits.h"
#include "store/model.h"
#include "store/schedules.h"
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

				if (lead != NULL && !qb_uuid_equal(lead, &c->provider->calendar.id))
					continue;
				l = &search->leads[search->nleads++];
				l->candidate = c;
				l->provider = c->provider;
				l->duration = c->duration < 0 ? search->service->duration : c->duration;
			}
			chosen[c->provider->index] = true;
		}
	}
	search->calendars = palloc(sizeof(QbCalendar *) * (team->nproviders + 1));
	for (int i = 0; i < team->nproviders; i++)
	{
		if (!chosen[i])
			continue;
		search->calendars[search->nproviders] = &team->providers[i]->calendar;
		search->providers[search->nproviders++] = team->providers[i];
	}
	search->ncalendars = search->nproviders;
	if (search->patient != NULL && !search->service->patient_may_overlap)
		search->calendars[search->ncalendars++] = search->patient_calendar;
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
	search->patient_calendar = palloc0(sizeof(QbCalendar));
	if (patient != NULL)
		*search->patient_calendar = qb_patient_calendar(patient);
	search->now = qb_now();
	search->service = qb_store_service(store, service);
	if (search->service == NULL)
		qb_raise_not_found("service", service);
	qb_access_search(&store->caller, search->service, patient);
	if (patient != NULL && !qb_store_has_patient(store, &search->service->clinic_id, patient))
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

/*
 * How far around the dates the wall clock is asked for: periods of limits begin
 * and end there, the grid may be counted from a new year, and who tells why
 * tells when something began.
 */
static int
dates_around(const QbSearch *search)
{
	if (search->explains || search->service->anchor != QB_ANCHOR_WINDOW)
		return QB_DATES_OF_YEAR;
	for (int i = 0; i < search->nlimits; i++)
	{
		if (search->limits[i].period == QB_PERIOD_YEAR)
			return QB_DATES_OF_YEAR;
	}
	return QB_DATES_OF_MONTH;
}

/* The dates whose windows an appointment that starts in [from, to) may lie in, and those around them. */
static QbDates
dates_of(const QbSearch *search, int64 from, int64 to)
{
	DateADT		first = qb_utc_date(from) - QB_DATES_BEFORE;
	DateADT		last = qb_utc_date(to) + QB_DATES_AFTER;
	DateADT		today = qb_utc_date(search->now);
	int			around = dates_around(search);
	QbDates		dates = {first, last, first - around, last + around};

	/* horizons are counted from today on */
	dates.clock_from = Min(dates.clock_from, Max(today - QB_DATES_BEFORE, first - QB_DATES_OF_YEAR));
	dates.clock_to = Max(dates.clock_to, Min(today + QB_DATES_AFTER, last + QB_DATES_OF_YEAR));
	return dates;
}

/* When the providers work. */
static void
load_schedules(QbSearch *search, const QbDates *dates)
{
	QbZones		zones = qb_zones_of(dates);

	qb_load_schedules(search->store, search->service, search->providers, search->nproviders, dates);
	for (int i = 0; i < search->nproviders; i++)
	{
		CHECK_FOR_INTERRUPTS();
		qb_schedule_zones(search->providers[i], &zones);
		qb_schedule_build(search->providers[i], search->service->week_start, dates);
	}
}

/* What is taken: expired holds, the appointment that moves and the patient's own holds do not count. */
static void
load_calendars(QbSearch *search, int64 from, int64 to)
{
	QbExempt	exempt = qb_exempt(search);

	qb_load_calendars(search->store, search->calendars, search->ncalendars, from, to);
	qb_ignore_for(search->store, search->calendars, search->ncalendars, &exempt);
	for (int i = 0; i < search->ncalendars; i++)
		search->calendars[i]->taken = qb_taken(search->calendars[i]);
}

/* Load all that decides about starts in [from, to), and find the feasible ones. */
static void
load_period(QbSearch *search, int64 from, int64 to)
{
	MemoryContext context = CurrentMemoryContext;
	const QbService *s = search->service;
	int64		duration = longest(search);
	QbDates		dates = dates_of(search, from, to + duration);

	clear_loaded(search);
	MemoryContextSwitchTo(search->loaded);
	search->from = from;
	search->to = to;
	load_schedules(search, &dates);
	load_calendars(search, from - s->buffer_before, to + duration + s->buffer_after);
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

void
qb_search_load_to_explain(QbSearch *search, int64 from, int64 to)
{
	search->explains = true;
	qb_search_load(search, from, to);
}
