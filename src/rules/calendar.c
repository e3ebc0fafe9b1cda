/*
 * calendar.c
 *		A provider's calendar as a whole: free and busy time, and which coming
 *		appointments the present rules would no longer offer.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/results.h"
#include "people/access.h"
#include "rules/feasible.h"
#include "rules/reasons.h"
#include "rules/rules.h"
#include "rules/schedule.h"
#include "rules/search.h"
#include "rules/sessions.h"
#include "rules/taken.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_free_busy);
PG_FUNCTION_INFO_V1(quickbook_affected_appointments);

/* ----------
 * Free and busy
 * ----------
 */

typedef struct Span
{
	int64		start;			/* first, for qb_sort_by_start() */
	int64		end;
	const char *kind;
} Span;

/*
 * The open time of a provider for any service, over [from, to): hours may name
 * services, so each that is named is asked.  The rows of the calendar are
 * left loaded, as for the last of them.
 */
static QbIntervalSet
open_time(QbStore *store, QbProvider *p, int64 from, int64 to)
{
	QbService  *services;
	int			n = qb_store_named_services(store, &p->id, &services);
	DateADT		date_from = qb_utc_date(from) - QB_DATES_BEFORE;
	DateADT		date_to = qb_utc_date(to) + QB_DATES_AFTER;
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
		qb_store_load(store, &services[i], &p, 1, NULL, date_from, date_to, from, to);
		qb_schedule_zones(p, date_from, date_to);
		qb_schedule_build(p, services[i].week_start, date_from, date_to);
		MemoryContextSwitchTo(context);
		open = qb_set_union(&open, &p->open);
		if (before != NULL)
			pfree(before);
	}
	return open;
}

/* Where nothing more fits even if held and pending ones were not there. */
static QbIntervalSet
firmly_taken(QbStore *store, const QbProvider *p)
{
	QbProvider	firm = *p;
	pg_uuid_t  *owners = palloc(sizeof(pg_uuid_t) * Max(p->nallocations, 1));
	bool	   *pending = palloc(sizeof(bool) * Max(p->nallocations, 1));

	firm.allocations = palloc(sizeof(QbAllocation) * Max(p->nallocations, 1));
	for (int i = 0; i < p->nallocations; i++)
	{
		CHECK_FOR_INTERRUPTS();
		firm.allocations[i] = p->allocations[i];
		owners[i] = p->allocations[i].owner_id;
	}
	qb_store_pending(store, owners, p->nallocations, pending);
	for (int i = 0; i < p->nallocations; i++)
		firm.allocations[i].ignored |= pending[i] || !TIMESTAMP_IS_NOEND(p->allocations[i].expires_at);
	return qb_taken(&firm);
}

static void
add_spans(const QbIntervalSet *set, const char *kind, Span *spans, int *n)
{
	for (int i = 0; i < set->count; i++)
		spans[(*n)++] = (Span) {set->items[i].start, set->items[i].end, kind};
}

/* Cut [from, to) into spans of one kind, by start. */
static int
free_and_busy(QbStore *store, QbProvider *p, int64 from, int64 to, Span **spans)
{
	QbIntervalSet open = open_time(store, p, from, to);
	QbIntervalSet range;
	QbIntervalSet taken;
	QbIntervalSet busy;
	QbIntervalSet tentative;
	QbIntervalSet rest;
	QbIntervalSet free;
	QbIntervalSet closed;
	int			n = 0;

	qb_ignore_allocations(p, qb_now(), NULL);
	qb_set_init(&range);
	qb_set_add(&range, from, to);
	taken = qb_taken(p);
	busy = firmly_taken(store, p);
	busy = qb_set_intersect(&busy, &range);
	tentative = qb_set_intersect(&taken, &range);
	tentative = qb_set_subtract(&tentative, &busy);
	rest = qb_set_subtract(&range, &taken);
	free = qb_set_intersect(&rest, &open);
	closed = qb_set_subtract(&rest, &open);

	*spans = palloc(sizeof(Span) * (busy.count + tentative.count + free.count + closed.count + 1));
	add_spans(&busy, "busy", *spans, &n);
	add_spans(&tentative, "busy-tentative", *spans, &n);
	add_spans(&free, "free", *spans, &n);
	add_spans(&closed, "busy-unavailable", *spans, &n);
	qb_sort_by_start(*spans, n, sizeof(Span));
	return n;
}

