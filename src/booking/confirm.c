/*
 * confirm.c
 *		Confirming what is held or waits for approval.
 */
#include "postgres.h"

#include "booking/confirm.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/errors.h"
#include "base/ids.h"
#include "store/configuration.h"
#include "events/log.h"
#include "people/access.h"
#include "booking/booking.h"
#include "booking/lock.h"
#include "booking/transition.h"

static bool
is_text(const char *string, Datum value)
{
	return strcmp(string, TextDatumGetCString(value)) == 0;
}

/* Whose hold is it?  One without patient belongs to who has its token. */
static void
check_confirmer(const QbAppointment *a, const pg_uuid_t *patient, const char *token)
{
	QbDetail   *detail = qb_detail_uuid(qb_detail(), "appointment_id", &a->id);

	if (a->has_patient && patient != NULL && !qb_uuid_equal(patient, &a->patient_id))
		qb_raise(QB_NOT_ALLOWED, detail, "Leave patient_id out.", "the appointment is another patient's");
	if (a->has_patient)
		return;
	if (token == NULL || a->nulls[QB_A_HOLD_TOKEN] ||
		!is_text(token, a->values[QB_A_HOLD_TOKEN]))
		qb_raise(QB_NOT_ALLOWED, detail, "Give the hold_token that hold_appointment() returned.",
				 "a hold without patient is confirmed with its hold_token");
	if (patient == NULL)
		qb_raise_argument("patient_id", "the hold has no patient yet: patient_id must not be null");
}

/* Give the hold its patient, who must be the clinic's. */
static void
set_patient(QbStore *store, QbAppointment *a, const pg_uuid_t *patient)
{
	if (!qb_store_has_patient(store, &a->clinic_id, patient))
		qb_raise_not_found("patient", patient);
	qb_set_uuid(a, QB_A_PATIENT_ID, patient);
	a->has_patient = true;
	a->patient_id = *patient;
}

/* What a hold becomes when it is confirmed. */
static QbStatus
confirmed_status(const QbService *service, int aside)
{
	return service->requires_approval && !(aside & QB_ASIDE_POLICY) ? QB_PENDING : QB_BOOKED;
}

/*
 * A request takes no time here: what the hold had is given back.  Of one that
 * has expired nothing is left, so the time must be free still.
 */
static QbAppointment *
become_request(QbStore *store, const QbService *service, const QbAppointment *before, QbAppointment *a,
			   const QbWay *way)
{
	if (qb_hold_has_expired(before) && service->seats == 1)
		qb_require_free_providers(store, service, a, QB_HOLD_EXPIRED);
	/* its patient's holds beside it were left out of the limits, as those that it closes */
	qb_clear_way(store, way);
	qb_clear_cancelled(a);
	qb_leave_session(a);
	a = qb_write_status(store, service, a, QB_PENDING);
	qb_give_back_time(store, before);
	return a;
}

/* The hold runs: its time is the appointment's from now on. */
static QbAppointment *
keep_held_time(QbStore *store, const QbService *service, const QbAppointment *before, QbAppointment *a,
			   QbStatus to, const QbWay *way)
{
	qb_set_status(a, to);
	qb_set_null(a, QB_A_EXPIRES_AT);
	return qb_keep_time(store, service, before, a, way);
}

QbAppointment *
qb_confirm_hold(QbStore *store, const QbService *service, const QbAppointment *before, const pg_uuid_t *patient,
				QbStatus to, int aside, const QbWay *way)
{
	QbAppointment *a = qb_to_change(before);
	bool		expired = qb_hold_has_expired(before);

	qb_set_null(a, QB_A_HOLD_TOKEN);
	if (!before->has_patient)
		set_patient(store, a, patient);
	/* who booked by a later clock may have taken it for expired, and its place in a limit */
	if (!(aside & QB_ASIDE_LIMIT))
		qb_check_limits(store, before, &a->patient_id);
	if (expired && before->starts_at <= qb_now())
		qb_raise(QB_HOLD_EXPIRED, qb_detail_uuid(qb_detail(), "appointment_id", &a->id), NULL,
				 "the hold has expired and its time has come");

	if (to == QB_PENDING && !service->pending_blocks)
		return become_request(store, service, before, a, way);
	if (expired)
		return qb_make_live(store, service, a, to, way, QB_HOLD_EXPIRED);
	return keep_held_time(store, service, before, a, to, way);
}

/* A pending one is booked: with the time that it has, or by taking it. */
static QbAppointment *
approve(QbStore *store, const QbService *service, const QbAppointment *before, int aside, const QbWay *way)
{
	if (qb_has_time(store, before, service))
		return qb_write_status(store, service, qb_to_change(before), QB_BOOKED);
	return qb_revive(store, service, before, QB_BOOKED, aside, way);
}

/* A patient who is new to it may have holds beside it. */
static bool
needs_way_to_confirm(QbStore *store, const QbAppointment *a, const QbService *service)
{
	return !a->has_patient || qb_has_no_time(store, a, service);
}

QbAppointment *
qb_confirm(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient, const char *token,
		   const int32 *expected_version, int aside)
{
	QbWay		way;
	QbAppointment *before = qb_lock_to_take(store, id, patient, true, expected_version, needs_way_to_confirm, &way);
	QbService  *service = qb_store_service_of(store, before);
	QbAppointment *a;

	check_confirmer(before, patient, token);
	if (before->status == QB_PENDING)
	{
		qb_require_staff(&store->caller, "confirm a pending appointment");
		a = approve(store, service, before, aside, &way);
	}
	else if (before->status == QB_HELD || (before->status == QB_CANCELLED && qb_hold_has_expired(before)))
		a = qb_confirm_hold(store, service, before, patient, confirmed_status(service, aside), aside, &way);
	else
		qb_refuse_transition(before, QB_BOOKED, " by confirming it");
	qb_event_append(store, qb_event_of(a->status), a, before, aside);
	return a;
}
