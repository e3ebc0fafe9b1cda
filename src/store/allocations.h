/*
 * allocations.h
 *		The tables: who serves, and whose time is taken.
 */
#ifndef QB_STORE_ALLOCATIONS_H
#define QB_STORE_ALLOCATIONS_H

#include "store/appointments.h"
#include "store/store.h"

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

/* Who serves an appointment, or in a session; how many? */
extern int	qb_store_resources(QbStore *store, const pg_uuid_t *appointment, QbResource **resources);
extern int	qb_store_session_resources(QbStore *store, const pg_uuid_t *session, QbResource **resources);

/* Who serves an appointment, written under the locks of their calendars, and all of it deleted. */
extern void qb_store_insert_resource(QbStore *store, const QbAppointment *appointment,
									 const char *role, const pg_uuid_t *provider);
extern void qb_store_delete_resources(QbStore *store, const pg_uuid_t *appointment);

/*
 * Take time, under the locks of the calendars.  Those of providers belong to
 * the appointment's session if it has one.  Returns the first that the
 * constraint refused because its time is taken, else NULL.
 */
extern const QbNewAllocation *qb_store_insert_allocations(QbStore *store, const QbAppointment *appointment,
														  const QbNewAllocation *allocations, int n);

/* Has an owner, an appointment or a session, time on any calendar? */
extern bool qb_store_has_allocations(QbStore *store, const pg_uuid_t *owner);

/* A hold's allocations stay for good. */
extern void qb_store_keep_allocations(QbStore *store, const pg_uuid_t *owner);

/* Give back all time, or that from an instant on. */
extern void qb_store_delete_allocations(QbStore *store, const pg_uuid_t *owner);
extern void qb_store_cut_allocations(QbStore *store, const pg_uuid_t *owner, TimestampTz instant);

/* Move an allocation to another lane of its calendar; its calendar is locked. */
extern void qb_store_set_lane(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar, int lane);

/* Delete the allocations of sessions and appointments that ended before an instant; how many? */
extern int64 qb_store_purge_allocations(QbStore *store, TimestampTz before);

#endif							/* QB_STORE_ALLOCATIONS_H */
