/*
 * test_local_time.c
 *		Local times: hand-made zones that do what zones do, then real zones
 *		against the C library's localtime_r().
 *
 * QB_SEED repeats the random part of a run.
 */
#define QB_STANDALONE
#include "time/local_time.c"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define HOUR (INT64_C(3600) * USECS_PER_SEC)
#define MINUTE (INT64_C(60) * USECS_PER_SEC)

/* Seconds from 1970 to 2000. */
#define EPOCH INT64_C(946684800)

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

/* A date, and a time of day or an instant on it, by way of timegm(). */
static int32
date(int year, int month, int day)
{
	struct tm	tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};

	return (int32) ((timegm(&tm) - EPOCH) / 86400);
}

static int64
at(int year, int month, int day, int hour, int minute, int second)
{
	return qb_midnight(date(year, month, day)) + hour * HOUR + minute * MINUTE + second * USECS_PER_SEC;
}

static const char *
text(int64 t)
{
	static char buffers[4][64];
	static int	next;
	char	   *buffer = buffers[next++ % 4];
	time_t		seconds = (time_t) floor_div(t, USECS_PER_SEC) + EPOCH;
	struct tm	tm;
	size_t		length;

	gmtime_r(&seconds, &tm);
	length = strftime(buffer, 40, "%Y-%m-%d %H:%M:%S", &tm);
	if (t % USECS_PER_SEC != 0)
		snprintf(buffer + length, 20, ".%06d", (int) (t - floor_div(t, USECS_PER_SEC) * USECS_PER_SEC));
	return buffer;
}

/* ----------
 * Hand-made zones
 * ----------
 */

static const char *const kind_names[] = {"unique", "ambiguous", "nonexistent"};

static void
reads(const QbZone *zone, int64 local, int64 instant, QbLocalKind kind, const char *name)
{
	QbLocalKind got_kind;
	int64		got = qb_local_to_instant(zone, local, &got_kind);

	if (!ok(got == instant && got_kind == kind && qb_local_to_instant(zone, local, NULL) == instant, name))
		printf("# %s: got %s %s, expected %s %s\n", text(local), text(got), kind_names[got_kind],
			   text(instant), kind_names[kind]);
	/* an instant's own wall clock leads back, unless the clocks skip it */
	if (kind != QB_LOCAL_NONEXISTENT && qb_local_of(zone, got) != local)
		ok(false, name);
}

static void
rounds(const QbZone *zone, int64 instant, int minutes, int64 expected, const char *name)
{
	int64		got = qb_round_up_local(zone, instant, minutes * MINUTE);

	if (!ok(got == expected, name))
		printf("# %s to %d minutes: got %s, expected %s\n", text(instant), minutes, text(got), text(expected));
}

static void
test_no_transitions(void)
{
	QbZone		utc = {0, 0, NULL};
	QbZone		kathmandu = {5 * HOUR + 45 * MINUTE, 0, NULL};

	reads(&utc, 0, 0, QB_LOCAL_UNIQUE, "UTC: the epoch");
	reads(&kathmandu, at(2030, 1, 1, 0, 0, 0), at(2029, 12, 31, 18, 15, 0), QB_LOCAL_UNIQUE, "Kathmandu: midnight");
	rounds(&kathmandu, at(2030, 1, 1, 0, 1, 0), 60, at(2030, 1, 1, 0, 15, 0), "Kathmandu: hours begin at a quarter past");
	rounds(&kathmandu, at(2030, 1, 1, 0, 15, 0), 60, at(2030, 1, 1, 0, 15, 0), "Kathmandu: what is round stays");
	rounds(&utc, at(1999, 12, 31, 23, 59, 59) + 999999, 60, 0, "UTC: rounding up to the epoch");
	rounds(&utc, at(1999, 12, 31, 22, 59, 59), 60, at(1999, 12, 31, 23, 0, 0), "UTC: rounding before the epoch");
	ok(!qb_date_skipped(&utc, 0) && !qb_date_skipped(&utc, -1), "UTC: skips no date");
}

