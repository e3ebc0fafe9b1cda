/*
 * reschedule.h
 *		Moving an appointment to another time, all or nothing.
 */
#ifndef QB_BOOKING_RESCHEDULE_H
#define QB_BOOKING_RESCHEDULE_H

#include "store/appointments.h"
#include "store/store.h"

/*
 * Move an appointment of the caller's, and append the event; provider NULL
 * keeps the one that it has when it is locked.  Locks its calendars, those of
 * the new time, the limits that count it, then its row.  Errors: not_found,
 * not_allowed, stale_version, hold_expired, invalid_transition, policy_refused
 * and the refusals of the rules.  The appointment is palloc'd.
 */
extern QbAppointment *qb_reschedule(QbStore *store, const pg_uuid_t *id, int64 start, const pg_uuid_t *provider,
									const int32 *expected_version, int aside);

#endif							/* QB_BOOKING_RESCHEDULE_H */
