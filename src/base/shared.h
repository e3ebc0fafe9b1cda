/*
 * shared.h
 *		What the backends and the workers of a server share: which databases
 *		have a worker, and what has been counted.  Only there when the library
 *		is in shared_preload_libraries; otherwise nothing is counted and no
 *		worker runs.
 */
#ifndef QB_BASE_SHARED_H
#define QB_BASE_SHARED_H

#include "base/settings.h"

/* Room for more errors than there are; errors.c asserts it. */
#define QB_MAX_REFUSALS 32

typedef enum QbCounter
{
	QB_COUNT_BOOKINGS,
	QB_COUNT_HOLDS,
	QB_COUNT_HOLDS_EXPIRED,
	QB_COUNT_SEARCHES,
	QB_COUNT_EVENTS_SENT,
	QB_COUNT_NOTIFY_BATCHES,
	QB_COUNT_WAKEUPS,
	QB_COUNT_REFUSALS,			/* one for each QbError */
	QB_NCOUNTERS = QB_COUNT_REFUSALS + QB_MAX_REFUSALS
} QbCounter;

/* Ask for the shared memory; called once, while the server starts. */
extern void qb_shared_request(void);

/* Count something for this database; an atomic addition, and nothing without shared memory. */
extern void qb_count(QbCounter counter, uint64 n);

/* The QB_NCOUNTERS counters of this database and when they were reset; false when nothing is counted. */
extern bool qb_read_counters(uint64 *values, TimestampTz *since);

/* All of them to zero, from now on. */
extern void qb_reset_counters(void);

/* The worker of this database: 0 when none runs. */
extern int	qb_worker_pid(void);

/* At commit: wake it, if there is one. */
extern void qb_wake_worker(void);

/*
 * For the workers.  qb_worker_enter() makes this process the worker of its
 * database, until it exits; false if there is one already.
 */
extern bool qb_worker_enter(void);

/* Before and after each transaction in which the worker gives events their positions. */
extern void qb_worker_pass_begins(void);
extern void qb_worker_pass_ends(void);

/*
 * Wake the worker, and wait until it has dealt with all that has committed by
 * now; false if there is none, or it takes too long.
 */
extern bool qb_await_worker(void);

/* For the launcher: is a worker to be started now?  Then it is taken for started. */
extern bool qb_worker_wanted(Oid database);

/* Stop the worker of a database and start none for some seconds; returns when it is gone. */
extern void qb_worker_release(Oid database);

/* Stop the workers of all databases but these. */
extern void qb_workers_keep(const Oid *databases, int n);

#endif							/* QB_BASE_SHARED_H */