static void
test_berlin(void)
{
	QbTransition changes[] = {{at(2030, 3, 31, 1, 0, 0), 2 * HOUR}, {at(2030, 10, 27, 1, 0, 0), HOUR}};
	QbZone		zone = {HOUR, 2, changes};

	ok(qb_zone_offset(&zone, changes[0].at - 1) == HOUR && qb_zone_offset(&zone, changes[0].at) == 2 * HOUR &&
	   qb_zone_offset(&zone, changes[1].at - 1) == 2 * HOUR && qb_zone_offset(&zone, changes[1].at) == HOUR,
	   "Berlin: a new offset counts from its first instant on");

	reads(&zone, at(2030, 3, 31, 1, 59, 59) + 999999, at(2030, 3, 31, 1, 0, 0) - 1, QB_LOCAL_UNIQUE, "Berlin: up to the gap");
	reads(&zone, at(2030, 3, 31, 2, 0, 0), at(2030, 3, 31, 1, 0, 0), QB_LOCAL_NONEXISTENT, "Berlin: the gap's first instant");
	reads(&zone, at(2030, 3, 31, 2, 30, 0), at(2030, 3, 31, 1, 30, 0), QB_LOCAL_NONEXISTENT,
		  "Berlin: in the gap the offset before it counts");
	reads(&zone, at(2030, 3, 31, 3, 0, 0), at(2030, 3, 31, 1, 0, 0), QB_LOCAL_UNIQUE, "Berlin: from the gap on");
	reads(&zone, at(2030, 10, 27, 1, 59, 59), at(2030, 10, 26, 23, 59, 59), QB_LOCAL_UNIQUE, "Berlin: up to the overlap");
	reads(&zone, at(2030, 10, 27, 2, 0, 0), at(2030, 10, 27, 0, 0, 0), QB_LOCAL_AMBIGUOUS, "Berlin: the overlap's first instant");
	reads(&zone, at(2030, 10, 27, 2, 59, 59), at(2030, 10, 27, 0, 59, 59), QB_LOCAL_AMBIGUOUS, "Berlin: of two the first");
	reads(&zone, at(2030, 10, 27, 3, 0, 0), at(2030, 10, 27, 2, 0, 0), QB_LOCAL_UNIQUE, "Berlin: from the overlap on");

	rounds(&zone, at(2030, 3, 31, 0, 45, 0), 60, at(2030, 3, 31, 1, 0, 0), "Berlin: 1:45 rounds up to 3:00");
	rounds(&zone, at(2030, 10, 27, 0, 45, 0), 60, at(2030, 10, 27, 1, 0, 0), "Berlin: 2:45 rounds up to 2:00, the second");
	rounds(&zone, at(2030, 10, 27, 1, 0, 0) + 1, 20, at(2030, 10, 27, 1, 20, 0), "Berlin: in the second hour");
	ok(!qb_date_skipped(&zone, date(2030, 3, 31)) && !qb_date_skipped(&zone, date(2030, 10, 27)), "Berlin: skips no date");
}

static void
test_lord_howe(void)
{
	/* half an hour: 11:00 to 10:30 in April, back in October */
	int64		winter = 10 * HOUR + 30 * MINUTE;
	QbTransition changes[] = {{at(2030, 4, 6, 15, 0, 0), winter}, {at(2030, 10, 5, 15, 30, 0), 11 * HOUR}};
	QbZone		zone = {11 * HOUR, 2, changes};

	reads(&zone, at(2030, 4, 7, 1, 45, 0), at(2030, 4, 6, 14, 45, 0), QB_LOCAL_AMBIGUOUS, "Lord Howe: half an hour happens twice");
	reads(&zone, at(2030, 4, 7, 1, 29, 0), at(2030, 4, 6, 14, 29, 0), QB_LOCAL_UNIQUE, "Lord Howe: and no more");
	reads(&zone, at(2030, 10, 6, 2, 15, 0), at(2030, 10, 5, 15, 45, 0), QB_LOCAL_NONEXISTENT, "Lord Howe: half an hour is skipped");
	reads(&zone, at(2030, 10, 6, 2, 30, 0), at(2030, 10, 5, 15, 30, 0), QB_LOCAL_UNIQUE, "Lord Howe: and no more");
	rounds(&zone, at(2030, 4, 6, 14, 50, 0), 60, at(2030, 4, 6, 15, 30, 0), "Lord Howe: 1:50 is 40 minutes before 2:00");
	rounds(&zone, at(2030, 10, 5, 15, 10, 0), 60, at(2030, 10, 5, 16, 0, 0), "Lord Howe: after 1:40 comes 3:00");
	rounds(&zone, at(2030, 10, 5, 15, 10, 0), 30, at(2030, 10, 5, 15, 30, 0), "Lord Howe: or 2:30");
}

