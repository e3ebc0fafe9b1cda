/*
 * calendars.c
 *		The tables: what takes time.
 */
#include "postgres.h"

#include "store/calendars.h"

#include "access/stratnum.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"

#include "store/scan.h"
#include "store/statements.h"

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

static void
load_busy(QbScan *scan, QbCalendar *c, Datum range)
{
	ScanKeyData keys[] = {qb_key_id(B_PROVIDER_ID, &c->id), qb_key_overlaps(B_DURING, range)};

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		QbInterval	during = qb_scan_during(scan, B_DURING);

		qb_set_add(&c->busy, during.start, during.end);
	}
}

static void
add_allocation(QbScan *row, QbCalendar *c)
{
	QbAllocation *a = QB_APPEND(c->allocations, c->nallocations);

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
load_allocations_whole(QbScan *scan, QbCalendar *c, TimestampTz from, TimestampTz to)
{
	ScanKeyData key = qb_key_id(A_CALENDAR_ID, &c->id);

	qb_scan_find(scan, &key, 1, ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		if (qb_scan_time(scan, A_STARTS_AT, 0) < to && qb_scan_time(scan, A_ENDS_AT, 0) > from)
			add_allocation(scan, c);
	}
}

/*
 * The allocations of a calendar that overlap [from, to).  In a lane none
 * overlaps another, so in the order of their starts their ends are in order
 * too: from the last start before to one goes back until the first that ends
 * too early.
 */
static void
load_allocations(QbScan *scan, QbCalendar *c, TimestampTz from, TimestampTz to)
{
	int			lane = PG_INT16_MAX + 1;

	if (!qb_scan_is_ordered(scan))
	{
		load_allocations_whole(scan, c, from, to);
		return;
	}
	/* 0 is the lowest */
	while (lane > 0)
	{
		/* the next lane, and the last that is in it */
		find_lane(scan, &c->id, BTLessStrategyNumber, lane, DT_NOEND);
		if (!qb_scan_next(scan))
			return;
		lane = DatumGetInt16(qb_scan_not_null(scan, A_LANE));
		if (qb_scan_time(scan, A_ENDS_AT, 0) > from)
		{
			find_lane(scan, &c->id, BTEqualStrategyNumber, lane, to);
			while (qb_scan_next(scan) && qb_scan_time(scan, A_ENDS_AT, 0) > from)
				add_allocation(scan, c);
		}
	}
}

void
qb_load_calendars(QbStore *store, QbCalendar **calendars, int n, TimestampTz from, TimestampTz to)
{
	QbTable    *tables[] = {&busy_times, &allocations_by_time};
	Snapshot	snapshot = qb_snapshot(store, tables, lengthof(tables));
	QbScan	   *of_busy = qb_scan_open(&busy_times, snapshot);
	QbScan	   *of_allocations = qb_scan_open(&allocations_by_time, snapshot);
	Datum		range = qb_time_range(from, to);

	for (int i = 0; i < n; i++)
	{
		QbCalendar *c = calendars[i];

		c->nallocations = 0;
		qb_set_init(&c->busy);
		if (!c->of_patient)
			load_busy(of_busy, c, range);
		load_allocations(of_allocations, c, from, to);
		qb_set_normalize(&c->busy);
	}
	qb_scan_close(of_busy);
	qb_scan_close(of_allocations);
	qb_snapshot_done(snapshot);
}

int
qb_store_calendar(QbStore *store, const pg_uuid_t *calendar, TimestampTz from, TimestampTz to,
				  QbAllocation **allocations)
{
	QbTable    *tables[] = {&allocations_by_time};
	Snapshot	snapshot = qb_snapshot(store, tables, lengthof(tables));
	QbScan	   *scan = qb_scan_open(&allocations_by_time, snapshot);
	QbCalendar	of = {.id = *calendar};

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

static QbStatement not_counting_sql = {
	"SELECT id FROM quickbook.appointment WHERE id = ANY ($1) AND patient_id = $2 AND status = 'held'"
	" UNION ALL"
	" SELECT s.id FROM quickbook.session s WHERE s.id = ANY ($1) AND NOT EXISTS (SELECT"
	" FROM quickbook.appointment a WHERE a.session_id = s.id AND " QB_SEAT_COUNTS("$2", "$3", "$4") ")",
	4, {UUIDARRAYOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}, "u"
};

void
qb_store_not_counting(QbStore *store, const QbExempt *exempt, const pg_uuid_t *owners, int n, bool *not_counting)
{
	Datum		values[] = {
		uuid_array(owners, n), UUIDPGetDatum(exempt->patient), UUIDPGetDatum(exempt->appointment),
		TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', null_flag(exempt->patient == NULL), null_flag(exempt->appointment == NULL), ' '};

	qb_run(store, &not_counting_sql, values, nulls);
	mark_found(owners, n, not_counting);
}

static QbStatement pending_sql = {
	"SELECT id FROM quickbook.appointment WHERE id = ANY ($1) AND status = 'pending'",
	1, {UUIDARRAYOID}, "u"
};

void
qb_store_pending(QbStore *store, const pg_uuid_t *appointments, int n, bool *pending)
{
	Datum		values[] = {uuid_array(appointments, n)};

	qb_run(store, &pending_sql, values, NULL);
	mark_found(appointments, n, pending);
}

static Datum
provider_ids(QbProvider **providers, int n)
{
	pg_uuid_t  *ids = palloc(sizeof(pg_uuid_t) * n);

	for (int i = 0; i < n; i++)
		ids[i] = providers[i]->calendar.id;
	return uuid_array(ids, n);
}

static QbStatement sessions_sql = {
	"SELECT s.id, s.provider_id, s.starts_at, s.ends_at, (SELECT count(*)::int4 FROM quickbook.appointment a"
	" WHERE a.session_id = s.id AND " QB_SEAT_COUNTS("$5", "$6", "$7") "),"
	" (SELECT count(*)::int4 FROM quickbook.allocation l WHERE l.owner_id = s.id)"
	" FROM quickbook.session s WHERE s.service_id = $1 AND s.provider_id = ANY ($2)"
	" AND s.starts_at >= $3 AND s.starts_at < $4",
	7, {UUIDOID, UUIDARRAYOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}, "uuzzii"
};

int
qb_store_sessions(QbStore *store, const QbService *service, QbProvider **leads, int n, QbInterval period,
				  const QbExempt *exempt, QbSession **sessions)
{
	Datum		values[] = {
		UUIDPGetDatum(&service->id), provider_ids(leads, n), TimestampTzGetDatum(period.start),
		TimestampTzGetDatum(period.end), UUIDPGetDatum(exempt->patient), UUIDPGetDatum(exempt->appointment),
		TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {
		' ', ' ', ' ', ' ', null_flag(exempt->patient == NULL), null_flag(exempt->appointment == NULL), ' '
	};
	int			found;

	qb_run(store, &sessions_sql, values, nulls);
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

static QbStatement booked_time_sql = {
	"SELECT (w.place - 1)::int4, (SELECT coalesce(sum(extract(epoch FROM"
	" coalesce(p.ends_at - p.starts_at, s.ends_at - s.starts_at)) * 1000000), 0)::int8"
	" FROM quickbook.allocation a LEFT JOIN quickbook.appointment p ON p.id = a.appointment_id"
	" LEFT JOIN quickbook.session s ON s.id = a.session_id"
	" WHERE a.calendar_id = w.id AND tstzrange(a.starts_at, a.ends_at) && tstzrange(w.from_time, w.to_time)"
	" AND coalesce(p.starts_at, s.starts_at) >= w.from_time AND coalesce(p.starts_at, s.starts_at) < w.to_time"
	" AND (a.expires_at IS NULL OR a.expires_at > $4))"
	" FROM unnest($1, $2, $3) WITH ORDINALITY AS w (id, from_time, to_time, place)",
	4, {UUIDARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZOID}, "il"
};

void
qb_store_booked_time(QbStore *store, const pg_uuid_t *providers, const TimestampTz *from, const TimestampTz *to,
					 int n, int64 *booked)
{
	Datum		values[] = {uuid_array(providers, n), time_array(from, n), time_array(to, n),
	TimestampTzGetDatum(qb_now())};

	qb_run(store, &booked_time_sql, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
		booked[DatumGetInt32(qb_not_null(row, 1))] = DatumGetInt64(qb_not_null(row, 2));
	SPI_freetuptable(SPI_tuptable);
}
