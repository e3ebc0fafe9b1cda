/*
 * appointments.c
 *		The tables: appointments.
 */
#include "postgres.h"

#include "store/appointments.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/secrets.h"
#include "store/insert.h"
#include "store/statements.h"

#define NAME_FIRST(id, name, type, letter) name
#define NAME_NEXT(id, name, type, letter) ", " name
#define APPOINTMENT_COLUMNS QB_APPOINTMENT_COLUMNS(NAME_FIRST, NAME_NEXT)

#define LETTER(id, name, type, letter) letter
#define APPOINTMENT_TYPES QB_APPOINTMENT_COLUMNS(LETTER, LETTER)

#define COLUMN(id, name, type, letter) {name, type},

#define LIST(match) \
	"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment a WHERE " match \
	" AND a.starts_at >= $1 AND a.starts_at < $2" \
	" AND ($3 IS NULL OR EXISTS (SELECT FROM quickbook.appointment_resource r" \
	" WHERE r.appointment_id = a.id AND r.provider_id = $3))" \
	" AND ($4 IS NULL OR a.patient_id = $4) AND ($5 IS NULL OR a.status = $5)" \
	" AND ($6 IS NULL OR a.clinic_id = $6) ORDER BY a.starts_at, a.id"

/* ----------
 * Appointments
 * ----------
 */

void
qb_store_read_field(QbAppointment *a, QbAppointmentColumn column)
{
	bool		isnull = a->nulls[column];
	Datum		value = a->values[column];
	pg_uuid_t	id = {0};

	if (!isnull && qb_store_appointment_type(column) == UUIDOID)
		id = *DatumGetUUIDP(value);
	switch (column)
	{
		case QB_A_ID:
			a->id = id;
			break;
		case QB_A_CLINIC_ID:
			a->clinic_id = id;
			break;
		case QB_A_PATIENT_ID:
			a->has_patient = !isnull;
			a->patient_id = id;
			break;
		case QB_A_SERVICE_ID:
			a->service_id = id;
			break;
		case QB_A_PROVIDER_ID:
			a->provider_id = id;
			break;
		case QB_A_SESSION_ID:
			a->has_session = !isnull;
			a->session_id = id;
			break;
		case QB_A_SEAT:
			a->seat = isnull ? 0 : DatumGetInt32(value);
			break;
		case QB_A_STATUS:
			a->status = isnull ? QB_NSTATUSES : qb_status_of(TextDatumGetCString(value));
			break;
		case QB_A_STARTS_AT:
			a->starts_at = isnull ? 0 : DatumGetTimestampTz(value);
			break;
		case QB_A_ENDS_AT:
			a->ends_at = isnull ? 0 : DatumGetTimestampTz(value);
			break;
		case QB_A_EXPIRES_AT:
			a->expires_at = isnull ? DT_NOEND : DatumGetTimestampTz(value);
			break;
		case QB_A_VERSION:
			a->version = isnull ? 0 : DatumGetInt32(value);
			break;
		default:
			break;
	}
}

/* A row as it stands in the table; what install() made NOT NULL is looked at, since others may have changed it. */
static QbAppointment *
appointment_from(const Datum *values, const bool *nulls)
{
	static const QbAppointmentColumn needed[] = {
		QB_A_ID, QB_A_CLINIC_ID, QB_A_SERVICE_ID, QB_A_PROVIDER_ID, QB_A_STATUS, QB_A_STARTS_AT, QB_A_ENDS_AT,
		QB_A_VERSION, QB_A_SEQUENCE
	};
	QbAppointment *a = palloc0(sizeof(QbAppointment));

	for (int i = 0; i < lengthof(needed); i++)
	{
		if (nulls[needed[i]])
			qb_raise_null("appointment", qb_store_appointment_column(needed[i]));
	}
	if (!nulls[QB_A_SESSION_ID] && nulls[QB_A_SEAT])
		qb_raise_null("appointment", "seat");
	memcpy(a->values, values, sizeof(a->values));
	memcpy(a->nulls, nulls, sizeof(a->nulls));
	for (int i = 0; i < QB_A_NCOLUMNS; i++)
		qb_store_read_field(a, i);
	return a;
}