static void
test_apia(void)
{
	/* to the other side of the date line */
	QbTransition changes[] = {{at(2011, 12, 30, 10, 0, 0), 14 * HOUR}};
	QbZone		zone = {-10 * HOUR, 1, changes};

	ok(!qb_date_skipped(&zone, date(2011, 12, 29)) && qb_date_skipped(&zone, date(2011, 12, 30)) &&
	   !qb_date_skipped(&zone, date(2011, 12, 31)), "Apia: one date is skipped");
	reads(&zone, at(2011, 12, 29, 23, 59, 0), at(2011, 12, 30, 9, 59, 0), QB_LOCAL_UNIQUE, "Apia: the evening before");
	reads(&zone, at(2011, 12, 30, 0, 0, 0), at(2011, 12, 30, 10, 0, 0), QB_LOCAL_NONEXISTENT, "Apia: its midnight");
	reads(&zone, at(2011, 12, 30, 12, 0, 0), at(2011, 12, 30, 22, 0, 0), QB_LOCAL_NONEXISTENT, "Apia: its noon");
	reads(&zone, at(2011, 12, 31, 0, 0, 0), at(2011, 12, 30, 10, 0, 0), QB_LOCAL_UNIQUE, "Apia: the midnight after");
	rounds(&zone, at(2011, 12, 30, 9, 1, 0), 60, at(2011, 12, 30, 10, 0, 0), "Apia: rounding over a whole date");
}

static void
test_midnights(void)
{
	QbTransition gap[] = {{at(2018, 11, 4, 3, 0, 0), -2 * HOUR}};
	QbZone		sao_paulo = {-3 * HOUR, 1, gap};
	QbTransition overlap[] = {{at(2030, 11, 3, 5, 0, 0), -5 * HOUR}};
	QbZone		havana = {-4 * HOUR, 1, overlap};

	reads(&sao_paulo, at(2018, 11, 4, 0, 0, 0), at(2018, 11, 4, 3, 0, 0), QB_LOCAL_NONEXISTENT, "Sao Paulo: midnight is skipped");
	reads(&sao_paulo, at(2018, 11, 4, 0, 59, 0), at(2018, 11, 4, 3, 59, 0), QB_LOCAL_NONEXISTENT, "Sao Paulo: and an hour with it");
	reads(&sao_paulo, at(2018, 11, 4, 1, 0, 0), at(2018, 11, 4, 3, 0, 0), QB_LOCAL_UNIQUE, "Sao Paulo: the day begins at one");
	ok(!qb_date_skipped(&sao_paulo, date(2018, 11, 4)), "Sao Paulo: the date is there");
	ok(qb_date_of(qb_local_of(&sao_paulo, gap[0].at - 1)) == date(2018, 11, 3) &&
	   qb_date_of(qb_local_of(&sao_paulo, gap[0].at)) == date(2018, 11, 4), "Sao Paulo: and begins at the gap");

	reads(&havana, at(2030, 11, 3, 0, 0, 0), at(2030, 11, 3, 4, 0, 0), QB_LOCAL_AMBIGUOUS, "Havana: midnight happens twice");
	reads(&havana, at(2030, 11, 3, 0, 59, 59), at(2030, 11, 3, 4, 59, 59), QB_LOCAL_AMBIGUOUS, "Havana: and an hour with it");
	reads(&havana, at(2030, 11, 2, 23, 59, 59), at(2030, 11, 3, 3, 59, 59), QB_LOCAL_UNIQUE, "Havana: the evening before");
	reads(&havana, at(2030, 11, 3, 1, 0, 0), at(2030, 11, 3, 6, 0, 0), QB_LOCAL_UNIQUE, "Havana: one o'clock");
}

