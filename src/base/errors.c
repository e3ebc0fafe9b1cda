/*
 * errors.c
 *		One table of errors: name, SQLSTATE, HTTP status, hint.
 */
#include "postgres.h"

#include "base/errors.h"

#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "base/shared.h"

typedef struct ErrorEntry
{
	const char *name;
	int			sqlstate;
	int			http;
	const char *hint;
} ErrorEntry;

#define QB_STATE(c) MAKE_SQLSTATE('2', '3', 'Q', 'B', c)

/* Indexed by QbError. */
static const ErrorEntry errors[] = {
	[QB_SLOT_TAKEN] = {"slot_taken", ERRCODE_EXCLUSION_VIOLATION, 409,
	"Choose another start: \"nearest\" in the detail, or quickbook.next_slots()."},
	[QB_PATIENT_BUSY] = {"patient_busy", ERRCODE_EXCLUSION_VIOLATION, 409,
	"Choose another start, or cancel the patient's other appointment first."},
	[QB_SESSION_FULL] = {"session_full", ERRCODE_EXCLUSION_VIOLATION, 409,
	"Choose another session."},
	[QB_IDEMPOTENCY_CONFLICT] = {"idempotency_conflict", ERRCODE_UNIQUE_VIOLATION, 422,
	"Use a new key for a new request; the same key only to repeat one."},
	[QB_OUTSIDE_HOURS] = {"outside_hours", QB_STATE('1'), 422,
	"Choose a start from quickbook.available_slots(); staff may set the hours aside with override := array['hours']."},
	[QB_OFF_GRID] = {"off_grid", QB_STATE('2'), 422,
	"Choose a start from quickbook.available_slots(); staff may set the grid aside with override := array['grid']."},
	[QB_TOO_SOON] = {"too_soon", QB_STATE('3'), 422,
	"Choose a later start; staff may set the notice aside with override := array['notice']."},
	[QB_BEYOND_HORIZON] = {"beyond_horizon", QB_STATE('4'), 422,
	"Choose a date that is open for booking; staff may set the horizon aside with override := array['horizon']."},
	[QB_LIMIT_REACHED] = {"limit_reached", QB_STATE('5'), 422,
	"Choose another period; staff may set the limit aside with override := array['limit']."},
	[QB_POLICY_REFUSED] = {"policy_refused", QB_STATE('6'), 422,
	"Staff may set the policy aside with override := array['policy']."},
	[QB_INVALID_TRANSITION] = {"invalid_transition", QB_STATE('7'), 409,
	"Read the appointment again: its status allows other steps."},
	[QB_STALE_VERSION] = {"stale_version", QB_STATE('8'), 412,
	"Read the appointment again and repeat with its present version."},
	[QB_HOLD_EXPIRED] = {"hold_expired", QB_STATE('9'), 410,
	"Hold or book another slot."},
	[QB_NOT_FOUND] = {"not_found", ERRCODE_NO_DATA_FOUND, 404,
	"Check the id."},
	[QB_NOT_ALLOWED] = {"not_allowed", ERRCODE_INSUFFICIENT_PRIVILEGE, 403,
	"Ask somebody who may."},
	[QB_INVALID_ARGUMENT] = {"invalid_argument", ERRCODE_INVALID_PARAMETER_VALUE, 400,
	"Correct the argument."},
	[QB_NOT_INSTALLED] = {"not_installed", ERRCODE_FEATURE_NOT_SUPPORTED, 503,
	"SELECT quickbook.install();"},
	[QB_WRONG_SCHEMA_VERSION] = {"wrong_schema_version", ERRCODE_FEATURE_NOT_SUPPORTED, 503,
	"ALTER EXTENSION quickbook UPDATE; SELECT quickbook.migrate();"},
};

StaticAssertDecl(lengthof(errors) == QB_NERRORS, "an error has no entry");
StaticAssertDecl(QB_NERRORS <= QB_MAX_REFUSALS, "the shared memory has no room for an error's counter");

const char *
qb_error_name(QbError error)
{
	return errors[error].name;
}

QbError
qb_error_by_name(const char *name)
{
	for (int i = 0; i < (int) lengthof(errors); i++)
	{
		if (strcmp(errors[i].name, name) == 0)
			return i;
	}
	qb_raise_argument("error", "there is no error \"%s\"", name);
}

