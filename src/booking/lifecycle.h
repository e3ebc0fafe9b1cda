/*
 * lifecycle.h
 *		Changing an appointment's status, and what that does to its time.
 *
 * Each locks the calendars of the appointment, the limits that count it, then
 * its row, appends the event, and returns the appointment, palloc'd.  Errors of
 * all: not_found, not_allowed, stale_version, invalid_transition.
 */
#ifndef QB_BOOKING_LIFECYCLE_H
#define QB_BOOKING_LIFECYCLE_H

#include "store/store.h"

/*
 * The status machine's one door, for staff.  Where the appointment takes its
 * time again, errors also: limit_reached, slot_taken, session_full, patient_busy,
 * hold_expired.
 */
extern QbAppointment *qb_change_status(QbStore *store, const pg_uuid_t *id, QbStatus to,
									   const int32 *expected_version, int aside);

/*
 * Make a booking of a hold, by its patient or by who has its token (NULL:
 * nobody), or of a pending appointment, by staff.  Errors also: invalid_argument,
 * limit_reached, slot_taken, session_full, patient_busy, hold_expired.
 */
extern QbAppointment *qb_confirm(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient, const char *token,
								 const int32 *expected_version, int aside);

/* Cancel; what is cancelled already stays as it is.  Errors also: policy_refused. */
extern QbAppointment *qb_cancel(QbStore *store, const pg_uuid_t *id, const char *reason,
								const int32 *expected_version);

/* Staff do not approve a pending appointment. */
extern QbAppointment *qb_decline(QbStore *store, const pg_uuid_t *id, const char *reason,
								 const int32 *expected_version);

#endif							/* QB_BOOKING_LIFECYCLE_H */
