/*
 * cancel.c
 *		Cancelling, and declining what waits for approval.
 */
#include "postgres.h"

#include "booking/cancel.h"

#include "utils/timestamp.h"

#include "base/errors.h"
#include "store/appointments.h"
#include "store/configuration.h"
#include "store/model.h"
#include "store/row.h"
#include "store/status.h"
#include "events/log.h"
#include "people/access.h"
#include "booking/lock.h"
#include "booking/transition.h"

/* Patients may cancel in time; staff may cancel late, and it is recorded. */
static bool
is_late(const QbService *s, const QbAppointment *a, const QbCaller *caller)
{
	/* a hold binds nobody */
	bool		late = a->status != QB_HELD && qb_now() > a->starts_at - s->cancel_notice;

	if (late && qb_is_bound(caller))
		qb_raise(QB_POLICY_REFUSED, qb_detail_uuid(qb_detail(), "appointment_id", &a->id), "Ask the clinic.",
				 "it is too late to cancel the appointment");
	return late;
}

/* appointment.cancelled_by knows no more than these. */
static const char *
canceller(QbCallerKind kind)
{
	return kind <= QB_CALLER_STAFF ? "staff" : kind == QB_CALLER_PROVIDER ? "provider" : "patient";
}

QbAppointment *
qb_cancel_locked(QbStore *store, const QbService *service, const QbAppointment *before, const char *reason)
{
	QbAppointment *a = qb_to_change(before);

	qb_set_cancelled(a, reason, canceller(store->caller.kind), is_late(service, before, &store->caller));
	return qb_write_status(store, service, a, QB_CANCELLED);
}

static QbAppointment *
cancel_with_event(QbStore *store, const QbAppointment *before, const char *reason)
{
	QbAppointment *a = qb_cancel_locked(store, qb_store_service_of(store, before), before, reason);

	qb_event_append(store, qb_event_of(QB_CANCELLED), a, before, 0);
	return a;
}

QbAppointment *
qb_cancel(QbStore *store, const pg_uuid_t *id, const char *reason, const int32 *expected_version)
{
	QbAppointment *before = qb_lock_appointment(store, id, expected_version);

	/* cancelling twice is no error */
	if (before->status == QB_CANCELLED)
		return before;
	qb_check_transition(before, QB_CANCELLED);
	return cancel_with_event(store, before, reason);
}

QbAppointment *
qb_decline(QbStore *store, const pg_uuid_t *id, const char *reason, const int32 *expected_version)
{
	QbAppointment *before;

	qb_require_staff(&store->caller, "decline an appointment");
	before = qb_lock_appointment(store, id, expected_version);
	if (before->status != QB_PENDING)
		qb_refuse_transition(before, QB_CANCELLED, " by declining it: it is not pending");
	return cancel_with_event(store, before, reason);
}
