/*
 * accounts.c
 *		The tables: accounts, the tokens of their mails, and the keys of tokens.
 */
#include "postgres.h"

#include "store/accounts.h"

#include "access/htup_details.h"
#include "utils/datum.h"

#include "base/compat.h"
#include "base/secrets.h"
#include "store/statements.h"

/* The columns of the type account_info, then what the code looks at besides. */
#define ACCOUNT_COLUMNS \
	"a.id, a.clinic_id, a.email, a.role, a.patient_id, a.provider_id, a.disabled, a.email_verified_at, a.locked_until," \
	" a.created_at, a.last_sign_in_at, a.password_hash, a.failures, a.valid_after"

#define ACCOUNT_TYPES "uuttuubzzzztiz"

/* Who signed up with an address, and did not prove it. */
#define SIGN_UPS \
	"a.clinic_id = $1 AND lower(a.email) = lower($2) AND a.email_verified_at IS NULL AND a.profile IS NOT NULL" \
	" AND NOT a.disabled"

/* ----------
 * Addresses
 * ----------
 */

static QbStatement contact_sql = {
	"SELECT $1 ~ E'^[^@\\\\s[:cntrl:]]+@[^@\\\\s[:cntrl:]]+$' AND length($1) <= 254,"
	" coalesce($2 ~ E'^\\\\+[1-9][0-9]{1,14}$', true)",
	2, {TEXTOID, TEXTOID}, "bb"
};

void
qb_store_check_contact(QbStore *store, const char *email, const char *phone, bool *email_is_right,
					   bool *phone_is_right)
{
	Datum		values[] = {CStringGetTextDatum(email), text_datum(phone)};
	char		nulls[] = {' ', null_flag(phone == NULL)};

	qb_run(store, &contact_sql, values, nulls);
	*email_is_right = DatumGetBool(qb_not_null(0, 1));
	*phone_is_right = DatumGetBool(qb_not_null(0, 2));
	SPI_freetuptable(SPI_tuptable);
}

static QbStatement lower_sql = {
	"SELECT lower($1)", 1, {TEXTOID}, "t"
};

char *
qb_store_lower(QbStore *store, const char *text)
{
	Datum		values[] = {CStringGetTextDatum(text)};
	char	   *lower;

	qb_run(store, &lower_sql, values, NULL);
	lower = text_column(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return lower;
}

/* ----------
 * Accounts
 * ----------
 */

/* The account of the one row of a statement with ACCOUNT_COLUMNS, NULL if there is none. */
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

static QbStatement account_locked_sql = {
	"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE a.id = $1 FOR NO KEY UPDATE",
	1, {UUIDOID}, ACCOUNT_TYPES
};

static QbStatement account_sql = {
	"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE a.id = $1", 1, {UUIDOID}, ACCOUNT_TYPES
};

QbAccount *
qb_store_account(QbStore *store, const pg_uuid_t *id, bool lock)
{
	Datum		values[] = {UUIDPGetDatum(id)};

	qb_run(store, lock ? &account_locked_sql : &account_sql, values, NULL);
	return read_account();
}

static QbStatement account_of_address_sql = {
	"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE a.clinic_id = $1 AND lower(a.email) = lower($2)"
	" AND a.email_verified_at IS NOT NULL",
	2, {UUIDOID, TEXTOID}, ACCOUNT_TYPES
};

QbAccount *
qb_store_account_of_address(QbStore *store, const pg_uuid_t *clinic, const char *email)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email)};

	qb_run(store, &account_of_address_sql, values, NULL);
	return read_account();
}

/* that which can sign in, else an invitation, else the last sign-up */
static QbStatement account_to_reset_sql = {
	"SELECT " ACCOUNT_COLUMNS " FROM (SELECT * FROM quickbook.account WHERE clinic_id = $1"
	" AND lower(email) = lower($2) AND email_verified_at IS NOT NULL UNION ALL SELECT * FROM quickbook.account"
	" WHERE clinic_id = $1 AND lower(email) = lower($2) AND email_verified_at IS NULL) AS a"
	" ORDER BY a.email_verified_at IS NULL, a.profile IS NOT NULL, a.created_at DESC, a.id DESC LIMIT 1",
	2, {UUIDOID, TEXTOID}, ACCOUNT_TYPES
};

QbAccount *
qb_store_account_to_reset(QbStore *store, const pg_uuid_t *clinic, const char *email)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email)};

	qb_run(store, &account_to_reset_sql, values, NULL);
	return read_account();
}

/* of bcrypt the first 29 characters are version, cost and salt */
static QbStatement sign_up_salts_sql = {
	"SELECT DISTINCT left(a.password_hash, 29) FROM quickbook.account a WHERE " SIGN_UPS " LIMIT $3",
	3, {UUIDOID, TEXTOID, INT4OID}, "t"
};

int
qb_store_sign_up_salts(QbStore *store, const pg_uuid_t *clinic, const char *email, int max, char **salts)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email), Int32GetDatum(max)};
	int			n;

	qb_run(store, &sign_up_salts_sql, values, NULL);
	n = (int) SPI_processed;
	for (int row = 0; row < n; row++)
		salts[row] = text_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

static QbStatement sign_up_sql = {
	"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE " SIGN_UPS " AND a.password_hash = $3"
	" ORDER BY a.created_at DESC, a.id DESC LIMIT 1 FOR NO KEY UPDATE",
	3, {UUIDOID, TEXTOID, TEXTOID}, ACCOUNT_TYPES
};

QbAccount *
qb_store_sign_up(QbStore *store, const pg_uuid_t *clinic, const char *email, const char *password_hash)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(email), CStringGetTextDatum(password_hash)};

	qb_run(store, &sign_up_sql, values, NULL);
	return read_account();
}

