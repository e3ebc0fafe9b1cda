/*
 * bounds.h
 *		The dates, instants and lengths that are computed with.
 */
#ifndef QB_BASE_BOUNDS_H
#define QB_BASE_BOUNDS_H

#include "base/port.h"

/*
 * The dates and instants of timestamptz but for eleven
 * years at both ends.  Arguments are checked against them before use
 * (arguments.h), quickbook.now is kept well inside, and nothing is searched or
 * booked further than a hundred years from now.  Lengths are at most 366 days,
 * so that no sum of an instant and a few of them overflows.
 */
#define QB_FIRST_DATE (-2451545 + 4000)
#define QB_LAST_DATE (106751983 - 4000)
#define QB_FIRST_INSTANT (QB_FIRST_DATE * USECS_PER_DAY)
#define QB_LAST_INSTANT (QB_LAST_DATE * USECS_PER_DAY)

/* A hundred years, and the longest length. */
#define QB_LONGEST_PERIOD (36500 * USECS_PER_DAY)
#define QB_LONGEST_LENGTH (366 * USECS_PER_DAY)

#endif							/* QB_BASE_BOUNDS_H */
