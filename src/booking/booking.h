/*
 * booking.h
 *		Taking time: the one path by which appointments get onto calendars.
 *
 * All of it under the locks of the calendars that are touched, which the caller
 * has taken: claim.h, lock.h.  A row that is returned is palloc'd.
 */
#ifndef QB_BOOKING_BOOKING_H
#define QB_BOOKING_BOOKING_H

#include "base/errors.h"
#include "store/appointments.h"
#include "store/model.h"
#include "store/row.h"
#include "store/store.h"
#include "rules/search.h"
#include "booking/claim.h"

/* Has it taken time?  The service may have changed its mind about pending ones. */
extern bool qb_has_time(QbStore *store, const QbAppointment *appointment, const QbService *service);

/* Close the holds of a way, in the order of their ids, which locks their rows. */
extern void qb_clear_way(QbStore *store, const QbWay *way);

/*
 * Before a row with the claim's time is written: close the holds that are in
 * its way, give up the time that it had before (NULL: it is new) and, for a
 * group, take a seat with its session's time, set in after.  Errors: slot_taken.
 */
extern void qb_make_way(QbSearch *search, const QbClaim *claim, const QbAppointment *before,
						QbAppointment *after);

/*
 * Afterwards: write who serves, and the time onto their calendars and the
 * patient's.  Errors: slot_taken, patient_busy.
 */
extern void qb_take_time(QbSearch *search, const QbClaim *claim, const QbAppointment *appointment);

/* Give back all time of an appointment, whose row has been updated. */
extern void qb_give_back_time(QbStore *store, const QbAppointment *appointment);

/*
 * Update a held appointment that keeps its time for good; its patient may be
 * new, and way is then what the patient's holds are in.  Errors: patient_busy.
 */
extern QbAppointment *qb_keep_time(QbStore *store, const QbService *service, const QbAppointment *before,
								   QbAppointment *after, const QbWay *way);

/*
 * Update an appointment so that it takes what is not past of its time again,
 * on the calendars of its providers and its patient, or in the session that its
 * way joins; all are locked.  taken is the error if the providers are not free.
 * Errors: patient_busy, session_full.
 */
extern QbAppointment *qb_take_time_again(QbStore *store, const QbService *service, const QbAppointment *before,
										 QbAppointment *after, const QbWay *way, QbError taken);

/* Raise taken if an appointment's providers are not free at its time, itself not counting. */
extern void qb_require_free_providers(QbStore *store, const QbService *service, const QbAppointment *appointment,
									  QbError taken);

/*
 * Close a hold that is due, or that its patient's booking replaces.  Its
 * providers' calendars are locked already; its row is locked here, and one that
 * was closed or confirmed meanwhile is left alone.
 */
extern void qb_close_hold(QbStore *store, const pg_uuid_t *id);

#endif							/* QB_BOOKING_BOOKING_H */
