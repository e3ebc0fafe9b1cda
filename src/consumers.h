/*
 * consumers.h
 *		Reading the event log.
 */
#ifndef QB_CONSUMERS_H
#define QB_CONSUMERS_H

#include "store.h"

/* Give positions to events that have committed since; how many.  0 when somebody else is at it. */
extern int64 qb_number_events(QbStore *store);

#endif							/* QB_CONSUMERS_H */
