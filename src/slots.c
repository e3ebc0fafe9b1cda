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
#include "ids.h"
#include "miscadmin.h"
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

static QbIntervalSet
feasible_alone(const QbSearch *search, const QbProvider *p, int64 duration)
{
	QbIntervalSet range = loaded_range(search);
	QbIntervalSet fit = fitting(p, duration);
	QbIntervalSet no = blocked(search, p, duration);

	fit = qb_set_intersect(&fit, &range);
	return qb_set_subtract(&fit, &no);
}

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

/* Whether the roles from first_role on, but the lead's, can be filled by free providers. */
static bool
roles_can_be_filled(const QbTeam *team, int first_role, const bool *free)
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

static bool
serves_another_role(const QbTeam *team, const QbProvider *p)
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

	return (x > y) - (x < y);
}

/*
 * Rule 6: starts at which providers other than the lead can fill the other
 * roles.  Sweeps over the instants at which somebody's freedom changes.
 */
static QbIntervalSet
others_feasible(const QbSearch *search, const QbLead *lead)
{
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

		qb_set_init(&sets[i]);
		if (p != lead->provider && serves_another_role(team, p))
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
		if (i < nchanges && roles_can_be_filled(team, 0, free))
			qb_set_add(&result, at, changes[i].at);
	}
	qb_set_normalize(&result);
	return result;
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
		bool		alone = serves_another_role(search->team, lead->provider);

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

/* ----------
 * Loading
 * ----------
 */

/* Live holds that may be the patient's own. */
static int
add_holds(QbSearch *search, QbAllocation *allocations, int n, QbAllocation **holds, int nholds)
{
	for (int i = 0; i < n; i++)
	{
		QbAllocation *a = &allocations[i];

		if (a->expires_at <= search->now ||
			(search->except != NULL && qb_uuid_equal(&a->owner_id, search->except)))
			a->ignored = true;
		else if (!TIMESTAMP_IS_NOEND(a->expires_at) && search->patient != NULL && !a->of_session)
			holds[nholds++] = a;
	}
	return nholds;
}

