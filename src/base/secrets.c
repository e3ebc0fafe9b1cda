/*
 * secrets.c
 *		Random bytes, hashes and base64url.
 */
#include "postgres.h"

#include "base/secrets.h"

#include "common/cryptohash.h"
#include "common/hmac.h"

void
qb_random_bytes(void *bytes, int n)
{
	if (!pg_strong_random(bytes, n))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
}

void
qb_sha256(const void *data, int n, uint8 *hash)
{
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);

	if (pg_cryptohash_init(context) < 0 ||
		pg_cryptohash_update(context, data, n) < 0 ||
		pg_cryptohash_final(context, hash, QB_SHA256_LENGTH) < 0)
		elog(ERROR, "could not compute SHA-256: %s", pg_cryptohash_error(context));
	pg_cryptohash_free(context);
}

void
qb_hmac_sha256(const uint8 *key, int key_length, const void *data, int n, uint8 *mac)
{
	pg_hmac_ctx *context = pg_hmac_create(PG_SHA256);

	if (pg_hmac_init(context, key, key_length) < 0 ||
		pg_hmac_update(context, data, n) < 0 ||
		pg_hmac_final(context, mac, QB_SHA256_LENGTH) < 0)
		elog(ERROR, "could not compute an HMAC: %s", pg_hmac_error(context));
	pg_hmac_free(context);
}

bool
qb_same_bytes(const void *a, const void *b, int n)
{
	const volatile uint8 *x = a;
	const volatile uint8 *y = b;
	uint8		difference = 0;

	for (int i = 0; i < n; i++)
		difference |= x[i] ^ y[i];
	return difference == 0;
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *
qb_base64url(const void *bytes, int n)
{
	const uint8 *b = bytes;
	char	   *text = palloc(n / 3 * 4 + 5);
	char	   *t = text;
	uint32		bits = 0;
	int			nbits = 0;

	for (int i = 0; i < n; i++)
	{
		bits = bits << 8 | b[i];
		for (nbits += 8; nbits >= 6; nbits -= 6)
			*t++ = digits[bits >> (nbits - 6) & 63];
	}
	if (nbits > 0)
		*t++ = digits[bits << (6 - nbits) & 63];
	*t = '\0';
	return text;
}

int
qb_base64url_decode(const char *text, int n, uint8 *bytes)
{
	uint32		bits = 0;
	int			nbits = 0;
	int			length = 0;

	for (int i = 0; i < n; i++)
	{
		const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;

		if (digit == NULL)
			return -1;
		bits = bits << 6 | (uint32) (digit - digits);
		nbits += 6;
		if (nbits >= 8)
		{
			nbits -= 8;
			bytes[length++] = (uint8) (bits >> nbits);
		}
	}
	/* a digit too many, or bits that encode nothing */
	if (nbits == 6 || (bits & ((1U << nbits) - 1)) != 0)
		return -1;
	return length;
}
