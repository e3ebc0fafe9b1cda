/*
 * log.c
 *		Lines on stderr.
 */
#include "relay/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void
log_line(const char *format,...)
{
	char		text[2048];
	char		when[32];
	struct timespec now;
	struct tm	utc;
	va_list		args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t end = strlen(text); end > 0 && text[end - 1] == '\n'; end--)
		text[end - 1] = '\0';
	for (char *c = text; *c != '\0'; c++)
	{
		if ((unsigned char) *c < ' ' || *c == 0x7f)
			*c = ' ';
	}

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &utc);
	/* one call, so that lines of several relays on one stderr do not mix */
	fprintf(stderr, "%s.%03ldZ quickbook-relay: %s\n", when, now.tv_nsec / 1000000, text);
}

const char *
log_url(const char *url, char *buffer, size_t size)
{
	const char *scheme_end = strstr(url, "://");
	const char *host = scheme_end != NULL ? scheme_end + 3 : url;
	size_t		length = strcspn(host, "/?#");
	size_t		scheme = (size_t) (host - url);

	/* the last one: a password that should have been encoded may hold others */
	for (size_t i = length; i > 0; i--)
	{
		if (host[i - 1] == '@')
		{
			host += i;
			length -= i;
			break;
		}
	}
	snprintf(buffer, size, "%.*s%.*s", (int) scheme, url, (int) length, host);
	return buffer;
}
