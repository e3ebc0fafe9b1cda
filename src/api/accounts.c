/*
 * accounts.c
 *		The SQL functions of accounts: signing up and in, passwords, administration.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/errors.h"
#include "base/results.h"
#include "store/accounts.h"
#include "store/store.h"
#include "people/account.h"
#include "people/password.h"
#include "people/signing_in.h"
#include "people/signing_up.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_sign_up);
PG_FUNCTION_INFO_V1(quickbook_verify_email);
PG_FUNCTION_INFO_V1(quickbook_verify_sign_up);
PG_FUNCTION_INFO_V1(quickbook_sign_in);
PG_FUNCTION_INFO_V1(quickbook_change_password);
PG_FUNCTION_INFO_V1(quickbook_request_password_reset);
PG_FUNCTION_INFO_V1(quickbook_reset_password);
PG_FUNCTION_INFO_V1(quickbook_create_account);
PG_FUNCTION_INFO_V1(quickbook_disable_account);

/* ----------
 * Signing up
 * ----------
 */

Datum
quickbook_sign_up(PG_FUNCTION_ARGS)
{
	QbSignUp	told = {
		.email = qb_arg_text(fcinfo, 0, "email"),
		.name = qb_arg_text(fcinfo, 2, "name"),
		.phone = qb_arg_text_or_null(fcinfo, 4, "phone"),
		.time_zone = qb_arg_text_or_null(fcinfo, 5, "time_zone"),
		.locale = qb_arg_text_or_null(fcinfo, 6, "locale")
	};
	char	   *password = qb_arg_text(fcinfo, 1, "password");
	QbStore		store;

	qb_check_password("password", password);
	qb_check_profile(&told);
	qb_store_begin(&store, true);
	qb_sign_up(&store, qb_arg_uuid_or_null(fcinfo, 3), &told, password);
	qb_store_end(&store);
	PG_RETURN_VOID();
}

/* password NULL: it was not asked for. */
static void
verify(const char *token, const char *password)
{
	QbStore		store;

	qb_store_begin(&store, true);
	qb_verify_email(&store, token, password);
	qb_store_end(&store);
}

Datum
quickbook_verify_email(PG_FUNCTION_ARGS)
{
	verify(qb_arg_text(fcinfo, 0, "token"), NULL);
	PG_RETURN_VOID();
}

Datum
quickbook_verify_sign_up(PG_FUNCTION_ARGS)
{
	verify(qb_arg_text(fcinfo, 0, "token"), qb_arg_text(fcinfo, 1, "password"));
	PG_RETURN_VOID();
}

/* ----------
 * Signing in
 * ----------
 */

/* PostgREST answers with this status. */
static void
say_unauthorized(void)
{
	qb_set_option("response.status", "401");
}

Datum
quickbook_sign_in(PG_FUNCTION_ARGS)
{
	char	   *email = qb_arg_text(fcinfo, 0, "email");
	char	   *password = qb_arg_text(fcinfo, 1, "password");
	QbStore		store;
	char	   *token;

	/* only some attempts write, but all are refused */
	PreventCommandIfReadOnly("sign_in()");
	qb_store_begin(&store, true);
	token = qb_sign_in(&store, qb_arg_uuid_or_null(fcinfo, 2), email, password);
	qb_store_end(&store);
	if (token == NULL)
	{
		say_unauthorized();
		PG_RETURN_NULL();
	}
	PG_RETURN_TEXT_P(cstring_to_text(token));
}

/* ----------
 * Passwords
 * ----------
 */

Datum
quickbook_change_password(PG_FUNCTION_ARGS)
{
	char	   *old_password = qb_arg_text(fcinfo, 0, "old_password");
	char	   *new_password = qb_arg_text(fcinfo, 1, "new_password");
	QbStore		store;

	qb_check_password("new_password", new_password);
	qb_store_begin(&store, true);
	qb_change_password(&store, old_password, new_password);
	qb_store_end(&store);
	PG_RETURN_VOID();
}

Datum
quickbook_request_password_reset(PG_FUNCTION_ARGS)
{
	char	   *email = qb_arg_text(fcinfo, 0, "email");
	QbStore		store;

	qb_store_begin(&store, true);
	qb_request_password_reset(&store, qb_arg_uuid_or_null(fcinfo, 1), email);
	qb_store_end(&store);
	PG_RETURN_VOID();
}

Datum
quickbook_reset_password(PG_FUNCTION_ARGS)
{
	char	   *token = qb_arg_text(fcinfo, 0, "token");
	char	   *new_password = qb_arg_text(fcinfo, 1, "new_password");
	QbStore		store;

	qb_check_password("new_password", new_password);
	qb_store_begin(&store, true);
	qb_reset_password(&store, token, new_password);
	qb_store_end(&store);
	PG_RETURN_VOID();
}

/* ----------
 * Administration
 * ----------
 */

Datum
quickbook_create_account(PG_FUNCTION_ARGS)
{
	QbNewAccount told = {
		.email = qb_arg_text(fcinfo, 0, "email"),
		.role = qb_arg_text(fcinfo, 1, "role"),
		.clinic = qb_arg_uuid_or_null(fcinfo, 2),
		.patient = qb_arg_uuid_or_null(fcinfo, 3),
		.provider = qb_arg_uuid_or_null(fcinfo, 4),
		.password = qb_arg_text_or_null(fcinfo, 5, "password")
	};
	QbStore		store;
	QbAccount  *account;

	qb_check_account_role(told.role, told.patient, told.provider);
	if (told.password != NULL)
		qb_check_password("password", told.password);
	qb_store_begin(&store, true);
	account = qb_create_account(&store, &told);
	qb_store_end(&store);
	return qb_composite_result(fcinfo, account->values, account->nulls);
}

Datum
quickbook_disable_account(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "account_id");
	QbStore		store;
	QbAccount  *account;

	if (PG_ARGISNULL(1))
		qb_raise_argument("disabled", "disabled must not be null");
	qb_store_begin(&store, true);
	account = qb_disable_account(&store, id, PG_GETARG_BOOL(1));
	qb_store_end(&store);
	return qb_composite_result(fcinfo, account->values, account->nulls);
}