/* Expired holds, the appointment that moves and the patient's own holds do not count. */
static void
ignore_what_does_not_count(QbSearch *search)
{
	int			total = search->npatient_allocations;
	int			n = 0;
	QbAllocation **holds;
	pg_uuid_t  *owners;
	bool	   *mine;

	for (int i = 0; i < search->nproviders; i++)
		total += search->providers[i]->nallocations;
	holds = palloc(sizeof(QbAllocation *) * Max(total, 1));
	n = add_holds(search, search->patient_allocations, search->npatient_allocations, holds, n);
	for (int i = 0; i < search->nproviders; i++)
		n = add_holds(search, search->providers[i]->allocations, search->providers[i]->nallocations, holds, n);
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

/* Where at least depth of the allocations that count run at once. */
static QbIntervalSet
taken_by(const QbAllocation *allocations, int n, int depth)
{
	QbInterval *intervals = palloc(sizeof(QbInterval) * Max(n, 1));
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		if (!allocations[i].ignored)
			intervals[count++] = (QbInterval) {allocations[i].start, allocations[i].end};
	}
	return qb_set_depth(intervals, count, depth);
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
	qb_store_rules(search->store, s, search->providers, search->nproviders, date_from, date_to);
	qb_store_time_off(search->store, s, search->providers, search->nproviders, from, last);
	qb_store_busy(search->store, search->providers, search->nproviders, first, last);
	qb_store_allocations(search->store, search->providers, search->nproviders, first, last);
	if (search->patient != NULL && !s->patient_may_overlap)
		search->npatient_allocations = qb_store_calendar(search->store, search->patient, from, last,
														 &search->patient_allocations);
	ignore_what_does_not_count(search);
	search->patient_taken = taken_by(search->patient_allocations, search->npatient_allocations, 1);

	for (int i = 0; i < search->nproviders; i++)
	{
		QbProvider *p = search->providers[i];
		QbIntervalSet allocated = taken_by(p->allocations, p->nallocations, p->capacity);

		p->taken = qb_set_union(&allocated, &p->busy);
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
 * Grid
 * ----------
 */

/* Offers, growing. */
typedef struct OfferList
{
	QbOffer    *items;
	int			count;
	int			capacity;
} OfferList;

static void
add_offer(OfferList *list, const QbLead *lead, int64 start, int seats_left)
{
	if (list->count == list->capacity)
	{
		list->capacity = Max(64, list->capacity * 2);
		list->items = list->items == NULL
			? palloc(sizeof(QbOffer) * list->capacity)
			: repalloc_huge(list->items, sizeof(QbOffer) * list->capacity);
	}
	list->items[list->count++] = (QbOffer) {lead->provider, start, start + lead->duration, seats_left};
}

static bool permitted(const QbSearch *search, const QbLead *lead, int64 start, QbError *why);

/* Pick the starts anchor + n * step in [from, to) that nothing hides. */
static void
pick(const QbSearch *search, const QbLead *lead, int64 anchor, int64 from, int64 to, OfferList *list)
{
	int64		step = search->service->slot_interval;
	int64		start = anchor;
	QbError		why;

	if (start < from)
		start += (from - anchor + step - 1) / step * step;
	for (; start < to; start += step)
	{
		CHECK_FOR_INTERRUPTS();
		if (permitted(search, lead, start, &why))
			add_offer(list, lead, start, search->service->seats);
	}
}

/* Anchor window: the count begins at the last window that has started. */
static void
pick_by_window(const QbSearch *search, const QbLead *lead, int64 from, int64 to, OfferList *list)
{
	const QbProvider *p = lead->provider;
	int			w = 0;

	for (int i = qb_set_first_after(&lead->feasible, from); i < lead->feasible.count; i++)
	{
		int64		start = Max(lead->feasible.items[i].start, from);
		int64		end = Min(lead->feasible.items[i].end, to);

		while (start < end)
		{
			int64		next;

			while (w + 1 < p->nwindows && p->windows[w + 1].start <= start)
				w++;
			next = w + 1 < p->nwindows ? Min(p->windows[w + 1].start, end) : end;
			pick(search, lead, p->windows[w].start, start, next, list);
			start = next;
		}
	}
}

/* The largest of 60, 30, 20, 15, 10, 5 minutes that divides the step, else 1. */
static int64
clock_step(int64 step)
{
	static const int minutes[] = {60, 30, 20, 15, 10, 5};

	for (int i = 0; i < (int) lengthof(minutes); i++)
	{
		if (step % (minutes[i] * USECS_PER_MINUTE) == 0)
			return minutes[i] * USECS_PER_MINUTE;
	}
	return USECS_PER_MINUTE;
}

/* 1 January of the year of an instant, years later. */
static int64
new_year(const QbZone *zone, int64 instant, int years)
{
	int			year;
	int			month;
	int			day;

	j2date(qb_date_of(qb_local_of(zone, instant)) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return qb_local_to_instant(zone, qb_midnight(date2j(year + years, 1, 1) - POSTGRES_EPOCH_JDATE), NULL);
}

/*
 * Anchors gap and clock: the count begins with the run.  A run that goes back
 * beyond the year before (of somebody always open and never booked) is counted
 * from each new year instead, so that the search for its beginning ends.
 */
static void
pick_by_run(const QbSearch *search, const QbLead *lead, int64 from, int64 to, OfferList *list)
{
	const QbProvider *p = lead->provider;

	for (int i = qb_set_first_after(&lead->feasible, from); i < lead->feasible.count; i++)
	{
		int64		run = lead->feasible.items[i].start;
		int64		start = Max(run, from);
		int64		end = Min(lead->feasible.items[i].end, to);

		while (start < end)
		{
			bool		endless = start - run > 365 * USECS_PER_DAY && run < new_year(p->zone, start, -1);
			int64		next = new_year(p->zone, start, 1);
			int64		anchor = endless ? new_year(p->zone, start, 0) : run;

			if (next >= end || next <= start)
				next = end;
			if (search->service->anchor == QB_ANCHOR_CLOCK)
				anchor = qb_round_up_local(qb_schedule_zone_at(p, anchor), anchor,
										   clock_step(search->service->slot_interval));
			pick(search, lead, anchor, start, next, list);
			start = next;
		}
	}
}

static void
pick_offers(const QbSearch *search, const QbLead *lead, int64 from, int64 to, OfferList *list)
{
	if (search->service->anchor == QB_ANCHOR_WINDOW)
		pick_by_window(search, lead, from, to, list);
	else
		pick_by_run(search, lead, from, to, list);
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
	const QbIntervalSet *taken = &search->patient_taken;
	int			i = qb_set_first_after(taken, start);

	return i < taken->count && taken->items[i].start < start + lead->duration;
}

/* What hides a start without moving the grid. */
static bool
permitted(const QbSearch *search, const QbLead *lead, int64 start, QbError *why)
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

	/* two days of grace: the zone is not known here, permitted() is exact */
	if (search->service->horizon_days >= 0)
		days = Min(days, search->service->horizon_days + 2);
	return search->now + days * USECS_PER_DAY + 1;
}

QbOffer *
qb_search_offers(QbSearch *search, int64 from, int64 to, int *n)
{
	OfferList	list = {NULL, 0, 0};

	*n = 0;
	from = Max(from, search->now + 1);
	to = Min(to, search_end(search));
	if (from >= to || search->nleads == 0 || !search->service->active)
		return NULL;
	qb_search_load(search, from, to);
	for (int i = 0; i < search->nleads; i++)
		pick_offers(search, &search->leads[i], from, to, &list);
	if (search->nleads > 1)
		qsort(list.items, list.count, sizeof(QbOffer), compare_offers);
	*n = list.count;
	return list.items;
}

QbOffer *
qb_search_next(QbSearch *search, int64 from, int max, int *n)
{
	OfferList	list = {NULL, 0, 0};
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
		{
			if (list.count == list.capacity)
			{
				list.capacity = Max(16, list.capacity * 2);
				list.items = list.items == NULL
					? palloc(sizeof(QbOffer) * list.capacity)
					: repalloc_huge(list.items, sizeof(QbOffer) * list.capacity);
			}
			list.items[list.count++] = offers[i];
		}
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
	OfferList	list = {NULL, 0, 0};
	QbSearch	unhidden = *search;

	/* only the grid is asked, not what hides its starts */
	unhidden.aside |= QB_ASIDE_NOTICE | QB_ASIDE_HORIZON;
	qb_set_init(&unhidden.patient_taken);
	pick_offers(&unhidden, lead, start, start + 1, &list);
	return list.count > 0;
}

/* Who of the team is available, and not excluded, for a lead at a start. */
static bool *
available_others(const QbSearch *search, const QbLead *lead, int64 start, const bool *excluded)
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
			 !roles_can_be_filled(search->team, 0, available_others(search, lead, start, NULL)))
		*why = QB_SLOT_TAKEN;
	/* outside of the windows there is no grid */
	else if (!(search->aside & QB_ASIDE_GRID) && fits && !on_grid(search, lead, start))
		*why = QB_OFF_GRID;
	else
		return permitted(search, lead, start, why);
	return false;
}

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
		const QbZone *zone = qb_schedule_zone_at(p, start);
		DateADT		week = qb_week_of(qb_schedule_date(p, start), search->service->week_start);

		ids[i] = p->id;
		from[i] = qb_local_to_instant(zone, qb_midnight(week), NULL);
		to[i] = qb_local_to_instant(zone, qb_midnight(week + 7), NULL);
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
qb_search_team(QbSearch *search, const QbLead *lead, int64 start, const bool *excluded,
			   QbProvider **kept, QbProvider **team)
{
	bool	   *free = available_others(search, lead, start, excluded);

	if ((excluded && excluded[lead->provider->index]) || !roles_can_be_filled(search->team, 0, free))
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
			if (roles_can_be_filled(search->team, r + 1, free))
				break;
			free[order[i]->index] = true;
		}
	}
	return true;
}

