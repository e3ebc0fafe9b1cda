/*
 * test_recurrence.c
 *		Recurrence rules: the examples of RFC 5545, cases that dateutil, libical and
 *		others have published, the edges of the calendar, and each refusal.
 */
#define QB_STANDALONE
#include "time/local_time.c"
#include "time/recurrence.c"
#include "time/recurrence_parse.c"

#include <stdio.h>

#define NEVER (-1)
#define HOUR (INT64_C(3600) * USECS_PER_SEC)

static int	tests;
static int	failures;

static bool
ok(bool passed, const char *name)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tests, name);
	if (!passed)
		failures++;
	return passed;
}

static int32
date(int number)
{
	return qb_date_of_civil(number / 10000, number / 100 % 100, number % 100);
}

static QbRecurrence
rule_of(const char *text, QbRecurrenceMode mode)
{
	QbRecurrence rule;
	QbRecurrenceError error;

	if (!qb_recurrence_parse(text, (int) strlen(text), mode, &rule, &error))
	{
		printf("Bail out! %s: %s %s\n", text, error.part ? error.part : "-", error.message);
		exit(1);
	}
	return rule;
}

/*
 * The dates of a rule, up to "to", as text: "19970902,0904,1001": a year is
 * said where it changes.
 */
static void
expand(const QbRecurrence *rule, int first, int from, int to, char *text, size_t size)
{
	QbOccurrences o;
	int32		found;
	int32		last_year = NEVER;
	size_t		length = 0;

	*text = '\0';
	qb_occurrences_begin(&o, rule, date(first), date(from), date(to));
	while (qb_occurrences_next(&o, &found) && length + 20 < size)
	{
		int32		year;
		int			month;
		int			day;

		qb_civil_of_date(found, &year, &month, &day);
		if (year != last_year)
			length += snprintf(text + length, size - length, "%s%d:%02d%02d", *text ? " " : "", year, month, day);
		else
			length += snprintf(text + length, size - length, ",%02d%02d", month, day);
		last_year = year;
	}
}

static void
yields_from(QbRecurrenceMode mode, const char *text, int first, int from, int to, const char *expected)
{
	QbRecurrence rule = rule_of(text, mode);
	char		got[4000];
	char		name[200];

	snprintf(name, sizeof(name), "%d %s", first, text);
	expand(&rule, first, from, to, got, sizeof(got));
	if (!ok(strcmp(got, expected) == 0, name))
		printf("# got  %s\n# want %s\n", got, expected);
}

/* Our own rules, and those that end by themselves. */
static void
yields(const char *text, int first, int to, const char *expected)
{
	yields_from(QB_RECURRENCE_RULE, text, first, first, to, expected);
}

static void
refuses(QbRecurrenceMode mode, const char *text, const char *part, int offset, int length, const char *message)
{
	QbRecurrence rule;
	QbRecurrenceError error = {NULL, NEVER, NEVER, "nothing"};
	bool		good = qb_recurrence_parse(text, (int) strlen(text), mode, &rule, &error);

	if (!ok(!good && (part ? error.part && strcmp(error.part, part) == 0 : !error.part) && error.offset == offset &&
			error.length == length && strstr(error.message, message), *text ? text : "(an empty rule)"))
		printf("# got  %s %d %d %s\n# want %s %d %d %s\n", error.part ? error.part : "-", error.offset, error.length,
			   error.message, part ? part : "-", offset, length, message);
}

static void
refuses_in_rules(const char *text, const char *part, int offset, int length, const char *message)
{
	refuses(QB_RECURRENCE_RULE, text, part, offset, length, message);
}

/* Refused in rules and in files alike. */
static void
refuses_both(const char *text, const char *part, int offset, int length, const char *message)
{
	refuses(QB_RECURRENCE_RULE, text, part, offset, length, message);
	refuses(QB_RECURRENCE_FILE, text, part, offset, length, message);
}

#include "recurrence_cases.h"

/* ----------
 * Around the rules
 * ----------
 */

