/*
 * settings.c
 *		The settings, and the clock that every rule reads.
 */
#include "postgres.h"

#include "base/settings.h"

#include <limits.h>

#include "access/xact.h"
#include "utils/inval.h"
#include "utils/timestamp.h"

#include "base/bounds.h"
#include "base/compat.h"
#include "base/compat_settings.h"

int			qb_error_style = QB_STYLE_SQL;
int			qb_notify = QB_NOTIFY_AUTO;
int			qb_search_days = 731;
int			qb_max_rows = 1000000;
int			qb_max_rows_patient = 10000;
int			qb_max_rows_anon = 5000;
bool		qb_trust_claims = false;
char	   *qb_databases = "";
int			qb_worker_interval = 1000;
int			qb_password_cost = 10;
int			qb_token_lifetime = SECS_PER_HOUR;
int			qb_debug_invalidate = 0;

static char *now_setting = NULL;

/* The value of now_setting, DT_NOEND when it is not set. */
static TimestampTz fixed_now = DT_NOEND;

static const struct config_enum_entry error_styles[] = {
	{"sql", QB_STYLE_SQL, false},
	{"http", QB_STYLE_HTTP, false},
	{NULL, 0, false}
};

static const struct config_enum_entry notify_modes[] = {
	{"auto", QB_NOTIFY_AUTO, false},
	{"worker", QB_NOTIFY_WORKER, false},
	{"inline", QB_NOTIFY_INLINE, false},
	{"off", QB_NOTIFY_OFF, false},
	{NULL, 0, false}
};

/*
 * Read a timestamp without raising an error: a check hook has to return false
 * so that the server can name the setting.
 */
static bool
parse_timestamptz(const char *text, TimestampTz *result)
{
	char		workbuf[MAXDATELEN + MAXDATEFIELDS];
	char	   *field[MAXDATEFIELDS];
	int			ftype[MAXDATEFIELDS];
	int			nf;
	int			dtype;
	int			tz;
	fsec_t		fsec;
	struct pg_tm tm;

	if (ParseDateTime(text, workbuf, sizeof(workbuf), field, ftype, MAXDATEFIELDS, &nf) != 0)
		return false;
	if (qb_decode_datetime(field, ftype, nf, &dtype, &tm, &fsec, &tz) != 0)
		return false;
	return dtype == DTK_DATE && tm2timestamp(&tm, fsec, &tz, result) == 0;
}

/* The check hook of quickbook.now: *extra is its value, DT_NOEND for none. */
static bool
check_now(char **newval, void **extra, GucSource source)
{
	TimestampTz parsed = DT_NOEND;

	if (*newval != NULL && **newval != '\0' && !parse_timestamptz(*newval, &parsed))
	{
		GUC_check_errdetail("\"%s\" is not a timestamp.", *newval);
		return false;
	}
	if (!TIMESTAMP_IS_NOEND(parsed) &&
		(parsed < QB_FIRST_INSTANT + 11 * QB_LONGEST_PERIOD || parsed > QB_LAST_INSTANT - QB_LONGEST_PERIOD))
	{
		GUC_check_errdetail("\"%s\" is too close to the first or the last time that there is.", *newval);
		return false;
	}
	*extra = qb_guc_alloc(sizeof(TimestampTz));
	if (*extra == NULL)
		return false;
	memcpy(*extra, &parsed, sizeof(TimestampTz));
	return true;
}

static void
assign_now(const char *newval, void *extra)
{
	memcpy(&fixed_now, extra, sizeof(TimestampTz));
}

TimestampTz
qb_now(void)
{
	/* a procedure that commits in a loop is one statement, but its transactions begin ever later */
	return TIMESTAMP_IS_NOEND(fixed_now)
		? Max(GetCurrentStatementStartTimestamp(), GetCurrentTransactionStartTimestamp())
		: fixed_now;
}

