/*
 * appointments.c
 *		The tables: appointments, their sessions, and who serves.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/secrets.h"
#include "store/insert.h"
#include "store/statements.h"

/* ----------
 * Appointments
 * ----------
 */

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
			qb_raise_null("appointment", qb_store_appointment_column(needed[i])->name);
	}
	if (!nulls[QB_A_SESSION_ID] && nulls[QB_A_SEAT])
		qb_raise_null("appointment", "seat");
	memcpy(a->values, values, sizeof(a->values));
	memcpy(a->nulls, nulls, sizeof(a->nulls));
	a->id = *DatumGetUUIDP(a->values[QB_A_ID]);
	a->clinic_id = *DatumGetUUIDP(a->values[QB_A_CLINIC_ID]);
	a->has_patient = !a->nulls[QB_A_PATIENT_ID];
	if (a->has_patient)
		a->patient_id = *DatumGetUUIDP(a->values[QB_A_PATIENT_ID]);
	a->service_id = *DatumGetUUIDP(a->values[QB_A_SERVICE_ID]);
	a->provider_id = *DatumGetUUIDP(a->values[QB_A_PROVIDER_ID]);
	a->status = qb_status_of(TextDatumGetCString(a->values[QB_A_STATUS]));
	a->starts_at = DatumGetTimestampTz(a->values[QB_A_STARTS_AT]);
	a->ends_at = DatumGetTimestampTz(a->values[QB_A_ENDS_AT]);
	a->expires_at = a->nulls[QB_A_EXPIRES_AT] ? DT_NOEND : DatumGetTimestampTz(a->values[QB_A_EXPIRES_AT]);
	a->version = DatumGetInt32(a->values[QB_A_VERSION]);
	a->has_session = !a->nulls[QB_A_SESSION_ID];
	if (a->has_session)
	{
		a->session_id = *DatumGetUUIDP(a->values[QB_A_SESSION_ID]);
		a->seat = DatumGetInt32(a->values[QB_A_SEAT]);
	}
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

QbAppointment *
qb_store_appointment(QbStore *store, const pg_uuid_t *id, bool lock)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	QbAppointment *a;

	qb_run(store, lock ? Q_APPOINTMENT_LOCKED : Q_APPOINTMENT, values, NULL);
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

QbAppointment *
qb_store_appointment_by_key(QbStore *store, const pg_uuid_t *clinic, const QbKey *key, QbKeyMatch *match)
{
	Datum		values[] = {
		UUIDPGetDatum(clinic), CStringGetTextDatum(key->key), request_hash(key->request), CStringGetTextDatum(key->scope)
	};
	QbAppointment *a;

	qb_run(store, Q_APPOINTMENT_BY_KEY, values, NULL);
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
		{{"id", UUIDOID}, {"clinic_id", UUIDOID}, {"patient_id", UUIDOID}, {"service_id", UUIDOID},
			{"provider_id", UUIDOID}, {"session_id", UUIDOID}, {"seat", INT4OID}, {"status", TEXTOID},
			{"starts_at", TIMESTAMPTZOID}, {"ends_at", TIMESTAMPTZOID}, {"expires_at", TIMESTAMPTZOID},
			{"version", INT4OID}, {"sequence", INT4OID}, {"idempotency_key", TEXTOID}, {"notes", TEXTOID},
			{"details", JSONBOID}, {"created_at", TIMESTAMPTZOID}, {"updated_at", TIMESTAMPTZOID},
			{"cancel_reason", TEXTOID}, {"cancelled_by", TEXTOID}, {"late", BOOLOID}, {"hold_token", TEXTOID},
			{"request_hash", BYTEAOID}, {"idempotency_scope", TEXTOID}}
	}
};

const QbColumn *
qb_store_appointment_column(QbAppointmentColumn column)
{
	return &appointments.table.columns[column];
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
	qb_run(store, Q_UPDATE_APPOINTMENT, values, nulls);
	a = read_appointment(0);
	SPI_freetuptable(SPI_tuptable);
	return a;
}

void
qb_store_unseat(QbStore *store, const pg_uuid_t *appointment)
{
	Datum		values[] = {UUIDPGetDatum(appointment)};

	qb_run(store, Q_UNSEAT, values, NULL);
}

/* Appointments are read so many at a time. */
#define BATCH 100

static void
visit_rows(QbStore *store, StatementId statement, Datum *values, const char *nulls, QbVisit visit, void *arg)
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

void
qb_store_appointments(QbStore *store, const QbAppointmentFilter *f, QbVisit visit, void *arg)
{
	StatementId statement = f->patient ? Q_APPOINTMENTS_OF_PATIENT
		: f->provider ? Q_APPOINTMENTS_OF_PROVIDER : Q_APPOINTMENTS;
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

void
qb_store_coming(QbStore *store, const pg_uuid_t *provider, QbVisit visit, void *arg)
{
	Datum		values[] = {UUIDPGetDatum(provider), TimestampTzGetDatum(qb_now())};

	visit_rows(store, Q_COMING, values, NULL, visit, arg);
}

/* The ids in the first column of the rows. */
static int
read_ids(pg_uuid_t **ids)
{
	int			n = (int) SPI_processed;

	*ids = palloc(sizeof(pg_uuid_t) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*ids)[row] = uuid_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int
qb_store_due_holds(QbStore *store, int max, pg_uuid_t **ids)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now()), Int32GetDatum(max)};

	qb_run(store, Q_DUE_HOLDS, values, NULL);
	return read_ids(ids);
}

