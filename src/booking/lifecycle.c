/*
 * lifecycle.c
 *		Changing an appointment's status as staff do, by the machine of statuses.
 */
#include "postgres.h"

#include "booking/lifecycle.h"

#include "store/configuration.h"
#include "store/model.h"
#include "store/row.h"
#include "events/log.h"
#include "booking/booking.h"
#include "booking/cancel.h"
#include "booking/confirm.h"
#include "booking/lock.h"
#include "booking/transition.h"

/* What a change of status comes to, when it is allowed and all is locked. */
static QbAppointment *
step(QbStore *store, const QbAppointment *before, QbStatus from, QbStatus to, int aside, const QbWay *way)
{
	QbService  *service = qb_store_service_of(store, before);
	bool		had_time = qb_has_time(store, before, service);

	if (to == QB_CANCELLED)
		return qb_cancel_locked(store, service, before, NULL);
	if (from == QB_HELD && (to == QB_PENDING || to == QB_BOOKED))
		return qb_confirm_hold(store, service, before, NULL, to, aside, way);
	if (to == QB_BOOKED && !had_time)
		return qb_revive(store, service, before, to, aside, way);
	return qb_write_status(store, service, qb_to_change(before), to);
}

QbAppointment *
qb_change_status(QbStore *store, const pg_uuid_t *id, QbStatus to, const int32 *expected_version, int aside)
{
	bool		revives = to == QB_BOOKED || to == QB_PENDING;
	QbWay		way = {0};
	QbAppointment *before = revives
		? qb_lock_to_take(store, id, NULL, false, expected_version, qb_has_no_time, &way)
		: qb_lock_appointment(store, id, expected_version);
	QbStatus	from = before->status;
	bool		undo = qb_status_is_undone(from, to);
	QbAppointment *a;

	/* cancelling twice is no error */
	if (from == QB_CANCELLED && to == QB_CANCELLED)
		return before;
	qb_check_transition(before, to);
	a = step(store, before, from, to, aside, &way);
	qb_event_append(store, undo ? "restored" : qb_event_of(a->status), a, before, aside);
	return a;
}
