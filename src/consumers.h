/*
 * consumers.h
 *		Reading the event log.
 */
#ifndef QB_CONSUMERS_H
#define QB_CONSUMERS_H

#include "store.h"

/* So many events get their positions at once, to keep the transaction short. */
#define QB_MAX_NUMBERED 10000

/*
 * Give positions to events that have committed since; how many.  0 when somebody else is at it.
 * Tells listeners about those that their own transactions did not announce.
 */
extern int64 qb_number_events(QbStore *store);

/*
 * See to it that what has committed has its positions: by the worker, where
 * one runs, so that no lock is held until the end of this transaction.
 */
extern void qb_have_events_numbered(QbStore *store);

#endif							/* QB_CONSUMERS_H */
