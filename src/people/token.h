/*
 * token.h
 *		Tokens that say who somebody is: JWT, signed by HS256.
 */
#ifndef QB_PEOPLE_TOKEN_H
#define QB_PEOPLE_TOKEN_H

#include "store/store.h"

/* The token of somebody who has signed in.  Makes the first key. */
extern char *qb_token_issue(QbStore *store, const QbAccount *account);

/* From when on a token is valid that is issued after now: the next whole second. */
extern TimestampTz qb_token_next_second(void);

#endif							/* QB_PEOPLE_TOKEN_H */
