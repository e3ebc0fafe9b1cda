/*
 * template.c
 *		Message templates: text with {{placeholders}}.
 */
#include "postgres.h"

#include "events/template.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/timestamp.h"

#include "base/errors.h"

#define APPOINTMENT QB_TEMPLATE_APPOINTMENT
#define ACCOUNT QB_TEMPLATE_ACCOUNT

static const struct
{
	const char *name;
	int			kinds;			/* in which it has a value */
}			placeholders[QB_NPLACEHOLDERS] = {
	[QB_PH_PATIENT_NAME] = {"patient_name", APPOINTMENT | ACCOUNT},
	[QB_PH_CLINIC_NAME] = {"clinic_name", APPOINTMENT | ACCOUNT},
	[QB_PH_SERVICE_NAME] = {"service_name", APPOINTMENT},
	[QB_PH_PROVIDER_NAME] = {"provider_name", APPOINTMENT},
	[QB_PH_DATE] = {"date", APPOINTMENT},
	[QB_PH_TIME] = {"time", APPOINTMENT},
	[QB_PH_END_TIME] = {"end_time", APPOINTMENT},
	[QB_PH_TIME_ZONE] = {"time_zone", APPOINTMENT},
	[QB_PH_STATUS] = {"status", APPOINTMENT},
	[QB_PH_CANCEL_REASON] = {"cancel_reason", APPOINTMENT},
	[QB_PH_APPOINTMENT_ID] = {"appointment_id", APPOINTMENT},
	[QB_PH_TOKEN] = {"token", ACCOUNT},
	[QB_PH_EMAIL] = {"email", ACCOUNT},
};

/* How dates and times are written; the longest tag that the locale begins with decides. */
static const struct
{
	const char *tag;
	const char *date;
	const char *time;
}			formats[] = {
	{"", "YYYY-MM-DD", "HH24:MI"},
	{"cs", "DD.MM.YYYY", "HH24:MI"},
	{"da", "DD.MM.YYYY", "HH24:MI"},
	{"de", "DD.MM.YYYY", "HH24:MI"},
	{"en", "DD/MM/YYYY", "HH24:MI"},
	{"en-CA", "YYYY-MM-DD", "HH12:MI AM"},
	{"en-US", "MM/DD/YYYY", "HH12:MI AM"},
	{"es", "DD/MM/YYYY", "HH24:MI"},
	{"fi", "DD.MM.YYYY", "HH24:MI"},
	{"fr", "DD/MM/YYYY", "HH24:MI"},
	{"it", "DD/MM/YYYY", "HH24:MI"},
	{"nb", "DD.MM.YYYY", "HH24:MI"},
	{"nl", "DD-MM-YYYY", "HH24:MI"},
	{"pl", "DD.MM.YYYY", "HH24:MI"},
	{"pt", "DD/MM/YYYY", "HH24:MI"},
	{"ru", "DD.MM.YYYY", "HH24:MI"},
	{"tr", "DD.MM.YYYY", "HH24:MI"},
	{"uk", "DD.MM.YYYY", "HH24:MI"},
};

/* The placeholder named by the n characters, -1 for none. */
static int
placeholder(const char *name, int n)
{
	for (int i = 0; i < QB_NPLACEHOLDERS; i++)
	{
		if ((int) strlen(placeholders[i].name) == n && strncmp(placeholders[i].name, name, n) == 0)
			return i;
	}
	return -1;
}

int
qb_template_kind(const char *occasion)
{
	static const char *const of_accounts[] = {"verify_email", "password_reset", "invitation", "already_signed_up"};

	for (int i = 0; i < (int) lengthof(of_accounts); i++)
	{
		if (strcmp(occasion, of_accounts[i]) == 0)
			return ACCOUNT;
	}
	return APPOINTMENT;
}

/*
 * The first placeholder that is not known or has no value in one of the kinds
 * that are needed, or "{{" that is not closed; NULL when all is well.
 */
static char *
problem_in(const char *text, int needed, int *kinds)
{
	const char *open;

	while ((open = strstr(text, "{{")) != NULL)
	{
		const char *close = strstr(open, "}}");
		int			i = close ? placeholder(open + 2, (int) (close - open) - 2) : -1;

		if (close == NULL)
			return pstrdup(open);
		if (i >= 0)
			*kinds &= placeholders[i].kinds;
		if (i < 0 || *kinds == 0 || (*kinds & needed) != needed)
			return pnstrdup(open, close - open + 2);
		text = close + 2;
	}
	return NULL;
}

/* The names that have values in all of some kinds. */
static char *
names_of(int needed)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < QB_NPLACEHOLDERS; i++)
	{
		if ((placeholders[i].kinds & needed) == needed)
			appendStringInfo(&list, "%s{{%s}}", list.len > 0 ? ", " : "", placeholders[i].name);
	}
	return list.data;
}

void
qb_template_check(const char *argument, const char *text, int needed, int *kinds)
{
	char	   *problem = text ? problem_in(text, needed, kinds) : NULL;

	if (problem != NULL)
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail_text(qb_detail(), "argument", argument), "value", problem),
				 psprintf("There are %s.", names_of(needed)), "%s is no placeholder of %s", problem,
				 needed == QB_TEMPLATE_APPOINTMENT ? "a message on an appointment"
				 : needed == QB_TEMPLATE_ACCOUNT ? "a message to an account" : "such a message");
}

char *
qb_template_fill(const char *text, char *const *values)
{
	StringInfoData result;
	const char *open;

	initStringInfo(&result);
	while ((open = strstr(text, "{{")) != NULL)
	{
		const char *close = strstr(open, "}}");
		int			i = close ? placeholder(open + 2, (int) (close - open) - 2) : -1;

		/* a trigger keeps others out; what slips past it stays as it is */
		if (i < 0)
			break;
		appendBinaryStringInfo(&result, text, (int) (open - text));
		if (values[i] != NULL)
			appendStringInfoString(&result, values[i]);
		text = close + 2;
	}
	appendStringInfoString(&result, text);
	return result.data;
}

char *
qb_template_fill_subject(const char *text, char *const *values)
{
	char	   *subject = qb_template_fill(text, values);

	/* who sends it may paste it into a header */
	for (unsigned char *c = (unsigned char *) subject; *c != '\0'; c++)
	{
		if (*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	return subject;
}

static int
format_of(const char *locale)
{
	int			best = 0;

	for (int i = 1; locale != NULL && i < (int) lengthof(formats); i++)
	{
		size_t		n = strlen(formats[i].tag);

		if (pg_strncasecmp(locale, formats[i].tag, n) == 0 && (locale[n] == '\0' || locale[n] == '-') &&
			n > strlen(formats[best].tag))
			best = i;
	}
	return best;
}

static char *
format_local(TimestampTz t, const char *zone, const char *format)
{
	Datum		local = DirectFunctionCall2(timestamptz_zone, CStringGetTextDatum(zone), TimestampTzGetDatum(t));

	return TextDatumGetCString(DirectFunctionCall2(timestamp_to_char, local, CStringGetTextDatum(format)));
}

char *
qb_template_date(TimestampTz t, const char *zone, const char *locale)
{
	return format_local(t, zone, formats[format_of(locale)].date);
}

char *
qb_template_time(TimestampTz t, const char *zone, const char *locale)
{
	return format_local(t, zone, formats[format_of(locale)].time);
}
