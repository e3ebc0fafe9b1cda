/*
 * account.h
 *		What signing up and signing in have in common.  All of it runs between
 *		qb_store_begin() and qb_store_end().
 */
#ifndef QB_PEOPLE_ACCOUNT_H
#define QB_PEOPLE_ACCOUNT_H

#include "store/store.h"

/* The clinic that is named, or the only one; raises invalid_argument, not_found. */
extern pg_uuid_t qb_clinic_argument(QbStore *store, const pg_uuid_t *clinic);

/* Raises invalid_argument for what has not the form of an address, or of a phone number (NULL: none). */
extern void qb_check_address(QbStore *store, const char *email, const char *phone);

/* Who acts on an account, or on none, locks its address first. */
extern void qb_lock_address(QbStore *store, const pg_uuid_t *clinic, const char *email);

/*
 * Use up a token of a mail; returns its account, locked, as everybody does who
 * deletes tokens.  Everything that may be wrong with it is the same error.
 */
extern QbAccount *qb_take_account_token(QbStore *store, const char *token, bool verifies);

#endif							/* QB_PEOPLE_ACCOUNT_H */
