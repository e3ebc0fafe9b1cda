/*
 * tokens.c
 *		The SQL functions of tokens and their keys.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "base/caller.h"
#include "base/compat.h"
#include "base/errors.h"
#include "base/secrets.h"
#include "store/store.h"
#include "store/tokens.h"
#include "people/access.h"
#include "people/claims.h"
#include "people/token.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_verify_token);
PG_FUNCTION_INFO_V1(quickbook_authenticate);
PG_FUNCTION_INFO_V1(quickbook_rotate_token_key);
PG_FUNCTION_INFO_V1(quickbook_jwks);

/* A token that is far too long is not even read. */
static text *
token_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		qb_raise_argument("token", "token must not be null");
	if (toast_raw_datum_size(PG_GETARG_DATUM(0)) - VARHDRSZ > QB_LONGEST_TOKEN)
		qb_token_refuse();
	return PG_GETARG_TEXT_PP(0);
}

Datum
quickbook_verify_token(PG_FUNCTION_ARGS)
{
	text	   *token = token_argument(fcinfo);
	QbStore		store;
	Datum		claims;

	qb_store_begin(&store, false);
	claims = qb_token_verify(&store, token);
	qb_store_end(&store);
	return claims;
}

Datum
quickbook_authenticate(PG_FUNCTION_ARGS)
{
	text	   *token = token_argument(fcinfo);
	QbStore		store;
	QbCaller	caller;
	Datum		claims;

	qb_store_begin(&store, false);
	claims = qb_token_authenticate(&store, token, &caller);
	qb_store_end(&store);
	qb_identity_set(&caller);
	return claims;
}

/* ----------
 * Keys
 * ----------
 */

static void
begin(QbStore *store)
{
	qb_store_begin(store, true);
	qb_require_owner(store, "handle the keys of tokens");
}

/* Unlike other lengths it may be nothing. */
static int64
overlap_argument(FunctionCallInfo fcinfo)
{
	Interval   *overlap;

	if (PG_ARGISNULL(0))
		qb_raise_argument("overlap", "overlap must not be null");
	overlap = PG_GETARG_INTERVAL_P(0);
	if (overlap->time == 0 && overlap->day == 0 && overlap->month == 0)
		return 0;
	return qb_arg_length(fcinfo, 0, "overlap", 0);
}

Datum
quickbook_rotate_token_key(PG_FUNCTION_ARGS)
{
	int64		overlap = overlap_argument(fcinfo);
	QbStore		store;
	char	   *kid;

	begin(&store);
	kid = qb_token_rotate_keys(&store, overlap);
	qb_store_end(&store);
	PG_RETURN_TEXT_P(cstring_to_text(kid));
}

/* {"keys": [{"kty": "oct", …}, …]} (RFC 7517) */
static Datum
jwks_json(const QbTokenKey *keys, int n)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"keys\": [");
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(&json, "%s{\"kty\": \"oct\", \"alg\": \"HS256\", \"k\": \"%s\", \"kid\": ", i > 0 ? ", " : "",
						 qb_base64url(keys[i].secret, sizeof(keys[i].secret)));
		escape_json(&json, keys[i].kid);
		appendStringInfoChar(&json, '}');
	}
	appendStringInfoString(&json, "]}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

Datum
quickbook_jwks(PG_FUNCTION_ARGS)
{
	QbStore		store;
	QbTokenKey *keys;
	int			n;

	begin(&store);
	n = qb_token_keys(&store, &keys);
	qb_store_end(&store);
	PG_RETURN_DATUM(jwks_json(keys, n));
}
