/*
 * store_calendar.c
 *		The tables: what decides about free time.
 */
#include "postgres.h"

#include "statements.h"

#include "compat.h"

/* ----------
 * Calendars
 * ----------
 */

/* Columns of Q_LOAD; which are set depends on the kind. */
typedef enum LoadColumn
{
	L_KIND = 1,
	L_PROVIDER,
	L_FLAG,						/* for the service; of a session */
	L_NUMBER,					/* weekday; lane */
	L_EVERY_WEEKS,
	L_DATE,						/* valid from; the date; travels from */
	L_DATE_TO,
	L_ANCHORED_ON,
	L_START_TIME,
	L_END_TIME,
	L_START,
	L_END,
	L_EXPIRES_AT,
	L_OWNER,
	L_ZONE
} LoadColumn;

static void
add_hours(uint64 row, QbProvider *p)
{
	QbHours    *h = APPEND(p->hours, p->nhours);

	h->for_service = DatumGetBool(not_null(row, L_FLAG));
	h->weekday = DatumGetInt32(not_null(row, L_NUMBER));
	h->start = DatumGetTimeADT(not_null(row, L_START_TIME));
	h->end = DatumGetTimeADT(not_null(row, L_END_TIME));
	h->valid_from = date_column(row, L_DATE, DATEVAL_NOBEGIN);
	h->valid_to = date_column(row, L_DATE_TO, DATEVAL_NOEND);
	h->every_weeks = DatumGetInt32(not_null(row, L_EVERY_WEEKS));
	h->anchored_on = date_column(row, L_ANCHORED_ON, 0);
}

static void
add_override(uint64 row, QbProvider *p)
{
	QbOverride *o = APPEND(p->overrides, p->noverrides);
	bool		isnull;

	o->for_service = DatumGetBool(not_null(row, L_FLAG));
	o->date = DatumGetDateADT(not_null(row, L_DATE));
	o->start = DatumGetTimeADT(column(row, L_START_TIME, &isnull));
	o->closed = isnull;
	o->end = DatumGetTimeADT(column(row, L_END_TIME, &isnull));
}

static void
add_travel(uint64 row, QbProvider *p)
{
	QbTravel   *t = APPEND(p->travels, p->ntravels);

	t->from = date_column(row, L_DATE, DATEVAL_NOBEGIN);
	t->to = date_column(row, L_DATE_TO, DATEVAL_NOEND);
	t->zone_name = text_column(row, L_ZONE);
	t->zone = NULL;
}

/* A provider's time off, or with no provider that of all. */
static void
add_time_off(uint64 row, QbProvider **providers, int n)
{
	int64		start = DatumGetTimestampTz(not_null(row, L_START));
	int64		end = DatumGetTimestampTz(not_null(row, L_END));
	bool		whole_clinic;

	column(row, L_PROVIDER, &whole_clinic);
	if (!whole_clinic)
		qb_set_add(&provider_of(row, L_PROVIDER, providers, n)->time_off, start, end);
	else
		for (int i = 0; i < n; i++)
			qb_set_add(&providers[i]->time_off, start, end);
}

