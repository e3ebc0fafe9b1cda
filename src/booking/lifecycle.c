/*
 * lifecycle.c
 *		Changing an appointment's status, and what that does to its time.
 */
#include "postgres.h"

#include "booking/lifecycle.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "store/store.h"
#include "events/log.h"
#include "people/access.h"
#include "rules/limit.h"
#include "rules/search.h"
#include "rules/sessions.h"
#include "booking/booking.h"
#include "booking/claim.h"

qb_noreturn static void
refuse_transition(const QbAppointment *a, QbStatus to, const char *reason)
{
	qb_raise(QB_INVALID_TRANSITION,
			 qb_detail_text(qb_detail_text(qb_detail_uuid(qb_detail(), "appointment_id", &a->id),
										   "from", qb_status_name(a->status)),
							"to", qb_status_name(to)),
			 NULL, "an appointment that is %s cannot become %s%s",
			 qb_status_name(a->status), qb_status_name(to), reason);
}

static void
check_transition(const QbAppointment *a, QbStatus to)
{
	if (!qb_status_may_follow(a->status, to))
		refuse_transition(a, to, "");
	if (to == QB_NOSHOW && qb_now() < a->starts_at)
		refuse_transition(a, to, " before it starts");
	if ((to == QB_PENDING || to == QB_BOOKED) && !a->has_patient)
		refuse_transition(a, to, " without a patient");
}

/* ----------
 * Changing the status
 * ----------
 */

/* A booking that counts again must not pass a limit. */
static void
check_limits(QbStore *store, const QbAppointment *a, const pg_uuid_t *patient)
{
	QbSearch   *search = qb_search_open(store, &a->service_id, &a->provider_id, patient);
	QbQuestion	q;
	const QbLimit *limit;

	if (search->nlimits == 0)
		return;
	if (search->nleads == 0)
		qb_search_ask_only(search, &a->provider_id);
	/* it keeps the length that it has */
	search->leads[0].duration = Min(qb_minus(a->ends_at, a->starts_at), QB_LONGEST_LENGTH);
	search->except = &a->id;
	qb_search_load(search, a->starts_at, qb_plus(a->starts_at, 1));
	q = qb_question(search, &search->leads[0], a->starts_at);
	limit = qb_limit_reached(&q);
	if (limit != NULL)
		qb_raise(QB_LIMIT_REACHED,
				 qb_detail_text(qb_detail_uuid(qb_detail(), "appointment_id", &a->id), "limit", qb_limit_text(limit)),
				 NULL, "a limit is reached: %s", qb_limit_text(limit));
}

static void
clear_cancelled(QbAppointment *a)
{
	qb_set_null(a, QB_A_CANCEL_REASON);
	qb_set_null(a, QB_A_CANCELLED_BY);
	qb_set_null(a, QB_A_LATE);
}

/* Set a live status and take its time if it had none. */
static QbAppointment *
revive(QbStore *store, const QbService *service, const QbAppointment *before, QbStatus to, int aside,
	   const QbWay *way, QbError taken)
{
	QbAppointment *a = qb_to_change(before);

	if (!(aside & QB_ASIDE_LIMIT) && before->status != QB_NOSHOW)
		check_limits(store, before, before->has_patient ? &before->patient_id : NULL);
	qb_set_status(a, to);
	qb_set_null(a, QB_A_EXPIRES_AT);
	clear_cancelled(a);
	return qb_take_time_again(store, service, before, a, way, taken);
}

/* Set a status that takes no time, or that has its time already. */
static QbAppointment *
write_status(QbStore *store, const QbService *service, const QbAppointment *before, QbAppointment *a, QbStatus to)
{
	qb_set_status(a, to);
	qb_set_null(a, QB_A_EXPIRES_AT);
	if (to == QB_NOSHOW)
		qb_store_cut_allocations(store, &a->id, qb_now());
	a = qb_store_update_appointment(store, a);
	if (to == QB_NOSHOW && a->has_session)
		qb_store_refresh_session(store, &a->session_id);
	else if (to != QB_NOSHOW && !qb_takes_time(a, service))
		qb_give_back_time(store, a);
	return a;
}

/* ----------
 * Cancelling
 * ----------
 */

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

static QbAppointment *
cancel(QbStore *store, const QbAppointment *before, const char *reason)
{
	QbService  *service = qb_store_service_of(store, before);
	QbAppointment *a = qb_to_change(before);

	qb_set_cancelled(a, reason, canceller(store->caller.kind), is_late(service, before, &store->caller));
	return write_status(store, service, before, a, QB_CANCELLED);
}

/* The same with its event. */
static QbAppointment *
cancel_with_event(QbStore *store, const QbAppointment *before, const char *reason)
{
	QbAppointment *a = cancel(store, before, reason);

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
	check_transition(before, QB_CANCELLED);
	return cancel_with_event(store, before, reason);
}

