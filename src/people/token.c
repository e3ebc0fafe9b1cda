/*
 * token.c
 *		Tokens that say who somebody is: JWT (RFC 7519), signed by HS256.
 *
 * Every token that is not right meets the same error, whatever is wrong with
 * it.  The algorithm is ours and not the header's: a header that names another
 * is refused before any key is looked for.
 */
#include "postgres.h"

#include "people/token.h"

#include "utils/builtins.h"
#include "utils/json.h"

#include "base/caller.h"
#include "base/compat.h"
#include "base/errors.h"
#include "base/locks.h"
#include "base/secrets.h"
#include "people/claims.h"

static int64
unix_seconds(TimestampTz t)
{
	int64		seconds = t / USECS_PER_SEC - (t % USECS_PER_SEC < 0);

	return seconds + (int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
}

TimestampTz
qb_token_next_second(void)
{
	TimestampTz now = qb_now();

	return now - (now % USECS_PER_SEC + USECS_PER_SEC) % USECS_PER_SEC + USECS_PER_SEC;
}

/* ----------
 * Keys
 * ----------
 */

/* Who makes a key takes turns with others who do. */
static void
lock_keys(void)
{
	QbLockSet	lock;

	qb_locks_init(&lock);
	qb_locks_add(&lock, QB_LOCK_TOKEN_KEY, "", 0);
	qb_locks_acquire(&lock);
}

static void
make_key(QbStore *store, QbTokenKey *key)
{
	uint8		name[9];

	qb_random_bytes(name, sizeof(name));
	qb_random_bytes(key->secret, sizeof(key->secret));
	key->kid = qb_base64url(name, sizeof(name));
	qb_store_insert_token_key(store, key);
}

static void
signing_key(QbStore *store, QbTokenKey *key)
{
	if (qb_store_signing_key(store, key))
		return;
	lock_keys();
	if (!qb_store_signing_key(store, key))
		make_key(store, key);
}

char *
qb_token_rotate_keys(QbStore *store, int64 overlap)
{
	QbTokenKey	key;

	lock_keys();
	qb_store_retire_token_keys(store, qb_now() + overlap);
	make_key(store, &key);
	return key.kid;
}

int
qb_token_keys(QbStore *store, QbTokenKey **keys)
{
	QbTokenKey	first;

	/* a gateway is set up before anybody signs in */
	signing_key(store, &first);
	return qb_store_token_keys(store, keys);
}

/* ----------
 * Issuing
 * ----------
 */

static void
append_part(StringInfo token, const char *text)
{
	appendStringInfoString(token, qb_base64url(text, (int) strlen(text)));
}

static void
append_id(StringInfo claims, const char *name, bool has, const pg_uuid_t *id)
{
	if (has)
		appendStringInfo(claims, ",\"%s\":\"%s\"", name, qb_uuid_text(id));
}

/* iat is not before valid_after, which may be up to a second ahead. */
static char *
claims_of(const QbAccount *a)
{
	StringInfoData claims;
	int64		now = unix_seconds(qb_now());
	int64		iat = TIMESTAMP_IS_NOBEGIN(a->valid_after) ? now : Max(now, unix_seconds(a->valid_after));

	initStringInfo(&claims);
	appendStringInfo(&claims, "{\"sub\":\"%s\",\"role\":\"quickbook_%s\"", qb_uuid_text(&a->id), a->role);
	append_id(&claims, "clinic_id", true, &a->clinic_id);
	append_id(&claims, "patient_id", a->has_patient, &a->patient_id);
	append_id(&claims, "provider_id", a->has_provider, &a->provider_id);
	appendStringInfo(&claims, ",\"iat\":" INT64_FORMAT ",\"exp\":" INT64_FORMAT "}", iat, now + qb_token_lifetime);
	return claims.data;
}

char *
qb_token_issue(QbStore *store, const QbAccount *account)
{
	QbTokenKey	key;
	StringInfoData header;
	StringInfoData token;
	uint8		mac[QB_SHA256_LENGTH];

	signing_key(store, &key);
	initStringInfo(&header);
	appendStringInfoString(&header, "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":");
	escape_json(&header, key.kid);
	appendStringInfoChar(&header, '}');
	initStringInfo(&token);
	append_part(&token, header.data);
	appendStringInfoChar(&token, '.');
	append_part(&token, claims_of(account));
	qb_hmac_sha256(key.secret, sizeof(key.secret), token.data, token.len, mac);
	appendStringInfo(&token, ".%s", qb_base64url(mac, sizeof(mac)));
	return token.data;
}

/* ----------
 * Verifying
 * ----------
 */

void
qb_token_refuse(void)
{
	qb_raise(QB_NOT_ALLOWED, NULL, "Sign in again.", "the token is not valid");
}

/* Signed by a key of ours, and valid now; the claims also as jsonb. */
static bool
is_valid(QbStore *store, text *token, QbClaims *claims, Datum *json)
{
	const char *data = VARDATA_ANY(token);
	QbJwt		jwt;
	QbTokenKey	key;
	uint8		mac[QB_SHA256_LENGTH];
	char	   *kid;

	if (!qb_jwt_split(data, (int) VARSIZE_ANY_EXHDR(token), &jwt))
		return false;
	kid = qb_jwt_kid(jwt.header);
	if (kid == NULL || !qb_store_token_key(store, kid, &key))
		return false;
	qb_hmac_sha256(key.secret, sizeof(key.secret), data, jwt.signed_length, mac);
	if (!qb_same_bytes(mac, jwt.mac, sizeof(mac)) || !qb_jwt_claims(jwt.payload, unix_seconds(qb_now()), claims))
		return false;
	*json = DirectFunctionCall1(jsonb_in, CStringGetDatum(jwt.payload));
	return true;
}

static bool
same_id(bool has, const pg_uuid_t *id, bool has_other, const pg_uuid_t *other)
{
	return has == has_other && (!has || memcmp(id, other, UUID_LEN) == 0);
}

/* Does the account still give what the claims say, and was the token issued since its last password? */
static bool
agrees(const QbAccount *a, const QbClaims *claims)
{
	return !a->disabled && a->verified && strcmp(claims->role, psprintf("quickbook_%s", a->role)) == 0 &&
		same_id(true, &a->clinic_id, claims->has_clinic, &claims->clinic_id) &&
		same_id(a->has_patient, &a->patient_id, claims->has_patient, &claims->patient_id) &&
		same_id(a->has_provider, &a->provider_id, claims->has_provider, &claims->provider_id) &&
		(TIMESTAMP_IS_NOBEGIN(a->valid_after) || claims->iat >= unix_seconds(a->valid_after));
}

Datum
qb_token_verify(QbStore *store, text *token)
{
	QbClaims	claims;
	Datum		json;

	if (!is_valid(store, token, &claims, &json))
		qb_token_refuse();
	return json;
}

Datum
qb_token_authenticate(QbStore *store, text *token, QbCaller *caller)
{
	QbClaims	claims;
	QbAccount  *account;
	pg_uuid_t	id;
	Datum		json;

	if (!is_valid(store, token, &claims, &json) || !qb_parse_uuid(claims.sub, &id))
		qb_token_refuse();
	account = qb_store_account(store, &id, false);
	if (account == NULL || !agrees(account, &claims))
		qb_token_refuse();
	*caller = (QbCaller) {
		.kind = qb_caller_kind(account->role),
		.account = qb_uuid_text(&account->id),
		.has_clinic = true,
		.clinic_id = account->clinic_id,
		.has_provider = account->has_provider,
		.provider_id = account->provider_id,
		.has_patient = account->has_patient,
		.patient_id = account->patient_id
	};
	return json;
}
