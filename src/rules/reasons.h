/*
 * reasons.h
 *		Why a start is offered or not, for people.  No text names a patient.
 */
#ifndef QB_RULES_REASONS_H
#define QB_RULES_REASONS_H

#include "rules/question.h"

/* The windows of the start's date, and whether [start, start + length) lies in them less time off. */
extern char *qb_explain_hours(const QbProvider *p, int64 start, int64 length);

/* What takes the provider's time around [start, end); session's own time (or NULL) does not count. */
extern char *qb_explain_free(const QbSearch *search, const QbProvider *p, const QbSession *session,
							 int64 start, int64 end);

#endif							/* QB_RULES_REASONS_H */
