/*
 * grid.h
 *		Rule 2: which of the feasible starts are offered.  Raises no errors.
 */
#ifndef QB_RULES_GRID_H
#define QB_RULES_GRID_H

#include "store/model.h"
#include "rules/question.h"

/*
 * Where the count of a start's grid begins; false: nowhere.  Anchors gap and
 * clock have no grid where the time is not free.
 */
extern bool qb_grid_anchor(const QbQuestion *q, int64 *anchor);

/* Is the start on the grid?  Where there is none, other rules tell why. */
extern bool qb_on_grid(const QbQuestion *q);

/*
 * Anchors gap and clock: where the count begins in a run of feasible starts, for
 * those from an instant on.  And 1 January of the year of an instant, years later.
 */
extern int64 qb_run_anchor(const QbSearch *search, const QbProvider *p, int64 run, int64 start);
extern int64 qb_new_year(const QbZone *zone, int64 instant, int years);

#endif							/* QB_RULES_GRID_H */
