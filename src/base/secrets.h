/*
 * secrets.h
 *		Random bytes, hashes and base64url.
 */
#ifndef QB_BASE_SECRETS_H
#define QB_BASE_SECRETS_H

#include "common/sha2.h"

#include "base/settings.h"

#define QB_SHA256_LENGTH PG_SHA256_DIGEST_LENGTH

/* These raise an error of the server's if there is no randomness, or no memory. */

/* Fill n bytes with what nobody can guess. */
extern void qb_random_bytes(void *bytes, int n);

/* The hash of n bytes, or their HMAC with a key: QB_SHA256_LENGTH bytes. */
extern void qb_sha256(const void *data, int n, uint8 *hash);
extern void qb_hmac_sha256(const uint8 *key, int key_length, const void *data, int n, uint8 *mac);

/* Compare in a time that does not tell where they differ. */
extern bool qb_same_bytes(const void *a, const void *b, int n);

/* RFC 4648, section 5, without padding; a text, palloc'd. */
extern char *qb_base64url(const void *bytes, int n);

/*
 * The reverse, strict: anything but the one text that qb_base64url() makes is
 * refused by -1; else how many bytes it is.  bytes has room for 3/4 of n.
 */
extern int	qb_base64url_decode(const char *text, int n, uint8 *bytes);

#endif							/* QB_BASE_SECRETS_H */
