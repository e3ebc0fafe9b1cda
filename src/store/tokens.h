/*
 * tokens.h
 *		The tables: what mails to accounts prove, keys that sign, and what is past.
 */
#ifndef QB_STORE_TOKENS_H
#define QB_STORE_TOKENS_H

#include "store/accounts.h"
#include "store/store.h"

/* What a mail to an account is made of. */
typedef struct QbAccountMail
{
	char	   *clinic_name;
	char	   *name;			/* may be NULL */
	char	   *subject;		/* of the clinic's template; may be NULL */
	char	   *body;			/* NULL: the clinic has no template */
} QbAccountMail;

typedef struct QbTokenKey
{
	char	   *kid;
	uint8		secret[32];
} QbTokenKey;

/*
 * Tokens of mails, by their hash: to verify an address or to set a password.
 * Whose it is, false: unknown or expired; take tells whether nobody was faster.
 */
extern void qb_store_insert_account_token(QbStore *store, const uint8 *hash, const QbAccount *account,
										  const char *purpose, TimestampTz expires_at);
extern bool qb_store_account_token(QbStore *store, const uint8 *hash, bool verifies, pg_uuid_t *account,
								   pg_uuid_t *clinic, char **email);
extern bool qb_store_take_account_token(QbStore *store, const uint8 *hash);
extern void qb_store_delete_account_tokens(QbStore *store, const pg_uuid_t *account);

/* Queue a mail, account may be NULL.  Nothing is queued when there is one with the key. */
extern void qb_store_queue_account_mail(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const char *key,
										const char *purpose, const pg_uuid_t *account, const char *recipient);

/* What the mail of an occasion is made of. */
extern void qb_store_account_mail(QbStore *store, const pg_uuid_t *account, const char *occasion, QbAccountMail *mail);

/* Keys of tokens: the one that signs and one by name (false: none), all that are good (how many?). */
extern bool qb_store_signing_key(QbStore *store, QbTokenKey *key);
extern bool qb_store_token_key(QbStore *store, const char *kid, QbTokenKey *key);
extern int	qb_store_token_keys(QbStore *store, QbTokenKey **keys);

/* All keys are good until then at most; a new one, which signs from now on. */
extern void qb_store_retire_token_keys(QbStore *store, TimestampTz retires_at);
extern void qb_store_insert_token_key(QbStore *store, const QbTokenKey *key);

/* Delete what is past, some of it in each call: tokens, messages, sign-ups that nobody proved, keys. */
extern void qb_store_purge_accounts(QbStore *store);

#endif							/* QB_STORE_TOKENS_H */
