/*
 * calendars.c
 *		The tables: what decides about free time.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/rangetypes.h"

#include "store/scan.h"
#include "store/statements.h"

/* ----------
 * Calendars
 * ----------
 */

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

enum
{
	B_PROVIDER_ID, B_DURING
};

static QbTable busy_times = {
	"busy_time", "busy_time_provider_id_during_idx", true,
	{{"provider_id", UUIDOID}, {"during", TSTZRANGEOID}}
};

enum
{
	A_CALENDAR_ID, A_LANE, A_STARTS_AT, A_ENDS_AT, A_EXPIRES_AT, A_OWNER_ID, A_SESSION_ID
};

static QbTable allocations_by_time = {
	"allocation", "allocation_calendar_id_lane_starts_at_idx", false,
	{{"calendar_id", UUIDOID}, {"lane", INT2OID}, {"starts_at", TIMESTAMPTZOID}, {"ends_at", TIMESTAMPTZOID},
		{"expires_at", TIMESTAMPTZOID}, {"owner_id", UUIDOID}, {"session_id", UUIDOID}}
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

static void
load_hours(QbScan *scan, QbProvider *p, const QbService *service)
{
	ScanKeyData key = qb_key_id(H_PROVIDER_ID, &p->id);

	qb_scan_find(scan, &key, 1, ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		QbHours    *h;
		bool		names;
		Datum		from;
		Datum		to;

		if (!is_for(scan, H_SERVICE_ID, service, &names))
			continue;
		h = APPEND(p->hours, p->nhours);
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

static void
load_overrides(QbScan *scan, QbProvider *p, const QbService *service, DateADT from, DateADT to)
{
	ScanKeyData keys[] = {
		qb_key_id(O_PROVIDER_ID, &p->id),
		qb_key(O_ON_DATE, BTGreaterEqualStrategyNumber, F_DATE_GE, InvalidOid, DateADTGetDatum(from)),
		qb_key(O_ON_DATE, BTLessEqualStrategyNumber, F_DATE_LE, InvalidOid, DateADTGetDatum(to))
	};

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		QbOverride *o;
		bool		names;
		bool		isnull;

		if (!is_for(scan, O_SERVICE_ID, service, &names))
			continue;
		o = APPEND(p->overrides, p->noverrides);
		o->for_service = names;
		o->date = DatumGetDateADT(qb_scan_not_null(scan, O_ON_DATE));
		o->start = DatumGetTimeADT(qb_scan_value(scan, O_START_TIME, &isnull));
		o->closed = isnull;
		o->end = DatumGetTimeADT(qb_scan_value(scan, O_END_TIME, &isnull));
	}
}

/* For a year more on both sides than the dates: the longest period of a limit begins there. */
static void
load_travels(QbScan *scan, QbProvider *p, DateADT date_from, DateADT date_to)
{
	ScanKeyData key = qb_key_id(T_PROVIDER_ID, &p->id);

	qb_scan_find(scan, &key, 1, ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		QbTravel   *t;
		Datum		from;
		Datum		to;

		qb_scan_range(scan, T_DATES, DateADTGetDatum(DATEVAL_NOBEGIN), DateADTGetDatum(DATEVAL_NOEND), &from, &to);
		if (DatumGetDateADT(from) >= date_to + 370 || DatumGetDateADT(to) <= date_from - 370)
			continue;
		t = APPEND(p->travels, p->ntravels);
		t->from = DatumGetDateADT(from);
		t->to = DatumGetDateADT(to);
		t->zone_name = qb_scan_text(scan, T_TIME_ZONE);
		t->zone = NULL;
	}
}

/* The bounds of a stretch of time; CHECK constraints keep it finite. */
static void
read_during(QbScan *row, int column, TimestampTz *start, TimestampTz *end)
{
	Datum		from;
	Datum		to;

	qb_scan_range(row, column, TimestampTzGetDatum(DT_NOBEGIN), TimestampTzGetDatum(DT_NOEND), &from, &to);
	*start = DatumGetTimestampTz(from);
	*end = DatumGetTimestampTz(to);
}

static ScanKeyData
overlaps_key(int column, Datum range)
{
	return qb_key(column, RANGESTRAT_OVERLAPS, F_RANGE_OVERLAPS, ANYRANGEOID, range);
}

/* A provider's time off, or with no provider that of all. */
static void
load_time_off(QbScan *scan, QbProvider **providers, int n, const QbService *service, Datum range)
{
	ScanKeyData keys[] = {qb_key_id(F_CLINIC_ID, &service->clinic_id), overlaps_key(F_DURING, range)};

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		bool		whole_clinic = qb_scan_is_null(scan, F_PROVIDER_ID);
		TimestampTz start;
		TimestampTz end;

		read_during(scan, F_DURING, &start, &end);
		if (whole_clinic)
		{
			for (int i = 0; i < n; i++)
				qb_set_add(&providers[i]->time_off, start, end);
		}
		else
		{
			pg_uuid_t	id = qb_scan_id(scan, F_PROVIDER_ID);
			QbProvider *p = provider_by_id(&id, providers, n);

			if (p != NULL)
				qb_set_add(&p->time_off, start, end);
		}
	}
}

static void
load_busy(QbScan *scan, QbProvider *p, Datum range)
{
	ScanKeyData keys[] = {qb_key_id(B_PROVIDER_ID, &p->id), overlaps_key(B_DURING, range)};

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		TimestampTz start;
		TimestampTz end;

		read_during(scan, B_DURING, &start, &end);
		qb_set_add(&p->busy, start, end);
	}
}

