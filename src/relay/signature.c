/*
 * signature.c
 *		Signatures as in Standard Webhooks.
 */
#include "relay/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay/options.h"

#define MAX_SECRETS		8
#define SECRET_PREFIX	"whsec_"

typedef struct Secret
{
	unsigned char *key;
	int			length;
} Secret;

static Secret secrets[MAX_SECRETS];
static int	secret_count = 0;

/* Decode base64 in place; false if it is none. */
static bool
decode(Secret *secret, char *text)
{
	int			length = (int) strlen(text);
	int			padding = 0;

	while (padding < 2 && length > padding && text[length - 1 - padding] == '=')
		padding++;
	if (length == 0 || length % 4 != 0)
		return false;
	secret->key = calloc(1, (size_t) length);
	if (secret->key == NULL || EVP_DecodeBlock(secret->key, (unsigned char *) text, length) < 0)
		return false;
	secret->length = length / 4 * 3 - padding;
	return true;
}

void
signature_set_secrets(char *text)
{
	char	   *rest = text;
	char	   *line;

	while ((line = strtok_r(rest, "\r\n", &rest)) != NULL)
	{
		Secret	   *secret = &secrets[secret_count];

		if (secret_count++ == MAX_SECRETS)
			options_refuse("there are more than %d webhook secrets", MAX_SECRETS);
		if (strncmp(line, SECRET_PREFIX, strlen(SECRET_PREFIX)) != 0)
			*secret = (Secret) {(unsigned char *) line, (int) strlen(line)};
		else if (!decode(secret, line + strlen(SECRET_PREFIX)))
			options_refuse("after " SECRET_PREFIX " a webhook secret must be base64");
	}
	if (secret_count == 0)
		options_refuse("there is no webhook secret");
}

static bool
put_signature(FILE *out, const Secret *secret, const char *content)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned char encoded[2 * EVP_MAX_MD_SIZE];
	unsigned	length = 0;

	if (HMAC(EVP_sha256(), secret->key, secret->length, (const unsigned char *) content, strlen(content),
			 digest, &length) == NULL)
		return false;
	EVP_EncodeBlock(encoded, digest, (int) length);
	fprintf(out, "v1,%s", (char *) encoded);
	return true;
}

char *
signature_make(const char *id, const char *timestamp, const char *body)
{
	char	   *content = NULL;
	char	   *signatures = NULL;
	size_t		size = 0;
	FILE	   *out = open_memstream(&signatures, &size);
	bool		good = out != NULL && asprintf(&content, "%s.%s.%s", id, timestamp, body) >= 0;

	for (int i = 0; good && i < secret_count; i++)
	{
		if (i > 0)
			fputc(' ', out);
		good = put_signature(out, &secrets[i], content);
	}
	if (out != NULL && fclose(out) != 0)
		good = false;
	free(content);
	if (good)
		return signatures;
	free(signatures);
	return NULL;
}
