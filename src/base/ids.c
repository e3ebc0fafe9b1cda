/*
 * ids.c
 *		Ids: uuid version 7 in the bucket of a clinic.
 *
 * Layout (RFC 9562, section 5.7): 48 bits of Unix milliseconds, version, 12
 * bits, variant, 62 bits.  The 12 bits are a fraction of the millisecond (the
 * RFC's method 3 of section 6.2), so that the ids of a session rise; 46 bits
 * are random; the last 16 bits are those of the clinic's id.
 */
#include "postgres.h"

#include "base/ids.h"

#include <sys/time.h>

#include "utils/timestamp.h"

#include "base/secrets.h"

#define UNIX_EPOCH_USEC ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)

/*
 * Microseconds since 1970 times 4: four ticks a microsecond keep the ids of a
 * backend rising however fast it makes them, even if the clock steps back.
 */
static uint64
next_tick(void)
{
	static uint64 last = 0;
	uint64		tick = (uint64) (GetCurrentTimestamp() + UNIX_EPOCH_USEC) * 4;

	if (tick <= last)
		tick = last + 1;
	last = tick;
	return tick;
}

void
qb_new_id(const pg_uuid_t *clinic, pg_uuid_t *id)
{
	uint64		tick = next_tick();
	uint64		ms = tick / 4000;
	uint32		fraction = (uint32) (tick % 4000);
	unsigned char *b = id->data;

	qb_random_bytes(b + 8, 8);
	for (int i = 0; i < 6; i++)
		b[i] = (unsigned char) (ms >> (8 * (5 - i)));
	b[6] = 0x70 | (unsigned char) (fraction >> 8);
	b[7] = (unsigned char) fraction;
	b[8] = 0x80 | (b[8] & 0x3f);
	if (clinic != NULL)
		memcpy(b + 14, clinic->data + 14, 2);
}

int
qb_bucket(const pg_uuid_t *id)
{
	return id->data[14] << 8 | id->data[15];
}
