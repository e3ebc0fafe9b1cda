/*
 * mail.h
 *		A notification as a mail: RFC 5322 with MIME, plain text in UTF-8.
 */
#ifndef RELAY_MAIL_H
#define RELAY_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

typedef struct Mail
{
	const char *id;				/* of the notification: the same mail has the same Message-ID */
	const char *from;
	const char *to;
	const char *subject;
	const char *body;
	time_t		date;
} Mail;

/*
 * Is it local@domain, nothing else, and of nothing that would need quoting?
 * Others are refused, because in a header or an SMTP command they may be more
 * than an address.
 */
extern bool mail_address_is_plain(const char *address);

/*
 * The mail with CRLF line ends, to be freed by the caller; NULL if there is no
 * memory.  Both addresses are plain.
 */
extern char *mail_compose(const Mail *mail, size_t *length);

#endif							/* RELAY_MAIL_H */