/* ----------
 * Refusing
 * ----------
 */

#define NEAREST 3

/* The offered starts closest to the one that was refused. */
static int
nearest_offers(QbSearch *search, int64 start, TimestampTz *nearest)
{
	int			found;
	QbOffer    *offers;
	int			low;
	int			n = 0;

	search->aside = 0;
	offers = qb_search_offers(search, start - USECS_PER_DAY, start + 7 * USECS_PER_DAY, &found);
	for (low = 0; low < found && offers[low].start < start; low++)
		;
	/* walk outwards on both sides */
	for (int high = low; n < NEAREST && (low > 0 || high < found);)
	{
		TimestampTz next;

		if (low == 0 || (high < found && offers[high].start - start <= start - offers[low - 1].start))
			next = offers[high++].start;
		else
			next = offers[--low].start;
		if (n == 0 || nearest[n - 1] != next)
			nearest[n++] = next;
	}
	return n;
}

/* What to say of each refusal; %s is the time. */
static const char *
refusal_format(QbError why)
{
	switch (why)
	{
		case QB_SLOT_TAKEN:
			return "the provider is not free on %s";
		case QB_PATIENT_BUSY:
			return "the patient has another appointment on %s";
		case QB_OUTSIDE_HOURS:
			return "the provider does not work on %s";
		case QB_OFF_GRID:
			return "no slot begins on %s";
		case QB_TOO_SOON:
			return "it is too late to book %s";
		case QB_BEYOND_HORIZON:
			return "%s is not open for booking";
		default:
			return "%s cannot be booked";
	}
}

