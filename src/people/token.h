/*
 * token.h
 *		Tokens that say who somebody is: JWT, signed by HS256.
 *
 * All of it runs between qb_store_begin() and qb_store_end(), but for
 * qb_token_refuse() and qb_token_next_second().
 */
#ifndef QB_PEOPLE_TOKEN_H
#define QB_PEOPLE_TOKEN_H

#include "fmgr.h"

#include "base/compat.h"
#include "store/accounts.h"
#include "store/store.h"
#include "store/tokens.h"

/*
 * The token of somebody who has signed in, palloc'd.  Makes the first key, and
 * only then locks the keys.
 */
extern char *qb_token_issue(QbStore *store, const QbAccount *account);

/* From when on a token is valid that is issued after now: the next whole second. */
extern TimestampTz qb_token_next_second(void);

/* The one error of every token that is not right: not_allowed. */
qb_noreturn extern void qb_token_refuse(void);

/* The claims of a token of ours that is valid now, as jsonb, palloc'd; else qb_token_refuse(). */
extern Datum qb_token_verify(QbStore *store, text *token);

/*
 * The same for a token whose account still gives what it says; who that makes
 * the caller goes to *caller, its texts palloc'd.
 */
extern Datum qb_token_authenticate(QbStore *store, text *token, QbCaller *caller);

/*
 * Make the key that signs from now on; those before are good for overlap more,
 * in microseconds.  Returns its name, palloc'd.  Locks the keys.
 */
extern char *qb_token_rotate_keys(QbStore *store, int64 overlap);

/* All keys that are good, palloc'd, and how many.  Makes the first one, as qb_token_issue() does. */
extern int	qb_token_keys(QbStore *store, QbTokenKey **keys);

#endif							/* QB_PEOPLE_TOKEN_H */