void
qb_set_option(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

void
qb_set_option_in_level(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/* What bounds the work of a call. */
static void
define_bounds(void)
{
	DefineCustomIntVariable("quickbook.search_days",
							"How many days ahead free time is searched and booked.",
							NULL,
							&qb_search_days, 731, 1, 36500, PGC_SUSET, 0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("quickbook.max_rows",
							"How many rows a call lists at most for staff and providers.",
							"A call that would list more is refused.",
							&qb_max_rows, 1000000, 1, INT_MAX, PGC_SUSET, 0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("quickbook.max_rows_patient",
							"How many rows a call lists at most for a patient.",
							"A call that would list more is refused.",
							&qb_max_rows_patient, 10000, 1, INT_MAX, PGC_SUSET, 0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("quickbook.max_rows_anon",
							"How many rows a call lists at most for who is not signed in.",
							"A call that would list more is refused.",
							&qb_max_rows_anon, 5000, 1, INT_MAX, PGC_SUSET, 0,
							NULL, NULL, NULL);
}

/* At each point what is borrowed since the last one may be a fresh copy, and no more so at the next. */
void
qb_count_debug_point(void)
{
	static int	points = 0;

	if (++points >= qb_debug_invalidate && IsTransactionState())
	{
		points = 0;
		InvalidateSystemCaches();
	}
}

void
qb_settings_define(void)
{
	DefineCustomStringVariable("quickbook.now",
							   "The time that quickbook takes for now, for tests.",
							   "Empty: the start of the statement.",
							   &now_setting, "", PGC_SUSET, 0,
							   check_now, assign_now, NULL);
	DefineCustomEnumVariable("quickbook.error_style",
							 "Which SQLSTATEs errors carry.",
							 "sql: PostgreSQL's classes; http: PTnnn, which PostgREST turns into the HTTP status nnn.",
							 &qb_error_style, QB_STYLE_SQL, error_styles, PGC_USERSET, 0,
							 NULL, NULL, NULL);
	DefineCustomEnumVariable("quickbook.notify",
							 "Whether changes are announced on the channel quickbook.",
							 "inline: by NOTIFY in the transaction; worker: by the worker, after the commit; off: not at all; auto: worker if it runs, else inline.",
							 &qb_notify, QB_NOTIFY_AUTO, notify_modes, PGC_USERSET, 0,
							 NULL, NULL, NULL);
	define_bounds();
	DefineCustomBoolVariable("quickbook.trust_claims",
							 "Whether the caller is who the setting request.jwt.claims says.",
							 "For the role of a gateway that verifies tokens; anybody can set request.jwt.claims.",
							 &qb_trust_claims, false, PGC_SUSET, 0,
							 NULL, NULL, NULL);
	DefineCustomStringVariable("quickbook.databases",
							   "The databases in which a background worker runs, separated by commas.",
							   "Needs quickbook in shared_preload_libraries.",
							   &qb_databases, "", PGC_SIGHUP, GUC_LIST_INPUT,
							   NULL, NULL, NULL);
	DefineCustomIntVariable("quickbook.worker_interval",
							"How often the worker looks for expired holds, when no commit wakes it.",
							NULL,
							&qb_worker_interval, 1000, 10, 3600000, PGC_SIGHUP, GUC_UNIT_MS,
							NULL, NULL, NULL);
	DefineCustomIntVariable("quickbook.password_cost",
							"bcrypt's cost of new passwords: one more is twice the work.",
							NULL,
							&qb_password_cost, 10, 4, 31, PGC_SUSET, 0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("quickbook.token_lifetime",
							"How long a token of sign_in() is good.",
							NULL,
							&qb_token_lifetime, SECS_PER_HOUR, 1, 366 * SECS_PER_DAY, PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);
	DefineCustomIntVariable("quickbook.debug_invalidate",
							"At every how many of the points where that may happen the server's caches are emptied, for tests.",
							"0: at none. Shows what the code borrows from them for too long; makes everything slow.",
							&qb_debug_invalidate, 0, 0, 1000000, PGC_SUSET, GUC_NOT_IN_SAMPLE,
							NULL, NULL, NULL);
	MarkGUCPrefixReserved("quickbook");
}
