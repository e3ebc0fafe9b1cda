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

#include "people/signing_up.h"

#include "base/errors.h"
#include "base/ids.h"
#include "base/secrets.h"
#include "base/sizes.h"
#include "time/zone.h"
#include "store/tokens.h"
#include "events/account_mail.h"
#include "people/account.h"
#include "people/password.h"

#define LONGEST_LOCALE 35

/* Salts of one address: one for each cost that the setting had. */
#define MAX_SALTS 8

/* ----------
 * Signing up
 * ----------
 */

void
qb_check_profile(const QbSignUp *told)
{
	const char *meant;

	qb_check_name("name", told->name);
	if (told->time_zone != NULL && !qb_zone_is_iana(told->time_zone, &meant))
		qb_raise_argument("time_zone", "time_zone is not the name of an IANA time zone");
	if (told->locale != NULL && strlen(told->locale) > LONGEST_LOCALE)
		qb_raise_argument("locale", "locale must have at most %d characters", LONGEST_LOCALE);
}

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

void
qb_sign_up(QbStore *store, const pg_uuid_t *clinic, QbSignUp *told, const char *password)
{
	pg_uuid_t	whose = qb_clinic_argument(store, clinic);
	pg_uuid_t	id;

	qb_check_address(store, told->email, told->phone);
	qb_lock_address(store, &whose, told->email);
	told->password_hash = hash_of_sign_up(store, &whose, told->email, password);
	qb_new_id(&whose, &id);
	qb_store_insert_sign_up(store, &id, &whose, told);
	qb_queue_account_mail(store, QB_VERIFY_EMAIL, &whose, &id, told->email);
}

/* ----------
 * Proving the address
 * ----------
 */

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

void
qb_verify_email(QbStore *store, const char *token, const char *password)
{
	QbAccount  *account = qb_take_account_token(store, token, true);

	/* another mail of the same sign-up may have done it */
	if (!account->verified)
	{
		if (password != NULL)
			qb_store_verify_account(store, sign_up_with(store, account, password), NULL);
		else if (qb_store_has_other_sign_up(store, account))
			verify_without_password(store, account);
		else
			qb_store_verify_account(store, account, NULL);
	}
	qb_store_delete_account_tokens(store, &account->id);
}
