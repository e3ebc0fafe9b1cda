/*
 * calendar.h
 *		A provider's calendar as a whole: free and busy time, and which coming
 *		appointments the present rules would no longer offer.
 */
#ifndef QB_RULES_CALENDAR_H
#define QB_RULES_CALENDAR_H

#include "store/appointments.h"
#include "store/model.h"
#include "store/store.h"

typedef struct QbSpan
{
	int64		start;			/* first, for qb_sort_by_start() */
	int64		end;
	const char *kind;			/* a constant: FHIR's word for free or busy */
} QbSpan;

/*
 * Cut [from, to), which must not be empty, into spans of one kind, by start:
 * how many, palloc'd.  Loads the provider's calendar; locks nothing.
 */
extern int	qb_free_and_busy(QbStore *store, QbProvider *provider, int64 from, int64 to, QbSpan **spans);

/*
 * Would the present rules offer an appointment's time, without it, with the same
 * people?  If not, the rule that says no and why, palloc'd or constants.  Locks
 * nothing.
 */
extern bool qb_still_offered(QbStore *store, const QbAppointment *appointment, const char **rule, const char **detail);

#endif							/* QB_RULES_CALENDAR_H */
