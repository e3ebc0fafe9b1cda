/*
 * calendar.c
 *		A provider's calendar as a whole: free and busy time, and which coming
 *		appointments the present rules would no longer offer.
 */
#include "postgres.h"

#include "rules/calendar.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "store/allocations.h"
#include "store/calendars.h"
#include "store/schedules.h"
#include "people/access.h"
#include "rules/feasible.h"
#include "rules/reasons.h"
#include "rules/rules.h"
#include "rules/schedule.h"
#include "rules/search.h"
#include "rules/sessions.h"
#include "rules/taken.h"
#include "rules/team.h"

/* ----------
 * Free and busy
 * ----------
 */

/*
 * The open time of a provider for any service, over [from, to): hours may name
 * services, so each that is named is asked.
 */
static QbIntervalSet
open_time(QbStore *store, QbProvider *p, int64 from, int64 to)
{
	QbService  *services;
	int			n = qb_store_named_services(store, &p->calendar.id, &services);
	DateADT		first = qb_utc_date(from) - QB_DATES_BEFORE;
	DateADT		last = qb_utc_date(to) + QB_DATES_AFTER;
	QbDates		dates = {first, last, first, last};
	QbZones		zones;
	MemoryContext context = CurrentMemoryContext;
	MemoryContext turn = AllocSetContextCreate(context, "quickbook calendar", ALLOCSET_DEFAULT_SIZES);
	QbIntervalSet open;

	qb_set_init(&open);
	for (int i = 0; i < n; i++)
	{
		QbInterval *before = open.items;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(turn);
		MemoryContextSwitchTo(turn);
		qb_load_schedules(store, &services[i], &p, 1, &dates);
		zones = qb_zones_of(&dates);
		qb_schedule_zones(p, &zones);
		qb_schedule_build(p, services[i].week_start, &dates);
		MemoryContextSwitchTo(context);
		open = qb_set_union(&open, &p->open);
		if (before != NULL)
			pfree(before);
	}
	return open;
}

/* Where nothing more fits even if held and pending ones were not there. */
static QbIntervalSet
firmly_taken(QbStore *store, const QbCalendar *c)
{
	QbCalendar	firm = *c;
	pg_uuid_t  *owners = palloc(sizeof(pg_uuid_t) * Max(c->nallocations, 1));
	bool	   *pending = palloc(sizeof(bool) * Max(c->nallocations, 1));

	firm.allocations = palloc(sizeof(QbAllocation) * Max(c->nallocations, 1));
	for (int i = 0; i < c->nallocations; i++)
	{
		CHECK_FOR_INTERRUPTS();
		firm.allocations[i] = c->allocations[i];
		owners[i] = c->allocations[i].owner_id;
	}
	qb_store_pending(store, owners, c->nallocations, pending);
	for (int i = 0; i < c->nallocations; i++)
		firm.allocations[i].ignored |= pending[i] || !TIMESTAMP_IS_NOEND(c->allocations[i].expires_at);
	return qb_taken(&firm);
}

static void
add_spans(const QbIntervalSet *set, const char *kind, QbSpan *spans, int *n)
{
	for (int i = 0; i < set->count; i++)
		spans[(*n)++] = (QbSpan) {set->items[i].start, set->items[i].end, kind};
}

int
qb_free_and_busy(QbStore *store, QbProvider *p, int64 from, int64 to, QbSpan **spans)
{
	QbCalendar *calendar = &p->calendar;
	QbIntervalSet open = open_time(store, p, from, to);
	QbIntervalSet range;
	QbIntervalSet taken;
	QbIntervalSet busy;
	QbIntervalSet tentative;
	QbIntervalSet rest;
	QbIntervalSet free;
	QbIntervalSet closed;
	int			n = 0;

	qb_load_calendars(store, &calendar, 1, from, to);
	qb_ignore_allocations(calendar, qb_now(), NULL);
	qb_set_init(&range);
	qb_set_add(&range, from, to);
	taken = qb_taken(calendar);
	busy = firmly_taken(store, calendar);
	busy = qb_set_intersect(&busy, &range);
	tentative = qb_set_intersect(&taken, &range);
	tentative = qb_set_subtract(&tentative, &busy);
	rest = qb_set_subtract(&range, &taken);
	free = qb_set_intersect(&rest, &open);
	closed = qb_set_subtract(&rest, &open);

	*spans = palloc(sizeof(QbSpan) * (busy.count + tentative.count + free.count + closed.count + 1));
	add_spans(&busy, "busy", *spans, &n);
	add_spans(&tentative, "busy-tentative", *spans, &n);
	add_spans(&free, "free", *spans, &n);
	add_spans(&closed, "busy-unavailable", *spans, &n);
	qb_sort_by_start(*spans, n, sizeof(QbSpan));
	return n;
}

/* ----------
 * What if
 * ----------
 */

/* Whether one who serves an appointment still can; if not, the rule and why. */
static bool
can_still_serve(const QbSearch *search, const QbAppointment *a, const pg_uuid_t *provider,
				const char **rule, const char **detail)
{
	const QbProvider *p = qb_search_provider(search, provider);
	int64		length = qb_minus(a->ends_at, a->starts_at);
	QbSession	session = {.id = a->session_id};

	if (p == NULL)
	{
		*rule = "roles";
		*detail = "somebody no longer fills a role of the service, or is not active";
		return false;
	}
	if (!qb_fits(p, a->starts_at, length))
	{
		*rule = "hours";
		*detail = psprintf("%s: %s", p->name, qb_explain_hours(p, a->starts_at, length));
		return false;
	}
	if (!qb_free_but_for(search, p, &session, a->starts_at, a->ends_at))
	{
		*rule = "free";
		*detail = psprintf("%s: %s", p->name, qb_explain_free(search, p, &session, a->starts_at, a->ends_at));
		return false;
	}
	return true;
}

bool
qb_still_offered(QbStore *store, const QbAppointment *a, const char **rule, const char **detail)
{
	QbSearch   *search = qb_search_open(store, &a->service_id, &a->provider_id, NULL);
	const char *obstacle = qb_service_obstacle(search, &a->provider_id);
	QbResource *resources;
	int			n;

	if (obstacle != NULL)
	{
		*rule = "service";
		*detail = obstacle;
		return false;
	}
	search->except = &a->id;
	/* load as far as the appointment reaches, whatever the service's length is now */
	qb_search_load_to_explain(search, a->starts_at, Min(a->ends_at, qb_plus(a->starts_at, QB_LONGEST_LENGTH)));
	n = qb_store_resources(store, &a->id, &resources);
	for (int i = 0; i < n; i++)
	{
		if (!can_still_serve(search, a, &resources[i].provider_id, rule, detail))
			return false;
	}
	return true;
}