static void
test_files(void)
{
	QbRecurrence rule = rule_of("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=30;COUNT=3", QB_RECURRENCE_FILE);
	QbTransition changes[] = {{qb_midnight(date(20260329)) + HOUR, 2 * HOUR}, {qb_midnight(date(20261025)) + HOUR, HOUR}};
	QbZone		berlin = {HOUR, 2, changes};

	ok(rule.parts & QB_PARTS_OF_TIME && rule.hours == (3 << 9) && rule.minutes == UINT64_C(1) << 30 && rule.seconds == 0,
	   "file: the parts of the time are told");
	ok(!qb_recurrence_at_time(&rule, 9, 30, 0), "file: two hours are not one");
	rule = rule_of("FREQ=DAILY;BYHOUR=9;BYSECOND=0", QB_RECURRENCE_FILE);
	ok(qb_recurrence_at_time(&rule, 9, 30, 0) && !qb_recurrence_at_time(&rule, 9, 30, 1) &&
	   !qb_recurrence_at_time(&rule, 10, 30, 0), "file: parts of the time that say DTSTART's");

	yields_from(QB_RECURRENCE_FILE, "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", 19970902, 19970902, 20300101,
				"1997:0902 1998:0213,0313");
	yields_from(QB_RECURRENCE_FILE, "FREQ=WEEKLY;BYDAY=WE,FR;INTERVAL=2;COUNT=1", 20190101, 20190101, 20300101, "2019:0101");
	yields_from(QB_RECURRENCE_FILE, "FREQ=WEEKLY;BYDAY=TU;COUNT=2", 20190101, 20190102, 20300101, "2019:0108");
	yields_from(QB_RECURRENCE_FILE, "FREQ=DAILY;UNTIL=20181231", 20190101, 20180101, 20300101, "2019:0101");
	yields_from(QB_RECURRENCE_FILE, "FREQ=WEEKLY;INTERVAL=1;COUNT=2;BYDAY=MO;", 20141006, 20141006, 20300101, "2014:1006,1013");
	yields_from(QB_RECURRENCE_FILE, "FREQ=YEARLY;WKST=MO;INTERVAL=1;BYMONTHDAY=14", 20200214, 20200214, 20230101,
				"2020:0214 2021:0214 2022:0214");

	/* UNTIL as an instant: 10:00 in Berlin is 08:00Z in summer, 09:00Z in winter */
	rule = rule_of("FREQ=DAILY;UNTIL=20261024T080000Z", QB_RECURRENCE_FILE);
	ok(rule.until_kind == QB_UNTIL_UTC && qb_recurrence_ends(&rule) &&
	   qb_recurrence_until(&rule, 10 * HOUR, &berlin) == date(20261024), "file: UNTIL just at an occurrence");
	ok(qb_recurrence_until(&rule, 10 * HOUR + 1, &berlin) == date(20261023), "file: UNTIL just before one");
	rule = rule_of("FREQ=DAILY;UNTIL=20261025T080000z", QB_RECURRENCE_FILE);
	ok(qb_recurrence_until(&rule, 10 * HOUR, &berlin) == date(20261024), "file: UNTIL an hour before one, in winter");
	rule = rule_of("FREQ=DAILY;UNTIL=20260329T013000Z", QB_RECURRENCE_FILE);
	ok(qb_recurrence_until(&rule, 2 * HOUR + HOUR / 2, &berlin) == date(20260329), "file: UNTIL at one shifted out of the gap");
	rule = rule_of("FREQ=DAILY;UNTIL=20260329T012959Z", QB_RECURRENCE_FILE);
	ok(qb_recurrence_until(&rule, 2 * HOUR + HOUR / 2, &berlin) == date(20260328), "file: UNTIL before one shifted out of the gap");
	rule = rule_of("FREQ=DAILY;UNTIL=20260310T233000Z", QB_RECURRENCE_FILE);
	ok(qb_recurrence_until(&rule, 0, &berlin) == date(20260311), "file: UNTIL on the next local date");
	rule = rule_of("FREQ=DAILY;UNTIL=20260310T100000", QB_RECURRENCE_FILE);
	ok(rule.until_kind == QB_UNTIL_LOCAL && qb_recurrence_until(&rule, 10 * HOUR, &berlin) == date(20260310) &&
	   qb_recurrence_until(&rule, 10 * HOUR + 1, &berlin) == date(20260309), "file: UNTIL in local time");
	rule = rule_of("FREQ=DAILY;UNTIL=20260310", QB_RECURRENCE_FILE);
	ok(rule.until_kind == QB_UNTIL_DATE && qb_recurrence_until(&rule, 23 * HOUR, &berlin) == date(20260310), "file: UNTIL as a date");
	rule = rule_of("FREQ=DAILY", QB_RECURRENCE_FILE);
	ok(!qb_recurrence_ends(&rule) && qb_recurrence_until(&rule, 0, &berlin) == QB_LAST_DATE, "file: no UNTIL");
	rule = rule_of("FREQ=DAILY;UNTIL=20161231T235960Z", QB_RECURRENCE_FILE);
	ok(rule.until == qb_midnight(date(20170101)), "file: a leap second");
}

