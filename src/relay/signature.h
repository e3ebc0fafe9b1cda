/*
 * signature.h
 *		Signatures as in Standard Webhooks (standardwebhooks.com).
 */
#ifndef RELAY_SIGNATURE_H
#define RELAY_SIGNATURE_H

#include <stdbool.h>

/* The secrets, one a line.  Exits with a message if one is not right. */
extern void signature_set_secrets(char *secrets);

/*
 * The value of the header webhook-signature: for each secret "v1," and the
 * base64 of HMAC-SHA256 over "id.timestamp.body".  To be freed by the caller;
 * NULL if there is no memory.
 */
extern char *signature_make(const char *id, const char *timestamp, const char *body);

#endif							/* RELAY_SIGNATURE_H */
