/*
 * account.c
 *		Accounts: signing in, passwords.
 *
 * What these functions answer, and how long they take, does not tell whether
 * an address has an account: request_password_reset() looks nothing up, and
 * sign_in() does the same work for nobody as for somebody.
 *
 * Who signs in, verifies or resets locks the address first, whether it has an
 * account or not, and then the account's row.
 */
#include "postgres.h"

#include "people/account.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/attempts.h"
#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "events/account_mail.h"
#include "people/access.h"
#include "people/claims.h"
#include "people/password.h"
#include "people/token.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_sign_in);
PG_FUNCTION_INFO_V1(quickbook_change_password);
PG_FUNCTION_INFO_V1(quickbook_request_password_reset);
PG_FUNCTION_INFO_V1(quickbook_reset_password);
PG_FUNCTION_INFO_V1(quickbook_create_account);
PG_FUNCTION_INFO_V1(quickbook_disable_account);

/* From the fifth wrong password on an account is locked, for ever twice as long. */
#define FREE_FAILURES 5
#define FIRST_LOCK (30 * USECS_PER_SEC)
#define LONGEST_LOCK USECS_PER_HOUR

/* Who has just set a password gets in by it, though others go on trying. */
#define GRACE (10 * USECS_PER_MINUTE)
#define FREE_IN_GRACE 50

/* ----------
 * Signing in
 * ----------
 */

/* One more than so many failures, and until when it locks the account. */
static QbAttempts
one_more(const QbAccount *account, int failures)
{
	bool		has_new_password = !TIMESTAMP_IS_NOBEGIN(account->valid_after) &&
		qb_now() < account->valid_after + GRACE;
	int			n = Min(failures + 1, 1000);
	int			doublings = Min(n - (has_new_password ? FREE_IN_GRACE : FREE_FAILURES), 20);

	return (QbAttempts) {
		n, doublings < 0 ? DT_NOBEGIN : qb_now() + Min(FIRST_LOCK << doublings, LONGEST_LOCK)
	};
}

/* Also where no rollback undoes it. */
static void
record_failure(QbStore *store, const QbAccount *account, const QbAttempts *before)
{
	QbAttempts	now = one_more(account, Max(account->failures, before->failures));

	qb_store_set_attempt(store, &account->id, now.failures, now.locked_until, DT_NOBEGIN, NULL);
	qb_attempts_set(&account->id, QB_ATTEMPT_SIGN_IN, &now);
}

static void
record_success(QbStore *store, const QbAccount *account, const char *password)
{
	bool		anew = qb_password_is_of_other_cost(account->password_hash);

	qb_attempts_forget(&account->id);
	qb_store_set_attempt(store, &account->id, 0, DT_NOBEGIN, qb_now(), anew ? qb_password_hash(password) : NULL);
}

/* Who has a token of the account is not locked out of it by others. */
static bool
is_locked(const QbStore *store, const QbAccount *account, const QbAttempts *before)
{
	pg_uuid_t	caller;

	if (store->caller.account != NULL && qb_parse_uuid(store->caller.account, &caller) &&
		qb_uuid_equal(&caller, &account->id))
		return false;
	return Max(account->locked_until, before->locked_until) > qb_now();
}

/*
 * The account that the password opens, or NULL.  Who meets a locked account is
 * not counted, or others could keep it locked for ever.
 */
static QbAccount *
try_password(QbStore *store, const pg_uuid_t *clinic, const char *email, const char *password)
{
	QbAccount  *account;
	QbAttempts	before;
	bool		right;

	qb_lock_address(store, clinic, email);
	account = qb_store_account_of_address(store, clinic, email);
	if (account != NULL)
		account = qb_store_account(store, &account->id, true);
	right = qb_password_matches(password, account ? account->password_hash : NULL);
	if (account == NULL)
	{
		/* an attempt on an account is written: commit it like one */
		(void) GetCurrentTransactionId();
		if (synchronous_commit > SYNCHRONOUS_COMMIT_OFF)
			ForceSyncCommit();
		return NULL;
	}
	before = qb_attempts(&account->id, QB_ATTEMPT_SIGN_IN);
	if (account->disabled || !account->verified || is_locked(store, account, &before))
		return NULL;
	if (right)
		record_success(store, account, password);
	else
		record_failure(store, account, &before);
	return right ? account : NULL;
}

