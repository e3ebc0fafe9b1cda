/*
 * signing_in.h
 *		Signing in, and passwords: changed by who knows the old one, or by a mail.
 *
 * All of it runs between qb_store_begin() and qb_store_end().  A new password
 * is checked before, by qb_check_password().  clinic NULL is the only one.
 */
#ifndef QB_PEOPLE_SIGNING_IN_H
#define QB_PEOPLE_SIGNING_IN_H

#include "store/store.h"

/*
 * The token of the account that the password opens, palloc'd; NULL, whatever is
 * wrong, after the same work.  Counts wrong ones.  Locks the address, then the
 * account's row, then the keys if there is none.  Errors: invalid_argument and
 * not_found for the clinic.
 */
extern char *qb_sign_in(QbStore *store, const pg_uuid_t *clinic, const char *email, const char *password);

/*
 * The caller's password.  Ends all tokens of the account.  Locks the account's
 * row.  Errors: not_allowed, for a wrong old one too.
 */
extern void qb_change_password(QbStore *store, const char *old_password, const char *new_password);

/*
 * Queue a mail by which the account of an address may set a password; looks
 * nothing up.  Errors: invalid_argument, not_found for the clinic, limit_reached.
 */
extern void qb_request_password_reset(QbStore *store, const pg_uuid_t *clinic, const char *email);

/*
 * Set the password of the account whose mail the token was in, and take its
 * address for proved.  Locks as qb_take_account_token().  Errors: not_allowed.
 */
extern void qb_reset_password(QbStore *store, const char *token, const char *new_password);

#endif							/* QB_PEOPLE_SIGNING_IN_H */