static void
test_dates(void)
{
	bool		weekdays = true;
	bool		weeks = true;

	for (int32 d = -800000; d <= 800000; d += 1 + (d % 7 == 0))
	{
		time_t		noon = (time_t) d * 86400 + EPOCH + 43200;
		struct tm	tm;

		gmtime_r(&noon, &tm);
		weekdays &= qb_weekday(d) == (tm.tm_wday == 0 ? 7 : tm.tm_wday);
		weekdays &= qb_date_of(qb_midnight(d)) == d && qb_date_of(qb_midnight(d) - 1) == d - 1 &&
			qb_date_of(qb_midnight(d + 1) - 1) == d;
		for (int start = 1; start <= 7; start++)
		{
			int32		first = qb_week_of(d, start);

			weeks &= first <= d && d < first + 7 && qb_weekday(first) == start;
		}
	}
	ok(weekdays, "weekdays and dates are those of gmtime_r(), 190 BC to 4190");
	ok(weeks, "a week holds its date and begins on its weekday");
}

/* ----------
 * Real zones
 * ----------
 */

static uint64_t state;

static uint64_t
next_random(void)
{
	uint64_t	z = (state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* The period that is compared, in seconds since 1970, and how it is scanned. */
#define FROM INT64_C(0)
#define UNTIL INT64_C(2145916800)		/* 2038 */
#define STRIDE (6 * 3600)

#define MAX_TRANSITIONS 1000

typedef struct Reference
{
	QbZone		zone;
	QbTransition transitions[MAX_TRANSITIONS];
	bool		seen[(UNTIL - FROM) / 86400 + 4];	/* dates, from a day before FROM on */
} Reference;

static long
library_offset(int64 seconds)
{
	time_t		t = (time_t) seconds;
	struct tm	tm;

	localtime_r(&t, &tm);
	return tm.tm_gmtoff;
}

static void
mark_date(Reference *r, int64 seconds)
{
	r->seen[floor_div(seconds + library_offset(seconds), 86400) - FROM / 86400 + 1] = true;
}

/* Find the transitions of the zone in TZ by looking where the offset changes. */
static bool
scan(Reference *r)
{
	long		before = library_offset(FROM);

	memset(r, 0, sizeof(*r));
	r->zone.first_offset = before * USECS_PER_SEC;
	r->zone.transitions = r->transitions;
	for (int64 t = FROM; t < UNTIL; t += STRIDE)
	{
		long		after = library_offset(t + STRIDE);
		int64		low = t;
		int64		high = t + STRIDE;

		mark_date(r, t);
		if (after == before)
			continue;
		while (high - low > 1)
		{
			int64		middle = low + (high - low) / 2;

			if (library_offset(middle) == before)
				low = middle;
			else
				high = middle;
		}
		mark_date(r, low);
		mark_date(r, high);
		if (r->zone.ntransitions == MAX_TRANSITIONS)
			return false;
		r->transitions[r->zone.ntransitions++] =
			(QbTransition) {(high - EPOCH) * USECS_PER_SEC, after * USECS_PER_SEC};
		before = after;
	}
	return true;
}

/*
 * The seconds at which the library's wall clock shows local, by trying every
 * offset that it has within two days; their number, the first in *first.
 */
static int
library_instants(int64 local, int64 *first)
{
	long		offsets[8];
	int			noffsets = 0;
	int			found = 0;

	for (int64 t = local - 2 * 86400; t <= local + 2 * 86400; t += STRIDE)
	{
		long		offset = library_offset(t);
		bool		known = false;

		for (int i = 0; i < noffsets; i++)
			known |= offsets[i] == offset;
		if (!known && noffsets < 8)
			offsets[noffsets++] = offset;
	}
	for (int i = 0; i < noffsets; i++)
	{
		int64		t = local - offsets[i];

		if (library_offset(t) == offsets[i] && (found++ == 0 || t < *first))
			*first = t;
	}
	return found;
}

/* For a time that the clocks skip: the offset just before they do. */
static long
offset_before_gap(int64 local)
{
	int64		low = local - 2 * 86400;
	int64		high = local + 2 * 86400;

	/* the wall clock is before local at low, and past it at high */
	while (high - low > 1)
	{
		int64		middle = low + (high - low) / 2;

		if (middle + library_offset(middle) < local)
			low = middle;
		else
			high = middle;
	}
	return library_offset(low);
}

static bool
check_local(const Reference *r, int64 seconds)
{
	int64		local = (seconds - EPOCH) * USECS_PER_SEC;
	int64		first = 0;
	int			found = library_instants(seconds, &first);
	QbLocalKind expected_kind = found == 0 ? QB_LOCAL_NONEXISTENT : found == 1 ? QB_LOCAL_UNIQUE : QB_LOCAL_AMBIGUOUS;
	QbLocalKind kind;
	int64		got = qb_local_to_instant(&r->zone, local, &kind);

	if (found == 0)
		first = seconds - offset_before_gap(seconds);
	if (got == (first - EPOCH) * USECS_PER_SEC && kind == expected_kind)
		return true;
	printf("# local %s: got %s %s, expected %s %s\n", text(local), text(got), kind_names[kind],
		   text((first - EPOCH) * USECS_PER_SEC), kind_names[expected_kind]);
	return false;
}

static bool
check_rounding(const Reference *r, int64 seconds, int minutes)
{
	int64		t = seconds;
	int64		got = qb_round_up_local(&r->zone, (seconds - EPOCH) * USECS_PER_SEC, minutes * MINUTE);

	/* an offset may have seconds, so every second has to be looked at */
	for (; (t + library_offset(t)) % (minutes * 60) != 0;)
		t += library_offset(t) % 60 == 0 && library_offset(t + 60) % 60 == 0 ? 60 - (t % 60 + 60) % 60 : 1;
	if (got == (t - EPOCH) * USECS_PER_SEC)
		return true;
	printf("# %s to %d minutes: got %s, expected %s\n", text((seconds - EPOCH) * USECS_PER_SEC), minutes, text(got),
		   text((t - EPOCH) * USECS_PER_SEC));
	return false;
}

static int64
library_date(int64 seconds)
{
	return floor_div(seconds + library_offset(seconds), 86400);
}

/* From an instant on until its local date is over: later ones come then, and none before. */
static bool
check_later_date(const Reference *r, int64 seconds)
{
	int64		date = library_date(seconds);
	int64		got = qb_later_date(&r->zone, (seconds - EPOCH) * USECS_PER_SEC, (int32) (date - EPOCH / 86400)) / USECS_PER_SEC + EPOCH;
	bool		passed = got > seconds && library_date(got) > date && library_date(got - 1) <= date;

	for (int64 t = seconds; t < got && passed; t += 900)
		passed = library_date(t) <= date;
	if (!passed)
		printf("# a later date than at %s: got %s\n", text((seconds - EPOCH) * USECS_PER_SEC), text((got - EPOCH) * USECS_PER_SEC));
	return passed;
}

/* How long a date lasts: to the first instant at which the date or the clock is another. */
static bool
check_date_until(const Reference *r, int64 seconds)
{
	int64		date = library_date(seconds);
	long		offset = library_offset(seconds);
	int64		got = qb_date_until(&r->zone, (seconds - EPOCH) * USECS_PER_SEC) / USECS_PER_SEC + EPOCH;
	bool		passed = got > seconds && (library_date(got) != date || library_offset(got) != offset);

	for (int64 t = seconds; t < got && passed; t += 900)
		passed = library_date(t) == date && library_offset(t) == offset;
	passed = passed && library_date(got - 1) == date && library_offset(got - 1) == offset;
	if (!passed)
		printf("# how long the date lasts at %s: got %s\n", text((seconds - EPOCH) * USECS_PER_SEC), text((got - EPOCH) * USECS_PER_SEC));
	return passed;
}

static bool
check_instant(const Reference *r, int64 seconds)
{
	static const int steps[] = {60, 30, 20, 15, 10, 5, 1};

	if (qb_zone_offset(&r->zone, (seconds - EPOCH) * USECS_PER_SEC) != library_offset(seconds) * USECS_PER_SEC)
	{
		printf("# offset at %s\n", text((seconds - EPOCH) * USECS_PER_SEC));
		return false;
	}
	for (int i = 0; i < (int) (sizeof(steps) / sizeof(steps[0])); i++)
	{
		if (!check_rounding(r, seconds, steps[i]))
			return false;
	}
	if (!check_later_date(r, seconds) || !check_date_until(r, seconds))
		return false;
	/* the wall clock of the instant, and read back */
	return check_local(r, seconds + library_offset(seconds));
}

/* Everything near a transition: at it, around it, and between its two local times. */
static bool
check_transition(const Reference *r, int i)
{
	const QbTransition *t = &r->transitions[i];
	int64		at_seconds = t->at / USECS_PER_SEC + EPOCH;
	int64		before = (i == 0 ? r->zone.first_offset : r->transitions[i - 1].offset) / USECS_PER_SEC;
	int64		after = t->offset / USECS_PER_SEC;
	int64		near[] = {-7200, -3599, -1800, -601, -60, -1, 0, 1, 59, 1799, 3600};

	for (int k = 0; k < (int) (sizeof(near) / sizeof(near[0])); k++)
	{
		if (!check_instant(r, at_seconds + near[k]) ||
			!check_local(r, at_seconds + before + near[k]) ||
			!check_local(r, at_seconds + after + near[k]))
			return false;
	}
	return check_local(r, at_seconds + (before + after) / 2);
}

static void
test_zone(const char *name)
{
	static Reference r;
	char		path[200];
	char		title[200];
	bool		passed = true;
	int			skipped = 0;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	if (access(path, R_OK) != 0)
	{
		printf("ok %d # SKIP no %s\n", ++tests, path);
		return;
	}
	setenv("TZ", name, 1);
	tzset();
	if (!scan(&r))
	{
		ok(false, name);
		return;
	}
	for (int i = 0; i < r.zone.ntransitions && passed; i++)
		passed = check_transition(&r, i);
	for (int i = 0; i < 500 && passed; i++)
		passed = check_instant(&r, FROM + 3 * 86400 + (int64) (next_random() % (uint64_t) (UNTIL - FROM - 6 * 86400)));
	for (int64 day = FROM / 86400 + 3; day < UNTIL / 86400 - 3 && passed; day++)
	{
		int32		d = (int32) (day - EPOCH / 86400);

		skipped += !r.seen[day - FROM / 86400 + 1];
		passed = qb_date_skipped(&r.zone, d) == !r.seen[day - FROM / 86400 + 1];
		if (!passed)
			printf("# skipped: %s\n", text(qb_midnight(d)));
	}
	snprintf(title, sizeof(title), "%s: %d changes of the clock, %d dates skipped", name, r.zone.ntransitions, skipped);
	ok(passed, title);
}

int
main(void)
{
	static const char *const names[] = {
		"UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Moscow", "Europe/Istanbul",
		"America/New_York", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "America/Caracas",
		"America/Santiago", "America/Scoresbysund", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Gaza",
		"Asia/Pyongyang", "Asia/Shanghai", "Asia/Amman", "Australia/Lord_Howe", "Australia/Adelaide",
		"Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kiritimati", "Pacific/Chatham", "Pacific/Norfolk",
		"Africa/Casablanca", "Africa/Cairo", "Africa/Monrovia", "Antarctica/Troll", "Antarctica/Casey"
	};
	const char *seed = getenv("QB_SEED");

	test_no_transitions();
	test_berlin();
	test_lord_howe();
	test_apia();
	test_midnights();
	test_dates();

	state = seed ? strtoull(seed, NULL, 0) : (uint64_t) time(NULL) * 1000003 + (uint64_t) getpid();
	printf("# QB_SEED=%" PRIu64 "\n", state);
	for (int i = 0; i < (int) (sizeof(names) / sizeof(names[0])); i++)
		test_zone(names[i]);
	printf("1..%d\n", tests);
	return failures > 0;
}
