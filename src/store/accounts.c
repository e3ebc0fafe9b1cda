/*
 * accounts.c
 *		The tables: accounts, the tokens of their mails, and the keys of tokens.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "utils/datum.h"

#include "base/compat.h"
#include "base/secrets.h"
#include "store/statements.h"

/* ----------
 * Clinics and addresses
 * ----------
 */

int
qb_store_some_clinics(QbStore *store, int max, pg_uuid_t *ids)
{
	Datum		values[] = {Int32GetDatum(max)};
	int			n;

	qb_run(store, Q_SOME_CLINICS, values, NULL);
	n = (int) SPI_processed;
	for (int row = 0; row < n; row++)
		ids[row] = uuid_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

bool
qb_store_clinic_exists(QbStore *store, const pg_uuid_t *id)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	qb_run(store, Q_CLINIC, values, NULL);
	found = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_check_contact(QbStore *store, const char *email, const char *phone, bool *email_is_right,
					   bool *phone_is_right)
{
	Datum		values[] = {CStringGetTextDatum(email), text_datum(phone)};
	char		nulls[] = {' ', null_flag(phone == NULL)};

	qb_run(store, Q_CONTACT, values, nulls);
	*email_is_right = DatumGetBool(qb_not_null(0, 1));
	*phone_is_right = DatumGetBool(qb_not_null(0, 2));
	SPI_freetuptable(SPI_tuptable);
}

char *
qb_store_lower(QbStore *store, const char *text)
{
	Datum		values[] = {CStringGetTextDatum(text)};
	char	   *lower;

	qb_run(store, Q_LOWER, values, NULL);
	lower = text_column(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return lower;
}

/* ----------
 * Accounts
 * ----------
 */

static QbAccount *
read_account(void)
{
	QbAccount  *a;

	if (SPI_processed == 0)
	{
		SPI_freetuptable(SPI_tuptable);
		return NULL;
	}
	a = palloc0(sizeof(QbAccount));
	for (int i = 0; i < QB_ACCOUNT_NCOLUMNS; i++)
	{
		FormData_pg_attribute *attribute = TupleDescAttr(SPI_tuptable->tupdesc, i);

		a->values[i] = qb_column(0, i + 1, &a->nulls[i]);
		if (!a->nulls[i])
			a->values[i] = datumCopy(a->values[i], attribute->attbyval, attribute->attlen);
	}
	a->id = uuid_column(0, 1);
	a->clinic_id = uuid_column(0, 2);
	a->email = text_column(0, 3);
	a->role = text_column(0, 4);
	a->has_patient = uuid_or_null(0, 5, &a->patient_id);
	a->has_provider = uuid_or_null(0, 6, &a->provider_id);
	a->disabled = DatumGetBool(qb_not_null(0, 7));
	a->verified = !a->nulls[7];
	a->locked_until = time_column(0, 9, DT_NOBEGIN);
	a->password_hash = text_or_null(0, 12);
	a->failures = DatumGetInt32(qb_not_null(0, 13));
	a->valid_after = time_column(0, 14, DT_NOBEGIN);
	SPI_freetuptable(SPI_tuptable);
	return a;
}

QbAccount *
qb_store_account(QbStore *store, const pg_uuid_t *id, bool lock)
{
	Datum		values[] = {UUIDPGetDatum(id)};

	qb_run(store, lock ? Q_ACCOUNT_LOCKED : Q_ACCOUNT, values, NULL);
	return read_account();
}

QbAccount *
qb_store_account_of_address(QbStore *store, const pg_uuid_t *clinic, const char *email)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email)};

	qb_run(store, Q_ACCOUNT_OF_ADDRESS, values, NULL);
	return read_account();
}

QbAccount *
qb_store_account_to_reset(QbStore *store, const pg_uuid_t *clinic, const char *email)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email)};

	qb_run(store, Q_ACCOUNT_TO_RESET, values, NULL);
	return read_account();
}

int
qb_store_sign_up_salts(QbStore *store, const pg_uuid_t *clinic, const char *email, int max, char **salts)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email), Int32GetDatum(max)};
	int			n;

	qb_run(store, Q_SIGN_UP_SALTS, values, NULL);
	n = (int) SPI_processed;
	for (int row = 0; row < n; row++)
		salts[row] = text_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

QbAccount *
qb_store_sign_up(QbStore *store, const pg_uuid_t *clinic, const char *email, const char *password_hash)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email), CStringGetTextDatum(password_hash)};

	qb_run(store, Q_SIGN_UP, values, NULL);
	return read_account();
}

