/*
 * slots.c
 *		When a service can be booked: windows less allocations, on a grid.
 *
 * Everything is a set of instants at which an appointment may start.  For one
 * provider: the starts that fit the open time, less those that would meet what
 * is taken.  For a lead: those, where the other roles can be filled too.  The
 * grid picks from that set; the rules of time and the patient hide picks, and
 * never move the grid.
 */
#include "postgres.h"

#include "slots.h"

#include "compat.h"
#include "grid.h"
#include "ids.h"
#include "miscadmin.h"
#include "roles.h"
#include "schedule.h"
#include "utils/timestamp.h"

/* A run of feasible starts is followed back so far to find its beginning. */
#define MAX_LOOKBACK (733 * USECS_PER_DAY)

/* In the order of QbOverrideFlag's bits. */
static const char *const aside_names[] = {"grid", "notice", "hours", "horizon", "limit", "policy"};

const char *
qb_aside_name(int flag)
{
	for (int i = 0; i < (int) lengthof(aside_names); i++)
	{
		if (flag == 1 << i)
			return aside_names[i];
	}
	return NULL;
}

int
qb_aside_by_name(const char *name)
{
	for (int i = 0; i < (int) lengthof(aside_names); i++)
	{
		if (strcmp(name, aside_names[i]) == 0)
			return 1 << i;
	}
	return 0;
}

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

/* Rules that this version cannot follow are refused, because ignoring them would be wrong. */
static void
refuse_unsupported(const QbService *s)
{
	const char *what = NULL;

	if (s->seats > 1)
		what = "group services (service.seats above 1)";
	else if (s->horizon_days >= 0 && strcmp(s->horizon_counts, "calendar") != 0)
		what = "horizons that count other than calendar days (service.horizon_counts)";
	else if (s->has_limits)
		what = "limits (rows of booking_limit)";
	if (what != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this version of quickbook does not support %s", what),
				 errdetail("Service \"%s\" would need them.", s->name)));
}

QbSearch *
qb_search_open(QbStore *store, const pg_uuid_t *service, const pg_uuid_t *lead, const pg_uuid_t *patient)
{
	QbSearch   *search = palloc0(sizeof(QbSearch));

	search->store = store;
	search->patient = patient;
	if (patient != NULL)
		search->patient_calendar = qb_patient_calendar(patient);
	search->now = qb_now();
	search->service = qb_store_service(store, service, patient);
	if (search->service == NULL)
		qb_raise_not_found("service", service);
	refuse_unsupported(search->service);
	if (patient != NULL && !search->service->has_patient)
		qb_raise_not_found("patient", patient);
	search->team = qb_store_team(store, search->service, lead);
	choose_providers(search, lead);
	if (lead != NULL && search->nleads == 0 &&
		!qb_store_provider_exists(store, lead, &search->service->clinic_id))
		qb_raise_not_found("provider", lead);
	return search;
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

/* Rule 3: starts at which the appointment lies in the open time. */
static QbIntervalSet
fitting(const QbProvider *p, int64 duration)
{
	return qb_set_starts(&p->open, duration);
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
	QbIntervalSet fit = fitting(p, duration);
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

		a->ignored = a->expires_at <= now || (except != NULL && qb_uuid_equal(&a->owner_id, except));
	}
}

/* Live holds that may be the patient's own. */
static int
add_holds(QbSearch *search, QbProvider *p, QbAllocation **holds, int nholds)
{
	qb_ignore_allocations(p, search->now, search->except);
	for (int i = 0; i < p->nallocations; i++)
	{
		QbAllocation *a = &p->allocations[i];

		if (!a->ignored && !TIMESTAMP_IS_NOEND(a->expires_at) && search->patient != NULL && !a->of_session)
			holds[nholds++] = a;
	}
	return nholds;
}

/* Expired holds, the appointment that moves and the patient's own holds do not count. */
static void
ignore_what_does_not_count(QbSearch *search)
{
	int			total = search->patient_calendar.nallocations;
	int			n = 0;
	QbAllocation **holds;
	pg_uuid_t  *owners;
	bool	   *mine;

	for (int i = 0; i < search->nproviders; i++)
		total += search->providers[i]->nallocations;
	holds = palloc(sizeof(QbAllocation *) * Max(total, 1));
	n = add_holds(search, &search->patient_calendar, holds, n);
	for (int i = 0; i < search->nproviders; i++)
		n = add_holds(search, search->providers[i], holds, n);
	if (n == 0)
		return;

	owners = palloc(sizeof(pg_uuid_t) * n);
	mine = palloc(sizeof(bool) * n);
	for (int i = 0; i < n; i++)
		owners[i] = holds[i]->owner_id;
	qb_store_whose(search->store, search->patient, owners, n, mine);
	for (int i = 0; i < n; i++)
		holds[i]->ignored = mine[i];
}

