/*
 * store.h
 *		The tables.  store.c is the only file with SQL text.
 *
 * Every function that touches tables works between qb_store_begin() and
 * qb_store_end(), in which the SQL runs with the rights of the tables' owner.
 * Results are palloc'd in the context that was current at qb_store_begin().
 */
#ifndef QB_STORE_H
#define QB_STORE_H

#include "quickbook.h"

#include "access/htup.h"
#include "model.h"

typedef struct QbStore
{
	bool		writes;			/* read with the latest snapshot, write */
	Oid			saved_user;
	int			saved_context;
} QbStore;

/* Columns of appointment in the order of the type appointment_info. */
typedef enum QbAppointmentColumn
{
	QB_A_ID,
	QB_A_CLINIC_ID,
	QB_A_PATIENT_ID,
	QB_A_SERVICE_ID,
	QB_A_PROVIDER_ID,
	QB_A_SESSION_ID,
	QB_A_SEAT,
	QB_A_STATUS,
	QB_A_STARTS_AT,
	QB_A_ENDS_AT,
	QB_A_EXPIRES_AT,
	QB_A_VERSION,
	QB_A_SEQUENCE,
	QB_A_IDEMPOTENCY_KEY,
	QB_A_NOTES,
	QB_A_DETAILS,
	QB_A_CREATED_AT,
	QB_A_UPDATED_AT,
	QB_A_CANCEL_REASON,
	QB_A_CANCELLED_BY,
	QB_A_LATE,
	QB_A_NCOLUMNS
} QbAppointmentColumn;

/*
 * An appointment: the row as Datums, for results and events, and the columns
 * that the code looks at.  Change the Datums, then call
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
	char	   *status;
	TimestampTz starts_at;
	TimestampTz ends_at;
	int32		version;
} QbAppointment;

/* Who fills a role of an appointment: a row of appointment_resource. */
typedef struct QbResource
{
	char	   *role;
	pg_uuid_t	provider_id;
} QbResource;

/* An allocation to be written. */
typedef struct QbNewAllocation
{
	pg_uuid_t	calendar_id;
	bool		of_patient;
	int			lane;
	int64		start;
	int64		end;
} QbNewAllocation;

/*
 * Connect and take on the owner's rights.  With writes, every statement reads
 * with the latest snapshot whatever the isolation level, as foreign-key checks
 * do.  Errors: not_installed, wrong_schema_version.
 */
extern void qb_store_begin(QbStore *store, bool writes);
extern void qb_store_end(QbStore *store);

/*
 * Configuration.  NULL or false when there is no such row.  A service tells by
 * has_patient whether the patient, unless NULL, is its clinic's; a team with
 * lead may leave out other leads.
 */
extern QbService *qb_store_service(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient);
extern bool qb_store_clinic_of(QbStore *store, const char *table, const pg_uuid_t *id, pg_uuid_t *clinic);
extern QbProvider *qb_store_provider(QbStore *store, const pg_uuid_t *provider);
extern bool qb_store_provider_exists(QbStore *store, const pg_uuid_t *provider, const pg_uuid_t *clinic);
extern QbTeam *qb_store_team(QbStore *store, const QbService *service, const pg_uuid_t *lead);

/*
 * Calendars: fill the rows of the providers, and of the patient (NULL: none)
 * the allocations, for the local dates [date_from, date_to] and the instants
 * [from, to).
 */
extern void qb_store_load(QbStore *store, const QbService *service, QbProvider **providers, int n,
						  QbProvider *patient, DateADT date_from, DateADT date_to,
						  TimestampTz from, TimestampTz to);

/* The allocations of one calendar. */
extern int	qb_store_calendar(QbStore *store, const pg_uuid_t *calendar, TimestampTz from, TimestampTz to,
							  QbAllocation **allocations);

/* Of n appointments, which are the patient's: sets mine[i]. */
extern void qb_store_whose(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *appointments, int n,
						   bool *mine);

/* Time booked with n providers in appointments that start in [from, to), microseconds. */
extern void qb_store_booked_time(QbStore *store, const pg_uuid_t *providers, const TimestampTz *from,
								 const TimestampTz *to, int n, int64 *booked);

/* Appointments.  lock takes the row's lock until the end of the transaction. */
extern QbAppointment *qb_store_appointment(QbStore *store, const pg_uuid_t *id, bool lock);
extern QbAppointment *qb_store_appointment_by_key(QbStore *store, const pg_uuid_t *clinic, const char *key,
												  const char *request, bool *same_request);
extern QbAppointment *qb_store_insert_appointment(QbStore *store, const QbAppointment *appointment,
												  const char *request);
extern QbAppointment *qb_store_update_appointment(QbStore *store, const QbAppointment *appointment);

extern int	qb_store_resources(QbStore *store, const pg_uuid_t *appointment, QbResource **resources);
extern void qb_store_insert_resource(QbStore *store, const QbAppointment *appointment,
									 const char *role, const pg_uuid_t *provider);
extern void qb_store_delete_resources(QbStore *store, const pg_uuid_t *appointment);

/* Returns the first that the constraint refused because its time is taken, else NULL. */
extern const QbNewAllocation *qb_store_insert_allocations(QbStore *store, const QbAppointment *appointment,
														  const QbNewAllocation *allocations, int n);
extern void qb_store_delete_allocations(QbStore *store, const pg_uuid_t *owner);

/* Give back the time from instant on. */
extern void qb_store_cut_allocations(QbStore *store, const pg_uuid_t *owner, TimestampTz instant);
extern void qb_store_delete_allocation(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar);
extern void qb_store_set_lane(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar, int lane);

extern void qb_store_insert_event(QbStore *store, const pg_uuid_t *id, const char *type,
								  const QbAppointment *appointment, TimestampTz occurred_at, Datum data);

#endif							/* QB_STORE_H */
