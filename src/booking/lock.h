/*
 * lock.h
 *		Locking an appointment that exists, with all that it counts on.
 */
#ifndef QB_BOOKING_LOCK_H
#define QB_BOOKING_LOCK_H

#include "base/locks.h"
#include "store/appointments.h"
#include "store/model.h"
#include "store/store.h"
#include "booking/way.h"

/* Errors: stale_version, if the caller expects another one (NULL: any). */
extern void qb_check_version(const QbAppointment *appointment, const int32 *expected_version);

/*
 * Lock the calendars of an appointment of the caller's, the limits that
 * count it, then its row, and check the version that the caller expects (NULL:
 * any).  Errors: not_found, not_allowed, stale_version.  Palloc'd.
 */
extern QbAppointment *qb_lock_appointment(QbStore *store, const pg_uuid_t *id, const int32 *expected_version);

/* Does the appointment, whose calendars are locked, need a way: is there time to be taken? */
typedef bool (*QbNeedsWay) (QbStore *store, const QbAppointment *appointment, const QbService *service);

/*
 * The same for one that may take its time again, or get a patient (NULL: it has
 * one, or gets none).  Where it needs a way, *way is found and its calendars are
 * locked as well.  confirms: a hold without patient is anybody's.
 */
extern QbAppointment *qb_lock_to_take(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient, bool confirms,
									  const int32 *expected_version, QbNeedsWay needs_way, QbWay *way);

/* What is locked beside an appointment's own calendars and limits. */
typedef struct QbBeside
{
	QbProvider *const *team;	/* some may be NULL */
	int			n;
	const pg_uuid_t *patient;
	bool		confirms;		/* see qb_access_appointment() */
	QbLockSet	extra;			/* calendars that its way leads to */
} QbBeside;

/*
 * The two steps of that, for a caller who looks around in between.  Lock the
 * calendars of an appointment of the caller's, the limits that count it and
 * what is beside, in one sorted pass, and again when they changed meanwhile.
 * *locks are those that it took; *waited tells whether what was read before is
 * to be read again.  Errors: not_found, not_allowed.  Palloc'd.
 */
extern QbAppointment *qb_lock_calendars(QbStore *store, const pg_uuid_t *id, const QbBeside *beside,
										QbLockSet *locks, bool *waited);

/* Then the row, until the end of the transaction.  Errors: not_found, stale_version.  Palloc'd. */
extern QbAppointment *qb_lock_row(QbStore *store, const pg_uuid_t *id, const int32 *expected_version);

/*
 * Lock the calendars of an appointment without waiting: false if there is none, if
 * somebody else is writing its calendars, or has changed them meanwhile.  The
 * row is not locked; raises nothing.
 */
extern bool qb_try_lock_appointment(QbStore *store, const pg_uuid_t *id);

#endif							/* QB_BOOKING_LOCK_H */
