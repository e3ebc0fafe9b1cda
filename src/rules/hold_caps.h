/*
 * hold_caps.h
 *		How many live holds who is bound by rules may have at once.
 */
#ifndef QB_RULES_HOLD_CAPS_H
#define QB_RULES_HOLD_CAPS_H

#include "base/locks.h"
#include "rules/question.h"

/* Add to locks what has to be locked, besides the patient's calendar, for a hold to be counted. */
extern void qb_hold_caps_lock(const QbSearch *search, QbLockSet *locks);

/* May there be one more hold?  Under these locks, when those that it replaces are closed.  Errors: limit_reached. */
extern void qb_hold_caps_check(const QbSearch *search);

#endif							/* QB_RULES_HOLD_CAPS_H */
