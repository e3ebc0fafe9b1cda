/*
 * limits.c
 *		The tables: limits, and what they count.
 */
#include "postgres.h"

#include "store/limits.h"

#include "catalog/pg_type.h"

#include "store/statements.h"

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
qb_store_limit_use(QbStore *store, const QbLimit *l, const pg_uuid_t *clinic, const QbExempt *exempt,
				   QbInterval period, QbLimitUse *use)
{
	const pg_uuid_t *patient = exempt->patient;
	const pg_uuid_t *except = exempt->appointment;
	StatementId statement = l->has_provider ? Q_LIMIT_USE_OF_PROVIDER
		: l->per_patient ? Q_LIMIT_USE_OF_PATIENT : Q_LIMIT_USE;
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
