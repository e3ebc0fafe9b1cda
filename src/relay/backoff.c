/*
 * backoff.c
 *		How long to wait before trying again.
 */
#include "relay/backoff.h"

#include <stdlib.h>
#include <sys/random.h>

void
backoff_reset(Backoff *backoff)
{
	backoff->failures = 0;
}

int
backoff_next(Backoff *backoff)
{
	int			wait = BACKOFF_FIRST_MS;
	unsigned	dice = 0;

	for (int i = 0; i < backoff->failures && wait < BACKOFF_MAX_MS; i++)
		wait *= 2;
	if (wait > BACKOFF_MAX_MS)
		wait = BACKOFF_MAX_MS;
	else
		backoff->failures++;
	/* without randomness, no jitter: no reason to fail */
	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) != sizeof(dice))
		return wait;
	return wait - (int) (dice % (unsigned) (wait / 2 + 1));
}
