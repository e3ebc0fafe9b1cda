/*
 * account_mail.c
 *		Mails to accounts: to prove an address, to set a password.
 *
 * Who queues one looks nothing up, so that neither the answer nor its time
 * tells who has an account.  Who claims one finds the account, and only then a
 * token is made: it is in the mail and, as a hash, in account_token.
 */
#include "postgres.h"

#include "events/account_mail.h"

#include "utils/builtins.h"

#include "base/errors.h"
#include "base/ids.h"
#include "base/secrets.h"
#include "store/accounts.h"
#include "store/tokens.h"
#include "events/template.h"

/* Who asks for mails to an address gets one of a purpose in so long. */
#define PAUSE (5 * USECS_PER_MINUTE)

/* So many that anybody can have queued wait in a clinic, of each purpose. */
#define MAX_WAITING 1000

/* Of a token before it is written as text. */
#define TOKEN_BYTES 32

typedef struct Text
{
	const char *occasion;
	int64		good_for;		/* of the token; 0: there is none */
	const char *subject;
	const char *body;
} Text;

/* The texts of clinics that have no template. */
static const Text texts[] = {
	{QB_VERIFY_EMAIL, USECS_PER_DAY,
		"Your account at {{clinic_name}}",
		"Somebody asked for an account at {{clinic_name}} with this address.\n\n"
		"If it was you, confirm the address with this code within a day:\n\n{{token}}\n\n"
	"If it was not, do nothing: without the code the account cannot be used.\n"},
	{QB_PASSWORD_RESET, USECS_PER_HOUR,
		"Your password at {{clinic_name}}",
		"Somebody asked for a new password for your account at {{clinic_name}}.\n\n"
		"If it was you, set it with this code within an hour:\n\n{{token}}\n\n"
	"If it was not, do nothing: your password stays as it is.\n"},
	{QB_INVITATION, 7 * USECS_PER_DAY,
		"Your account at {{clinic_name}}",
		"There is an account for you at {{clinic_name}}.\n\n"
	"Choose its password with this code within seven days:\n\n{{token}}\n"},
	{"already_signed_up", 0,
		"Your account at {{clinic_name}}",
		"Somebody asked for an account at {{clinic_name}} with this address, which has one already.\n\n"
	"If it was you, sign in, or ask for a new password if you forgot it. If it was not, do nothing.\n"}
};

static const Text *
text_of(const char *occasion)
{
	for (int i = 0; i < (int) lengthof(texts); i++)
	{
		if (strcmp(texts[i].occasion, occasion) == 0)
			return &texts[i];
	}
	elog(ERROR, "there is no mail on occasion \"%s\"", occasion);
}

void
qb_queue_account_mail(QbStore *store, const char *purpose, const pg_uuid_t *clinic, const pg_uuid_t *account,
					  const char *address)
{
	bool		by_account = account != NULL && strcmp(purpose, QB_VERIFY_EMAIL) != 0;
	char	   *whose = by_account ? qb_uuid_text(account)
		: psprintf("%s %s " INT64_FORMAT, qb_uuid_text(clinic), qb_store_lower(store, address), qb_now() / PAUSE);
	pg_uuid_t	id;

	if (!by_account && qb_store_waiting_mails(store, clinic, purpose, MAX_WAITING) >= MAX_WAITING)
		qb_raise(QB_LIMIT_REACHED, qb_detail_int(qb_detail_text(qb_detail(), "limit", purpose), "most", MAX_WAITING),
				 "Try again later.", "too many mails wait to be sent");
	qb_new_id(clinic, &id);
	qb_store_queue_account_mail(store, &id, clinic, psprintf("account %s %s", purpose, whose), purpose, account,
								address);
}

/* A token of an account, of which the tables keep a hash. */
static char *
make_token(QbStore *store, const QbAccount *account, const char *purpose, int64 good_for)
{
	uint8		bytes[TOKEN_BYTES];
	uint8		hash[QB_SHA256_LENGTH];
	char	   *token;

	qb_random_bytes(bytes, sizeof(bytes));
	token = qb_base64url(bytes, sizeof(bytes));
	qb_sha256(token, (int) strlen(token), hash);
	qb_store_insert_account_token(store, hash, account, purpose, qb_now() + good_for);
	return token;
}

static void
set_text(QbClaimed *claimed, int column, const char *value)
{
	claimed->values[column] = value ? CStringGetTextDatum(value) : (Datum) 0;
	claimed->nulls[column] = value == NULL;
}

/* The clinic's template for the occasion, else the built-in text. */
static void
write_mail(QbStore *store, QbClaimed *claimed, const QbAccount *account, const char *occasion)
{
	const Text *text = text_of(occasion);
	char	   *values[QB_NPLACEHOLDERS] = {NULL};
	QbAccountMail mail;
	const char *subject;

	qb_store_account_mail(store, &account->id, occasion, &mail);
	values[QB_PH_CLINIC_NAME] = mail.clinic_name;
	values[QB_PH_PATIENT_NAME] = mail.name;
	values[QB_PH_EMAIL] = account->email;
	if (text->good_for > 0)
		values[QB_PH_TOKEN] = make_token(store, account, claimed->purpose, text->good_for);
	subject = mail.body ? mail.subject : text->subject;
	set_text(claimed, QB_N_SUBJECT, subject ? qb_template_fill_subject(subject, values) : NULL);
	set_text(claimed, QB_N_BODY, qb_template_fill(mail.body ? mail.body : text->body, values));
	/* another spelling of an address may be another mailbox */
	set_text(claimed, QB_N_RECIPIENT, account->email);
}

const char *
qb_fill_account_mail(QbStore *store, QbClaimed *claimed)
{
	bool		is_reset = strcmp(claimed->purpose, QB_PASSWORD_RESET) == 0;
	const char *occasion = claimed->purpose;
	QbAccount  *account = is_reset ? qb_store_account_to_reset(store, &claimed->clinic_id, claimed->recipient)
		: claimed->has_account ? qb_store_account(store, &claimed->account_id, false) : NULL;

	if (account == NULL)
		return QB_NO_ACCOUNT;
	if (account->disabled)
		return "the account is disabled";
	if (!is_reset && account->verified)
		return "the address was proved already";
	if (!is_reset && qb_store_account_of_address(store, &account->clinic_id, account->email) != NULL)
	{
		if (strcmp(occasion, QB_INVITATION) == 0)
			return "another account has this address";
		occasion = "already_signed_up";
	}
	write_mail(store, claimed, account, occasion);
	return NULL;
}