/* The appointment in a row, NULL when there is none. */
static QbAppointment *
read_appointment(uint64 row)
{
	Datum	   *values;
	bool	   *nulls;
	int			ncolumns;

	if (row >= SPI_processed)
		return NULL;
	ncolumns = SPI_tuptable->tupdesc->natts;
	values = palloc(sizeof(Datum) * ncolumns);
	nulls = palloc(sizeof(bool) * ncolumns);
	heap_deform_tuple(heap_copytuple(SPI_tuptable->vals[row]), SPI_tuptable->tupdesc, values, nulls);
	return appointment_from(values, nulls);
}

/* Fill in arguments from columns of the appointment, in order. */
static void
bind_columns(const QbAppointment *a, const QbAppointmentColumn *columns, int n, Datum *values, char *nulls)
{
	for (int i = 0; i < n; i++)
	{
		values[i] = a->values[columns[i]];
		nulls[i] = null_flag(a->nulls[columns[i]]);
	}
}

static QbStatement appointment_locked_sql = {
	"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment WHERE id = $1 FOR NO KEY UPDATE",
	1, {UUIDOID}, APPOINTMENT_TYPES
};

static QbStatement appointment_sql = {
	"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment WHERE id = $1",
	1, {UUIDOID}, APPOINTMENT_TYPES
};

QbAppointment *
qb_store_appointment(QbStore *store, const pg_uuid_t *id, bool lock)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	QbAppointment *a;

	qb_run(store, lock ? &appointment_locked_sql : &appointment_sql, values, NULL);
	a = read_appointment(0);
	SPI_freetuptable(SPI_tuptable);
	return a;
}

/* Of a request with an idempotency key: in one encoding, since a dump may change the database's. */
static Datum
request_hash(const char *request)
{
	char	   *text = pg_server_to_any(request, (int) strlen(request), PG_UTF8);
	uint8		hash[QB_SHA256_LENGTH];

	qb_sha256(text, (int) strlen(text), hash);
	return bytes_datum(hash, sizeof(hash));
}

static QbStatement appointment_by_key_sql = {
	/* the caller's, else one of 0.1.0, which is of no scope */
	"SELECT " APPOINTMENT_COLUMNS ", request_hash = $3, idempotency_scope = '' FROM quickbook.appointment"
	" WHERE clinic_id = $1 AND idempotency_key = $2 AND idempotency_scope IN ($4, '')"
	" ORDER BY idempotency_scope = '' LIMIT 1",
	4, {UUIDOID, TEXTOID, BYTEAOID, TEXTOID}, APPOINTMENT_TYPES "bb"
};

QbAppointment *
qb_store_appointment_by_key(QbStore *store, const pg_uuid_t *clinic, const QbKey *key, QbKeyMatch *match)
{
	Datum		values[] = {
		UUIDPGetDatum(clinic), CStringGetTextDatum(key->key), request_hash(key->request), CStringGetTextDatum(key->scope)
	};
	QbAppointment *a;

	qb_run(store, &appointment_by_key_sql, values, NULL);
	a = read_appointment(0);
	if (a != NULL)
	{
		match->same_request = DatumGetBool(qb_not_null(0, QB_A_NCOLUMNS + 1));
		match->of_clinic = DatumGetBool(qb_not_null(0, QB_A_NCOLUMNS + 2));
	}
	SPI_freetuptable(SPI_tuptable);
	return a;
}

/* Columns that only the row has. */
#define REQUEST_HASH QB_A_NCOLUMNS
#define KEY_SCOPE (QB_A_NCOLUMNS + 1)
#define NCOLUMNS (QB_A_NCOLUMNS + 2)

static QbTarget appointments = {
	.table = {
		"appointment", NULL, false,
		{QB_APPOINTMENT_COLUMNS(COLUMN, COLUMN)
		{"request_hash", BYTEAOID}, {"idempotency_scope", TEXTOID}}
	}
};

const char *
qb_store_appointment_column(QbAppointmentColumn column)
{
	return appointments.table.columns[column].name;
}

Oid
qb_store_appointment_type(QbAppointmentColumn column)
{
	return appointments.table.columns[column].type;
}

