/*
 * limit.h
 *		Rule 5: how much may be booked in a period.
 */
#ifndef QB_RULES_LIMIT_H
#define QB_RULES_LIMIT_H

#include "base/locks.h"
#include "store/model.h"
#include "rules/question.h"

/* A state in which nothing has been counted yet, palloc'd. */
extern QbLimitState *qb_limits_make(void);

/*
 * The first limit that the booking would pass, the search's own, or NULL.
 * Counts in the tables, and remembers until the next load.
 */
extern const QbLimit *qb_limit_reached(const QbQuestion *q);

/*
 * Add the locks of the limits that bookings of several providers and patients
 * share.  The others need none: the lead's or the patient's calendar is locked.
 */
extern void qb_limits_lock(const QbLimit *limits, int n, QbLockSet *locks);

/* Forget what was counted, when a new period is loaded. */
extern void qb_limits_forget(QbSearch *search);

/* "3 per day", "2 h per week for each patient"; palloc'd */
extern char *qb_limit_text(const QbLimit *limit);

#endif							/* QB_RULES_LIMIT_H */
