/*
 * booking.h
 *		Taking time: the one path by which appointments get onto calendars.
 */
#ifndef QB_BOOKING_H
#define QB_BOOKING_H

#include "quickbook.h"

#include "fmgr.h"
#include "store.h"

/* The composite appointment_info of an appointment. */
extern Datum qb_appointment_result(FunctionCallInfo fcinfo, const QbAppointment *appointment);

/* Set a column, in the Datums. */
extern void qb_set_text(QbAppointment *appointment, QbAppointmentColumn column, const char *value);
extern void qb_set_datum(QbAppointment *appointment, QbAppointmentColumn column, Datum value);
extern void qb_set_null(QbAppointment *appointment, QbAppointmentColumn column);

/* A copy of an appointment for its next version, updated now. */
extern QbAppointment *qb_to_change(const QbAppointment *before);

extern void qb_set_cancelled(QbAppointment *appointment, const char *reason, const char *by, bool late);

/*
 * Take what is not past of an appointment's time again, on the calendars of
 * its providers and its patient, which must be locked.  Errors: slot_taken,
 * patient_busy.
 */
extern void qb_take_time_again(QbStore *store, const QbService *service, const QbAppointment *appointment);

#endif							/* QB_BOOKING_H */
