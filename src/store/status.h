/*
 * status.h
 *		What may become of an appointment: FHIR R5 Appointment.status, and "held".
 *
 * The one list of statuses.  The SQL text that names them is made from it.
 */
#ifndef QB_STORE_STATUS_H
#define QB_STORE_STATUS_H

#include "base/settings.h"

/*
 * Live ones have a seat, and time if the appointment has time at all; the
 * others have given it back.  The live ones as SQL begin with "first".
 */
#define QB_LIVE_STATUSES(first, next) \
	first(HELD, "held") \
	next(PENDING, "pending") \
	next(BOOKED, "booked") \
	next(ARRIVED, "arrived") \
	next(CHECKED_IN, "checked-in") \
	next(FULFILLED, "fulfilled")

#define QB_ENDED_STATUSES(next) \
	next(CANCELLED, "cancelled") \
	next(NOSHOW, "noshow") \
	next(ENTERED_IN_ERROR, "entered-in-error")

#define QB_STATUS_ENUM(id, name) QB_##id,

typedef enum QbStatus
{
	QB_LIVE_STATUSES(QB_STATUS_ENUM, QB_STATUS_ENUM)
	QB_ENDED_STATUSES(QB_STATUS_ENUM)
	QB_NSTATUSES				/* of a row: none that is known, since its CHECK is gone */
} QbStatus;

#define QB_STATUS_SQL_FIRST(id, name) "'" name "'"
#define QB_STATUS_SQL_NEXT(id, name) ", '" name "'"

/* The live ones as a list for SQL's IN, as the index of seats has it. */
#define QB_LIVE_STATUSES_SQL "(" QB_LIVE_STATUSES(QB_STATUS_SQL_FIRST, QB_STATUS_SQL_NEXT) ")"

/* The word in the table.  A constant. */
extern const char *qb_status_name(QbStatus status);

/* The status of a word, QB_NSTATUSES if there is no such status. */
extern QbStatus qb_status_of(const char *word);

/* The same of an argument called "status".  Errors: invalid_argument. */
extern QbStatus qb_status_argument(const char *word);

static inline bool
qb_status_is_live(QbStatus status)
{
	return status <= QB_FULFILLED;
}

/* May an appointment go from one to the other?  Who calls decides whether now. */
extern bool qb_status_may_follow(QbStatus from, QbStatus to);

/* Going from one to the other takes back what was done before. */
extern bool qb_status_is_undone(QbStatus from, QbStatus to);

#endif							/* QB_STORE_STATUS_H */
