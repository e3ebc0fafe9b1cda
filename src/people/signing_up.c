/*
 * signing_up.c
 *		Signing up: an account for whoever proves the address.
 *
 * Anybody may sign up with anybody's address, before its owner and after, so an
 * address may have many sign-ups that nobody proved, and an address gets no
 * mail for each.  The code in a mail proves the address; it does not tell whose
 * sign-up is whose.  That the password does: who gives it gets the sign-up made
 * with it, whichever of them the mail was for.  Who does not give it gets the
 * mail's only if there is no other one; else the address is proved and no
 * password counts, until one is chosen by a mail that follows at once.
 *
 * The sign-ups of an address share bcrypt's salt.  So equal passwords are seen
 * to be equal, and one computation tells whose a password is.  Looking for that
 * salt is all that sign_up() looks up; of accounts it learns nothing.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "base/errors.h"
#include "base/ids.h"
#include "base/locks.h"
#include "base/secrets.h"
#include "base/sizes.h"
#include "time/zone.h"
#include "events/account_mail.h"
#include "people/account.h"
#include "people/password.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_sign_up);
PG_FUNCTION_INFO_V1(quickbook_verify_email);
PG_FUNCTION_INFO_V1(quickbook_verify_sign_up);

#define LONGEST_LOCALE 35

/* Salts of one address: one for each cost that the setting had. */
#define MAX_SALTS 8

/* ----------
 * Arguments
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

static void
check_profile(const QbSignUp *told)
{
	const char *meant;

	qb_check_name("name", told->name);
	if (told->time_zone != NULL && !qb_zone_is_iana(told->time_zone, &meant))
		qb_raise_argument("time_zone", "time_zone is not the name of an IANA time zone");
	if (told->locale != NULL && strlen(told->locale) > LONGEST_LOCALE)
		qb_raise_argument("locale", "locale must have at most %d characters", LONGEST_LOCALE);
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

/* ----------
 * Signing up
 * ----------
 */

/* With the salt of the address's other sign-ups, where it has the cost of today. */
static char *
hash_of_sign_up(QbStore *store, const pg_uuid_t *clinic, const char *email, const char *password)
{
	char	   *salts[MAX_SALTS];
	int			n = qb_store_sign_up_salts(store, clinic, email, MAX_SALTS, salts);

	for (int i = 0; i < n; i++)
	{
		if (!qb_password_is_of_other_cost(salts[i]))
			return qb_password_hash_by(password, salts[i]);
	}
	return qb_password_hash(password);
}

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
	pg_uuid_t	clinic;
	pg_uuid_t	id;

	qb_check_password("password", password);
	check_profile(&told);
	qb_store_begin(&store, true);
	clinic = qb_clinic_argument(&store, qb_arg_uuid_or_null(fcinfo, 3));
	qb_check_address(&store, told.email, told.phone);
	qb_lock_address(&store, &clinic, told.email);
	told.password_hash = hash_of_sign_up(&store, &clinic, told.email, password);
	qb_new_id(&clinic, &id);
	qb_store_insert_sign_up(&store, &id, &clinic, &told);
	qb_queue_account_mail(&store, QB_VERIFY_EMAIL, &clinic, &id, told.email);
	qb_store_end(&store);
	PG_RETURN_VOID();
}

/* ----------
 * Proving the address
 * ----------
 */

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

/* The last sign-up of the address that was made with the password. */
static QbAccount *
sign_up_with(QbStore *store, const QbAccount *proved, const char *password)
{
	char	   *salts[MAX_SALTS];
	int			n = qb_store_sign_up_salts(store, &proved->clinic_id, proved->email, MAX_SALTS, salts);

	for (int i = 0; i < n; i++)
	{
		QbAccount  *account = qb_store_sign_up(store, &proved->clinic_id, proved->email,
											   qb_password_hash_by(password, salts[i]));

		if (account != NULL)
			return account;
	}
	qb_raise(QB_NOT_ALLOWED, NULL, "Give the password that you signed up with, or ask for a new one by mail.",
			 "nobody signed up with this address and this password");
}

/* No password counts and nothing is known of who it is; a mail lets its reader choose one. */
static void
verify_without_password(QbStore *store, const QbAccount *account)
{
	uint8		bytes[32];

	qb_random_bytes(bytes, sizeof(bytes));
	qb_store_forget_profile(store, &account->id);
	qb_store_verify_account(store, account, qb_password_hash(qb_base64url(bytes, sizeof(bytes))));
	qb_queue_account_mail(store, QB_PASSWORD_RESET, &account->clinic_id, &account->id, account->email);
}

/* password NULL: it was not asked for. */
static void
verify(const char *token, const char *password)
{
	QbStore		store;
	QbAccount  *account;

	qb_store_begin(&store, true);
	account = qb_take_account_token(&store, token, true);
	/* another mail of the same sign-up may have done it */
	if (!account->verified)
	{
		if (password != NULL)
			qb_store_verify_account(&store, sign_up_with(&store, account, password), NULL);
		else if (qb_store_has_other_sign_up(&store, account))
			verify_without_password(&store, account);
		else
			qb_store_verify_account(&store, account, NULL);
	}
	qb_store_delete_account_tokens(&store, &account->id);
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
