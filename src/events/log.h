/*
 * log.h
 *		The durable log of what happened, and the word to listeners.
 */
#ifndef QB_EVENTS_LOG_H
#define QB_EVENTS_LOG_H

#include "store/store.h"

/*
 * Append "appointment.<what>": the appointment after the change, what changed
 * since before (NULL: it is new), and who did it.  aside are the rules that
 * were set aside.  NOTIFYs when quickbook.notify says so.
 */
extern void qb_event_append(QbStore *store, const char *what, const QbAppointment *after,
							const QbAppointment *before, int aside);

/* Are changes announced when they get their position, and not in their own transaction? */
extern bool qb_notify_is_late(void);

/* NOTIFY, when this transaction commits. */
extern void qb_events_announce(const QbEventName *events, int n);

/* Wake the worker at commits that wrote events; called once when the library is loaded. */
extern void qb_events_register(void);

#endif							/* QB_EVENTS_LOG_H */
