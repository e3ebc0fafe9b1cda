/*
 * feasible.h
 *		Rules 3, 4 and 6: when somebody can, by what is loaded.  Raises no errors.
 */
#ifndef QB_RULES_FEASIBLE_H
#define QB_RULES_FEASIBLE_H

#include "store/model.h"
#include "rules/question.h"

/* Rule 3: does the appointment lie in the open time? */
extern bool qb_fits(const QbProvider *p, int64 start, int64 length);

/* Rule 4: is the provider free, buffers included? */
extern bool qb_is_free(const QbSearch *search, const QbProvider *p, int64 start, int64 length);

/* free[index], palloc'd: who but the lead, and those excluded (NULL: nobody), is available at the start. */
extern bool *qb_available_others(const QbQuestion *q, const bool *excluded);

/* Rules 3, 4 and 6: set every lead's feasible starts in the loaded period, palloc'd. */
extern void qb_find_feasible(QbSearch *search);

#endif							/* QB_RULES_FEASIBLE_H */
