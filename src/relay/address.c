/*
 * address.c
 *		Mail addresses that are not plain ASCII.
 */
#include "relay/address.h"

#include <curl/curl.h>
#include <curl/mprintf.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
address_set_locale(void)
{
	static const char *const locales[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", ""};

	/* of characters only: dates and numbers stay as they are in C */
	for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++)
	{
		if (setlocale(LC_CTYPE, locales[i]) != NULL)
			return;
	}
}

bool
address_is_ascii(const char *address)
{
	for (const char *c = address; *c != '\0'; c++)
	{
		if ((unsigned char) *c > 0x7f)
			return false;
	}
	return true;
}

bool
address_has_ascii_local_part(const char *address)
{
	for (const char *c = address; *c != '\0' && *c != '@'; c++)
	{
		if ((unsigned char) *c > 0x7f)
			return false;
	}
	return true;
}

/* The domain in punycode, curl_free()d by the caller; NULL if it has none. */
static char *
ascii_domain(const char *domain)
{
	char	   *ascii = NULL;

#ifdef CURLU_PUNYCODE
	CURLU	   *url = curl_url();

	if (url == NULL || curl_url_set(url, CURLUPART_HOST, domain, 0) != CURLUE_OK ||
		curl_url_get(url, CURLUPART_HOST, &ascii, CURLU_PUNYCODE) != CURLUE_OK)
		ascii = NULL;
	curl_url_cleanup(url);
#else
	/* before 7.88 libcurl converts it by itself, if only in the envelope */
	ascii = curl_maprintf("%s", domain);
#endif
	return ascii;
}

char *
address_with_ascii_domain(const char *address)
{
	const char *at = strchr(address, '@');
	char	   *domain;
	char	   *whole = NULL;

	if (at == NULL || address_is_ascii(at))
		return strdup(address);
	domain = ascii_domain(at + 1);
	if (domain != NULL && asprintf(&whole, "%.*s@%s", (int) (at - address), address, domain) < 0)
		whole = NULL;
	curl_free(domain);
	return whole;
}
