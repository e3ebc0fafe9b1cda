/*
 * signing_up.h
 *		Signing up: an account for whoever proves the address.
 */
#ifndef QB_PEOPLE_SIGNING_UP_H
#define QB_PEOPLE_SIGNING_UP_H

#include "store/accounts.h"
#include "store/store.h"

/* What somebody tells about themselves: invalid_argument.  Needs no tables. */
extern void qb_check_profile(const QbSignUp *told);

/*
 * Between qb_store_begin() and qb_store_end():
 *
 * Sign up in a clinic (NULL: the only one) and queue the mail that proves the
 * address.  Sets password_hash.  What is told was checked by qb_check_profile()
 * and qb_check_password().  Locks the address.  Errors: invalid_argument,
 * not_found for the clinic, limit_reached.
 */
extern void qb_sign_up(QbStore *store, const pg_uuid_t *clinic, QbSignUp *told, const char *password);

/*
 * The address is proved by the token of a mail; the password, NULL if it was
 * not asked for, tells whose sign-up it is.  Locks as qb_take_account_token().
 * Errors: not_allowed.
 */
extern void qb_verify_email(QbStore *store, const char *token, const char *password);

#endif							/* QB_PEOPLE_SIGNING_UP_H */
