/*
 * schedules.c
 *		The tables: when providers work.
 */
#include "postgres.h"

#include "store/schedules.h"

#include "access/stratnum.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"

#include "store/configuration.h"
#include "store/scan.h"
#include "store/statements.h"

enum
{
	H_PROVIDER_ID, H_SERVICE_ID, H_WEEKDAY, H_START_TIME, H_END_TIME, H_VALID, H_EVERY_WEEKS, H_ANCHORED_ON
};

static QbTable hours = {
	"working_hours", "working_hours_provider_id_idx", false,
	{{"provider_id", UUIDOID}, {"service_id", UUIDOID}, {"weekday", INT2OID}, {"start_time", TIMEOID},
	{"end_time", TIMEOID}, {"valid", DATERANGEOID}, {"every_weeks", INT4OID}, {"anchored_on", DATEOID}}
};

enum
{
	O_PROVIDER_ID, O_ON_DATE, O_SERVICE_ID, O_START_TIME, O_END_TIME
};

static QbTable overrides = {
	"date_override", "date_override_provider_id_on_date_idx", false,
	{{"provider_id", UUIDOID}, {"on_date", DATEOID}, {"service_id", UUIDOID}, {"start_time", TIMEOID},
	{"end_time", TIMEOID}}
};

enum
{
	T_PROVIDER_ID, T_DATES, T_TIME_ZONE
};

static QbTable travels = {
	"travel", "travel_dates_of_a_provider_do_not_overlap", true,
	{{"provider_id", UUIDOID}, {"dates", DATERANGEOID}, {"time_zone", TEXTOID}}
};

enum
{
	F_CLINIC_ID, F_DURING, F_PROVIDER_ID
};

static QbTable times_off = {
	"time_off", "time_off_clinic_id_during_idx", true,
	{{"clinic_id", UUIDOID}, {"during", TSTZRANGEOID}, {"provider_id", UUIDOID}}
};

/* Does a row count for a service: does it name it, or none?  *names tells which. */
static bool
is_for(QbScan *row, int column, const QbService *service, bool *names)
{
	pg_uuid_t	id;

	*names = !qb_scan_is_null(row, column);
	if (!*names)
		return true;
	id = qb_scan_id(row, column);
	return qb_uuid_equal(&id, &service->id);
}

/* The working hours that count for the service, whenever they are valid: the first valid ones decide. */
static void
load_hours(QbScan *scan, QbProvider *p, const QbService *service)
{
	ScanKeyData key = qb_key_id(H_PROVIDER_ID, &p->calendar.id);

	qb_scan_find(scan, &key, 1, ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		QbHours    *h;
		bool		names;
		Datum		from;
		Datum		to;

		if (!is_for(scan, H_SERVICE_ID, service, &names))
			continue;
		h = QB_APPEND(p->hours, p->nhours);
		h->for_service = names;
		h->weekday = DatumGetInt16(qb_scan_not_null(scan, H_WEEKDAY));
		h->start = DatumGetTimeADT(qb_scan_not_null(scan, H_START_TIME));
		h->end = DatumGetTimeADT(qb_scan_not_null(scan, H_END_TIME));
		qb_scan_range(scan, H_VALID, DateADTGetDatum(DATEVAL_NOBEGIN), DateADTGetDatum(DATEVAL_NOEND), &from, &to);
		h->valid_from = DatumGetDateADT(from);
		h->valid_to = DatumGetDateADT(to);
		/* what is divided by must not be 0, whatever became of the CHECK */
		h->every_weeks = Max(DatumGetInt32(qb_scan_not_null(scan, H_EVERY_WEEKS)), 1);
		h->anchored_on = qb_scan_is_null(scan, H_ANCHORED_ON) ? 0
			: DatumGetDateADT(qb_scan_not_null(scan, H_ANCHORED_ON));
	}
}

/* The overrides of the dates that count for the service. */
static void
load_overrides(QbScan *scan, QbProvider *p, const QbService *service, const QbDates *dates)
{
	ScanKeyData keys[] = {
		qb_key_id(O_PROVIDER_ID, &p->calendar.id),
		qb_key(O_ON_DATE, BTGreaterEqualStrategyNumber, F_DATE_GE, InvalidOid, DateADTGetDatum(dates->from)),
		qb_key(O_ON_DATE, BTLessEqualStrategyNumber, F_DATE_LE, InvalidOid, DateADTGetDatum(dates->to))
	};

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		QbOverride *o;
		bool		names;
		bool		isnull;

		if (!is_for(scan, O_SERVICE_ID, service, &names))
			continue;
		o = QB_APPEND(p->overrides, p->noverrides);
		o->for_service = names;
		o->date = DatumGetDateADT(qb_scan_not_null(scan, O_ON_DATE));
		o->start = DatumGetTimeADT(qb_scan_value(scan, O_START_TIME, &isnull));
		o->closed = isnull;
		o->end = DatumGetTimeADT(qb_scan_value(scan, O_END_TIME, &isnull));
	}
}