/* How many days a rule that yields nothing has looked at in the whole of time. */
static void
ends_soon(const char *text)
{
	QbRecurrence rule = rule_of(text, QB_RECURRENCE_RULE);
	QbOccurrences o;
	int32		found;
	bool		none;

	qb_occurrences_begin(&o, &rule, QB_FIRST_DATE, QB_FIRST_DATE, QB_LAST_DATE);
	none = !qb_occurrences_next(&o, &found);
	if (!ok(none && !qb_occurrences_next(&o, &found) && o.looked <= 146097 + 3 * 366, text))
		printf("# %s, %lld days looked at\n", none ? "none" : "one", (long long) o.looked);
}

static void
test_bounds(void)
{
	QbRecurrence rule;
	QbOccurrences o;
	int32		found;
	int32		last = 0;
	int			n = 0;

	ends_soon("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
	ends_soon("FREQ=YEARLY;INTERVAL=2147483647;BYMONTH=2;BYMONTHDAY=30");
	ends_soon("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5");
	ends_soon("FREQ=MONTHLY;INTERVAL=7;BYMONTH=4;BYMONTHDAY=31");
	ends_soon("FREQ=DAILY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=30");
	ends_soon("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2");
	ends_soon("FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1");
	ends_soon("FREQ=MONTHLY;BYDAY=6MO");
	ends_soon("FREQ=DAILY;BYDAY=MO;BYSETPOS=366");

	/* as rare as can be: week 53 that ends a leap year; 29 February of every 399th year */
	rule = rule_of("FREQ=YEARLY;INTERVAL=399;BYMONTH=2;BYMONTHDAY=29", QB_RECURRENCE_RULE);
	qb_occurrences_begin(&o, &rule, date(20010101), QB_FIRST_DATE, QB_LAST_DATE);
	while (n < 5 && qb_occurrences_next(&o, &found))
	{
		last = found;
		n++;
	}
	ok(n == 5 && last > date(20010101), "rare dates are found");

	rule = rule_of("FREQ=DAILY", QB_RECURRENCE_RULE);
	qb_occurrences_begin(&o, &rule, QB_LAST_DATE - 1, INT32_MIN, INT32_MAX);
	ok(qb_occurrences_next(&o, &found) && found == QB_LAST_DATE - 1 && qb_occurrences_next(&o, &found) &&
	   found == QB_LAST_DATE && !qb_occurrences_next(&o, &found), "the last dates of all");
	rule = rule_of("FREQ=YEARLY;BYWEEKNO=1,53,-1;BYSETPOS=-1", QB_RECURRENCE_RULE);
	qb_occurrences_begin(&o, &rule, QB_LAST_DATE - 800, INT32_MIN, INT32_MAX);
	for (n = 0; qb_occurrences_next(&o, &found); n++)
		last = found;
	ok(n >= 2 && last <= QB_LAST_DATE, "years of weeks to the end of time");
	qb_occurrences_begin(&o, &rule, QB_FIRST_DATE, INT32_MIN, INT32_MAX);
	ok(qb_occurrences_next(&o, &found) && found >= QB_FIRST_DATE && found < QB_FIRST_DATE + 400, "years of weeks from its beginning");
	rule = rule_of("FREQ=MONTHLY;INTERVAL=2147483647", QB_RECURRENCE_RULE);
	ok(qb_recurs_on(&rule, 0, 0) && !qb_recurs_on(&rule, 0, QB_LAST_DATE), "the largest INTERVAL");
	rule = rule_of("FREQ=WEEKLY;INTERVAL=2", QB_RECURRENCE_RULE);
	qb_occurrences_begin(&o, &rule, QB_FIRST_DATE, QB_LAST_DATE - 13, QB_LAST_DATE);
	ok(qb_occurrences_next(&o, &found) && (found - QB_FIRST_DATE) % 14 == 0 && o.looked < 30, "a jump over all of time");
	qb_occurrences_begin(&o, &rule, 0, 10, 5);
	ok(!qb_occurrences_next(&o, &found), "an empty range");
	qb_occurrences_begin(&o, &rule, 0, -100, -1);
	ok(!qb_occurrences_next(&o, &found), "a range before the first date");

	yields_from(QB_RECURRENCE_RULE, "FREQ=DAILY;COUNT=10", 20260101, 20260108, 20260201, "2026:0108,0109,0110");
	yields_from(QB_RECURRENCE_RULE, "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31", 20260131, 20300101, 20310101, "2030:0331,0831");
	rule = rule_of("FREQ=MONTHLY;BYDAY=2WE", QB_RECURRENCE_RULE);
	ok(qb_recurs_on(&rule, date(20260101), date(20260211)) && !qb_recurs_on(&rule, date(20260101), date(20260204)) &&
	   !qb_recurs_on(&rule, date(20260212), date(20260211)), "is this date one?");
	rule = rule_of("FREQ=MONTHLY;BYDAY=2WE;COUNT=2", QB_RECURRENCE_RULE);
	ok(qb_recurs_on(&rule, date(20260101), date(20260211)) && !qb_recurs_on(&rule, date(20260101), date(20260311)),
	   "is this date one of two?");
}

/* Year, month and day, there and back, over more than two cycles and at both ends. */
static void
test_civil(void)
{
	bool		good = true;
	int32		year = 1599;
	int			month = 12;
	int			day = 31;

	for (int32 d = date(16000101); good && d < date(24500101); d++)
	{
		int32		y;
		int			m;
		int			dd;

		qb_civil_of_date(d, &y, &m, &dd);
		good = qb_date_of_civil(y, m, dd) == d &&
			((y == year && m == month && dd == day + 1) || (y == year && m == month + 1 && dd == 1) ||
			 (y == year + 1 && m == 1 && dd == 1 && month == 12 && day == 31));
		year = y;
		month = m;
		day = dd;
	}
	ok(good && year == 2449, "civil dates follow one another");
	ok(date(20000101) == 0 && date(19700101) == -10957 && date(20260228) + 1 == date(20260301), "dates that are known");
	for (int32 d = QB_FIRST_DATE; good && d < QB_FIRST_DATE + 5000; d++)
	{
		qb_civil_of_date(d, &year, &month, &day);
		good = qb_date_of_civil(year, month, day) == d;
		qb_civil_of_date(QB_LAST_DATE - (d - QB_FIRST_DATE), &year, &month, &day);
		good = good && qb_date_of_civil(year, month, day) == QB_LAST_DATE - (d - QB_FIRST_DATE);
	}
	ok(good, "civil dates at both ends");
}

int
main(void)
{
	test_civil();
	test_rfc();
	test_published();
	test_own();
	test_refusals();
	test_files();
	test_bounds();
	printf("1..%d\n", tests);
	return failures > 0;
}
