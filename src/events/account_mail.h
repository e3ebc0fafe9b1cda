/*
 * account_mail.h
 *		Mails to accounts: to prove an address, to set a password.
 */
#ifndef QB_EVENTS_ACCOUNT_MAIL_H
#define QB_EVENTS_ACCOUNT_MAIL_H

#include "store/notifications.h"
#include "store/store.h"

/* notification.purpose and account_token.purpose */
#define QB_VERIFY_EMAIL "verify_email"
#define QB_PASSWORD_RESET "password_reset"
#define QB_INVITATION "invitation"

/* Why a mail is not sent. */
#define QB_NO_ACCOUNT "no account has this address"

/*
 * Both between qb_store_begin() and qb_store_end().
 *
 * Queue a mail; account NULL: whose it is is looked for when it is claimed.
 * An address, without case, gets one of a purpose in five minutes, and a clinic
 * has no more than a thousand waiting: limit_reached.  Besides an
 * account gets one invitation, which admins send, and one mail to choose the
 * password that its proof has left open.
 */
extern void qb_queue_account_mail(QbStore *store, const char *purpose, const pg_uuid_t *clinic,
								  const pg_uuid_t *account, const char *address);

/*
 * Give a mail that was claimed its text, palloc'd, with a new token of which the
 * tables keep a hash.  Returns why it is not to be sent, in static memory; NULL
 * if it is.
 */
extern const char *qb_fill_account_mail(QbStore *store, QbClaimed *claimed);

#endif							/* QB_EVENTS_ACCOUNT_MAIL_H */
