/*
 * smtp.h
 *		Notifications of channel email as mail.
 */
#ifndef RELAY_SMTP_H
#define RELAY_SMTP_H

#include "relay/database.h"
#include "relay/options.h"

typedef struct Mailing
{
	int			done;			/* so many need no further care */
	int			sent;
	int			refused;		/* by the server, or because of the address */
	bool		failed;			/* server or database are gone: wait before the next attempt */
} Mailing;

/* Exits with a message if the options cannot be right. */
extern void smtp_open(const Options *options);

/* Is the server there, as far as we know?  Asks it if the last mail met none. */
extern bool smtp_ready(void);

/*
 * Tell the database what became of mails when it could not be told before:
 * first of all after it is back, or they would be sent again.
 */
extern bool smtp_settle(void);

/*
 * Send what was claimed, from that one on, and tell the database of each.
 * Those for which the lease grows short are left to the next claim.
 */
extern Mailing smtp_send(const Notifications *notifications, int from);

/* Say goodbye to the server and free everything. */
extern void smtp_close(void);

#endif							/* RELAY_SMTP_H */
