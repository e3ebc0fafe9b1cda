/*
 * attempts.h
 *		Wrong passwords, counted where no rollback undoes it.
 *
 * An attempt is written to its account, and taken back with its transaction.
 * Who speaks SQL could so try as many as the machine computes.  Only there when
 * the library is in shared_preload_libraries; otherwise nothing is counted.
 */
#ifndef QB_BASE_ATTEMPTS_H
#define QB_BASE_ATTEMPTS_H

#include "base/settings.h"

/* What an attempt was for: they are counted apart. */
typedef enum QbAttemptKind
{
	QB_ATTEMPT_SIGN_IN,
	QB_ATTEMPT_CHANGE,
	QB_NATTEMPT_KINDS
} QbAttemptKind;

typedef struct QbAttempts
{
	int			failures;		/* since the last success; 0: none, or none that is remembered */
	TimestampTz locked_until;	/* DT_NOBEGIN: not locked */
} QbAttempts;

/* How much shared memory they need; it is set up while the server starts, under AddinShmemInitLock. */
extern Size qb_attempts_size(void);
extern void qb_attempts_start(void);

/*
 * What is remembered of an account of this database, and set it; no errors.  A
 * spinlock is held on the way.  There is room for 4096: of those that share a
 * place the longest untried is forgotten.
 */
extern QbAttempts qb_attempts(const pg_uuid_t *account, QbAttemptKind kind);
extern void qb_attempts_set(const pg_uuid_t *account, QbAttemptKind kind, const QbAttempts *attempts);

/* Forget the attempts of every kind. */
extern void qb_attempts_forget(const pg_uuid_t *account);

#endif							/* QB_BASE_ATTEMPTS_H */
