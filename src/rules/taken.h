/*
 * taken.h
 *		What is taken on a calendar, and what on it does not count.
 */
#ifndef QB_RULES_TAKEN_H
#define QB_RULES_TAKEN_H

#include "store/model.h"
#include "store/store.h"

/* A patient's calendar, with nothing loaded: of somebody who can be in one place. */
static inline QbCalendar
qb_patient_calendar(const pg_uuid_t *patient)
{
	return (QbCalendar) {.id = *patient, .of_patient = true, .capacity = 1};
}

/* Of loaded allocations, expired holds and those of except (or NULL) do not count. */
extern void qb_ignore_allocations(QbCalendar *c, TimestampTz now, const pg_uuid_t *except);

/* The same of n calendars, and what does not count for a patient: the own holds. */
extern void qb_ignore_for(QbStore *store, QbCalendar **calendars, int n, const QbExempt *exempt);

/* Rule 4: where nothing more fits, for busy time or because all places are taken; palloc'd. */
extern QbIntervalSet qb_taken(const QbCalendar *c);

#endif							/* QB_RULES_TAKEN_H */
