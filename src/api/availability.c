/*
 * availability.c
 *		The SQL functions that search free time, and tell why there is none.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/results.h"
#include "time/zone.h"
#include "store/appointments.h"
#include "store/configuration.h"
#include "store/model.h"
#include "store/store.h"
#include "people/access.h"
#include "rules/calendar.h"
#include "rules/offers.h"
#include "rules/reasons.h"
#include "rules/rules.h"
#include "rules/schedule.h"
#include "rules/search.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_available_slots);
PG_FUNCTION_INFO_V1(quickbook_next_slots);
PG_FUNCTION_INFO_V1(quickbook_available_days);
PG_FUNCTION_INFO_V1(quickbook_explain_slot);
PG_FUNCTION_INFO_V1(quickbook_free_busy);
PG_FUNCTION_INFO_V1(quickbook_affected_appointments);

/* next_slots lists so many at most. */
#define MAX_NEXT 1000

/* ----------
 * Slots
 * ----------
 */

static void
put_offer(QbRows *rows, const QbOffer *offer)
{
	Datum		values[] = {
		UUIDPGetDatum(&offer->lead->provider->calendar.id),
		TimestampTzGetDatum(offer->start),
		TimestampTzGetDatum(offer->end),
		Int32GetDatum(offer->seats_left)
	};
	bool		nulls[lengthof(values)] = {false};

	qb_rows_put(rows, values, nulls);
}

Datum
quickbook_available_slots(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *service = qb_arg_uuid(fcinfo, 0, "service_id");
	TimestampTz from = qb_arg_time(fcinfo, 1, "from_time");
	TimestampTz to = qb_arg_time(fcinfo, 2, "to_time");
	QbRows		rows;
	QbStore		store;
	QbSearch   *search;
	QbOffers   *offers;
	QbOffer		offer;

	if (from > to)
		qb_raise_argument("to_time", "to_time is before from_time");
	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, false);
	/* what is past is not searched */
	qb_check_period(&store.caller, "to_time", Max(from, qb_now()), to);
	qb_rows_bound(&rows, &store.caller);
	search = qb_search_open(&store, service, qb_arg_uuid_or_null(fcinfo, 3), qb_arg_uuid_or_null(fcinfo, 4));
	offers = qb_offers_open(search, from, to, true);
	while (qb_offers_next(offers, &offer))
		put_offer(&rows, &offer);
	qb_store_end(&store);
	return (Datum) 0;
}

/* How far next_slots looks: who is not signed in calls again with a later after_time. */
static int64
last_look(const QbSearch *search, int64 from)
{
	int64		end = qb_search_end(search);

	if (search->store->caller.kind == QB_CALLER_ANON)
		end = Min(end, qb_plus(from, QB_ANON_DAYS * USECS_PER_DAY));
	return end;
}

Datum
quickbook_next_slots(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *service = qb_arg_uuid(fcinfo, 0, "service_id");
	TimestampTz after = PG_ARGISNULL(1) ? qb_now() : PG_GETARG_TIMESTAMPTZ(1);
	QbCaller	caller = qb_store_caller();
	int			max = qb_arg_count(fcinfo, 2, "max_slots", 10, Min(MAX_NEXT, qb_max_rows_of(&caller)));
	int64		length = 7 * USECS_PER_DAY;
	QbRows		rows;
	QbStore		store;
	QbSearch   *search;
	int64		from;
	int64		end;

	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, false);
	search = qb_search_open(&store, service, qb_arg_uuid_or_null(fcinfo, 3), qb_arg_uuid_or_null(fcinfo, 4));
	/* Look at a week, then at ever longer periods. */
	from = Max(after, search->now + 1);
	end = last_look(search, from);
	while (from < end && rows.count < max)
	{
		int64		to = Min(qb_plus(from, length), end);
		QbOffers   *offers = qb_offers_open(search, from, to, true);
		QbOffer		offer;

		while (rows.count < max && qb_offers_next(offers, &offer))
			put_offer(&rows, &offer);
		from = to;
		length *= 2;
	}
	qb_store_end(&store);
	return (Datum) 0;
}

/* The zone of available_days: the one asked for, the provider's or the clinic's. */
static const char *
days_zone(FunctionCallInfo fcinfo, QbStore *store, const QbSearch *search)
{
	const pg_uuid_t *provider = qb_arg_uuid_or_null(fcinfo, 3);
	const char *name;
	const char *meant;

	if (PG_ARGISNULL(4))
		return provider ? qb_store_provider(store, provider)->zone_name : search->service->clinic_zone;
	name = qb_arg_text(fcinfo, 4, "time_zone");
	if (!qb_zone_is_iana(name, &meant))
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail(), "argument", "time_zone"),
				 "Use a name of pg_timezone_names.", "\"%s\" is not the name of an IANA time zone", name);
	return name;
}

