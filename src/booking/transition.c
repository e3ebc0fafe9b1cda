/*
 * transition.c
 *		From one status to another: may it, and what it does to the time.
 */
#include "postgres.h"

#include "booking/transition.h"

#include "utils/timestamp.h"

#include "base/errors.h"
#include "store/allocations.h"
#include "store/sessions.h"
#include "events/log.h"
#include "rules/limit.h"
#include "rules/search.h"
#include "rules/sessions.h"
#include "booking/booking.h"

/* ----------
 * May it
 * ----------
 */

void
qb_refuse_transition(const QbAppointment *a, QbStatus to, const char *reason)
{
	qb_raise(QB_INVALID_TRANSITION,
			 qb_detail_text(qb_detail_text(qb_detail_uuid(qb_detail(), "appointment_id", &a->id),
										   "from", qb_status_name(a->status)),
							"to", qb_status_name(to)),
			 NULL, "an appointment that is %s cannot become %s%s",
			 qb_status_name(a->status), qb_status_name(to), reason);
}

void
qb_check_transition(const QbAppointment *a, QbStatus to)
{
	if (!qb_status_may_follow(a->status, to))
		qb_refuse_transition(a, to, "");
	if (to == QB_NOSHOW && qb_now() < a->starts_at)
		qb_refuse_transition(a, to, " before it starts");
	if ((to == QB_PENDING || to == QB_BOOKED) && !a->has_patient)
		qb_refuse_transition(a, to, " without a patient");
}

void
qb_check_limits(QbStore *store, const QbAppointment *a, const pg_uuid_t *patient)
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

bool
qb_has_no_time(QbStore *store, const QbAppointment *a, const QbService *service)
{
	return !qb_has_time(store, a, service);
}

/* ----------
 * Doing it
 * ----------
 */

QbAppointment *
qb_make_live(QbStore *store, const QbService *service, const QbAppointment *before, QbStatus to, const QbWay *way,
			 QbError taken)
{
	QbAppointment *a = qb_to_change(before);

	qb_set_status(a, to);
	qb_set_null(a, QB_A_EXPIRES_AT);
	qb_clear_cancelled(a);
	return qb_take_time_again(store, service, before, a, way, taken);
}

QbAppointment *
qb_revive(QbStore *store, const QbService *service, const QbAppointment *before, QbStatus to, int aside,
		  const QbWay *way)
{
	if (!(aside & QB_ASIDE_LIMIT) && before->status != QB_NOSHOW)
		qb_check_limits(store, before, before->has_patient ? &before->patient_id : NULL);
	return qb_make_live(store, service, before, to, way, QB_SLOT_TAKEN);
}

QbAppointment *
qb_write_status(QbStore *store, const QbService *service, QbAppointment *a, QbStatus to)
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