static const char *const month_names[] = {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"
};

/* "2 March 2026 10:00-10:30 (Europe/Berlin)": the provider's wall clock. */
static char *
time_text(const QbSearch *search, const QbProvider *provider, int64 start, int64 end)
{
	const QbZone *zone = qb_schedule_zone_at(provider, start);
	int64		local = qb_local_of(zone, start);
	int64		local_end = qb_local_of(zone, end);
	int64		time = local - qb_midnight(qb_date_of(local));
	int64		time_end = local_end - qb_midnight(qb_date_of(local_end));
	int			year;
	int			month;
	int			day;

	j2date(qb_date_of(local) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return psprintf("%d %s %d %02d:%02d-%02d:%02d (%s)", day, month_names[month - 1], year,
					(int) (time / USECS_PER_HOUR), (int) (time / USECS_PER_MINUTE % 60),
					(int) (time_end / USECS_PER_HOUR), (int) (time_end / USECS_PER_MINUTE % 60),
					provider->ntravels == 0 ? provider->zone_name : "local time");
}

void
qb_search_refuse(QbSearch *search, const QbProvider *provider, int64 start, QbError why)
{
	TimestampTz nearest[NEAREST];
	QbDetail   *detail = qb_detail();
	int64		duration = search->service->duration;
	char	   *when;
	int			n;

	for (int i = 0; i < search->nleads; i++)
	{
		if (search->leads[i].provider == provider)
			duration = search->leads[i].duration;
	}
	when = time_text(search, provider, start, start + duration);
	n = nearest_offers(search, start, nearest);
	qb_detail_uuid(detail, "service_id", &search->service->id);
	qb_detail_uuid(detail, "provider_id", &provider->id);
	qb_detail_time(detail, "starts_at", start);
	qb_detail_times(detail, "nearest", nearest, n);
	qb_raise(why, detail, NULL, refusal_format(why), when);
}
