/*
 * events.h
 *		The durable log of what happened, and the word to listeners.
 */
#ifndef QB_EVENTS_H
#define QB_EVENTS_H

#include "store.h"

/*
 * Append "appointment.<what>": the appointment after the change, what changed
 * since before (NULL: it is new), and who did it.  aside are the rules that
 * were set aside.  NOTIFYs when quickbook.notify says so.
 */
extern void qb_event_append(QbStore *store, const char *what, const QbAppointment *after,
							const QbAppointment *before, int aside);

#endif							/* QB_EVENTS_H */
