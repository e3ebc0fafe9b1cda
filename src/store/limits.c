/*
 * limits.c
 *		The tables: limits, and what they count.
 */
#include "postgres.h"

#include "store/limits.h"

#include "catalog/pg_type_d.h"

#include "store/statements.h"
#include "store/status.h"

/*
 * What a limit counts of the appointments that match; a session's time once,
 * unless each patient counts alone.
 */
#define LIMIT_USE(match) \
	"SELECT count(*), coalesce(sum(extract(epoch FROM length) * 1000000)" \
	" FILTER (WHERE $7 OR place = 1), 0)::int8 FROM (" \
	"SELECT a.ends_at - a.starts_at AS length, row_number() OVER (PARTITION BY coalesce(a.session_id, a.id)) AS place" \
	" FROM quickbook.appointment a WHERE " match " AND ($2 IS NULL OR a.service_id = $2)" \
	" AND a.starts_at >= $3 AND a.starts_at < $4 AND a.id IS DISTINCT FROM $5" \
	" AND a.status <> ALL ($8) AND NOT (a.status = 'held'" \
	" AND (a.expires_at <= $6 OR coalesce(a.patient_id = $9, false)))) AS counted"

static QbPeriod
parse_period(const char *word)
{
	static const char *const periods[] = {"day", "week", "month", "year", "upcoming"};

	for (int i = 0; i < (int) lengthof(periods); i++)
	{
		if (strcmp(word, periods[i]) == 0)
			return i;
	}
	elog(ERROR, "unknown period \"%s\"", word);
}

static QbStatement limits_sql = {
	"SELECT id, service_id, provider_id, per_patient, period, max_count, max_time FROM quickbook.booking_limit"
	" WHERE clinic_id = $1 AND (service_id IS NULL OR service_id = $2) ORDER BY id",
	2, {UUIDOID, UUIDOID}, "uuubtiv"
};

int
qb_store_limits(QbStore *store, const pg_uuid_t *clinic, const pg_uuid_t *service, QbLimit **limits)
{
	Datum		values[] = {UUIDPGetDatum(clinic), UUIDPGetDatum(service)};
	int			n;

	qb_run(store, &limits_sql, values, NULL);
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
		l->period = parse_period(text_column(row, 5));
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

static QbStatement limit_use_of_provider_sql = {
	LIMIT_USE("a.provider_id = $1 AND ($10 IS NULL OR a.patient_id = $10)"),
	10, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID,
	UUIDOID}, "ll"
};

static QbStatement limit_use_of_patient_sql = {
	LIMIT_USE("a.patient_id = $1"),
	9, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID}, "ll"
};

static QbStatement limit_use_sql = {
	LIMIT_USE("a.clinic_id = $1"),
	9, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID}, "ll"
};

void
qb_store_limit_use(QbStore *store, const QbLimit *l, const pg_uuid_t *clinic, const QbExempt *exempt,
				   QbInterval period, QbLimitUse *use)
{
	const pg_uuid_t *patient = exempt->patient;
	const pg_uuid_t *except = exempt->appointment;
	QbStatement *statement = l->has_provider ? &limit_use_of_provider_sql
		: l->per_patient ? &limit_use_of_patient_sql : &limit_use_sql;
	Datum		values[] = {
		UUIDPGetDatum(l->has_provider ? &l->provider_id : l->per_patient ? patient : clinic),
		UUIDPGetDatum(&l->service_id), TimestampTzGetDatum(period.start), TimestampTzGetDatum(period.end),
		UUIDPGetDatum(except),
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

static QbStatement own_holds_sql = {
	"SELECT h.id, h.service_id, h.provider_id, h.starts_at, h.ends_at, EXISTS (SELECT FROM quickbook.appointment a"
	" WHERE a.session_id = h.session_id AND " QB_SEAT_COUNTS("$1", "$3", "$2") ")"
	" FROM quickbook.appointment h"
	" WHERE h.patient_id = $1 AND h.status = 'held' AND h.expires_at > $2 AND h.id IS DISTINCT FROM $3",
	3, {UUIDOID, TIMESTAMPTZOID, UUIDOID}, "uuuzzb"
};

int
qb_store_own_holds(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *except, QbOwnHold **holds)
{
	Datum		values[] = {UUIDPGetDatum(patient), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(except)};
	char		nulls[] = {' ', ' ', null_flag(except == NULL)};
	int			n;

	qb_run(store, &own_holds_sql, values, nulls);
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

static QbStatement limit_shrinks_sql = {
	"SELECT l.period FROM quickbook.booking_limit l JOIN quickbook.booking_limit s ON s.clinic_id = l.clinic_id"
	" AND s.service_id IS NOT DISTINCT FROM l.service_id AND s.provider_id IS NOT DISTINCT FROM l.provider_id"
	" AND s.per_patient = l.per_patient AND (s.max_count > l.max_count OR s.max_time > l.max_time)"
	" AND array_position(ARRAY['day', 'week', 'month', 'year'], s.period)"
	" < array_position(ARRAY['day', 'week', 'month', 'year'], l.period)"
	" WHERE $1 IN (l.id, s.id) LIMIT 1",
	1, {UUIDOID}, "t"
};

bool
qb_store_limit_shrinks(QbStore *store, const pg_uuid_t *limit, char **period)
{
	Datum		values[] = {UUIDPGetDatum(limit)};
	bool		found;

	qb_run(store, &limit_shrinks_sql, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*period = text_column(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return found;
}
