/*
 * refusal.h
 *		Saying no: what is wrong with a start, and which would do.
 */
#ifndef QB_RULES_REFUSAL_H
#define QB_RULES_REFUSAL_H

#include "base/compat.h"
#include "rules/rules.h"

/*
 * Raise the refusal of a rule (qb_rules[why].error) with the nearest starts that
 * would do, no rule set aside.  The start must be loaded.
 */
qb_noreturn extern void qb_search_refuse(QbSearch *search, const QbLead *lead, int64 start, QbRule why);

#endif							/* QB_RULES_REFUSAL_H */
