/*
 * hold_caps.h
 *		How many live holds who is bound by rules may have at once.
 */
#ifndef QB_RULES_HOLD_CAPS_H
#define QB_RULES_HOLD_CAPS_H

#include "base/locks.h"
#include "rules/question.h"

/* What has to be locked, besides the patient's calendar, for a hold to be counted. */
extern void qb_hold_caps_lock(const QbSearch *search, QbLockSet *locks);

/* One more hold, under the locks, those closed that it replaces: raises limit_reached. */
extern void qb_hold_caps_check(const QbSearch *search);

#endif							/* QB_RULES_HOLD_CAPS_H */
