/*
 * signing_in.c
 *		Signing in, and passwords: changed by who knows the old one, or by a mail.
 *
 * What these functions answer, and how long they take, does not tell whether
 * an address has an account: request_password_reset() looks nothing up, and
 * sign_in() does the same work for nobody as for somebody.
 *
 * Who signs in, verifies or resets locks the address first, whether it has an
 * account or not, and then the account's row.
 */
#include "postgres.h"

#include "people/signing_in.h"

#include "access/xact.h"

#include "base/attempts.h"
#include "base/errors.h"
#include "base/ids.h"
#include "store/accounts.h"
#include "events/account_mail.h"
#include "people/account.h"
#include "people/claims.h"
#include "people/password.h"
#include "people/token.h"

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

char *
qb_sign_in(QbStore *store, const pg_uuid_t *clinic, const char *email, const char *password)
{
	pg_uuid_t	whose = qb_clinic_argument(store, clinic);
	QbAccount  *account = try_password(store, &whose, email, password);

	return account ? qb_token_issue(store, account) : NULL;
}

/* ----------
 * Passwords
 * ----------
 */

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

void
qb_change_password(QbStore *store, const char *old_password, const char *new_password)
{
	const QbCaller *caller = &store->caller;
	QbAccount  *account = NULL;
	pg_uuid_t	id;

	if (caller->account == NULL)
		qb_raise(QB_NOT_ALLOWED, NULL, "Sign in first.", "nobody has signed in");
	if (qb_parse_uuid(caller->account, &id))
		account = qb_store_account(store, &id, true);
	if (account == NULL || account->disabled || !account->verified ||
		(caller->has_clinic && !qb_uuid_equal(&caller->clinic_id, &account->clinic_id)))
		qb_raise(QB_NOT_ALLOWED, NULL, "Sign in again.", "the caller has no account here");
	require_old_password(account, old_password);
	qb_set_password(store, account, qb_password_hash(new_password));
}

void
qb_request_password_reset(QbStore *store, const pg_uuid_t *clinic, const char *email)
{
	pg_uuid_t	whose = qb_clinic_argument(store, clinic);

	qb_check_address(store, email, NULL);
	qb_queue_account_mail(store, QB_PASSWORD_RESET, &whose, NULL, email);
}

void
qb_reset_password(QbStore *store, const char *token, const char *new_password)
{
	QbAccount  *account = qb_take_account_token(store, token, false);
	char	   *hash = qb_password_hash(new_password);

	if (!account->verified)
	{
		/* nobody has said that it was the reader of the mail who signed up */
		if (account->password_hash != NULL)
			qb_store_forget_profile(store, &account->id);
		qb_store_verify_account(store, account, hash);
	}
	qb_set_password(store, account, hash);
}
