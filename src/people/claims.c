/*
 * claims.c
 *		Reading a JWT.
 *
 * JSON is parsed by the server's parser, and what that would only complain
 * about by an error is refused before it is asked.
 */
#include "postgres.h"

#include "people/claims.h"

#include <ctype.h>

#include "base/compat_json.h"
#include "base/secrets.h"

/* An object has no more members, and no more brackets inside. */
#define MAX_MEMBERS 32
#define MAX_BRACKETS 64

/* Clocks may differ by so much. */
#define SKEW 30

typedef struct Member
{
	char	   *name;
	JsonTokenType type;
	char	   *text;			/* NULL: an object or array */
} Member;

typedef struct Object
{
	Member		members[MAX_MEMBERS];
	int			n;
	int			depth;
	bool		good;
} Object;

/* ----------
 * JSON
 * ----------
 */

QB_JSON_ACTION
start(void *state)
{
	((Object *) state)->depth++;
	QB_JSON_CONTINUE;
}

QB_JSON_ACTION
end(void *state)
{
	((Object *) state)->depth--;
	QB_JSON_CONTINUE;
}

QB_JSON_ACTION
start_array(void *state)
{
	Object	   *o = state;

	o->good &= o->depth++ > 0;
	QB_JSON_CONTINUE;
}

/* Members have different names. */
QB_JSON_ACTION
start_member(void *state, char *name, bool isnull)
{
	Object	   *o = state;

	if (o->depth != 1)
		QB_JSON_CONTINUE;
	if (o->n == MAX_MEMBERS)
	{
		o->good = false;
		QB_JSON_CONTINUE;
	}
	for (int i = 0; i < o->n; i++)
		o->good &= strcmp(o->members[i].name, name) != 0;
	o->members[o->n++] = (Member) {.name = name, .type = JSON_TOKEN_INVALID};
	QB_JSON_CONTINUE;
}

/* A number that jsonb could not read, or not in little space, is none. */
static bool
is_plain_number(const char *text)
{
	size_t		n = strlen(text);

	return n <= 40 && strspn(text, "-.0123456789") == n;
}

QB_JSON_ACTION
scalar(void *state, char *text, JsonTokenType type)
{
	Object	   *o = state;

	o->good &= o->depth > 0 && (type != JSON_TOKEN_NUMBER || is_plain_number(text));
	if (o->good && o->depth == 1)
	{
		o->members[o->n - 1].type = type;
		o->members[o->n - 1].text = text;
	}
	QB_JSON_CONTINUE;
}

/* What the parser would raise an error about: nesting, and characters that the database has not. */
static bool
may_be_parsed(const char *text)
{
	int			brackets = 0;

	for (const char *c = text; *c != '\0'; c++)
	{
		brackets += *c == '{' || *c == '[';
		if (GetDatabaseEncoding() != PG_UTF8 && (IS_HIGHBIT_SET(*c) || (c[0] == '\\' && c[1] == 'u')))
			return false;
	}
	return brackets <= MAX_BRACKETS;
}

/* False unless the text is one object. */
static bool
read_object(const char *text, Object *o)
{
	char	   *copy = pstrdup(text);
	JsonSemAction actions = {
		.semstate = o,
		.object_start = start,
		.object_end = end,
		.array_start = start_array,
		.array_end = end,
		.object_field_start = start_member,
		.scalar = scalar
	};

	memset(o, 0, sizeof(Object));
	o->good = may_be_parsed(text);
	return o->good && pg_parse_json(qb_json_lexer(copy, (int) strlen(copy)), &actions) == JSON_SUCCESS && o->good;
}

static const Member *
member(const Object *o, const char *name)
{
	for (int i = 0; i < o->n; i++)
	{
		if (strcmp(o->members[i].name, name) == 0)
			return &o->members[i];
	}
	return NULL;
}

static char *
string(const Object *o, const char *name)
{
	const Member *m = member(o, name);

	return m != NULL && m->type == JSON_TOKEN_STRING ? m->text : NULL;
}