static void
add_allocation(QbScan *row, QbProvider *p)
{
	QbAllocation *a = APPEND(p->allocations, p->nallocations);

	a->owner_id = qb_scan_id(row, A_OWNER_ID);
	a->of_session = !qb_scan_is_null(row, A_SESSION_ID);
	a->lane = DatumGetInt16(qb_scan_not_null(row, A_LANE));
	a->start = qb_scan_time(row, A_STARTS_AT, 0);
	a->end = qb_scan_time(row, A_ENDS_AT, 0);
	a->expires_at = qb_scan_time(row, A_EXPIRES_AT, DT_NOEND);
	a->ignored = false;
}

/* Look for allocations in lanes (BTEqual: a lane; BTLess: below it) that start before to, the last first. */
static void
find_lane(QbScan *scan, const pg_uuid_t *calendar, StrategyNumber which, int lane, TimestampTz to)
{
	ScanKeyData keys[] = {
		qb_key_id(A_CALENDAR_ID, calendar),
		qb_key(A_LANE, which, which == BTEqualStrategyNumber ? F_INT24EQ : F_INT24LT, INT4OID, Int32GetDatum(lane)),
		qb_key(A_STARTS_AT, BTLessStrategyNumber, F_TIMESTAMPTZ_LT, InvalidOid, TimestampTzGetDatum(to))
	};

	qb_scan_find(scan, keys, lengthof(keys), BackwardScanDirection);
}

/* Without the index. */
static void
load_allocations_whole(QbScan *scan, QbProvider *p, TimestampTz from, TimestampTz to)
{
	ScanKeyData key = qb_key_id(A_CALENDAR_ID, &p->id);

	qb_scan_find(scan, &key, 1, ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		if (qb_scan_time(scan, A_STARTS_AT, 0) < to && qb_scan_time(scan, A_ENDS_AT, 0) > from)
			add_allocation(scan, p);
	}
}

/*
 * The allocations of a calendar that overlap [from, to).  In a lane none
 * overlaps another, so in the order of their starts their ends are in order
 * too: from the last start before to one goes back until the first that ends
 * too early.
 */
static void
load_allocations(QbScan *scan, QbProvider *p, TimestampTz from, TimestampTz to)
{
	int			lane = PG_INT16_MAX + 1;

	if (!qb_scan_is_ordered(scan))
	{
		load_allocations_whole(scan, p, from, to);
		return;
	}
	/* 0 is the lowest */
	while (lane > 0)
	{
		/* the next lane, and the last that is in it */
		find_lane(scan, &p->id, BTLessStrategyNumber, lane, DT_NOEND);
		if (!qb_scan_next(scan))
			return;
		lane = DatumGetInt16(qb_scan_not_null(scan, A_LANE));
		if (qb_scan_time(scan, A_ENDS_AT, 0) > from)
		{
			find_lane(scan, &p->id, BTEqualStrategyNumber, lane, to);
			while (qb_scan_next(scan) && qb_scan_time(scan, A_ENDS_AT, 0) > from)
				add_allocation(scan, p);
		}
	}
}

