/*
 * claim.h
 *		Locking the calendars of who serves before it counts.
 */
#ifndef QB_BOOKING_CLAIM_H
#define QB_BOOKING_CLAIM_H

#include "store/appointments.h"
#include "rules/choice.h"
#include "booking/way.h"

/* A time whose calendars are locked, and the holds to be closed. */
typedef struct QbClaim
{
	QbChoice	choice;
	QbWay		way;
} QbClaim;

/*
 * Choose who serves at claim->choice.start and lock their calendars, the
 * patient's, the limits and those of the way, or raise the refusal of the rules.
 * What the claim points to is palloc'd.
 */
extern void qb_claim(QbSearch *search, QbClaim *claim);

/*
 * The same for an appointment that moves; its old calendars and its row are
 * locked as well.  NULL when its patient is no longer the one that the search is
 * for or, with keeps_provider, its provider not the one that is asked for; then
 * nothing stays locked.  Errors also: not_found, not_allowed, stale_version,
 * hold_expired, invalid_transition.  The appointment is palloc'd.
 */
extern QbAppointment *qb_claim_new_time(QbSearch *search, QbClaim *claim, const pg_uuid_t *id,
										bool keeps_provider, const int32 *expected_version);

/* Errors: hold_expired, invalid_transition, if an appointment cannot be moved. */
extern void qb_check_may_move(const QbAppointment *appointment);

#endif							/* QB_BOOKING_CLAIM_H */
