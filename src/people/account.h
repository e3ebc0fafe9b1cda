/*
 * account.h
 *		What signing up and signing in have in common, and what admins do.
 *
 * All of it runs between qb_store_begin() and qb_store_end(), unless it says
 * otherwise.
 */
#ifndef QB_PEOPLE_ACCOUNT_H
#define QB_PEOPLE_ACCOUNT_H

#include "store/accounts.h"
#include "store/store.h"

/* The clinic that is named, or the only one.  Errors: invalid_argument, not_found. */
extern pg_uuid_t qb_clinic_argument(QbStore *store, const pg_uuid_t *clinic);

/* Raises invalid_argument for what has not the form of an address, or of a phone number (NULL: none). */
extern void qb_check_address(QbStore *store, const char *email, const char *phone);

/* Who acts on an account, or on none, locks its address first, until the end of the transaction. */
extern void qb_lock_address(QbStore *store, const pg_uuid_t *clinic, const char *email);

/*
 * Use up a token of a mail; returns its account, palloc'd.  Locks the address
 * and then the account's row, as everybody does who deletes tokens.  Everything
 * that may be wrong with it is the same error, not_allowed.
 */
extern QbAccount *qb_take_account_token(QbStore *store, const char *token, bool verifies);

/* Give an account, whose row is locked, a password by its hash; ends all its tokens. */
extern void qb_set_password(QbStore *store, const QbAccount *account, const char *hash);

/* An account that an admin makes; NULL where nothing is told. */
typedef struct QbNewAccount
{
	const char *email;
	const char *role;
	const pg_uuid_t *clinic;
	const pg_uuid_t *patient;
	const pg_uuid_t *provider;
	const char *password;		/* NULL: an invitation by mail lets its reader choose one */
} QbNewAccount;

/*
 * Each role needs the one id that is its own, and no other: invalid_argument.
 * Needs no tables.
 */
extern void qb_check_account_role(const char *role, const pg_uuid_t *patient, const pg_uuid_t *provider);

/*
 * Make an account whose address needs no proof; palloc'd.  What is told was
 * checked by qb_check_account_role() and qb_check_password().  Locks the
 * address.  Errors: not_allowed but for admins; invalid_argument, not_found.
 */
extern QbAccount *qb_create_account(QbStore *store, const QbNewAccount *told);

/*
 * Lock an account out and end its tokens, or let it in again; returns it,
 * palloc'd.  Locks its row.  Errors: not_allowed but for admins; not_found.
 */
extern QbAccount *qb_disable_account(QbStore *store, const pg_uuid_t *id, bool disabled);

#endif							/* QB_PEOPLE_ACCOUNT_H */