/* How many slots begin on each of the dates [from, to]. */
static int *
count_slots(QbSearch *search, const QbZone *zone, DateADT from, DateADT to)
{
	int		   *slots = palloc0(sizeof(int) * (to - from + 1));

	/* a date may come back after the next has begun, so each start tells its own */
	QbOffers   *offers = qb_offers_open(search, qb_local_to_instant(zone, qb_midnight(from), NULL),
										qb_local_to_instant(zone, qb_midnight(to + 2), NULL), false);
	QbOffer		offer;

	while (qb_offers_next(offers, &offer))
	{
		DateADT		date = qb_date_of(qb_local_of(zone, offer.start));

		int64		more = qb_offers_take(offers, &offer, qb_date_until(zone, offer.start));

		if (date >= from && date <= to)
			slots[date - from] += (int) more + 1;
	}
	return slots;
}

Datum
quickbook_available_days(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *service = qb_arg_uuid(fcinfo, 0, "service_id");
	DateADT		from = qb_arg_date(fcinfo, 1, "from_date");
	DateADT		to = qb_arg_date(fcinfo, 2, "to_date");
	QbRows		rows;
	QbStore		store;
	QbSearch   *search;
	QbZone	   *zone;
	int		   *slots;

	if (from > to)
		qb_raise_argument("to_date", "to_date is before from_date");
	if (to - from > 36500)
		qb_raise_argument("to_date", "the dates are more than 100 years apart");
	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, false);
	qb_check_period(&store.caller, "to_date", qb_midnight(from), qb_midnight(to + 1));
	qb_rows_bound(&rows, &store.caller);
	search = qb_search_open(&store, service, qb_arg_uuid_or_null(fcinfo, 3), NULL);
	zone = qb_zone_load(days_zone(fcinfo, &store, search), "time_zone",
						qb_midnight(from - 2), qb_midnight(to + 4));
	slots = count_slots(search, zone, from, to);
	for (DateADT date = from; date <= to; date++)
	{
		Datum		values[] = {DateADTGetDatum(date), Int32GetDatum(slots[date - from])};
		bool		nulls[] = {false, false};

		if (!qb_date_skipped(zone, date))
			qb_rows_put(&rows, values, nulls);
	}
	qb_store_end(&store);
	return (Datum) 0;
}

/* ----------
 * Why a slot is offered or not
 * ----------
 */

/* passed: 1, 0, or -1 for a rule that could not be asked. */
static void
put_rule(QbRows *rows, const char *rule, int passed, const char *detail)
{
	Datum		values[] = {CStringGetTextDatum(rule), BoolGetDatum(passed > 0), CStringGetTextDatum(detail)};
	bool		nulls[] = {false, passed < 0, false};

	qb_rows_put(rows, values, nulls);
}

Datum
quickbook_explain_slot(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *service = qb_arg_uuid(fcinfo, 0, "service_id");
	const pg_uuid_t *provider = qb_arg_uuid(fcinfo, 1, "provider_id");
	TimestampTz start = qb_arg_time(fcinfo, 2, "starts_at");
	QbRows		rows;
	QbStore		store;
	QbSearch   *search;
	QbReason	reasons[QB_NRULES];
	const char *obstacle;

	qb_check_start(start);
	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, false);
	search = qb_search_open(&store, service, provider, qb_arg_uuid_or_null(fcinfo, 3));
	qb_access_calendar(&store, provider, false);
	obstacle = qb_service_obstacle(search, provider);
	put_rule(&rows, "service", obstacle == NULL, obstacle ? obstacle : "the provider offers the service");
	if (search->nleads > 0)
		qb_reasons(search, &search->leads[0], start, reasons);
	for (int rule = 0; rule < QB_NRULES; rule++)
	{
		if (search->nleads > 0)
			put_rule(&rows, qb_rules[rule].name, reasons[rule].passed, reasons[rule].detail);
		else
			put_rule(&rows, qb_rules[rule].name, -1, "cannot be told for this provider");
	}
	qb_store_end(&store);
	return (Datum) 0;
}

/* ----------
 * Free and busy
 * ----------
 */

static void
put_span(QbRows *rows, const QbSpan *span)
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
	QbSpan	   *spans;
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
		n = qb_free_and_busy(&store, p, from, to, &spans);
	for (int i = 0; i < n; i++)
		put_span(&rows, &spans[i]);
	qb_store_end(&store);
	return (Datum) 0;
}

/* ----------
 * What if
 * ----------
 */

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

	if (!qb_still_offered(affected->store, a, &rule, &detail))
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
