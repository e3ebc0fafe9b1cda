/*
 * lifecycle.h
 *		Changing an appointment's status as staff do, by the machine of statuses.
 */
#ifndef QB_BOOKING_LIFECYCLE_H
#define QB_BOOKING_LIFECYCLE_H

#include "store/appointments.h"
#include "store/status.h"
#include "store/store.h"

/*
 * Give an appointment a status; aside are rules that do not count.  Cancelling
 * twice is no error.  Locks its calendars, those that its way leads to if it
 * takes its time again, and the limits that count it, then its row; appends the
 * event.  Errors: not_found, not_allowed, stale_version, invalid_transition,
 * policy_refused, hold_expired, limit_reached, slot_taken, session_full,
 * patient_busy.  The appointment is palloc'd.
 */
extern QbAppointment *qb_change_status(QbStore *store, const pg_uuid_t *id, QbStatus to,
									   const int32 *expected_version, int aside);

#endif							/* QB_BOOKING_LIFECYCLE_H */
