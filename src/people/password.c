/*
 * password.c
 *		Passwords: bcrypt, by pgcrypto.
 *
 * pgcrypto is reached through SQL functions of ours that are bound to its own,
 * and called without SPI: a password is no parameter of a statement that
 * somebody logs.
 */
#include "postgres.h"

#include "people/password.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"

#include "base/errors.h"
#include "base/secrets.h"

/* bcrypt reads no more. */
#define LONGEST 72
#define SHORTEST 8

/* One of the two in which CREATE EXTENSION has bound those of pgcrypto. */
static Oid
own_function(const char *name, int nargs, const Oid *types)
{
	return LookupFuncName(list_make2(makeString("quickbook_internal"), makeString(pstrdup(name))), nargs, types, false);
}

static char *
bcrypt(const char *password, const char *setting)
{
	Oid			types[] = {TEXTOID, TEXTOID};

	return TextDatumGetCString(OidFunctionCall2Coll(own_function("password_crypt", 2, types), DEFAULT_COLLATION_OID,
													CStringGetTextDatum(password), CStringGetTextDatum(setting)));
}

void
qb_check_password(const char *argument, const char *password)
{
	size_t		n = strlen(password);

	if (n < SHORTEST || n > LONGEST)
		qb_raise_argument(argument, "%s must have %d to %d bytes", argument, SHORTEST, LONGEST);
}

char *
qb_password_hash(const char *password)
{
	Oid			types[] = {INT4OID};
	Datum		salt = OidFunctionCall1Coll(own_function("password_salt", 1, types), DEFAULT_COLLATION_OID,
											Int32GetDatum(qb_password_cost));

	return bcrypt(password, TextDatumGetCString(salt));
}

char *
qb_password_hash_by(const char *password, const char *setting)
{
	return bcrypt(password, setting);
}

bool
qb_password_matches(const char *password, const char *hash)
{
	char	   *expected = hash ? pstrdup(hash) : psprintf("$2a$%02d$%s", qb_password_cost, "quickbook.nobody.kno.e");
	char	   *given = bcrypt(password, expected);

	return hash != NULL && strlen(password) <= LONGEST && strlen(given) == strlen(hash) &&
		qb_same_bytes(given, hash, (int) strlen(hash));
}

/* "$2a$10$" and the rest */
bool
qb_password_is_of_other_cost(const char *hash)
{
	return atoi(hash + strlen("$2a$")) != qb_password_cost;
}
