/*
 * backoff.h
 *		How long to wait before trying again.
 */
#ifndef RELAY_BACKOFF_H
#define RELAY_BACKOFF_H

#define BACKOFF_FIRST_MS	250
#define BACKOFF_MAX_MS		30000

typedef struct Backoff
{
	int			failures;		/* in a row */
} Backoff;

/* What was tried worked: the next failure waits as the first does. */
extern void backoff_reset(Backoff *backoff);

/*
 * The next wait in milliseconds: twice as long after each failure, at most
 * BACKOFF_MAX_MS, of which a random part up to a half is taken off, so that
 * many relays do not come back all at once.
 */
extern int	backoff_next(Backoff *backoff);

#endif							/* RELAY_BACKOFF_H */
