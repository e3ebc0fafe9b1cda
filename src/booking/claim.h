/*
 * claim.h
 *		Locking the calendars of who serves before it counts.
 */
#ifndef QB_BOOKING_CLAIM_H
#define QB_BOOKING_CLAIM_H

#include "store/store.h"
#include "rules/choice.h"
#include "booking/way.h"

/* A time whose calendars are locked, and the holds to be closed. */
typedef struct QbClaim
{
	QbChoice	choice;
	QbWay		way;
} QbClaim;

/* Choose who serves at claim->choice.start and lock their calendars, or raise the refusal. */
extern void qb_claim(QbSearch *search, QbClaim *claim);

/*
 * The same for an appointment that moves; its old calendars and its row are
 * locked as well.  NULL when its patient is no longer the one that the search is
 * for or, with keeps_provider, its provider not the one that is asked for.
 */
extern QbAppointment *qb_claim_new_time(QbSearch *search, QbClaim *claim, const pg_uuid_t *id,
										bool keeps_provider, const int32 *expected_version);

/*
 * Lock the calendars of an existing appointment of the caller's, the limits that
 * count it, then its row, and check the version that the caller expects (NULL:
 * any).  Errors: not_found, not_allowed, stale_version.
 */
extern QbAppointment *qb_lock_appointment(QbStore *store, const pg_uuid_t *id, const int32 *expected_version);

/* Does the appointment, whose calendars are locked, need a way: is there time to be taken? */
typedef bool (*QbNeedsWay) (QbStore *store, const QbAppointment *appointment, const QbService *service);

/*
 * The same for one that may take its time again, or get a patient (NULL: it has
 * one, or gets none).  Where it needs a way, *way is found and its calendars are
 * locked as well.  confirms: a hold without patient is anybody's.
 */
extern QbAppointment *qb_lock_to_take(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient, bool confirms,
									  const int32 *expected_version, QbNeedsWay needs_way, QbWay *way);

/*
 * The same without waiting: false if somebody else is writing its calendars, or
 * has changed them meanwhile.  The row is not locked.
 */
extern bool qb_try_lock_appointment(QbStore *store, const pg_uuid_t *id);

extern void qb_check_version(const QbAppointment *appointment, const int32 *expected_version);
extern void qb_check_may_move(const QbAppointment *appointment);

#endif							/* QB_BOOKING_CLAIM_H */
