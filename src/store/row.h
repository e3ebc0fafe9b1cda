/*
 * row.h
 *		An appointment as a row: setting columns, returning it to SQL.
 */
#ifndef QB_STORE_ROW_H
#define QB_STORE_ROW_H

#include "fmgr.h"

#include "base/settings.h"
#include "store/appointments.h"
#include "store/model.h"
#include "store/status.h"

/* A row with nothing but nulls. */
extern QbAppointment *qb_new_row(void);

/*
 * Set a column, the Datum and the field; a NULL pointer sets null.  A uuid is
 * not copied: what is pointed at has to live as long as the row.
 */
extern void qb_set_text(QbAppointment *appointment, QbAppointmentColumn column, const char *value);
extern void qb_set_uuid(QbAppointment *appointment, QbAppointmentColumn column, const pg_uuid_t *value);
extern void qb_set_datum(QbAppointment *appointment, QbAppointmentColumn column, Datum value);
extern void qb_set_null(QbAppointment *appointment, QbAppointmentColumn column);
extern void qb_set_status(QbAppointment *appointment, QbStatus status);
extern void qb_set_times(QbAppointment *appointment, int64 start, int64 end);

/* Give it a seat in a session, or none. */
extern void qb_set_session(QbAppointment *appointment, const pg_uuid_t *session, int seat);
extern void qb_leave_session(QbAppointment *appointment);

/* A copy of an appointment for its next version, updated now. */
extern QbAppointment *qb_to_change(const QbAppointment *before);

/* Cancelled: why, by whom (as cancelled_by has it), and whether too late. */
extern void qb_set_cancelled(QbAppointment *appointment, const char *reason, const char *by, bool late);

/* The columns of a cancellation set null; its status is for the caller to set. */
extern void qb_clear_cancelled(QbAppointment *appointment);

/*
 * A hold that ran out, whether or not somebody has closed it: only holds that
 * were closed for that keep their expiry.  Who closed it may have had a later
 * clock than this statement, which waited.
 */
extern bool qb_hold_has_expired(const QbAppointment *appointment);

/* Does it take time, by its status, where the service says what pending ones do? */
extern bool qb_takes_time(const QbAppointment *appointment, const QbService *service);

#endif							/* QB_STORE_ROW_H */
