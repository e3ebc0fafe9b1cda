/*
 * walk.h
 *		A walk over a lead's starts on the grid.
 */
#ifndef QB_RULES_WALK_H
#define QB_RULES_WALK_H

#include "rules/question.h"

/* A walk over a lead's starts on the grid, by time. */
typedef struct QbGridWalk
{
	const QbSearch *search;
	const QbLead *lead;
	int64		to;
	int			interval;		/* of the feasible ones */
	int			window;			/* anchor window: the last that has started */
	int64		at;				/* where the next stretch begins */
	int64		start;			/* the next start of the present stretch */
	int64		end;			/* of the stretch, exclusive */
} QbGridWalk;

/* Begin a walk over [from, to), which must be loaded: it is over with the next load. */
extern QbGridWalk qb_grid_walk(const QbSearch *search, const QbLead *lead, int64 from, int64 to);

/* The next start that nothing hides; sessions are offered apart.  false: there is none. */
extern bool qb_grid_next(QbGridWalk *walk, QbOffer *offer);

/* Pass over the starts before an instant. */
extern void qb_grid_skip(QbGridWalk *walk, int64 until);

/*
 * Pass over starts before an instant that are offered if the one at start was,
 * and tell their number: it may be less than all of them.
 */
extern int64 qb_grid_take(QbGridWalk *walk, int64 start, int64 until);

#endif							/* QB_RULES_WALK_H */
