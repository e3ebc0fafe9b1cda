/*
 * transfer.c
 *		What all uses of libcurl have in common.
 */
#include "relay/transfer.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "relay/stop.h"

#define CONNECT_S	10L
#define TRANSFER_S	15L

/* libcurl asks every second or more often; anything but 0 ends the transfer. */
static int
on_progress(void *unused, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void) unused;
	(void) a;
	(void) b;
	(void) c;
	(void) d;
	return stop_requested() ? 1 : 0;
}

/* What the other side answers is of no interest. */
static size_t
on_body(char *data, size_t size, size_t count, void *unused)
{
	(void) data;
	(void) unused;
	return size * count;
}

static void
set_protocols(CURL *curl, const char *protocols)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
#else
	bool		mail = strstr(protocols, "smtp") != NULL;

	curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
					 (long) (mail ? CURLPROTO_SMTP | CURLPROTO_SMTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

CURL *
transfer_handle(const Options *options, const char *protocols, char *error)
{
	CURL	   *curl = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		curl = curl_easy_init();
	if (curl == NULL)
		options_refuse("cannot set up libcurl");
	set_protocols(curl, protocols);
	if (curl_easy_setopt(curl, CURLOPT_URL, options->url) != CURLE_OK)
		options_refuse("no memory");
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TRANSFER_S);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	if (options->ca_file != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
	return curl;
}
