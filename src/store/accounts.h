/*
 * accounts.h
 *		The tables: accounts and sign-ups.
 */
#ifndef QB_STORE_ACCOUNTS_H
#define QB_STORE_ACCOUNTS_H

#include "store/store.h"

/* A row of account_info. */
#define QB_ACCOUNT_NCOLUMNS 11

typedef struct QbAccount
{
	Datum		values[QB_ACCOUNT_NCOLUMNS];
	bool		nulls[QB_ACCOUNT_NCOLUMNS];
	pg_uuid_t	id;
	pg_uuid_t	clinic_id;
	char	   *email;
	char	   *role;
	bool		has_patient;
	pg_uuid_t	patient_id;
	bool		has_provider;
	pg_uuid_t	provider_id;
	bool		disabled;
	bool		verified;
	TimestampTz locked_until;	/* DT_NOBEGIN: null */
	TimestampTz valid_after;	/* DT_NOBEGIN: null */
	int			failures;
	char	   *password_hash;	/* may be NULL */
} QbAccount;

/* What sign_up() is told; all but email, password_hash and name may be NULL. */
typedef struct QbSignUp
{
	const char *email;
	const char *password_hash;
	const char *name;
	const char *phone;
	const char *time_zone;
	const char *locale;
} QbSignUp;

/* Whether email and phone (NULL: none) have the form that the tables want. */
extern void qb_store_check_contact(QbStore *store, const char *email, const char *phone, bool *email_is_right,
								   bool *phone_is_right);

/* A text in lower case, as the tables compare addresses. */
extern char *qb_store_lower(QbStore *store, const char *text);

/* The account, or NULL; lock takes the row's lock until the end of the transaction. */
extern QbAccount *qb_store_account(QbStore *store, const pg_uuid_t *id, bool lock);

/* The verified account of an address, or one that the address's owner may be given; NULL: none. */
extern QbAccount *qb_store_account_of_address(QbStore *store, const pg_uuid_t *clinic, const char *email);
extern QbAccount *qb_store_account_to_reset(QbStore *store, const pg_uuid_t *clinic, const char *email);

/*
 * Sign-ups of an address that nobody proved yet: the cost and salt of their
 * passwords, at most max (how many?); the last one with a hash, and locked,
 * NULL if there is none; is there one with another password?
 */
extern int	qb_store_sign_up_salts(QbStore *store, const pg_uuid_t *clinic, const char *email, int max, char **salts);
extern QbAccount *qb_store_sign_up(QbStore *store, const pg_uuid_t *clinic, const char *email,
								   const char *password_hash);
extern bool qb_store_has_other_sign_up(QbStore *store, const QbAccount *account);

/* What was told at a sign-up of who it is is forgotten. */
extern void qb_store_forget_profile(QbStore *store, const pg_uuid_t *account);
extern void qb_store_insert_sign_up(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const QbSignUp *told);

/* A new account; with a password it is verified at once. */
extern QbAccount *qb_store_insert_account(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic,
										  const char *email, const char *password_hash, const char *role,
										  const pg_uuid_t *patient, const pg_uuid_t *provider);

/* The address is proved; a patient's account gets its patient.  password_hash NULL: the one it has. */
extern void qb_store_verify_account(QbStore *store, const QbAccount *account, const char *password_hash);

/* A new password, which ends all sessions before valid_after. */
extern void qb_store_set_password(QbStore *store, const pg_uuid_t *account, const char *password_hash,
								  TimestampTz valid_after);

/* locked_until DT_NOBEGIN: not locked; signed_in DT_NOBEGIN and password_hash NULL: as before. */
extern void qb_store_set_attempt(QbStore *store, const pg_uuid_t *account, int failures, TimestampTz locked_until,
								 TimestampTz signed_in, const char *password_hash);

/* Disable it or enable it again; NULL: no such account. */
extern QbAccount *qb_store_disable_account(QbStore *store, const pg_uuid_t *account, bool disabled,
										   TimestampTz valid_after);

#endif							/* QB_STORE_ACCOUNTS_H */