QbAppointment *
qb_store_insert_appointment(QbStore *store, const QbAppointment *appointment, const QbKey *key)
{
	Datum		values[NCOLUMNS];
	bool		nulls[NCOLUMNS];
	QbInsert   *insert = qb_insert_open(&appointments);

	memcpy(values, appointment->values, sizeof(appointment->values));
	memcpy(nulls, appointment->nulls, sizeof(appointment->nulls));
	values[QB_A_VERSION] = Int32GetDatum(1);
	values[QB_A_SEQUENCE] = Int32GetDatum(0);
	nulls[QB_A_VERSION] = nulls[QB_A_SEQUENCE] = false;
	values[QB_A_CREATED_AT] = values[QB_A_UPDATED_AT];
	nulls[QB_A_CREATED_AT] = nulls[QB_A_UPDATED_AT];
	nulls[REQUEST_HASH] = key->key == NULL;
	if (key->key)
		values[REQUEST_HASH] = request_hash(key->request);
	nulls[KEY_SCOPE] = false;
	values[KEY_SCOPE] = CStringGetTextDatum(key->key ? key->scope : "");
	if (!qb_insert_row(insert, values, nulls))
		qb_raise_left_out("INSERT", "appointment");
	for (int i = 0; i < QB_A_NCOLUMNS; i++)
		values[i] = qb_insert_value(insert, i, &nulls[i]);
	qb_insert_close(insert);
	return appointment_from(values, nulls);
}

static QbStatement update_appointment_sql = {
	"UPDATE quickbook.appointment SET patient_id = $2, provider_id = $3, session_id = $4, seat = $5, status = $6,"
	" starts_at = $7, ends_at = $8, expires_at = $9, sequence = $10, notes = $11, details = $12, updated_at = $13,"
	" cancel_reason = $14, cancelled_by = $15, late = $16, hold_token = $17,"
	" version = version + 1 WHERE id = $1 RETURNING " APPOINTMENT_COLUMNS,
	17, {UUIDOID, UUIDOID, UUIDOID, UUIDOID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	INT4OID, TEXTOID, JSONBOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, BOOLOID, TEXTOID}, APPOINTMENT_TYPES, "appointment"
};

QbAppointment *
qb_store_update_appointment(QbStore *store, const QbAppointment *appointment)
{
	static const QbAppointmentColumn columns[] = {
		QB_A_ID, QB_A_PATIENT_ID, QB_A_PROVIDER_ID, QB_A_SESSION_ID, QB_A_SEAT, QB_A_STATUS, QB_A_STARTS_AT,
		QB_A_ENDS_AT, QB_A_EXPIRES_AT, QB_A_SEQUENCE, QB_A_NOTES, QB_A_DETAILS, QB_A_UPDATED_AT,
		QB_A_CANCEL_REASON, QB_A_CANCELLED_BY, QB_A_LATE, QB_A_HOLD_TOKEN
	};
	Datum		values[lengthof(columns)];
	char		nulls[lengthof(columns)];
	QbAppointment *a;

	bind_columns(appointment, columns, lengthof(columns), values, nulls);
	qb_run(store, &update_appointment_sql, values, nulls);
	a = read_appointment(0);
	SPI_freetuptable(SPI_tuptable);
	return a;
}

/* Appointments are read so many at a time. */
#define BATCH 100

/* Read a statement's rows some at a time, each into a memory context that the next one reuses. */
static void
visit_rows(QbStore *store, QbStatement *statement, Datum *values, const char *nulls, QbVisit visit, void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext batch = AllocSetContextCreate(context, "quickbook appointments", ALLOCSET_DEFAULT_SIZES);
	MemoryContext turn = AllocSetContextCreate(context, "quickbook appointment", ALLOCSET_DEFAULT_SIZES);
	QbAppointment *found[BATCH];
	QbCursor	cursor = qb_cursor_open(store, statement, values, nulls);
	int			n;

	MemoryContextSwitchTo(batch);
	while ((n = qb_cursor_fetch(&cursor, BATCH)) > 0)
	{
		for (int row = 0; row < n; row++)
			found[row] = read_appointment(row);
		SPI_freetuptable(SPI_tuptable);
		MemoryContextSwitchTo(turn);
		for (int i = 0; i < n; i++)
		{
			CHECK_FOR_INTERRUPTS();
			visit(arg, found[i]);
			MemoryContextReset(turn);
		}
		MemoryContextSwitchTo(batch);
		MemoryContextReset(batch);
	}
	MemoryContextSwitchTo(context);
	qb_cursor_close(&cursor);
	MemoryContextDelete(turn);
	MemoryContextDelete(batch);
}