static QbStatement other_sign_up_sql = {
	"SELECT FROM quickbook.account a WHERE " SIGN_UPS " AND a.password_hash IS DISTINCT FROM $3 LIMIT 1",
	3, {UUIDOID, TEXTOID, TEXTOID}
};

bool
qb_store_has_other_sign_up(QbStore *store, const QbAccount *account)
{
	Datum		values[] = {
		UUIDPGetDatum(&account->clinic_id), CStringGetTextDatum(account->email), text_datum(account->password_hash)
	};
	char		nulls[] = {' ', ' ', null_flag(account->password_hash == NULL)};
	bool		found;

	qb_run(store, &other_sign_up_sql, values, nulls);
	found = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	return found;
}

static QbStatement forget_profile_sql = {
	"UPDATE quickbook.account SET profile = '{}' WHERE id = $1", 1, {UUIDOID}, NULL, "account"
};

void
qb_store_forget_profile(QbStore *store, const pg_uuid_t *account)
{
	Datum		values[] = {UUIDPGetDatum(account)};

	qb_run(store, &forget_profile_sql, values, NULL);
}

static QbStatement insert_sign_up_sql = {
	"INSERT INTO quickbook.account (id, clinic_id, email, password_hash, profile, created_at) VALUES ($1, $2, $3, $4,"
	" jsonb_strip_nulls(jsonb_build_object('name', $5, 'phone', $6, 'time_zone', $7, 'locale', $8)), $9)",
	9, {UUIDOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}, NULL, "account"
};

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

	qb_run(store, &insert_sign_up_sql, values, nulls);
}

static QbStatement insert_account_sql = {
	"INSERT INTO quickbook.account AS a (id, clinic_id, email, password_hash, role, patient_id, provider_id,"
	" email_verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $4 IS NOT NULL THEN $8 END, $8)"
	" RETURNING " ACCOUNT_COLUMNS,
	8, {UUIDOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}, ACCOUNT_TYPES, "account"
};

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

	qb_run(store, &insert_account_sql, values, nulls);
	return read_account();
}

static QbStatement insert_patient_of_account_sql = {
	"INSERT INTO quickbook.patient (id, clinic_id, name, email, phone, time_zone, locale) SELECT $1, clinic_id,"
	" coalesce(profile->>'name', left(email, 200)), email, profile->>'phone', profile->>'time_zone', profile->>'locale'"
	" FROM quickbook.account WHERE id = $2",
	2, {UUIDOID, UUIDOID}, NULL, "patient"
};

static QbStatement verify_account_sql = {
	"UPDATE quickbook.account SET email_verified_at = $2, patient_id = $3, profile = NULL,"
	" password_hash = coalesce($4, password_hash) WHERE id = $1",
	4, {UUIDOID, TIMESTAMPTZOID, UUIDOID, TEXTOID}, NULL, "account"
};

void
qb_store_verify_account(QbStore *store, const QbAccount *account, const char *password_hash)
{
	pg_uuid_t	patient = account->patient_id;
	bool		has_patient = account->has_patient;

	if (!has_patient && strcmp(account->role, "patient") == 0)
	{
		Datum		ids[] = {UUIDPGetDatum(&patient), UUIDPGetDatum(&account->id)};

		qb_new_id(&account->clinic_id, &patient);
		qb_run(store, &insert_patient_of_account_sql, ids, NULL);
		has_patient = true;
	}
	{
		Datum		values[] = {
			UUIDPGetDatum(&account->id), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(&patient),
			text_datum(password_hash)
		};
		char		nulls[] = {' ', ' ', null_flag(!has_patient), null_flag(password_hash == NULL)};

		qb_run(store, &verify_account_sql, values, nulls);
	}
}

static QbStatement set_password_sql = {
	"UPDATE quickbook.account SET password_hash = $2, valid_after = $3, failures = 0, locked_until = NULL"
	" WHERE id = $1",
	3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}, NULL, "account"
};

void
qb_store_set_password(QbStore *store, const pg_uuid_t *account, const char *password_hash, TimestampTz valid_after)
{
	Datum		values[] = {
		UUIDPGetDatum(account), CStringGetTextDatum(password_hash), TimestampTzGetDatum(valid_after)
	};

	qb_run(store, &set_password_sql, values, NULL);
}

static QbStatement set_attempt_sql = {
	"UPDATE quickbook.account SET failures = $2, locked_until = $3, last_sign_in_at = coalesce($4, last_sign_in_at),"
	" password_hash = coalesce($5, password_hash) WHERE id = $1",
	5, {UUIDOID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID}, NULL, "account"
};

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

	qb_run(store, &set_attempt_sql, values, nulls);
}

static QbStatement disable_account_sql = {
	"UPDATE quickbook.account a SET disabled = $2, valid_after = coalesce($3, valid_after), failures = 0,"
	" locked_until = NULL WHERE id = $1"
	" RETURNING " ACCOUNT_COLUMNS,
	3, {UUIDOID, BOOLOID, TIMESTAMPTZOID}, ACCOUNT_TYPES, "account"
};

QbAccount *
qb_store_disable_account(QbStore *store, const pg_uuid_t *account, bool disabled, TimestampTz valid_after)
{
	Datum		values[] = {UUIDPGetDatum(account), BoolGetDatum(disabled), TimestampTzGetDatum(valid_after)};
	char		nulls[] = {' ', ' ', null_flag(TIMESTAMP_IS_NOBEGIN(valid_after))};

	qb_run(store, &disable_account_sql, values, nulls);
	return read_account();
}