/* When the providers work: hours, overrides and travel. */
static void
load_schedules(Snapshot snapshot, const QbService *service, QbProvider **providers, int n, DateADT from, DateADT to)
{
	QbScan	   *of_hours = qb_scan_open(&hours, snapshot);
	QbScan	   *of_overrides = qb_scan_open(&overrides, snapshot);
	QbScan	   *of_travels = qb_scan_open(&travels, snapshot);

	for (int i = 0; i < n; i++)
	{
		load_hours(of_hours, providers[i], service);
		load_overrides(of_overrides, providers[i], service, from, to);
		load_travels(of_travels, providers[i], from, to);
	}
	qb_scan_close(of_hours);
	qb_scan_close(of_overrides);
	qb_scan_close(of_travels);
}

/* What takes time away in [from, to). */
static void
load_calendars(Snapshot snapshot, const QbService *service, QbProvider **providers, int n, QbProvider *patient,
			   TimestampTz from, TimestampTz to)
{
	QbScan	   *of_time_off = qb_scan_open(&times_off, snapshot);
	QbScan	   *of_busy = qb_scan_open(&busy_times, snapshot);
	QbScan	   *of_allocations = qb_scan_open(&allocations_by_time, snapshot);
	Datum		range = qb_time_range(from, to);

	if (n > 0)
		load_time_off(of_time_off, providers, n, service, range);
	for (int i = 0; i < n; i++)
	{
		load_busy(of_busy, providers[i], range);
		load_allocations(of_allocations, providers[i], from, to);
		qb_set_normalize(&providers[i]->time_off);
		qb_set_normalize(&providers[i]->busy);
	}
	if (patient)
		load_allocations(of_allocations, patient, from, to);
	qb_scan_close(of_time_off);
	qb_scan_close(of_busy);
	qb_scan_close(of_allocations);
}

static void
forget_rows(QbProvider *p)
{
	p->nhours = 0;
	p->noverrides = 0;
	p->ntravels = 0;
	p->nallocations = 0;
	qb_set_init(&p->time_off);
	qb_set_init(&p->busy);
}

void
qb_store_load(QbStore *store, const QbService *service, QbProvider **providers, int n, QbProvider *patient,
			  DateADT date_from, DateADT date_to, TimestampTz from, TimestampTz to)
{
	QbTable    *tables[] = {&hours, &overrides, &travels, &times_off, &busy_times, &allocations_by_time};
	int			nschedules = n > 0 ? 3 : 0;
	int			ncalendars = from < to ? 3 : 0;
	Snapshot	snapshot = qb_snapshot(store, &tables[3 - nschedules], nschedules + ncalendars);

	for (int i = 0; i < n; i++)
		forget_rows(providers[i]);
	if (patient)
		forget_rows(patient);
	if (n > 0)
		load_schedules(snapshot, service, providers, n, date_from, date_to);
	if (from < to)
		load_calendars(snapshot, service, providers, n, patient, from, to);
	qb_snapshot_done(snapshot);
}

int
qb_store_calendar(QbStore *store, const pg_uuid_t *calendar, TimestampTz from, TimestampTz to,
				  QbAllocation **allocations)
{
	QbTable    *tables[] = {&allocations_by_time};
	Snapshot	snapshot = qb_snapshot(store, tables, lengthof(tables));
	QbScan	   *scan = qb_scan_open(&allocations_by_time, snapshot);
	QbProvider	of = {.id = *calendar};

	load_allocations(scan, &of, from, to);
	qb_scan_close(scan);
	qb_snapshot_done(snapshot);
	*allocations = of.allocations;
	return of.nallocations;
}