/* A time in whole seconds; if_absent for none, -1 for anything else. */
static int64
seconds(const Object *o, const char *name, int64 if_absent)
{
	const Member *m = member(o, name);
	size_t		n;

	if (m == NULL)
		return if_absent;
	if (m->type != JSON_TOKEN_NUMBER)
		return -1;
	n = strlen(m->text);
	if (n > 11 || strspn(m->text, "0123456789") != n)
		return -1;
	return strtoll(m->text, NULL, 10);
}

/* ----------
 * Tokens
 * ----------
 */

/* Decode a part to text; NULL unless it is UTF-8 without NUL. */
static char *
decode_text(const char *part, int length)
{
	char	   *text = palloc(length + 1);
	int			n = qb_base64url_decode(part, length, (uint8 *) text);

	if (n <= 0 || memchr(text, '\0', n) != NULL || pg_encoding_verifymbstr(PG_UTF8, text, n) != n)
		return NULL;
	text[n] = '\0';
	return text;
}

bool
qb_jwt_split(const char *token, int length, QbJwt *jwt)
{
	const char *first = memchr(token, '.', length);
	const char *second = first ? memchr(first + 1, '.', token + length - first - 1) : NULL;
	int			mac_length;

	if (length > QB_LONGEST_TOKEN || second == NULL)
		return false;
	/* 43 digits are 32 bytes; a third dot is no digit */
	mac_length = (int) (token + length - second) - 1;
	if (mac_length != 43 || qb_base64url_decode(second + 1, mac_length, jwt->mac) != sizeof(jwt->mac))
		return false;
	jwt->signed_length = (int) (second - token);
	jwt->header = decode_text(token, (int) (first - token));
	jwt->payload = decode_text(first + 1, (int) (second - first) - 1);
	return jwt->header != NULL && jwt->payload != NULL;
}

char *
qb_jwt_kid(const char *header)
{
	Object		o;
	const char *alg;
	const char *typ;
	char	   *kid;

	if (!read_object(header, &o))
		return NULL;
	alg = string(&o, "alg");
	typ = string(&o, "typ");
	kid = string(&o, "kid");
	if (alg == NULL || strcmp(alg, "HS256") != 0 || kid == NULL)
		return NULL;
	if (member(&o, "typ") != NULL && (typ == NULL || strcmp(typ, "JWT") != 0))
		return NULL;
	/* others, such as crit, would have to be understood */
	return o.n == (typ ? 3 : 2) ? kid : NULL;
}

bool
qb_parse_uuid(const char *text, pg_uuid_t *id)
{
	int			digit = 0;

	if (strlen(text) != 36)
		return false;
	for (int i = 0; i < 36; i++)
	{
		unsigned char c = (unsigned char) text[i];
		int			value;

		if (i == 8 || i == 13 || i == 18 || i == 23)
		{
			if (c != '-')
				return false;
			continue;
		}
		if (!isxdigit(c))
			return false;
		value = isdigit(c) ? c - '0' : pg_tolower(c) - 'a' + 10;
		id->data[digit / 2] = digit % 2 == 0 ? value << 4 : id->data[digit / 2] | value;
		digit++;
	}
	return true;
}

/* A claim that names a row, or is absent; false for anything else. */
static bool
id_claim(const Object *o, const char *name, bool *has, pg_uuid_t *id)
{
	const char *text = string(o, name);

	*has = text != NULL;
	return text ? qb_parse_uuid(text, id) : member(o, name) == NULL;
}

bool
qb_jwt_claims(const char *payload, int64 now, QbClaims *claims)
{
	Object		o;
	int64		nbf;

	if (!read_object(payload, &o))
		return false;
	claims->sub = string(&o, "sub");
	claims->role = string(&o, "role");
	claims->iat = seconds(&o, "iat", -1);
	claims->exp = seconds(&o, "exp", -1);
	nbf = seconds(&o, "nbf", 0);
	return claims->sub != NULL && claims->role != NULL && claims->iat >= 0 && claims->exp >= 0 && nbf >= 0 &&
		claims->iat <= now + SKEW && nbf <= now + SKEW && claims->exp > now - SKEW &&
		id_claim(&o, "clinic_id", &claims->has_clinic, &claims->clinic_id) &&
		id_claim(&o, "patient_id", &claims->has_patient, &claims->patient_id) &&
		id_claim(&o, "provider_id", &claims->has_provider, &claims->provider_id);
}
