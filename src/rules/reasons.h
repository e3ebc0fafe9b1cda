/*
 * reasons.h
 *		Why a start is offered or not, for people.  No text names a patient.
 */
#ifndef QB_RULES_REASONS_H
#define QB_RULES_REASONS_H

#include "store/model.h"
#include "rules/rules.h"

/* What one rule says about a start. */
typedef struct QbReason
{
	bool		passed;
	const char *detail;
} QbReason;

/*
 * What each rule says about a start with a lead of the search: reasons[QbRule],
 * the texts palloc'd.  Loads the start; raises nothing and locks nothing.
 */
extern void qb_reasons(QbSearch *search, const QbLead *lead, int64 start, QbReason *reasons);

/*
 * The windows of the start's date, and whether [start, start + length) lies in
 * them less time off.  Palloc'd, as the next.  By what qb_search_load_to_explain()
 * has loaded.
 */
extern char *qb_explain_hours(const QbProvider *p, int64 start, int64 length);

/* What takes the provider's time around [start, end); session's own time (or NULL) does not count. */
extern char *qb_explain_free(const QbSearch *search, const QbProvider *p, const QbSession *session,
							 int64 start, int64 end);

#endif							/* QB_RULES_REASONS_H */