static int
compare_uuids(const void *a, const void *b)
{
	CHECK_FOR_INTERRUPTS();
	return memcmp(((const pg_uuid_t *) a)->data, ((const pg_uuid_t *) b)->data, UUID_LEN);
}

/* Of n ids, which are in the first column of the rows. */
static void
mark_found(const pg_uuid_t *ids, int n, bool *found)
{
	pg_uuid_t  *rows = palloc(sizeof(pg_uuid_t) * Max(SPI_processed, 1));
	uint64		nrows = SPI_processed;

	for (uint64 row = 0; row < nrows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		rows[row] = uuid_column(row, 1);
	}
	SPI_freetuptable(SPI_tuptable);
	qsort(rows, nrows, sizeof(pg_uuid_t), compare_uuids);
	for (int i = 0; i < n; i++)
		found[i] = nrows > 0 && bsearch(&ids[i], rows, nrows, sizeof(pg_uuid_t), compare_uuids) != NULL;
	pfree(rows);
}

void
qb_store_not_counting(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *except,
					  const pg_uuid_t *owners, int n, bool *not_counting)
{
	Datum		values[] = {
		uuid_array(owners, n), UUIDPGetDatum(patient), UUIDPGetDatum(except), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', null_flag(patient == NULL), null_flag(except == NULL), ' '};

	qb_run(store, Q_NOT_COUNTING, values, nulls);
	mark_found(owners, n, not_counting);
}

void
qb_store_pending(QbStore *store, const pg_uuid_t *appointments, int n, bool *pending)
{
	Datum		values[] = {uuid_array(appointments, n)};

	qb_run(store, Q_PENDING, values, NULL);
	mark_found(appointments, n, pending);
}

int
qb_store_named_services(QbStore *store, const pg_uuid_t *provider, QbService **services)
{
	Datum		values[] = {UUIDPGetDatum(provider)};
	int			n;

	qb_run(store, Q_NAMED_SERVICES, values, NULL);
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

int
qb_store_sessions(QbStore *store, const QbService *service, QbProvider **leads, int n, TimestampTz from,
				  TimestampTz to, const pg_uuid_t *patient, const pg_uuid_t *except, QbSession **sessions)
{
	Datum		values[] = {
		UUIDPGetDatum(&service->id), provider_ids(leads, n), TimestampTzGetDatum(from), TimestampTzGetDatum(to),
		UUIDPGetDatum(patient), UUIDPGetDatum(except), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', ' ', ' ', ' ', null_flag(patient == NULL), null_flag(except == NULL), ' '};
	int			found;

	qb_run(store, Q_SESSIONS, values, nulls);
	found = (int) SPI_processed;
	*sessions = palloc(sizeof(QbSession) * Max(found, 1));
	for (int row = 0; row < found; row++)
	{
		QbSession  *s = &(*sessions)[row];

		CHECK_FOR_INTERRUPTS();
		s->id = uuid_column(row, 1);
		s->provider_id = uuid_column(row, 2);
		s->start = DatumGetTimestampTz(qb_not_null(row, 3));
		s->end = DatumGetTimestampTz(qb_not_null(row, 4));
		s->taken = DatumGetInt32(qb_not_null(row, 5));
		s->nproviders = DatumGetInt32(qb_not_null(row, 6));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_booked_time(QbStore *store, const pg_uuid_t *providers, const TimestampTz *from, const TimestampTz *to,
					 int n, int64 *booked)
{
	Datum		values[] = {uuid_array(providers, n), time_array(from, n), time_array(to, n),
	TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_BOOKED_TIME, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
		booked[DatumGetInt32(qb_not_null(row, 1))] = DatumGetInt64(qb_not_null(row, 2));
	SPI_freetuptable(SPI_tuptable);
}

/* ----------
 * Limits
 * ----------
 */

static QbPeriod
period_of(const char *word)
{
	static const char *const periods[] = {"day", "week", "month", "year", "upcoming"};

	for (int i = 0; i < (int) lengthof(periods); i++)
	{
		if (strcmp(word, periods[i]) == 0)
			return i;
	}
	elog(ERROR, "unknown period \"%s\"", word);
}

int
qb_store_limits(QbStore *store, const pg_uuid_t *clinic, const pg_uuid_t *service, QbLimit **limits)
{
	Datum		values[] = {UUIDPGetDatum(clinic), UUIDPGetDatum(service)};
	int			n;

	qb_run(store, Q_LIMITS, values, NULL);
	n = (int) SPI_processed;
	*limits = palloc0(sizeof(QbLimit) * Max(n, 1));
	for (int row = 0; row < n; row++)
	{
		QbLimit    *l = &(*limits)[row];
		bool		isnull;

		l->id = uuid_column(row, 1);
		l->has_service = uuid_or_null(row, 2, &l->service_id);
		l->has_provider = uuid_or_null(row, 3, &l->provider_id);
		l->per_patient = DatumGetBool(qb_not_null(row, 4));
		l->period = period_of(text_column(row, 5));
		l->max_count = DatumGetInt32(qb_column(row, 6, &isnull));
		if (isnull)
			l->max_count = -1;
		l->max_time = length_column(row, 7, -1);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* The statuses that do not count: of the past a noshow does, of what is to come it cannot be. */
static Datum
not_counted_statuses(bool upcoming)
{
	Datum		words[] = {
		CStringGetTextDatum(qb_status_name(QB_CANCELLED)), CStringGetTextDatum(qb_status_name(QB_ENTERED_IN_ERROR)),
		CStringGetTextDatum(qb_status_name(QB_NOSHOW))
	};

	return PointerGetDatum(construct_array(words, upcoming ? 3 : 2, TEXTOID, -1, false, TYPALIGN_INT));
}

void
qb_store_limit_use(QbStore *store, const QbLimit *l, const pg_uuid_t *clinic, const pg_uuid_t *patient,
				   const pg_uuid_t *except, TimestampTz from, TimestampTz to, QbLimitUse *use)
{
	StatementId statement = l->has_provider ? Q_LIMIT_USE_OF_PROVIDER
		: l->per_patient ? Q_LIMIT_USE_OF_PATIENT : Q_LIMIT_USE;
	Datum		values[] = {
		UUIDPGetDatum(l->has_provider ? &l->provider_id : l->per_patient ? patient : clinic),
		UUIDPGetDatum(&l->service_id), TimestampTzGetDatum(from), TimestampTzGetDatum(to), UUIDPGetDatum(except),
		TimestampTzGetDatum(qb_now()), BoolGetDatum(l->per_patient),
		not_counted_statuses(l->period == QB_PERIOD_UPCOMING), UUIDPGetDatum(patient), UUIDPGetDatum(patient)
	};
	char		nulls[] = {
		' ', null_flag(!l->has_service), ' ', ' ', null_flag(except == NULL), ' ', ' ', ' ',
		null_flag(patient == NULL), null_flag(!l->per_patient)
	};

	qb_run(store, statement, values, nulls);
	use->count = DatumGetInt64(qb_not_null(0, 1));
	use->time = DatumGetInt64(qb_not_null(0, 2));
	SPI_freetuptable(SPI_tuptable);
}

int
qb_store_own_holds(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *except, QbOwnHold **holds)
{
	Datum		values[] = {UUIDPGetDatum(patient), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(except)};
	char		nulls[] = {' ', ' ', null_flag(except == NULL)};
	int			n;

	qb_run(store, Q_OWN_HOLDS, values, nulls);
	n = (int) SPI_processed;
	*holds = palloc(sizeof(QbOwnHold) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*holds)[row] = (QbOwnHold) {
			uuid_column(row, 1), uuid_column(row, 2), uuid_column(row, 3),
			DatumGetTimestampTz(qb_not_null(row, 4)), DatumGetTimestampTz(qb_not_null(row, 5)),
			DatumGetBool(qb_not_null(row, 6))
		};
	SPI_freetuptable(SPI_tuptable);
	return n;
}

bool
qb_store_limit_shrinks(QbStore *store, const pg_uuid_t *limit, char **period)
{
	Datum		values[] = {UUIDPGetDatum(limit)};
	bool		found;

	qb_run(store, Q_LIMIT_SHRINKS, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*period = text_column(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return found;
}