/* Wherever the wall clock is to be known. */
static void
load_travels(QbScan *scan, QbProvider *p, const QbDates *dates)
{
	ScanKeyData key = qb_key_id(T_PROVIDER_ID, &p->calendar.id);

	qb_scan_find(scan, &key, 1, ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		QbTravel   *t;
		Datum		from;
		Datum		to;

		qb_scan_range(scan, T_DATES, DateADTGetDatum(DATEVAL_NOBEGIN), DateADTGetDatum(DATEVAL_NOEND), &from, &to);
		if (DatumGetDateADT(from) > dates->clock_to || DatumGetDateADT(to) <= dates->clock_from)
			continue;
		t = QB_APPEND(p->travels, p->ntravels);
		t->from = DatumGetDateADT(from);
		t->to = DatumGetDateADT(to);
		t->zone_name = qb_scan_text(scan, T_TIME_ZONE);
		t->zone = NULL;
	}
}

/* A provider's time off, or with no provider that of all. */
static void
load_time_off(QbScan *scan, QbProvider **providers, int n, const QbService *service, Datum range)
{
	ScanKeyData keys[] = {qb_key_id(F_CLINIC_ID, &service->clinic_id), qb_key_overlaps(F_DURING, range)};

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		bool		whole_clinic = qb_scan_is_null(scan, F_PROVIDER_ID);
		QbInterval	during = qb_scan_during(scan, F_DURING);

		if (whole_clinic)
		{
			for (int i = 0; i < n; i++)
				qb_set_add(&providers[i]->time_off, during.start, during.end);
		}
		else
		{
			pg_uuid_t	id = qb_scan_id(scan, F_PROVIDER_ID);
			QbProvider *p = qb_provider_by_id(&id, providers, n);

			if (p != NULL)
				qb_set_add(&p->time_off, during.start, during.end);
		}
	}
}

/*
 * What a window of the dates may overlap: it is read in a zone up to a day from
 * UTC, and may end on the date after.
 */
static Datum
time_of(const QbDates *dates)
{
	return qb_time_range(qb_midnight(dates->from - 1), qb_midnight(dates->to + 3));
}

static void
forget_rows(QbProvider *p)
{
	p->nhours = 0;
	p->noverrides = 0;
	p->ntravels = 0;
	qb_set_init(&p->time_off);
}

void
qb_load_schedules(QbStore *store, const QbService *service, QbProvider **providers, int n, const QbDates *dates)
{
	QbTable    *tables[] = {&hours, &overrides, &travels, &times_off};
	Snapshot	snapshot = qb_snapshot(store, tables, lengthof(tables));
	QbScan	   *of_hours = qb_scan_open(&hours, snapshot);
	QbScan	   *of_overrides = qb_scan_open(&overrides, snapshot);
	QbScan	   *of_travels = qb_scan_open(&travels, snapshot);
	QbScan	   *of_time_off = qb_scan_open(&times_off, snapshot);

	for (int i = 0; i < n; i++)
	{
		forget_rows(providers[i]);
		load_hours(of_hours, providers[i], service);
		load_overrides(of_overrides, providers[i], service, dates);
		load_travels(of_travels, providers[i], dates);
	}
	load_time_off(of_time_off, providers, n, service, time_of(dates));
	for (int i = 0; i < n; i++)
		qb_set_normalize(&providers[i]->time_off);
	qb_scan_close(of_hours);
	qb_scan_close(of_overrides);
	qb_scan_close(of_travels);
	qb_scan_close(of_time_off);
	qb_snapshot_done(snapshot);
}

static QbStatement named_services_sql = {
	"SELECT n.id, c.id, c.week_start FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id,"
	" LATERAL (SELECT '00000000-0000-0000-0000-000000000000'::uuid AS id"
	" UNION SELECT service_id FROM quickbook.working_hours WHERE provider_id = $1 AND service_id IS NOT NULL"
	" UNION SELECT service_id FROM quickbook.date_override WHERE provider_id = $1 AND service_id IS NOT NULL) AS n"
	" WHERE p.id = $1 ORDER BY n.id",
	1, {UUIDOID}, "uus"
};

int
qb_store_named_services(QbStore *store, const pg_uuid_t *provider, QbService **services)
{
	Datum		values[] = {UUIDPGetDatum(provider)};
	int			n;

	qb_run(store, &named_services_sql, values, NULL);
	n = (int) SPI_processed;
	*services = palloc0(sizeof(QbService) * Max(n, 1));
	for (int row = 0; row < n; row++)
	{
		(*services)[row].id = uuid_column(row, 1);
		(*services)[row].clinic_id = uuid_column(row, 2);
		(*services)[row].week_start = DatumGetInt16(qb_not_null(row, 3));
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}