/* PostgREST answers with this status. */
static void
say_unauthorized(void)
{
	qb_set_option("response.status", "401", GUC_ACTION_LOCAL);
}

Datum
quickbook_sign_in(PG_FUNCTION_ARGS)
{
	char	   *email = qb_arg_text(fcinfo, 0, "email");
	char	   *password = qb_arg_text(fcinfo, 1, "password");
	QbStore		store;
	pg_uuid_t	clinic;
	QbAccount  *account;
	char	   *token = NULL;

	/* only some attempts write, but all are refused */
	PreventCommandIfReadOnly("sign_in()");
	qb_store_begin(&store, true);
	clinic = qb_clinic_argument(&store, qb_arg_uuid_or_null(fcinfo, 2));
	account = try_password(&store, &clinic, email, password);
	if (account != NULL)
		token = qb_token_issue(&store, account);
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

static void
set_password(QbStore *store, const QbAccount *account, const char *hash)
{
	qb_attempts_forget(&account->id);
	qb_store_set_password(store, &account->id, hash, qb_token_next_second());
	qb_store_delete_account_tokens(store, &account->id);
}

/* The error takes back what is written: wrong ones are counted in shared memory alone. */
static void
require_old_password(const QbAccount *account, const char *password)
{
	QbAttempts	attempts = qb_attempts(&account->id, QB_ATTEMPT_CHANGE);

	if (attempts.locked_until > qb_now())
		qb_raise(QB_NOT_ALLOWED, NULL, "Try again later, or ask for a new password by mail.",
				 "the old password was wrong too often");
	if (qb_password_matches(password, account->password_hash))
		return;
	attempts = one_more(account, attempts.failures);
	qb_attempts_set(&account->id, QB_ATTEMPT_CHANGE, &attempts);
	qb_raise(QB_NOT_ALLOWED, NULL, "Give the present password, or ask for a new one by mail.",
			 "the old password is wrong");
}

Datum
quickbook_change_password(PG_FUNCTION_ARGS)
{
	char	   *old_password = qb_arg_text(fcinfo, 0, "old_password");
	char	   *new_password = qb_arg_text(fcinfo, 1, "new_password");
	QbStore		store;
	QbAccount  *account = NULL;
	pg_uuid_t	id;

	qb_check_password("new_password", new_password);
	qb_store_begin(&store, true);
	if (store.caller.account == NULL)
		qb_raise(QB_NOT_ALLOWED, NULL, "Sign in first.", "nobody has signed in");
	if (qb_parse_uuid(store.caller.account, &id))
		account = qb_store_account(&store, &id, true);
	if (account == NULL || account->disabled || !account->verified ||
		(store.caller.has_clinic && !qb_uuid_equal(&store.caller.clinic_id, &account->clinic_id)))
		qb_raise(QB_NOT_ALLOWED, NULL, "Sign in again.", "the caller has no account here");
	require_old_password(account, old_password);
	set_password(&store, account, qb_password_hash(new_password));
	qb_store_end(&store);
	PG_RETURN_VOID();
}

Datum
quickbook_request_password_reset(PG_FUNCTION_ARGS)
{
	char	   *email = qb_arg_text(fcinfo, 0, "email");
	QbStore		store;
	pg_uuid_t	clinic;

	qb_store_begin(&store, true);
	clinic = qb_clinic_argument(&store, qb_arg_uuid_or_null(fcinfo, 1));
	qb_check_address(&store, email, NULL);
	qb_queue_account_mail(&store, QB_PASSWORD_RESET, &clinic, NULL, email);
	qb_store_end(&store);
	PG_RETURN_VOID();
}

Datum
quickbook_reset_password(PG_FUNCTION_ARGS)
{
	char	   *token = qb_arg_text(fcinfo, 0, "token");
	char	   *new_password = qb_arg_text(fcinfo, 1, "new_password");
	QbStore		store;
	QbAccount  *account;
	char	   *hash;

	qb_check_password("new_password", new_password);
	qb_store_begin(&store, true);
	account = qb_take_account_token(&store, token, false);
	hash = qb_password_hash(new_password);
	if (!account->verified)
	{
		/* nobody has said that it was the reader of the mail who signed up */
		if (account->password_hash != NULL)
			qb_store_forget_profile(&store, &account->id);
		qb_store_verify_account(&store, account, hash);
	}
	set_password(&store, account, hash);
	qb_store_end(&store);
	PG_RETURN_VOID();
}

/* ----------
 * Administration
 * ----------
 */

/* The clinic of a new account: as named, as the caller's, as that of its patient or provider, or the only one. */
static pg_uuid_t
clinic_of_account(QbStore *store, const pg_uuid_t *named, const char *table, const pg_uuid_t *whom)
{
	const QbCaller *caller = &store->caller;
	pg_uuid_t	clinic;

	if (whom != NULL)
	{
		if (!qb_store_clinic_of(store, table, whom, &clinic))
			qb_raise_not_found(table, whom);
		qb_access_clinic(caller, table, &clinic);
		if (named != NULL && !qb_uuid_equal(named, &clinic))
			qb_raise_not_found(table, whom);
	}
	else
		clinic = qb_clinic_argument(store, named ? named : caller->has_clinic ? &caller->clinic_id : NULL);
	qb_access_clinic(caller, "account", &clinic);
	return clinic;
}

/* Each role needs the one id that is its own, and no other. */
static void
check_role(const char *role, const pg_uuid_t *patient, const pg_uuid_t *provider)
{
	bool		is_patient = strcmp(role, "patient") == 0;
	bool		is_provider = strcmp(role, "provider") == 0;

	if (!is_patient && !is_provider && strcmp(role, "staff") != 0 && strcmp(role, "admin") != 0)
		qb_raise_argument("role", "role must be patient, provider, staff or admin");
	if (is_patient != (patient != NULL))
		qb_raise_argument("patient_id", is_patient ? "role patient needs patient_id" : "patient_id is for role patient");
	if (is_provider != (provider != NULL))
		qb_raise_argument("provider_id",
						  is_provider ? "role provider needs provider_id" : "provider_id is for role provider");
}

Datum
quickbook_create_account(PG_FUNCTION_ARGS)
{
	char	   *email = qb_arg_text(fcinfo, 0, "email");
	char	   *role = qb_arg_text(fcinfo, 1, "role");
	const pg_uuid_t *patient = qb_arg_uuid_or_null(fcinfo, 3);
	const pg_uuid_t *provider = qb_arg_uuid_or_null(fcinfo, 4);
	char	   *password = qb_arg_text_or_null(fcinfo, 5, "password");
	QbStore		store;
	pg_uuid_t	clinic;
	pg_uuid_t	id;
	QbAccount  *account;

	check_role(role, patient, provider);
	if (password != NULL)
		qb_check_password("password", password);
	qb_store_begin(&store, true);
	qb_require_admin(&store.caller, "create accounts");
	clinic = clinic_of_account(&store, qb_arg_uuid_or_null(fcinfo, 2), patient ? "patient" : "provider",
							   patient ? patient : provider);
	qb_check_address(&store, email, NULL);
	qb_lock_address(&store, &clinic, email);
	if (qb_store_account_of_address(&store, &clinic, email) != NULL)
		qb_raise_argument("email", "this address has an account already");
	qb_new_id(&clinic, &id);
	account = qb_store_insert_account(&store, &id, &clinic, email, password ? qb_password_hash(password) : NULL, role,
									  patient, provider);
	if (password == NULL)
		qb_queue_account_mail(&store, QB_INVITATION, &clinic, &id, email);
	qb_store_end(&store);
	return qb_composite_result(fcinfo, account->values, account->nulls);
}

Datum
quickbook_disable_account(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "account_id");
	QbStore		store;
	QbAccount  *account;
	bool		disabled;

	if (PG_ARGISNULL(1))
		qb_raise_argument("disabled", "disabled must not be null");
	disabled = PG_GETARG_BOOL(1);
	qb_store_begin(&store, true);
	qb_require_admin(&store.caller, "disable accounts");
	account = qb_store_account(&store, id, true);
	if (account == NULL)
		qb_raise_not_found("account", id);
	qb_access_clinic(&store.caller, "account", &account->clinic_id);
	qb_attempts_forget(&account->id);
	account = qb_store_disable_account(&store, id, disabled, disabled ? qb_token_next_second() : DT_NOBEGIN);
	if (disabled)
		qb_store_delete_account_tokens(&store, id);
	qb_store_end(&store);
	return qb_composite_result(fcinfo, account->values, account->nulls);
}