int
qb_store_anonymous_holds(QbStore *store, const QbService *service, int *of_service)
{
	Datum		values[] = {
		UUIDPGetDatum(&service->clinic_id), UUIDPGetDatum(&service->id), TimestampTzGetDatum(qb_now())
	};
	int			n;

	qb_run(store, Q_ANONYMOUS_HOLDS, values, NULL);
	n = DatumGetInt32(qb_not_null(0, 1));
	*of_service = DatumGetInt32(qb_not_null(0, 2));
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* ----------
 * Sessions
 * ----------
 */

int
qb_store_session_holds(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *patient,
					   const pg_uuid_t *except, pg_uuid_t **ids)
{
	Datum		values[] = {
		UUIDPGetDatum(session), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(patient), UUIDPGetDatum(except)
	};
	char		nulls[] = {' ', ' ', null_flag(patient == NULL), null_flag(except == NULL)};

	qb_run(store, Q_SESSION_HOLDS, values, nulls);
	return read_ids(ids);
}

bool
qb_store_session_of(QbStore *store, const QbAppointment *a, const pg_uuid_t *patient, pg_uuid_t *session, int *taken)
{
	Datum		values[] = {
		UUIDPGetDatum(&a->service_id), UUIDPGetDatum(&a->provider_id), TimestampTzGetDatum(a->starts_at),
		UUIDPGetDatum(&a->id), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(a->ends_at), UUIDPGetDatum(patient)
	};
	char		nulls[] = {' ', ' ', ' ', ' ', ' ', ' ', null_flag(patient == NULL)};
	bool		found;

	qb_run(store, Q_SESSION_OF, values, nulls);
	found = SPI_processed > 0;
	if (found)
	{
		*session = uuid_column(0, 1);
		*taken = DatumGetInt32(qb_not_null(0, 2));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_require_known_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};

	if (!IsolationUsesXactSnapshot())
		return;
	qb_run_as_of_transaction(Q_KNOWN_SESSION, values);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a concurrent booking"),
				 errdetail("The group session was opened after the transaction began."),
				 errhint("The transaction might succeed if retried.")));
}

static QbTarget sessions = {
	.table = {
		"session", NULL, false,
		{{"id", UUIDOID}, {"clinic_id", UUIDOID}, {"provider_id", UUIDOID}, {"service_id", UUIDOID},
			{"starts_at", TIMESTAMPTZOID}, {"ends_at", TIMESTAMPTZOID}}
	}
};

void
qb_store_insert_session(QbStore *store, const pg_uuid_t *id, const QbAppointment *a)
{
	Datum		values[] = {
		UUIDPGetDatum(id), a->values[QB_A_CLINIC_ID], a->values[QB_A_PROVIDER_ID], a->values[QB_A_SERVICE_ID],
		a->values[QB_A_STARTS_AT], a->values[QB_A_ENDS_AT]
	};

	qb_insert(&sessions, values);
}

int
qb_store_free_seat(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *except)
{
	Datum		values[] = {UUIDPGetDatum(session), UUIDPGetDatum(except)};
	int			seat;

	qb_run(store, Q_FREE_SEAT, values, NULL);
	seat = DatumGetInt32(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return seat;
}

void
qb_store_lock_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};

	qb_run(store, Q_LOCK_SESSION, values, NULL);
}

void
qb_store_refresh_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};

	qb_store_lock_session(store, session);
	qb_run(store, Q_END_SESSION, values, NULL);
	qb_run(store, Q_SESSION_EXPIRY, values, NULL);
}

/* ----------
 * Who serves
 * ----------
 */