bool
qb_store_has_other_sign_up(QbStore *store, const QbAccount *account)
{
	Datum		values[] = {
		UUIDPGetDatum(&account->clinic_id), CStringGetTextDatum(account->email), text_datum(account->password_hash)
	};
	char		nulls[] = {' ', ' ', null_flag(account->password_hash == NULL)};
	bool		found;

	qb_run(store, Q_OTHER_SIGN_UP, values, nulls);
	found = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_forget_profile(QbStore *store, const pg_uuid_t *account)
{
	Datum		values[] = {UUIDPGetDatum(account)};

	qb_run(store, Q_FORGET_PROFILE, values, NULL);
}

void
qb_store_insert_sign_up(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const QbSignUp *told)
{
	Datum		values[] = {
		UUIDPGetDatum(id), UUIDPGetDatum(clinic), CStringGetTextDatum(told->email),
		CStringGetTextDatum(told->password_hash), CStringGetTextDatum(told->name), text_datum(told->phone),
		text_datum(told->time_zone), text_datum(told->locale), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {
		' ', ' ', ' ', ' ', ' ', null_flag(told->phone == NULL), null_flag(told->time_zone == NULL),
		null_flag(told->locale == NULL), ' '
	};

	qb_run(store, Q_INSERT_SIGN_UP, values, nulls);
}

QbAccount *
qb_store_insert_account(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const char *email,
						const char *password_hash, const char *role, const pg_uuid_t *patient,
						const pg_uuid_t *provider)
{
	Datum		values[] = {
		UUIDPGetDatum(id), UUIDPGetDatum(clinic), CStringGetTextDatum(email), text_datum(password_hash),
		CStringGetTextDatum(role), UUIDPGetDatum(patient), UUIDPGetDatum(provider), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {
		' ', ' ', ' ', null_flag(password_hash == NULL), ' ', null_flag(patient == NULL), null_flag(provider == NULL), ' '
	};

	qb_run(store, Q_INSERT_ACCOUNT, values, nulls);
	return read_account();
}

void
qb_store_verify_account(QbStore *store, const QbAccount *account, const char *password_hash)
{
	pg_uuid_t	patient = account->patient_id;
	bool		has_patient = account->has_patient;

	if (!has_patient && strcmp(account->role, "patient") == 0)
	{
		Datum		ids[] = {UUIDPGetDatum(&patient), UUIDPGetDatum(&account->id)};

		qb_new_id(&account->clinic_id, &patient);
		qb_run(store, Q_INSERT_PATIENT_OF_ACCOUNT, ids, NULL);
		has_patient = true;
	}
	{
		Datum		values[] = {
			UUIDPGetDatum(&account->id), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(&patient),
			text_datum(password_hash)
		};
		char		nulls[] = {' ', ' ', null_flag(!has_patient), null_flag(password_hash == NULL)};

		qb_run(store, Q_VERIFY_ACCOUNT, values, nulls);
	}
}

void
qb_store_set_password(QbStore *store, const pg_uuid_t *account, const char *password_hash, TimestampTz valid_after)
{
	Datum		values[] = {
		UUIDPGetDatum(account), CStringGetTextDatum(password_hash), TimestampTzGetDatum(valid_after)
	};

	qb_run(store, Q_SET_PASSWORD, values, NULL);
}

void
qb_store_set_attempt(QbStore *store, const pg_uuid_t *account, int failures, TimestampTz locked_until,
					 TimestampTz signed_in, const char *password_hash)
{
	Datum		values[] = {
		UUIDPGetDatum(account), Int32GetDatum(failures), TimestampTzGetDatum(locked_until),
		TimestampTzGetDatum(signed_in), text_datum(password_hash)
	};
	char		nulls[] = {
		' ', ' ', null_flag(TIMESTAMP_IS_NOBEGIN(locked_until)), null_flag(TIMESTAMP_IS_NOBEGIN(signed_in)),
		null_flag(password_hash == NULL)
	};

	qb_run(store, Q_SET_ATTEMPT, values, nulls);
}

QbAccount *
qb_store_disable_account(QbStore *store, const pg_uuid_t *account, bool disabled, TimestampTz valid_after)
{
	Datum		values[] = {UUIDPGetDatum(account), BoolGetDatum(disabled), TimestampTzGetDatum(valid_after)};
	char		nulls[] = {' ', ' ', null_flag(TIMESTAMP_IS_NOBEGIN(valid_after))};

	qb_run(store, Q_DISABLE_ACCOUNT, values, nulls);
	return read_account();
}

/* ----------
 * Mails to accounts and their tokens
 * ----------
 */

static Datum
hash_datum(const uint8 *hash)
{
	return bytes_datum(hash, QB_SHA256_LENGTH);
}

void
qb_store_insert_account_token(QbStore *store, const uint8 *hash, const QbAccount *account, const char *purpose,
							  TimestampTz expires_at)
{
	Datum		values[] = {
		hash_datum(hash), UUIDPGetDatum(&account->clinic_id), UUIDPGetDatum(&account->id),
		CStringGetTextDatum(purpose), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(expires_at)
	};

	qb_run(store, Q_INSERT_ACCOUNT_TOKEN, values, NULL);
}

bool
qb_store_account_token(QbStore *store, const uint8 *hash, bool verifies, pg_uuid_t *account, pg_uuid_t *clinic,
					   char **email)
{
	Datum		values[] = {hash_datum(hash), BoolGetDatum(verifies), TimestampTzGetDatum(qb_now())};
	bool		found;

	qb_run(store, Q_ACCOUNT_TOKEN, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		*account = uuid_column(0, 1);
		*clinic = uuid_column(0, 2);
		*email = text_column(0, 3);
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

bool
qb_store_take_account_token(QbStore *store, const uint8 *hash)
{
	Datum		values[] = {hash_datum(hash)};

	qb_run(store, Q_TAKE_ACCOUNT_TOKEN, values, NULL);
	return SPI_processed > 0;
}

void
qb_store_delete_account_tokens(QbStore *store, const pg_uuid_t *account)
{
	Datum		values[] = {UUIDPGetDatum(account)};

	qb_run(store, Q_DELETE_ACCOUNT_TOKENS, values, NULL);
}

void
qb_store_queue_account_mail(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const char *key,
							const char *purpose, const pg_uuid_t *account, const char *recipient)
{
	Datum		values[] = {
		UUIDPGetDatum(id), UUIDPGetDatum(clinic), CStringGetTextDatum(key), CStringGetTextDatum(purpose),
		UUIDPGetDatum(account), CStringGetTextDatum(recipient), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', ' ', ' ', ' ', null_flag(account == NULL), ' ', ' '};

	qb_run(store, Q_QUEUE_ACCOUNT_MAIL, values, nulls);
}

void
qb_store_account_mail(QbStore *store, const pg_uuid_t *account, const char *occasion, QbAccountMail *mail)
{
	Datum		values[] = {UUIDPGetDatum(account), CStringGetTextDatum(occasion)};

	qb_run(store, Q_ACCOUNT_MAIL, values, NULL);
	mail->clinic_name = text_column(0, 1);
	mail->subject = text_or_null(0, 2);
	mail->body = text_or_null(0, 3);
	mail->name = text_or_null(0, 4);
	SPI_freetuptable(SPI_tuptable);
}

/* ----------
 * Keys
 * ----------
 */

static void
read_key(uint64 row, QbTokenKey *key)
{
	bytea	   *secret = DatumGetByteaPP(qb_not_null(row, 2));

	key->kid = text_column(row, 1);
	if (VARSIZE_ANY_EXHDR(secret) != sizeof(key->secret))
		elog(ERROR, "the secret of key \"%s\" has a wrong length", key->kid);
	memcpy(key->secret, VARDATA_ANY(secret), sizeof(key->secret));
}

static bool
read_one_key(QbTokenKey *key)
{
	bool		found = SPI_processed > 0;

	if (found)
		read_key(0, key);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

bool
qb_store_signing_key(QbStore *store, QbTokenKey *key)
{
	qb_run(store, Q_SIGNING_KEY, NULL, NULL);
	return read_one_key(key);
}

bool
qb_store_token_key(QbStore *store, const char *kid, QbTokenKey *key)
{
	Datum		values[] = {CStringGetTextDatum(kid), TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_TOKEN_KEY, values, NULL);
	return read_one_key(key);
}

int
qb_store_token_keys(QbStore *store, QbTokenKey **keys)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now())};
	int			n;

	qb_run(store, Q_TOKEN_KEYS, values, NULL);
	n = (int) SPI_processed;
	*keys = palloc(sizeof(QbTokenKey) * Max(n, 1));
	for (int row = 0; row < n; row++)
		read_key(row, &(*keys)[row]);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

void
qb_store_retire_token_keys(QbStore *store, TimestampTz retires_at)
{
	Datum		values[] = {TimestampTzGetDatum(retires_at)};

	qb_run(store, Q_RETIRE_TOKEN_KEYS, values, NULL);
}

void
qb_store_insert_token_key(QbStore *store, const QbTokenKey *key)
{
	Datum		values[] = {
		CStringGetTextDatum(key->kid), bytes_datum(key->secret, sizeof(key->secret)), TimestampTzGetDatum(qb_now())
	};

	qb_run(store, Q_INSERT_TOKEN_KEY, values, NULL);
}

/* ----------
 * Maintenance
 * ----------
 */

void
qb_store_purge_accounts(QbStore *store)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_PURGE_ACCOUNT_TOKENS, values, NULL);
	qb_run(store, Q_PURGE_ACCOUNT_MAILS, values, NULL);
	qb_run(store, Q_PURGE_ACCOUNTS, values, NULL);
	qb_run(store, Q_PURGE_TOKEN_KEYS, values, NULL);
}