static void
read_allocation(uint64 row, QbAllocation *a, int owner, int flag, int lane, int start, int end, int expires_at)
{
	a->owner_id = uuid_column(row, owner);
	a->of_session = DatumGetBool(not_null(row, flag));
	a->lane = DatumGetInt32(not_null(row, lane));
	a->start = DatumGetTimestampTz(not_null(row, start));
	a->end = DatumGetTimestampTz(not_null(row, end));
	a->expires_at = time_column(row, expires_at, DT_NOEND);
	a->ignored = false;
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

static void
add_row(uint64 row, QbProvider **providers, int n, QbProvider *patient)
{
	char		kind = DatumGetChar(not_null(row, L_KIND));
	QbProvider *p;

	if (kind == 'f')
	{
		add_time_off(row, providers, n);
		return;
	}
	p = kind == 'p' ? patient : provider_of(row, L_PROVIDER, providers, n);
	switch (kind)
	{
		case 'h':
			add_hours(row, p);
			break;
		case 'o':
			add_override(row, p);
			break;
		case 't':
			add_travel(row, p);
			break;
		case 'b':
			qb_set_add(&p->busy, DatumGetTimestampTz(not_null(row, L_START)),
					   DatumGetTimestampTz(not_null(row, L_END)));
			break;
		default:
			read_allocation(row, APPEND(p->allocations, p->nallocations),
							L_OWNER, L_FLAG, L_NUMBER, L_START, L_END, L_EXPIRES_AT);
	}
}

void
qb_store_load(QbStore *store, const QbService *service, QbProvider **providers, int n, QbProvider *patient,
			  DateADT date_from, DateADT date_to, TimestampTz from, TimestampTz to)
{
	Datum		values[] = {
		provider_ids(providers, n), UUIDPGetDatum(&service->id), DateADTGetDatum(date_from),
		DateADTGetDatum(date_to), UUIDPGetDatum(&service->clinic_id), TimestampTzGetDatum(from),
		TimestampTzGetDatum(to), patient ? UUIDPGetDatum(&patient->id) : (Datum) 0
	};
	char		nulls[] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', null_flag(patient == NULL)};

	for (int i = 0; i < n; i++)
		forget_rows(providers[i]);
	if (patient)
		forget_rows(patient);
	qb_run(store, Q_LOAD, values, nulls);
	for (uint64 row = 0; row < SPI_processed; row++)
		add_row(row, providers, n, patient);
	SPI_freetuptable(SPI_tuptable);
	for (int i = 0; i < n; i++)
	{
		qb_set_normalize(&providers[i]->time_off);
		qb_set_normalize(&providers[i]->busy);
	}
}

int
qb_store_calendar(QbStore *store, const pg_uuid_t *calendar, TimestampTz from, TimestampTz to,
				  QbAllocation **allocations)
{
	Datum		values[] = {UUIDPGetDatum(calendar), TimestampTzGetDatum(from), TimestampTzGetDatum(to)};
	int			n;

	qb_run(store, Q_CALENDAR, values, NULL);
	n = (int) SPI_processed;
	*allocations = palloc(sizeof(QbAllocation) * Max(n, 1));
	for (int row = 0; row < n; row++)
		read_allocation(row, &(*allocations)[row], 1, 2, 3, 4, 5, 6);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* Of n ids, which are in the first column of the rows. */
static void
mark_found(const pg_uuid_t *ids, int n, bool *found)
{
	memset(found, 0, sizeof(bool) * n);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		pg_uuid_t	id = uuid_column(row, 1);

		for (int i = 0; i < n; i++)
			found[i] |= qb_uuid_equal(&id, &ids[i]);
	}
	SPI_freetuptable(SPI_tuptable);
}

void
qb_store_not_counting(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *except,
					  const pg_uuid_t *owners, int n, bool *not_counting)
{
	Datum		values[] = {
		uuid_array(owners, NULL, n), UUIDPGetDatum(patient), UUIDPGetDatum(except), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', null_flag(patient == NULL), null_flag(except == NULL), ' '};

	qb_run(store, Q_NOT_COUNTING, values, nulls);
	mark_found(owners, n, not_counting);
}

void
qb_store_pending(QbStore *store, const pg_uuid_t *appointments, int n, bool *pending)
{
	Datum		values[] = {uuid_array(appointments, NULL, n)};

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
		(*services)[row].week_start = DatumGetInt16(not_null(row, 3));
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

		s->id = uuid_column(row, 1);
		s->provider_id = uuid_column(row, 2);
		s->start = DatumGetTimestampTz(not_null(row, 3));
		s->end = DatumGetTimestampTz(not_null(row, 4));
		s->taken = DatumGetInt32(not_null(row, 5));
		s->nproviders = DatumGetInt32(not_null(row, 6));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_booked_time(QbStore *store, const pg_uuid_t *providers, const TimestampTz *from, const TimestampTz *to,
					 int n, int64 *booked)
{
	Datum		values[] = {uuid_array(providers, NULL, n), time_array(from, n), time_array(to, n),
	TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_BOOKED_TIME, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
		booked[DatumGetInt32(not_null(row, 1))] = DatumGetInt64(not_null(row, 2));
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
		l->per_patient = DatumGetBool(not_null(row, 4));
		l->period = period_of(text_column(row, 5));
		l->max_count = DatumGetInt32(column(row, 6, &isnull));
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
		CStringGetTextDatum("cancelled"), CStringGetTextDatum("entered-in-error"), CStringGetTextDatum("noshow")
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
	use->count = DatumGetInt64(not_null(0, 1));
	use->time = DatumGetInt64(not_null(0, 2));
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
			DatumGetTimestampTz(not_null(row, 4)), DatumGetTimestampTz(not_null(row, 5)),
			DatumGetBool(not_null(row, 6))
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