QbAppointment *
qb_decline(QbStore *store, const pg_uuid_t *id, const char *reason, const int32 *expected_version)
{
	QbAppointment *before;

	qb_require_staff(&store->caller, "decline an appointment");
	before = qb_lock_appointment(store, id, expected_version);
	if (before->status != QB_PENDING)
		refuse_transition(before, QB_CANCELLED, " by declining it: it is not pending");
	return cancel_with_event(store, before, reason);
}

/* ----------
 * Confirming
 * ----------
 */

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

static QbAppointment *
confirm_hold(QbStore *store, const QbService *service, const QbAppointment *before, const pg_uuid_t *patient,
			 QbStatus to, int aside, const QbWay *way)
{
	QbAppointment *a = qb_to_change(before);

	qb_set_null(a, QB_A_HOLD_TOKEN);
	if (!before->has_patient)
		set_patient(store, a, patient);
	/* who booked by a later clock may have taken it for expired, and its place in a limit */
	if (!(aside & QB_ASIDE_LIMIT))
		check_limits(store, before, &a->patient_id);
	if (qb_hold_has_expired(before) && before->starts_at <= qb_now())
		qb_raise(QB_HOLD_EXPIRED, qb_detail_uuid(qb_detail(), "appointment_id", &a->id), NULL,
				 "the hold has expired and its time has come");
	if (to == QB_PENDING && !service->pending_blocks)
	{
		if (qb_hold_has_expired(before) && service->seats == 1)
			qb_require_free_providers(store, service, a, QB_HOLD_EXPIRED);
		/* its patient's holds beside it were left out of the limits, as those that it closes */
		qb_clear_way(store, way);
		clear_cancelled(a);
		qb_leave_session(a);
		a = write_status(store, service, before, a, QB_PENDING);
		qb_give_back_time(store, before);
		return a;
	}
	if (qb_hold_has_expired(before))
		return revive(store, service, a, to, aside | QB_ASIDE_LIMIT, way, QB_HOLD_EXPIRED);
	qb_set_status(a, to);
	qb_set_null(a, QB_A_EXPIRES_AT);
	return qb_keep_time(store, service, before, a, way);
}

/* Its time is to be taken, if it is to have one. */
static bool
has_no_time(QbStore *store, const QbAppointment *a)
{
	return !qb_has_time(store, a, qb_store_service_of(store, a));
}

/* A patient who is new to it may have holds beside it. */
static bool
needs_way_to_confirm(QbStore *store, const QbAppointment *a)
{
	return !a->has_patient || has_no_time(store, a);
}

QbAppointment *
qb_confirm(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient, const char *token,
		   const int32 *expected_version, int aside)
{
	QbWay		way;
	QbAppointment *before = qb_lock_to_take(store, id, patient, true, expected_version, needs_way_to_confirm, &way);
	QbService  *service = qb_store_service_of(store, before);
	QbStatus	from = before->status;
	QbAppointment *a;

	check_confirmer(before, patient, token);
	if (from == QB_PENDING)
	{
		qb_require_staff(&store->caller, "confirm a pending appointment");
		if (qb_has_time(store, before, service))
			a = write_status(store, service, before, qb_to_change(before), QB_BOOKED);
		else
			a = revive(store, service, before, QB_BOOKED, aside, &way, QB_SLOT_TAKEN);
	}
	else if (from == QB_HELD || (from == QB_CANCELLED && qb_hold_has_expired(before)))
		a = confirm_hold(store, service, before, patient, confirmed_status(service, aside), aside, &way);
	else
		refuse_transition(before, QB_BOOKED, " by confirming it");
	qb_event_append(store, qb_event_of(a->status), a, before, aside);
	return a;
}

/* ----------
 * The machine
 * ----------
 */

static QbAppointment *
step(QbStore *store, const QbAppointment *before, QbStatus from, QbStatus to, int aside, const QbWay *way)
{
	QbService  *service = qb_store_service_of(store, before);
	bool		had_time = qb_has_time(store, before, service);

	if (to == QB_CANCELLED)
		return cancel(store, before, NULL);
	if (from == QB_HELD && (to == QB_PENDING || to == QB_BOOKED))
		return confirm_hold(store, service, before, NULL, to, aside, way);
	if (to == QB_BOOKED && !had_time)
		return revive(store, service, before, to, aside, way, QB_SLOT_TAKEN);
	return write_status(store, service, before, qb_to_change(before), to);
}

QbAppointment *
qb_change_status(QbStore *store, const pg_uuid_t *id, QbStatus to, const int32 *expected_version, int aside)
{
	bool		revives = to == QB_BOOKED || to == QB_PENDING;
	QbWay		way = {0};
	QbAppointment *before = revives
		? qb_lock_to_take(store, id, NULL, false, expected_version, has_no_time, &way)
		: qb_lock_appointment(store, id, expected_version);
	QbStatus	from = before->status;
	bool		undo = qb_status_is_undone(from, to);
	QbAppointment *a;

	/* cancelling twice is no error */
	if (from == QB_CANCELLED && to == QB_CANCELLED)
		return before;
	check_transition(before, to);
	a = step(store, before, from, to, aside, &way);
	qb_event_append(store, undo ? "restored" : qb_event_of(a->status), a, before, aside);
	return a;
}
