/*
 * ids.h
 *		Ids: uuid version 7 in the bucket of a clinic.
 */
#ifndef QB_BASE_IDS_H
#define QB_BASE_IDS_H

#include "base/settings.h"

/* Make an id.  Its last 16 bits are clinic's, or random if clinic is NULL. */
extern void qb_new_id(const pg_uuid_t *clinic, pg_uuid_t *id);

/* The number that those 16 bits make. */
extern int	qb_bucket(const pg_uuid_t *id);

static inline bool
qb_uuid_equal(const pg_uuid_t *a, const pg_uuid_t *b)
{
	return memcmp(a->data, b->data, UUID_LEN) == 0;
}

#endif							/* QB_BASE_IDS_H */
