/*
 * transition.h
 *		From one status to another: may it, and what it does to the time.
 *
 * For whoever has locked an appointment, its calendars and the limits that count
 * it.  Who writes returns the new row, palloc'd, and leaves the event to the
 * caller.
 */
#ifndef QB_BOOKING_TRANSITION_H
#define QB_BOOKING_TRANSITION_H

#include "base/compat.h"
#include "base/errors.h"
#include "store/appointments.h"
#include "store/model.h"
#include "store/row.h"
#include "store/status.h"
#include "store/store.h"
#include "booking/way.h"

/* Raise invalid_transition; reason, which may be "", ends the sentence. */
qb_noreturn extern void qb_refuse_transition(const QbAppointment *appointment, QbStatus to, const char *reason);

/* Errors: invalid_transition, if the machine does not let it become that now. */
extern void qb_check_transition(const QbAppointment *appointment, QbStatus to);

/*
 * A booking that counts again must not pass a limit, for its patient (NULL:
 * nobody).  Errors: limit_reached.
 */
extern void qb_check_limits(QbStore *store, const QbAppointment *appointment, const pg_uuid_t *patient);

/* A QbNeedsWay: its time is to be taken, if it is to have one. */
extern bool qb_has_no_time(QbStore *store, const QbAppointment *appointment, const QbService *service);

/*
 * Set a live status and take the time for it, which it has not; taken is the
 * error if its providers are not free.  Errors also: patient_busy, session_full.
 */
extern QbAppointment *qb_make_live(QbStore *store, const QbService *service, const QbAppointment *before,
								   QbStatus to, const QbWay *way, QbError taken);

/* The same within the limits.  Errors: limit_reached, slot_taken, patient_busy, session_full. */
extern QbAppointment *qb_revive(QbStore *store, const QbService *service, const QbAppointment *before, QbStatus to,
								int aside, const QbWay *way);

/*
 * Set in a row that is to change a status that takes no time, or whose time it
 * has, and update it.  Time that it is to have no more is given back.
 */
extern QbAppointment *qb_write_status(QbStore *store, const QbService *service, QbAppointment *appointment,
									  QbStatus to);

#endif							/* QB_BOOKING_TRANSITION_H */
