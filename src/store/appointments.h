/*
 * appointments.h
 *		The tables: appointments.
 */
#ifndef QB_STORE_APPOINTMENTS_H
#define QB_STORE_APPOINTMENTS_H

#include "catalog/pg_type_d.h"

#include "store/model.h"
#include "store/status.h"
#include "store/store.h"

/*
 * Columns of appointment in the order of the type appointment_info: what the
 * code calls them, their names, types, and the letters of these in statements.h.
 */
#define QB_APPOINTMENT_COLUMNS(first, next) \
	first(ID, "id", UUIDOID, "u") \
	next(CLINIC_ID, "clinic_id", UUIDOID, "u") \
	next(PATIENT_ID, "patient_id", UUIDOID, "u") \
	next(SERVICE_ID, "service_id", UUIDOID, "u") \
	next(PROVIDER_ID, "provider_id", UUIDOID, "u") \
	next(SESSION_ID, "session_id", UUIDOID, "u") \
	next(SEAT, "seat", INT4OID, "i") \
	next(STATUS, "status", TEXTOID, "t") \
	next(STARTS_AT, "starts_at", TIMESTAMPTZOID, "z") \
	next(ENDS_AT, "ends_at", TIMESTAMPTZOID, "z") \
	next(EXPIRES_AT, "expires_at", TIMESTAMPTZOID, "z") \
	next(VERSION, "version", INT4OID, "i") \
	next(SEQUENCE, "sequence", INT4OID, "i") \
	next(IDEMPOTENCY_KEY, "idempotency_key", TEXTOID, "t") \
	next(NOTES, "notes", TEXTOID, "t") \
	next(DETAILS, "details", JSONBOID, "j") \
	next(CREATED_AT, "created_at", TIMESTAMPTZOID, "z") \
	next(UPDATED_AT, "updated_at", TIMESTAMPTZOID, "z") \
	next(CANCEL_REASON, "cancel_reason", TEXTOID, "t") \
	next(CANCELLED_BY, "cancelled_by", TEXTOID, "t") \
	next(LATE, "late", BOOLOID, "b") \
	next(HOLD_TOKEN, "hold_token", TEXTOID, "t")

#define QB_COLUMN_ENUM(id, name, type, letter) QB_A_##id,

typedef enum QbAppointmentColumn
{
	QB_APPOINTMENT_COLUMNS(QB_COLUMN_ENUM, QB_COLUMN_ENUM)
	QB_A_NCOLUMNS
} QbAppointmentColumn;

/*
 * An appointment: the row as Datums, for results and events, and the columns
 * that the code looks at.  row.h has what changes it, in both; then call
 * qb_store_update_appointment().
 */
typedef struct QbAppointment
{
	Datum		values[QB_A_NCOLUMNS];
	bool		nulls[QB_A_NCOLUMNS];
	pg_uuid_t	id;
	pg_uuid_t	clinic_id;
	bool		has_patient;
	pg_uuid_t	patient_id;
	pg_uuid_t	service_id;
	pg_uuid_t	provider_id;
	QbStatus	status;
	TimestampTz starts_at;
	TimestampTz ends_at;
	TimestampTz expires_at;		/* DT_NOEND: null */
	int32		version;
	bool		has_session;
	pg_uuid_t	session_id;
	int			seat;
} QbAppointment;

/* An idempotency key (NULL: none), whose it is, and the request as text. */
typedef struct QbKey
{
	const char *key;
	const char *scope;
	const char *request;
} QbKey;

/* How an appointment that was found by its key compares. */
typedef struct QbKeyMatch
{
	bool		same_request;
	bool		of_clinic;		/* of 0.1.0, when keys were the clinic's */
} QbKeyMatch;

/* What list_appointments() asks for; NULL or infinite: anything. */
typedef struct QbAppointmentFilter
{
	TimestampTz from;
	TimestampTz to;
	const pg_uuid_t *provider;
	const pg_uuid_t *patient;
	const char *status;
	const pg_uuid_t *clinic;
} QbAppointmentFilter;

/*
 * Looks at appointments one after another, each in a memory context that is
 * reset before the next: there may be a million.
 */
typedef void (*QbVisit) (void *arg, QbAppointment *appointment);

/* What the table calls a column, and the type that it must have.  A constant. */
extern const char *qb_store_appointment_column(QbAppointmentColumn column);
extern Oid	qb_store_appointment_type(QbAppointmentColumn column);

/* Sets the field of a column that the code looks at, from its Datum; row.h does so for all. */
extern void qb_store_read_field(QbAppointment *appointment, QbAppointmentColumn column);

/* The appointment, or NULL; lock takes the row's lock until the end of the transaction. */
extern QbAppointment *qb_store_appointment(QbStore *store, const pg_uuid_t *id, bool lock);

/* The one that was made with a key, or NULL, in which case match is not set. */
extern QbAppointment *qb_store_appointment_by_key(QbStore *store, const pg_uuid_t *clinic, const QbKey *key,
												  QbKeyMatch *match);

/* Write a row, under the locks of its calendars.  Returns it as it stands, after the triggers of others. */
extern QbAppointment *qb_store_insert_appointment(QbStore *store, const QbAppointment *appointment, const QbKey *key);
extern QbAppointment *qb_store_update_appointment(QbStore *store, const QbAppointment *appointment);

/* Visit those that a filter lets through, by start. */
extern void qb_store_appointments(QbStore *store, const QbAppointmentFilter *filter, QbVisit visit, void *arg);

/* Visit the live appointments after now with the provider in any role, by start. */
extern void qb_store_coming(QbStore *store, const pg_uuid_t *provider, QbVisit visit, void *arg);

/* Ids of holds that are due to be closed, at most max; how many? */
extern int	qb_store_due_holds(QbStore *store, int max, pg_uuid_t **ids);

/* Live holds without patient: in the service's clinic, and of them in the service. */
extern int	qb_store_anonymous_holds(QbStore *store, const QbService *service, int *of_service);

#endif							/* QB_STORE_APPOINTMENTS_H */
