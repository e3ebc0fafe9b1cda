/*
 * sizes.c
 *		How long what people write may be.
 */
#include "postgres.h"

#include "base/sizes.h"

#include "access/detoast.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "base/errors.h"

/* ----------
 * Texts
 * ----------
 */

static Size
bytes_of(Datum value)
{
	return toast_raw_datum_size(value) - VARHDRSZ;
}

static bool
is_longer(Datum value, int characters)
{
	text	   *t;

	if (bytes_of(value) <= (Size) characters)
		return false;
	if (bytes_of(value) > (Size) characters * pg_database_encoding_max_length())
		return true;
	t = DatumGetTextPP(value);
	return pg_mbstrlen_with_len(VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t)) > characters;
}

void
qb_check_text_size(const char *argument, Datum value, int characters)
{
	if (is_longer(value, characters))
		qb_raise_argument(argument, "%s must have at most %d characters", argument, characters);
}

void
qb_check_key_size(const char *argument, Datum value)
{
	if (bytes_of(value) > QB_LONGEST_KEY)
		qb_raise_argument(argument, "%s must have at most %d bytes", argument, QB_LONGEST_KEY);
}

void
qb_check_plain(const char *argument, const char *text)
{
	for (const unsigned char *c = (const unsigned char *) text; *c != '\0'; c++)
	{
		if (*c < ' ' || *c == 0x7f)
			qb_raise_argument(argument, "%s must not have control characters", argument);
	}
}

void
qb_check_name(const char *argument, const char *name)
{
	if (*name == '\0' || pg_mbstrlen(name) > QB_LONGEST_NAME)
		qb_raise_argument(argument, "%s must have 1 to %d characters", argument, QB_LONGEST_NAME);
	qb_check_plain(argument, name);
}

/* ----------
 * Details
 * ----------
 */

/* How long a scalar is as text: a number of few bytes may be one of very many digits. */
static Size
length_of_scalar(const JsonbValue *v)
{
	StringInfoData text;
	Size		length;

	switch (v->type)
	{
		case jbvNull:
			return strlen("null");
		case jbvBool:
			return strlen(v->val.boolean ? "true" : "false");
		case jbvNumeric:
			return strlen(DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(v->val.numeric))));
		default:
			break;
	}
	if (v->val.string.len > QB_LONGEST_DETAILS)
		return v->val.string.len;
	initStringInfo(&text);
	escape_json(&text, pnstrdup(v->val.string.val, v->val.string.len));
	length = text.len;
	pfree(text.data);
	return length;
}

/* Does jsonb have more bytes as text, where it is written with a space after each colon and comma? */
static bool
is_longer_json(Jsonb *json, Size most)
{
	JsonbIterator *it = JsonbIteratorInit(&json->root);
	JsonbIteratorToken token;
	JsonbValue	v;
	Size		length = 0;
	Size		unwritten = JB_ROOT_IS_SCALAR(json) ? strlen("[]") : 0; /* a lone scalar's array is not there */
		bool		first = true;

	while (length <= most + unwritten && (token = JsonbIteratorNext(&it, &v, false)) != WJB_DONE)
	{
		if (token == WJB_END_ARRAY || token == WJB_END_OBJECT)
		{
			length++;
			first = false;
			continue;
		}
		if (!first)
			length += strlen(", ");
		if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT)
			length++;
		else
			length += length_of_scalar(&v) + (token == WJB_KEY ? strlen(": ") : 0);
		first = token != WJB_VALUE && token != WJB_ELEM;
	}
	return length > most + unwritten;
}

void
qb_check_details_size(const char *argument, Datum details)
{
	if (is_longer_json(DatumGetJsonbP(details), QB_LONGEST_DETAILS))
		qb_raise_argument(argument, "%s must have at most %d bytes as text", argument, QB_LONGEST_DETAILS);
}
