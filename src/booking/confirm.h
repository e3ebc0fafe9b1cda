/*
 * confirm.h
 *		Confirming what is held or waits for approval.
 */
#ifndef QB_BOOKING_CONFIRM_H
#define QB_BOOKING_CONFIRM_H

#include "store/appointments.h"
#include "store/model.h"
#include "store/status.h"
#include "store/store.h"
#include "booking/way.h"

/*
 * Make a booking, or a request where the service wants approval, of a hold: by
 * its patient, or for a patient by who has its token (NULL: nobody).  Or a
 * booking of a pending appointment, by staff.  Locks its calendars, those that
 * its way leads to and the limits that count it, then its row; appends the
 * event.  Errors: not_found, not_allowed, invalid_argument, stale_version,
 * invalid_transition, hold_expired, limit_reached, slot_taken, session_full,
 * patient_busy.  The appointment is palloc'd.
 */
extern QbAppointment *qb_confirm(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient, const char *token,
								 const int32 *expected_version, int aside);

/*
 * The same for a hold that is locked, with the way that was found, without an
 * event: it becomes pending or booked.  A hold without patient gets patient.
 * Errors: not_found, hold_expired, limit_reached, session_full, patient_busy.
 */
extern QbAppointment *qb_confirm_hold(QbStore *store, const QbService *service, const QbAppointment *before,
									  const pg_uuid_t *patient, QbStatus to, int aside, const QbWay *way);

#endif							/* QB_BOOKING_CONFIRM_H */
