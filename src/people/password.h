/*
 * password.h
 *		Passwords: bcrypt, by pgcrypto.
 *
 * These run between qb_store_begin() and qb_store_end(), but for
 * qb_check_password().  Each hash takes a computation of bcrypt: some 50 ms, or
 * what the cost makes of it.
 */
#ifndef QB_PEOPLE_PASSWORD_H
#define QB_PEOPLE_PASSWORD_H

#include "base/settings.h"

/* A password that is to be set; raises invalid_argument. */
extern void qb_check_password(const char *argument, const char *password);

/* The hash to store, with the cost of quickbook.password_cost; palloc'd, as the next. */
extern char *qb_password_hash(const char *password);

/* With the cost and the salt of a hash, or of the first 29 characters of one. */
extern char *qb_password_hash_by(const char *password, const char *setting);

/*
 * Whether a password is that of a hash.  It takes as long for no hash at all
 * (NULL): one computation of bcrypt.
 */
extern bool qb_password_matches(const char *password, const char *hash);

/* Whether a hash has another cost than a new one would. */
extern bool qb_password_is_of_other_cost(const char *hash);

#endif							/* QB_PEOPLE_PASSWORD_H */