static int
read_resources(QbStore *store, StatementId statement, const pg_uuid_t *id, QbResource **resources)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	int			n;

	qb_run(store, statement, values, NULL);
	n = (int) SPI_processed;
	*resources = palloc(sizeof(QbResource) * Max(n, 1));
	for (int row = 0; row < n; row++)
	{
		(*resources)[row].role = text_column(row, 1);
		(*resources)[row].provider_id = uuid_column(row, 2);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int
qb_store_resources(QbStore *store, const pg_uuid_t *appointment, QbResource **resources)
{
	return read_resources(store, Q_RESOURCES, appointment, resources);
}

int
qb_store_session_resources(QbStore *store, const pg_uuid_t *session, QbResource **resources)
{
	return read_resources(store, Q_SESSION_RESOURCES, session, resources);
}

static QbTarget resources_of = {
	.table = {
		"appointment_resource", NULL, false,
		{{"appointment_id", UUIDOID}, {"role", TEXTOID}, {"provider_id", UUIDOID}, {"clinic_id", UUIDOID}}
	}
};

void
qb_store_insert_resource(QbStore *store, const QbAppointment *appointment, const char *role,
						 const pg_uuid_t *provider)
{
	Datum		values[] = {UUIDPGetDatum(&appointment->id), CStringGetTextDatum(role),
	UUIDPGetDatum(provider), UUIDPGetDatum(&appointment->clinic_id)};

	qb_insert(&resources_of, values);
}

void
qb_store_delete_resources(QbStore *store, const pg_uuid_t *appointment)
{
	Datum		values[] = {UUIDPGetDatum(appointment)};

	qb_run(store, Q_DELETE_RESOURCES, values, NULL);
}

static QbTarget allocations_of = {
	.table = {
		"allocation", NULL, false,
		{{"clinic_id", UUIDOID}, {"expires_at", TIMESTAMPTZOID}, {"appointment_id", UUIDOID}, {"session_id", UUIDOID},
			{"owner_id", UUIDOID}, {"provider_id", UUIDOID}, {"patient_id", UUIDOID}, {"calendar_id", UUIDOID},
			{"lane", INT2OID}, {"starts_at", TIMESTAMPTZOID}, {"ends_at", TIMESTAMPTZOID}}
	},
	.arbiter = "allocation_no_overlap"
};

static bool
insert_allocation(QbInsert *insert, const QbAppointment *appointment, const QbNewAllocation *allocation)
{
	bool		of_session = appointment->has_session && !allocation->of_patient;
	Datum		values[] = {
		UUIDPGetDatum(&appointment->clinic_id), appointment->values[QB_A_EXPIRES_AT],
		UUIDPGetDatum(&appointment->id), UUIDPGetDatum(&appointment->session_id),
		UUIDPGetDatum(of_session ? &appointment->session_id : &appointment->id),
		UUIDPGetDatum(&allocation->calendar_id), UUIDPGetDatum(&allocation->calendar_id),
		UUIDPGetDatum(&allocation->calendar_id), Int16GetDatum((int16) allocation->lane),
		TimestampTzGetDatum(allocation->start), TimestampTzGetDatum(allocation->end)
	};
	bool		nulls[] = {
		false, appointment->nulls[QB_A_EXPIRES_AT], of_session, !of_session, false,
		allocation->of_patient, !allocation->of_patient, false, false, false, false
	};

	return qb_insert_row(insert, values, nulls);
}

const QbNewAllocation *
qb_store_insert_allocations(QbStore *store, const QbAppointment *appointment,
							const QbNewAllocation *allocations, int n)
{
	QbInsert   *insert = qb_insert_open(&allocations_of);
	int			i = 0;

	while (i < n && insert_allocation(insert, appointment, &allocations[i]))
		i++;
	qb_insert_close(insert);
	return i < n ? &allocations[i] : NULL;
}

bool
qb_store_has_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	qb_run(store, Q_HAS_ALLOCATIONS, values, NULL);
	return SPI_processed > 0;
}

void
qb_store_keep_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	qb_run(store, Q_KEEP_ALLOCATIONS, values, NULL);
}

void
qb_store_delete_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	qb_run(store, Q_DELETE_ALLOCATIONS, values, NULL);
}

int64
qb_store_purge_allocations(QbStore *store, TimestampTz before)
{
	Datum		values[] = {TimestampTzGetDatum(before), TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_RELEASE_SEATS, values, NULL);
	qb_run(store, Q_PURGE_ALLOCATIONS, values, NULL);
	return (int64) SPI_processed;
}

void
qb_store_cut_allocations(QbStore *store, const pg_uuid_t *owner, TimestampTz instant)
{
	Datum		values[] = {UUIDPGetDatum(owner), TimestampTzGetDatum(instant)};

	qb_run(store, Q_DELETE_ALLOCATIONS_FROM, values, NULL);
	qb_run(store, Q_CUT_ALLOCATIONS, values, NULL);
}

void
qb_store_set_lane(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar, int lane)
{
	Datum		values[] = {UUIDPGetDatum(owner), UUIDPGetDatum(calendar), Int16GetDatum((int16) lane)};

	qb_run(store, Q_SET_LANE, values, NULL);
}

static QbTarget events = {
	.table = {
		"event", NULL, false,
		{{"id", UUIDOID}, {"clinic_id", UUIDOID}, {"type", TEXTOID}, {"subject", UUIDOID},
			{"occurred_at", TIMESTAMPTZOID}, {"data", JSONBOID}}
	}
};

void
qb_store_insert_event(QbStore *store, const pg_uuid_t *id, const char *type,
					  const QbAppointment *appointment, TimestampTz occurred_at, Datum data)
{
	Datum		values[] = {UUIDPGetDatum(id), UUIDPGetDatum(&appointment->clinic_id),
		CStringGetTextDatum(type), UUIDPGetDatum(&appointment->id),
	TimestampTzGetDatum(occurred_at), data};

	qb_insert(&events, values);
}