char *
qb_uuid_text(const pg_uuid_t *id)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
}

/* ISO 8601 with the session's offset, whatever DateStyle says. */
char *
qb_time_text(TimestampTz t)
{
	char		buf[MAXDATELEN + 1];

	JsonEncodeDateTime(buf, TimestampTzGetDatum(t), TIMESTAMPTZOID, NULL);
	return pstrdup(buf);
}

QbDetail *
qb_detail(void)
{
	QbDetail   *detail = palloc(sizeof(QbDetail));

	initStringInfo(&detail->members);
	return detail;
}

static QbDetail *
add_key(QbDetail *detail, const char *key)
{
	appendStringInfo(&detail->members, ", \"%s\": ", key);
	return detail;
}

QbDetail *
qb_detail_uuid(QbDetail *detail, const char *key, const pg_uuid_t *value)
{
	return qb_detail_text(detail, key, qb_uuid_text(value));
}

QbDetail *
qb_detail_time(QbDetail *detail, const char *key, TimestampTz value)
{
	return qb_detail_text(detail, key, qb_time_text(value));
}

QbDetail *
qb_detail_text(QbDetail *detail, const char *key, const char *value)
{
	add_key(detail, key);
	escape_json(&detail->members, value);
	return detail;
}

QbDetail *
qb_detail_int(QbDetail *detail, const char *key, int64 value)
{
	add_key(detail, key);
	appendStringInfo(&detail->members, INT64_FORMAT, value);
	return detail;
}

QbDetail *
qb_detail_times(QbDetail *detail, const char *key, const TimestampTz *values, int n)
{
	add_key(detail, key);
	appendStringInfoChar(&detail->members, '[');
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(&detail->members, ", ");
		escape_json(&detail->members, qb_time_text(values[i]));
	}
	appendStringInfoChar(&detail->members, ']');
	return detail;
}

/* SQLSTATE "PT" and three digits: PostgREST answers with that HTTP status. */
static int
http_sqlstate(int status)
{
	return MAKE_SQLSTATE('P', 'T', '0' + status / 100, '0' + status / 10 % 10, '0' + status % 10);
}

/* The one ereport() of all user errors. */
static void
raise(QbError error, QbDetail *detail, const char *hint, const char *text)
{
	const ErrorEntry *e = &errors[error];
	StringInfoData json;

	qb_count(QB_COUNT_REFUSALS + error, 1);
	initStringInfo(&json);
	appendStringInfo(&json, "{\"error\": \"%s\"", e->name);
	if (qb_error_style == QB_STYLE_HTTP)
		appendStringInfo(&json, ", \"sqlstate\": \"%s\"", unpack_sql_state(e->sqlstate));
	appendStringInfo(&json, "%s}", detail ? detail->members.data : "");

	ereport(ERROR,
			(errcode(qb_error_style == QB_STYLE_HTTP ? http_sqlstate(e->http) : e->sqlstate),
			 errmsg_internal("%s: %s", e->name, text),
			 errdetail_internal("%s", json.data),
			 errhint("%s", hint ? hint : e->hint)));
}

#define FORMAT_TEXT(buf, fmt) \
	do { \
		initStringInfo(&(buf)); \
		for (;;) \
		{ \
			va_list		args; \
			int			needed; \
			va_start(args, fmt); \
			needed = appendStringInfoVA(&(buf), fmt, args); \
			va_end(args); \
			if (needed == 0) \
				break; \
			enlargeStringInfo(&(buf), needed); \
		} \
	} while (0)

void
qb_raise(QbError error, QbDetail *detail, const char *hint, const char *fmt,...)
{
	StringInfoData text;

	FORMAT_TEXT(text, fmt);
	raise(error, detail, hint, text.data);
	pg_unreachable();
}

void
qb_raise_argument(const char *argument, const char *fmt,...)
{
	StringInfoData text;

	FORMAT_TEXT(text, fmt);
	raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail(), "argument", argument), NULL, text.data);
	pg_unreachable();
}

void
qb_raise_not_found(const char *what, const pg_uuid_t *id)
{
	char	   *text = qb_uuid_text(id);

	raise(QB_NOT_FOUND, qb_detail_text(qb_detail(), what, text), NULL,
		  psprintf("there is no %s with id %s", what, text));
	pg_unreachable();
}
