/*
 * announce.h
 *		The word to listeners, and to the worker, that there are events.
 */
#ifndef QB_EVENTS_ANNOUNCE_H
#define QB_EVENTS_ANNOUNCE_H

#include "store/events.h"


/* Are changes announced when they get their position, and not in their own transaction? */
extern bool qb_notify_is_late(void);

/* NOTIFY of some events when this transaction commits. */
extern void qb_events_announce(const QbEventName *events, int n);

/*
 * This transaction has written an event: the worker is woken when it commits,
 * and listeners are told if quickbook.notify says so.
 */
extern void qb_event_appended(const QbEventName *event);

/* Look out for the ends of transactions that wrote events; called once when the library is loaded. */
extern void qb_events_register(void);

#endif							/* QB_EVENTS_ANNOUNCE_H */
