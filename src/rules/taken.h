/*
 * taken.h
 *		What is taken on a calendar, and what on it does not count.
 */
#ifndef QB_RULES_TAKEN_H
#define QB_RULES_TAKEN_H

#include "store/store.h"

/* A patient's calendar is that of a provider who takes one at a time. */
static inline QbProvider
qb_patient_calendar(const pg_uuid_t *patient)
{
	return (QbProvider) {.id = *patient, .capacity = 1};
}

/* Of loaded allocations, expired holds and those of except (or NULL) do not count. */
extern void qb_ignore_allocations(QbProvider *p, TimestampTz now, const pg_uuid_t *except);

/* The same, and what does not count for a patient: the own holds.  Both ids may be NULL. */
extern void qb_ignore_for(QbStore *store, QbProvider **calendars, int n, const pg_uuid_t *patient,
						  const pg_uuid_t *except);

/* Rule 4: where nothing more fits, for busy time or because all places are taken. */
extern QbIntervalSet qb_taken(const QbProvider *p);

#endif							/* QB_RULES_TAKEN_H */
