/*
 * account.c
 *		Accounts: their addresses and the tokens of their mails, making and
 *		disabling them.
 */
#include "postgres.h"

#include "people/account.h"

#include "base/attempts.h"
#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/locks.h"
#include "base/secrets.h"
#include "store/clinics.h"
#include "store/tokens.h"
#include "events/account_mail.h"
#include "people/access.h"
#include "people/password.h"
#include "people/token.h"

/* ----------
 * In common
 * ----------
 */

pg_uuid_t
qb_clinic_argument(QbStore *store, const pg_uuid_t *clinic)
{
	pg_uuid_t	ids[2];

	if (clinic == NULL)
	{
		if (qb_store_some_clinics(store, 2, ids) != 1)
			qb_raise_argument("clinic_id", "clinic_id must not be null where there is not just one clinic");
		return ids[0];
	}
	if (!qb_store_clinic_exists(store, clinic))
		qb_raise_not_found("clinic", clinic);
	return *clinic;
}

void
qb_check_address(QbStore *store, const char *email, const char *phone)
{
	bool		email_is_right;
	bool		phone_is_right;

	qb_store_check_contact(store, email, phone, &email_is_right, &phone_is_right);
	if (!email_is_right)
		qb_raise_argument("email", "email is no address");
	if (!phone_is_right)
		qb_raise_argument("phone", "phone is not in the form of E.164: + and up to 15 digits");
}

void
qb_lock_address(QbStore *store, const pg_uuid_t *clinic, const char *email)
{
	char	   *name = psprintf("%s %s", qb_uuid_text(clinic), qb_store_lower(store, email));
	QbLockSet	lock;

	qb_locks_init(&lock);
	qb_locks_add(&lock, QB_LOCK_ADDRESS, name, (int) strlen(name));
	qb_locks_acquire(&lock);
}

qb_noreturn static void refuse_token(void);

static void
refuse_token(void)
{
	qb_raise(QB_NOT_ALLOWED, NULL, "Ask for a new one.", "the token is not valid");
}

QbAccount *
qb_take_account_token(QbStore *store, const char *token, bool verifies)
{
	uint8		hash[QB_SHA256_LENGTH];
	pg_uuid_t	id;
	pg_uuid_t	clinic;
	char	   *email;
	QbAccount  *account;
	QbAccount  *other;

	qb_sha256(token, (int) strlen(token), hash);
	if (!qb_store_account_token(store, hash, verifies, &id, &clinic, &email))
		refuse_token();
	qb_lock_address(store, &clinic, email);
	account = qb_store_account(store, &id, true);
	if (account == NULL || account->disabled || !qb_store_take_account_token(store, hash))
		refuse_token();
	other = qb_store_account_of_address(store, &clinic, account->email);
	if (other != NULL && !qb_uuid_equal(&other->id, &account->id))
		refuse_token();
	return account;
}

void
qb_set_password(QbStore *store, const QbAccount *account, const char *hash)
{
	qb_attempts_forget(&account->id);
	qb_store_set_password(store, &account->id, hash, qb_token_next_second());
	qb_store_delete_account_tokens(store, &account->id);
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

void
qb_check_account_role(const char *role, const pg_uuid_t *patient, const pg_uuid_t *provider)
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

QbAccount *
qb_create_account(QbStore *store, const QbNewAccount *told)
{
	pg_uuid_t	clinic;
	pg_uuid_t	id;
	QbAccount  *account;

	qb_require_admin(&store->caller, "create accounts");
	clinic = clinic_of_account(store, told->clinic, told->patient ? "patient" : "provider",
							   told->patient ? told->patient : told->provider);
	qb_check_address(store, told->email, NULL);
	qb_lock_address(store, &clinic, told->email);
	if (qb_store_account_of_address(store, &clinic, told->email) != NULL)
		qb_raise_argument("email", "this address has an account already");
	qb_new_id(&clinic, &id);
	account = qb_store_insert_account(store, &id, &clinic, told->email,
									  told->password ? qb_password_hash(told->password) : NULL, told->role,
									  told->patient, told->provider);
	if (told->password == NULL)
		qb_queue_account_mail(store, QB_INVITATION, &clinic, &id, told->email);
	return account;
}

QbAccount *
qb_disable_account(QbStore *store, const pg_uuid_t *id, bool disabled)
{
	QbAccount  *account;

	qb_require_admin(&store->caller, "disable accounts");
	account = qb_store_account(store, id, true);
	if (account == NULL)
		qb_raise_not_found("account", id);
	qb_access_clinic(&store->caller, "account", &account->clinic_id);
	qb_attempts_forget(&account->id);
	account = qb_store_disable_account(store, id, disabled, disabled ? qb_token_next_second() : DT_NOBEGIN);
	if (disabled)
		qb_store_delete_account_tokens(store, id);
	return account;
}