static void
put_span(QbRows *rows, const Span *span)
{
	Datum		kind = CStringGetTextDatum(span->kind);
	Datum		values[] = {TimestampTzGetDatum(span->start), TimestampTzGetDatum(span->end), kind};
	bool		nulls[] = {false, false, false};

	qb_rows_put(rows, values, nulls);
	pfree(DatumGetPointer(kind));
}

Datum
quickbook_free_busy(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "provider_id");
	TimestampTz from = qb_arg_instant(fcinfo, 1, "from_time");
	TimestampTz to = qb_arg_instant(fcinfo, 2, "to_time");
	QbRows		rows;
	QbStore		store;
	QbProvider *p;
	Span	   *spans;
	int			n = 0;

	if (from > to)
		qb_raise_argument("to_time", "to_time is before from_time");
	if (qb_minus(to, from) > QB_LONGEST_PERIOD)
		qb_raise_argument("to_time", "the times are more than 100 years apart");
	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, false);
	p = qb_store_provider(&store, id);
	qb_access_calendar(&store, id, false);
	qb_rows_bound(&rows, &store.caller);
	if (from < to)
		n = free_and_busy(&store, p, from, to, &spans);
	for (int i = 0; i < n; i++)
		put_span(&rows, &spans[i]);
	qb_store_end(&store);
	return (Datum) 0;
}

/* ----------
 * What if
 * ----------
 */

/* The search's provider with an id; NULL if it serves the service no more. */
static const QbProvider *
provider_of(const QbSearch *search, const pg_uuid_t *id)
{
	for (int i = 0; i < search->nproviders; i++)
	{
		if (qb_uuid_equal(&search->providers[i]->id, id))
			return search->providers[i];
	}
	return NULL;
}

/* Whether one who serves an appointment still can; if not, the rule and why. */
static bool
can_still_serve(const QbSearch *search, const QbAppointment *a, const pg_uuid_t *provider,
				const char **rule, const char **detail)
{
	const QbProvider *p = provider_of(search, provider);
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

/* Would the present rules offer an appointment's time, without it, with the same people? */
static bool
still_offered(QbStore *store, const QbAppointment *a, const char **rule, const char **detail)
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
	qb_search_load(search, a->starts_at, Min(a->ends_at, qb_plus(a->starts_at, QB_LONGEST_LENGTH)));
	n = qb_store_resources(store, &a->id, &resources);
	for (int i = 0; i < n; i++)
	{
		if (!can_still_serve(search, a, &resources[i].provider_id, rule, detail))
			return false;
	}
	return true;
}

static void
put_affected(QbRows *rows, const QbAppointment *a, const char *rule, const char *detail)
{
	static const QbAppointmentColumn columns[] = {
		QB_A_ID, QB_A_PATIENT_ID, QB_A_SERVICE_ID, QB_A_PROVIDER_ID, QB_A_STATUS, QB_A_STARTS_AT, QB_A_ENDS_AT
	};
	Datum		values[lengthof(columns) + 2];
	bool		nulls[lengthof(columns) + 2] = {false};

	for (int i = 0; i < (int) lengthof(columns); i++)
	{
		values[i] = a->values[columns[i]];
		nulls[i] = a->nulls[columns[i]];
	}
	values[lengthof(columns)] = CStringGetTextDatum(rule);
	values[lengthof(columns) + 1] = CStringGetTextDatum(detail);
	qb_rows_put(rows, values, nulls);
}

/* What is asked about each of the coming appointments. */
typedef struct Affected
{
	QbStore    *store;
	QbRows		rows;
} Affected;

static void
look_at(void *arg, QbAppointment *a)
{
	Affected   *affected = arg;
	const char *rule;
	const char *detail;

	if (!still_offered(affected->store, a, &rule, &detail))
		put_affected(&affected->rows, a, rule, detail);
}

Datum
quickbook_affected_appointments(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "provider_id");
	QbStore		store;
	Affected	affected = {.store = &store};

	qb_rows_begin(&affected.rows, fcinfo);
	qb_store_begin(&store, false);
	(void) qb_store_provider(&store, id);
	qb_access_calendar(&store, id, true);
	qb_rows_bound(&affected.rows, &store.caller);
	qb_store_coming(&store, id, look_at, &affected);
	qb_store_end(&store);
	return (Datum) 0;
}
