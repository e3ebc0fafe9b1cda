/*
 * consumers.h
 *		Reading the event log: consumers, and how far each has read.
 *
 * All of it runs between qb_store_begin() and qb_store_end(), and asks nobody
 * for rights: the doors do.  Who names a consumer locks it until the
 * transaction ends, and takes the sequencer's lock after that if at all.
 */
#ifndef QB_EVENTS_CONSUMERS_H
#define QB_EVENTS_CONSUMERS_H

#include "base/results.h"
#include "store/events.h"
#include "store/store.h"

/*
 * Make a consumer that has read up to a position; NULL: all that there is.
 * Returns its row, palloc'd.  Errors: invalid_argument if there is one of that
 * name, or the position is beyond the last.
 */
extern QbConsumer *qb_consumer_create(QbStore *store, const char *name, const int64 *from);

/* Forget a consumer; false if there was none. */
extern bool qb_consumer_drop(QbStore *store, const char *name);

/*
 * Put up to max events behind the consumer's position into rows.  What is put
 * has a position for good, crash or not.  Errors: not_found.
 */
extern void qb_consumer_fetch(QbStore *store, const char *name, int max, QbRows *rows);

/*
 * The consumer has read up to a position; returns where it is, which is further
 * if it was.  Errors: not_found; invalid_argument for a position beyond the last.
 */
extern int64 qb_consumer_ack(QbStore *store, const char *name, int64 position);

/*
 * Delete events from before an instant that every consumer has read, or with
 * force all of them; how many.  Locks the sequencer.
 */
extern int64 qb_purge_events(QbStore *store, TimestampTz before, bool force);

#endif							/* QB_EVENTS_CONSUMERS_H */
