/*
 * lock.c
 *		Locking an appointment that exists, with all that it counts on.
 *
 * Calendars and limits are locked before the row: a row lock cannot be given
 * back, and who holds one must not wait for calendars.
 */
#include "postgres.h"

#include "booking/lock.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "store/allocations.h"
#include "store/configuration.h"
#include "store/limits.h"
#include "people/access.h"
#include "rules/limit.h"

void
qb_check_version(const QbAppointment *a, const int32 *expected_version)
{
	if (expected_version != NULL && *expected_version != a->version)
		qb_raise(QB_STALE_VERSION,
				 qb_detail_int(qb_detail_int(qb_detail_uuid(qb_detail(), "appointment_id", &a->id),
											 "expected_version", *expected_version),
							   "version", a->version), NULL,
				 "the appointment has version %d, not %d", a->version, *expected_version);
}

/* The appointment as it is now, NULL if there is none, and the calendars that it is on. */
static QbAppointment *
read_calendars(QbStore *store, const pg_uuid_t *id, QbLockSet *calendars)
{
	QbAppointment *a = qb_store_appointment(store, id, false);
	QbResource *resources;
	int			n;

	qb_locks_init(calendars);
	if (a == NULL)
		return NULL;
	if (a->has_patient)
		qb_locks_add_calendar(calendars, true, &a->patient_id);
	n = qb_store_resources(store, id, &resources);
	for (int i = 0; i < n; i++)
		qb_locks_add_calendar(calendars, false, &resources[i].provider_id);
	return a;
}

/* The same of one that must be the caller's. */
static QbAppointment *
look_at(QbStore *store, const pg_uuid_t *id, bool confirms, QbLockSet *calendars)
{
	QbAppointment *a = read_calendars(store, id, calendars);

	if (a == NULL)
		qb_raise_not_found("appointment", id);
	qb_access_appointment(store, a, confirms);
	return a;
}

static void
add_beside(const QbBeside *beside, QbLockSet *locks)
{
	for (int i = 0; i < beside->n; i++)
	{
		if (beside->team[i] != NULL)
			qb_locks_add_calendar(locks, false, &beside->team[i]->calendar.id);
	}
	if (beside->patient != NULL)
		qb_locks_add_calendar(locks, true, beside->patient);
	qb_locks_add_all(locks, &beside->extra);
}

static void
add_limits(QbStore *store, const QbAppointment *a, QbLockSet *locks)
{
	QbLimit    *limits;
	int			n = qb_store_limits(store, &a->clinic_id, &a->service_id, &limits);

	qb_limits_lock(limits, n, locks);
}

QbAppointment *
qb_lock_calendars(QbStore *store, const pg_uuid_t *id, const QbBeside *beside, QbLockSet *locks, bool *waited)
{
	for (;;)
	{
		QbAppointment *a = look_at(store, id, beside->confirms, locks);
		QbLockSet	needed;

		CHECK_FOR_INTERRUPTS();
		add_beside(beside, locks);
		add_limits(store, a, locks);
		*waited = qb_locks_acquire(locks);

		a = look_at(store, id, beside->confirms, &needed);
		/* a limit may have been added while the locks were waited for */
		if (*waited)
			add_limits(store, a, &needed);
		if (qb_locks_cover(locks, &needed))
			return a;
		qb_locks_release(locks);
	}
}

bool
qb_try_lock_appointment(QbStore *store, const pg_uuid_t *id)
{
	QbLockSet	locks;
	QbLockSet	needed;

	if (read_calendars(store, id, &locks) == NULL || !qb_locks_try(&locks))
		return false;
	if (read_calendars(store, id, &needed) != NULL && qb_locks_cover(&locks, &needed))
		return true;
	qb_locks_release(&locks);
	return false;
}

QbAppointment *
qb_lock_row(QbStore *store, const pg_uuid_t *id, const int32 *expected_version)
{
	QbAppointment *a = qb_store_appointment(store, id, true);

	if (a == NULL)
		qb_raise_not_found("appointment", id);
	qb_check_version(a, expected_version);
	return a;
}

QbAppointment *
qb_lock_appointment(QbStore *store, const pg_uuid_t *id, const int32 *expected_version)
{
	QbLockSet	locks;
	bool		waited;

	qb_lock_calendars(store, id, &(QbBeside) {0}, &locks, &waited);
	return qb_lock_row(store, id, expected_version);
}

QbAppointment *
qb_lock_to_take(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient, bool confirms,
				const int32 *expected_version, QbNeedsWay needs_way, QbWay *way)
{
	QbBeside	beside = {.patient = patient, .confirms = confirms};

	for (;;)
	{
		QbLockSet	locks;
		QbLockSet	needed;
		bool		waited;
		QbAppointment *a = qb_lock_calendars(store, id, &beside, &locks, &waited);
		QbService  *service = qb_store_service_of(store, a);

		CHECK_FOR_INTERRUPTS();
		*way = (QbWay) {0};
		if (!needs_way(store, a, service))
			break;
		*way = qb_way_again(store, service, a,
							a->has_patient ? &a->patient_id : patient);
		qb_locks_init(&needed);
		qb_way_lock(store, way, &needed);
		if (qb_locks_cover(&locks, &needed))
			break;
		qb_locks_add_all(&beside.extra, &needed);
		qb_locks_release(&locks);
	}
	return qb_lock_row(store, id, expected_version);
}
