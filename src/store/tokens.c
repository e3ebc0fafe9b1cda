/*
 * tokens.c
 *		The tables: what mails to accounts prove, keys that sign, and what is past.
 */
#include "postgres.h"

#include "store/tokens.h"

#include "base/secrets.h"
#include "store/statements.h"

/* ----------
 * Mails to accounts and their tokens
 * ----------
 */

static Datum
hash_datum(const uint8 *hash)
{
	return bytes_datum(hash, QB_SHA256_LENGTH);
}

static QbStatement insert_account_token_sql = {
	"INSERT INTO quickbook.account_token (token_hash, clinic_id, account_id, purpose, created_at, expires_at)"
	" VALUES ($1, $2, $3, $4, $5, $6)",
	6, {BYTEAOID, UUIDOID, UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}, NULL, "account_token"
};

void
qb_store_insert_account_token(QbStore *store, const uint8 *hash, const QbAccount *account, const char *purpose,
							  TimestampTz expires_at)
{
	Datum		values[] = {
		hash_datum(hash), UUIDPGetDatum(&account->clinic_id), UUIDPGetDatum(&account->id),
		CStringGetTextDatum(purpose), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(expires_at)
	};

	qb_run(store, &insert_account_token_sql, values, NULL);
}

static QbStatement account_token_sql = {
	"SELECT t.account_id, t.clinic_id, a.email FROM quickbook.account_token t JOIN quickbook.account a"
	" ON a.id = t.account_id WHERE t.token_hash = $1 AND (t.purpose = 'verify_email') = $2 AND t.expires_at > $3",
	3, {BYTEAOID, BOOLOID, TIMESTAMPTZOID}, "uut"
};

