/*
 * compat_json.h
 *		What differs between versions of the server in reading JSON and in
 *		building jsonb; see compat.h.
 */
#ifndef QB_BASE_COMPAT_JSON_H
#define QB_BASE_COMPAT_JSON_H

#include "postgres.h"

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "utils/jsonb.h"

/* 16: what the JSON parser calls returns a result */
#if PG_VERSION_NUM >= 160000
#define QB_JSON_ACTION static JsonParseErrorType
#define QB_JSON_CONTINUE return JSON_SUCCESS
#else
#define QB_JSON_ACTION static void
#define QB_JSON_CONTINUE return
#endif

/* 17: the caller may bring the memory of the lexer */
static inline JsonLexContext *
qb_json_lexer(char *text, int length)
{
#if PG_VERSION_NUM >= 170000
	return makeJsonLexContextCstringLen(NULL, text, length, PG_UTF8, true);
#else
	return makeJsonLexContextCstringLen(text, length, PG_UTF8, true);
#endif
}

/* 19: what builds jsonb keeps the result */
#if PG_VERSION_NUM >= 190000
typedef JsonbInState QbJson;
#else
typedef struct
{
	JsonbParseState *state;
	JsonbValue *result;
} QbJson;
#endif

static inline void
qb_push_json(QbJson *json, JsonbIteratorToken what, JsonbValue *value)
{
#if PG_VERSION_NUM >= 190000
	pushJsonbValue(json, what, value);
#else
	json->result = pushJsonbValue(&json->state, what, value);
#endif
}

#endif							/* QB_BASE_COMPAT_JSON_H */
