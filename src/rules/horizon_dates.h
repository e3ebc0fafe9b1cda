/*
 * horizon_dates.h
 *		Rule 5: the last date that so many working or bookable dates lead to.
 */
#ifndef QB_RULES_HORIZON_DATES_H
#define QB_RULES_HORIZON_DATES_H

#include "rules/horizon.h"

/*
 * Search from today on, in ever longer steps, until every lead's dates are
 * counted.  What it loads is gone when it returns.
 */
extern void qb_find_last_dates(const QbSearch *search, QbHorizon *horizon);

#endif							/* QB_RULES_HORIZON_DATES_H */
