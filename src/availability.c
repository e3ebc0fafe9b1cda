/*
 * availability.c
 *		The SQL functions that search free time.
 */
#include "postgres.h"

#include "arguments.h"
#include "compat.h"
#include "errors.h"
#include "funcapi.h"
#include "schedule.h"
#include "slots.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "zone.h"

PG_FUNCTION_INFO_V1(quickbook_available_slots);
PG_FUNCTION_INFO_V1(quickbook_next_slots);
PG_FUNCTION_INFO_V1(quickbook_available_days);

static void
return_offers(FunctionCallInfo fcinfo, const QbOffer *offers, int n)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < n; i++)
	{
		Datum		values[] = {
			UUIDPGetDatum(&offers[i].provider->id),
			TimestampTzGetDatum(offers[i].start),
			TimestampTzGetDatum(offers[i].end),
			Int32GetDatum(offers[i].seats_left)
		};
		bool		nulls[lengthof(values)] = {false};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

Datum
quickbook_available_slots(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *service = qb_arg_uuid(fcinfo, 0, "service_id");
	TimestampTz from = qb_arg_time(fcinfo, 1, "from_time");
	TimestampTz to = qb_arg_time(fcinfo, 2, "to_time");
	QbStore		store;
	QbSearch   *search;
	QbOffer    *offers;
	int			n;

	if (from > to)
		qb_raise_argument("to_time", "to_time is before from_time");
	InitMaterializedSRF(fcinfo, 0);
	qb_store_begin(&store, false);
	search = qb_search_open(&store, service, qb_arg_uuid_or_null(fcinfo, 3), qb_arg_uuid_or_null(fcinfo, 4));
	offers = qb_search_offers(search, from, to, &n);
	qb_store_end(&store);
	return_offers(fcinfo, offers, n);
	return (Datum) 0;
}

Datum
quickbook_next_slots(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *service = qb_arg_uuid(fcinfo, 0, "service_id");
	TimestampTz after = PG_ARGISNULL(1) ? qb_now() : PG_GETARG_TIMESTAMPTZ(1);
	int			max = PG_ARGISNULL(2) ? 10 : PG_GETARG_INT32(2);
	QbStore		store;
	QbSearch   *search;
	QbOffer    *offers;
	int			n;

	if (max < 0)
		qb_raise_argument("max_slots", "max_slots is negative");
	InitMaterializedSRF(fcinfo, 0);
	qb_store_begin(&store, false);
	search = qb_search_open(&store, service, qb_arg_uuid_or_null(fcinfo, 3), qb_arg_uuid_or_null(fcinfo, 4));
	offers = qb_search_next(search, after, max, &n);
	qb_store_end(&store);
	return_offers(fcinfo, offers, n);
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

Datum
quickbook_available_days(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *service = qb_arg_uuid(fcinfo, 0, "service_id");
	DateADT		from = qb_arg_date(fcinfo, 1, "from_date");
	DateADT		to = qb_arg_date(fcinfo, 2, "to_date");
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	QbStore		store;
	QbSearch   *search;
	QbZone	   *zone;
	QbOffer    *offers;
	int			n;
	int		   *slots;

	if (from > to)
		qb_raise_argument("to_date", "to_date is before from_date");
	if ((int64) to - from > 36500)
		qb_raise_argument("to_date", "the dates are more than 100 years apart");
	InitMaterializedSRF(fcinfo, 0);
	qb_store_begin(&store, false);
	search = qb_search_open(&store, service, qb_arg_uuid_or_null(fcinfo, 3), NULL);
	zone = qb_zone_load(days_zone(fcinfo, &store, search), "time_zone",
						qb_midnight(from - 2), qb_midnight(to + 4));
	/* a date may come back after the next has begun, so each start tells its own */
	offers = qb_search_offers(search, qb_local_to_instant(zone, qb_midnight(from), NULL),
							  qb_local_to_instant(zone, qb_midnight(to + 2), NULL), &n);
	slots = palloc0(sizeof(int) * (to - from + 1));
	for (int i = 0; i < n; i++)
	{
		DateADT		date = qb_date_of(qb_local_of(zone, offers[i].start));

		if (date >= from && date <= to)
			slots[date - from]++;
	}
	qb_store_end(&store);

	for (DateADT date = from; date <= to; date++)
	{
		Datum		values[] = {DateADTGetDatum(date), Int32GetDatum(slots[date - from])};
		bool		nulls[] = {false, false};

		if (!qb_date_skipped(zone, date))
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
