/*
 * locks.h
 *		The transaction locks that a write takes before it checks.
 *
 * They are of a class of their own, so that no advisory lock of a user meets
 * them.  A write takes all its locks in one order, that of their tags: first
 * idempotency keys, then patients, limits and providers.  Readers of events
 * lock their consumer, and who numbers events the sequencer.  Who acts on an
 * account locks its address, and then the keys of tokens if it makes one.  Who
 * writes a template or a rule that uses it locks the template.  A relay keeps
 * the lock of its consumer beyond the transaction, until it goes.
 */
#ifndef QB_BASE_LOCKS_H
#define QB_BASE_LOCKS_H

#include "storage/lock.h"

#include "base/settings.h"

typedef enum QbLockKind
{
	QB_LOCK_KEY = 0x5142,
	QB_LOCK_PATIENT,
	QB_LOCK_LIMIT,
	QB_LOCK_PROVIDER,
	QB_LOCK_CONSUMER,
	QB_LOCK_SEQUENCER,
	QB_LOCK_ADDRESS,
	QB_LOCK_TOKEN_KEY,
	QB_LOCK_TEMPLATE,
	QB_LOCK_RELAY
} QbLockKind;

/* Locks to be taken together; its array is palloc'd where it was made. */
typedef struct QbLockSet
{
	LOCKTAG    *tags;
	int			count;
	int			capacity;
} QbLockSet;

/* An empty set. */
extern void qb_locks_init(QbLockSet *set);

/* Add the lock of a name, of which length bytes are hashed; of a provider's or a patient's calendar. */
extern void qb_locks_add(QbLockSet *set, QbLockKind kind, const void *name, int length);
extern void qb_locks_add_calendar(QbLockSet *set, bool of_patient, const pg_uuid_t *calendar);

/* Add all locks of another set. */
extern void qb_locks_add_all(QbLockSet *set, const QbLockSet *others);

/* Whether all locks of a set are among those held, which have been acquired. */
extern bool qb_locks_cover(const QbLockSet *held, const QbLockSet *needed);

/*
 * Take all locks, sorted, waiting for each, until the transaction ends.  Returns whether it had to wait:
 * then what was read before is to be read again.
 */
extern bool qb_locks_acquire(QbLockSet *set);

/* Take all locks or none, without waiting; whether it has them. */
extern bool qb_locks_try(QbLockSet *set);

/*
 * Take one lock for the session, without waiting; whether it has it.  Taken
 * twice is had once.
 */
extern bool qb_lock_for_session(QbLockKind kind, const void *name, int length);

/* Give back, before the transaction ends, what qb_locks_acquire() or qb_locks_try() took. */
extern void qb_locks_release(QbLockSet *set);

#endif							/* QB_BASE_LOCKS_H */