QbIntervalSet
qb_taken(const QbProvider *p)
{
	QbInterval *intervals = palloc(sizeof(QbInterval) * Max(p->nallocations, 1));
	QbIntervalSet allocated;
	int			n = 0;

	for (int i = 0; i < p->nallocations; i++)
	{
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

/* Load all that decides about starts in [from, to), and find the feasible ones. */
static void
load_period(QbSearch *search, int64 from, int64 to)
{
	const QbService *s = search->service;
	int64		duration = longest(search);
	int64		first = from - s->buffer_before;
	int64		last = to + duration + s->buffer_after;
	DateADT		date_from = qb_utc_date(from) - QB_DATES_BEFORE;
	DateADT		date_to = qb_utc_date(to + duration) + QB_DATES_AFTER;

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

		p->taken = qb_taken(p);
		qb_schedule_zones(p, date_from, date_to);
		qb_schedule_build(p, s->week_start, date_from, date_to);
	}
	find_feasible(search);
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
	for (;;)
	{
		load_period(search, from - lookback, to);
		if (lookback == 0 || lookback == MAX_LOOKBACK || !run_is_cut(search, from))
			break;
		lookback = Min(lookback * 8, MAX_LOOKBACK);
	}
}

/* ----------
 * Rule 5
 * ----------
 */

static bool
too_soon(const QbSearch *search, int64 start)
{
	return start <= search->now || start < qb_plus(search->now, search->service->min_notice);
}

static bool
beyond_horizon(const QbSearch *search, const QbLead *lead, int64 start)
{
	const QbService *s = search->service;
	DateADT		date;

	if (start > search->now + qb_search_days * USECS_PER_DAY)
		return true;
	if (s->horizon_days < 0 && DATE_IS_NOBEGIN(s->bookable_from) && DATE_IS_NOEND(s->bookable_to))
		return false;
	date = qb_schedule_date(lead->provider, start);
	if (date < s->bookable_from || date >= s->bookable_to)
		return true;
	return s->horizon_days >= 0 &&
		date > qb_schedule_date(lead->provider, search->now) + s->horizon_days;
}

static bool
patient_is_busy(const QbSearch *search, const QbLead *lead, int64 start)
{
	return qb_set_overlaps(&search->patient_calendar.taken, start, start + lead->duration);
}

/* What hides a start without moving the grid. */
bool
qb_search_permits(const QbSearch *search, const QbLead *lead, int64 start, QbError *why)
{
	if (!(search->aside & QB_ASIDE_NOTICE) && too_soon(search, start))
		*why = QB_TOO_SOON;
	else if (!(search->aside & QB_ASIDE_HORIZON) && beyond_horizon(search, lead, start))
		*why = QB_BEYOND_HORIZON;
	else if (patient_is_busy(search, lead, start))
		*why = QB_PATIENT_BUSY;
	else
		return true;
	return false;
}

/* ----------
 * Searching
 * ----------
 */

static int
compare_offers(const void *a, const void *b)
{
	const QbOffer *x = a;
	const QbOffer *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->provider->index - y->provider->index;
}

/* The last instant, exclusive, that a search may offer. */
static int64
search_end(const QbSearch *search)
{
	int64		days = qb_search_days;

	/* two days of grace: the zone is not known here, qb_search_permits() is exact */
	if (search->service->horizon_days >= 0)
		days = Min(days, search->service->horizon_days + 2);
	return search->now + days * USECS_PER_DAY + 1;
}

QbOffer *
qb_search_offers(QbSearch *search, int64 from, int64 to, int *n)
{
	QbOfferList	list = {NULL, 0, 0};

	*n = 0;
	from = Max(from, search->now + 1);
	to = Min(to, search_end(search));
	if (from >= to || search->nleads == 0 || !search->service->active)
		return NULL;
	qb_search_load(search, from, to);
	for (int i = 0; i < search->nleads; i++)
		qb_grid_pick(search, &search->leads[i], from, to, &list);
	if (search->nleads > 1)
		qsort(list.items, list.count, sizeof(QbOffer), compare_offers);
	*n = list.count;
	return list.items;
}

QbOffer *
qb_search_next(QbSearch *search, int64 from, int max, int *n)
{
	QbOfferList	list = {NULL, 0, 0};
	int64		end = search_end(search);
	int64		length = 7 * USECS_PER_DAY;

	/* Look at a week, then at ever longer periods. */
	from = Max(from, search->now + 1);
	while (from < end && list.count < max)
	{
		int64		to = Min(from + length, end);
		int			found;
		QbOffer    *offers = qb_search_offers(search, from, to, &found);

		for (int i = 0; i < found && list.count < max; i++)
			qb_offers_add(&list, &offers[i]);
		from = to;
		length *= 2;
	}
	*n = list.count;
	return list.items;
}

/* ----------
 * Booking one start
 * ----------
 */

/* At one start, who is feasible alone; with hours set aside, who is free. */
static bool
available_at(const QbSearch *search, const QbProvider *p, int64 duration, int64 start)
{
	QbIntervalSet fit = fitting(p, duration);
	QbIntervalSet no = blocked(search, p, duration);

	return ((search->aside & QB_ASIDE_HOURS) || qb_set_contains(&fit, start)) &&
		!qb_set_contains(&no, start);
}

static bool
on_grid(const QbSearch *search, const QbLead *lead, int64 start)
{
	QbOfferList	list = {NULL, 0, 0};
	QbSearch	unhidden = *search;

	/* only the grid is asked, not what hides its starts */
	unhidden.aside |= QB_ASIDE_NOTICE | QB_ASIDE_HORIZON;
	qb_set_init(&unhidden.patient_calendar.taken);
	qb_grid_pick(&unhidden, lead, start, start + 1, &list);
	return list.count > 0;
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
			available_at(search, p, lead->duration, start);
	}
	return free;
}

bool
qb_search_judge(QbSearch *search, const QbLead *lead, int64 start, QbError *why)
{
	QbIntervalSet fit = fitting(lead->provider, lead->duration);
	bool		fits = qb_set_contains(&fit, start);

	if (!fits && !(search->aside & QB_ASIDE_HOURS))
		*why = QB_OUTSIDE_HOURS;
	else if (!available_at(search, lead->provider, lead->duration, start) ||
			 !qb_roles_can_be_filled(search->team, 0, qb_available_others(search, lead, start, NULL)))
		*why = QB_SLOT_TAKEN;
	/* outside of the windows there is no grid */
	else if (!(search->aside & QB_ASIDE_GRID) && fits && !on_grid(search, lead, start))
		*why = QB_OFF_GRID;
	else
		return qb_search_permits(search, lead, start, why);
	return false;
}
