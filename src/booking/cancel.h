/*
 * cancel.h
 *		Cancelling, and declining what waits for approval.
 */
#ifndef QB_BOOKING_CANCEL_H
#define QB_BOOKING_CANCEL_H

#include "store/appointments.h"
#include "store/model.h"
#include "store/store.h"

/*
 * Cancel an appointment of the caller's; what is cancelled already stays as it
 * is.  Locks its calendars and limits, then its row; appends the event.  reason
 * may be NULL.  Errors: not_found, not_allowed, stale_version,
 * invalid_transition, policy_refused.  The appointment is palloc'd.
 */
extern QbAppointment *qb_cancel(QbStore *store, const pg_uuid_t *id, const char *reason,
								const int32 *expected_version);

/* The same for staff, of a pending one only: it is not approved. */
extern QbAppointment *qb_decline(QbStore *store, const pg_uuid_t *id, const char *reason,
								 const int32 *expected_version);

/*
 * Cancel one that is locked and may be cancelled, without an event.  Errors:
 * policy_refused, for patients who are late.
 */
extern QbAppointment *qb_cancel_locked(QbStore *store, const QbService *service, const QbAppointment *before,
									   const char *reason);

#endif							/* QB_BOOKING_CANCEL_H */