bool
qb_store_account_token(QbStore *store, const uint8 *hash, bool verifies, pg_uuid_t *account, pg_uuid_t *clinic,
					   char **email)
{
	Datum		values[] = {hash_datum(hash), BoolGetDatum(verifies), TimestampTzGetDatum(qb_now())};
	bool		found;

	qb_run(store, &account_token_sql, values, NULL);
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

static QbStatement take_account_token_sql = {
	"DELETE FROM quickbook.account_token WHERE token_hash = $1", 1, {BYTEAOID}
};

bool
qb_store_take_account_token(QbStore *store, const uint8 *hash)
{
	Datum		values[] = {hash_datum(hash)};

	qb_run(store, &take_account_token_sql, values, NULL);
	return SPI_processed > 0;
}

static QbStatement delete_account_tokens_sql = {
	"DELETE FROM quickbook.account_token WHERE account_id = $1", 1, {UUIDOID}
};

void
qb_store_delete_account_tokens(QbStore *store, const pg_uuid_t *account)
{
	Datum		values[] = {UUIDPGetDatum(account)};

	qb_run(store, &delete_account_tokens_sql, values, NULL);
}

static QbStatement queue_account_mail_sql = {
	"INSERT INTO quickbook.notification (id, clinic_id, dedup_key, purpose, account_id, channel, recipient, due_at,"
	" created_at) VALUES ($1, $2, $3, $4, $5, 'email', $6, $7, $7) ON CONFLICT (dedup_key) DO NOTHING",
	7, {UUIDOID, UUIDOID, TEXTOID, TEXTOID, UUIDOID, TEXTOID, TIMESTAMPTZOID}
};

void
qb_store_queue_account_mail(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const char *key,
							const char *purpose, const pg_uuid_t *account, const char *recipient)
{
	Datum		values[] = {
		UUIDPGetDatum(id), UUIDPGetDatum(clinic), CStringGetTextDatum(key), CStringGetTextDatum(purpose),
		UUIDPGetDatum(account), CStringGetTextDatum(recipient), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', ' ', ' ', ' ', null_flag(account == NULL), ' ', ' '};

	qb_run(store, &queue_account_mail_sql, values, nulls);
}

static QbStatement account_mail_sql = {
	"SELECT c.name, t.subject, t.body, coalesce(p.name, v.name, a.profile->>'name') FROM quickbook.clinic c"
	" JOIN quickbook.account a ON a.clinic_id = c.id LEFT JOIN quickbook.patient p ON p.id = a.patient_id"
	" LEFT JOIN quickbook.provider v ON v.id = a.provider_id LEFT JOIN LATERAL (SELECT m.subject, m.body"
	" FROM quickbook.reminder_rule r JOIN quickbook.message_template m ON m.id = r.template_id"
	" WHERE r.clinic_id = c.id AND r.occasion = $2 AND r.active ORDER BY r.id LIMIT 1) AS t ON true WHERE a.id = $1",
	2, {UUIDOID, TEXTOID}, "tttt"
};

void
qb_store_account_mail(QbStore *store, const pg_uuid_t *account, const char *occasion, QbAccountMail *mail)
{
	Datum		values[] = {UUIDPGetDatum(account), CStringGetTextDatum(occasion)};

	qb_run(store, &account_mail_sql, values, NULL);
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

static QbStatement signing_key_sql = {
	"SELECT kid, secret FROM quickbook.token_key WHERE retires_at IS NULL ORDER BY created_at DESC, kid LIMIT 1",
	.result = "ty"
};

bool
qb_store_signing_key(QbStore *store, QbTokenKey *key)
{
	qb_run(store, &signing_key_sql, NULL, NULL);
	return read_one_key(key);
}

static QbStatement token_key_sql = {
	"SELECT kid, secret FROM quickbook.token_key WHERE kid = $1 AND (retires_at IS NULL OR retires_at > $2)",
	2, {TEXTOID, TIMESTAMPTZOID}, "ty"
};

bool
qb_store_token_key(QbStore *store, const char *kid, QbTokenKey *key)
{
	Datum		values[] = {CStringGetTextDatum(kid), TimestampTzGetDatum(qb_now())};

	qb_run(store, &token_key_sql, values, NULL);
	return read_one_key(key);
}

static QbStatement token_keys_sql = {
	"SELECT kid, secret FROM quickbook.token_key WHERE retires_at IS NULL OR retires_at > $1"
	" ORDER BY created_at DESC, kid",
	1, {TIMESTAMPTZOID}, "ty"
};

int
qb_store_token_keys(QbStore *store, QbTokenKey **keys)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now())};
	int			n;

	qb_run(store, &token_keys_sql, values, NULL);
	n = (int) SPI_processed;
	*keys = palloc(sizeof(QbTokenKey) * Max(n, 1));
	for (int row = 0; row < n; row++)
		read_key(row, &(*keys)[row]);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

static QbStatement retire_token_keys_sql = {
	"UPDATE quickbook.token_key SET retires_at = $1 WHERE retires_at IS NULL OR retires_at > $1",
	1, {TIMESTAMPTZOID}
};

void
qb_store_retire_token_keys(QbStore *store, TimestampTz retires_at)
{
	Datum		values[] = {TimestampTzGetDatum(retires_at)};

	qb_run(store, &retire_token_keys_sql, values, NULL);
}

static QbStatement insert_token_key_sql = {
	"INSERT INTO quickbook.token_key (kid, secret, created_at) VALUES ($1, $2, $3)",
	3, {TEXTOID, BYTEAOID, TIMESTAMPTZOID}, NULL, "token_key"
};

void
qb_store_insert_token_key(QbStore *store, const QbTokenKey *key)
{
	Datum		values[] = {
		CStringGetTextDatum(key->kid), bytes_datum(key->secret, sizeof(key->secret)), TimestampTzGetDatum(qb_now())
	};

	qb_run(store, &insert_token_key_sql, values, NULL);
}

/* ----------
 * Maintenance
 * ----------
 */

static QbStatement purge_account_tokens_sql = {
	"DELETE FROM quickbook.account_token WHERE token_hash IN (SELECT token_hash FROM quickbook.account_token"
	" WHERE expires_at <= $1 LIMIT 500 FOR UPDATE SKIP LOCKED)",
	1, {TIMESTAMPTZOID}
};

static QbStatement purge_account_mails_sql = {
	"DELETE FROM quickbook.notification WHERE id IN (SELECT id FROM quickbook.notification WHERE purpose IS NOT NULL"
	" AND created_at <= $1 - interval '7 days' LIMIT 500 FOR UPDATE SKIP LOCKED)",
	1, {TIMESTAMPTZOID}
};

/* sign-ups; an invitation waits until somebody takes it back */
static QbStatement purge_accounts_sql = {
	"DELETE FROM quickbook.account WHERE id IN (SELECT id FROM quickbook.account WHERE email_verified_at IS NULL"
	" AND profile IS NOT NULL AND created_at <= $1 - interval '7 days' LIMIT 500 FOR UPDATE SKIP LOCKED)",
	1, {TIMESTAMPTZOID}
};

static QbStatement purge_token_keys_sql = {
	"DELETE FROM quickbook.token_key WHERE retires_at <= $1 - interval '1 day'", 1, {TIMESTAMPTZOID}
};

void
qb_store_purge_accounts(QbStore *store)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now())};

	qb_run(store, &purge_account_tokens_sql, values, NULL);
	qb_run(store, &purge_account_mails_sql, values, NULL);
	qb_run(store, &purge_accounts_sql, values, NULL);
	qb_run(store, &purge_token_keys_sql, values, NULL);
}