static QbStatement appointments_of_patient_sql = {
	LIST("a.patient_id = $4"),
	6, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID, UUIDOID}, APPOINTMENT_TYPES
};

static QbStatement appointments_of_provider_sql = {
	LIST("a.id IN (SELECT appointment_id FROM quickbook.appointment_resource WHERE provider_id = $3)"),
	6, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID, UUIDOID}, APPOINTMENT_TYPES
};

static QbStatement appointments_sql = {
	/* by clinic, because that is the index */
	LIST("a.clinic_id IN (SELECT id FROM quickbook.clinic WHERE $6 IS NULL OR id = $6)"),
	6, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID, UUIDOID}, APPOINTMENT_TYPES
};

void
qb_store_appointments(QbStore *store, const QbAppointmentFilter *f, QbVisit visit, void *arg)
{
	QbStatement *statement = f->patient ? &appointments_of_patient_sql
		: f->provider ? &appointments_of_provider_sql : &appointments_sql;
	Datum		values[] = {
		TimestampTzGetDatum(f->from), TimestampTzGetDatum(f->to), UUIDPGetDatum(f->provider),
		UUIDPGetDatum(f->patient), f->status ? CStringGetTextDatum(f->status) : (Datum) 0,
		UUIDPGetDatum(f->clinic)
	};
	char		nulls[] = {
		' ', ' ', null_flag(f->provider == NULL), null_flag(f->patient == NULL), null_flag(f->status == NULL),
		null_flag(f->clinic == NULL)
	};

	visit_rows(store, statement, values, nulls, visit, arg);
}

static QbStatement coming_sql = {
	"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment a WHERE a.id IN (SELECT appointment_id"
	" FROM quickbook.appointment_resource WHERE provider_id = $1) AND a.starts_at > $2"
	" AND (a.status IN ('pending', 'booked') OR (a.status = 'held' AND a.expires_at > $2))"
	" ORDER BY a.starts_at, a.id",
	2, {UUIDOID, TIMESTAMPTZOID}, APPOINTMENT_TYPES
};

void
qb_store_coming(QbStore *store, const pg_uuid_t *provider, QbVisit visit, void *arg)
{
	Datum		values[] = {UUIDPGetDatum(provider), TimestampTzGetDatum(qb_now())};

	visit_rows(store, &coming_sql, values, NULL, visit, arg);
}

static QbStatement due_holds_sql = {
	"SELECT id FROM quickbook.appointment WHERE status = 'held' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
	2, {TIMESTAMPTZOID, INT4OID}, "u"
};

int
qb_store_due_holds(QbStore *store, int max, pg_uuid_t **ids)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now()), Int32GetDatum(max)};

	qb_run(store, &due_holds_sql, values, NULL);
	return qb_read_ids(ids);
}

static QbStatement anonymous_holds_sql = {
	"SELECT count(*)::int4, (count(*) FILTER (WHERE service_id = $2))::int4 FROM quickbook.appointment"
	" WHERE status = 'held' AND expires_at > $3 AND patient_id IS NULL AND clinic_id = $1",
	3, {UUIDOID, UUIDOID, TIMESTAMPTZOID}, "ii"
};

int
qb_store_anonymous_holds(QbStore *store, const QbService *service, int *of_service)
{
	Datum		values[] = {
		UUIDPGetDatum(&service->clinic_id), UUIDPGetDatum(&service->id), TimestampTzGetDatum(qb_now())
	};
	int			n;

	qb_run(store, &anonymous_holds_sql, values, NULL);
	n = DatumGetInt32(qb_not_null(0, 1));
	*of_service = DatumGetInt32(qb_not_null(0, 2));
	SPI_freetuptable(SPI_tuptable);
	return n;
}
