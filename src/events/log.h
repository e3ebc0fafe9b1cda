/*
 * log.h
 *		The durable log of what happened.
 */
#ifndef QB_EVENTS_LOG_H
#define QB_EVENTS_LOG_H

#include "store/appointments.h"
#include "store/status.h"
#include "store/store.h"

/* What an event says that tells of an appointment's new status.  A constant. */
extern const char *qb_event_of(QbStatus status);

/*
 * Append "appointment.<what>": the appointment after the change, what changed
 * since before (NULL: it is new), and who did it.  aside are the rules that
 * were set aside.  Between qb_store_begin() and qb_store_end().
 */
extern void qb_event_append(QbStore *store, const char *what, const QbAppointment *after,
							const QbAppointment *before, int aside);

#endif							/* QB_EVENTS_LOG_H */
